/* SPDX-License-Identifier: MIT
 *
 * Each kind of schedule names its occurrences of one civil date or session; the search walks dates
 * from the one of `after` and takes the first instant that lies behind it.
 */
#include "engine/schedule.h"

#include "engine/cron.h"

/* 29 February on a given weekday comes at worst after 40 years (2100 is no leap year). */
enum { SEARCH_DAYS = 41 * 366 };

static const qm_tz *zone_of(const qm_schedule *schedule) {
    return schedule->tz ? schedule->tz : qm_tz_new_york();
}

static bool first_of_month(qm_date date) {
    qm_session before;
    return !qm_calendar_on_or_before(date - 1, &before) ||
           qm_date_to_ymd(before.date).month != qm_date_to_ymd(date).month;
}

static bool last_of_month(qm_date date) {
    qm_session after;
    return !qm_calendar_on_or_after(date + 1, &after) ||
           qm_date_to_ymd(after.date).month != qm_date_to_ymd(date).month;
}

static bool matches_days(unsigned days, qm_date date) {
    if (days & QM_DAYS_EVERY) {
        return true;
    }
    if (!qm_calendar_session(date, NULL)) {
        return false;
    }
    return (days & QM_DAYS_TRADING) ||
           (days & ((unsigned)QM_DAYS_SUNDAY << qm_date_weekday(date))) ||
           ((days & QM_DAYS_MONTH_START) && first_of_month(date)) ||
           ((days & QM_DAYS_MONTH_END) && last_of_month(date));
}

/* The last date worth looking at: past the calendar only rules without sessions go on. */
static qm_date last_date(const qm_schedule *schedule, qm_date from) {
    bool civil = schedule->kind == QM_SCHEDULE_CRON ||
                 (schedule->kind == QM_SCHEDULE_AT && (schedule->days & QM_DAYS_EVERY));
    return civil || from > qm_calendar_last() ? from + SEARCH_DAYS : qm_calendar_last();
}

static qm_time next_at(const qm_schedule *schedule, qm_time after) {
    const qm_tz *tz = zone_of(schedule);
    qm_date from = qm_tz_to_local(tz, after).date - 1;
    qm_date last = last_date(schedule, from);
    if (!(schedule->days & QM_DAYS_EVERY) && from < qm_calendar_first()) {
        from = qm_calendar_first();
    }
    for (qm_date date = from; date <= last; date++) {
        if (!matches_days(schedule->days, date)) {
            continue;
        }
        qm_time t = qm_tz_from_local(tz, date, schedule->minutes * QM_MINUTE_NS);
        if (t > after) {
            return t;
        }
    }
    return QM_TIME_MAX;
}

/* First occurrence behind `after` of those that a cron line has on one date. */
static qm_time cron_on_date(const qm_cron *cron, const qm_tz *tz, qm_date date, qm_time after) {
    for (int hour = 0; hour < 24; hour++) {
        if (!(cron->hours >> hour & 1)) {
            continue;
        }
        for (int minute = 0; minute < 60; minute++) {
            if (!(cron->minutes >> minute & 1)) {
                continue;
            }
            qm_time t = qm_tz_from_local(tz, date, hour * QM_HOUR_NS + minute * QM_MINUTE_NS);
            if (t > after) {
                return t;
            }
        }
    }
    return QM_TIME_MAX;
}

static qm_time next_cron(const qm_schedule *schedule, qm_time after) {
    const qm_tz *tz = zone_of(schedule);
    qm_date from = qm_tz_to_local(tz, after).date - 1;
    for (qm_date date = from; date <= from + SEARCH_DAYS; date++) {
        if (qm_cron_matches_date(&schedule->cron, date)) {
            qm_time t = cron_on_date(&schedule->cron, tz, date, after);
            if (t != QM_TIME_MAX) {
                return t;
            }
        }
    }
    return QM_TIME_MAX;
}

/* The first session whose anchor (open or close) shifted by `shift` lies behind `after`. */
static qm_time next_by_session(qm_time after, bool from_close, int64_t shift) {
    qm_session session;
    qm_date date = qm_time_utc_date(after - shift) - 2;
    while (qm_calendar_on_or_after(date, &session)) {
        qm_time t = (from_close ? session.close : session.open) + shift;
        if (t > after) {
            return t;
        }
        date = session.date + 1;
    }
    return QM_TIME_MAX;
}

static qm_time step_behind(qm_time begin, int64_t step, qm_time after) {
    return after < begin ? begin : begin + ((after - begin) / step + 1) * step;
}

/* From the open to the close, both included. */
static qm_time next_in_session(int64_t step, qm_time after) {
    qm_session session;
    qm_date date = qm_time_utc_date(after) - 2;
    while (qm_calendar_on_or_after(date, &session)) {
        qm_time t = step_behind(session.open, step, after);
        if (t <= session.close) {
            return t;
        }
        date = session.date + 1;
    }
    return QM_TIME_MAX;
}

/* From each local midnight in elapsed minutes, so that no step is lost or doubled on a day of 23 or
 * 25 hours. */
static qm_time next_all_day(const qm_tz *tz, int64_t step, qm_time after) {
    qm_date date = qm_tz_to_local(tz, after).date;
    qm_time t = step_behind(qm_tz_from_local(tz, date, 0), step, after);
    qm_time midnight = qm_tz_from_local(tz, date + 1, 0);
    return t < midnight ? t : midnight;
}

qm_time qm_schedule_next(const qm_schedule *schedule, qm_time after) {
    if (after >= QM_TIME_MAX - 400 * QM_DAY_NS || after <= QM_TIME_NONE + 400 * QM_DAY_NS) {
        return QM_TIME_MAX;
    }
    int64_t span = schedule->minutes * QM_MINUTE_NS;
    switch (schedule->kind) {
    case QM_SCHEDULE_AT:
        return next_at(schedule, after);
    case QM_SCHEDULE_BEFORE_CLOSE:
        return next_by_session(after, true, -span);
    case QM_SCHEDULE_AFTER_OPEN:
        return next_by_session(after, false, span);
    case QM_SCHEDULE_EVERY:
        if (span <= 0) {
            return QM_TIME_MAX;
        }
        return schedule->in_session ? next_in_session(span, after)
                                    : next_all_day(zone_of(schedule), span, after);
    case QM_SCHEDULE_CRON:
        return next_cron(schedule, after);
    }
    return QM_TIME_MAX;
}

qm_status qm_minute_of_day_parse(const char *text, int *out) {
    int hour = 0, digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 3; text++, digits++) {
        hour = hour * 10 + (*text - '0');
    }
    if (digits < 1 || digits > 2 || hour > 23 || text[0] != ':') {
        return QM_EPARSE;
    }
    if (text[1] < '0' || text[1] > '5' || text[2] < '0' || text[2] > '9' || text[3] != '\0') {
        return QM_EPARSE;
    }
    *out = hour * 60 + (text[1] - '0') * 10 + (text[2] - '0');
    return QM_OK;
}
