/* SPDX-License-Identifier: MIT
 *
 * How long until the expiry: by the calendar, by the exchange's hours, by a day count.
 */
#include "base/calendar.h"
#include "quantmatrix/option.h"

/* A year of trading: 252 sessions of 6.5 hours. */
static const double YEAR_NS = 252 * 6.5 * 3600e9;

double qm_option_calendar_days(qm_time now, qm_time expiry) {
    return expiry > now ? (double)(expiry - now) / (double)QM_DAY_NS : 0;
}

qm_status qm_option_trading_days(qm_time now, qm_time expiry, double *days, qm_error *err) {
    qm_date first = qm_time_utc_date(now) - 1, last = qm_time_utc_date(expiry) + 1;
    if (first < qm_calendar_first() || last > qm_calendar_last()) {
        return qm_error_set(err, QM_ERANGE, "outside the calendar of 1990-01-01 to 2035-12-31");
    }
    int64_t open_ns = 0;
    for (qm_date date = first; date <= last; date++) {
        qm_session s;
        if (qm_calendar_session(date, &s)) {
            qm_time from = s.open > now ? s.open : now, to = s.close < expiry ? s.close : expiry;
            open_ns += to > from ? to - from : 0;
        }
    }
    *days = 365 * ((double)open_ns / YEAR_NS);
    return QM_OK;
}

/* 30/360 (ISDA 2006, section 4.16(f)) */
static double thirty(qm_ymd a, qm_ymd b) {
    int from = a.day == 31 ? 30 : a.day, to = b.day == 31 && from == 30 ? 30 : b.day;
    return (360.0 * (b.year - a.year) + 30.0 * (b.month - a.month) + (to - from)) / 360;
}

/* Actual/Actual (ISDA 2006, section 4.16(b)): each year's days over its own length. */
static double actual(qm_date from, qm_date to) {
    double sum = 0;
    for (int year = qm_date_to_ymd(from).year; year <= qm_date_to_ymd(to).year; year++) {
        qm_date start = qm_date_from_ymd(year, 1, 1), end = qm_date_from_ymd(year + 1, 1, 1);
        sum += (double)((to < end ? to : end) - (from > start ? from : start)) / (end - start);
    }
    return sum;
}

double qm_year_fraction(qm_day_count count, qm_date from, qm_date to) {
    if (to < from) {
        return -qm_year_fraction(count, to, from);
    }
    switch (count) {
    case QM_ACTUAL_365:
        return (double)(to - from) / 365;
    case QM_ACTUAL_360:
        return (double)(to - from) / 360;
    case QM_ACTUAL_ACTUAL:
        return actual(from, to);
    default:
        return thirty(qm_date_to_ymd(from), qm_date_to_ymd(to));
    }
}
