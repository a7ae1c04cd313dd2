/* SPDX-License-Identifier: MIT
 *
 * A fast average against a slow one.
 */
#include "ta/ma.h"
#include "ta/rows.h"
#include "ta/running.h"
#include "ta/smooth.h"

#include <math.h>

/* ---- macd: both averages are seeded at the same bar, with the mean of their own period */
static const qm_ta_param MACD[] = {QM_WHOLE("fast", 12, 2, QM_TA_PERIOD_MAX, "shorter average"),
                                   QM_WHOLE("slow", 26, 2, QM_TA_PERIOD_MAX, "longer average"),
                                   QM_WHOLE("signal", 9, 1, QM_TA_PERIOD_MAX, "its own average")};
static const char *const MACD_OUTPUTS[] = {"macd", "signal", "hist"};

typedef struct macd_state {
    size_t bars, wait; /* wait: bars before the fast average begins */
    smooth fast, slow, signal;
} macd_state;

static size_t shorter(const double *params) {
    return (size_t)fmin(params[0], params[1]);
}
static size_t longer(const double *params) {
    return (size_t)fmax(params[0], params[1]);
}
static size_t macd_warmup(const double *params) {
    return longer(params) - 1 + (size_t)params[2] - 1;
}
static size_t macd_size(const double *params) {
    (void)params;
    return sizeof(macd_state);
}
static void macd_init(void *state, const double *params) {
    macd_state *s = state;
    *s = (macd_state){.wait = longer(params) - shorter(params)};
    smooth_init(&s->fast, shorter(params));
    smooth_init(&s->slow, longer(params));
    smooth_init(&s->signal, (size_t)params[2]);
}
static void macd_step(void *state, const double *x, double *out) {
    macd_state *s = state;
    out[0] = out[1] = out[2] = NAN;
    if (s->bars < s->wait) {
        s->bars++;
    } else {
        smooth_step(&s->fast, x[0]);
    }
    smooth_step(&s->slow, x[0]);
    if (!smooth_defined(&s->slow)) {
        return;
    }
    double line = s->fast.value - s->slow.value, signal = smooth_step(&s->signal, line);
    if (smooth_defined(&s->signal)) {
        out[0] = line;
        out[1] = signal;
        out[2] = line - signal;
    }
}
QM_RUN_SERIES(macd, 3)

const qm_ta_info qm_ta_info_macd = {
    QM_ROW(macd, "Moving average convergence divergence", QM_TA_SERIES, "momentum"),
    QM_PARAMS(MACD),
    QM_OUTPUTS(MACD_OUTPUTS),
    QM_FORMS(macd),
    .talib = "MACD",
    .source = "Appel, The Moving Average Convergence-Divergence Method, 1979",
};

static const qm_ta_param MACD_LIB[] = {QM_WHOLE("fastperiod", 12, 2, QM_TA_PERIOD_MAX, "bars"),
                                       QM_WHOLE("slowperiod", 26, 2, QM_TA_PERIOD_MAX, "bars"),
                                       QM_WHOLE("signalperiod", 9, 1, QM_TA_PERIOD_MAX, "bars")};

const qm_ta_info qm_talib_MACD = {
    QM_LIB_SERIES(MACD), QM_PARAMS(MACD_LIB),    QM_OUTPUTS(MACD_OUTPUTS),
    QM_FORMS(macd),      .source = "ta-lib.org",
};

/* ---- two averages of any kind, each seeded on its own */
static const qm_ta_param PAIR[] = {QM_WHOLE("fast", 12, 2, QM_TA_PERIOD_MAX, "shorter average"),
                                   QM_WHOLE("slow", 26, 2, QM_TA_PERIOD_MAX, "longer average"),
                                   QM_AVERAGE("ma", QM_MA_EMA)};

static size_t pair_warmup(const double *params) {
    size_t fast = qm_ma_warmup((int)params[2], shorter(params));
    size_t slow = qm_ma_warmup((int)params[2], longer(params));
    return fast > slow ? fast : slow; /* Hull's: the shorter one may need more */
}
static size_t pair_size(const double *params) {
    return qm_ma_size((int)params[2], shorter(params)) + qm_ma_size((int)params[2], longer(params));
}
static void pair_init(void *state, const double *params) {
    qm_ma *fast = state;
    qm_ma_init(fast, (int)params[2], shorter(params));
    qm_ma_init(qm_ma_end(fast), (int)params[2], longer(params));
}
static void pair_advance(qm_ma *fast, double x, double *quick, double *slow) {
    *quick = qm_ma_step(fast, x);
    *slow = qm_ma_step(qm_ma_end(fast), x);
}
static void apo_step(void *state, const double *x, double *out) {
    double fast, slow;
    pair_advance(state, x[0], &fast, &slow);
    out[0] = fast - slow;
}
QM_RUN_SERIES(apo, 1)
static double ppo_of(double fast, double slow, bool zero) {
    return zero ? 0 : (fast - slow) / slow * 100;
}
static void ppo_step(void *state, const double *x, double *out) {
    double fast, slow;
    pair_advance(state, x[0], &fast, &slow);
    out[0] = ppo_of(fast, slow, slow == 0);
}
QM_RUN_SERIES(ppo, 1)
static void ppo_lib_step(void *state, const double *x, double *out) {
    double fast, slow;
    pair_advance(state, x[0], &fast, &slow);
    out[0] = ppo_of(fast, slow, talib_zero(slow));
}
QM_RUN_SERIES(ppo_lib, 1)

#define PAIR_ROW(row, label, lib, origin)                                                          \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, "momentum"),                                              \
        QM_PARAMS(PAIR),                                                                           \
        QM_VALUE,                                                                                  \
        .warmup = pair_warmup,                                                                     \
        .state_size = pair_size,                                                                   \
        .init = pair_init,                                                                         \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }

PAIR_ROW(apo, "Absolute price oscillator", "APO", "fast average less slow average");
PAIR_ROW(ppo, "Percentage price oscillator", "PPO", "100 (fast - slow) / slow");

static const qm_ta_param PAIR_LIB[] = {QM_WHOLE("fastperiod", 12, 2, QM_TA_PERIOD_MAX, "bars"),
                                       QM_WHOLE("slowperiod", 26, 2, QM_TA_PERIOD_MAX, "bars"),
                                       QM_LIB_TYPE("matype")};

/* The same over kinds as TA-Lib numbers and computes them. */
static const double *as_ours(const double *params, double *ours) {
    ours[0] = params[0];
    ours[1] = params[1];
    ours[2] = qm_ma_talib((int)params[2]);
    return ours;
}
static size_t pair_lib_warmup(const double *params) {
    double ours[3];
    return pair_warmup(as_ours(params, ours));
}
static size_t pair_lib_size(const double *params) {
    double ours[3];
    return pair_size(as_ours(params, ours));
}
static void pair_lib_init(void *state, const double *params) {
    double ours[3];
    pair_init(state, as_ours(params, ours));
}

#define PAIR_LIB_ROW(NAME, row)                                                                    \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_SERIES(NAME),                                                                       \
        QM_PARAMS(PAIR_LIB),                                                                       \
        QM_LIB_OUTPUT,                                                                             \
        .warmup = pair_lib_warmup,                                                                 \
        .state_size = pair_lib_size,                                                               \
        .init = pair_lib_init,                                                                     \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .source = "ta-lib.org",                                                                    \
    }

PAIR_LIB_ROW(APO, apo);
PAIR_LIB_ROW(PPO, ppo_lib);

/* ---- crossings: 1 upwards, -1 downwards, else 0; touching is not yet crossing */
typedef struct cross_state {
    double side; /* of the line on which the series was last, 0: on neither yet */
    qm_ma fast;
} cross_state;

static double crossing(double *side, double distance) {
    double now = distance > 0 ? 1 : distance < 0 ? -1 : *side;
    double value = *side != 0 && now != *side ? now : 0;
    *side = now;
    return value;
}
static size_t cross_size(const double *params) {
    return offsetof(cross_state, fast) + pair_size(params);
}
static void cross_init(void *state, const double *params) {
    cross_state *s = state;
    s->side = 0;
    pair_init(&s->fast, params);
}
static void cross_step(void *state, const double *x, double *out) {
    cross_state *s = state;
    double fast, slow;
    pair_advance(&s->fast, x[0], &fast, &slow);
    double distance = fast - slow;
    if (fabs(distance) <= 1e-12 * fabs(slow)) {
        distance = 0; /* means of equal values differ by their rounding */
    }
    out[0] = isnan(distance) ? NAN : crossing(&s->side, distance);
}
QM_RUN_SERIES(cross, 1)

const qm_ta_info qm_ta_info_cross = {
    QM_ROW(cross, "Crossing of two averages: 1 upwards, -1 downwards, else 0", QM_TA_SERIES,
           "momentum"),
    QM_PARAMS(PAIR),
    QM_VALUE,
    .warmup = pair_warmup,
    .state_size = cross_size,
    .init = cross_init,
    .step = cross_step,
    .run = cross_run,
    .source = "the sign of fast less slow changes; equal within 1e-12 counts as the side before",
};

static const qm_ta_param LEVEL[] = {QM_REAL("level", 0, -1e12, 1e12, "line that is crossed")};

typedef struct level_state {
    double level, side;
} level_state;

static size_t level_size(const double *params) {
    (void)params;
    return sizeof(level_state);
}
static void level_init(void *state, const double *params) {
    *(level_state *)state = (level_state){.level = params[0]};
}
static void level_step(void *state, const double *x, double *out) {
    level_state *s = state;
    out[0] = isnan(x[0]) ? NAN : crossing(&s->side, x[0] - s->level);
}
QM_RUN_SERIES(level, 1)

const qm_ta_info qm_ta_info_cross_level = {
    QM_ROW(cross_level, "Crossing of a level: 1 upwards, -1 downwards, else 0", QM_TA_SERIES,
           "momentum"),
    QM_PARAMS(LEVEL),
    QM_VALUE,
    .warmup = qm_warmup_none,
    .state_size = level_size,
    .init = level_init,
    .step = level_step,
    .run = level_run,
    .source = "the sign of the value less the level changes; equal counts as the side before",
};
