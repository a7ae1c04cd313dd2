/* SPDX-License-Identifier: MIT
 *
 * sweep.h: one strategy over many parameter sets.
 *
 * A specification (a Lua table in a file) makes an ordered list of sets; with the windows of a walk
 * forward, an ordered list of runs. Run r belongs to task r % tasks. A task loads the bars once,
 * runs its runs and writes one file by rename, so that it is there whole or not at all; who starts
 * it (the pool of this machine, Slurm, Kubernetes, MPI) makes no difference to what is in it. A
 * collection reads the files of all tasks. All of it is a pure function of the plan, whose hash
 * stands in every file.
 *
 * Main thread; the pool forks after the bars are loaded, so that processes share their pages.
 */
#ifndef QM_APP_SWEEP_H
#define QM_APP_SWEEP_H

#include "app/desk.h"
#include "base/hash.h"
#include "host/config.h"
#include "report/overfit.h"

enum { QM_SWEEP_RUNS_MAX = 100000, QM_SWEEP_TASKS = 100 };

typedef enum qm_sweep_method { QM_SWEEP_GRID, QM_SWEEP_RANDOM, QM_SWEEP_WALK } qm_sweep_method;

/* One parameter: the values that it takes, or a range to draw from. */
typedef struct qm_sweep_axis {
    char name[64];
    bool numeric; /* values are numbers */
    bool drawn;   /* from min to max; no values */
    bool integer, log;
    double min, max;
    QM_VEC(char *) values;
} qm_sweep_axis;

typedef struct qm_sweep {
    char path[4096], folder[4096]; /* of the specification, of its results */
    qm_args *args;        /* what stands in the specification as `qm backtest` would be given it */
    QM_VEC(char *) texts; /* what args points to, and values that were drawn */
    QM_VEC(qm_sweep_axis) axes; /* by name */
    QM_VEC(const char *) cells; /* set * axes.length + axis */
    size_t sets;
    qm_sweep_method method;
    int objective;
    int64_t samples, seed, folds, purge, tasks;
    qm_date from, to;
    char spec_hash[QM_SHA256_HEX], strategy_hash[QM_SHA256_HEX], bars_hash[QM_SHA256_HEX],
        plan_hash[QM_SHA256_HEX];
} qm_sweep;

typedef enum qm_sweep_part { QM_SWEEP_WHOLE, QM_SWEEP_TRAIN, QM_SWEEP_TEST } qm_sweep_part;

typedef struct qm_sweep_run {
    size_t set;
    int fold; /* 1, 2, ...; 0: the whole */
    qm_sweep_part part;
    qm_date from, to; /* QM_DATE_NONE: not bounded */
} qm_sweep_run;

enum {
    QM_SWEEP_RETURN,
    QM_SWEEP_CAGR,
    QM_SWEEP_VOLATILITY,
    QM_SWEEP_SHARPE,
    QM_SWEEP_DRAWDOWN,
    QM_SWEEP_PROFIT_FACTOR,
    QM_SWEEP_TRADES,
    QM_SWEEP_DAYS,
    QM_SWEEP_FIGURES
};
extern const char *const qm_sweep_figures[]; /* their names */

/* What a run came to. */
typedef struct qm_sweep_row {
    bool present;
    char *error; /* NULL: it ran; owned */
    double figures[QM_SWEEP_FIGURES];
    char equity[QM_TOTAL_BUF];
    char decision_hash[QM_SHA256_HEX];
    qm_moments returns; /* daily */
    qm_block blocks[QM_PBO_BLOCKS];
} qm_sweep_row;

void qm_sweep_row_fini(qm_sweep_row *row);

/* sweep_spec.c: reads the file; the folder of results is `folder`, or beside the file. QM_ECONFIG
 * with file, line and a suggestion. */
qm_status qm_sweep_read(qm_sweep *sweep, const char *path, const char *folder, qm_error *err);
void qm_sweep_fini(qm_sweep *sweep);
/* An error at the line on which the last word of a dotted name is set. */
__attribute__((format(printf, 4, 5))) qm_status qm_sweep_wrong(const qm_sweep *sweep,
                                                               const char *name, qm_error *err,
                                                               const char *format, ...);
/* Keeps a copy of the text as long as the sweep; NULL: out of memory. */
const char *qm_sweep_keep(qm_sweep *sweep, const char *text);

/* sweep_keys.c: one entry of the file. QM_ECONFIG. */
qm_status qm_sweep_take(qm_sweep *sweep, const qm_config_entry *entry, qm_error *err);

/* sweep_axis.c: the axes from the entries params.*, and the sets that they make. */
qm_status qm_sweep_axes(qm_sweep *sweep, const qm_config_entries *entries, qm_error *err);
qm_status qm_sweep_sets(qm_sweep *sweep, qm_error *err);
const char *qm_sweep_value(const qm_sweep *sweep, size_t set, size_t axis);

/* sweep_plan.c */
size_t qm_sweep_runs(const qm_sweep *sweep);
qm_sweep_run qm_sweep_run_at(const qm_sweep *sweep, size_t index);
/* "train"; static storage. */
const char *qm_sweep_part_name(qm_sweep_part part);
/* Hashes what the plan depends on: after qm_sweep_load. */
void qm_sweep_hash(qm_sweep *sweep);
/* Writes FOLDER/plan.json; where one is, it must be of this plan (QM_EDATA). */
qm_status qm_sweep_claim(const qm_sweep *sweep, qm_error *err);
/* Reads plan.json for who has no bars at hand. QM_ENOTFOUND; QM_EDATA: of another specification. */
qm_status qm_sweep_recall(qm_sweep *sweep, qm_error *err);

/* sweep_desk.c: bars and strategy; the desk is ready for any number of runs. */
qm_status qm_sweep_load(qm_sweep *sweep, qm_desk *desk, const char *data, qm_error *err);
/* A run that fails is a row with an error. The status is of what has nothing to do with the set:
 * memory, interrupts. */
qm_status qm_sweep_one(const qm_sweep *sweep, qm_desk *desk, size_t index, qm_sweep_row *out,
                       qm_error *err);

/* sweep_task.c: all runs of a task into its file. */
qm_status qm_sweep_task(const qm_sweep *sweep, qm_desk *desk, int64_t task, qm_error *err);
const char *qm_sweep_task_path(const qm_sweep *sweep, int64_t task, char *out, size_t size);
/* Rows of a task's file into rows[run]. rows NULL: only looks whether it is whole and of this plan.
 * QM_ENOTFOUND: it is not there; QM_EDATA. */
qm_status qm_sweep_task_read(const qm_sweep *sweep, int64_t task, qm_sweep_row *rows,
                             qm_error *err);

/* sweep_pool.c: every task that has no file yet, in processes of this machine. QM_ECANCELLED after
 * an interrupt: files of finished tasks stay. */
qm_status qm_sweep_pool(const qm_sweep *sweep, qm_desk *desk, int workers, qm_error *err);

#endif
