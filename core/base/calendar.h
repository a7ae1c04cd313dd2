/* SPDX-License-Identifier: MIT
 *
 * calendar.h: the sessions of the US equity exchanges (XNYS), 1990-01-01 to 2035-12-31.
 *
 * Holidays by rule, early closes at 13:00, one-off closures (funerals, September 2001, Sandy) and
 * daylight saving time. Sources are named in calendar.c and docs/reference/calendar.md. The table
 * is built once, on first use, and is immutable after that.
 */
#ifndef QM_BASE_CALENDAR_H
#define QM_BASE_CALENDAR_H

#include "quantmatrix/time.h"

#include <stdbool.h>

typedef struct qm_session {
    qm_date date;
    bool half; /* closes early */
    qm_time open;
    qm_time close;
} qm_session;

qm_date qm_calendar_first(void); /* 1990-01-01 */
qm_date qm_calendar_last(void);  /* 2035-12-31 */
/* Whether the exchange is open on the date, and its hours (out may be NULL). false outside the
 * range. */
bool qm_calendar_session(qm_date date, qm_session *out);
/* Hours that a session on this date has, or would have (09:30-16:00 New York) on a day that is
 * none: for bars with odd dates, which are flagged and kept. Works for any date. */
qm_session qm_calendar_hours(qm_date date);
/* First session on or after / last on or before the date; false when outside the range. */
bool qm_calendar_on_or_after(qm_date date, qm_session *out);
bool qm_calendar_on_or_before(qm_date date, qm_session *out);
/* Sessions in (from, to]: "trading days later". Negative when to < from. Clamped to the range. */
int32_t qm_calendar_count(qm_date from, qm_date to);
/* The date n sessions after (n < 0: before) the date; QM_DATE_NONE outside the range. */
qm_date qm_calendar_add(qm_date date, int32_t n);
/* The session date to which an instant belongs: its New York date when that is a session and
 * the instant is at or before its close... else the next session. */
qm_date qm_calendar_session_of(qm_time time);
/* When a trade of US stocks settles: T+1 since 2024-05-28, T+2 since 2017-09-05, T+3 before (SEC
 * Rule 15c6-1), in sessions; outside the calendar's range in days. */
qm_date qm_settlement_date(qm_date traded);
/* "XNYS" is the only name; NULL-safe. */
bool qm_calendar_known(const char *name);

#endif
