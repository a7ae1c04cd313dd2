/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "base/wide.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_parse(void **state) {
    (void)state;
    static const struct {
        const char *text;
        qm_status status;
        int64_t raw;
    } cases[] = {
        {"0", QM_OK, 0},
        {"1", QM_OK, 1000000000},
        {"-0.05", QM_OK, -50000000},
        {"+12.5", QM_OK, 12500000000},
        {"0.000000001", QM_OK, 1},
        {"0.0000000010", QM_OK, 1},
        {"0.0000000001", QM_ERANGE, 0},
        {"9223372036.854775807", QM_OK, INT64_MAX},
        {"-9223372036.854775808", QM_OK, INT64_MIN},
        {"9223372036.854775808", QM_EOVERFLOW, 0},
        {"99999999999999999999999", QM_EOVERFLOW, 0},
        {"", QM_EPARSE, 0},
        {".5", QM_EPARSE, 0},
        {"5.", QM_EPARSE, 0},
        {"1e3", QM_EPARSE, 0},
        {" 1", QM_EPARSE, 0},
        {"1,000", QM_EPARSE, 0},
        {"--1", QM_EPARSE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_decimal value = {12345};
        qm_status status = qm_decimal_parse(cases[i].text, strlen(cases[i].text), &value);
        assert_int_equal(status, cases[i].status);
        assert_int_equal(value.raw, status == QM_OK ? cases[i].raw : 12345);
    }
}

static void test_round_trip(void **state) {
    (void)state;
    qm_rng rng;
    uint64_t seed = 20250101;
    printf("seed %llu\n", (unsigned long long)seed);
    qm_rng_seed(&rng, seed);
    for (int i = 0; i < 200000; i++) {
        qm_decimal value = {(int64_t)qm_rng_next(&rng) >> qm_rng_range(&rng, 0, 62)}, back;
        char text[QM_DECIMAL_BUF];
        size_t n = qm_decimal_format(value, text);
        assert_int_equal(n, strlen(text));
        assert_int_equal(qm_decimal_parse(text, n, &back), QM_OK);
        assert_int_equal(back.raw, value.raw);
        assert_true(qm_decimal_to_double(value) == strtod(text, NULL));
    }
}

static void test_wide_forms_agree(void **state) {
    (void)state;
    qm_rng rng;
    qm_rng_seed(&rng, 7);
    for (int i = 0; i < 300000; i++) {
        uint64_t a = qm_rng_next(&rng) >> qm_rng_range(&rng, 0, 63);
        uint64_t b = qm_rng_next(&rng) >> qm_rng_range(&rng, 0, 63);
        uint64_t c = (qm_rng_next(&rng) >> qm_rng_range(&rng, 0, 63)) | 1;
        qm_wide x = qm_wide_mul_fast(a, b), y = qm_wide_mul_portable(a, b);
        assert_true(x.hi == y.hi && x.lo == y.lo);
        uint64_t q1 = 0, r1 = 0, q2 = 0, r2 = 0;
        assert_int_equal(qm_wide_div_fast(x, c, &q1, &r1), qm_wide_div_portable(x, c, &q2, &r2));
        assert_true(q1 == q2 && r1 == r2);
    }
}

static void test_rounding(void **state) {
    (void)state;
    static const struct {
        const char *value;
        qm_rounding rounding;
        const char *expected; /* to 2 places */
    } cases[] = {
        {"1.005", QM_ROUND_HALF_EVEN, "1.00"}, {"1.015", QM_ROUND_HALF_EVEN, "1.02"},
        {"1.005", QM_ROUND_HALF_UP, "1.01"},   {"-1.005", QM_ROUND_HALF_UP, "-1.01"},
        {"1.009", QM_ROUND_DOWN, "1.00"},      {"-1.009", QM_ROUND_DOWN, "-1.00"},
        {"1.001", QM_ROUND_UP, "1.01"},        {"-1.001", QM_ROUND_FLOOR, "-1.01"},
        {"-1.009", QM_ROUND_CEIL, "-1.00"},    {"-0.004", QM_ROUND_HALF_EVEN, "0.00"},
        {"9223372036.855", QM_ROUND_UP, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_decimal value, rounded;
        char text[QM_TOTAL_BUF];
        if (qm_decimal_parse(cases[i].value, strlen(cases[i].value), &value) != QM_OK) {
            assert_null(cases[i].expected);
            continue;
        }
        qm_decimal_format_fixed(value, 2, cases[i].rounding, text);
        assert_string_equal(text, cases[i].expected);
        assert_int_equal(qm_decimal_round(value, 2, cases[i].rounding, &rounded), QM_OK);
        qm_decimal_format_fixed(rounded, 2, QM_ROUND_DOWN, text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void test_products(void **state) {
    (void)state;
    qm_decimal out = {42};
    assert_int_equal(
        qm_decimal_amount((qm_decimal){3 * QM_DECIMAL_SCALE}, 100, (qm_decimal){1234567890}, &out),
        QM_OK);
    assert_int_equal(out.raw, 370370367000);
    assert_int_equal(qm_decimal_div(QM_DECIMAL_ONE, QM_DECIMAL_ZERO, QM_ROUND_DOWN, &out),
                     QM_EINVAL);
    assert_int_equal(qm_decimal_mul((qm_decimal){INT64_MAX}, (qm_decimal){2 * QM_DECIMAL_SCALE},
                                    QM_ROUND_DOWN, &out),
                     QM_EOVERFLOW);
    assert_int_equal(out.raw, 370370367000); /* untouched by failures */
    assert_int_equal(qm_decimal_mul((qm_decimal){INT64_MIN}, QM_DECIMAL_ONE, QM_ROUND_DOWN, &out),
                     QM_OK);
    assert_int_equal(out.raw, INT64_MIN);
}

static void test_totals(void **state) {
    (void)state;
    qm_total sum = {0};
    char text[QM_TOTAL_BUF];
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(qm_total_add(&sum, (qm_decimal){INT64_MAX}), QM_OK);
    }
    qm_total_format(sum, text);
    assert_string_equal(text, "9223372036854.775807");
    qm_total back;
    assert_int_equal(qm_total_parse(text, strlen(text), &back), QM_OK);
    assert_int_equal(qm_total_cmp(sum, back), 0);
    for (int i = 0; i < 1001; i++) {
        assert_int_equal(qm_total_sub(&sum, (qm_decimal){INT64_MAX}), QM_OK);
    }
    qm_total_format(sum, text);
    assert_string_equal(text, "-9223372036.854775807");
    assert_int_equal(qm_total_parse(text, strlen(text), &back), QM_OK);
    assert_int_equal(qm_total_cmp(sum, back), 0);
    qm_total_format_fixed(sum, 2, QM_ROUND_HALF_EVEN, text);
    assert_string_equal(text, "-9223372036.85");
}

static void test_from_double(void **state) {
    (void)state;
    static const struct {
        double value;
        int64_t raw;
    } cases[] = {{0.1, 100000000},
                 {512.37, 512370000000},
                 {-0.01, -10000000},
                 {5e-10, 1},
                 {4.9e-10, 0},
                 {1e-300, 0},
                 {123456.789, 123456789000000}};
    qm_decimal out;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(qm_decimal_from_double(cases[i].value, &out), QM_OK);
        assert_int_equal(out.raw, cases[i].raw);
    }
    assert_int_equal(qm_decimal_from_double(NAN, &out), QM_EINVAL);
    assert_int_equal(qm_decimal_from_double(INFINITY, &out), QM_EINVAL);
    assert_int_equal(qm_decimal_from_double(1e10, &out), QM_EOVERFLOW);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),       cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_rounding),    cmocka_unit_test(test_wide_forms_agree),
        cmocka_unit_test(test_products),    cmocka_unit_test(test_totals),
        cmocka_unit_test(test_from_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
