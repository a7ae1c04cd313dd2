/* SPDX-License-Identifier: MIT
 *
 * NYSE sessions by rule, with the one-off closures and odd hours as a table. Sources:
 * docs/reference/calendar.md.
 */
#include "base/calendar.h"

#include "base/tz.h"

#include <string.h>
#include <threads.h>

enum { FIRST_YEAR = 1990, LAST_YEAR = 2035, DAYS_MAX = (LAST_YEAR - FIRST_YEAR + 1) * 366 };
enum { SUNDAY, MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY };
enum { OPENS = 9 * 60 + 30, CLOSES = 16 * 60, HALF = 13 * 60 }; /* minutes of the day */

typedef struct odd_day {
    int16_t year;
    int8_t month, day;
    int16_t open, close; /* 0, 0: shut */
} odd_day;

static const odd_day ODD_DAYS[] = {
    {1990, 12, 24, OPENS, 14 * 60},
    {1991, 12, 24, OPENS, 14 * 60},
    {1992, 11, 27, OPENS, 14 * 60},
    {1992, 12, 24, OPENS, 14 * 60},
    {1994, 2, 11, OPENS, 14 * 60 + 30},  /* snow */
    {1994, 4, 27, 0, 0},                 /* funeral of President Nixon */
    {1996, 1, 8, 11 * 60, 14 * 60},      /* snow */
    {1997, 10, 27, OPENS, 15 * 60 + 30}, /* circuit breaker */
    {1997, 12, 26, OPENS, HALF},
    {1999, 12, 31, OPENS, HALF},
    {2001, 9, 11, 0, 0}, /* attacks of September 11 */
    {2001, 9, 12, 0, 0},
    {2001, 9, 13, 0, 0},
    {2001, 9, 14, 0, 0},
    {2002, 9, 11, 12 * 60, CLOSES}, /* memorial */
    {2003, 12, 26, OPENS, HALF},
    {2004, 6, 11, 0, 0},  /* funeral of President Reagan */
    {2007, 1, 2, 0, 0},   /* funeral of President Ford */
    {2012, 10, 29, 0, 0}, /* hurricane Sandy */
    {2012, 10, 30, 0, 0},
    {2018, 12, 5, 0, 0}, /* funeral of President Bush */
    {2025, 1, 9, 0, 0},  /* funeral of President Carter */
};

typedef struct calendar {
    qm_date first;
    int32_t days;
    qm_session day[DAYS_MAX];     /* close 0: no session */
    int32_t before[DAYS_MAX + 1]; /* sessions before the day */
} calendar;

/* Written once under the flag, read-only after that. */
static calendar table;
static once_flag built = ONCE_FLAG_INIT;

/* The n-th (1..4), or last (5), such weekday of a month. */
static qm_date nth_weekday(int32_t year, int32_t month, int weekday, int n) {
    qm_date first = qm_date_from_ymd(year, month, 1);
    qm_date date = first + (weekday - qm_date_weekday(first) + 7) % 7 + 7 * (n - 1);
    return date > first + qm_days_in_month(year, month) - 1 ? date - 7 : date;
}

/* Gregorian Easter Sunday (Meeus, Astronomical Algorithms, 1991, chapter 8). */
static qm_date easter(int32_t year) {
    int32_t a = year % 19, b = year / 100, c = year % 100;
    int32_t h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int32_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int32_t m = (a + 11 * h + 22 * l) / 451;
    int32_t n = h + l - 7 * m + 114;
    return qm_date_from_ymd(year, n / 31, n % 31 + 1);
}

/* On a Saturday the Friday before, on a Sunday the Monday after. */
static qm_date observed(int32_t year, int32_t month, int32_t day) {
    qm_date date = qm_date_from_ymd(year, month, day);
    int weekday = qm_date_weekday(date);
    return weekday == SATURDAY ? date - 1 : weekday == SUNDAY ? date + 1 : date;
}

static void mark(qm_date date, int open, int close) {
    qm_session *session = &table.day[date - table.first];
    bool shut = close == 0;
    qm_time midnight = qm_time_from_date(date);
    *session = (qm_session){.date = date,
                            .half = !shut && close < CLOSES,
                            .open = shut ? 0 : midnight + open * QM_MINUTE_NS,
                            .close = shut ? 0 : midnight + close * QM_MINUTE_NS};
}

static void mark_holidays(int32_t year) {
    qm_date new_year = qm_date_from_ymd(year, 1, 1);
    /* A New Year's Day on a Saturday is not observed: 31 December is a normal session. */
    mark(qm_date_weekday(new_year) == SUNDAY ? new_year + 1 : new_year, 0, 0);
    if (year >= 1998) {
        mark(nth_weekday(year, 1, MONDAY, 3), 0, 0);
    }
    mark(nth_weekday(year, 2, MONDAY, 3), 0, 0);
    mark(easter(year) - 2, 0, 0);
    mark(nth_weekday(year, 5, MONDAY, 5), 0, 0);
    if (year >= 2022) {
        mark(observed(year, 6, 19), 0, 0);
    }
    mark(observed(year, 7, 4), 0, 0);
    mark(nth_weekday(year, 9, MONDAY, 1), 0, 0);
    mark(nth_weekday(year, 11, THURSDAY, 4), 0, 0);
    mark(observed(year, 12, 25), 0, 0);
}

static void mark_half_days(int32_t year) {
    qm_date fourth = qm_date_from_ymd(year, 7, 4), eve = qm_date_from_ymd(year, 12, 24);
    int weekday = qm_date_weekday(fourth);
    if (year >= 1995 && weekday >= TUESDAY && weekday <= FRIDAY) {
        /* Until 2012 a Thursday's holiday made the Friday after it short. */
        mark(weekday == THURSDAY && year < 2013 ? fourth + 1 : fourth - 1, OPENS, HALF);
    }
    if (year >= 1993) {
        mark(nth_weekday(year, 11, THURSDAY, 4) + 1, OPENS, HALF);
        if (qm_date_weekday(eve) >= MONDAY && qm_date_weekday(eve) <= THURSDAY) {
            mark(eve, OPENS, HALF);
        }
    }
}

/* From New York's civil hours to UTC; daylight time begins and ends on Sundays, so one look a week
 * is enough. */
static void to_utc(void) {
    int64_t offset = 0;
    for (int32_t i = 0; i < table.days; i++) {
        qm_session *session = &table.day[i];
        if (i == 0 || qm_date_weekday(table.first + i) == MONDAY) {
            qm_time noon = qm_time_from_date(table.first + i) + 17 * QM_HOUR_NS;
            offset = qm_tz_offset(qm_tz_new_york(), noon) * QM_SECOND_NS;
        }
        if (session->close) {
            session->open -= offset;
            session->close -= offset;
        }
        table.before[i + 1] = table.before[i] + (session->close != 0);
    }
}

static void build(void) {
    table.first = qm_calendar_first();
    table.days = qm_calendar_last() - table.first + 1;
    for (qm_date date = table.first; date <= qm_calendar_last(); date++) {
        int weekday = qm_date_weekday(date);
        bool open = weekday != SATURDAY && weekday != SUNDAY;
        mark(date, open ? OPENS : 0, open ? CLOSES : 0);
    }
    for (int32_t year = FIRST_YEAR; year <= LAST_YEAR; year++) {
        mark_half_days(year);
        mark_holidays(year);
    }
    for (size_t i = 0; i < sizeof ODD_DAYS / sizeof ODD_DAYS[0]; i++) {
        const odd_day *odd = &ODD_DAYS[i];
        mark(qm_date_from_ymd(odd->year, odd->month, odd->day), odd->open, odd->close);
    }
    to_utc();
}

static const calendar *get(void) {
    call_once(&built, build);
    return &table;
}

qm_date qm_calendar_first(void) {
    return qm_date_from_ymd(FIRST_YEAR, 1, 1);
}

qm_date qm_calendar_last(void) {
    return qm_date_from_ymd(LAST_YEAR, 12, 31);
}

bool qm_calendar_session(qm_date date, qm_session *out) {
    const calendar *c = get();
    if (date < c->first || date >= c->first + c->days || !c->day[date - c->first].close) {
        return false;
    }
    if (out) {
        *out = c->day[date - c->first];
    }
    return true;
}

qm_session qm_calendar_hours(qm_date date) {
    qm_session session = {.date = date};
    if (!qm_calendar_session(date, &session)) {
        const qm_tz *tz = qm_tz_new_york();
        session.open = qm_tz_from_local(tz, date, OPENS * QM_MINUTE_NS);
        session.close = qm_tz_from_local(tz, date, CLOSES * QM_MINUTE_NS);
    }
    return session;
}

bool qm_calendar_on_or_after(qm_date date, qm_session *out) {
    date = date < qm_calendar_first() ? qm_calendar_first() : date;
    for (; date <= qm_calendar_last(); date++) {
        if (qm_calendar_session(date, out)) {
            return true;
        }
    }
    return false;
}

bool qm_calendar_on_or_before(qm_date date, qm_session *out) {
    date = date > qm_calendar_last() ? qm_calendar_last() : date;
    for (; date >= qm_calendar_first(); date--) {
        if (qm_calendar_session(date, out)) {
            return true;
        }
    }
    return false;
}

/* Sessions on days up to and with the date. */
static int32_t count_through(qm_date date) {
    const calendar *c = get();
    if (date < c->first) {
        return 0;
    }
    return c->before[date >= c->first + c->days ? c->days : date - c->first + 1];
}

int32_t qm_calendar_count(qm_date from, qm_date to) {
    return count_through(to) - count_through(from);
}

qm_date qm_calendar_add(qm_date date, int32_t n) {
    qm_session session;
    if (n == 0) {
        return qm_calendar_session(date, NULL) ? date : QM_DATE_NONE;
    }
    for (; n > 0; n--) {
        if (!qm_calendar_on_or_after(date + 1, &session)) {
            return QM_DATE_NONE;
        }
        date = session.date;
    }
    for (; n < 0; n++) {
        if (!qm_calendar_on_or_before(date - 1, &session)) {
            return QM_DATE_NONE;
        }
        date = session.date;
    }
    return date;
}

qm_date qm_calendar_session_of(qm_time time) {
    qm_local local = qm_tz_to_local(qm_tz_new_york(), time);
    qm_session session;
    if (qm_calendar_session(local.date, &session) && time <= session.close) {
        return local.date;
    }
    return qm_calendar_on_or_after(local.date + 1, &session) ? session.date : local.date;
}

bool qm_calendar_known(const char *name) {
    return name && strcmp(name, "XNYS") == 0;
}

qm_date qm_settlement_date(qm_date traded) {
    int32_t days = traded >= qm_date_from_ymd(2024, 5, 28)  ? 1
                   : traded >= qm_date_from_ymd(2017, 9, 5) ? 2
                                                            : 3;
    qm_date settled = qm_calendar_add(traded, days);
    return settled == QM_DATE_NONE ? traded + days : settled;
}
