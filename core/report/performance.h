/* SPDX-License-Identifier: MIT
 *
 * performance.h: everything that is measured of a run, in one place: what report.h has, the tail,
 * intervals, round trips, and how it did against a benchmark. Fractions, not percent; NaN: not
 * defined for these data. Formulas: docs/reference/metrics.md.
 */
#ifndef QM_REPORT_PERFORMANCE_H
#define QM_REPORT_PERFORMANCE_H

#include "report/report.h"
#include "report/round_trips.h"
#include "report/statistics.h"

/* Closes of something to compare with, by session. Borrowed. */
typedef struct qm_benchmark {
    const char *symbol;
    const qm_date *dates; /* strictly increasing */
    const double *closes; /* adjusted for splits */
    size_t n;
} qm_benchmark;

typedef struct qm_performance_options {
    const qm_benchmark *benchmark; /* NULL: none */
    size_t resamples;              /* of the bootstrap; 0: no intervals */
    uint64_t seed;
} qm_performance_options;

enum { QM_RESAMPLES = 1000, QM_BOOTSTRAP_SEED = 1 };

typedef struct qm_versus {
    uint64_t sessions, missing; /* of the run: with and without a close of the benchmark */
    double total_return, cagr, max_drawdown; /* of the benchmark, between those sessions */
    qm_stat_relative relative;
} qm_versus;

typedef struct qm_performance {
    qm_metrics base;
    double irr, sortino, calmar;
    qm_date recovered;          /* from the worst drawdown; QM_DATE_NONE: not, or there is none */
    int64_t drawdown_days;      /* calendar days from its peak to then, or to the last session */
    int64_t longest_days;       /* of all drawdowns */
    double exposure, in_market; /* mean part of equity invested; part of sessions with any */
    double turnover;            /* a year's */
    qm_total bought, sold;
    qm_stat_tail tail;
    qm_stat_bootstrap bootstrap;
    qm_trip_summary trips;
    qm_versus versus; /* with a benchmark */
} qm_performance;

/* QM_ENOMEM, QM_EOVERFLOW. */
qm_status qm_report_performance(const qm_engine *engine, uint32_t index,
                                const qm_performance_options *options, qm_performance *out);

/* The benchmark's growth on the sessions of a curve, 1.0 on the first that it has; NaN on those
 * that it does not have. out: one for each session. */
void qm_benchmark_growth(const qm_benchmark *benchmark, const qm_daily_vec *days, double *out);
/* Sharpe of the last `window` sessions; NaN before there are so many. */
void qm_rolling_sharpe(const qm_daily_vec *days, size_t window, double *out);

#endif
