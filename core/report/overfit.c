/* SPDX-License-Identifier: MIT */
#include "report/overfit.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#define EULER_MASCHERONI 0.57721566490153286061

void qm_moments_push(qm_moments *m, double value) {
    *m = qm_moments_merge(*m, (qm_moments){.n = 1, .mean = value});
}

/* P. Pebay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order
 * statistical moments", Sandia report SAND2008-6212. */
qm_moments qm_moments_merge(qm_moments a, qm_moments b) {
    if (a.n == 0 || b.n == 0) {
        return a.n == 0 ? b : a;
    }
    double na = (double)a.n, nb = (double)b.n, n = na + nb, d = b.mean - a.mean;
    double d2 = d * d, ab = na * nb;
    qm_moments out = {.n = a.n + b.n, .mean = a.mean + d * nb / n};
    out.m2 = a.m2 + b.m2 + d2 * ab / n;
    out.m3 = a.m3 + b.m3 + d2 * d * ab * (na - nb) / (n * n) + 3 * d * (na * b.m2 - nb * a.m2) / n;
    out.m4 = a.m4 + b.m4 + d2 * d2 * ab * (na * na - ab + nb * nb) / (n * n * n) +
             6 * d2 * (na * na * b.m2 + nb * nb * a.m2) / (n * n) +
             4 * d * (na * b.m3 - nb * a.m3) / n;
    return out;
}

/* Rounding leaves a trace of spread in returns that are all the same. */
static bool has_spread(double mean, double variance) {
    return variance > 1e-20 && variance > 1e-18 * mean * mean;
}

double qm_moments_sharpe(const qm_moments *m) {
    double variance = m->n > 1 ? m->m2 / (double)(m->n - 1) : 0;
    return has_spread(m->mean, variance) ? m->mean / sqrt(variance) : NAN;
}

double qm_moments_skewness(const qm_moments *m) {
    double n = (double)m->n;
    return isnan(qm_moments_sharpe(m)) ? NAN : sqrt(n) * m->m3 / pow(m->m2, 1.5);
}

double qm_moments_kurtosis(const qm_moments *m) {
    double n = (double)m->n;
    return isnan(qm_moments_sharpe(m)) ? NAN : n * m->m4 / (m->m2 * m->m2);
}

static double normal_below(double z) {
    return 0.5 * erfc(-z / sqrt(2));
}

double qm_normal_quantile(double p) {
    if (!(p > 0 && p < 1)) {
        return NAN;
    }
    if (p > 0.5) { /* the lower tail keeps its digits */
        return -qm_normal_quantile(1 - p);
    }
    double low = -40, high = 0;
    for (;;) {
        double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) {
            return middle;
        }
        if (normal_below(middle) < p) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

double qm_overfit_expected_max(double variance, size_t trials) {
    if (trials == 1) {
        return 0;
    }
    if (trials == 0 || !(variance >= 0)) {
        return NAN;
    }
    double n = (double)trials;
    return sqrt(variance) * ((1 - EULER_MASCHERONI) * qm_normal_quantile(1 - 1 / n) +
                             EULER_MASCHERONI * qm_normal_quantile(1 - 1 / (n * exp(1))));
}

double qm_overfit_deflated(const qm_moments *m, double benchmark) {
    double sharpe = qm_moments_sharpe(m);
    double error =
        1 - qm_moments_skewness(m) * sharpe + (qm_moments_kurtosis(m) - 1) / 4 * sharpe * sharpe;
    if (!(error > 0) || isnan(benchmark)) {
        return NAN;
    }
    return normal_below((sharpe - benchmark) * sqrt((double)(m->n - 1)) / sqrt(error));
}

static double sharpe_of(qm_block b) {
    double mean = b.sum / b.n, variance = (b.squares - b.sum * mean) / (b.n - 1);
    /* A difference of sums has lost what is below 1e-14 of them. */
    bool spread = has_spread(mean, variance) && variance * (b.n - 1) > 1e-14 * b.squares;
    return spread ? mean / sqrt(variance) : 0;
}

static qm_block half_of(const qm_block *blocks, unsigned chosen) {
    qm_block sum = {0};
    for (int i = 0; i < QM_PBO_BLOCKS; i++) {
        double take = (double)(chosen >> i & 1);
        sum.n += take * blocks[i].n;
        sum.sum += take * blocks[i].sum;
        sum.squares += take * blocks[i].squares;
    }
    return sum;
}

/* The logit of the rank that the best of the chosen blocks has in the others. */
static double logit_of(const qm_block *blocks, size_t sets, unsigned chosen, double *outside) {
    unsigned rest = ~chosen & ((1U << QM_PBO_BLOCKS) - 1);
    size_t best = 0;
    double best_inside = -INFINITY;
    for (size_t i = 0; i < sets; i++) {
        double inside = sharpe_of(half_of(blocks + i * QM_PBO_BLOCKS, chosen));
        if (inside > best_inside) {
            best = i;
            best_inside = inside;
        }
    }
    *outside = sharpe_of(half_of(blocks + best * QM_PBO_BLOCKS, rest));
    double rank = 1;
    for (size_t i = 0; i < sets; i++) {
        double other = sharpe_of(half_of(blocks + i * QM_PBO_BLOCKS, rest));
        rank += i == best ? 0 : other < *outside ? 1 : other == *outside ? 0.5 : 0;
    }
    double relative = rank / (double)(sets + 1);
    return log(relative / (1 - relative));
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static qm_status check(const qm_block *blocks, size_t sets) {
    if (sets < 2) {
        return QM_EINSUFFICIENT;
    }
    for (size_t i = 0; i < sets * QM_PBO_BLOCKS; i++) {
        if (blocks[i].n < 2) {
            return QM_EINSUFFICIENT;
        }
        if (blocks[i].n != blocks[i % QM_PBO_BLOCKS].n) {
            return QM_EDATA;
        }
    }
    return QM_OK;
}

qm_status qm_overfit_pbo(const qm_block *blocks, size_t sets, qm_pbo *out) {
    qm_status status = check(blocks, sets);
    if (status != QM_OK) {
        return status;
    }
    double *logits = qm_calloc(QM_PBO_SPLITS, sizeof *logits);
    if (!logits) {
        return QM_ENOMEM;
    }
    size_t n = 0, low = 0, losses = 0;
    for (unsigned chosen = 0; chosen < 1U << QM_PBO_BLOCKS; chosen++) {
        if (__builtin_popcount(chosen) != QM_PBO_BLOCKS / 2) {
            continue;
        }
        double outside;
        logits[n] = logit_of(blocks, sets, chosen, &outside);
        low += logits[n++] <= 0;
        losses += outside < 0;
    }
    qsort(logits, n, sizeof *logits, by_value);
    *out = (qm_pbo){.probability = (double)low / (double)n,
                    .median_logit = (logits[(n - 1) / 2] + logits[n / 2]) / 2,
                    .loss = (double)losses / (double)n,
                    .splits = n};
    qm_free(logits);
    return QM_OK;
}
