/* SPDX-License-Identifier: MIT
 *
 * Numbers in cells: which texts are one, and which value they have.
 */
#include "base/rng.h"
#include "codec/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static qm_cell cell(const char *text) {
    return (qm_cell){text, strlen(text)};
}

static void test_doubles(void **state) {
    (void)state;
    static const char *const good[] = {"0",
                                       "-0",
                                       "1.5",
                                       ".5",
                                       "5.",
                                       " 7\t",
                                       "1e3",
                                       "2.5E-3",
                                       "+4",
                                       "1,234.5",
                                       "1,234,567",
                                       "0.1",
                                       "123456789012345678",
                                       "1e308",
                                       "4.9e-324"};
    static const char *const bad[] = {
        "",   " ",     "-",     ".",      "abc",  "1.2.3",    "1 2",     "nan", "inf",  "0x10",
        "1e", "1e400", "12,34", "1,2345", ",123", "1,23,456", "1.5,000", "--1", "1e5e5"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char plain[64];
        size_t n = 0;
        for (const char *c = good[i]; *c; c++) {
            plain[n] = *c;
            n += *c != ',';
        }
        plain[n] = 0;
        double value, expected = strtod(plain, NULL);
        assert_true(qm_cell_double(cell(good[i]), &value));
        assert_memory_equal(&value, &expected, sizeof value);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double value;
        if (qm_cell_double(cell(bad[i]), &value)) {
            fail_msg("'%s' was read as %g", bad[i], value);
        }
    }
}

/* Every shape of digits and point, against strtod, bit for bit. */
static void test_doubles_against_strtod(void **state) {
    (void)state;
    qm_rng rng;
    qm_rng_seed(&rng, 11);
    for (int round = 0; round < 200000; round++) {
        char text[40];
        int digits = 1 + (int)qm_rng_range(&rng, 0, 19 - 1),
            point = (int)qm_rng_range(&rng, 0, 20 - 1), n = 0;
        if (qm_rng_range(&rng, 0, 2 - 1)) {
            text[n++] = '-';
        }
        for (int i = 0; i < digits; i++) {
            if (i == point) {
                text[n++] = '.';
            }
            text[n++] = (char)('0' + qm_rng_range(&rng, 0, 10 - 1));
        }
        text[n] = 0;
        double value, expected = strtod(text, NULL);
        assert_true(qm_cell_double(cell(text), &value));
        if (memcmp(&value, &expected, sizeof value) != 0) {
            fail_msg("%s: %.17g, strtod %.17g", text, value, expected);
        }
    }
}

static void test_decimals(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t raw;
    } good[] = {{"1", 1000000000},       {"-1.5", -1500000000}, {"$2.25", 2250000000},
                {"-$2.25", -2250000000}, {"(3)", -3000000000},  {"($1,234.50)", -1234500000000},
                {"0.000000001", 1},      {" 7 ", 7000000000}};
    static const char *const bad[] = {"",     "()", "(-5)", "(-$5)",        "--5",
                                      "-$-5", "$",  "$$5",  "-($5)",        "5-",
                                      "(5",   "5)", "abc",  "1.0000000001", "9999999999999"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        qm_decimal value;
        assert_int_equal(qm_cell_decimal(cell(good[i].text), &value), QM_OK);
        assert_int_equal(value.raw, good[i].raw);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        qm_decimal value;
        if (qm_cell_decimal(cell(bad[i]), &value) == QM_OK) {
            fail_msg("'%s' was read as %lld", bad[i], (long long)value.raw);
        }
    }
}

/* RFC 4180. */
static void test_written(void **state) {
    static const struct {
        const char *cell, *written;
    } CASES[] = {{"", ""},
                 {"plain text", "plain text"},
                 {"a,b", "\"a,b\""},
                 {"say \"x\"", "\"say \"\"x\"\"\""},
                 {"two\nlines", "\"two\nlines\""},
                 {"end\r", "\"end\r\""}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        qm_buf out;
        qm_buf_init(&out, 1 << 10);
        qm_csv_put(&out, CASES[i].cell, strlen(CASES[i].cell));
        qm_buf_putc(&out, '.');
        out.length--;
        assert_int_equal(out.length, strlen(CASES[i].written));
        assert_memory_equal(out.data, CASES[i].written, out.length);
        qm_buf_fini(&out);
    }
}

static void test_ints(void **state) {
    (void)state;
    int64_t value;
    assert_true(qm_cell_int(cell(" 42 "), &value) && value == 42);
    assert_true(qm_cell_int(cell("-7"), &value) && value == -7);
    assert_true(qm_cell_int(cell("9223372036854775807"), &value) && value == INT64_MAX);
    static const char *const bad[] = {"", "-", "1.0", "1a", "+1", "9223372036854775808", "1 2"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(qm_cell_int(cell(bad[i]), &value));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubles),  cmocka_unit_test(test_doubles_against_strtod),
        cmocka_unit_test(test_decimals), cmocka_unit_test(test_ints),
        cmocka_unit_test(test_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
