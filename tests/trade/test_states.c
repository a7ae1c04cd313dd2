/* SPDX-License-Identifier: MIT
 *
 * The states of an order, as a table written a second time: rows may become columns.
 */
#include "trade/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STATES = QM_ORDER_UNKNOWN + 1 };

/* clang-format off */
static const char *const MAY_BECOME[STATES] = {
    /* created refused pending working partially filled cancelling cancelled replacing rejected
     * expired unknown */
    /* created    */ ".xx.........",
    /* refused    */ "............",
    /* pending    */ "...xxxxx.xxx",
    /* working    */ "....xxxxxxxx",
    /* partially  */ "....xxxxx.xx",
    /* filled     */ "............",
    /* cancelling */ "...xxx.x.xxx",
    /* cancelled  */ "............",
    /* replacing  */ "...xxxxx.xxx",
    /* rejected   */ "............",
    /* expired    */ "............",
    /* unknown    */ "...xxx.x.xx.",
};
/* clang-format on */

static bool from_table(qm_order_state from, qm_order_state to) {
    return MAY_BECOME[from][to] == 'x';
}

static void a_forbidden_change_leaves_the_order_as_it_is(void **state) {
    (void)state;
    for (int from = 0; from < STATES; from++) {
        for (int to = 0; to < STATES; to++) {
            qm_order order = {.state = (qm_order_state)from, .updated = 5};
            bool may = from_table((qm_order_state)from, (qm_order_state)to);
            qm_status status = qm_order_become(&order, (qm_order_state)to, 9);
            if (status != (may ? QM_OK : QM_ESTATE) ||
                order.state != (qm_order_state)(may ? to : from) ||
                order.updated != (may ? 9 : 5)) {
                fail_msg("%s -> %s: %s", qm_order_state_name((qm_order_state)from),
                         qm_order_state_name((qm_order_state)to), qm_status_name(status));
            }
        }
    }
}

static void a_final_state_is_final(void **state) {
    (void)state;
    static const qm_order_state final[] = {QM_ORDER_REFUSED, QM_ORDER_FILLED, QM_ORDER_CANCELLED,
                                           QM_ORDER_REJECTED, QM_ORDER_EXPIRED};
    for (size_t i = 0; i < sizeof final / sizeof *final; i++) {
        qm_order order = {.state = final[i]};
        assert_false(qm_order_is_open(&order));
        for (int to = 0; to < STATES; to++) {
            assert_false(qm_order_may_become(final[i], (qm_order_state)to));
        }
    }
}

static void names_go_there_and_back(void **state) {
    (void)state;
    for (int i = 0; i < STATES; i++) {
        qm_order_state back;
        assert_true(qm_order_state_parse(qm_order_state_name((qm_order_state)i), &back));
        assert_int_equal(back, i);
    }
    qm_order_type type;
    assert_false(qm_order_type_parse("markets", &type));
    assert_true(qm_order_type_parse("market_on_close", &type));
    assert_int_equal(type, QM_MARKET_ON_CLOSE);
}

/* The book walks open orders only, oldest first, of one owner or of all. */
static void the_book_walks_what_is_open(void **state) {
    (void)state;
    qm_order_book *book;
    assert_int_equal(qm_order_book_new(&book), QM_OK);
    for (uint32_t i = 0; i < 100; i++) {
        qm_order order = {.strategy = i % 2, .state = QM_ORDER_WORKING}, *added;
        assert_int_equal(qm_order_book_add(book, &order, &added), QM_OK);
        assert_int_equal(added->id, i + 1);
    }
    for (uint64_t id = 1; id <= 100; id++) {
        if (id % 10 != 0) {
            qm_order *order = qm_order_book_get(book, id);
            assert_int_equal(qm_order_become(order, QM_ORDER_FILLED, 1), QM_OK);
            qm_order_book_closed(book, id);
        }
    }
    size_t cursor = 0;
    qm_order *order;
    uint64_t expected = 10;
    for (; (order = qm_order_book_next_open(book, UINT32_MAX, &cursor)); expected += 10) {
        assert_int_equal(order->id, expected);
    }
    assert_int_equal(expected, 110);
    cursor = 0;
    assert_null(qm_order_book_next_open(book, 0, &cursor)); /* even ids are of owner 1 */
    assert_null(qm_order_book_get(book, 0));
    assert_null(qm_order_book_get(book, 101));
    assert_int_equal(qm_order_book_count(book), 100);
    qm_order_book_free(book);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forbidden_change_leaves_the_order_as_it_is),
        cmocka_unit_test(a_final_state_is_final),
        cmocka_unit_test(names_go_there_and_back),
        cmocka_unit_test(the_book_walks_what_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
