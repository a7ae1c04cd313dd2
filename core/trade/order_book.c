/* SPDX-License-Identifier: MIT
 *
 * Orders by id, and the list of those that are open.
 */
#include "base/mem.h"
#include "base/vec.h"
#include "trade/order.h"

struct qm_order_book {
    QM_VEC(qm_order *) orders; /* [id - 1]; NULL: an id that was not restored */
    QM_VEC(uint64_t) open;     /* ids, ascending */
};

qm_status qm_order_book_new(qm_order_book **out) {
    qm_order_book *book = qm_calloc(1, sizeof *book);
    if (!book) {
        return QM_ENOMEM;
    }
    *out = book;
    return QM_OK;
}

void qm_order_book_free(qm_order_book *book) {
    if (!book) {
        return;
    }
    for (size_t i = 0; i < book->orders.length; i++) {
        qm_free(book->orders.items[i]);
    }
    qm_vec_fini(&book->orders);
    qm_vec_fini(&book->open);
    qm_free(book);
}

static qm_status insert(qm_order_book *book, const qm_order *order, uint64_t id, qm_order **out) {
    qm_status status = qm_vec_reserve(&book->orders, id);
    bool final = order->state != QM_ORDER_CREATED && !qm_order_is_open(order);
    if (status == QM_OK && !final) {
        status = qm_vec_reserve(&book->open, book->open.length + 1);
    }
    qm_order *copy = status == QM_OK ? qm_alloc(sizeof *copy) : NULL;
    if (!copy) {
        return QM_ENOMEM;
    }
    *copy = *order;
    copy->id = id;
    while (book->orders.length + 1 < id) {
        book->orders.items[book->orders.length++] = NULL;
    }
    book->orders.items[book->orders.length++] = copy;
    if (!final) {
        book->open.items[book->open.length++] = id;
    }
    *out = copy;
    return QM_OK;
}

qm_status qm_order_book_add(qm_order_book *book, const qm_order *order, qm_order **out) {
    return insert(book, order, book->orders.length + 1, out);
}

qm_status qm_order_book_restore(qm_order_book *book, const qm_order *order, qm_order **out) {
    if (order->id <= book->orders.length) {
        return QM_EEXISTS;
    }
    return insert(book, order, order->id, out);
}

qm_order *qm_order_book_get(const qm_order_book *book, uint64_t id) {
    return id >= 1 && id <= book->orders.length ? book->orders.items[id - 1] : NULL;
}

uint64_t qm_order_book_count(const qm_order_book *book) {
    return book->orders.length;
}

qm_order *qm_order_book_next_open(const qm_order_book *book, uint32_t strategy, size_t *cursor) {
    while (*cursor < book->open.length) {
        qm_order *order = qm_order_book_get(book, book->open.items[(*cursor)++]);
        if (qm_order_is_open(order) && (strategy == UINT32_MAX || order->strategy == strategy)) {
            return order;
        }
    }
    return NULL;
}

void qm_order_book_closed(qm_order_book *book, uint64_t id) {
    for (size_t i = 0; i < book->open.length; i++) {
        if (book->open.items[i] == id) {
            for (; i + 1 < book->open.length; i++) {
                book->open.items[i] = book->open.items[i + 1];
            }
            book->open.length--;
        }
    }
}
