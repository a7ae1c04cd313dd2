/* SPDX-License-Identifier: MIT */
#include "base/tz_rule.h"

typedef struct reader {
    const char *at, *end;
} reader;

static char peek(const reader *r) {
    return r->at < r->end ? *r->at : 0;
}

static bool take(reader *r, char wanted) {
    if (peek(r) != wanted) {
        return false;
    }
    r->at++;
    return true;
}

static bool take_int(reader *r, int max, int *out) {
    int value = 0, digits = 0;
    while (peek(r) >= '0' && peek(r) <= '9' && digits < 4) {
        value = value * 10 + (*r->at++ - '0');
        digits++;
    }
    *out = value;
    return digits > 0 && value <= max;
}

/* "EST" or "<+03>". */
static bool take_name(reader *r) {
    const char *first = r->at;
    if (take(r, '<')) {
        while (peek(r) && peek(r) != '>') {
            r->at++;
        }
        return take(r, '>');
    }
    while ((peek(r) >= 'A' && peek(r) <= 'Z') || (peek(r) >= 'a' && peek(r) <= 'z')) {
        r->at++;
    }
    return r->at - first >= 3;
}

/* [+-]h[h][:mm[:ss]]; hours up to 167 as RFC 8536 allows in times. */
static bool take_hms(reader *r, int32_t *out) {
    bool negative = take(r, '-');
    if (!negative) {
        take(r, '+');
    }
    int hours, minutes = 0, seconds = 0;
    if (!take_int(r, 167, &hours) || (take(r, ':') && !take_int(r, 59, &minutes))) {
        return false;
    }
    if (take(r, ':') && !take_int(r, 59, &seconds)) {
        return false;
    }
    *out = (negative ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds);
    return true;
}

static bool take_change(reader *r, qm_tz_change *c) {
    *c = (qm_tz_change){.kind = '0', .time_s = 2 * 3600};
    if (take(r, 'M')) {
        c->kind = 'M';
        if (!take_int(r, 12, &c->month) || c->month < 1 || !take(r, '.') ||
            !take_int(r, 5, &c->week) || c->week < 1 || !take(r, '.') ||
            !take_int(r, 6, &c->weekday)) {
            return false;
        }
    } else {
        bool julian = take(r, 'J');
        c->kind = julian ? 'J' : '0';
        if (!take_int(r, 365, &c->day) || (julian && c->day < 1)) {
            return false;
        }
    }
    return !take(r, '/') || take_hms(r, &c->time_s);
}

qm_status qm_tz_rule_parse(const char *text, size_t length, qm_tz_rule *out) {
    reader r = {text, text + length};
    qm_tz_rule rule = {0};
    int32_t west;
    if (!take_name(&r) || !take_hms(&r, &west)) {
        return QM_EPARSE;
    }
    rule.standard_s = -west;
    rule.daylight_s = rule.standard_s + 3600;
    if (r.at < r.end) {
        rule.has_daylight = true;
        if (!take_name(&r)) {
            return QM_EPARSE;
        }
        if (peek(&r) != ',') {
            if (!take_hms(&r, &west)) {
                return QM_EPARSE;
            }
            rule.daylight_s = -west;
        }
        if (!take(&r, ',') || !take_change(&r, &rule.start) || !take(&r, ',') ||
            !take_change(&r, &rule.end)) {
            return QM_EPARSE;
        }
    }
    if (r.at != r.end) {
        return QM_EPARSE;
    }
    *out = rule;
    return QM_OK;
}

static qm_date date_of(const qm_tz_change *c, int32_t year) {
    qm_date january = qm_date_from_ymd(year, 1, 1);
    if (c->kind == '0') {
        return january + c->day;
    }
    if (c->kind == 'J') {
        bool leap = qm_days_in_month(year, 2) == 29;
        return january + c->day - 1 + (leap && c->day >= 60);
    }
    qm_date first = qm_date_from_ymd(year, c->month, 1);
    int ahead = (c->weekday - qm_date_weekday(first) + 7) % 7;
    qm_date date = first + ahead + 7 * (c->week - 1);
    qm_date last = first + qm_days_in_month(year, c->month) - 1;
    return date > last ? date - 7 : date;
}

void qm_tz_rule_year(const qm_tz_rule *rule, int32_t year, qm_time *start, qm_time *end) {
    *start = qm_time_from_date(date_of(&rule->start, year)) +
             (int64_t)(rule->start.time_s - rule->standard_s) * QM_SECOND_NS;
    *end = qm_time_from_date(date_of(&rule->end, year)) +
           (int64_t)(rule->end.time_s - rule->daylight_s) * QM_SECOND_NS;
}

int32_t qm_tz_rule_offset(const qm_tz_rule *rule, qm_time time) {
    if (!rule->has_daylight) {
        return rule->standard_s;
    }
    qm_time start, end;
    int32_t year = qm_date_to_ymd(qm_time_utc_date(time + rule->standard_s * QM_SECOND_NS)).year;
    qm_tz_rule_year(rule, year, &start, &end);
    bool daylight = start < end ? time >= start && time < end : !(time >= end && time < start);
    return daylight ? rule->daylight_s : rule->standard_s;
}
