/* SPDX-License-Identifier: MIT
 *
 * Back from the book: orders, ledgers, states, timers, and what was still to be sent.
 */
#include "engine/internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXTRA_MAX = 1 << 22 };

qm_status qm_engine_load(qm_engine *e, qm_error *err) {
    char text[32];
    qm_status status = qm_book_get_value(e->config.book, "cursor_time", text, sizeof text, err);
    if (status == QM_OK) {
        e->cursor = strtoll(text, NULL, 10);
    } else if (status != QM_ENOTFOUND) {
        return status;
    }
    return qm_book_load_orders(e->config.book, &e->stored_orders, err);
}

qm_status qm_engine_saved_bar(qm_engine *e, qm_instrument_id id, qm_time *out, qm_error *err) {
    char key[32], text[32];
    snprintf(key, sizeof key, "bar:%u", id);
    *out = QM_TIME_NONE;
    qm_status status = e->config.book
                           ? qm_book_get_value(e->config.book, key, text, sizeof text, err)
                           : QM_ENOTFOUND;
    if (status == QM_OK) {
        *out = strtoll(text, NULL, 10);
    }
    return status == QM_ENOTFOUND ? QM_OK : status;
}

/* All orders in order of id, so that ids stay what they were; those of strategies that do not run
 * now keep their place without an owner. */
static qm_status restore_orders(sleeve *s, qm_error *err) {
    qm_engine *e = s->engine;
    for (size_t i = 0; i < e->stored_orders.length; i++) {
        qm_order_row *row = &e->stored_orders.items[i];
        if (qm_order_book_get(e->orders, row->order.id)) {
            continue;
        }
        qm_order *kept;
        row->order.strategy = UINT32_MAX;
        qm_status status = qm_order_book_restore(e->orders, &row->order, &kept);
        if (status != QM_OK) {
            return qm_error_set(err, status, "order %llu of the book: %s",
                                (unsigned long long)row->order.id, qm_status_text(status));
        }
    }
    for (size_t i = 0; i < e->stored_orders.length; i++) {
        if (strcmp(e->stored_orders.items[i].sleeve, s->bound->spec.name) == 0) {
            qm_order_book_get(e->orders, e->stored_orders.items[i].order.id)->strategy = s->index;
        }
    }
    return QM_OK;
}

/* Working orders go back to the paper broker; what was decided but not answered is sent again: the
 * broker that would have answered ended with the process. */
static qm_status resume_order(qm_engine *e, qm_order *order) {
    op waiting = {.kind = OP_SUBMIT, .order = order->id};
    bool reached_broker = order->session != QM_DATE_NONE;
    qm_status status = QM_OK;
    if (reached_broker) {
        status = qm_sim_restore(e->sim, order);
    } else if (order->state == QM_ORDER_PENDING || order->state == QM_ORDER_CANCELLING) {
        status = qm_vec_push(&e->ops, &waiting);
    }
    if (status == QM_OK && order->state == QM_ORDER_CANCELLING) {
        waiting.kind = OP_CANCEL;
        status = qm_vec_push(&e->ops, &waiting);
    }
    if (status == QM_OK && order->state == QM_ORDER_REPLACING) {
        waiting.kind = OP_REPLACE;
        waiting.change = (qm_order_change){order->want_qty, order->want_limit, order->want_stop};
        status = qm_vec_push(&e->ops, &waiting);
    }
    return status;
}

static qm_status resume_orders(sleeve *s, qm_error *err) {
    size_t cursor = 0;
    qm_order *order;
    while ((order = qm_order_book_next_open(s->engine->orders, s->index, &cursor)) != NULL) {
        qm_status status = resume_order(s->engine, order);
        if (status != QM_OK) {
            return qm_error_set(err, status, "order %llu could not be restored: %s",
                                (unsigned long long)order->id, qm_status_text(status));
        }
    }
    return QM_OK;
}

/* Fills are the trades of the ledger. */
static qm_status restore_ledger(sleeve *s, qm_error *err) {
    qm_engine *e = s->engine;
    qm_txn_vec txns = {0};
    qm_status status = qm_book_load_txns(e->config.book, s->bound->spec.name, &txns, err);
    for (size_t i = 0; status == QM_OK && i < txns.length; i++) {
        qm_txn *txn = &txns.items[i];
        status = qm_ledger_apply(s->ledger, txn, err);
        if (status == QM_OK && txn->kind == QM_TXN_TRADE) {
            const qm_order *order = qm_order_book_get(e->orders, txn->order);
            qm_fill fill = {.order = txn->order,
                            .strategy = s->index,
                            .instrument = txn->instrument,
                            .side = txn->qty.raw > 0 ? QM_BUY : QM_SELL,
                            .qty = {txn->qty.raw < 0 ? -txn->qty.raw : txn->qty.raw},
                            .price = txn->price,
                            .fee = txn->fee,
                            .time = txn->time,
                            .date = txn->date,
                            .coarse = order && order->coarse};
            status = qm_vec_push(&e->fills, &fill);
        }
    }
    qm_vec_fini(&txns);
    const qm_txn *all;
    s->txns_saved = qm_ledger_txns(s->ledger, &all);
    return status;
}

static qm_decimal decimal_at(const qm_json *array, size_t index) {
    qm_decimal value = QM_DECIMAL_ZERO;
    const char *text = qm_json_text(qm_json_at(array, index));
    if (text) {
        qm_decimal_parse(text, strlen(text), &value);
    }
    return value;
}

static double number_at(const qm_json *array, size_t index) {
    double value = 0;
    qm_json_number(qm_json_at(array, index), &value);
    return value;
}

static qm_status read_extra(sleeve *s, const qm_json *root) {
    qm_status status = QM_OK;
    const qm_json *list = qm_json_get(root, "dividends");
    for (size_t i = 0; status == QM_OK && i < qm_json_size(list); i++) {
        const qm_json *row = qm_json_at(list, i);
        const char *due = qm_json_text(qm_json_at(row, 0));
        dividend_due d = {.due = due ? strtoll(due, NULL, 10) : QM_TIME_MAX,
                          .instrument = (qm_instrument_id)number_at(row, 1),
                          .amount = decimal_at(row, 2),
                          .ex = (qm_date)number_at(row, 3)};
        status = qm_vec_push(&s->dividends, &d);
    }
    list = qm_json_get(root, "funnel");
    for (size_t i = 0; status == QM_OK && i < qm_json_size(list); i++) {
        const qm_json *row = qm_json_at(list, i);
        const char *rule = qm_json_text(qm_json_at(row, 0));
        qm_funnel_row f = {.count = (uint64_t)number_at(row, 1)};
        strncpy(f.rule, rule ? rule : "", sizeof f.rule - 1);
        status = qm_vec_push(&s->funnel, &f);
    }
    list = qm_json_get(root, "unsettled");
    for (size_t i = 0; status == QM_OK && i < qm_json_size(list); i++) {
        const qm_json *row = qm_json_at(list, i);
        unsettled_sale sale = {.settles = (qm_date)number_at(row, 0), .amount = decimal_at(row, 1)};
        status = qm_vec_push(&s->unsettled, &sale);
    }
    const char *reserve = qm_json_text(qm_json_get(root, "reserve"));
    if (status == QM_OK && reserve) {
        status = qm_decimal_parse(reserve, strlen(reserve), &s->reserve);
    }
    double number;
    if (qm_json_number(qm_json_get(root, "generation"), &number)) {
        s->generation = (uint64_t)number;
    }
    if (qm_json_number(qm_json_get(root, "timer_ids"), &number)) {
        s->timer_ids = (uint64_t)number;
    }
    return status;
}

static qm_status restore_extra(sleeve *s, qm_error *err) {
    char key[QM_NAME_MAX + 8];
    strcpy(key, "extra:");
    strncat(key, s->bound->spec.name, QM_NAME_MAX);
    char *text = qm_alloc(EXTRA_MAX);
    if (!text) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = qm_book_get_value(s->engine->config.book, key, text, EXTRA_MAX, err);
    qm_json *root = NULL;
    if (status == QM_OK) {
        status = qm_json_parse(text, strlen(text), &root, err);
    }
    if (status == QM_OK) {
        status = read_extra(s, root);
    }
    qm_json_free(root);
    qm_free(text);
    return status == QM_ENOTFOUND ? QM_OK : status;
}

static qm_status restore_row(sleeve *s, const qm_sleeve_row *row, qm_error *err) {
    memcpy(s->chain, row->decision_hash, sizeof s->chain);
    s->decisions = row->decisions;
    s->method = qm_tax_method_from(row->lot_method); /* by which its history was booked */
    if (s->method == QM_TAX_METHOD_COUNT) {
        return qm_error_set(err, QM_EDATA, "the book has %s as the lot method of %s",
                            row->lot_method, row->name);
    }
    qm_sleeve_choose_relief(s);
    if (row->state && s->bound->ops->load) {
        qm_status status = s->bound->ops->load(s->bound->self, row->state, row->state_length,
                                               row->state_version, err);
        if (status != QM_OK) {
            return status;
        }
    }
    qm_status status = restore_orders(s, err);
    if (status == QM_OK) {
        status = restore_ledger(s, err);
    }
    if (status == QM_OK) {
        status = restore_extra(s, err);
    }
    if (status == QM_OK) {
        status = qm_book_load_timers(s->engine->config.book, s->bound->spec.name, &s->timers, err);
    }
    qm_equity_row_vec curve = {0};
    if (status == QM_OK) {
        status = qm_book_load_equity(s->engine->config.book, s->bound->spec.name, &curve, err);
    }
    for (size_t i = 0; status == QM_OK && i < curve.length; i++) {
        status = qm_vec_push(&s->curve, &curve.items[i]);
    }
    qm_vec_fini(&curve);
    s->curve_saved = s->curve.length;
    return status == QM_OK ? resume_orders(s, err) : status;
}

qm_status qm_sleeve_load(sleeve *s, qm_error *err) {
    if (!s->engine->config.book) {
        return QM_OK;
    }
    qm_sleeve_row_vec rows = {0};
    qm_status status = qm_book_load_sleeves(s->engine->config.book, &rows, err);
    for (size_t i = 0; status == QM_OK && i < rows.length; i++) {
        if (strcmp(rows.items[i].name, s->bound->spec.name) == 0) {
            s->known = true;
            status = restore_row(s, &rows.items[i], err);
        }
    }
    for (size_t i = 0; i < rows.length; i++) {
        qm_sleeve_row_fini(&rows.items[i]);
    }
    qm_vec_fini(&rows);
    if (status == QM_OK && !s->known) {
        status = restore_orders(s, err); /* ids go on behind those of the book */
    }
    return status;
}
