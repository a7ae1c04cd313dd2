/* SPDX-License-Identifier: MIT
 *
 * Every case of tests/vectors/tax, and what their `misc` says as far as the engine computes it.
 */
#include "base/mem.h"
#include "tax/case.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER QM_SOURCE_DIR "/tests/vectors/tax/"

static qm_json *load(const char *area) {
    char path[512];
    qm_buf text;
    qm_json *root;
    snprintf(path, sizeof path, FOLDER "%s.json", area);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    qm_buf_init(&text, 1 << 24);
    for (int c; (c = fgetc(file)) != EOF;) {
        qm_buf_putc(&text, (char)c);
    }
    fclose(file);
    assert_int_equal(qm_json_parse(text.data, text.length, &root, NULL), QM_OK);
    qm_buf_fini(&text);
    return root;
}

static const qm_json *find(const qm_json *root, const char *id) {
    const qm_json *cases = qm_json_get(root, "cases");
    for (size_t i = 0; i < qm_json_size(cases); i++) {
        if (strcmp(qm_json_text(qm_json_get(qm_json_at(cases, i), "id")), id) == 0) {
            return qm_json_at(cases, i);
        }
    }
    fail_msg("no case %s", id);
    return NULL;
}

/* One case of an area after its replay, with its configuration changed by `change`. */
typedef struct fixture {
    qm_json *root;
    const qm_json *misc;
    qm_tax_case *c;
    qm_tax_replay replay;
    const qm_tax_row *rows;
    size_t count;
} fixture;

static void setup(fixture *f, const char *area, const char *id,
                  void (*change)(qm_tax_config *config)) {
    f->root = load(area);
    const qm_json *one = find(f->root, id);
    f->misc = qm_json_get(qm_json_get(one, "expect"), "misc");
    assert_int_equal(qm_tax_case_read(one, &f->c, NULL), QM_OK);
    if (change) {
        change(qm_tax_case_config(f->c));
    }
    assert_int_equal(qm_tax_case_replay(f->c, &f->replay, NULL), QM_OK);
    f->count = qm_tax_rows(f->replay.tax, &f->rows);
}

static void teardown(fixture *f) {
    qm_tax_replay_fini(&f->replay);
    qm_tax_case_free(f->c);
    qm_json_free(f->root);
}

static const char *want(const fixture *f, const char *key) {
    const char *text = qm_json_text(qm_json_get(f->misc, key));
    assert_non_null(text);
    return text;
}

/* At cents. */
static void same_money(qm_decimal got, const char *expected) {
    char text[QM_DECIMAL_BUF];
    qm_decimal_format_fixed(got, 2, QM_ROUND_HALF_UP, text);
    assert_string_equal(text, expected);
}

static qm_decimal sum(const fixture *f, size_t offset) {
    qm_decimal total = QM_DECIMAL_ZERO;
    for (size_t i = 0; i < f->count; i++) {
        const qm_decimal *value = (const void *)((const char *)&f->rows[i] + offset);
        assert_int_equal(qm_decimal_add(total, *value, &total), QM_OK);
    }
    return total;
}

static qm_decimal open_basis(const fixture *f) {
    qm_tax_lot *lots;
    size_t count;
    qm_decimal total = QM_DECIMAL_ZERO;
    assert_int_equal(qm_tax_open_lots(f->replay.tax, &lots, &count), QM_OK);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(qm_decimal_add(total, lots[i].basis, &total), QM_OK);
    }
    qm_free(lots);
    return total;
}

static qm_date date(const char *text) {
    qm_date d;
    assert_int_equal(qm_date_parse(text, strlen(text), &d), QM_OK);
    return d;
}

static qm_decimal dec(const char *text) {
    qm_decimal d;
    assert_int_equal(qm_decimal_parse(text, strlen(text), &d), QM_OK);
    return d;
}

static size_t run_area(const char *area) {
    qm_json *root = load(area);
    const qm_json *cases = qm_json_get(root, "cases");
    for (size_t i = 0; i < qm_json_size(cases); i++) {
        const qm_json *one = qm_json_at(cases, i);
        qm_tax_case *c;
        qm_tax_replay replay;
        qm_buf out, why;
        qm_json *got;
        qm_error err = {0};
        bool same = false;
        qm_buf_init(&out, 1 << 24);
        qm_buf_init(&why, 1 << 24);
        if (qm_tax_case_read(one, &c, &err) != QM_OK) {
            fail_msg("%s", err.message);
        }
        assert_int_equal(qm_tax_case_replay(c, &replay, &err), QM_OK);
        assert_int_equal(qm_tax_replay_write(c, &replay, &out), QM_OK);
        assert_int_equal(qm_json_parse(out.data, out.length, &got, NULL), QM_OK);
        assert_int_equal(qm_tax_case_compare(one, got, &same, &why), QM_OK);
        if (!same) {
            fail_msg("%s:\n%s", qm_json_text(qm_json_get(one, "id")), why.data);
        }
        qm_json_free(got);
        qm_buf_fini(&out);
        qm_buf_fini(&why);
        qm_tax_replay_fini(&replay);
        qm_tax_case_free(c);
    }
    size_t count = qm_json_size(cases);
    qm_json_free(root);
    return count;
}

static void test_all_cases(void **state) {
    (void)state;
    static const char *const areas[] = {
        "average",    "corporate_action", "fx",     "gift",     "holding_period",
        "lot_relief", "options",          "report", "rounding", "section1256",
        "short",      "transfer",         "wash"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        count += run_area(areas[i]);
    }
    assert_int_equal(count, 114);
}

/* A comparison that can't fail proves nothing. */
static void test_compare_sees_differences(void **state) {
    (void)state;
    static const char *const got[] = {
        "{\"realized\":[{\"gain\":\"1.01\"}],\"open\":[],\"error\":null}",
        "{\"realized\":[],\"open\":[],\"error\":null}",
        "{\"realized\":[{\"gain\":\"1.00\",\"holding_start\":\"2024-01-02\"}],\"open\":[]}",
        "{\"realized\":[{\"gain\":\"1.00\"}],\"open\":[{\"lot\":\"a\"}],\"error\":null}",
        "{\"realized\":[{\"gain\":\"1.00\"}],\"open\":[],\"error\":\"invalid\"}",
        "{\"realized\":[{\"gain\":\"1.004\"}],\"open\":[],\"error\":null}"};
    const char *text = "{\"expect\":{\"realized\":[{\"gain\":\"1.00\"}],\"open\":[]}}";
    qm_json *one, *found;
    assert_int_equal(qm_json_parse(text, strlen(text), &one, NULL), QM_OK);
    for (size_t i = 0; i < 6; i++) {
        qm_buf why;
        bool same;
        qm_buf_init(&why, 4096);
        assert_int_equal(qm_json_parse(got[i], strlen(got[i]), &found, NULL), QM_OK);
        assert_int_equal(qm_tax_case_compare(one, found, &same, &why), QM_OK);
        assert_int_equal(same, i == 5); /* at the decimals of what is expected */
        qm_buf_fini(&why);
        qm_json_free(found);
    }
    qm_json_free(one);
}

static void test_unknown_keys_are_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *word;
    } rows[] = {
        {"{\"id\":\"A\",\"config\":{\"metod\":\"FIFO\"},\"events\":[]}", "metod"},
        {"{\"id\":\"A\",\"config\":{\"method\":\"FILO\"},\"events\":[]}", "FILO"},
        {"{\"id\":\"A\",\"extra\":1,\"events\":[]}", "extra"},
        {"{\"id\":\"A\",\"events\":[{\"id\":\"e\",\"type\":\"BUY\",\"colour\":1}]}", "colour"},
        {"{\"id\":\"A\",\"events\":[{\"id\":\"e\",\"type\":\"BYE\"}]}", "BYE"},
        {"{\"id\":\"A\",\"events\":[{\"id\":\"e\",\"type\":\"BUY\",\"qty\":\"ten\"}]}", "ten"},
        {"{\"id\":\"A\",\"events\":[{\"id\":\"e\",\"type\":\"BUY\",\"date\":\"2023-02-29\"}]}",
         "2023-02-29"},
        {"{\"id\":\"A\",\"events\":[{\"id\":\"e\",\"type\":\"BUY\"}]}", "event e"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        qm_json *one;
        qm_tax_case *c;
        qm_error err = {0};
        assert_int_equal(qm_json_parse(rows[i].text, strlen(rows[i].text), &one, NULL), QM_OK);
        assert_int_equal(qm_tax_case_read(one, &c, &err), QM_EDATA);
        assert_non_null(strstr(err.message, rows[i].word));
        qm_json_free(one);
    }
}

static void test_holding_period_table(void **state) {
    (void)state;
    qm_json *root = load("holding_period");
    const qm_json *rows =
        qm_json_get(qm_json_get(qm_json_get(find(root, "HP-TABLE"), "expect"), "misc"), "rows");
    assert_int_equal(qm_json_size(rows), 24);
    for (size_t i = 0; i < qm_json_size(rows); i++) {
        const qm_json *row = qm_json_at(rows, i);
        bool is_long =
            qm_tax_term_of(date(qm_json_text(qm_json_get(row, "acquired"))),
                           date(qm_json_text(qm_json_get(row, "sold")))) == QM_TAX_LONG_TERM;
        assert_string_equal(is_long ? "LT" : "ST", qm_json_text(qm_json_get(row, "term")));
    }
    qm_json_free(root);
}

static void use_date(qm_tax_config *config) {
    config->tack_date = true;
}

static void check_first_long_term(void (*change)(qm_tax_config *), const char *key) {
    fixture f;
    qm_tax_lot *lots;
    size_t count;
    setup(&f, "holding_period", "HP-TACK", change);
    assert_int_equal(qm_tax_open_lots(f.replay.tax, &lots, &count), QM_OK);
    assert_int_equal(count, 1);
    assert_int_equal(qm_tax_first_long_term(lots[0].holding), date(want(&f, key)));
    qm_free(lots);
    teardown(&f);
}

static void test_tacking_conventions(void **state) {
    (void)state;
    check_first_long_term(NULL, "first_long_term_tack");
    check_first_long_term(use_date, "first_long_term_replacement_date_convention");
}

static void use_average(qm_tax_config *config) {
    config->method = QM_TAX_AVERAGE;
}

static void use_fifo(qm_tax_config *config) {
    config->method = QM_TAX_FIFO;
}

static void test_open_cost_by_average(void **state) {
    (void)state;
    fixture f;
    setup(&f, "average", "AV-PP-2", NULL);
    same_money(open_basis(&f), want(&f, "open_cost_total"));
    teardown(&f);
    setup(&f, "average", "AV-PP-2", use_average);
    same_money(open_basis(&f), want(&f, "open_cost_total_average"));
    teardown(&f);
}

static void test_average_of_a_fund(void **state) {
    (void)state;
    fixture f;
    setup(&f, "average", "AV-PUB564-T3", NULL);
    same_money(sum(&f, offsetof(qm_tax_row, basis)), want(&f, "basis_average_exact"));
    assert_int_equal(f.count, 2);
    assert_int_equal(f.rows[0].qty.raw, dec("160").raw); /* 160 LT, 50 LT */
    assert_int_equal(f.rows[0].term, QM_TAX_LONG_TERM);
    assert_int_equal(f.rows[1].qty.raw, dec("50").raw);
    assert_int_equal(f.rows[1].term, QM_TAX_LONG_TERM);
    assert_int_equal(f.rows[1].acquired, date("2008-08-07"));
    teardown(&f);
    setup(&f, "average", "AV-PUB564-T3", use_fifo);
    same_money(sum(&f, offsetof(qm_tax_row, basis)), want(&f, "basis_fifo"));
    same_money(sum(&f, offsetof(qm_tax_row, gain)), want(&f, "gain_fifo"));
    teardown(&f);
}

static void use_trade_rates(qm_tax_config *config) {
    config->fx_trade = true;
}

static void test_rate_dates(void **state) {
    (void)state;
    fixture f;
    setup(&f, "fx", "FX-SETTLE", use_trade_rates);
    same_money(sum(&f, offsetof(qm_tax_row, gain)), want(&f, "gain_trade_date"));
    teardown(&f);
    setup(&f, "fx", "FX-SETTLE", NULL);
    same_money(sum(&f, offsetof(qm_tax_row, gain)), want(&f, "gain_settle_date"));
    teardown(&f);
}

static void test_loss_into_a_deep_put(void **state) {
    (void)state;
    fixture f;
    qm_tax_lot *lots;
    size_t count;
    setup(&f, "wash", "WS-PUT-DITM", NULL);
    assert_int_equal(qm_tax_open_lots(f.replay.tax, &lots, &count), QM_OK);
    assert_int_equal(count, 1);
    assert_string_equal(lots[0].lot, want(&f, "deferred_into"));
    same_money(lots[0].basis, "2000.00"); /* 3,000 of premium less the loss of 1,000 */
    same_money(lots[0].wash_added, "1000.00");
    qm_free(lots);
    teardown(&f);
}

static void test_1256_is_sixty_forty(void **state) {
    (void)state;
    fixture f;
    qm_decimal lt, st;
    setup(&f, "wash", "WS-1256", NULL);
    same_money(sum(&f, offsetof(qm_tax_row, gain)), want(&f, "form6781_total"));
    same_money(sum(&f, offsetof(qm_tax_row, disallowed)), want(&f, "disallowed"));
    assert_int_equal(qm_tax_sixty_forty(dec("-1950"), &lt, &st), QM_OK);
    same_money(lt, want(&f, "lt60"));
    same_money(st, want(&f, "st40"));
    for (size_t i = 0; i < f.count; i++) {
        assert_int_equal(f.rows[i].kind, QM_TAX_1256);
    }
    teardown(&f);
    setup(&f, "section1256", "S56-ODD", NULL);
    assert_int_equal(qm_tax_sixty_forty(dec(want(&f, "gain")), &lt, &st), QM_OK);
    same_money(lt, want(&f, "lt60"));
    same_money(st, want(&f, "st40"));
    teardown(&f);
}

static void test_tax_year_of_shorts(void **state) {
    (void)state;
    fixture f;
    setup(&f, "short", "SH-YEAREND", NULL);
    const qm_json *years = qm_json_get(f.misc, "tax_year");
    for (size_t i = 0; i < f.count; i++) {
        double year;
        assert_true(qm_json_number(qm_json_get(years, f.rows[i].sale), &year));
        assert_int_equal(qm_date_to_ymd(f.rows[i].sold).year, (int)year);
    }
    teardown(&f);
}

static void test_totals_of_a_year(void **state) {
    (void)state;
    fixture f;
    qm_decimal by_term[2] = {{0}, {0}};
    setup(&f, "report", "RP-GAINS", NULL);
    const qm_json *year = qm_json_get(f.misc, "2024");
    for (size_t i = 0; i < f.count; i++) {
        by_term[f.rows[i].term].raw += f.rows[i].gain.raw;
    }
    same_money(by_term[QM_TAX_SHORT_TERM], qm_json_text(qm_json_get(year, "ST")));
    same_money(by_term[QM_TAX_LONG_TERM], qm_json_text(qm_json_get(year, "LT")));
    teardown(&f);
}

static void test_realised_in_a_merger(void **state) {
    (void)state;
    fixture f; /* basis before + realised = 1,000 cash + 2,000 stock for each lot */
    qm_decimal realised;
    setup(&f, "corporate_action", "CA-356-LOSSLOT", NULL);
    const qm_json *by_lot = qm_json_get(f.misc, "realised");
    static const char *const basis[] = {"1000", "5000"};
    for (size_t i = 0; i < f.count; i++) {
        assert_int_equal(qm_decimal_sub(dec("3000"), dec(basis[i]), &realised), QM_OK);
        same_money(realised, qm_json_text(qm_json_get(by_lot, f.rows[i].lot)));
        same_money(f.rows[i].gain, i == 0 ? "1000.00" : "0.00");
    }
    teardown(&f);
}

static void test_distribution_is_income(void **state) {
    (void)state;
    fixture f;
    const qm_tax_item *items;
    setup(&f, "transfer", "TR-IRA-INKIND", NULL);
    assert_int_equal(qm_tax_items(f.replay.tax, &items), 1);
    assert_int_equal(items[0].kind, QM_TAX_IRA_INCOME);
    assert_int_equal(qm_date_to_ymd(items[0].date).year, 2024);
    same_money(items[0].amount, want(&f, "ordinary_income_2024"));
    teardown(&f);
}

static void test_too_few_lots(void **state) {
    (void)state;
    fixture f;
    setup(&f, "lot_relief", "LR-HL-06", NULL);
    assert_string_equal(f.replay.error, want(&f, "error"));
    assert_int_equal(f.count, 0);
    same_money(open_basis(&f), "750.00"); /* as before the sale that failed */
    teardown(&f);
}

static void test_net_of_a_written_option(void **state) {
    (void)state;
    fixture f;
    setup(&f, "options", "OP-TT-1", NULL);
    const qm_json *net = qm_json_get(f.misc, "broker_1099b");
    assert_int_equal(f.count, 1);
    same_money(f.rows[0].gain, qm_json_text(qm_json_get(net, "gain")));
    teardown(&f);
}

static void test_sums_of_thirds(void **state) {
    (void)state;
    fixture f;
    setup(&f, "rounding", "RD-PP-3", NULL);
    same_money(sum(&f, offsetof(qm_tax_row, basis)), want(&f, "sum_basis"));
    same_money(sum(&f, offsetof(qm_tax_row, gain)), want(&f, "sum_gain"));
    teardown(&f);
}

/* Ten contracts for 4,000: holder and writer, at expiry and closed at 6,000. */
static qm_decimal option_gain(bool is_writer, bool expires) {
    qm_tax_config config = {0};
    qm_tax *tax;
    const qm_tax_row *rows;
    qm_tax_event e = {.id = "o",
                      .kind = is_writer ? QM_TAX_DO_SHORT : QM_TAX_DO_BUY,
                      .date = date("2014-03-03"),
                      .settle = QM_DATE_NONE,
                      .account = "T1",
                      .symbol = "XYZ C60",
                      .qty = dec("10"),
                      .amount = dec("4000")};
    assert_int_equal(qm_tax_new(&config, &tax, NULL), QM_OK);
    assert_int_equal(qm_tax_apply(tax, &e, NULL), QM_OK);
    e.id = "x";
    e.date = date("2014-12-19");
    e.kind = expires ? QM_TAX_DO_EXPIRE : is_writer ? QM_TAX_DO_COVER : QM_TAX_DO_SELL;
    e.amount = expires ? QM_DECIMAL_ZERO : dec("6000");
    assert_int_equal(qm_tax_apply(tax, &e, NULL), QM_OK);
    assert_int_equal(qm_tax_rows(tax, &rows), 1);
    assert_int_equal(rows[0].term, QM_TAX_SHORT_TERM);
    qm_decimal gain = rows[0].gain;
    qm_tax_free(tax);
    return gain;
}

static void test_four_ends_of_an_option(void **state) {
    (void)state;
    fixture f;
    setup(&f, "options", "OP-JJJ", NULL);
    same_money(option_gain(false, true), want(&f, "holder_expire"));
    same_money(option_gain(true, true), want(&f, "writer_expire"));
    same_money(option_gain(false, false), want(&f, "holder_sold_6000"));
    same_money(option_gain(true, false), want(&f, "writer_bought_back_6000"));
    teardown(&f);
}

/* A gift worth less than the donor paid: sold above, between and below. */
static void test_gift_has_two_bases(void **state) {
    (void)state;
    fixture f;
    setup(&f, "gift", "GI-DUAL", NULL);
    const qm_json *sold_for = qm_json_get(f.misc, "sold_for");
    for (size_t i = 0; i < qm_json_size(sold_for); i++) {
        const qm_json *expected = qm_json_at(sold_for, i);
        const char *holding = qm_json_text(qm_json_get(expected, "holding"));
        const qm_tax_row *rows;
        qm_tax_config config = {0};
        qm_tax *tax;
        qm_tax_arrival gift = {.qty = dec("100"),
                               .basis = dec(want(&f, "donor_basis")),
                               .loss_basis = dec(want(&f, "fmv_at_gift")),
                               .acquired = date("2010-01-04"),
                               .holding = QM_DATE_NONE,
                               .gifted = date("2024-02-01"),
                               .gift = true};
        qm_tax_event e = {.id = "g",
                          .kind = QM_TAX_DO_TRANSFER_IN,
                          .date = gift.gifted,
                          .settle = QM_DATE_NONE,
                          .account = "T1",
                          .symbol = "X",
                          .arrivals = &gift,
                          .arrival_count = 1};
        assert_int_equal(qm_tax_new(&config, &tax, NULL), QM_OK);
        assert_int_equal(qm_tax_apply(tax, &e, NULL), QM_OK);
        e = (qm_tax_event){.id = "s",
                           .kind = QM_TAX_DO_SELL,
                           .date = date("2024-06-03"),
                           .settle = QM_DATE_NONE,
                           .account = "T1",
                           .symbol = "X",
                           .qty = dec("100"),
                           .amount = dec(qm_json_name(expected))};
        assert_int_equal(qm_tax_apply(tax, &e, NULL), QM_OK);
        assert_int_equal(qm_tax_rows(tax, &rows), 1);
        same_money(rows[0].gain, qm_json_text(qm_json_get(expected, "gain")));
        same_money(rows[0].basis, qm_json_text(qm_json_get(expected, "basis")));
        if (holding) {
            assert_int_equal(rows[0].holding,
                             strcmp(holding, "tacks") == 0 ? gift.acquired : gift.gifted);
        }
        qm_tax_free(tax);
    }
    teardown(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_cases),
        cmocka_unit_test(test_compare_sees_differences),
        cmocka_unit_test(test_unknown_keys_are_named),
        cmocka_unit_test(test_holding_period_table),
        cmocka_unit_test(test_tacking_conventions),
        cmocka_unit_test(test_open_cost_by_average),
        cmocka_unit_test(test_average_of_a_fund),
        cmocka_unit_test(test_rate_dates),
        cmocka_unit_test(test_loss_into_a_deep_put),
        cmocka_unit_test(test_1256_is_sixty_forty),
        cmocka_unit_test(test_tax_year_of_shorts),
        cmocka_unit_test(test_totals_of_a_year),
        cmocka_unit_test(test_realised_in_a_merger),
        cmocka_unit_test(test_distribution_is_income),
        cmocka_unit_test(test_too_few_lots),
        cmocka_unit_test(test_net_of_a_written_option),
        cmocka_unit_test(test_sums_of_thirds),
        cmocka_unit_test(test_four_ends_of_an_option),
        cmocka_unit_test(test_gift_has_two_bases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
