/* SPDX-License-Identifier: MIT
 *
 * Timeframes, and bars made of shorter bars: sessions, half days, weeks that a holiday shortens,
 * and minutes that are missing.
 */
#include "base/calendar.h"
#include "market/bars.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static qm_date day(const char *text) {
    qm_date date;
    assert_int_equal(qm_date_parse(text, 10, &date), QM_OK);
    return date;
}

static qm_timeframe tf(const char *text) {
    qm_timeframe out;
    assert_int_equal(qm_timeframe_parse(text, &out), QM_OK);
    return out;
}

static void timeframes_are_read_and_written(void **state) {
    (void)state;
    static const char *const good[][2] = {{"1m", "1m"}, {"5m", "5m"},    {"60m", "1h"},
                                          {"1h", "1h"}, {"2h", "2h"},    {"1d", "1d"},
                                          {"1w", "1w"}, {"390m", "390m"}};
    static const char *const bad[] = {"",   "m",   "0m", "1",   "2d",     "3w", "391m",
                                      "7h", "-1m", "1M", "1mm", "65537m", "1 m"};
    char text[QM_TIMEFRAME_BUF];
    qm_timeframe out;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_string_equal(qm_timeframe_format(tf(good[i][0]), text), good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (qm_timeframe_parse(bad[i], &out) != QM_EPARSE) {
            fail_msg("\"%s\" was taken", bad[i]);
        }
    }
}

/* Minute m of the session, with prices that tell which: open m, high m + 0.5, low m - 0.5, close
 * m + 0.25 (all plus 1000), volume 1. */
static void push_minute(qm_bars *bars, const qm_session *s, int m) {
    double p = 1000 + m;
    qm_bar bar = {.time = s->open + (m + 1) * QM_MINUTE_NS,
                  .date = s->date,
                  .x = {p, p + 0.5, p - 0.5, p + 0.25, 1}};
    assert_int_equal(qm_bars_push(bars, &bar), QM_OK);
}

static void assert_made_of(const qm_bars *bars, size_t i, const qm_session *s, int first, int last,
                           int minutes) {
    assert_true(i < bars->n);
    assert_int_equal(bars->time[i], s->open + (last + 1) * QM_MINUTE_NS);
    assert_int_equal(bars->date[i], s->date);
    assert_true(bars->column[QM_OPEN][i] == 1000 + first);
    assert_true(bars->column[QM_HIGH][i] == 1000 + last + 0.5);
    assert_true(bars->column[QM_LOW][i] == 1000 + first - 0.5);
    assert_true(bars->column[QM_CLOSE][i] == 1000 + last + 0.25);
    assert_true(bars->column[QM_VOLUME][i] == minutes);
}

static void minutes_count_from_the_open_and_end_with_the_session(void **state) {
    (void)state;
    qm_bars in, out;
    qm_bars_init(&in, tf("1m"));
    qm_bars_init(&out, tf("1h"));
    /* A full day and the half day behind Thanksgiving. */
    qm_session full = qm_calendar_hours(day("2024-11-27")),
               half = qm_calendar_hours(day("2024-11-29"));
    for (int m = 0; m < 390; m++) {
        push_minute(&in, &full, m);
    }
    for (int m = 0; m < 210; m++) {
        push_minute(&in, &half, m);
    }
    assert_int_equal(qm_bars_aggregate(&in, out.tf, false, &out), QM_OK);
    assert_int_equal(out.n, 7 + 4);
    assert_made_of(&out, 0, &full, 0, 59, 60);
    assert_made_of(&out, 6, &full, 360, 389, 30);
    assert_made_of(&out, 7, &half, 0, 59, 60);
    assert_made_of(&out, 10, &half, 180, 209, 30);
    qm_bars_fini(&out);
    qm_bars_init(&out, QM_TF_1D);
    assert_int_equal(qm_bars_aggregate(&in, out.tf, false, &out), QM_OK);
    assert_int_equal(out.n, 2);
    assert_made_of(&out, 0, &full, 0, 389, 390);
    assert_made_of(&out, 1, &half, 0, 209, 210);
    assert_int_equal(out.time[1], half.close);
    qm_bars_fini(&out);
    qm_bars_fini(&in);
}

static void a_missing_last_minute_ends_its_bar_late(void **state) {
    (void)state;
    qm_bars in;
    qm_session s = qm_calendar_hours(day("2024-11-27"));
    static const int minutes[] = {0, 1, 3, 7, 8, 9, 12}; /* 4, 5, 6, 10 and 11 had no trade */
    qm_bars_init(&in, tf("1m"));
    for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
        push_minute(&in, &s, minutes[i]);
    }
    for (int partial = 0; partial < 2; partial++) {
        qm_bars out;
        qm_bars_init(&out, tf("5m"));
        assert_int_equal(qm_bars_aggregate(&in, out.tf, partial, &out), QM_OK);
        assert_int_equal(out.n, 2 + (size_t)partial);
        assert_made_of(&out, 0, &s, 0, 3, 3);
        assert_made_of(&out, 1, &s, 7, 9, 3);
        if (partial) {
            assert_made_of(&out, 2, &s, 12, 12, 1);
        }
        qm_bars_fini(&out);
    }
    qm_bars_fini(&in);
}

static void a_week_ends_with_its_last_session(void **state) {
    (void)state;
    qm_bars in, out;
    qm_bars_init(&in, QM_TF_1D);
    qm_bars_init(&out, QM_TF_1W);
    /* Good Friday is 2024-03-29: that week ends on Thursday, at once and not with Monday's bar. */
    qm_date date = day("2024-03-18");
    qm_session s;
    int n = 0;
    while (qm_calendar_on_or_after(date, &s) && s.date <= day("2024-03-28")) {
        double p = 100 + n++;
        qm_bar bar = {.x = {p, p + 1, p - 1, p + 0.5, 10}};
        qm_bar_place_daily(s.date, &bar);
        assert_int_equal(qm_bars_push(&in, &bar), QM_OK);
        date = s.date + 1;
    }
    assert_int_equal(in.n, 9);
    assert_int_equal(qm_bars_aggregate(&in, out.tf, false, &out), QM_OK);
    assert_int_equal(out.n, 2);
    assert_int_equal(out.date[0], day("2024-03-22"));
    assert_int_equal(out.date[1], day("2024-03-28"));
    assert_true(out.column[QM_OPEN][1] == 105);
    assert_true(out.column[QM_HIGH][1] == 109);
    assert_true(out.column[QM_VOLUME][1] == 40);
    qm_bars_fini(&out);
    qm_bars_fini(&in);
}

static void only_longer_multiples_are_made(void **state) {
    (void)state;
    qm_aggregator agg;
    assert_int_equal(qm_aggregator_init(&agg, tf("5m"), tf("7m")), QM_EINVAL);
    assert_int_equal(qm_aggregator_init(&agg, tf("5m"), tf("1m")), QM_EINVAL);
    assert_int_equal(qm_aggregator_init(&agg, QM_TF_1D, tf("1h")), QM_EINVAL);
    assert_int_equal(qm_aggregator_init(&agg, QM_TF_1W, QM_TF_1D), QM_EINVAL);
    assert_int_equal(qm_aggregator_init(&agg, tf("5m"), tf("15m")), QM_OK);
}

static void time_only_grows(void **state) {
    (void)state;
    qm_bars bars;
    qm_bars_init(&bars, QM_TF_1D);
    qm_bar bar = {.x = {1, 1, 1, 1, 1}};
    qm_bar_place_daily(day("2024-01-03"), &bar);
    assert_int_equal(qm_bars_push(&bars, &bar), QM_OK);
    assert_int_equal(qm_bars_push(&bars, &bar), QM_EDATA);
    qm_bar_place_daily(day("2024-01-02"), &bar);
    assert_int_equal(qm_bars_push(&bars, &bar), QM_EDATA);
    assert_int_equal(bars.n, 1);
    qm_bars_fini(&bars);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timeframes_are_read_and_written),
        cmocka_unit_test(minutes_count_from_the_open_and_end_with_the_session),
        cmocka_unit_test(a_missing_last_minute_ends_its_bar_late),
        cmocka_unit_test(a_week_ends_with_its_last_session),
        cmocka_unit_test(only_longer_multiples_are_made),
        cmocka_unit_test(time_only_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
