/* SPDX-License-Identifier: MIT */
#include "quantmatrix/option.h"

#include <math.h>
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

static qm_date on(const char *text) {
    qm_date date;
    assert_int_equal(qm_date_parse(text, strlen(text), &date), QM_OK);
    return date;
}

/* In sessions of 6.5 hours: weekends, holidays, a half day, the change of the clocks. */
static void test_trading_days(void **state) {
    (void)state;
    static const struct {
        const char *now, *expiry;
        double sessions;
    } cases[] = {
        {"2024-01-02T14:30:00Z", "2024-01-02T21:00:00Z", 1},
        {"2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", 1},
        {"2024-01-02T17:45:00Z", "2024-01-02T21:00:00Z", 0.5},
        {"2024-01-05T21:00:00Z", "2024-01-08T14:30:00Z", 0},
        {"2024-01-05T20:00:00Z", "2024-01-08T15:30:00Z", 2 / 6.5},
        {"2024-01-12T22:00:00Z", "2024-01-16T22:00:00Z", 1}, /* Martin Luther King day */
        {"2024-07-03T00:00:00Z", "2024-07-04T23:00:00Z", 3.5 / 6.5},
        {"2024-03-08T14:30:00Z", "2024-03-11T20:00:00Z", 2},
        {"2024-01-03T00:00:00Z", "2024-01-02T00:00:00Z", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double days;
        assert_int_equal(qm_option_trading_days(at(cases[i].now), at(cases[i].expiry), &days, NULL),
                         QM_OK);
        if (!(fabs(days - cases[i].sessions * 365 / 252) < 1e-12)) {
            fail_msg("%s to %s: %.12g sessions", cases[i].now, cases[i].expiry, days * 252 / 365);
        }
    }
    double days = 7;
    qm_error err;
    assert_int_equal(
        qm_option_trading_days(at("2024-01-02T00:00:00Z"), at("2040-01-02T00:00:00Z"), &days, &err),
        QM_ERANGE);
    assert_true(days == 7);
    assert_true(qm_option_calendar_days(at("2024-01-01T00:00:00Z"), at("2024-01-02T12:00:00Z")) ==
                1.5);
}

/* The example of ISDA's memorandum on Actual/Actual, and plain ones. */
static void test_day_counts(void **state) {
    (void)state;
    static const struct {
        qm_day_count count;
        const char *from, *to;
        double years;
    } cases[] = {
        {QM_ACTUAL_ACTUAL, "2003-11-01", "2004-05-01", 61.0 / 365 + 121.0 / 366},
        {QM_ACTUAL_ACTUAL, "2003-11-01", "2003-12-31", 60.0 / 365},
        {QM_ACTUAL_ACTUAL, "2000-01-01", "2003-01-01", 3},
        {QM_ACTUAL_365, "2024-01-01", "2025-01-01", 366.0 / 365},
        {QM_ACTUAL_360, "2024-01-01", "2024-01-31", 30.0 / 360},
        {QM_THIRTY_360, "2024-01-31", "2024-03-31", 60.0 / 360},
        {QM_THIRTY_360, "2024-01-15", "2024-03-31", 76.0 / 360},
        {QM_THIRTY_360, "2024-02-28", "2025-02-28", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_date from = on(cases[i].from), to = on(cases[i].to);
        assert_true(fabs(qm_year_fraction(cases[i].count, from, to) - cases[i].years) < 1e-15);
    }
    assert_true(qm_year_fraction(QM_ACTUAL_365, 366, 1) == -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trading_days),
        cmocka_unit_test(test_day_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
