/* SPDX-License-Identifier: MIT
 *
 * The highest and the lowest of the last n bars, and where the close or their age stands.
 */
#include "ta/history.h"
#include "ta/kernel.h"
#include "ta/rows.h"

static const qm_ta_param PERIOD_14[] = {QM_PERIOD(14, 1)};
static const qm_ta_param PERIOD_20[] = {QM_PERIOD(20, 1)};
static const qm_ta_param LIB_14[] = {QM_PERIOD(14, 2)};

/* A window of maxima and one of minima behind it. */
static size_t channel_size(const double *params) {
    return 2 * window_size((size_t)params[0]);
}
static void channel_init(void *state, const double *params) {
    window *top = state;
    window_init(top, (size_t)params[0], WINDOW_MAX);
    window_init(window_end(top), (size_t)params[0], WINDOW_MIN);
}
static void channel_advance(void *state, double high, double low, double *ends) {
    ends[0] = window_step(state, high);
    ends[1] = window_step(window_end(state), low);
}

static void midpoint_step(void *state, const double *x, double *out) {
    double ends[2];
    channel_advance(state, x[0], x[0], ends);
    out[0] = (ends[0] + ends[1]) / 2;
}
QM_RUN_SERIES(midpoint, 1)
static void midprice_step(void *state, const double *x, double *out) {
    double ends[2];
    channel_advance(state, x[QM_HIGH], x[QM_LOW], ends);
    out[0] = (ends[0] + ends[1]) / 2;
}
QM_RUN_BARS(midprice, 1)
static void donchian_step(void *state, const double *x, double *out) {
    double ends[2];
    channel_advance(state, x[QM_HIGH], x[QM_LOW], ends);
    out[0] = ends[0];
    out[1] = (ends[0] + ends[1]) / 2;
    out[2] = ends[1];
}
QM_RUN_BARS(donchian, 3)
/* Without any range: the middle. */
static void williams_r_step(void *state, const double *x, double *out) {
    double ends[2];
    channel_advance(state, x[QM_HIGH], x[QM_LOW], ends);
    double range = ends[0] - ends[1];
    out[0] = range == 0 ? -50 : (ends[0] - x[QM_CLOSE]) / (range / -100);
}
QM_RUN_BARS(williams_r, 1)
static void willr_lib_step(void *state, const double *x, double *out) {
    double ends[2];
    channel_advance(state, x[QM_HIGH], x[QM_LOW], ends);
    double part = (ends[0] - ends[1]) / -100;
    out[0] = part == 0 ? 0 : (ends[0] - x[QM_CLOSE]) / part;
}
QM_RUN_BARS(willr_lib, 1)

#define FORMS(row)                                                                                 \
    .warmup = qm_warmup_period_less, .state_size = channel_size, .init = channel_init,             \
    .step = row##_step, .run = row##_run
static const char *const BAND_OUTPUTS[] = {"upper", "middle", "lower"};

const qm_ta_info qm_ta_info_midpoint = {
    QM_ROW(midpoint, "Middle between highest and lowest value", QM_TA_SERIES, "channels"),
    QM_PARAMS(PERIOD_14),
    QM_VALUE,
    FORMS(midpoint),
    .talib = "MIDPOINT",
    .source = "(highest + lowest) / 2",
};
const qm_ta_info qm_ta_info_midprice = {
    QM_BAR_ROW(midprice, "Middle between highest high and lowest low", "hl", "channels"),
    QM_PARAMS(PERIOD_14),
    QM_VALUE,
    FORMS(midprice),
    .talib = "MIDPRICE",
    .source = "(highest high + lowest low) / 2",
};
const qm_ta_info qm_ta_info_donchian = {
    QM_BAR_ROW(donchian, "Donchian channel", "hl", "channels"),
    QM_PARAMS(PERIOD_20),
    QM_OUTPUTS(BAND_OUTPUTS),
    FORMS(donchian),
    .source = "Donchian, 1960; the bar at hand is in the window: compare with the value before",
};
const qm_ta_info qm_ta_info_williams_r = {
    QM_BAR_ROW(williams_r, "Williams %R, -100 to 0", "hlc", "momentum"),
    QM_PARAMS(PERIOD_14),
    QM_VALUE,
    FORMS(williams_r),
    .talib = "WILLR",
    .source = "Williams, How I Made One Million Dollars, 1973; -50 without any range",
};

const qm_ta_info qm_talib_MIDPOINT = {
    QM_LIB_SERIES(MIDPOINT), QM_PARAMS(LIB_14),      QM_LIB_OUTPUT,
    FORMS(midpoint),         .source = "ta-lib.org",
};
const qm_ta_info qm_talib_MIDPRICE = {
    QM_LIB_BARS(MIDPRICE, "hl"), QM_PARAMS(LIB_14), QM_LIB_OUTPUT, FORMS(midprice),
    .source = "ta-lib.org",
};
const qm_ta_info qm_talib_WILLR = {
    QM_LIB_BARS(WILLR, "hlc"), QM_PARAMS(LIB_14),      QM_LIB_OUTPUT,
    FORMS(willr_lib),          .source = "ta-lib.org",
};

/* ---- aroon: how long ago the extremes of this bar and the n before it were; of equal ones the
 * newest counts */
static size_t aroon_size(const double *params) {
    return 2 * history_size((size_t)params[0] + 1);
}
static void aroon_init(void *state, const double *params) {
    history *highs = state;
    history_init(highs, (size_t)params[0] + 1);
    history_init(history_end(highs), (size_t)params[0] + 1);
}
/* Places of the extremes among the last n + 1, n is the newest. */
static void aroon_places(const double *high, const double *low, size_t n, double *places) {
    size_t top = 0, bottom = 0;
    for (size_t i = 1; i <= n; i++) {
        top = high[i] >= high[top] ? i : top;
        bottom = low[i] <= low[bottom] ? i : bottom;
    }
    places[0] = (double)bottom;
    places[1] = (double)top;
}
static void aroon_of(const double *high, const double *low, size_t n, double *out) {
    double places[2];
    aroon_places(high, low, n, places);
    out[0] = 100 / (double)n * places[0];
    out[1] = 100 / (double)n * places[1];
}
static void aroon_osc_of(const double *high, const double *low, size_t n, double *out) {
    double places[2];
    aroon_places(high, low, n, places);
    out[0] = 100 / (double)n * (places[1] - places[0]);
}

/* In batch the last bars stand in the columns themselves. */
#define AROON_STEPS(row, count)                                                                    \
    static void row##_step(void *state, const double *x, double *out) {                            \
        history *highs = state;                                                                    \
        const double *high = history_step(highs, x[QM_HIGH]);                                      \
        const double *low = history_step(history_end(highs), x[QM_LOW]);                           \
        for (int k = 0; k < (count); k++) {                                                        \
            out[k] = NAN;                                                                          \
        }                                                                                          \
        if (high) {                                                                                \
            row##_of(high, low, highs->n - 1, out);                                                \
        }                                                                                          \
    }                                                                                              \
    static void row##_run(void *state, const double *const *x, size_t n, double *const *out) {     \
        size_t period = ((history *)state)->n - 1;                                                 \
        for (size_t i = 0; i < n; i++) {                                                           \
            double values[] = {NAN, NAN};                                                          \
            if (i >= period) {                                                                     \
                row##_of(x[QM_HIGH] + i - period, x[QM_LOW] + i - period, period, values);         \
            }                                                                                      \
            for (int k = 0; k < (count); k++) {                                                    \
                out[k][i] = values[k];                                                             \
            }                                                                                      \
        }                                                                                          \
    }
AROON_STEPS(aroon, 2)
AROON_STEPS(aroon_osc, 1)

static const char *const AROON_OUTPUTS[] = {"down", "up"};
#define AROON_FORMS(row)                                                                           \
    .warmup = qm_warmup_period, .state_size = aroon_size, .init = aroon_init, .step = row##_step,  \
    .run = row##_run
const qm_ta_info qm_ta_info_aroon = {
    QM_BAR_ROW(aroon, "Aroon: how fresh the lowest low and the highest high are", "hl", "trend"),
    QM_PARAMS(PERIOD_14),
    QM_OUTPUTS(AROON_OUTPUTS),
    AROON_FORMS(aroon),
    .talib = "AROON",
    .source = "Chande, TASC 1995/9",
};
const qm_ta_info qm_ta_info_aroon_osc = {
    QM_BAR_ROW(aroon_osc, "Aroon oscillator: up less down", "hl", "trend"),
    QM_PARAMS(PERIOD_14),
    QM_VALUE,
    AROON_FORMS(aroon_osc),
    .talib = "AROONOSC",
    .source = "Chande, TASC 1995/9",
};
const qm_ta_info qm_talib_AROON = {
    QM_LIB_BARS(AROON, "hl"), QM_PARAMS(LIB_14),      QM_OUTPUTS(AROON_OUTPUTS),
    AROON_FORMS(aroon),       .source = "ta-lib.org",
};
const qm_ta_info qm_talib_AROONOSC = {
    QM_LIB_BARS(AROONOSC, "hl"), QM_PARAMS(LIB_14),      QM_LIB_OUTPUT,
    AROON_FORMS(aroon_osc),      .source = "ta-lib.org",
};
