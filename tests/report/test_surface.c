/* SPDX-License-Identifier: MIT */
#include "report/surface.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const X[] = {"5", "10", "20"}, *const Y[] = {"1", "<2>", "3"};

static qm_surface surface(const double *values, size_t rows) {
    return (qm_surface){"sharpe", "fast", rows > 1 ? "slow" : "", X, Y, 3, rows, values};
}

static void text_is(const qm_surface *s, bool color, const char *want) {
    qm_buf out;
    qm_buf_init(&out, 1 << 16);
    qm_surface_text(s, color, &out);
    assert_int_equal(out.status, QM_OK);
    assert_string_equal(out.data, want);
    qm_buf_fini(&out);
}

static void test_shades(void **state) {
    (void)state;
    const double values[] = {0, 1, 2, 3, NAN, 4};
    qm_surface s = surface(values, 2);
    text_is(&s, false,
            "sharpe: 0 to 4\n"
            "       <2>  ▓▓  ██\n"
            "         1  ··░░▒▒\n"
            "            fast 5 to 20; upwards slow 1 to <2>\n");
    const double flat[] = {7, 7, 7};
    qm_surface one = surface(flat, 1);
    text_is(&one, false,
            "sharpe: 7 to 7\n"
            "            ██████\n"
            "            fast 5 to 20\n");
    const double none[] = {NAN, NAN, NAN};
    qm_surface empty = surface(none, 1);
    text_is(&empty, false, "sharpe: no values\n");
}

/* Three rows make two lines: the third alone on top would be cut in the middle, so it is last. */
static void test_half_blocks(void **state) {
    (void)state;
    const double values[] = {0, 0, 0, 4, 4, 4, 0, 0, 0};
    qm_surface s = surface(values, 3);
    qm_buf out;
    qm_buf_init(&out, 1 << 16);
    qm_surface_text(&s, true, &out);
    const char *first = strchr(out.data, '\n') + 1;
    const char *dark_over_light = "         3  \x1b[38;2;68;1;84m\x1b[48;2;253;231;37m▀▀\x1b[0m";
    assert_memory_equal(first, dark_over_light, strlen(dark_over_light));
    const char *second = strchr(first, '\n') + 1;
    const char *dark_alone = "         1  \x1b[38;2;68;1;84m▀▀\x1b[0m";
    assert_memory_equal(second, dark_alone, strlen(dark_alone));
    qm_buf_fini(&out);
}

static size_t count(const char *text, const char *part) {
    size_t n = 0;
    for (const char *at = strstr(text, part); at; at = strstr(at + 1, part)) {
        n++;
    }
    return n;
}

static void test_svg(void **state) {
    (void)state;
    const double values[] = {0, 1, 2, 3, NAN, 4};
    qm_surface s = surface(values, 2);
    qm_buf out;
    qm_buf_init(&out, 1 << 20);
    qm_surface_svg(&s, &out);
    assert_int_equal(out.status, QM_OK);
    assert_non_null(strstr(out.data, "<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert_int_equal(count(out.data, "<title>"), 5); /* a cell a value, none for NaN */
    assert_int_equal(count(out.data, "stroke=\"#c00\""), 1);
    assert_non_null(strstr(out.data, "<title>fast 20, slow &lt;2&gt;: 4</title>"));
    assert_null(strstr(out.data, "nan"));
    qm_buf_fini(&out);
    qm_buf_init(&out, 100);
    qm_surface_svg(&s, &out);
    assert_int_equal(out.status, QM_ERANGE);
    qm_buf_fini(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shades),
                                       cmocka_unit_test(test_half_blocks),
                                       cmocka_unit_test(test_svg)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
