/* SPDX-License-Identifier: MIT
 *
 * case_internal.h: what the files that read and run cases share.
 */
#ifndef QM_TAX_CASE_INTERNAL_H
#define QM_TAX_CASE_INTERNAL_H

#include "base/vec.h"
#include "tax/case.h"

typedef struct case_event {
    qm_tax_event event;
    int32_t clock;     /* seconds of the day; -1: not told */
    uint32_t position; /* in the case */
    qm_tax_pick *picks;
    qm_tax_arrival *arrivals;
} case_event;

struct qm_tax_case {
    const char *id;
    qm_tax_config config;
    const char **ira;
    const char ***groups;
    case_event *items;
    qm_tax_event *events; /* as applied */
    uint32_t *positions;  /* of each in the case */
    size_t count;
};

/* Where a value stands, for messages. */
typedef struct place {
    const char *id, *event;
    qm_error *err;
} place;

qm_status qm_tax_case_bad(const place *at, const qm_json *value, const char *what);
qm_status qm_tax_case_decimal(const place *at, const qm_json *value, qm_decimal *out);
qm_status qm_tax_case_event(const place *from, const qm_json *value, case_event *out);
qm_status qm_tax_case_policy(const place *at, const qm_json *value, qm_tax_case *out);

#endif
