/* SPDX-License-Identifier: MIT
 *
 * Two columns of the bar against each other.
 */
#include "ta/moments.h"
#include "ta/rows.h"
#include "ta/running.h"

#include <string.h>

static const char *const COLUMNS[] = {"open", "high", "low", "close", "volume", NULL};

#define PAIR_OF(start)                                                                             \
    QM_PERIOD(start, 2), QM_CHOICE("x", QM_CLOSE, QM_VOLUME, COLUMNS, "one column"),               \
        QM_CHOICE("y", QM_VOLUME, QM_VOLUME, COLUMNS, "the other, explained by x")
static const qm_ta_param CORREL[] = {PAIR_OF(30)};
static const qm_ta_param BETA[] = {PAIR_OF(60)};

typedef struct pair_state {
    int x, y;
    bool started;
    double before_x, before_y;
    moments_window last;
} pair_state;

static size_t pair_size(const double *params) {
    return offsetof(pair_state, last) + moments_size((size_t)params[0]);
}
static void pair_init(void *state, const double *params) {
    pair_state *s = state;
    s->x = (int)params[1];
    s->y = (int)params[2];
    s->started = false;
    s->before_x = s->before_y = 0;
    moments_init(&s->last, (size_t)params[0]);
}
static void correl_step(void *state, const double *x, double *out) {
    pair_state *s = state;
    moments m;
    bool defined = moments_step(&s->last, x[s->x], x[s->y], &m);
    double both = sqrt(m.xx) * sqrt(m.yy);
    out[0] = !defined ? NAN : both == 0 ? 0 : m.xy / both;
}
QM_RUN_BARS(correl, 1)
/* A change from 0 counts as none. */
static double change(double now, double before) {
    return before == 0 ? 0 : (now - before) / before;
}
static void beta_step(void *state, const double *x, double *out) {
    pair_state *s = state;
    double dx = change(x[s->x], s->before_x), dy = change(x[s->y], s->before_y);
    moments m;
    s->before_x = x[s->x];
    s->before_y = x[s->y];
    out[0] = NAN;
    if (!s->started) {
        s->started = true;
    } else if (moments_step(&s->last, dx, dy, &m)) {
        out[0] = m.xx == 0 ? 0 : m.xy / m.xx;
    }
}
QM_RUN_BARS(beta, 1)

const qm_ta_info qm_ta_info_correl = {
    QM_BAR_ROW(correl, "Correlation of two columns", "ohlcv", "statistics"),
    QM_PARAMS(CORREL),
    QM_VALUE,
    .warmup = qm_warmup_period_less,
    .state_size = pair_size,
    .init = pair_init,
    .step = correl_step,
    .run = correl_run,
    .talib = "CORREL",
    .source = "Pearson; 0 where one of them does not change",
};
const qm_ta_info qm_ta_info_beta = {
    QM_BAR_ROW(beta, "Beta: slope of one column's changes over another's", "ohlcv", "statistics"),
    QM_PARAMS(BETA),
    QM_VALUE,
    .warmup = qm_warmup_period,
    .state_size = pair_size,
    .init = pair_init,
    .step = beta_step,
    .run = beta_run,
    .talib = "BETA",
    .source = "least squares over changes in parts of the value before; 0 where x does not change",
};

/* ---- TA-Lib's, over high (x) and low (y), by running sums */
typedef struct sums {
    double n, x, y, xx, yy, xy;
} sums;

static void sums_add(sums *s, double sign, double x, double y) {
    s->x += sign * x;
    s->xx += sign * (x * x);
    s->xy += sign * (x * y);
    s->y += sign * y;
    s->yy += sign * (y * y);
}

/* Behind it two rings. */
typedef struct lib_state {
    sums sum;
    bool started, full;
    double before_x, before_y, leaving_x, leaving_y;
    run xs;
} lib_state;

static size_t lib_size(const double *params) {
    return offsetof(lib_state, xs) + 2 * run_size((size_t)params[0]);
}
static void lib_init(void *state, const double *params) {
    lib_state *s = state;
    memset(s, 0, sizeof *s);
    s->sum.n = params[0];
    run_init(&s->xs, (size_t)params[0]);
    run_init(run_end(&s->xs), (size_t)params[0]);
}
/* Adds a pair; the one that will leave is remembered. False until n are in. */
static bool lib_add(lib_state *s, double x, double y) {
    sums_add(&s->sum, 1, x, y);
    s->full = run_put(&s->xs, x, &s->leaving_x);
    run_put(run_end(&s->xs), y, &s->leaving_y);
    return s->full;
}
static void correl_lib_step(void *state, const double *x, double *out) {
    lib_state *s = state;
    if (s->full) {
        sums_add(&s->sum, -1, s->leaving_x, s->leaving_y);
    }
    out[0] = NAN;
    if (lib_add(s, x[QM_HIGH], x[QM_LOW])) {
        const sums *m = &s->sum;
        double both = (m->xx - m->x * m->x / m->n) * (m->yy - m->y * m->y / m->n);
        out[0] = talib_zero_or_less(both) ? 0 : (m->xy - m->x * m->y / m->n) / sqrt(both);
    }
}
QM_RUN_BARS(correl_lib, 1)
static double change_lib(double now, double before) {
    return talib_zero(before) ? 0 : (now - before) / before;
}
static void beta_lib_step(void *state, const double *x, double *out) {
    lib_state *s = state;
    double dx = change_lib(x[QM_HIGH], s->before_x), dy = change_lib(x[QM_LOW], s->before_y);
    s->before_x = x[QM_HIGH];
    s->before_y = x[QM_LOW];
    out[0] = NAN;
    if (!s->started) {
        s->started = true;
    } else if (lib_add(s, dx, dy)) {
        sums *m = &s->sum;
        double spread = m->n * m->xx - m->x * m->x;
        out[0] = talib_zero(spread) ? 0 : (m->n * m->xy - m->x * m->y) / spread;
        sums_add(m, -1, s->leaving_x, s->leaving_y);
    }
}
QM_RUN_BARS(beta_lib, 1)

static const qm_ta_param CORREL_LIB[] = {QM_PERIOD(30, 1)};
static const qm_ta_param BETA_LIB[] = {QM_PERIOD(5, 1)};

const qm_ta_info qm_talib_CORREL = {
    QM_LIB_BARS(CORREL, "hl"),       QM_PARAMS(CORREL_LIB),  QM_LIB_OUTPUT,
    .warmup = qm_warmup_period_less, .state_size = lib_size, .init = lib_init,
    .step = correl_lib_step,         .run = correl_lib_run,  .source = "ta-lib.org",
};
const qm_ta_info qm_talib_BETA = {
    QM_LIB_BARS(BETA, "hl"),    QM_PARAMS(BETA_LIB),    QM_LIB_OUTPUT,
    .warmup = qm_warmup_period, .state_size = lib_size, .init = lib_init,
    .step = beta_lib_step,      .run = beta_lib_run,    .source = "ta-lib.org",
};
