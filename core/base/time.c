/* SPDX-License-Identifier: MIT */
#include "quantmatrix/time.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Days of the eras of 400 years: the year begins in March, so that the leap day is its last. */
qm_date qm_date_from_ymd(int32_t year, int32_t month, int32_t day) {
    int32_t y = month <= 2 ? year - 1 : year;
    int32_t era = (y >= 0 ? y : y - 399) / 400;
    int32_t of_era = y - era * 400;
    int32_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int32_t day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * 146097 + day_of_era - 719468;
}

qm_ymd qm_date_to_ymd(qm_date date) {
    int32_t z = date + 719468;
    int32_t era = (z >= 0 ? z : z - 146096) / 146097;
    int32_t day_of_era = z - era * 146097;
    int32_t of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int32_t of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
    int32_t m = (5 * of_year + 2) / 153;
    int32_t month = m < 10 ? m + 3 : m - 9;
    return (qm_ymd){
        .year = of_era + era * 400 + (month <= 2),
        .month = month,
        .day = of_year - (153 * m + 2) / 5 + 1,
    };
}

int qm_date_weekday(qm_date date) {
    int32_t day = (date + 4) % 7; /* 1970-01-01 was a Thursday */
    return day < 0 ? day + 7 : day;
}

int qm_days_in_month(int32_t year, int32_t month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Exactly `count` digits at text. */
static bool read_digits(const char *text, int count, int32_t *out) {
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

qm_status qm_date_parse(const char *text, size_t length, qm_date *out) {
    int32_t year, month, day;
    if (length != 10 || text[4] != '-' || text[7] != '-' || !read_digits(text, 4, &year) ||
        !read_digits(text + 5, 2, &month) || !read_digits(text + 8, 2, &day)) {
        return QM_EPARSE;
    }
    if (month < 1 || month > 12 || day < 1 || day > qm_days_in_month(year, month)) {
        return QM_ERANGE;
    }
    *out = qm_date_from_ymd(year, month, day);
    return QM_OK;
}

static char *put_digits(char *at, int32_t value, int count) {
    for (int i = count - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + count;
}

size_t qm_date_format(qm_date date, char *out) {
    qm_ymd ymd = qm_date_to_ymd(date);
    if (ymd.year < 0 || ymd.year > 9999) {
        return (size_t)snprintf(out, QM_DATE_BUF, "%+d-%02d-%02d", ymd.year % 1000000, ymd.month,
                                ymd.day);
    }
    char *at = put_digits(out, ymd.year, 4);
    *at++ = '-';
    at = put_digits(at, ymd.month, 2);
    *at++ = '-';
    at = put_digits(at, ymd.day, 2);
    *at = 0;
    return (size_t)(at - out);
}

qm_time qm_time_from_date(qm_date date) {
    return (qm_time)date * QM_DAY_NS;
}

qm_date qm_time_utc_date(qm_time time) {
    int64_t day = time / QM_DAY_NS;
    return (qm_date)(time % QM_DAY_NS < 0 ? day - 1 : day);
}

size_t qm_time_format(qm_time time, char *out) {
    qm_date date = qm_time_utc_date(time);
    int64_t ns = (int64_t)((uint64_t)time - (uint64_t)date * (uint64_t)QM_DAY_NS);
    int32_t seconds = (int32_t)(ns / QM_SECOND_NS), fraction = (int32_t)(ns % QM_SECOND_NS);
    char *at = out + qm_date_format(date, out);
    *at++ = 'T';
    at = put_digits(at, seconds / 3600, 2);
    *at++ = ':';
    at = put_digits(at, seconds / 60 % 60, 2);
    *at++ = ':';
    at = put_digits(at, seconds % 60, 2);
    if (fraction) {
        *at++ = '.';
        at = put_digits(at, fraction, 9);
        while (at[-1] == '0') {
            at--;
        }
    }
    *at++ = 'Z';
    *at = 0;
    return (size_t)(at - out);
}

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool take(cursor *c, char wanted) {
    if (c->at < c->end && *c->at == wanted) {
        c->at++;
        return true;
    }
    return false;
}

static bool take_digits(cursor *c, int count, int32_t *out) {
    if (c->end - c->at < count || !read_digits(c->at, count, out)) {
        return false;
    }
    c->at += count;
    return true;
}

/* ".fff" of 1 to 9 digits, or nothing. */
static bool take_fraction(cursor *c, int64_t *ns) {
    *ns = 0;
    if (!take(c, '.')) {
        return true;
    }
    int64_t unit = QM_SECOND_NS;
    const char *first = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9' && unit > 1) {
        unit /= 10;
        *ns += (*c->at++ - '0') * unit;
    }
    return c->at > first;
}

/* Z or +hh:mm, to the end of the text. */
static bool take_offset(cursor *c, int64_t *ns) {
    int32_t hours, minutes;
    *ns = 0;
    if (take(c, 'Z')) {
        return c->at == c->end;
    }
    bool west = take(c, '-');
    if (!west && !take(c, '+')) {
        return false;
    }
    if (!take_digits(c, 2, &hours) || !take(c, ':') || !take_digits(c, 2, &minutes) || hours > 23 ||
        minutes > 59) {
        return false;
    }
    *ns = (west ? -1 : 1) * (hours * QM_HOUR_NS + minutes * QM_MINUTE_NS);
    return c->at == c->end;
}

qm_status qm_time_parse(const char *text, size_t length, qm_time *out) {
    qm_date date;
    if (length < 17) {
        return QM_EPARSE;
    }
    qm_status status = qm_date_parse(text, 10, &date);
    if (status != QM_OK) {
        return status;
    }
    cursor c = {text + 10, text + length};
    int32_t hour, minute, second = 0;
    int64_t fraction = 0, offset;
    if (!take(&c, 'T') && !take(&c, ' ')) {
        return QM_EPARSE;
    }
    if (!take_digits(&c, 2, &hour) || !take(&c, ':') || !take_digits(&c, 2, &minute)) {
        return QM_EPARSE;
    }
    if (take(&c, ':') && (!take_digits(&c, 2, &second) || !take_fraction(&c, &fraction))) {
        return QM_EPARSE;
    }
    if (!take_offset(&c, &offset)) {
        return QM_EPARSE;
    }
    if (hour > 23 || minute > 59 || second > 59) {
        return QM_ERANGE;
    }
    int64_t of_day = hour * QM_HOUR_NS + minute * QM_MINUTE_NS + second * QM_SECOND_NS + fraction;
    int64_t days;
    if (__builtin_mul_overflow((int64_t)date, QM_DAY_NS, &days) ||
        __builtin_add_overflow(days, of_day - offset, out)) {
        return QM_ERANGE;
    }
    return QM_OK;
}
