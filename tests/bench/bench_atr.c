/* SPDX-License-Identifier: MIT
 *
 * ATR(14) against the plain loop `atr = (atr*(n-1)+tr)/n` with the same flags, and against a loop
 * that only reads three columns and writes one.
 */
#include "base/rng.h"
#include "quantmatrix/ta.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void plain(int n, const double *h, const double *l, const double *c, size_t count,
                  double *out) {
    double atr = 0;
    for (size_t i = 0; i < count; i++) {
        double before = i ? c[i - 1] : l[i];
        double tr = (h[i] > before ? h[i] : before) - (l[i] < before ? l[i] : before);
        if (i < (size_t)n) {
            atr += tr / n;
            out[i] = i + 1 == (size_t)n ? atr : NAN;
        } else {
            atr = (atr * (n - 1) + tr) / n;
            out[i] = atr;
        }
    }
}

static void stream(const double *h, const double *l, const double *c, size_t count, double *out) {
    for (size_t i = 0; i < count; i++) {
        out[i] = h[i] - l[i] + c[i];
    }
}

typedef struct data {
    double *h, *l, *c, *a, *b;
    size_t n;
} data;

static data make(size_t n) {
    data d = {.n = n};
    double **columns[] = {&d.h, &d.l, &d.c, &d.a, &d.b};
    for (int k = 0; k < 5; k++) {
        *columns[k] = malloc(n * sizeof(double));
        if (!*columns[k]) {
            exit(1);
        }
    }
    qm_rng rng;
    double price = 100;
    qm_rng_seed(&rng, 1);
    for (size_t i = 0; i < n; i++) {
        double open = price;
        price *= 1 + 0.01 * (qm_rng_double(&rng) - 0.5);
        d.h[i] = fmax(open, price) + qm_rng_double(&rng);
        d.l[i] = fmin(open, price) - qm_rng_double(&rng);
        d.c[i] = price;
        d.a[i] = d.b[i] = 0;
    }
    return d;
}

static void drop(data *d) {
    free(d->h);
    free(d->l);
    free(d->c);
    free(d->a);
    free(d->b);
}

typedef void (*runner)(const data *d, size_t series);

static void run_ours(const data *d, size_t series) {
    size_t n = d->n / series;
    qm_atr_many((qm_atr_spec){.period = 14}, d->h, d->l, d->c, series, n, n, d->a);
}
static void run_plain(const data *d, size_t series) {
    size_t n = d->n / series;
    for (size_t i = 0; i < series; i++) {
        plain(14, d->h + i * n, d->l + i * n, d->c + i * n, n, d->b + i * n);
    }
}
static void run_stream(const data *d, size_t series) {
    (void)series;
    stream(d->h, d->l, d->c, d->n, d->b);
}

/* The best of several runs, the two in turn, so that a slow minute hits both. */
static double ratio(const data *d, size_t series, runner a, runner b) {
    double best_a = 1e9, best_b = 1e9;
    int rounds = (int)(4e7 / (double)d->n) + 5;
    for (int i = 0; i < rounds; i++) {
        double t0 = now();
        a(d, series);
        double t1 = now();
        b(d, series);
        double t2 = now();
        best_a = t1 - t0 < best_a ? t1 - t0 : best_a;
        best_b = t2 - t1 < best_b ? t2 - t1 : best_b;
    }
    return best_b / best_a;
}

static int same_values(const data *d) {
    for (size_t i = 0; i < d->n; i++) {
        if (isnan(d->a[i]) != isnan(d->b[i]) || fabs(d->a[i] - d->b[i]) > 1e-12 * fabs(d->b[i])) {
            printf("values differ at %zu: %.17g %.17g\n", i, d->a[i], d->b[i]);
            return 0;
        }
    }
    return 1;
}

int main(void) {
    static const struct {
        size_t n, series;
        double least;
    } cases[] = {{30000, 1, 3.5}, {1000000, 1, 2}, {5000 * 2520, 5000, 2.2}};
    for (size_t i = 0; i < 3; i++) {
        data d = make(cases[i].n);
        run_ours(&d, cases[i].series);
        run_plain(&d, cases[i].series);
        if (!same_values(&d)) {
            return 1;
        }
        printf("atr, %zu series of %zu bars: %.2fx of the plain loop (needs at least %.1fx)\n",
               cases[i].series, cases[i].n / cases[i].series,
               ratio(&d, cases[i].series, run_ours, run_plain), cases[i].least);
        drop(&d);
    }
    data d = make(10000000);
    printf("atr, 1e7 bars: %.2fx the time of reading and writing only (needs at most 1.3x)\n",
           1 / ratio(&d, 1, run_ours, run_stream));
    drop(&d);
    return 0;
}
