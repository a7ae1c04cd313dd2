/* SPDX-License-Identifier: MIT
 *
 * statistics.h: what is measured of a row of daily returns. Pure functions over arrays of doubles;
 * returns are fractions. NaN: not defined for these data (docs/reference/metrics.md has the
 * formulas and from how many values on each is shown).
 */
#ifndef QM_REPORT_STATISTICS_H
#define QM_REPORT_STATISTICS_H

#include "base/rng.h"
#include "quantmatrix/status.h"
#include "quantmatrix/time.h"

#include <stddef.h>

enum { QM_SESSIONS_A_YEAR = 252, QM_RETURNS_MIN = 20 };

double qm_stat_mean(const double *r, size_t n);
/* Of a sample (n - 1). */
double qm_stat_deviation(const double *r, size_t n);
/* A year's, of daily returns. NaN below QM_RETURNS_MIN returns or without any deviation. */
double qm_stat_sharpe(const double *r, size_t n);
double qm_stat_sortino(const double *r, size_t n);
/* Of values sorted upwards: linear between the two nearest ranks, 0 <= p <= 1 (Hyndman and Fan's
 * type 7). */
double qm_stat_quantile(const double *sorted, size_t n, double p);

/* The lower end of the returns. Losses are positive. */
typedef struct qm_stat_tail {
    double var, cvar; /* 95%, a day */
    double ratio;     /* size of the 95% quantile over that of the 5% quantile */
} qm_stat_tail;
/* QM_ENOMEM. */
qm_status qm_stat_measure_tail(const double *r, size_t n, qm_stat_tail *out);

/* Returns against those of a benchmark on the same days. */
typedef struct qm_stat_relative {
    double alpha, beta; /* alpha: a year's */
    double correlation, tracking_error, information_ratio;
} qm_stat_relative;
qm_stat_relative qm_stat_measure_relative(const double *r, const double *benchmark, size_t n);

/* A payment into (> 0) or out of the account. */
typedef struct qm_stat_flow {
    qm_date date;
    double amount;
} qm_stat_flow;
/* The yearly rate at which the flows grow to `end` on the last date. NaN: none, or more than one,
 * between -99.99% and +1,000,000%. */
double qm_stat_irr(const qm_stat_flow *flows, size_t n, double end, qm_date last);

typedef struct qm_stat_interval {
    double low, high;
} qm_stat_interval;
typedef struct qm_stat_bootstrap {
    size_t resamples, block; /* mean length of a block, in sessions */
    uint64_t seed;
    qm_stat_interval total_return, sharpe; /* 95% */
} qm_stat_bootstrap;
/* Stationary bootstrap (Politis and Romano 1994). In: resamples and seed; the rest is filled in.
 * QM_ENOMEM. */
qm_status qm_stat_measure_bootstrap(const double *r, size_t n, qm_stat_bootstrap *out);

#endif
