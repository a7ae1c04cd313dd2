/* SPDX-License-Identifier: MIT */
#include "import/stamp.h"

#include <string.h>

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void skip_blanks(cursor *c) {
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) {
        c->at++;
    }
}

/* A number of min to max digits. */
static bool take_number(cursor *c, int min, int max, int32_t *out) {
    int digits = 0;
    int32_t value = 0;
    while (c->at < c->end && digits < max && is_digit(*c->at)) {
        value = value * 10 + (*c->at++ - '0');
        digits++;
    }
    *out = value;
    return digits >= min;
}

static bool take_one_of(cursor *c, const char *set) {
    if (c->at < c->end && strchr(set, *c->at)) {
        c->at++;
        return true;
    }
    return false;
}

/* A month's English name, three letters or whole; 1..12. */
static bool take_month(cursor *c, int32_t *out) {
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    if (c->end - c->at < 3) {
        return false;
    }
    for (int m = 0; m < 12; m++) {
        bool same = true;
        for (int i = 0; i < 3; i++) {
            same = same && (c->at[i] | 0x20) == names[3 * m + i];
        }
        if (same) {
            c->at += 3;
            while (c->at < c->end && ((*c->at | 0x20) >= 'a' && (*c->at | 0x20) <= 'z')) {
                c->at++;
            }
            *out = m + 1;
            return true;
        }
    }
    return false;
}

static bool make_date(int32_t year, int32_t month, int32_t day, qm_date *out) {
    if (year < QM_STAMP_FIRST_YEAR || year > QM_STAMP_LAST_YEAR || month < 1 || month > 12 ||
        day < 1 || day > qm_days_in_month(year, month)) {
        return false;
    }
    *out = qm_date_from_ymd(year, month, day);
    return true;
}

/* Two digits: 70 to 99 are of the last century. */
static int32_t full_year(int32_t year, int digits) {
    return digits > 2 ? year : year < 70 ? 2000 + year : 1900 + year;
}

static bool take_year(cursor *c, int32_t *year) {
    const char *first = c->at;
    if (!take_number(c, 2, 4, year)) {
        return false;
    }
    *year = full_year(*year, (int)(c->at - first));
    return true;
}

static bool take_date(qm_stamp_form form, cursor *c, qm_date *out) {
    int32_t year = 0, month = 0, day = 0;
    bool ok = false;
    switch (form) {
    case QM_STAMP_YMD:
        ok = take_number(c, 4, 4, &year) && take_one_of(c, "-/.") && take_number(c, 1, 2, &month) &&
             take_one_of(c, "-/.") && take_number(c, 1, 2, &day);
        break;
    case QM_STAMP_COMPACT:
        ok = take_number(c, 4, 4, &year) && take_number(c, 2, 2, &month) &&
             take_number(c, 2, 2, &day);
        break;
    case QM_STAMP_MDY:
        ok = take_number(c, 1, 2, &month) && take_one_of(c, "/-.") && take_number(c, 1, 2, &day) &&
             take_one_of(c, "/-.") && take_year(c, &year);
        break;
    case QM_STAMP_D_MON_Y:
        ok = take_number(c, 1, 2, &day) && take_one_of(c, "- ") && take_month(c, &month) &&
             take_one_of(c, "- ") && take_year(c, &year);
        break;
    case QM_STAMP_MON_D_Y:
        ok = take_month(c, &month);
        skip_blanks(c);
        ok = ok && take_number(c, 1, 2, &day);
        take_one_of(c, ",");
        skip_blanks(c);
        ok = ok && take_year(c, &year);
        break;
    default:
        return false;
    }
    return ok && make_date(year, month, day, out);
}

static bool take_fraction(cursor *c, int64_t *ns) {
    *ns = 0;
    if (!take_one_of(c, ".")) {
        return true;
    }
    int64_t unit = QM_SECOND_NS;
    const char *first = c->at;
    while (c->at < c->end && is_digit(*c->at)) {
        unit /= 10;
        *ns += (*c->at++ - '0') * unit;
    }
    return c->at > first;
}

/* AM and PM turn 12 hours into 24. */
static bool take_half_day(cursor *c, int32_t *hour) {
    skip_blanks(c);
    if (c->end - c->at < 2 || (c->at[1] | 0x20) != 'm') {
        return true;
    }
    bool pm = (c->at[0] | 0x20) == 'p';
    if ((!pm && (c->at[0] | 0x20) != 'a') || *hour < 1 || *hour > 12) {
        return false;
    }
    *hour = *hour % 12 + (pm ? 12 : 0);
    c->at += 2;
    return true;
}

static bool take_offset(cursor *c, qm_stamp *out) {
    int32_t hours, minutes = 0;
    if (c->at == c->end) {
        return true;
    }
    out->has_offset = true;
    if (take_one_of(c, "Zz")) {
        return c->at == c->end;
    }
    bool west = *c->at == '-';
    if (!take_one_of(c, "+-") || !take_number(c, 2, 2, &hours)) {
        return false;
    }
    take_one_of(c, ":");
    if (c->at < c->end && !take_number(c, 2, 2, &minutes)) {
        return false;
    }
    out->offset_ns = (west ? -1 : 1) * (hours * QM_HOUR_NS + minutes * QM_MINUTE_NS);
    return c->at == c->end && hours <= 14 && minutes < 60;
}

static bool take_time(cursor *c, qm_stamp *out) {
    int32_t hour, minute, second = 0;
    int64_t fraction = 0;
    if (!take_number(c, 1, 2, &hour) || !take_one_of(c, ":") || !take_number(c, 2, 2, &minute)) {
        return false;
    }
    if (take_one_of(c, ":") && (!take_number(c, 2, 2, &second) || !take_fraction(c, &fraction))) {
        return false;
    }
    if (!take_half_day(c, &hour) || hour > 23 || minute > 59 || second > 59) {
        return false;
    }
    out->has_time = true;
    out->ns = hour * QM_HOUR_NS + minute * QM_MINUTE_NS + second * QM_SECOND_NS + fraction;
    skip_blanks(c);
    return take_offset(c, out);
}

static bool read_epoch(qm_stamp_form form, qm_cell cell, qm_stamp *out) {
    int64_t value, unit = form == QM_STAMP_SECONDS ? QM_SECOND_NS : QM_SECOND_NS / 1000;
    qm_time time;
    if (!qm_cell_int(cell, &value) || __builtin_mul_overflow(value, unit, &time)) {
        return false;
    }
    qm_date date = qm_time_utc_date(time);
    *out = (qm_stamp){
        .date = date, .ns = time - qm_time_from_date(date), .has_time = true, .has_offset = true};
    return true;
}

bool qm_stamp_read(qm_stamp_form form, qm_cell cell, qm_stamp *out) {
    if (form == QM_STAMP_SECONDS || form == QM_STAMP_MILLIS) {
        return read_epoch(form, cell, out);
    }
    cursor c = {cell.text, cell.text + cell.length};
    *out = (qm_stamp){0};
    skip_blanks(&c);
    while (c.end > c.at && (c.end[-1] == ' ' || c.end[-1] == '\t')) {
        c.end--;
    }
    if (!take_date(form, &c, &out->date)) {
        return false;
    }
    if (c.at == c.end) {
        return true;
    }
    if (!take_one_of(&c, "T ;,")) {
        return false;
    }
    skip_blanks(&c);
    return take_time(&c, out);
}

qm_stamp_form qm_stamp_form_of(qm_cell cell) {
    static const qm_stamp_form forms[] = {QM_STAMP_YMD, QM_STAMP_COMPACT, QM_STAMP_MDY,
                                          QM_STAMP_D_MON_Y, QM_STAMP_MON_D_Y};
    qm_stamp stamp;
    int64_t value;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (qm_stamp_read(forms[i], cell, &stamp)) {
            return forms[i];
        }
    }
    if (qm_cell_int(cell, &value) && value > 100000000) {
        return value > 100000000000 ? QM_STAMP_MILLIS : QM_STAMP_SECONDS;
    }
    return QM_STAMP_UNKNOWN;
}

const char *qm_stamp_form_name(qm_stamp_form form) {
    static const char *const names[] = {
        "?",          "2007-01-03",  "20070103",           "01/03/2007 (month first)",
        "3-Jan-2007", "Jan 3, 2007", "seconds since 1970", "ms since 1970"};
    return names[form];
}
