/* SPDX-License-Identifier: MIT
 *
 * results.h: what a finished run is shown as.
 */
#ifndef QM_APP_RESULTS_H
#define QM_APP_RESULTS_H

#include "app/desk.h"
#include "codec/json.h"
#include "report/report.h"

typedef struct qm_result {
    qm_desk *desk;
    uint32_t index;
    const char *costs; /* "none", or the models */
} qm_result;

/* What the result says of its universe. */
const char *qm_result_universe(const qm_result *result);
/* The object of `qm backtest --json`: docs/reference/cli.md. */
qm_status qm_result_json(const qm_result *result, qm_buf *out, qm_error *err);

/* Its key "tax". */
qm_status qm_result_tax(const qm_result *result, qm_json_writer *w, qm_error *err);

#endif
