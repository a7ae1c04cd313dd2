/* SPDX-License-Identifier: MIT
 *
 * market.h: made-up bars for the tests of the info table, and the table run over them.
 */
#ifndef QM_TESTS_TA_MARKET_H
#define QM_TESTS_TA_MARKET_H

#include "base/rng.h"
#include "quantmatrix/ta.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { BARS = 900, SESSION_BARS = 7, FIRST_DAY = 19000 };

typedef struct market {
    double x[QM_TA_X_COUNT][BARS];
    size_t n;
} market;

/* A random walk in cents with stretches in which it stands still, and bars without volume. */
static inline void market_make(market *m, qm_rng *rng) {
    double price = 100;
    int still = 0;
    m->n = BARS;
    for (size_t i = 0; i < BARS; i++) {
        still = still ? still - 1 : qm_rng_range(rng, 0, 99) == 0 ? 30 : 0;
        double noise = still ? 0 : 0.01;
        double open = price * (1 + noise * 0.4 * qm_rng_normal(rng));
        double close = open * (1 + noise * qm_rng_normal(rng));
        double high = fmax(open, close) * (1 + noise * 0.4 * fabs(qm_rng_normal(rng)));
        double low = fmin(open, close) * (1 - noise * 0.4 * fabs(qm_rng_normal(rng)));
        bool quiet = still || qm_rng_range(rng, 0, 19) == 0;
        m->x[QM_OPEN][i] = round(open * 100) / 100;
        m->x[QM_HIGH][i] = round(high * 100) / 100;
        m->x[QM_LOW][i] = round(low * 100) / 100;
        m->x[QM_CLOSE][i] = round(close * 100) / 100;
        m->x[QM_VOLUME][i] = quiet ? 0 : (double)qm_rng_range(rng, 1000, 100000);
        m->x[QM_SESSION][i] = FIRST_DAY + (double)(i / SESSION_BARS);
        price = m->x[QM_CLOSE][i];
    }
}

static inline uint64_t market_seed(void) {
    const char *text = getenv("QM_TEST_SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    printf("QM_TEST_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static inline qm_ta_columns market_columns(const market *m, size_t from) {
    qm_ta_columns c = {.n = m->n - from, .session = m->x[QM_SESSION] + from};
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        c.column[k] = m->x[k] + from;
    }
    return c;
}

static inline void market_bar(const market *m, const qm_ta_info *info, size_t i, double *x) {
    for (int k = 0; k < QM_TA_X_COUNT; k++) {
        x[k] = m->x[info->input == QM_TA_SERIES ? QM_CLOSE : k][i];
    }
}

typedef double outputs[QM_TA_OUTPUTS_MAX][BARS];

/* The batch form from a bar on; out[k][0] is that bar. */
static inline qm_status market_batch(const market *m, const qm_ta_info *info, const double *params,
                                     size_t from, outputs out) {
    double *at[QM_TA_OUTPUTS_MAX];
    qm_ta_columns columns = market_columns(m, from);
    for (int k = 0; k < QM_TA_OUTPUTS_MAX; k++) {
        at[k] = out[k];
    }
    return qm_ta_batch(info, params, &columns, columns.column[QM_CLOSE], at);
}

/* The same bits, or both undefined. */
static inline bool same(double a, double b) {
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

#endif
