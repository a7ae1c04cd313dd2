/* SPDX-License-Identifier: MIT
 *
 * sweep_result.h: the rows of all tasks together: which set is best, how the walk forward went, and
 * how much of it may be luck. Pure functions of the rows.
 */
#ifndef QM_APP_SWEEP_RESULT_H
#define QM_APP_SWEEP_RESULT_H

#include "app/sweep.h"
#include "codec/json.h"
#include "report/surface.h"

#define QM_SWEEP_NONE SIZE_MAX

/* What the training of a fold chose, and what came of it. */
typedef struct qm_sweep_fold {
    qm_sweep_run train, test; /* of the chosen set */
    size_t set;               /* QM_SWEEP_NONE: no set has an objective */
    double trained, tested;   /* objectives */
} qm_sweep_fold;

typedef struct qm_sweep_result {
    const qm_sweep *sweep;
    qm_sweep_row *rows; /* by run */
    size_t runs, present, failed;
    int64_t missing; /* tasks without a file */
    /* By set. In a walk forward: over the test windows, one behind the other. */
    double *objective;   /* NaN: none, or a run that failed */
    qm_moments *returns; /* n 0: a run failed or is missing */
    size_t best;         /* the highest objective; in a walk forward, what the last fold chose */
    QM_VEC(qm_sweep_fold) folds;
    qm_moments chain;    /* returns of the chosen sets in their test windows; n 0: broken */
    double chain_return; /* NaN: broken */
    size_t trials;       /* sets whose runs all ended well */
    size_t luckiest;     /* of them the one with the highest Sharpe ratio */
    double variance;     /* of their Sharpe ratios */
    double expected_max; /* of so many without skill */
    double deflated;     /* of the luckiest */
    bool has_pbo;
    qm_pbo pbo;
    const char *no_pbo; /* why there is none */
} qm_sweep_result;

extern const char *const qm_sweep_objectives[]; /* NULL-terminated */
int qm_sweep_objective_from(const char *name);  /* -1: no such one */
/* Of a run, higher is better; NaN: not defined. */
double qm_sweep_objective(const qm_sweep *sweep, const qm_sweep_row *row);

/* Reads the files of all tasks. Missing ones: QM_EINSUFFICIENT names them, unless partial. */
qm_status qm_sweep_collect(const qm_sweep *sweep, bool partial, qm_sweep_result *out,
                           qm_error *err);
void qm_sweep_result_fini(qm_sweep_result *result);

/* Values over two parameters (the first that vary, or the named): the median of the objective over
 * the others. Labels and values are its own. */
typedef struct qm_sweep_picture {
    qm_surface surface;
    char title[128];
    char **labels;
    double *values;
} qm_sweep_picture;
/* QM_EUSAGE: no such parameter. */
qm_status qm_sweep_draw(const qm_sweep_result *result, const char *x, const char *y,
                        qm_sweep_picture *out, qm_error *err);
void qm_sweep_picture_fini(qm_sweep_picture *picture);

/* The object of --json: docs/reference/sweep.md. */
qm_status qm_sweep_json(const qm_sweep_result *result, qm_buf *out);
/* The key "params" with an object: "fast": 5, "slow": 20. */
void qm_sweep_put_params(const qm_sweep *sweep, size_t set, qm_json_writer *w);
/* For people. */
qm_status qm_sweep_text(const qm_sweep_result *result, const qm_sweep_picture *picture,
                        qm_buf *out);
/* FOLDER/sweep.db and FOLDER/surface.svg, by rename. */
qm_status qm_sweep_store(const qm_sweep_result *result, const qm_sweep_picture *picture,
                         qm_error *err);

#endif
