/* SPDX-License-Identifier: MIT
 *
 * trial.h: a backtest from its arguments to a finished engine: what `qm backtest` shows, `qm
 * verify` runs again and the checks run in other ways. Owns all of it; main thread.
 */
#ifndef QM_APP_TRIAL_H
#define QM_APP_TRIAL_H

#include "app/decisions.h"
#include "engine/check.h"
#include "report/performance.h"

enum { QM_TRIAL_SEED = 1 };

typedef struct qm_trial {
    const qm_args *args;
    qm_desk desk;
    qm_recorder recorder;
    qm_sim_config sim;
    qm_sleeve_config sleeve;
    qm_backtest_options options;
    uint32_t index;
    char costs[160];                      /* "none", or the models */
    char benchmark_symbol[QM_SYMBOL_MAX]; /* "": none */
    qm_ohlcv benchmark_file;
    qm_benchmark benchmark;
} qm_trial;

/* Loads and runs. out is to be fini'd also after an error. */
qm_status qm_trial_run(qm_trial *out, const qm_args *args, qm_error *err);
void qm_trial_fini(qm_trial *trial);
/* A fresh engine with the strategy loaded again, for a run of another kind (engine/check.h's make,
 * with the trial as data). */
qm_status qm_trial_make(void *trial, const qm_check_run *run, qm_engine **out, uint32_t *index,
                        qm_error *err);

#endif
