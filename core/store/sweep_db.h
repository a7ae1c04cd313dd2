/* SPDX-License-Identifier: MIT
 *
 * sweep_db.h: sweep.db: the results of a parameter sweep, for questions in SQL. Written whole from
 * the files of its tasks, then never changed: a new collection replaces it.
 *
 *     sweep(key, value)        plan hash, strategy, method, objective, ...
 *     param(set_id, name, value)
 *     run(run_id, set_id, fold, part, first, last, error, decision_hash, final_equity, ...)
 *
 * fold 0 and part 'whole' are a run over everything. Figures that are not defined are NULL. Main
 * thread.
 */
#ifndef QM_STORE_SWEEP_DB_H
#define QM_STORE_SWEEP_DB_H

#include "quantmatrix/status.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct qm_sweep_db qm_sweep_db;

enum { QM_SWEEP_DB_FIGURES = 9 };

typedef struct qm_sweep_db_run {
    int64_t run, set, fold;
    const char *part, *first, *last; /* dates as text; NULL: not bounded */
    const char *error;               /* NULL: none */
    const char *decision_hash, *final_equity;
    /* objective, total_return, cagr, volatility, sharpe, max_drawdown, profit_factor, trades, days;
     * NaN: NULL */
    double figures[QM_SWEEP_DB_FIGURES];
} qm_sweep_db_run;

/* A new database at a path where no file is, in one transaction. QM_EIO, QM_EFULL ... */
qm_status qm_sweep_db_open(const char *path, qm_sweep_db **out, qm_error *err);
/* Commits and closes; also frees when it fails. */
qm_status qm_sweep_db_finish(qm_sweep_db *db, qm_error *err);
void qm_sweep_db_free(qm_sweep_db *db);
qm_status qm_sweep_db_note(qm_sweep_db *db, const char *key, const char *value, qm_error *err);
/* numeric: the text of a number, stored as one. */
qm_status qm_sweep_db_param(qm_sweep_db *db, int64_t set, const char *name, const char *value,
                            bool numeric, qm_error *err);
qm_status qm_sweep_db_put(qm_sweep_db *db, const qm_sweep_db_run *run, qm_error *err);

#endif
