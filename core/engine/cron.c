/* SPDX-License-Identifier: MIT
 *
 * The five fields of cron: lists, ranges and steps of numbers, names for months and weekdays.
 */
#include "engine/cron.h"

#include "engine/schedule.h"

#include <string.h>

typedef struct cron_field {
    const char *name;
    int min, max;
    const char *names; /* three letters each, from min on; NULL: numbers only */
} cron_field;

static const cron_field FIELDS[5] = {
    {"minute", 0, 59, NULL},
    {"hour", 0, 23, NULL},
    {"day", 1, 31, NULL},
    {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {"weekday", 0, 7, "sunmontuewedthufrisat"}, /* 7 is Sunday too */
};

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A number or a name at *at; -1 when it is neither. */
static int read_value(const cron_field *field, const char **at) {
    const char *s = *at;
    if (*s >= '0' && *s <= '9') {
        int value = 0;
        while (*s >= '0' && *s <= '9' && value < 1000) {
            value = value * 10 + (*s++ - '0');
        }
        *at = s;
        return value;
    }
    for (int i = 0; field->names && field->names[3 * i] != '\0'; i++) {
        const char *name = field->names + 3 * i;
        if (lower(s[0]) == name[0] && lower(s[1]) == name[1] && lower(s[2]) == name[2]) {
            *at = s + 3;
            return field->min + i;
        }
    }
    return -1;
}

/* One item of a list: *, n, a-b, each with /step. False when it is malformed. */
static bool read_item(const cron_field *field, const char **at, uint64_t *bits) {
    int low = field->min, high = field->max, step = 1;
    if (**at == '*') {
        (*at)++;
    } else {
        low = read_value(field, at);
        high = low;
        if (**at == '-') {
            (*at)++;
            high = read_value(field, at);
        } else if (**at == '/') {
            high = field->max;
        }
    }
    if (**at == '/') {
        (*at)++;
        step = **at >= '0' && **at <= '9' ? read_value(field, at) : 0;
    }
    if (low < field->min || high > field->max || low > high || step < 1) {
        return false;
    }
    for (int i = low; i <= high; i += step) {
        *bits |= UINT64_C(1) << i;
    }
    return true;
}

static qm_status read_field(const cron_field *field, const char **at, uint64_t *bits, bool *any,
                            const char *text, qm_error *err) {
    while (**at == ' ' || **at == '\t') {
        (*at)++;
    }
    const char *begin = *at;
    *bits = 0;
    *any = *begin == '*';
    for (;;) {
        if (!read_item(field, at, bits)) {
            return qm_error_set(err, QM_EPARSE, "cron \"%s\": bad %s at \"%s\" (%d to %d)", text,
                                field->name, begin, field->min, field->max);
        }
        if (**at != ',') {
            break;
        }
        (*at)++;
    }
    if (**at != '\0' && **at != ' ' && **at != '\t') {
        return qm_error_set(err, QM_EPARSE, "cron \"%s\": bad %s at \"%s\"", text, field->name,
                            begin);
    }
    return QM_OK;
}

qm_status qm_cron_parse(const char *text, qm_cron *out, qm_error *err) {
    uint64_t bits[5];
    bool any[5];
    const char *at = text;
    for (int i = 0; i < 5; i++) {
        qm_status status = read_field(&FIELDS[i], &at, &bits[i], &any[i], text, err);
        if (status != QM_OK) {
            return status;
        }
    }
    while (*at == ' ' || *at == '\t') {
        at++;
    }
    if (*at != '\0') {
        return qm_error_set(err, QM_EPARSE, "cron \"%s\": more than five fields: \"%s\"", text, at);
    }
    if (bits[4] & (1u << 7)) {
        bits[4] |= 1u;
    }
    *out = (qm_cron){.minutes = bits[0],
                     .hours = (uint32_t)bits[1],
                     .days = (uint32_t)bits[2],
                     .months = (uint16_t)bits[3],
                     .weekdays = (uint8_t)(bits[4] & 0x7f),
                     .any_day = any[2],
                     .any_weekday = any[4]};
    return QM_OK;
}

bool qm_cron_matches_date(const qm_cron *cron, qm_date date) {
    qm_ymd ymd = qm_date_to_ymd(date);
    if (!(cron->months >> ymd.month & 1)) {
        return false;
    }
    bool day = cron->days >> ymd.day & 1;
    bool weekday = cron->weekdays >> qm_date_weekday(date) & 1;
    return cron->any_day || cron->any_weekday ? day && weekday : day || weekday;
}
