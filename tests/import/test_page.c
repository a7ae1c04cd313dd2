/* SPDX-License-Identifier: MIT
 *
 * Answers of providers into bars, splits and dividends: shapes that give the same bars, and what is
 * refused, with row, field and value.
 */
#include "base/mem.h"
#include "import/page.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define NAMED                                                                                      \
    { "t", "o", "h", "l", "c", "v" }

static qm_page_options options_of(bool json, const char *rows, const char *const *fields) {
    qm_page_options o = {.layout = {.json = json, .rows = rows}, .tf = QM_TF_1D};
    for (int f = 0; f < 6; f++) {
        o.layout.field[f] = fields[f];
    }
    return o;
}

/* Two bars, whatever the shape. */
static void test_shapes(void **state) {
    (void)state;
    static const struct {
        const char *body;
        bool json, newest;
        qm_page_time time;
        const char *rows, *fields[6];
    } cases[] = {
        {"t;o;x;h;l;c;v\r\n2024-01-02;1;;3;0.5;2;1,234\r\n2024-01-03;2;;4;1.5;3;20\r\n", false,
         false, QM_PAGE_TEXT, NULL, NAMED},
        {"c,v,t,o,h,l\n3,20,01/03/2024,2,4,1.5\n2,1234,01/02/2024,1,3,.5\n", false, true,
         QM_PAGE_TEXT, NULL, NAMED},
        {"{\"a\":{\"b\":[{\"t\":\"2024-01-02T05:00:00Z\",\"o\":1,\"h\":3,\"l\":5e-1,\"c\":\"2\","
         "\"v\":1234},{\"t\":\"2024-01-03T05:00:00Z\",\"o\":2,\"h\":4,\"l\":1.5,\"c\":3,\"v\":20}]}"
         "}",
         true, false, QM_PAGE_TEXT, "a.b", NAMED},
        {"[{\"1. o\":1,\"t\":1704153600,\"h\":3,\"l\":0.5,\"x\":{\"c\":2},\"v\":1234},"
         "{\"1. o\":2,\"t\":1704240000,\"h\":4,\"l\":1.5,\"x\":{\"c\":3},\"v\":20}]",
         true,
         false,
         QM_PAGE_SECONDS,
         "",
         {"t", "1. o", "h", "l", "x.c", "v"}},
        {"[[1704171600000,1,3,0.5,2,1234],[1704258000000,2,4,1.5,3,20]]",
         true,
         false,
         QM_PAGE_MILLIS,
         NULL,
         {"1", "2", "3", "4", "5", "6"}},
        {"{\"t\":[\"2024-01-02\",\"2024-01-03\"],\"o\":[1,2],\"h\":[3,4],\"l\":[0.5,1.5],"
         "\"c\":[2,3],\"v\":[1234,20]}",
         true, false, QM_PAGE_TEXT, "", NAMED},
        {"{\"d\":{\"2024-01-03\":{\"o\":2,\"h\":4,\"l\":1.5,\"c\":3,\"v\":20},"
         "\"2024-01-02\":{\"o\":1,\"h\":3,\"l\":0.5,\"c\":2,\"v\":1234}}}",
         true,
         true,
         QM_PAGE_TEXT,
         "d",
         {"*", "o", "h", "l", "c", "v"}},
    };
    static const double want[2][5] = {{1, 3, 0.5, 2, 1234}, {2, 4, 1.5, 3, 20}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_page page;
        qm_error err = {0};
        qm_page_options o = options_of(cases[i].json, cases[i].rows, cases[i].fields);
        o.newest_first = cases[i].newest;
        o.time = cases[i].time;
        if (qm_page_read(cases[i].body, strlen(cases[i].body), &o, &page, &err) != QM_OK) {
            fail_msg("case %zu: row %lld: %s", i, (long long)err.row, err.message);
        }
        assert_int_equal(page.ohlcv.bars.n, 2);
        for (size_t k = 0; k < 2; k++) {
            assert_int_equal(page.ohlcv.bars.date[k], qm_date_from_ymd(2024, 1, 2 + (int32_t)k));
            for (int c = 0; c < 5; c++) {
                assert_true(page.ohlcv.bars.column[c][k] == want[k][c]);
            }
        }
        qm_page_fini(&page);
    }
}

static void test_details(void **state) {
    (void)state;
    static const char *const fields[6] = NAMED, *const no_volume[6] = {"t", "o", "h", "l", "c"};
    static const char json[] = "{\"r\":[{\"t\":\"2024-01-02\",\"o\":0.1,\"h\":0.30000000000000004,"
                               "\"l\":0.1,\"c\":0.1}],\"n\":{\"x\":9007199254740991}}";
    qm_page page;
    qm_page_options o = options_of(true, "r", no_volume);
    o.layout.next = "n.x";
    assert_int_equal(qm_page_read(json, strlen(json), &o, &page, NULL), QM_OK);
    assert_true(page.ohlcv.bars.column[QM_HIGH][0] == 0.1 + 0.2); /* not a bit is lost */
    assert_true(isnan(page.ohlcv.bars.column[QM_VOLUME][0]));
    assert_string_equal(page.next.data, "9007199254740991");
    qm_page_fini(&page);
    /* no row is a page, too */
    static const char *const empty[] = {"{\"r\":[]}", "{\"r\":null,\"n\":null}"};
    for (size_t i = 0; i < 2; i++) {
        o = options_of(true, "r", fields);
        assert_int_equal(qm_page_read(empty[i], strlen(empty[i]), &o, &page, NULL), QM_OK);
        assert_int_equal(page.ohlcv.bars.n, 0);
        assert_int_equal(page.next.length, 0);
        qm_page_fini(&page);
    }
    o = options_of(false, NULL, fields);
    assert_int_equal(qm_page_read("t,o,h,l,c,v\n", 12, &o, &page, NULL), QM_OK);
    assert_int_equal(page.ohlcv.bars.n, 0);
    qm_page_fini(&page);
    /* minutes: a zone for times without an offset, and stamps of ends */
    static const char minutes[] = "t,o,h,l,c,v\n2024-01-05 15:31,1,2,1,2,9";
    o = options_of(false, NULL, fields);
    o.tf = (qm_timeframe){QM_TF_MINUTE, 1};
    o.tz = "Europe/Berlin";
    o.stamp_is_end = true;
    o.layout.open_end = true;
    assert_int_equal(qm_page_read(minutes, strlen(minutes), &o, &page, NULL), QM_OK);
    char text[QM_TIME_BUF];
    qm_time_format(page.ohlcv.bars.time[0], text);
    assert_string_equal(text, "2024-01-05T14:31:00Z");
    qm_page_fini(&page);
}

static void test_refused(void **state) {
    (void)state;
#define HEAD "t,o,h,l,c,v\n2024-01-02,1,3,1,2,5\n"
#define ROW(t, c) "{\"t\":" t ",\"o\":1,\"h\":3,\"l\":1,\"c\":" c ",\"v\":5}"
    static const struct {
        bool json;
        const char *body;
        int64_t row;
        const char *words;
    } cases[] = {
        {false, "", 0, "empty"},
        {false, "t,o,h,l,c\n", 1, "no column \"v\": t,o,h,l,c"},
        {false, "t,o,h,l,c,v,c\n", 1, "two columns \"c\""},
        {false, HEAD "2024-01-03,1,3,1,2\n", 3, "5 cells, the header has 6"},
        {false, HEAD "2024-01-03,1,3,1,2,5", 0, "the last line has no end"},
        {false, HEAD "2024-01-03,1,3,1,,5\n", 3, "close is no number: \"\" (field \"c\")"},
        {false, HEAD "2024-01-03,1,3,1,inf,5\n", 3, "close is no number: \"inf\" (field \"c\")"},
        {false, HEAD "2024-01-03,1,3,1,-2,5\n", 3,
         "close is not a positive price: -2 (field \"c\")"},
        {false, HEAD "2024-01-03,1,3,1,9,5\n", 3,
         "close 9 is outside low 1 and high 3 (field \"c\")"},
        {false, HEAD "2024-01-03,1,1,3,1,5\n", 3, "high 1 is below low 3 (field \"h\")"},
        {false, HEAD "2024-01-03,1,3,1,2,-5\n", 3,
         "volume is negative or infinite: -5 (field \"v\")"},
        {false, HEAD "2024-01-02,1,3,1,2,5\n", 3, "the time of the row before again (field \"t\")"},
        {false, HEAD "2024-13-03,1,3,1,2,5\n", 3,
         "no time in the form 2007-01-03: \"2024-13-03\" (field \"t\")"},
        {false, " \n<html>", 0, "a web page instead of CSV"},
        {true, "<html>", 0, "a web page instead of JSON"},
        {true, "", 0, "no JSON"},
        {true, "{\"r\":[" ROW("\"2024-01-02\"", "2"), 0, "no JSON at byte"},
        {true, "{\"error\":\"x\"}", 0, "there are no rows at \"r\""},
        {true, "{\"r\":5}", 0, "there are no rows at \"r\""},
        {true, "{\"r\":[5]}", 1, "no object or array"},
        {true, "{\"r\":[" ROW("\"2024-01-02\"", "2") "," ROW("\"2024-01-03\"", "null") "]}", 2,
         "null stands in the field \"c\""},
        {true, "{\"r\":[" ROW("\"2024-01-02\"", "[2]") "]}", 1,
         "no text or number stands in the field \"c\""},
        {true, "{\"r\":[{\"t\":\"2024-01-02\"}]}", 1, "there is no field \"o\""},
        {true, "{\"r\":[" ROW("\"2024-01-02\"", "1e999") "]}", 1, "close is no number"},
        {true, "{\"r\":[" ROW("1704171600", "2") "]}", 1, "set time = \"seconds\" or \"millis\""},
        {true, "{\"r\":{\"t\":[\"2024-01-02\"],\"o\":[1],\"h\":[3,4]}}", 0,
         "\"h\" has 2 values, \"t\" has 1"},
        {true, "{\"r\":{\"t\":[\"2024-01-02\"]}}", 0, "there is no array \"o\""},
    };
    static const char *const fields[6] = NAMED;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_page page;
        qm_error err = {0};
        qm_page_options o = options_of(cases[i].json, "r", fields);
        qm_status status = qm_page_read(cases[i].body, strlen(cases[i].body), &o, &page, &err);
        if (qm_status_exit_code(status) != 65 || err.row != cases[i].row ||
            !strstr(err.message, cases[i].words)) {
            fail_msg("case %zu: %s, row %lld: %s", i, qm_status_name(status), (long long)err.row,
                     err.message);
        }
        qm_page_fini(&page);
    }
    /* newest first: the row is that of the answer */
    static const char newest[] = "t,o,h,l,c,v\n2024-01-04,1,3,1,2,5\n2024-01-03,1,3,1,9,5\n"
                                 "2024-01-02,1,3,1,2,5\n";
    qm_page page;
    qm_error err = {0};
    qm_page_options o = options_of(false, NULL, fields);
    o.newest_first = true;
    assert_int_equal(qm_page_read(newest, strlen(newest), &o, &page, &err), QM_EDATA);
    assert_int_equal(err.row, 3);
    qm_page_fini(&page);
}

static void test_ratios(void **state) {
    (void)state;
    static const struct {
        const char *ratio;
        int64_t num, den; /* 0: refused */
    } cases[] = {
        {"\"4:1\"", 4, 1},  {"\"1/8\"", 1, 8},  {"\"3-for-2\"", 3, 2}, {"4", 4, 1},
        {"1.5", 3, 2},      {"0.05", 1, 20},    {"0.125", 1, 8},       {"0.3333", 0, 0},
        {"0.333333", 0, 0}, {"0", 0, 0},        {"-4", 0, 0},          {"\"4:0\"", 0, 0},
        {"\"\"", 0, 0},     {"\"four\"", 0, 0}, {"1e7", 0, 0},         {"\"4:1:1\"", 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char body[128];
        qm_action_vec out = {0};
        qm_action_options o = {.kind = QM_ACTION_SPLIT, .layout = {.json = true}};
        o.layout.field[QM_ACTION_DATE] = "d";
        o.layout.field[QM_ACTION_RATIO] = "r";
        snprintf(body, sizeof body, "[{\"d\":\"2024-01-02\",\"r\":%s}]", cases[i].ratio);
        qm_status status = qm_actions_read(body, strlen(body), &o, &out, NULL);
        if (status != (cases[i].num ? QM_OK : QM_EDATA) ||
            (cases[i].num &&
             (out.items[0].num != cases[i].num || out.items[0].den != cases[i].den))) {
            fail_msg("%s: %s", cases[i].ratio, qm_status_name(status));
        }
        qm_vec_fini(&out);
    }
    static const char two[] = "date,new,old\n2024-01-02,3,2\n2024-01-03,1.5,1\n";
    qm_action_vec out = {0};
    qm_action_options o = {.kind = QM_ACTION_SPLIT};
    o.layout.field[QM_ACTION_DATE] = "date";
    o.layout.field[QM_ACTION_NEW] = "new";
    o.layout.field[QM_ACTION_OLD] = "old";
    assert_int_equal(qm_actions_read(two, strlen(two), &o, &out, NULL), QM_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(out.items[i].num, 3);
        assert_int_equal(out.items[i].den, 2);
    }
    qm_vec_fini(&out);
}

/* Whichever allocation fails, the page fails, and nothing is lost. */
static void test_memory(void **state) {
    (void)state;
    static const char *const fields[6] = NAMED;
    static const char json[] =
        "{\"r\":[{\"t\":\"2024-01-02\",\"o\":1,\"h\":3,\"l\":1,\"c\":2,\"v\":5}],"
        "\"n\":\"next\"}";
    static const char csv[] = "t,o,h,l,c,v\n2024-01-02,1,3,1,2,5\n";
    for (int kind = 0; kind < 2; kind++) {
        const char *body = kind ? csv : json;
        bool passed = false;
        for (uint64_t n = 1; n < 1000 && !passed; n++) {
            qm_page page;
            uint64_t before = qm_mem_get_stats().live_blocks;
            qm_page_options o = options_of(kind == 0, "r", fields);
            o.layout.next = kind == 0 ? "n" : NULL;
            qm_mem_fail_from(n);
            qm_status status = qm_page_read(body, strlen(body), &o, &page, NULL);
            passed = status == QM_OK;
            qm_mem_fail_from(0);
            if (!passed && status != QM_ENOMEM) {
                fail_msg("allocation %llu: %s", (unsigned long long)n, qm_status_name(status));
            }
            qm_page_fini(&page);
            assert_int_equal(qm_mem_get_stats().live_blocks, before);
        }
        assert_true(passed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),  cmocka_unit_test(test_details),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_ratios),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
