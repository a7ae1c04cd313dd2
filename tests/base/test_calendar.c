/* SPDX-License-Identifier: MIT */
#include "base/calendar.h"
#include "base/tz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static qm_date day(const char *text) {
    qm_date date;
    assert_int_equal(qm_date_parse(text, strlen(text), &date), QM_OK);
    return date;
}

/* Trading days a year, as the exchange published them. */
static void test_sessions_a_year(void **state) {
    (void)state;
    static const int counts[] = {251, 253, 252, 252, 252, 250, 252, 252, 252, 252,
                                 251, 251, 252, 253, 252, 251, 250, 252, 250};
    for (int i = 0; i < 19; i++) {
        qm_date from = qm_date_from_ymd(2006 + i, 12, 31), to = qm_date_from_ymd(2007 + i, 12, 31);
        assert_int_equal(qm_calendar_count(from, to), counts[i]);
    }
}

static void test_days(void **state) {
    (void)state;
    static const struct {
        const char *date;
        const char *close; /* NULL: no session */
    } cases[] = {
        {"2007-01-02", NULL}, /* President Ford */
        {"2007-01-03", "2007-01-03T21:00:00Z"},
        {"2010-12-31", "2010-12-31T21:00:00Z"}, /* New Year's Day on a Saturday: not observed */
        {"2012-10-29", NULL},                   /* Sandy */
        {"2013-07-03", "2013-07-03T17:00:00Z"},
        {"2013-07-05", "2013-07-05T20:00:00Z"},
        {"2002-07-05", "2002-07-05T17:00:00Z"},
        {"2014-04-18", NULL}, /* Good Friday */
        {"2018-12-05", NULL},
        {"2020-11-27", "2020-11-27T18:00:00Z"},
        {"2021-06-18", "2021-06-18T20:00:00Z"}, /* Juneteenth began in 2022 */
        {"2022-06-20", NULL},
        {"2023-01-02", NULL},
        {"2024-12-24", "2024-12-24T18:00:00Z"},
        {"2025-01-09", NULL},
        {"2026-07-03", NULL},
        {"2026-07-02", "2026-07-02T20:00:00Z"},
        {"2021-12-24", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_session s;
        bool open = qm_calendar_session(day(cases[i].date), &s);
        assert_int_equal(open, cases[i].close != NULL);
        if (open) {
            char text[QM_TIME_BUF];
            qm_time_format(s.close, text);
            assert_string_equal(text, cases[i].close);
        }
    }
}

static void test_questions(void **state) {
    (void)state;
    qm_session s;
    assert_false(qm_calendar_session(qm_calendar_first() - 1, NULL));
    assert_false(qm_calendar_session(qm_calendar_last() + 1, NULL));
    assert_true(qm_calendar_on_or_after(day("2024-07-04"), &s));
    assert_int_equal(s.date, day("2024-07-05"));
    assert_true(qm_calendar_on_or_before(day("2024-07-04"), &s));
    assert_int_equal(s.date, day("2024-07-03"));
    assert_int_equal(qm_calendar_add(day("2024-07-03"), 1), day("2024-07-05"));
    assert_int_equal(qm_calendar_add(day("2024-07-05"), -1), day("2024-07-03"));
    assert_int_equal(qm_calendar_count(day("2024-07-05"), day("2024-07-03")), -1);
    qm_time close = qm_calendar_hours(day("2024-07-03")).close;
    assert_int_equal(qm_calendar_session_of(close), day("2024-07-03"));
    assert_int_equal(qm_calendar_session_of(close + 1), day("2024-07-05"));
}

/* The rules that are built in against the system's file, hour by hour. */
static void test_new_york(void **state) {
    (void)state;
    qm_tz *tz;
    qm_error err;
    if (qm_tz_load("America/New_York", &tz, &err) != QM_OK) {
        printf("skipped: %s\n", err.message);
        skip();
    }
    for (qm_time t = qm_time_from_date(day("1967-01-01")); t < qm_time_from_date(day("2038-01-01"));
         t += QM_HOUR_NS) {
        assert_int_equal(qm_tz_offset(tz, t), qm_tz_offset(qm_tz_new_york(), t));
    }
    qm_tz_free(tz);
}

static void test_local_times(void **state) {
    (void)state;
    const qm_tz *ny = qm_tz_new_york();
    char text[QM_TIME_BUF];
    /* 2:30 does not exist on 10 March 2024: the instant of the jump. */
    qm_time_format(qm_tz_from_local(ny, day("2024-03-10"), 150 * QM_MINUTE_NS), text);
    assert_string_equal(text, "2024-03-10T07:00:00Z");
    /* 1:30 comes twice on 3 November 2024: the first. */
    qm_time_format(qm_tz_from_local(ny, day("2024-11-03"), 90 * QM_MINUTE_NS), text);
    assert_string_equal(text, "2024-11-03T05:30:00Z");
    qm_local local = qm_tz_to_local(ny, qm_tz_from_local(ny, day("2024-07-01"), QM_HOUR_NS));
    assert_int_equal(local.date, day("2024-07-01"));
    assert_int_equal(local.ns, QM_HOUR_NS);
}

static void test_bad_zones(void **state) {
    (void)state;
    qm_tz *tz;
    qm_error err;
    assert_int_equal(qm_tz_load("../etc/passwd", &tz, &err), QM_ENOTFOUND);
    assert_int_equal(qm_tz_load("Mars/Base", &tz, &err), QM_ENOTFOUND);
    assert_int_equal(qm_tz_parse("TZif", 4, &tz, &err), QM_EDATA);
    char junk[200] = "TZif2";
    memset(junk + 5, 0xff, sizeof junk - 5);
    assert_int_equal(qm_tz_parse(junk, sizeof junk, &tz, &err), QM_EDATA);
}

static void test_times(void **state) {
    (void)state;
    static const struct {
        const char *text;
        qm_status status;
        const char *back;
    } cases[] = {
        {"2007-01-03T14:30:00Z", QM_OK, "2007-01-03T14:30:00Z"},
        {"2007-01-03 09:30:00-05:00", QM_OK, "2007-01-03T14:30:00Z"},
        {"2007-01-03T14:30:00.250Z", QM_OK, "2007-01-03T14:30:00.25Z"},
        {"1969-12-31T23:59:59.5Z", QM_OK, "1969-12-31T23:59:59.5Z"},
        {"2007-02-30T14:30:00Z", QM_ERANGE, NULL},
        {"2007-01-03T24:30:00Z", QM_ERANGE, NULL},
        {"2007-01-03T14:30:00", QM_EPARSE, NULL},
        {"2007-01-03", QM_EPARSE, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_time time;
        char text[QM_TIME_BUF];
        assert_int_equal(qm_time_parse(cases[i].text, strlen(cases[i].text), &time),
                         cases[i].status);
        if (cases[i].back) {
            qm_time_format(time, text);
            assert_string_equal(text, cases[i].back);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions_a_year), cmocka_unit_test(test_days),
        cmocka_unit_test(test_questions),       cmocka_unit_test(test_new_york),
        cmocka_unit_test(test_local_times),     cmocka_unit_test(test_bad_zones),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
