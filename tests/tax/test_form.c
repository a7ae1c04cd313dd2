/* SPDX-License-Identifier: MIT
 *
 * Forms of a tax year, netting and carry-over, and questions before a trade.
 */
#include "base/mem.h"
#include "tax/form.h"
#include "tax/preview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const IRA[] = {"I1", NULL};

static qm_decimal dec(const char *text) {
    qm_decimal d;
    assert_int_equal(qm_decimal_parse(text, strlen(text), &d), QM_OK);
    return d;
}

static qm_date date(const char *text) {
    qm_date d;
    assert_int_equal(qm_date_parse(text, strlen(text), &d), QM_OK);
    return d;
}

static qm_tax *book(qm_tax_method method) {
    qm_tax *tax;
    qm_tax_config config = {
        .method = method, .wash = true, .ira = IRA, .rates = {{350000000}, {150000000}}};
    assert_int_equal(qm_tax_new(&config, &tax, NULL), QM_OK);
    return tax;
}

/* id, kind, date, account, symbol, qty, amount */
typedef struct fact {
    const char *id;
    qm_tax_kind kind;
    const char *date, *account, *symbol, *qty, *amount;
} fact;

static qm_tax_event event_of(const fact *f) {
    return (qm_tax_event){.id = f->id,
                          .kind = f->kind,
                          .date = date(f->date),
                          .settle = QM_DATE_NONE,
                          .account = f->account,
                          .symbol = f->symbol,
                          .qty = dec(f->qty),
                          .has_qty = true,
                          .amount = dec(f->amount)};
}

static void apply(qm_tax *tax, const fact *facts, size_t count) {
    for (size_t i = 0; i < count; i++) {
        qm_tax_event event = event_of(&facts[i]);
        qm_error err = {0};
        if (qm_tax_apply(tax, &event, &err) != QM_OK) {
            fail_msg("%s", err.message);
        }
    }
}

#define APPLY(tax, facts) apply(tax, facts, sizeof(facts) / sizeof *(facts))

static void same(qm_decimal got, const char *expected) {
    char text[QM_DECIMAL_BUF];
    qm_decimal_format_fixed(got, 2, QM_ROUND_HALF_UP, text);
    assert_string_equal(text, expected);
}

/* Gains by term; net by term, deducted, carried by term; tax at 35 % and 15 %. */
static const struct {
    const char *st, *lt, *net_st, *net_lt, *deducted, *carry_st, *carry_lt, *tax;
    bool separate;
} NETTING[] = {
    {"5000", "10000", "5000.00", "10000.00", "0.00", "0.00", "0.00", "3250.00", false},
    {"-2000", "-9500", "-2000.00", "-9500.00", "3000.00", "0.00", "-8500.00", "-1050.00", false},
    {"-5000", "-100", "-5000.00", "-100.00", "3000.00", "-2000.00", "-100.00", "-1050.00", false},
    {"5000", "-9000", "0.00", "-4000.00", "3000.00", "0.00", "-1000.00", "-1050.00", false},
    {"-9000", "5000", "-4000.00", "0.00", "3000.00", "-1000.00", "0.00", "-1050.00", false},
    {"5000", "-2000", "3000.00", "0.00", "0.00", "0.00", "0.00", "1050.00", false},
    {"-2000", "5000", "0.00", "3000.00", "0.00", "0.00", "0.00", "450.00", false},
    {"-2000", "0", "-2000.00", "0.00", "1500.00", "-500.00", "0.00", "-525.00", true},
    {"-2999.99", "0", "-2999.99", "0.00", "2999.99", "0.00", "0.00", "-1050.00", false},
    {"0", "0", "0.00", "0.00", "0.00", "0.00", "0.00", "0.00", false},
};

static void test_netting(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof NETTING / sizeof *NETTING; i++) {
        qm_tax_gains gains = {dec(NETTING[i].st), dec(NETTING[i].lt)};
        qm_tax_rates rates = {true, dec("0.35"), dec("0.15"), NETTING[i].separate};
        qm_tax_netting n;
        qm_decimal tax;
        assert_int_equal(qm_tax_net(gains, NETTING[i].separate, &n), QM_OK);
        same(n.net.short_term, NETTING[i].net_st);
        same(n.net.long_term, NETTING[i].net_lt);
        same(n.deducted, NETTING[i].deducted);
        same(n.carried.short_term, NETTING[i].carry_st);
        same(n.carried.long_term, NETTING[i].carry_lt);
        assert_int_equal(qm_tax_due(gains, &rates, &tax), QM_OK);
        same(tax, NETTING[i].tax);
    }
}

/* A loss against gains of the year is worth their rate, not its own. */
static void test_tax_of_more(void **state) {
    (void)state;
    qm_tax_rates rates = {true, dec("0.35"), dec("0.15"), false};
    qm_tax_gains year = {dec("1000"), QM_DECIMAL_ZERO}, loss = {QM_DECIMAL_ZERO, dec("-400")};
    qm_decimal tax;
    assert_int_equal(qm_tax_due_more(year, loss, &rates, &tax), QM_OK);
    same(tax, "-140.00");
}

/* A wash sale, a plain gain of each term, a lot without basis, an IRA, a contract. */
static void fill_year(qm_tax *tax) {
    static const fact before[] = {
        {"b1", QM_TAX_DO_BUY, "2022-03-01", "T1", "OLD", "10", "1000"},
        {"b2", QM_TAX_DO_BUY, "2024-01-10", "T1", "QCOM", "50", "1500"},
        {"b3", QM_TAX_DO_BUY, "2024-01-11", "I1", "OLD", "5", "700"},
        {"s1", QM_TAX_DO_SELL, "2024-01-25", "T1", "QCOM", "50", "1300"},
        {"b4", QM_TAX_DO_BUY, "2024-02-01", "T1", "QCOM", "50", "1250"},
        {"s2", QM_TAX_DO_SELL, "2024-03-02", "T1", "OLD", "4", "600.005"},
        {"s3", QM_TAX_DO_SELL, "2024-03-02", "I1", "OLD", "5", "900"},
    };
    APPLY(tax, before);
    qm_tax_event contract =
        event_of(&(fact){"c1", QM_TAX_DO_BUY, "2024-04-01", "T1", "/ESM4", "1", "5000"});
    contract.section1256 = true;
    assert_int_equal(qm_tax_apply(tax, &contract, NULL), QM_OK);
    contract = event_of(&(fact){"c2", QM_TAX_DO_SELL, "2024-04-02", "T1", "/ESM4", "1", "5100.01"});
    contract.section1256 = true;
    assert_int_equal(qm_tax_apply(tax, &contract, NULL), QM_OK);
    qm_tax_arrival unknown = {.qty = dec("3"),
                              .acquired = QM_DATE_NONE,
                              .holding = QM_DATE_NONE,
                              .gifted = QM_DATE_NONE,
                              .no_basis = true};
    qm_tax_event in =
        event_of(&(fact){"t1", QM_TAX_DO_TRANSFER_IN, "2024-05-01", "T1", "GIFT", "3", "0"});
    in.arrivals = &unknown;
    in.arrival_count = 1;
    assert_int_equal(qm_tax_apply(tax, &in, NULL), QM_OK);
    static const fact after[] = {
        {"s4", QM_TAX_DO_SELL, "2024-06-01", "T1", "GIFT", "3", "90"},
        {"s5", QM_TAX_DO_SELL, "2025-01-02", "T1", "OLD", "6", "1000"},
    };
    APPLY(tax, after);
}

static void test_year_on_paper(void **state) {
    (void)state;
    qm_tax *tax = book(QM_TAX_FIFO);
    qm_tax_form f;
    qm_buf csv;
    fill_year(tax);
    qm_tax_form_options o = {.year = 2024, .carried = {dec("-100"), QM_DECIMAL_ZERO}};
    assert_int_equal(qm_tax_form_make(tax, &o, &f, NULL), QM_OK);
    qm_buf_init(&csv, 1 << 16);
    qm_tax_form_csv(&f, &csv);
    assert_string_equal(
        csv.data,
        "box,description,date_acquired,date_sold,proceeds,basis,code,adjustment,gain,term,account,"
        "sale,lot\n"
        "A,50 sh. QCOM,01/10/2024,01/25/2024,1300.00,1500.00,W,200.00,0.00,ST,T1,s1,b2\n"
        "B,3 sh. GIFT,,06/01/2024,90.00,,,,,,T1,s4,t1\n"
        "D,4 sh. OLD,03/01/2022,03/02/2024,600.01,400.00,,,200.01,LT,T1,s2,b1\n");
    assert_int_equal(f.no_basis, 1);
    assert_int_equal(f.disallowed, 20000);
    assert_string_equal(f.lines[1].line, "1b");
    assert_int_equal(f.lines[1].adjustment, 20000);
    assert_int_equal(f.lines[4].gain, 20001); /* 8a: summed directly */
    same(f.gain_1256, "100.01");
    same(f.long_1256, "60.01");
    same(f.short_1256, "40.00");
    same(f.totals.short_term, "-60.00");
    same(f.totals.long_term, "260.02");
    same(f.net.net.short_term, "0.00");
    same(f.net.net.long_term, "200.02");
    qm_buf_fini(&csv);
    qm_tax_form_fini(&f);
    o.carried.long_term = dec("1");
    assert_int_equal(qm_tax_form_make(tax, &o, &f, NULL), QM_EINVAL);
    qm_tax_free(tax);
}

/* The published record of a short-term wash sale (RP-TXF-2D). */
static void test_txf(void **state) {
    (void)state;
    static const fact facts[] = {
        {"b", QM_TAX_DO_BUY, "2011-01-02", "T1", "QCOM", "50", "1500"},
        {"s", QM_TAX_DO_SELL, "2011-01-15", "T1", "QCOM", "50", "1300"},
        {"r", QM_TAX_DO_BUY, "2011-01-20", "T1", "QCOM", "50", "1400"},
    };
    qm_tax *tax = book(QM_TAX_FIFO);
    qm_tax_form f;
    qm_buf text;
    APPLY(tax, facts);
    qm_tax_form_options o = {.year = 2011};
    assert_int_equal(qm_tax_form_make(tax, &o, &f, NULL), QM_OK);
    qm_buf_init(&text, 1 << 16);
    assert_int_equal(qm_tax_form_txf(&f, date("2012-02-03"), &text, NULL), QM_OK);
    assert_string_equal(text.data, "V042\r\nAQuantMatrix\r\nD 02/03/2012\r\n^\r\n"
                                   "TD\r\nN321\r\nC1\r\nL1\r\nP50 QCOM\r\nD01/02/2011\r\n"
                                   "D01/15/2011\r\n$1500\r\n$1300\r\n$200\r\n^\r\n");
    qm_buf_fini(&text);
    qm_tax_form_fini(&f);
    qm_tax_free(tax);
}

/* Digital assets have boxes that TXF does not know: refused whole. */
static void test_txf_refuses(void **state) {
    (void)state;
    static const fact facts[] = {
        {"b", QM_TAX_DO_BUY, "2025-01-02", "T1", "BTC/USD", "1", "1500"},
        {"s", QM_TAX_DO_SELL, "2025-01-15", "T1", "BTC/USD", "1", "1700"},
    };
    qm_tax *tax = book(QM_TAX_FIFO);
    qm_tax_form f;
    qm_buf text;
    qm_error err = {0};
    APPLY(tax, facts);
    qm_tax_form_options o = {.year = 2025};
    assert_int_equal(qm_tax_form_make(tax, &o, &f, NULL), QM_OK);
    assert_int_equal(f.rows.items[0].box, 'G');
    qm_buf_init(&text, 1 << 16);
    assert_int_equal(qm_tax_form_txf(&f, date("2026-02-03"), &text, &err), QM_EINVAL);
    assert_int_equal(text.length, 0);
    assert_string_equal(err.message, "TXF has no number for box G (BTC/USD sold as s): use CSV");
    qm_buf_fini(&text);
    qm_tax_form_fini(&f);
    qm_tax_free(tax);
}

/* A purchase that would take the loss of a sale of last week, and how much of it. */
static void test_wash_by_purchase(void **state) {
    (void)state;
    static const fact facts[] = {
        {"b", QM_TAX_DO_BUY, "2024-01-02", "T1", "X", "100", "1000"},
        {"s", QM_TAX_DO_SELL, "2024-06-03", "T1", "X", "100", "800"},
    };
    qm_tax *tax = book(QM_TAX_FIFO);
    qm_tax_preview p;
    APPLY(tax, facts);
    qm_tax_event buy = event_of(&(fact){"n", QM_TAX_DO_BUY, "2024-06-10", "T1", "X", "25", "210"});
    assert_int_equal(qm_tax_preview_event(tax, &buy, &p, NULL), QM_OK);
    same(p.washed, "50.00");
    same(p.gains.short_term, "50.00"); /* the year's gain rises by what is deferred */
    assert_int_equal(p.rows.length, 0);
    qm_tax_preview_fini(&p);
    buy.date = date("2024-07-04"); /* 31 days */
    assert_int_equal(qm_tax_preview_event(tax, &buy, &p, NULL), QM_OK);
    same(p.washed, "0.00");
    qm_tax_preview_fini(&p);
    buy.date = date("2024-07-03");
    buy.account = "I1";
    assert_int_equal(qm_tax_preview_event(tax, &buy, &p, NULL), QM_OK);
    same(p.washed, "50.00");
    qm_tax_preview_fini(&p);
    qm_tax_free(tax);
}

static void test_sale_by_its_own_method(void **state) {
    (void)state;
    static const fact facts[] = {
        {"a", QM_TAX_DO_BUY, "2022-01-03", "T1", "X", "10", "100"},
        {"b", QM_TAX_DO_BUY, "2024-01-03", "T1", "X", "10", "300"},
    };
    qm_tax *tax = book(QM_TAX_FIFO);
    qm_tax_preview p;
    APPLY(tax, facts);
    qm_tax_event sale =
        event_of(&(fact){"s", QM_TAX_DO_SELL, "2024-06-03", "T1", "X", "10", "200"});
    assert_int_equal(qm_tax_preview_event(tax, &sale, &p, NULL), QM_OK);
    assert_string_equal(p.rows.items[0].lot, "a");
    same(p.gains.long_term, "100.00");
    qm_tax_preview_fini(&p);
    sale.has_method = true;
    sale.method = QM_TAX_HIFO;
    assert_int_equal(qm_tax_preview_event(tax, &sale, &p, NULL), QM_OK);
    assert_string_equal(p.rows.items[0].lot, "b");
    same(p.gains.short_term, "-100.00");
    qm_tax_preview_fini(&p);
    sale.qty = dec("21");
    sale.close_only = true;
    assert_int_equal(qm_tax_preview_event(tax, &sale, &p, NULL), QM_ELOTS);
    qm_tax_free(tax);
}

static bool price_of(void *data, const char *symbol, qm_decimal *out) {
    (void)data;
    if (strcmp(symbol, "X") != 0) {
        return false;
    }
    *out = dec("10");
    return true;
}

/* RP-TLH: a purchase of last week takes its part of the loss; the IRA and the gain are left out. */
static void test_harvest(void **state) {
    (void)state;
    static const fact facts[] = {
        {"old", QM_TAX_DO_BUY, "2022-01-03", "T1", "X", "100", "1500"},
        {"low", QM_TAX_DO_BUY, "2022-02-03", "T1", "X", "100", "900"},
        {"ira", QM_TAX_DO_BUY, "2022-02-04", "I1", "X", "100", "1900"},
        {"other", QM_TAX_DO_BUY, "2022-02-05", "T1", "NOPRICE", "100", "1900"},
        {"new", QM_TAX_DO_BUY, "2024-06-01", "T1", "X", "20", "240"},
    };
    qm_tax *tax = book(QM_TAX_FIFO);
    qm_tax_rates rates = {true, dec("0.35"), dec("0.15"), false};
    qm_tax_harvest_vec found = {0};
    APPLY(tax, facts);
    qm_tax_harvest_ask ask = {date("2024-06-10"), &rates, price_of, NULL};
    assert_int_equal(qm_tax_harvest_lots(tax, &ask, &found, NULL), QM_OK);
    assert_int_equal(found.length, 2);
    const qm_tax_harvest *h = &found.items[0];
    assert_string_equal(h->lot.lot, "old");
    same(h->loss, "500.00");
    same(h->deferred, "100.00"); /* 20 of 100 units */
    same(h->deductible, "400.00");
    same(h->saved, "60.00");
    assert_int_equal(h->safe_from, date("2024-07-02"));
    assert_int_equal(h->not_buy_before, date("2024-07-11"));
    h = &found.items[1];
    assert_string_equal(h->lot.lot, "new");
    same(h->loss, "40.00");
    same(h->deferred, "0.00"); /* what is sold replaces nothing, and the old lots are too old */
    same(h->saved, "14.00");
    assert_int_equal(h->safe_from, QM_DATE_NONE);
    assert_int_equal(h->long_term_from, date("2025-06-02"));
    qm_vec_fini(&found);
    qm_tax_free(tax);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_netting),
        cmocka_unit_test(test_tax_of_more),
        cmocka_unit_test(test_year_on_paper),
        cmocka_unit_test(test_txf),
        cmocka_unit_test(test_txf_refuses),
        cmocka_unit_test(test_wash_by_purchase),
        cmocka_unit_test(test_sale_by_its_own_method),
        cmocka_unit_test(test_harvest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
