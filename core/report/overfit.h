/* SPDX-License-Identifier: MIT
 *
 * overfit.h: how much of the best of many backtests is luck. Pure functions of returns.
 *
 * Sharpe ratios here are per observation, mean / standard deviation (n - 1), not annualised: times
 * the root of the observations a year they are those of metrics.md.
 *
 * Deflated Sharpe ratio: D. Bailey and M. Lopez de Prado, "The Deflated Sharpe Ratio", Journal of
 * Portfolio Management 40 (2014). Probability of backtest overfitting by combinatorially symmetric
 * cross-validation: D. Bailey, J. Borwein, M. Lopez de Prado and Q. Zhu, "The Probability of
 * Backtest Overfitting", Journal of Computational Finance 20 (2017). docs/reference/sweep.md.
 */
#ifndef QM_REPORT_OVERFIT_H
#define QM_REPORT_OVERFIT_H

#include "quantmatrix/status.h"

#include <stddef.h>
#include <stdint.h>

/* Count, mean and sums of powers of distances from it: exact to merge, in any grouping of time. */
typedef struct qm_moments {
    int64_t n;
    double mean, m2, m3, m4;
} qm_moments;

void qm_moments_push(qm_moments *m, double value);
/* As if b's values had been pushed behind a's. */
qm_moments qm_moments_merge(qm_moments a, qm_moments b);
/* NaN: fewer than two values, or no spread. */
double qm_moments_sharpe(const qm_moments *m);
/* Of the population, as in the paper: 0 and 3 for a normal distribution. NaN: no spread. */
double qm_moments_skewness(const qm_moments *m);
double qm_moments_kurtosis(const qm_moments *m);

/* The value below which a standard normal variable stays with probability p; NaN outside (0, 1). */
double qm_normal_quantile(double p);

/* The highest Sharpe ratio to expect of `trials` skill-less strategies whose Sharpe ratios have
 * this variance. 0 for one trial; NaN for none, or for a variance that is no number. */
double qm_overfit_expected_max(double variance, size_t trials);
/* The probability that the true Sharpe ratio is above `benchmark`: with that of
 * qm_overfit_expected_max, the deflated Sharpe ratio; with 0, the probabilistic one. NaN where it
 * is not defined. */
double qm_overfit_deflated(const qm_moments *m, double benchmark);

/* Blocks of the cross-validation, and the ways to choose half of them. */
enum { QM_PBO_BLOCKS = 16, QM_PBO_SPLITS = 12870 };

/* Returns of one set in one stretch of time. */
typedef struct qm_block {
    double n, sum, squares;
} qm_block;

typedef struct qm_pbo {
    double probability; /* share of splits in which the best in sample is in the lower half out */
    double median_logit;
    double loss; /* share of splits in which it loses money out of sample */
    size_t splits;
} qm_pbo;

/* blocks[set * QM_PBO_BLOCKS + block], at least two sets. A set without spread has a Sharpe ratio
 * of 0: it neither traded nor lost. Among equals the first is best, and ranks count ties half.
 * QM_EINSUFFICIENT: fewer than two sets, or blocks of fewer than two returns. QM_EDATA: the sets do
 * not have the same number of returns in each block. QM_ENOMEM. */
qm_status qm_overfit_pbo(const qm_block *blocks, size_t sets, qm_pbo *out);

#endif
