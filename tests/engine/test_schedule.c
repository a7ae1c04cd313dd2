/* SPDX-License-Identifier: MIT */
#include "engine/cron.h"
#include "engine/schedule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static qm_time at(const char *text) {
    qm_time time;
    assert_int_equal(qm_time_parse(text, strlen(text), &time), QM_OK);
    return time;
}

static const struct {
    const char *says;
    qm_schedule schedule;
    const char *cron;
    const char *after, *next;
} CASES[] = {
    {"before the close",
     {.kind = QM_SCHEDULE_BEFORE_CLOSE, .minutes = 15},
     NULL,
     "2024-07-02T12:00:00Z",
     "2024-07-02T19:45:00Z"},
    {"before the close of a half day",
     {.kind = QM_SCHEDULE_BEFORE_CLOSE, .minutes = 15},
     NULL,
     "2024-07-02T20:00:00Z",
     "2024-07-03T16:45:00Z"},
    {"over a holiday",
     {.kind = QM_SCHEDULE_BEFORE_CLOSE, .minutes = 15},
     NULL,
     "2024-07-03T16:45:00Z",
     "2024-07-05T19:45:00Z"},
    {"after the close",
     {.kind = QM_SCHEDULE_BEFORE_CLOSE, .minutes = -45},
     NULL,
     "2024-07-03T16:45:00Z",
     "2024-07-03T17:45:00Z"},
    {"after the open",
     {.kind = QM_SCHEDULE_AFTER_OPEN, .minutes = 5},
     NULL,
     "2024-01-02T14:35:00Z",
     "2024-01-03T14:35:00Z"},
    {"month start, first trading day",
     {.kind = QM_SCHEDULE_AT, .minutes = 600, .days = QM_DAYS_MONTH_START},
     NULL,
     "2024-05-20T00:00:00Z",
     "2024-06-03T14:00:00Z"},
    {"month end",
     {.kind = QM_SCHEDULE_AT, .minutes = 600, .days = QM_DAYS_MONTH_END},
     NULL,
     "2024-03-01T00:00:00Z",
     "2024-03-28T14:00:00Z"},
    {"Fridays that trade",
     {.kind = QM_SCHEDULE_AT, .minutes = 600, .days = QM_DAYS_SUNDAY << 5},
     NULL,
     "2024-03-25T00:00:00Z",
     "2024-04-05T14:00:00Z"},
    {"a time that summer time skips: the jump",
     {.kind = QM_SCHEDULE_AT, .minutes = 150, .days = QM_DAYS_EVERY},
     NULL,
     "2024-03-10T05:00:00Z",
     "2024-03-10T07:00:00Z"},
    {"a time that comes twice: the first",
     {.kind = QM_SCHEDULE_AT, .minutes = 90, .days = QM_DAYS_EVERY},
     NULL,
     "2024-11-03T04:00:00Z",
     "2024-11-03T05:30:00Z"},
    {"and not again",
     {.kind = QM_SCHEDULE_AT, .minutes = 90, .days = QM_DAYS_EVERY},
     NULL,
     "2024-11-03T05:30:00Z",
     "2024-11-04T06:30:00Z"},
    {"every 30 minutes of the session",
     {.kind = QM_SCHEDULE_EVERY, .minutes = 30, .in_session = true},
     NULL,
     "2024-07-03T16:40:00Z",
     "2024-07-03T17:00:00Z"},
    {"then the next session",
     {.kind = QM_SCHEDULE_EVERY, .minutes = 30, .in_session = true},
     NULL,
     "2024-07-03T17:00:00Z",
     "2024-07-05T13:30:00Z"},
    {"cron: first of the month at 2",
     {.kind = QM_SCHEDULE_CRON},
     "0 2 1 * *",
     "2024-01-15T00:00:00Z",
     "2024-02-01T07:00:00Z"},
    {"cron: weekdays",
     {.kind = QM_SCHEDULE_CRON},
     "30 9 * * mon-fri",
     "2024-07-05T14:00:00Z",
     "2024-07-08T13:30:00Z"},
    {"cron: day or weekday",
     {.kind = QM_SCHEDULE_CRON},
     "0 0 13 * fri",
     "2024-07-01T05:00:00Z",
     "2024-07-05T04:00:00Z"},
    {"cron: 29 February",
     {.kind = QM_SCHEDULE_CRON},
     "0 0 29 2 *",
     "2025-01-01T00:00:00Z",
     "2028-02-29T05:00:00Z"},
    {"cron: steps",
     {.kind = QM_SCHEDULE_CRON},
     "*/20 10 * * *",
     "2024-07-01T14:01:00Z",
     "2024-07-01T14:20:00Z"},
};

static void test_next(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        qm_schedule schedule = CASES[i].schedule;
        qm_error err;
        char text[QM_TIME_BUF];
        if (CASES[i].cron) {
            assert_int_equal(qm_cron_parse(CASES[i].cron, &schedule.cron, &err), QM_OK);
        }
        qm_time_format(qm_schedule_next(&schedule, at(CASES[i].after)), text);
        if (strcmp(text, CASES[i].next) != 0) {
            fail_msg("%s: %s instead of %s", CASES[i].says, text, CASES[i].next);
        }
    }
}

/* Strictly increasing over years, and none in between is left out. */
static void test_each_once(void **state) {
    (void)state;
    qm_schedule s = {.kind = QM_SCHEDULE_EVERY, .minutes = 60};
    qm_time t = at("2023-12-31T00:00:00Z");
    int count = 0;
    while (t < at("2024-12-31T00:00:00Z")) {
        qm_time next = qm_schedule_next(&s, t);
        assert_true(next > t && next - t <= QM_HOUR_NS);
        t = next;
        count++;
    }
    assert_int_equal(count, 366 * 24);
}

static void test_bad_cron(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",           "* * * *",   "* * * * * *", "60 * * * *",  "* 24 * * *", "* * 0 * *",
        "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *",  "1, * * * *"};
    qm_cron cron;
    qm_error err;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(qm_cron_parse(bad[i], &cron, &err), QM_EPARSE);
        assert_non_null(strstr(err.message, bad[i]));
    }
    int minute;
    assert_int_equal(qm_minute_of_day_parse("15:45", &minute), QM_OK);
    assert_int_equal(minute, 945);
    assert_int_equal(qm_minute_of_day_parse("24:00", &minute), QM_EPARSE);
    assert_int_equal(qm_minute_of_day_parse("9:5", &minute), QM_EPARSE);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_next),
                                       cmocka_unit_test(test_each_once),
                                       cmocka_unit_test(test_bad_cron)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
