/* SPDX-License-Identifier: MIT
 *
 * The rows of the info table over one series: averages and extremes of the last n values.
 */
#include "ta/info.h"
#include "ta/kernel.h"

static const char *const VALUE[] = {"value"};

static const qm_ta_param PERIOD[] = {{.name = "period",
                                      .fallback = 20,
                                      .min = 1,
                                      .max = 100000,
                                      .whole = true,
                                      .help = "values taken together"}};

static size_t period_warmup(const double *params) {
    return (size_t)params[0] - 1;
}
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
static void extreme_step(void *state, const double *x, double *out) {
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

#define ROW(row, label, size, begin, advance, origin)                                              \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        .name = #row,                                                                              \
        .title = label,                                                                            \
        .input = QM_TA_SERIES,                                                                     \
        .param_count = 1,                                                                          \
        .params = PERIOD,                                                                          \
        .output_count = 1,                                                                         \
        .outputs = VALUE,                                                                          \
        .warmup = period_warmup,                                                                   \
        .state_size = size,                                                                        \
        .init = begin,                                                                             \
        .step = advance,                                                                           \
        .source = origin,                                                                          \
    }

ROW(sma, "Simple moving average", period_window_size, sma_init, sma_step,
    "mean of the last n values");
ROW(ema, "Exponential moving average", ema_size, ema_init, ema_step,
    "alpha = 2/(n+1), seeded with the mean of the first n values, as TA-Lib does");
ROW(highest, "Highest of the last n values", period_window_size, highest_init, extreme_step,
    "maximum");
ROW(lowest, "Lowest of the last n values", period_window_size, lowest_init, extreme_step,
    "minimum");
