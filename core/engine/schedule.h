/* SPDX-License-Identifier: MIT
 *
 * schedule.h: when a scheduled callback is due. Pure: calendar and zones in, instants out.
 *
 * Times of day are civil times in a zone; a time that daylight saving skips is due at the jump, one
 * that occurs twice is due the first time. Occurrences are absolute instants, strictly increasing,
 * so that "each exactly once" means: never call qm_schedule_next with an earlier `after` than the
 * last.
 */
#ifndef QM_ENGINE_SCHEDULE_H
#define QM_ENGINE_SCHEDULE_H

#include "base/calendar.h"
#include "base/tz.h"

typedef enum qm_schedule_kind {
    QM_SCHEDULE_AT,           /* at a time of day, on certain days */
    QM_SCHEDULE_BEFORE_CLOSE, /* minutes before each session's close */
    QM_SCHEDULE_AFTER_OPEN,
    QM_SCHEDULE_EVERY, /* every n minutes from the open (in_session) or from midnight */
    QM_SCHEDULE_CRON   /* minute hour day month weekday; * , - / */
} qm_schedule_kind;

typedef enum qm_schedule_days {
    QM_DAYS_TRADING = 1,     /* "trading_day" */
    QM_DAYS_MONTH_START = 2, /* first trading day of the month */
    QM_DAYS_MONTH_END = 4,   /* last trading day of the month */
    QM_DAYS_EVERY = 8,       /* "day": every civil day */
    QM_DAYS_SUNDAY = 16      /* << weekday 0..6: that weekday, when it is a trading day */
} qm_schedule_days;

typedef enum qm_schedule_missed { QM_MISSED_SKIP, QM_MISSED_RUN } qm_schedule_missed;

typedef struct qm_cron {
    uint64_t minutes; /* bit sets */
    uint32_t hours, days;
    uint16_t months;
    uint8_t weekdays;
    bool any_day, any_weekday; /* "*": when both are restricted, either matches (as cron has it) */
} qm_cron;

typedef struct qm_schedule {
    char name[32]; /* the callback */
    qm_schedule_kind kind;
    int minutes;      /* AT: minute of the day; others: n */
    unsigned days;    /* AT: qm_schedule_days */
    bool in_session;  /* EVERY */
    char tz_name[40]; /* AT, CRON: empty: America/New_York */
    const qm_tz *tz;  /* resolved; NULL: New York */
    qm_cron cron;
    qm_schedule_missed missed;
    int64_t
        grace_ns; /* how late a missed occurrence may still run; 0: no limit (with QM_MISSED_RUN) */
} qm_schedule;

qm_status qm_cron_parse(const char *text, qm_cron *out, qm_error *err);
/* The first occurrence strictly after `after`; QM_TIME_MAX when there is none (calendar's end). */
qm_time qm_schedule_next(const qm_schedule *schedule, qm_time after);
/* "15:45" -> 945. QM_EPARSE. */
qm_status qm_minute_of_day_parse(const char *text, int *out);

#endif
