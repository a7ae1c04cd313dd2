/* SPDX-License-Identifier: MIT
 *
 * What people read: amounts, percentages, tables, and text inside of pages and pictures.
 */
#include "base/mem.h"
#include "report/internal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_buf(qm_buf *buf, const char *wanted) {
    assert_int_equal(buf->status, QM_OK);
    assert_string_equal(buf->data, wanted);
    qm_buf_clear(buf);
}

static const struct {
    const char *value, *shown;
} MONEY[] = {
    {"0", "0.00"},
    {"0.005", "0.00"}, /* half to even */
    {"-0.001", "0.00"},
    {"0.015", "0.02"},
    {"0.025", "0.02"},
    {"0.025000001", "0.03"},
    {"-0.015", "-0.02"},
    {"1", "1.00"},
    {"999.99", "999.99"},
    {"999.995", "1,000.00"},
    {"1000", "1,000.00"},
    {"-999.99", "-999.99"},
    {"-1000", "-1,000.00"},
    {"100000", "100,000.00"},
    {"1234567.891", "1,234,567.89"},
    {"-1234567.885", "-1,234,567.88"},
    {"9223372036.854775807", "9,223,372,036.85"},
    {"-9223372036.854775807", "-9,223,372,036.85"},
};

static void money_has_cents_and_separators(void **state) {
    (void)state;
    qm_buf out;
    cell c;
    qm_buf_init(&out, 256);
    for (size_t i = 0; i < sizeof MONEY / sizeof *MONEY; i++) {
        qm_decimal value;
        assert_int_equal(qm_decimal_parse(MONEY[i].value, strlen(MONEY[i].value), &value), QM_OK);
        qm_put_money(&out, qm_total_from(value));
        assert_buf(&out, MONEY[i].shown);
        assert_string_equal(qm_report_money(c, qm_total_from(value)), MONEY[i].shown);
    }
    /* A sum of more than one amount may hold. */
    qm_total sum = qm_total_from((qm_decimal){0});
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(qm_total_add(&sum, (qm_decimal){INT64_MAX}), QM_OK);
    }
    qm_put_money(&out, sum);
    assert_buf(&out, "9,223,372,036,854.78");
    qm_buf_fini(&out);
}

static const struct {
    double fraction;
    int decimals;
    const char *shown;
} PERCENT[] = {
    {0, 2, "+0.00%"},       {0.1234, 2, "+12.34%"},  {-0.1234, 1, "-12.3%"},
    {1, 0, "+100%"},        {12.5, 1, "+1250.0%"},   {-1, 2, "-100.00%"},
    {0.00001, 2, "+0.00%"}, {-0.00001, 2, "+0.00%"}, {-0.0001, 2, "-0.01%"},
    {NAN, 2, "n/a"},        {-0.25, 0, "-25%"},      {0.12345678, 4, "+12.3457%"},
};

static void percentages_have_a_sign(void **state) {
    (void)state;
    qm_buf out;
    cell c;
    qm_buf_init(&out, 256);
    for (size_t i = 0; i < sizeof PERCENT / sizeof *PERCENT; i++) {
        qm_put_percent(&out, PERCENT[i].fraction, PERCENT[i].decimals);
        assert_buf(&out, PERCENT[i].shown);
    }
    qm_buf_fini(&out);
    assert_string_equal(qm_report_percent(c, -0.5), "-50.00%");
    assert_string_equal(qm_report_number(c, NAN, 2), "n/a");
    assert_string_equal(qm_report_number(c, -1.005, 1), "-1.0");
    assert_string_equal(qm_report_date(c, qm_date_from_ymd(2024, 2, 29)), "2024-02-29");
    assert_string_equal(qm_report_date(c, QM_DATE_NONE), "");
    assert_string_equal(qm_report_decimal(c, (qm_decimal){-1500000000}), "-1.5");
}

static qm_table *sample(void) {
    static const char *const headers[] = {"name", "qty", "note"};
    static const bool right[] = {false, true, false};
    static const char *const rows[][3] = {{"a", "1", "x"},
                                          {"caf\xc3\xa9", "12345", NULL},
                                          {"", "-7", "long enough"},
                                          {"b", NULL, NULL}};
    qm_table *table;
    if (qm_table_new(headers, right, 3, &table) != QM_OK) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (qm_table_row(table, rows[i]) != QM_OK) {
            qm_table_free(table);
            return NULL;
        }
    }
    return table;
}

static void tables_are_aligned_by_what_is_seen(void **state) {
    (void)state;
    qm_buf out;
    qm_buf_init(&out, 4096);
    qm_table *table = sample();
    assert_non_null(table);
    assert_int_equal(qm_table_print(table, false, 0, &out), QM_OK);
    assert_buf(&out, "name    qty  note\n"
                     "----  -----  -----------\n"
                     "a         1  x\n"
                     "caf\xc3\xa9  12345\n"
                     "         -7  long enough\n"
                     "b\n");
    assert_int_equal(qm_table_print(table, true, 2, &out), QM_OK);
    assert_buf(&out, "  \x1b[1mname    qty  note\x1b[0m\n"
                     "  \x1b[2m----  -----  -----------\x1b[0m\n"
                     "  a         1  x\n"
                     "  caf\xc3\xa9  12345\n"
                     "           -7  long enough\n"
                     "  b\n");
    qm_table_free(table);
    qm_buf_fini(&out);
}

static void a_table_that_does_not_fit_is_an_error(void **state) {
    (void)state;
    qm_buf out;
    qm_buf_init(&out, 20);
    qm_table *table = sample();
    assert_int_equal(qm_table_print(table, false, 0, &out), QM_ERANGE);
    qm_table_free(table);
    qm_buf_fini(&out);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    uint64_t before = qm_mem_get_stats().live_blocks;
    int failed = 0;
    for (uint64_t n = 1;; n++) {
        qm_buf out;
        qm_buf_init(&out, 4096);
        qm_mem_fail_from(n);
        qm_table *table = sample();
        qm_status status = table ? qm_table_print(table, true, 1, &out) : QM_ENOMEM;
        bool struck = qm_mem_fault_struck();
        qm_mem_fail_from(0);
        assert_int_equal(status, struck ? QM_ENOMEM : QM_OK);
        qm_table_free(table);
        qm_buf_fini(&out);
        assert_int_equal(qm_mem_get_stats().live_blocks, before);
        if (!struck) {
            break;
        }
        failed++;
    }
    assert_true(failed > 15); /* a copy for each cell, at least */
}

static void pages_and_pictures_hold_no_foreign_markup(void **state) {
    (void)state;
    qm_buf out;
    qm_buf_init(&out, 4096);
    qm_html_text(&out, "a<b>&\"c\" \xc3\xa9 &amp;");
    assert_buf(&out, "a&lt;b&gt;&amp;&quot;c&quot; \xc3\xa9 &amp;amp;");
    qm_svg_open(10, 20, "\"><script>", &out);
    qm_svg_close(&out);
    assert_buf(&out, "<svg viewBox=\"0 0 10 20\" role=\"img\" "
                     "aria-label=\"&quot;&gt;&lt;script&gt;\">\n</svg>\n");
    qm_buf_fini(&out);
}

static double point(const void *data, size_t i) {
    return ((const double *)data)[i];
}

static void plots_put_values_where_they_belong(void **state) {
    (void)state;
    static const double values[] = {1, 3, NAN, 2, 1};
    plot p = {.left = 10,
              .top = 5,
              .width = 100,
              .height = 50,
              .low = INFINITY,
              .high = -INFINITY,
              .n = 5,
              .data = values};
    for (size_t i = 0; i < 5; i++) {
        qm_plot_include(&p, values[i]);
    }
    assert_true(p.low == 1 && p.high == 3);
    assert_true(qm_plot_x(&p, 0) == 10 && qm_plot_x(&p, 4) == 110);
    assert_true(qm_plot_y(&p, 3) == 5 && qm_plot_y(&p, 1) == 55 && qm_plot_y(&p, 2) == 30);
    qm_buf out;
    qm_buf_init(&out, 4096);
    qm_plot_line(&p, point, "line", NAN, &out); /* what is not there breaks the line */
    assert_buf(&out, "<path class=\"line\" d=\"M10.0 55.0L35.0 5.0M85.0 30.0L110.0 55.0\"/>\n");
    plot flat = p;
    flat.low = flat.high = 2;
    assert_true(qm_plot_y(&flat, 2) == 30); /* a flat curve is in the middle */
    plot one = p;
    one.n = 1;
    assert_true(qm_plot_x(&one, 0) == 10);
    qm_buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_has_cents_and_separators),
        cmocka_unit_test(percentages_have_a_sign),
        cmocka_unit_test(tables_are_aligned_by_what_is_seen),
        cmocka_unit_test(a_table_that_does_not_fit_is_an_error),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(pages_and_pictures_hold_no_foreign_markup),
        cmocka_unit_test(plots_put_values_where_they_belong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
