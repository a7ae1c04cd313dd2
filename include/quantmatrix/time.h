/* SPDX-License-Identifier: MIT
 *
 * time.h: instants and civil dates.
 *
 * A qm_time is int64 nanoseconds since 1970-01-01T00:00:00Z (no leap seconds; 1677 to 2262).
 * A qm_date is int32 days since 1970-01-01 in the proleptic Gregorian calendar. Zones and the
 * exchange calendar are in base; nothing here reads a clock.
 */
#ifndef QUANTMATRIX_TIME_H
#define QUANTMATRIX_TIME_H

#include "quantmatrix/status.h"

#include <stddef.h>
#include <stdint.h>

typedef int64_t qm_time;
typedef int32_t qm_date;

#define QM_TIME_NONE INT64_MIN
#define QM_DATE_NONE INT32_MIN
#define QM_TIME_MAX INT64_MAX
#define QM_SECOND_NS INT64_C(1000000000)
#define QM_MINUTE_NS (60 * QM_SECOND_NS)
#define QM_HOUR_NS (3600 * QM_SECOND_NS)
#define QM_DAY_NS (86400 * QM_SECOND_NS)

enum { QM_TIME_BUF = 40, QM_DATE_BUF = 16 };

typedef struct qm_ymd {
    int32_t year;
    int32_t month; /* 1..12 */
    int32_t day;   /* 1..31 */
} qm_ymd;

/* Day number of a civil date; the caller guarantees a valid month; days roll over. */
qm_date qm_date_from_ymd(int32_t year, int32_t month, int32_t day);
qm_ymd qm_date_to_ymd(qm_date date);
/* 0 = Sunday ... 6 = Saturday. */
int qm_date_weekday(qm_date date);
int qm_days_in_month(int32_t year, int32_t month);
/* "2007-01-03" exactly. QM_EPARSE, QM_ERANGE (2007-02-30). */
qm_status qm_date_parse(const char *text, size_t length, qm_date *out);
/* "2007-01-03"; out holds QM_DATE_BUF bytes; returns the length. */
size_t qm_date_format(qm_date date, char *out);

/* Midnight UTC of a date. */
qm_time qm_time_from_date(qm_date date);
/* The UTC date of an instant. */
qm_date qm_time_utc_date(qm_time time);
/* "2007-01-03T14:30:00Z", with .123456789 only when there is a fraction; returns the length. */
size_t qm_time_format(qm_time time, char *out);
/* ISO 8601 with Z or an offset: 2007-01-03T14:30:00[.fff](Z|+hh:mm); a blank may stand for T. */
qm_status qm_time_parse(const char *text, size_t length, qm_time *out);

#endif
