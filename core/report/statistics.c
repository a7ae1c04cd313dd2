/* SPDX-License-Identifier: MIT
 *
 * Formulas: docs/reference/metrics.md.
 */
#include "report/statistics.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

double qm_stat_mean(const double *r, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += r[i];
    }
    return n > 0 ? sum / (double)n : NAN;
}

double qm_stat_deviation(const double *r, size_t n) {
    double mean = qm_stat_mean(r, n), squares = 0;
    for (size_t i = 0; i < n; i++) {
        squares += (r[i] - mean) * (r[i] - mean);
    }
    return n > 1 ? sqrt(squares / (double)(n - 1)) : NAN;
}

static double yearly_ratio(double mean, double deviation) {
    return deviation > 0 ? mean / deviation * sqrt(QM_SESSIONS_A_YEAR) : NAN;
}

double qm_stat_sharpe(const double *r, size_t n) {
    return n >= QM_RETURNS_MIN ? yearly_ratio(qm_stat_mean(r, n), qm_stat_deviation(r, n)) : NAN;
}

double qm_stat_sortino(const double *r, size_t n) {
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        squares += r[i] < 0 ? r[i] * r[i] : 0;
    }
    return n >= QM_RETURNS_MIN ? yearly_ratio(qm_stat_mean(r, n), sqrt(squares / (double)n)) : NAN;
}

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

double qm_stat_quantile(const double *sorted, size_t n, double p) {
    if (n == 0) {
        return NAN;
    }
    double rank = p * (double)(n - 1);
    size_t below = (size_t)rank;
    size_t above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (rank - (double)below) * (sorted[above] - sorted[below]);
}

qm_status qm_stat_measure_tail(const double *r, size_t n, qm_stat_tail *out) {
    *out = (qm_stat_tail){NAN, NAN, NAN};
    if (n < QM_RETURNS_MIN) {
        return QM_OK;
    }
    double *sorted = qm_calloc(n, sizeof *sorted);
    if (!sorted) {
        return QM_ENOMEM;
    }
    memcpy(sorted, r, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    double low = qm_stat_quantile(sorted, n, 0.05), high = qm_stat_quantile(sorted, n, 0.95);
    size_t count = 0;
    while (count < n && sorted[count] <= low) {
        count++;
    }
    out->var = -low;
    out->cvar = -qm_stat_mean(sorted, count);
    out->ratio = low != 0 ? fabs(high) / fabs(low) : NAN;
    qm_free(sorted);
    return QM_OK;
}

qm_stat_relative qm_stat_measure_relative(const double *r, const double *b, size_t n) {
    qm_stat_relative out = {NAN, NAN, NAN, NAN, NAN};
    if (n < QM_RETURNS_MIN) {
        return out;
    }
    double mean_r = qm_stat_mean(r, n), mean_b = qm_stat_mean(b, n);
    double rr = 0, bb = 0, rb = 0, active = 0;
    for (size_t i = 0; i < n; i++) {
        double x = r[i] - mean_r, y = b[i] - mean_b;
        rr += x * x;
        bb += y * y;
        rb += x * y;
        active += (x - y) * (x - y);
    }
    double deviation = sqrt(active / (double)(n - 1));
    out.tracking_error = deviation * sqrt(QM_SESSIONS_A_YEAR);
    out.information_ratio = yearly_ratio(mean_r - mean_b, deviation);
    if (bb > 0) {
        out.beta = rb / bb;
        out.alpha = (mean_r - out.beta * mean_b) * QM_SESSIONS_A_YEAR;
        out.correlation = rr > 0 ? rb / sqrt(rr * bb) : NAN;
    }
    return out;
}

/* What the flows have grown to on the last date at a yearly log rate, less what is there. */
static double surplus(const qm_stat_flow *flows, size_t n, double end, qm_date last, double rate) {
    double sum = -end;
    for (size_t i = 0; i < n; i++) {
        sum += flows[i].amount * exp(rate * (last - flows[i].date) / 365.25);
    }
    return sum;
}

/* Flows of both signs may have several rates, none of which is then the return: the whole range is
 * searched for changes of sign, and only a single one counts. */
double qm_stat_irr(const qm_stat_flow *flows, size_t n, double end, qm_date last) {
    enum { STEPS = 2000 };
    const double from = log(0.0001), to = log(10001);
    double low = 0, high = 0, before = surplus(flows, n, end, last, from);
    int changes = 0;
    for (int i = 1; i <= STEPS; i++) {
        double rate = from + (to - from) * i / STEPS;
        double now = surplus(flows, n, end, last, rate);
        if ((before < 0) != (now < 0)) {
            changes++;
            low = from + (to - from) * (i - 1) / STEPS;
            high = rate;
        }
        before = now;
    }
    if (changes != 1) {
        return NAN;
    }
    bool negative = surplus(flows, n, end, last, low) < 0;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if ((surplus(flows, n, end, last, middle) < 0) == negative) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return exp((low + high) / 2) - 1;
}

/* One resample of blocks, each beginning anywhere and running around the end: its growth and its
 * sums. A block goes on with probability 1 - 1/mean, so lengths are geometric. */
static void resample(const double *r, size_t n, size_t mean, qm_rng *rng, double out[2]) {
    double growth = 1, sum = 0, squares = 0, centre = r[0];
    size_t at = 0, left = 0;
    for (size_t i = 0; i < n; i++) {
        if (left == 0) {
            at = (size_t)qm_rng_range(rng, 0, (int64_t)n - 1);
            double u = 1 - qm_rng_double(rng); /* (0, 1] */
            double length = mean > 1 ? ceil(log(u) / log(1 - 1 / (double)mean)) : 1;
            left = length < 1 ? 1 : length > (double)n ? n : (size_t)length;
        }
        double x = r[at] - centre; /* near the mean, so that the squares lose nothing */
        growth *= 1 + r[at];
        sum += x;
        squares += x * x;
        at = at + 1 < n ? at + 1 : 0;
        left--;
    }
    double count = (double)n, variance = (squares - sum * sum / count) / (count - 1);
    out[0] = growth - 1;
    out[1] = yearly_ratio(centre + sum / count, sqrt(variance > 0 ? variance : 0));
}

static qm_stat_interval middle_of(double *values, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (isnan(values[i])) {
            return (qm_stat_interval){NAN, NAN};
        }
    }
    qsort(values, n, sizeof *values, by_value);
    return (qm_stat_interval){qm_stat_quantile(values, n, 0.025),
                              qm_stat_quantile(values, n, 0.975)};
}

qm_status qm_stat_measure_bootstrap(const double *r, size_t n, qm_stat_bootstrap *out) {
    out->block = (size_t)fmax(1, round(cbrt((double)n)));
    out->total_return = out->sharpe = (qm_stat_interval){NAN, NAN};
    if (n < QM_RETURNS_MIN || out->resamples == 0) {
        return QM_OK;
    }
    double *values = qm_calloc(2 * out->resamples, sizeof *values);
    if (!values) {
        return QM_ENOMEM;
    }
    qm_rng rng;
    qm_rng_seed(&rng, out->seed);
    for (size_t i = 0; i < out->resamples; i++) {
        double pair[2];
        resample(r, n, out->block, &rng, pair);
        values[i] = pair[0];
        values[out->resamples + i] = pair[1];
    }
    out->total_return = middle_of(values, out->resamples);
    out->sharpe = middle_of(values + out->resamples, out->resamples);
    qm_free(values);
    return QM_OK;
}
