/* SPDX-License-Identifier: MIT
 *
 * Momentum of one series: differences, Wilder's and Chande's ratios.
 */
#include "ta/gains.h"
#include "ta/history.h"
#include "ta/rows.h"

#include <math.h>

static const qm_ta_param PERIOD_10[] = {QM_PERIOD(10, 1)};
static const qm_ta_param PERIOD_14[] = {QM_PERIOD(14, 2)};

/* ---- against the value n bars before */
static size_t past_size(const double *params) {
    return history_size((size_t)params[0] + 1);
}
static void past_init(void *state, const double *params) {
    history_init(state, (size_t)params[0] + 1);
}
static void momentum_step(void *state, const double *x, double *out) {
    const double *last = history_step(state, x[0]);
    out[0] = last ? x[0] - last[0] : NAN;
}
static void roc_step(void *state, const double *x, double *out) {
    const double *last = history_step(state, x[0]);
    out[0] = !last ? NAN : last[0] == 0 ? 0 : (x[0] / last[0] - 1) * 100;
}

/* In batch the past stands in the series itself. */
static void momentum_run(void *state, const double *const *x, size_t n, double *const *out) {
    size_t period = ((history *)state)->n - 1;
    for (size_t i = 0; i < n; i++) {
        out[0][i] = i < period ? NAN : x[0][i] - x[0][i - period];
    }
}
static void roc_run(void *state, const double *const *x, size_t n, double *const *out) {
    size_t period = ((history *)state)->n - 1;
    for (size_t i = 0; i < n; i++) {
        double before = i < period ? NAN : x[0][i - period];
        out[0][i] = before == 0 ? 0 : (x[0][i] / before - 1) * 100;
    }
}

#define PAST(row, label, lib, origin)                                                              \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, "momentum"),                                              \
        QM_PARAMS(PERIOD_10),                                                                      \
        QM_VALUE,                                                                                  \
        .warmup = qm_warmup_period,                                                                \
        .state_size = past_size,                                                                   \
        .init = past_init,                                                                         \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }

PAST(momentum, "Momentum", "MOM", "the value less that of n bars before");
PAST(roc, "Rate of change in percent", "ROC", "100 (value / value n bars before - 1)");

/* ---- gains against losses */
static size_t gains_row_size(const double *params) {
    (void)params;
    return sizeof(gains);
}
static void gains_row_init(void *state, const double *params) {
    gains_init(state, (size_t)params[0]);
}
/* In a market that stands still our RSI is 50; TA-Lib's 0 reads as oversold. */
static void rsi_step(void *state, const double *x, double *out) {
    out[0] = gains_rsi(state, x[0]);
}
QM_RUN_SERIES(rsi, 1)
static void rsi_lib_step(void *state, const double *x, double *out) {
    out[0] = gains_rsi_talib(state, x[0]);
}
QM_RUN_SERIES(rsi_lib, 1)
/* Both are 0 or above; what is below `least` counts as 0. */
static double cmo_of(gains *g, double x, double least) {
    bool defined = gains_step(g, x);
    double gain = g->gain.value, loss = g->loss.value, both = gain + loss;
    return !defined ? NAN : both == 0 || both < least ? 0 : 100 * ((gain - loss) / both);
}
static void cmo_step(void *state, const double *x, double *out) {
    out[0] = cmo_of(state, x[0], 0);
}
QM_RUN_SERIES(cmo, 1)
static void cmo_lib_step(void *state, const double *x, double *out) {
    out[0] = cmo_of(state, x[0], QM_TALIB_ZERO);
}
QM_RUN_SERIES(cmo_lib, 1)

#define GAINS(row, label, lib, origin)                                                             \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, "momentum"),                                              \
        QM_PARAMS(PERIOD_14),                                                                      \
        QM_VALUE,                                                                                  \
        .warmup = qm_warmup_period,                                                                \
        .state_size = gains_row_size,                                                              \
        .init = gains_row_init,                                                                    \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }

GAINS(rsi, "Relative strength index", "RSI",
      "Wilder, New Concepts in Technical Trading Systems, 1978");
GAINS(cmo, "Chande momentum oscillator, with Wilder's averages", "CMO",
      "Chande and Kroll, The New Technical Trader, 1994");

/* ---- trix */
static const qm_ta_param PERIOD_15[] = {QM_PERIOD(15, 1)};

typedef struct trix_state {
    int started;
    double before;
    smooth stage[3];
} trix_state;

static size_t trix_warmup(const double *params) {
    return 3 * ((size_t)params[0] - 1) + 1;
}
static size_t trix_size(const double *params) {
    (void)params;
    return sizeof(trix_state);
}
static void trix_init(void *state, const double *params) {
    trix_state *s = state;
    *s = (trix_state){0};
    for (int i = 0; i < 3; i++) {
        smooth_init(&s->stage[i], (size_t)params[0]);
    }
}
static void trix_step(void *state, const double *x, double *out) {
    trix_state *s = state;
    double e[3];
    out[0] = NAN;
    if (!smooth_chain(s->stage, 3, x[0], e)) {
        return;
    }
    if (s->started) {
        out[0] = s->before == 0 ? 0 : (e[2] / s->before - 1) * 100;
    }
    s->started = 1;
    s->before = e[2];
}
QM_RUN_SERIES(trix, 1)

const qm_ta_info qm_ta_info_trix = {
    QM_ROW(trix, "Change of a triple exponential average in percent", QM_TA_SERIES, "momentum"),
    QM_PARAMS(PERIOD_15),
    QM_VALUE,
    QM_FORMS(trix),
    .talib = "TRIX",
    .source = "Hutson, Good TRIX, TASC 1983/1",
};

/* ---- as TA-Lib counts */
static const qm_ta_param LIB_10[] = {QM_PERIOD(10, 1)};
static const qm_ta_param LIB_14[] = {QM_PERIOD(14, 2)};
static const qm_ta_param LIB_30[] = {QM_PERIOD(30, 1)};

#define LIB_ROW(NAME, list, warm, part, row)                                                       \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_SERIES(NAME), QM_PARAMS(list),           QM_LIB_OUTPUT,                             \
        .warmup = warm,      .state_size = part##_size, .init = part##_init,                       \
        .step = row##_step,  .run = row##_run,          .source = "ta-lib.org",                    \
    }

LIB_ROW(MOM, LIB_10, qm_warmup_period, past, momentum);
LIB_ROW(ROC, LIB_10, qm_warmup_period, past, roc);
LIB_ROW(RSI, LIB_14, qm_warmup_period, gains_row, rsi_lib);
LIB_ROW(CMO, LIB_14, qm_warmup_period, gains_row, cmo_lib);
LIB_ROW(TRIX, LIB_30, trix_warmup, trix, trix);
