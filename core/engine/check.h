/* SPDX-License-Identifier: MIT
 *
 * check.h: whether a backtest may be believed: the same strategy is run again over data that must
 * not make a difference, and its decisions and fills are compared.
 *
 * Look-ahead: at each of several cut times everything that is later is replaced (prices,
 * volumes, actions); what was decided up to the cut must be the same. Cuts are times at which the
 * run decided something, and times between, all spread over the run. A check that passes proves
 * nothing about times that it did not cut at.
 *
 * Warm-up: the run starts at one time with all of its history, then with parts of it; what is
 * ordered and filled must be the same. An indicator that forgets slowly, a strategy that counts
 * bars, or a tie that rounding breaks, differ.
 *
 * Bounds: what the way inside a bar, which no bar tells, may make of the result.
 */
#ifndef QM_ENGINE_CHECK_H
#define QM_ENGINE_CHECK_H

#include "engine/backtest.h"

/* What differs from one run to the next. */
typedef struct qm_check_run {
    qm_replay *replay; /* the run's data */
    qm_engine_observer observer;
    bool other_path;
    qm_path path; /* inside bars, with other_path */
} qm_check_run;

typedef struct qm_check_setup {
    /* A fresh engine with the strategy in it, to be freed by the caller. */
    qm_status (*make)(void *data, const qm_check_run *run, qm_engine **out, uint32_t *index,
                      qm_error *err);
    void *data;
    const qm_replay *replay;     /* all data; also one that was run over */
    qm_backtest_options options; /* of the run that is checked */
    uint64_t seed;
} qm_check_setup;

enum { QM_CHECK_CUTS = 24, QM_CHECK_PARTS = 3, QM_CHECK_TEXT_MAX = 320 };

/* The first decision or fill that differs: "" where a run has none. */
typedef struct qm_check_difference {
    bool any;
    qm_time time;
    char was[QM_CHECK_TEXT_MAX], is[QM_CHECK_TEXT_MAX];
} qm_check_difference;

typedef struct qm_check_lookahead {
    bool ok;
    size_t cuts;
    uint64_t compared; /* decisions and fills, over all cuts */
    qm_time cut;       /* the first that shows a difference */
    qm_check_difference first;
} qm_check_lookahead;

typedef struct qm_check_warmup {
    bool ok;
    qm_time from; /* where the runs start */
    uint64_t compared;
    size_t parts;
    struct {
        qm_time since;             /* the history begins here */
        qm_check_difference first; /* of orders, transfers and fills: what the check is about */
        qm_check_difference said;  /* of all: signals, skips and notes have numbers in their text,
                                      which rounding changes */
    } part[QM_CHECK_PARTS];        /* three, two and one quarter of the history */
} qm_check_warmup;

/* The same run with the way inside each bar that is worst, and best, for each order by itself. */
typedef struct qm_check_bounds {
    qm_total pessimistic, optimistic; /* equity at the end */
    qm_check_difference first;        /* pessimistic against optimistic */
} qm_check_bounds;

/* Errors as of qm_backtest_run and make; QM_EINSUFFICIENT: fewer than 8 slices. */
qm_status qm_check_for_lookahead(const qm_check_setup *setup, qm_check_lookahead *out,
                                 qm_error *err);
qm_status qm_check_for_warmup(const qm_check_setup *setup, qm_check_warmup *out, qm_error *err);
qm_status qm_check_for_bounds(const qm_check_setup *setup, qm_check_bounds *out, qm_error *err);

#endif
