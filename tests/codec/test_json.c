/* SPDX-License-Identifier: MIT
 *
 * JSON: what the writer writes the reader reads back; broken text is an error with its place.
 */
#include "base/rng.h"
#include "codec/json.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char TEXT[] = "quote \" back \\ line\nfeed\ttab \x01 \xc3\xa9 end";

static void write_sample(qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_key(&w, "text");
    qm_json_string(&w, TEXT);
    qm_json_key(&w, "none");
    qm_json_string(&w, NULL);
    qm_json_key(&w, "list");
    qm_json_open_array(&w);
    qm_json_double(&w, 0.1);
    qm_json_double(&w, 1e300);
    qm_json_double(&w, (double)NAN);
    qm_json_double(&w, (double)INFINITY);
    qm_json_int(&w, INT64_MIN);
    qm_json_bool(&w, true);
    qm_json_open_object(&w);
    qm_json_close_object(&w);
    qm_json_close_array(&w);
    qm_json_key(&w, "price");
    qm_json_decimal(&w, (qm_decimal){-1234500000000});
    qm_json_key(&w, "at");
    qm_json_time(&w, QM_TIME_NONE);
    qm_json_key(&w, "on");
    qm_json_date(&w, qm_date_from_ymd(2007, 1, 3));
    qm_json_close_object(&w);
}

static void test_members(void **state) {
    (void)state;
    qm_buf out;
    qm_json_writer w;
    qm_buf_init(&out, 1 << 10);
    qm_json_writer_init(&w, &out);
    qm_json_open_object(&w);
    qm_json_put_string(&w, "a", "x\"");
    qm_json_put_int(&w, "b", INT64_MIN);
    qm_json_put_count(&w, "c", INT64_MAX);
    qm_json_put_double(&w, "d", 0.5);
    qm_json_put_bool(&w, "e", false);
    qm_json_put_null(&w, "f");
    qm_json_put_decimal(&w, "g", (qm_decimal){1500000000});
    qm_json_put_total(&w, "h", (qm_total){0});
    qm_json_put_known_decimal(&w, "k", false, (qm_decimal){1});
    qm_json_put_known_total(&w, "l", true, (qm_total){0});
    qm_json_put_time(&w, "i", QM_TIME_NONE);
    qm_json_put_date(&w, "j", qm_date_from_ymd(2007, 1, 3));
    qm_json_close_object(&w);
    assert_string_equal(
        out.data,
        "{\"a\":\"x\\\"\",\"b\":-9223372036854775808,"
        "\"c\":9223372036854775807,\"d\":0.5,\"e\":false,\"f\":null,"
        "\"g\":\"1.5\",\"h\":\"0\",\"k\":null,\"l\":\"0\",\"i\":null,\"j\":\"2007-01-03\"}");
    qm_buf_fini(&out);
}

/* Broken bytes of a file that is named in an answer. */
static void test_no_utf8(void **state) {
    static const struct {
        const char *text, *json;
    } CASES[] = {
        {"a\xff"
         "b",
         "\"a\\ufffdb\""},
        {"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"\xc3", "\"\\ufffd\""},
        {"\xe2\x82", "\"\\ufffd\\ufffd\""},
        {"\xc0\xaf", "\"\\ufffd\\ufffd\""},
        {"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
        {"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
        {"\x80\"", "\"\\ufffd\\\"\""}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        qm_buf out;
        qm_json_writer w;
        qm_buf_init(&out, 1 << 10);
        qm_json_writer_init(&w, &out);
        qm_json_string(&w, CASES[i].text);
        assert_string_equal(out.data, CASES[i].json);
        qm_buf_fini(&out);
    }
}

static void test_round_trip(void **state) {
    (void)state;
    qm_buf out;
    qm_buf_init(&out, 1 << 16);
    write_sample(&out);
    qm_json *root;
    qm_error err = {0};
    double number;
    assert_int_equal(qm_json_parse(out.data, out.length, &root, &err), QM_OK);
    assert_string_equal(qm_json_text(qm_json_get(root, "text")), TEXT);
    assert_null(qm_json_text(qm_json_get(root, "none")));
    const qm_json *list = qm_json_get(root, "list");
    assert_int_equal(qm_json_size(list), 7);
    assert_true(qm_json_number(qm_json_at(list, 0), &number) && number == 0.1);
    assert_true(qm_json_number(qm_json_at(list, 1), &number) && number == 1e300);
    assert_false(qm_json_number(qm_json_at(list, 2), &number)); /* no number is invented for NaN */
    assert_false(qm_json_number(qm_json_at(list, 3), &number));
    assert_true(qm_json_is_true(qm_json_at(list, 5)));
    assert_int_equal(qm_json_size(qm_json_at(list, 6)), 0);
    assert_null(qm_json_at(list, 7));
    assert_string_equal(qm_json_text(qm_json_get(root, "price")), "-1234.5");
    assert_string_equal(qm_json_text(qm_json_get(root, "on")), "2007-01-03");
    assert_null(qm_json_text(qm_json_get(root, "at")));
    assert_null(qm_json_get(root, "Text")); /* the case counts */
    assert_null(qm_json_get(NULL, "text"));
    qm_json_free(root);
    qm_buf_fini(&out);
}

static void test_broken(void **state) {
    (void)state;
    static const char *const texts[] = {"",    "{",      "[1,",      "{\"a\" 1}",
                                        "nul", "\"open", "{\"a\":}", "[1 2]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        qm_json *root;
        qm_error err = {0};
        if (qm_json_parse(texts[i], strlen(texts[i]), &root, &err) != QM_EPARSE) {
            fail_msg("'%s' was read", texts[i]);
        }
        assert_non_null(strstr(err.message, "JSON"));
    }
    qm_json *root;
    qm_error err = {0};
    const char *later = "{\n\"a\": 1,\n\"b\": oops\n}";
    assert_int_equal(qm_json_parse(later, strlen(later), &root, &err), QM_EPARSE);
    assert_int_equal(err.row, 3);
}

/* Any bytes: an answer or an error, nothing read beyond the end (the sanitizers watch). */
static void test_any_bytes(void **state) {
    (void)state;
    qm_buf out;
    qm_buf_init(&out, 1 << 16);
    write_sample(&out);
    qm_rng rng;
    qm_rng_seed(&rng, 3);
    for (int round = 0; round < 20000; round++) {
        size_t length = (size_t)qm_rng_range(&rng, 1, (int64_t)out.length);
        char *copy = malloc(length); /* of its own, so that its end is watched */
        memcpy(copy, out.data, length);
        for (int64_t flips = qm_rng_range(&rng, 0, 4); flips > 0; flips--) {
            copy[qm_rng_range(&rng, 0, (int64_t)length - 1)] = (char)qm_rng_range(&rng, 0, 255);
        }
        qm_json *root = NULL;
        qm_error err = {0};
        if (qm_json_parse(copy, length, &root, &err) == QM_OK) {
            qm_json_free(root);
        }
        free(copy);
    }
    qm_buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_members),
        cmocka_unit_test(test_no_utf8),    cmocka_unit_test(test_broken),
        cmocka_unit_test(test_any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
