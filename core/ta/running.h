/* SPDX-License-Identifier: MIT
 *
 * running.h: sums over the last n values that are kept by adding what comes and subtracting what
 * goes, as TA-Lib does. Rounding piles up in them, which is why our own rows use the windows of
 * kernel.h; TA-Lib's table needs the same rounding, since some of its rules ask whether a sum is 0.
 */
#ifndef QM_TA_RUNNING_H
#define QM_TA_RUNNING_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* TA-Lib's notion of zero: what is smaller than this. */
#define QM_TALIB_ZERO 1e-14

static inline bool talib_zero(double x) {
    return -QM_TALIB_ZERO < x && x < QM_TALIB_ZERO;
}
static inline bool talib_zero_or_less(double x) {
    return x < QM_TALIB_ZERO;
}

typedef struct run {
    size_t n, at, seen;
    double total, squares;
    double cell[];
} run;

static inline size_t run_size(size_t n) {
    return sizeof(run) + n * sizeof(double);
}

static inline void run_init(run *r, size_t n) {
    r->n = n;
    r->at = r->seen = 0;
    r->total = r->squares = 0;
}

static inline void *run_end(run *r) {
    return (char *)r + run_size(r->n);
}

/* The oldest value, to be subtracted by the caller once n are in; false before. */
static inline bool run_put(run *r, double x, double *oldest) {
    r->cell[r->at] = x;
    r->at = r->at + 1 == r->n ? 0 : r->at + 1;
    r->seen += r->seen < r->n;
    *oldest = r->cell[r->at];
    return r->seen == r->n;
}

/* NaN until n are in. */
static inline double run_sum(run *r, double x) {
    double oldest;
    r->total += x;
    if (!run_put(r, x, &oldest)) {
        return NAN;
    }
    double sum = r->total;
    r->total -= oldest;
    return sum;
}

/* Mean of squares less the square of the mean. */
static inline double run_variance(run *r, double x) {
    double oldest, n = (double)r->n;
    r->total += x;
    r->squares += x * x;
    if (!run_put(r, x, &oldest)) {
        return NAN;
    }
    double mean = r->total / n, square = r->squares / n;
    r->total -= oldest;
    r->squares -= oldest * oldest;
    return square - mean * mean;
}

#endif
