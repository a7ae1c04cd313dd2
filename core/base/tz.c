/* SPDX-License-Identifier: MIT
 *
 * A zone is a list of transitions (from a TZif file, RFC 8536) and a rule for what comes after.
 */
#include "base/tz.h"

#include "base/mem.h"
#include "base/tz_rule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct transition {
    qm_time time;
    int32_t offset_s; /* from then on */
} transition;

struct qm_tz {
    int32_t first_s; /* before the first transition */
    size_t count;
    const transition *transitions;
    bool has_rule;
    qm_tz_rule rule; /* from the last transition on */
    transition *owned;
};

enum { FILE_MAX_BYTES = 1 << 20, HEADER = 44 };

/* A Sunday at 2:00 local time; week 5 is the last. */
#define QM_RULE(m, w)                                                                              \
    { .kind = 'M', .month = m, .week = w, .time_s = 7200 }

/* The transitions of the years before 2007 are made by rule: last Sunday of April (first from 1987
 * on) to the last Sunday of October; 6 January 1974 and 23 February 1975. */
static qm_tz_rule new_york_rule(int32_t year) {
    qm_tz_rule rule = {.standard_s = -5 * 3600, .daylight_s = -4 * 3600, .has_daylight = true};
    rule.start = (qm_tz_change)QM_RULE(4, 5);
    rule.end = (qm_tz_change)QM_RULE(10, 5);
    if (year >= 2007) {
        rule.start = (qm_tz_change)QM_RULE(3, 2);
        rule.end = (qm_tz_change)QM_RULE(11, 1);
    } else if (year >= 1987) {
        rule.start = (qm_tz_change)QM_RULE(4, 1);
    } else if (year == 1975) {
        rule.start = (qm_tz_change)QM_RULE(2, 4);
    } else if (year == 1974) {
        rule.start = (qm_tz_change)QM_RULE(1, 1);
    }
    return rule;
}

static const qm_tz NEW_YORK = {.first_s = -5 * 3600};
static const qm_tz UTC = {.first_s = 0};

const qm_tz *qm_tz_new_york(void) {
    return &NEW_YORK;
}

const qm_tz *qm_tz_utc(void) {
    return &UTC;
}

static int32_t new_york_offset(qm_time time) {
    int32_t year = qm_date_to_ymd(qm_time_utc_date(time - 5 * QM_HOUR_NS)).year;
    if (year < 1967) {
        return -5 * 3600;
    }
    qm_tz_rule rule = new_york_rule(year);
    return qm_tz_rule_offset(&rule, time);
}

int32_t qm_tz_offset(const qm_tz *tz, qm_time time) {
    if (tz == &NEW_YORK) {
        return new_york_offset(time);
    }
    if (tz->count == 0 || time < tz->transitions[0].time) {
        return tz->count == 0 && tz->has_rule ? qm_tz_rule_offset(&tz->rule, time) : tz->first_s;
    }
    if (tz->has_rule && time >= tz->transitions[tz->count - 1].time) {
        return qm_tz_rule_offset(&tz->rule, time);
    }
    size_t low = 0, high = tz->count; /* transitions[low].time <= time < transitions[high].time */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (tz->transitions[middle].time <= time) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return tz->transitions[low].offset_s;
}

qm_local qm_tz_to_local(const qm_tz *tz, qm_time time) {
    int32_t offset = qm_tz_offset(tz, time);
    qm_time local = time + offset * QM_SECOND_NS;
    qm_date date = qm_time_utc_date(local);
    return (qm_local){.date = date, .ns = local - qm_time_from_date(date), .offset_s = offset};
}

qm_time qm_tz_from_local(const qm_tz *tz, qm_date date, int64_t ns) {
    qm_time local = qm_time_from_date(date) + ns;
    /* Offsets a day before and after bracket any change near the time. */
    int32_t before = qm_tz_offset(tz, local - QM_DAY_NS),
            after = qm_tz_offset(tz, local + QM_DAY_NS);
    qm_time early = local - before * QM_SECOND_NS, late = local - after * QM_SECOND_NS;
    bool early_holds = qm_tz_offset(tz, early) == before;
    bool late_holds = qm_tz_offset(tz, late) == after;
    if (early_holds && late_holds) {
        return early < late ? early : late; /* twice: the first */
    }
    if (early_holds || late_holds) {
        return early_holds ? early : late;
    }
    /* Skipped: the instant of the jump, which lies between the two readings. */
    qm_time low = late < early ? late : early, high = late < early ? early : late;
    int32_t at_low = qm_tz_offset(tz, low);
    while (high - low > 1) {
        qm_time middle = low + (high - low) / 2;
        if (qm_tz_offset(tz, middle) == at_low) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

static uint32_t be32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static int64_t be64(const uint8_t *at) {
    return (int64_t)((uint64_t)be32(at) << 32 | be32(at + 4));
}

typedef struct counts {
    size_t isut, isstd, leap, time, type, chars;
} counts;

static bool read_header(const uint8_t *at, size_t length, counts *c) {
    if (length < HEADER || memcmp(at, "TZif", 4) != 0 || at[4] < '2') {
        return false;
    }
    *c = (counts){be32(at + 20), be32(at + 24), be32(at + 28),
                  be32(at + 32), be32(at + 36), be32(at + 40)};
    return c->isut < 65536 && c->isstd < 65536 && c->leap < 65536 && c->time < 65536 &&
           c->type < 256 && c->chars < 65536;
}

static size_t block_size(const counts *c, size_t time_size) {
    return c->time * (time_size + 1) + c->type * 6 + c->chars + c->leap * (time_size + 4) +
           c->isstd + c->isut;
}

/* The 64-bit block at `at` and the footer behind it. */
static qm_status read_block(qm_tz *tz, const uint8_t *at, size_t length, const counts *c) {
    size_t size = block_size(c, 8);
    if (length < size + 2 || c->type == 0) {
        return QM_EDATA;
    }
    const uint8_t *indexes = at + c->time * 8, *types = indexes + c->time;
    tz->owned = qm_calloc(c->time ? c->time : 1, sizeof *tz->owned);
    if (!tz->owned) {
        return QM_ENOMEM;
    }
    tz->transitions = tz->owned;
    tz->count = c->time;
    tz->first_s = (int32_t)be32(types);
    for (size_t i = 0; i < c->time; i++) {
        int64_t seconds = be64(at + 8 * i);
        if (indexes[i] >= c->type || (i > 0 && seconds <= be64(at + 8 * (i - 1)))) {
            return QM_EDATA;
        }
        int64_t limit = INT64_MAX / QM_SECOND_NS;
        seconds = seconds < -limit ? -limit : seconds > limit ? limit : seconds;
        tz->owned[i] = (transition){seconds * QM_SECOND_NS, (int32_t)be32(types + 6 * indexes[i])};
    }
    for (size_t i = 0; i < c->type; i++) {
        int32_t offset = (int32_t)be32(types + 6 * i);
        if (offset < -26 * 3600 || offset > 26 * 3600) {
            return QM_EDATA;
        }
    }
    const char *footer = (const char *)at + size, *end = (const char *)at + length;
    const char *last =
        footer[0] == '\n' ? memchr(footer + 1, '\n', (size_t)(end - footer - 1)) : NULL;
    if (!last) {
        return QM_EDATA;
    }
    tz->has_rule = last > footer + 1;
    return tz->has_rule ? qm_tz_rule_parse(footer + 1, (size_t)(last - footer - 1), &tz->rule)
                        : QM_OK;
}

qm_status qm_tz_parse(const void *data, size_t length, qm_tz **out, qm_error *err) {
    const uint8_t *at = data;
    counts first, second;
    if (!read_header(at, length, &first)) {
        return qm_error_set(err, QM_EDATA, "no TZif file of version 2 or later");
    }
    size_t skip = HEADER + block_size(&first, 4);
    if (length < skip || !read_header(at + skip, length - skip, &second)) {
        return qm_error_set(err, QM_EDATA, "TZif file ends before its second header");
    }
    qm_tz *tz = qm_calloc(1, sizeof *tz);
    if (!tz) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = read_block(tz, at + skip + HEADER, length - skip - HEADER, &second);
    if (status != QM_OK) {
        qm_tz_free(tz);
        return qm_error_set(err, status == QM_ENOMEM ? status : QM_EDATA,
                            status == QM_ENOMEM ? "out of memory" : "TZif file is damaged");
    }
    *out = tz;
    return QM_OK;
}

static bool name_is_safe(const char *name) {
    return name[0] && name[0] != '/' && !strstr(name, "..") && strlen(name) < 200;
}

qm_status qm_tz_load(const char *name, qm_tz **out, qm_error *err) {
    if (!name_is_safe(name)) {
        return qm_error_set(err, QM_ENOTFOUND, "no time zone \"%.64s\"", name);
    }
    const char *folder = getenv("TZDIR");
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "/usr/share/zoneinfo", name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        return qm_error_set(err, QM_ENOTFOUND, "no time zone \"%s\": %s: %s", name, path,
                            strerror(errno));
    }
    uint8_t *data = qm_alloc(FILE_MAX_BYTES);
    size_t length = data ? fread(data, 1, FILE_MAX_BYTES, file) : 0;
    bool bad = ferror(file) != 0;
    fclose(file);
    qm_status status = QM_OK;
    if (!data) {
        status = qm_error_set(err, QM_ENOMEM, "out of memory");
    } else if (bad) {
        status = qm_error_set(err, QM_ENOTFOUND, "no time zone \"%s\": %s is no file", name, path);
    } else {
        status = qm_tz_parse(data, length, out, err);
        if (status == QM_EDATA && err) {
            snprintf(err->file, sizeof err->file, "%.255s", path);
        }
    }
    qm_free(data);
    return status;
}

void qm_tz_free(qm_tz *tz) {
    if (tz) {
        qm_free(tz->owned);
        qm_free(tz);
    }
}
