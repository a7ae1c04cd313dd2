/* SPDX-License-Identifier: MIT
 *
 * Options: price and five greeks over a million against a plain loop over the C library's
 * functions, implied volatilities a second, with the worst error of each, and American options a
 * second.
 */
#include "base/rng.h"
#include "quantmatrix/option.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { N = 1000000, ROUNDS = 7, AMERICAN = 200 };
static const double LEAST_RATIO = 3, LEAST_IMPLIED = 5e6;

static double in[6][N], ours[QM_OPTION_FIRST_ORDER][N], theirs[QM_OPTION_FIRST_ORDER][N], vols[N];
static signed char rights[N];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double between(qm_rng *rng, double low, double high) {
    return low + (high - low) * qm_rng_double(rng);
}

static void fill(void) {
    qm_rng rng;
    qm_rng_seed(&rng, 1);
    for (int i = 0; i < N; i++) {
        in[0][i] = 100;
        in[1][i] = between(&rng, 60, 150);
        in[2][i] = between(&rng, 1, 730);
        in[3][i] = between(&rng, -0.01, 0.06);
        in[4][i] = between(&rng, 0, 0.05);
        in[5][i] = between(&rng, 0.05, 1);
        rights[i] = qm_rng_next(&rng) & 1 ? QM_CALL : QM_PUT;
    }
}

/* The textbook, line by line. */
static void plain(size_t i) {
    double spot = in[0][i], strike = in[1][i], years = in[2][i] / 365, vol = in[5][i];
    double root = sqrt(years), w = rights[i], q = exp(-in[4][i] * years);
    double r = exp(-in[3][i] * years), s = vol * root;
    double d1 = (log(spot / strike) + (in[3][i] - in[4][i] + 0.5 * vol * vol) * years) / s;
    double d2 = d1 - s, n1 = 0.5 * erfc(-w * d1 * 0.7071067811865476);
    double n2 = 0.5 * erfc(-w * d2 * 0.7071067811865476);
    double density = 0.3989422804014327 * exp(-0.5 * d1 * d1);
    theirs[0][i] = w * (spot * q * n1 - strike * r * n2);
    theirs[1][i] = w * q * n1;
    theirs[2][i] = q * density / (spot * s);
    theirs[3][i] = spot * q * density * root;
    theirs[4][i] = (-spot * q * density * vol / (2 * root) -
                    w * (in[3][i] * strike * r * n2 - in[4][i] * spot * q * n1)) /
                   365;
    theirs[5][i] = w * strike * years * r * n2;
}

static int check_values(void) {
    for (int k = 0; k < QM_OPTION_FIRST_ORDER; k++) {
        for (size_t i = 0; i < N; i++) {
            if (!(fabs(ours[k][i] - theirs[k][i]) <= 1e-11)) {
                printf("%s differs at %zu: %.17g %.17g\n",
                       qm_option_output_name((qm_option_output)k), i, ours[k][i], theirs[k][i]);
                return 1;
            }
        }
    }
    return 0;
}

static int bench_price(const qm_option_columns *o) {
    double *const out[QM_OPTION_OUTPUT_COUNT] = {ours[0], ours[1], ours[2],
                                                 ours[3], ours[4], ours[5]};
    double best_ours = 1e9, best_plain = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double t0 = now();
        qm_option_price_columns(o, out);
        double t1 = now();
        for (size_t i = 0; i < N; i++) {
            plain(i);
        }
        double t2 = now();
        best_ours = fmin(best_ours, t1 - t0);
        best_plain = fmin(best_plain, t2 - t1);
    }
    printf("price and greeks, %d options: %.2fx of the plain loop (needs at least %.0fx), %.1f ns "
           "each\n",
           N, best_plain / best_ours, LEAST_RATIO, best_ours / N * 1e9);
    return check_values();
}

/* The worst error of those with time value, as a multiple of what is allowed. */
static double worst_error(void) {
    double worst = 0;
    for (size_t i = 0; i < N; i++) {
        double years = in[2][i] / 365, price = ours[QM_OPTION_PRICE][i];
        double gap = in[0][i] * exp(-in[4][i] * years) - in[1][i] * exp(-in[3][i] * years);
        if (price - fmax(0, rights[i] * gap) > 1e-6) {
            double ulp = nextafter(price, INFINITY) - price;
            double allowed = fmax(1e-10, 8 * ulp / (ours[QM_OPTION_VEGA][i] * in[5][i]));
            worst = fmax(worst, fabs(vols[i] / in[5][i] - 1) / allowed);
        }
    }
    return worst;
}

static int bench_implied(const qm_option_columns *o) {
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double t0 = now();
        qm_option_implied_columns(o, ours[QM_OPTION_PRICE], vols);
        best = fmin(best, now() - t0);
    }
    double worst = worst_error();
    printf("implied volatility: %.1f million/s (needs at least %.0f), worst error %.2g of what is "
           "allowed\n",
           N / best * 1e-6, LEAST_IMPLIED * 1e-6, worst);
    return !(worst <= 1);
}

static void bench_american(void) {
    double sum = 0, t0 = now(), t1;
    for (size_t i = 0; i < AMERICAN; i++) {
        qm_option o = {
            in[0][i], in[1][i], in[2][i], in[3][i], in[4][i], in[5][i], (qm_right)rights[i], true};
        double out[QM_OPTION_OUTPUT_COUNT];
        sum += qm_option_price(&o, out, NULL) == QM_OK ? out[0] : 0;
    }
    t1 = now();
    printf("american with greeks: %.0f us each (mean price %.2f)\n", (t1 - t0) / AMERICAN * 1e6,
           sum / AMERICAN);
}

int main(void) {
    qm_option_columns o = {N, in[0], in[1], in[2], in[3], in[4], in[5], rights};
    fill();
    if (bench_price(&o) || bench_implied(&o)) {
        return 1;
    }
    bench_american();
    return 0;
}
