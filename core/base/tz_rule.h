/* SPDX-License-Identifier: MIT
 *
 * tz_rule.h: the daylight saving rule of a POSIX TZ text ("EST5EDT,M3.2.0,M11.1.0"), which is also
 * the footer of a TZif file (RFC 8536 section 3.3).
 */
#ifndef QM_BASE_TZ_RULE_H
#define QM_BASE_TZ_RULE_H

#include "quantmatrix/time.h"

#include <stdbool.h>

typedef struct qm_tz_change {
    char kind; /* 'M' month.week.weekday, 'J' day 1..365 without leap days, '0' day 0..365 */
    int month, week, weekday, day;
    int32_t time_s; /* local seconds after midnight, may be negative */
} qm_tz_change;

typedef struct qm_tz_rule {
    int32_t standard_s, daylight_s; /* offsets from UTC */
    bool has_daylight;
    qm_tz_change start, end; /* of daylight time */
} qm_tz_rule;

/* QM_EPARSE. */
qm_status qm_tz_rule_parse(const char *text, size_t length, qm_tz_rule *out);
int32_t qm_tz_rule_offset(const qm_tz_rule *rule, qm_time time);
/* Instants at which daylight time starts and ends in a year. */
void qm_tz_rule_year(const qm_tz_rule *rule, int32_t year, qm_time *start, qm_time *end);

#endif
