/* SPDX-License-Identifier: MIT
 *
 * tz.h: time zones from the system's TZif files (RFC 8536, version 2 or later, with the footer
 * rule for times past the last transition). The C library's zone is never used. A qm_tz is
 * immutable after loading and may be shared between threads.
 */
#ifndef QM_BASE_TZ_H
#define QM_BASE_TZ_H

#include "quantmatrix/time.h"

typedef struct qm_tz qm_tz;

typedef struct qm_local {
    qm_date date;
    int64_t ns;       /* since local midnight, 0 .. 86400e9 - 1 */
    int32_t offset_s; /* local minus UTC */
} qm_local;

/* name: "America/New_York", looked up in TZDIR or /usr/share/zoneinfo; no "..", no absolute path.
 * QM_ENOTFOUND, QM_EDATA with the reason. Free with qm_tz_free. */
qm_status qm_tz_load(const char *name, qm_tz **out, qm_error *err);
/* The same from bytes (tests, fuzzing). */
qm_status qm_tz_parse(const void *data, size_t length, qm_tz **out, qm_error *err);
void qm_tz_free(qm_tz *tz);
int32_t qm_tz_offset(const qm_tz *tz, qm_time time);
qm_local qm_tz_to_local(const qm_tz *tz, qm_time time);
/* A local time that occurs twice: the first. One that is skipped: the instant of the jump. */
qm_time qm_tz_from_local(const qm_tz *tz, qm_date date, int64_t ns);
/* New York, built in from its rules of 1967 on (also the footer rule), so that the exchange
 * calendar needs no file. Static storage. */
const qm_tz *qm_tz_new_york(void);
const qm_tz *qm_tz_utc(void);

#endif
