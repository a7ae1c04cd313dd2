/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/rng.h"
#include "ledger/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define D(x) ((qm_decimal){(int64_t)((x)*1000000000LL)})

static qm_txn trade(qm_instrument_id id, int64_t qty, int64_t price_cents, int64_t fee_cents,
                    qm_date date) {
    return (qm_txn){.kind = QM_TXN_TRADE,
                    .date = date,
                    .instrument = id,
                    .multiplier = 1,
                    .qty = {qty * QM_DECIMAL_SCALE},
                    .price = {price_cents * (QM_DECIMAL_SCALE / 100)},
                    .fee = {fee_cents * (QM_DECIMAL_SCALE / 100)}};
}

static qm_ledger *with_cash(int64_t units) {
    qm_ledger *ledger;
    qm_txn cash = {.kind = QM_TXN_CASH, .amount = {units * QM_DECIMAL_SCALE}};
    assert_int_equal(qm_ledger_new(&ledger), QM_OK);
    assert_int_equal(qm_ledger_apply(ledger, &cash, NULL), QM_OK);
    return ledger;
}

static void apply(qm_ledger *ledger, qm_txn txn) {
    qm_error err;
    assert_int_equal(qm_ledger_apply(ledger, &txn, &err), QM_OK);
}

static void assert_total(qm_total total, const char *expected) {
    char text[QM_TOTAL_BUF];
    qm_total_format(total, text);
    assert_string_equal(text, expected);
}

static void test_fifo(void **state) {
    (void)state;
    qm_ledger *l = with_cash(100000);
    apply(l, trade(1, 100, 1000, 100, 0));
    apply(l, trade(1, 100, 1200, 100, 10));
    apply(l, trade(1, -150, 1500, 150, 400));
    const qm_realized *rows;
    assert_int_equal(qm_ledger_realized(l, &rows), 2);
    /* 2248.50 of proceeds over 100 and 50 shares: 1499.00 and 749.50. */
    assert_int_equal(rows[0].proceeds.raw, D(1499).raw);
    assert_int_equal(rows[0].basis.raw, D(1001).raw);
    assert_int_equal(rows[0].gain.raw, D(498).raw);
    assert_int_equal(rows[0].term, QM_TERM_LONG);
    assert_int_equal(rows[1].proceeds.raw, D(749.5).raw);
    assert_int_equal(rows[1].basis.raw, D(600.5).raw);
    qm_position p = qm_ledger_position(l, 1);
    assert_int_equal(p.qty.raw, D(50).raw);
    assert_int_equal(p.basis.raw, D(600.5).raw);
    assert_total(qm_ledger_cash(l), "100046.5");
    qm_ledger_free(l);
}

static void test_flip(void **state) {
    (void)state;
    qm_ledger *l = with_cash(1000);
    apply(l, trade(7, 10, 1000, 0, 0));
    apply(l, trade(7, -15, 1100, 30, 1)); /* closes 10, opens 5 short; the fee is split 20 : 10 */
    qm_position p = qm_ledger_position(l, 7);
    assert_int_equal(p.qty.raw, D(-5).raw);
    assert_int_equal(p.basis.raw, D(-54.9).raw);
    apply(l, trade(7, 5, 900, 10, 2));
    const qm_realized *rows;
    assert_int_equal(qm_ledger_realized(l, &rows), 2);
    assert_true(rows[1].was_short);
    assert_int_equal(rows[1].proceeds.raw, D(54.9).raw);
    assert_int_equal(rows[1].basis.raw, D(45.1).raw);
    assert_int_equal(rows[1].term, QM_TERM_SHORT);
    const qm_position *positions;
    assert_int_equal(qm_ledger_positions(l, &positions), 0);
    qm_ledger_free(l);
}

static void test_terms(void **state) {
    (void)state;
    static const struct {
        int y1, m1, d1, y2, m2, d2;
        qm_term term;
    } cases[] = {
        {2023, 3, 1, 2024, 3, 1, QM_TERM_SHORT},   {2023, 3, 1, 2024, 3, 2, QM_TERM_LONG},
        {2024, 2, 29, 2025, 2, 28, QM_TERM_SHORT}, {2024, 2, 29, 2025, 3, 1, QM_TERM_LONG},
        {2023, 2, 28, 2024, 2, 28, QM_TERM_SHORT}, {2023, 2, 28, 2024, 2, 29, QM_TERM_LONG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(qm_holding_term(qm_date_from_ymd(cases[i].y1, cases[i].m1, cases[i].d1),
                                         qm_date_from_ymd(cases[i].y2, cases[i].m2, cases[i].d2)),
                         cases[i].term);
    }
}

static void test_split_and_lieu(void **state) {
    (void)state;
    qm_ledger *l = with_cash(10000);
    apply(l, trade(1, 5, 3000, 0, 0));
    apply(l, trade(1, 6, 3300, 0, 1));
    /* 3 for 2: 16.5 shares; half a share is paid at 21.00. */
    apply(l, (qm_txn){.kind = QM_TXN_SPLIT,
                      .instrument = 1,
                      .multiplier = 1,
                      .num = 3,
                      .den = 2,
                      .price = D(21),
                      .date = 5});
    qm_position p = qm_ledger_position(l, 1);
    assert_int_equal(p.qty.raw, D(16).raw);
    const qm_realized *rows;
    assert_int_equal(qm_ledger_realized(l, &rows), 1);
    assert_int_equal(rows[0].qty.raw, D(0.5).raw);
    assert_int_equal(rows[0].proceeds.raw, D(10.5).raw);
    assert_int_equal(rows[0].basis.raw, D(10).raw); /* 0.5 of 7.5 shares that cost 150 */
    qm_lot_iter iter = {.instrument = 1};
    int64_t sum = 0;
    const qm_lot *lot;
    while ((lot = qm_ledger_next_lot(l, &iter)) != NULL) {
        sum += lot->qty.raw;
    }
    assert_int_equal(sum, p.qty.raw);
    qm_ledger_free(l);
}

static void test_bad_transactions(void **state) {
    (void)state;
    qm_ledger *l = with_cash(1000);
    qm_error err;
    qm_txn cases[] = {
        trade(1, 0, 1000, 0, 0),
        trade(1, 1, -5, 0, 0),
        {.kind = QM_TXN_FEE, .amount = D(-1)},
        {.kind = QM_TXN_SPLIT, .instrument = 1, .num = 0, .den = 1},
        {.kind = QM_TXN_TRADE,
         .instrument = 1,
         .multiplier = 1,
         .qty = {INT64_MAX},
         .price = {INT64_MAX}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_not_equal(qm_ledger_apply(l, &cases[i], &err), QM_OK);
        const qm_txn *txns;
        assert_int_equal(qm_ledger_txns(l, &txns), 1);
        assert_total(qm_ledger_cash(l), "1000");
    }
    qm_ledger_free(l);
}

/* cash + cost of open lots = deposits + realised + income - fees that stand alone, to 1e-9. */
static void assert_reconciles(const qm_ledger *l, qm_decimal lone_fees) {
    qm_total left = qm_ledger_cash(l), right = qm_ledger_deposits(l);
    const qm_position *positions;
    size_t n = qm_ledger_positions(l, &positions);
    for (size_t i = 0; i < n; i++) {
        qm_total_add(&left, positions[i].basis);
        qm_lot_iter iter = {.instrument = positions[i].instrument};
        const qm_lot *lot;
        int64_t qty = 0, basis = 0;
        while ((lot = qm_ledger_next_lot(l, &iter)) != NULL) {
            qty += lot->qty.raw;
            basis += lot->qty.raw < 0 ? -lot->basis.raw : lot->basis.raw;
        }
        assert_int_equal(qty, positions[i].qty.raw);
        assert_int_equal(basis, positions[i].basis.raw);
    }
    qm_total_add_total(&right, qm_ledger_realized_gain(l, QM_TERM_SHORT));
    qm_total_add_total(&right, qm_ledger_realized_gain(l, QM_TERM_LONG));
    qm_total_add_total(&right, qm_ledger_income(l));
    qm_total_sub(&right, lone_fees);
    assert_int_equal(qm_total_cmp(left, right), 0);
}

static void test_random_histories(void **state) {
    (void)state;
    uint64_t seed = 4242;
    printf("seed %llu\n", (unsigned long long)seed);
    for (int run = 0; run < 200; run++) {
        qm_rng rng;
        qm_decimal lone = {0};
        qm_rng_seed(&rng, seed + (uint64_t)run);
        qm_ledger *l = with_cash(1000000);
        for (int i = 0; i < 300; i++) {
            int64_t kind = qm_rng_range(&rng, 0, 20);
            qm_instrument_id id = (qm_instrument_id)qm_rng_range(&rng, 1, 4);
            qm_txn txn = trade(id, 1, 1, 0, i);
            if (kind < 17) {
                txn.qty.raw = qm_rng_range(&rng, -300, 300) * 1000000 * qm_rng_range(&rng, 1, 999);
                txn.price.raw = qm_rng_range(&rng, 1, 99999999999);
                txn.fee.raw = qm_rng_range(&rng, 0, 1999999999);
                if (txn.qty.raw == 0) {
                    continue;
                }
            } else if (kind == 17) {
                txn = (qm_txn){.kind = QM_TXN_SPLIT,
                               .instrument = id,
                               .num = qm_rng_range(&rng, 1, 4),
                               .den = qm_rng_range(&rng, 1, 3)};
            } else if (kind == 18) {
                txn = (qm_txn){.kind = QM_TXN_DIVIDEND, .instrument = id, .amount = {123456789}};
            } else if (kind == 19) {
                txn = (qm_txn){.kind = QM_TXN_FEE, .amount = {777777777}};
                lone.raw += 777777777;
            } else {
                txn = (qm_txn){.kind = QM_TXN_DELIST, .instrument = id, .price = D(3.33)};
            }
            apply(l, txn);
            assert_reconciles(l, lone);
        }
        qm_ledger_free(l);
    }
}

static void test_allocation_failures(void **state) {
    (void)state;
    uint64_t before = qm_mem_get_stats().live_blocks;
    for (uint64_t n = 1; n < 100; n++) {
        qm_ledger *l = NULL;
        qm_mem_fail_from(n);
        qm_status status = qm_ledger_new(&l);
        for (int i = 0; status == QM_OK && i < 40; i++) {
            qm_txn txn = trade((qm_instrument_id)(i % 3 + 1), i % 4 == 3 ? -2 : 1, 1000 + i, 1, i);
            const qm_txn *txns;
            size_t count = qm_ledger_txns(l, &txns);
            status = qm_ledger_apply(l, &txn, NULL);
            assert_int_equal(qm_ledger_txns(l, &txns), count + (status == QM_OK));
        }
        qm_mem_fail_from(0);
        qm_ledger_free(l);
        assert_int_equal(qm_mem_get_stats().live_blocks, before);
        if (status == QM_OK) {
            return;
        }
    }
    fail();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fifo),
        cmocka_unit_test(test_flip),
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_split_and_lieu),
        cmocka_unit_test(test_bad_transactions),
        cmocka_unit_test(test_random_histories),
        cmocka_unit_test(test_allocation_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
