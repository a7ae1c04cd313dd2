/* SPDX-License-Identifier: MIT
 *
 * ta.h: technical indicators as pure functions over columns and as small streaming states.
 *
 * One table describes every indicator (qm_ta_info): it drives this API, the Lua bindings, `qm ta`,
 * the stubs, the docs and the tests. Batch, streaming and many-series forms give the same bits for
 * the same input: where a faster order of operations is used, that order is the definition.
 *
 * Columns are doubles, oldest first. An undefined value is NaN. Indicators take either one series
 * (x[0]) or the bar (x[0..4] = open, high, low, close, volume, x[5] = day of the session). An input
 * that is no finite number is a break: outputs are NaN there, and the indicator begins anew behind
 * it, warm-up and all, so that no value is ever made of what is missing. Nothing here allocates but
 * qm_ta_new and qm_ta_batch; a state may be moved between threads but not shared.
 */
#ifndef QUANTMATRIX_TA_H
#define QUANTMATRIX_TA_H

#include "quantmatrix/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { QM_TA_PARAMS_MAX = 8, QM_TA_OUTPUTS_MAX = 8 };

typedef enum qm_column { QM_OPEN, QM_HIGH, QM_LOW, QM_CLOSE, QM_VOLUME, QM_COLUMN_COUNT } qm_column;

/* Behind the columns a row over bars may read the day of the session, days since 1970-01-01. */
enum { QM_SESSION = QM_COLUMN_COUNT, QM_TA_X_COUNT };

typedef enum qm_ta_input {
    QM_TA_SERIES, /* one series, the close unless `input` says otherwise */
    QM_TA_BARS    /* the five columns of the bar */
} qm_ta_input;

typedef struct qm_ta_param {
    const char *name; /* "period" */
    double fallback;  /* the default */
    double min, max;
    bool whole;                 /* integers only */
    const char *const *choices; /* NULL, or a NULL-terminated list: the value is the index */
    const char *help;
} qm_ta_param;

/* The five columns of n bars; columns that an indicator does not use may be NULL. */
typedef struct qm_ta_columns {
    const double *column[QM_COLUMN_COUNT];
    size_t n;
    const double *session; /* n days, for rows that read them */
} qm_ta_columns;

typedef struct qm_ta_info {
    const char *name;  /* "atr": the name in Lua, in `qm ta` and in the docs */
    const char *title; /* "Average true range" */
    qm_ta_input input;
    const char *uses;  /* "hlcvs": what a row over bars reads (s: session); NULL: one series */
    const char *group; /* "averages": the chapter of the docs */
    const char *talib; /* TA-Lib's name of it, NULL when it has none */
    int param_count;
    const qm_ta_param *params;
    int output_count;
    const char *const *outputs; /* "value" for a single one */
    /* Index of the first defined value, exactly. */
    size_t (*warmup)(const double *params);
    /* Streaming form: bytes of state, set-up in caller's storage (aligned as by malloc; no
     * pointer to itself inside, so it may be copied as bytes), one step. x: 1 or 6 numbers, finite
     * where the row reads them (qm_ta_step sees to that). */
    size_t (*state_size)(const double *params);
    void (*init)(void *state, const double *params);
    void (*step)(void *state, const double *x, double *outputs);
    /* Many steps from a fresh state, which is spent by it; NULL: the library calls `step`. x: the
     * series, or the six columns of bars; finite where the row reads them, no output NULL. */
    void (*run)(void *state, const double *const *x, size_t n, double *const *outputs);
    /* Batch form without a state; NULL: `run`. series: input of QM_TA_SERIES. */
    void (*batch)(const double *params, const qm_ta_columns *bars, const double *series,
                  double *const *outputs);
    const char *source; /* book, paper or site that defines it */
} qm_ta_info;

/* The table, in order of name: 0, 1, ...; NULL behind the last. */
const qm_ta_info *qm_ta_at(size_t index);
const qm_ta_info *qm_ta_find(const char *name);
/* A second table for comparisons: TA-Lib's functions under its names, with its parameters in its
 * order, its seeding (unstable periods 0) and its order of operations, running sums included. */
const qm_ta_info *qm_talib_at(size_t index);
const qm_ta_info *qm_talib_find(const char *name);
/* Fills params with the defaults. */
void qm_ta_defaults(const qm_ta_info *info, double *params);
/* Ranges and wholeness; QM_ERANGE names parameter, value and limits. */
qm_status qm_ta_check(const qm_ta_info *info, const double *params, qm_error *err);
/* Index of a parameter or output by name, -1 when there is none. */
int qm_ta_param_index(const qm_ta_info *info, const char *name);
int qm_ta_output_index(const qm_ta_info *info, const char *name);

/* Batch: outputs[i] is NULL (not wanted) or n doubles. QM_TA_SERIES reads `series`. Parameters
 * must have passed qm_ta_check. QM_ENOMEM. */
qm_status qm_ta_batch(const qm_ta_info *info, const double *params, const qm_ta_columns *bars,
                      const double *series, double *const *outputs);

/* Streaming with storage from the heap. Free with qm_ta_free. */
typedef struct qm_ta qm_ta;
qm_status qm_ta_new(const qm_ta_info *info, const double *params, qm_ta **out);
void qm_ta_free(qm_ta *ta);
/* Back to the state before the first step. */
void qm_ta_reset(qm_ta *ta);
/* x: the value, or the bar; x[5] is read only by rows that use the session. outputs: output_count
 * doubles, NaN while undefined. */
void qm_ta_step(qm_ta *ta, const double *x, double *outputs);

/* ---- ATR (docs/reference/atr.md): the kernels behind `atr`, callable directly. */
typedef enum qm_atr_method { QM_ATR_WILDER, QM_ATR_SMA, QM_ATR_EMA } qm_atr_method;
typedef enum qm_atr_first { QM_ATR_FIRST_RANGE, QM_ATR_FIRST_SKIP } qm_atr_first;

typedef struct qm_atr_spec {
    int period; /* >= 1 */
    qm_atr_method method;
    qm_atr_first first_tr;
} qm_atr_spec;

/* n bars -> n values. out may not overlap the inputs. */
void qm_atr_batch(qm_atr_spec spec, const double *high, const double *low, const double *close,
                  size_t n, double *out);
/* True range of each bar; out[0] is high - low (range) or NaN (skip). */
void qm_true_range_batch(qm_atr_first first_tr, const double *high, const double *low,
                         const double *close, size_t n, double *out);
/* Many series of equal length at once: column s of series i is high[s * stride + i], i < n. */
void qm_atr_many(qm_atr_spec spec, const double *high, const double *low, const double *close,
                 size_t series, size_t n, size_t stride, double *out);
/* Index of the first bar that is bad data (NaN, not positive, high < low, close outside), or n. */
size_t qm_atr_check(const double *high, const double *low, const double *close, size_t n);

#endif
