/* SPDX-License-Identifier: MIT
 *
 * The rows of the info table over one series: averages and extremes of the last n values.
 */
#include "ta/kernel.h"
#include "ta/rows.h"

static const qm_ta_param PERIOD[] = {QM_PERIOD(20, 1)};

static size_t period_window_size(const double *params) {
    return window_size((size_t)params[0]);
}

static void sma_init(void *state, const double *params) {
    window_init(state, (size_t)params[0], WINDOW_SUM);
}
static void sma_step(void *state, const double *x, double *out) {
    window *w = state;
    out[0] = window_step(w, x[0]) / (double)w->n;
}

static void highest_init(void *state, const double *params) {
    window_init(state, (size_t)params[0], WINDOW_MAX);
}
static void lowest_init(void *state, const double *params) {
    window_init(state, (size_t)params[0], WINDOW_MIN);
}
static void window_row_step(void *state, const double *x, double *out) {
    out[0] = window_step(state, x[0]);
}

/* Seeded with the mean of the first n values. */
typedef struct ema_state {
    int period, seen;
    double seed;
    decay average;
} ema_state;

static size_t ema_size(const double *params) {
    (void)params;
    return sizeof(ema_state);
}
static void ema_init(void *state, const double *params) {
    ema_state *s = state;
    *s = (ema_state){.period = (int)params[0]};
    double alpha = 2 / (params[0] + 1);
    decay_init(&s->average, 1 - alpha, alpha);
}
static void ema_step(void *state, const double *x, double *out) {
    ema_state *s = state;
    if (s->seen == s->period) {
        out[0] = decay_step(&s->average, x[0]);
        return;
    }
    s->seed += x[0];
    s->seen++;
    out[0] = NAN;
    if (s->seen == s->period) {
        out[0] = s->seed / s->period;
        decay_seed(&s->average, out[0]);
    }
}

QM_RUN_SERIES(sma, 1)
QM_RUN_SERIES(ema, 1)
QM_RUN_SERIES(window_row, 1)

#define ROW(row, label, family, size, begin, part, lib, origin)                                    \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, family),                                                  \
        QM_PARAMS(PERIOD),                                                                         \
        QM_VALUE,                                                                                  \
        .warmup = qm_warmup_period_less,                                                           \
        .state_size = size,                                                                        \
        .init = begin,                                                                             \
        .step = part##_step,                                                                       \
        .run = part##_run,                                                                         \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }

ROW(sma, "Simple moving average", "averages", period_window_size, sma_init, sma, "SMA",
    "mean of the last n values");
ROW(ema, "Exponential moving average", "averages", ema_size, ema_init, ema, "EMA",
    "alpha = 2/(n+1), seeded with the mean of the first n values, as TA-Lib does");
ROW(sum, "Sum of the last n values", "statistics", period_window_size, sma_init, window_row, "SUM",
    "sum");
ROW(highest, "Highest of the last n values", "channels", period_window_size, highest_init,
    window_row, "MAX", "maximum");
ROW(lowest, "Lowest of the last n values", "channels", period_window_size, lowest_init, window_row,
    "MIN", "minimum");

static const qm_ta_param LIB_30[] = {QM_PERIOD(30, 2)};

#define LIB_ROW(NAME, begin)                                                                       \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_SERIES(NAME),                                                                       \
        QM_PARAMS(LIB_30),                                                                         \
        QM_LIB_OUTPUT,                                                                             \
        .warmup = qm_warmup_period_less,                                                           \
        .state_size = period_window_size,                                                          \
        .init = begin,                                                                             \
        .step = window_row_step,                                                                   \
        .run = window_row_run,                                                                     \
        .source = "ta-lib.org",                                                                    \
    }

LIB_ROW(MAX, highest_init);
LIB_ROW(MIN, lowest_init);
