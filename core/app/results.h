/* SPDX-License-Identifier: MIT
 *
 * results.h: what a finished run is shown as.
 */
#ifndef QM_APP_RESULTS_H
#define QM_APP_RESULTS_H

#include "app/checks.h"
#include "app/seal.h"
#include "codec/json.h"
#include "report/performance.h"

typedef struct qm_result {
    const qm_desk *desk;
    uint32_t index;
    const char *costs;             /* "none", or the models */
    const qm_benchmark *benchmark; /* NULL: none */
    const qm_trial *trial;
    const qm_seal *seal;
    const qm_checks *checks; /* NULL: none were asked for */
} qm_result;

qm_result qm_trial_result(const qm_trial *trial, const qm_seal *seal, const qm_checks *checks);
/* What the result says of its universe. */
const char *qm_result_universe(const qm_result *result);
/* The object of `qm backtest --json`: docs/reference/cli.md. */
qm_status qm_result_json(const qm_result *result, qm_buf *out, qm_error *err);

/* --report: the page with what it was made of. options: as for the text. */
qm_status qm_result_page(const qm_result *result, const char *path, qm_report_options options,
                         qm_error *err);
/* --csv: equity, trades, orders, fills, lots as files of a folder, which is made. */
qm_status qm_result_csv(const qm_result *result, const char *folder, qm_error *err);
/* Its key "metrics". */
qm_status qm_result_metrics(const qm_result *result, qm_json_writer *w, qm_error *err);
/* Its key "tax". */
qm_status qm_result_tax(const qm_result *result, qm_json_writer *w, qm_error *err);

#endif
