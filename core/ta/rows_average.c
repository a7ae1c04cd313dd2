/* SPDX-License-Identifier: MIT
 *
 * Moving averages beyond those of rows_window.c.
 */
#include "ta/hilbert.h"
#include "ta/history.h"
#include "ta/kernel.h"
#include "ta/ma.h"
#include "ta/rows.h"

static const qm_ta_param PERIOD_20[] = {QM_PERIOD(20, 1)};
static const qm_ta_param PERIOD_14[] = {QM_PERIOD(14, 1)};
static const qm_ta_param PERIOD_10[] = {QM_PERIOD(10, 1)};

static void average_step(void *state, const double *x, double *out) {
    out[0] = qm_ma_step(state, x[0]);
}

static void average_run(void *state, const double *const *x, size_t n, double *const *out) {
    qm_ma_run(state, x[0], n, out[0]);
}

/* A row whose body is one kind of ma.h. */
#define AVERAGE(row, kind, label, parameters, lib, origin)                                         \
    static size_t row##_warmup(const double *params) {                                             \
        return qm_ma_warmup(kind, (size_t)params[0]);                                              \
    }                                                                                              \
    static size_t row##_size(const double *params) {                                               \
        return qm_ma_size(kind, (size_t)params[0]);                                                \
    }                                                                                              \
    static void row##_init(void *state, const double *params) {                                    \
        qm_ma_init(state, kind, (size_t)params[0]);                                                \
    }                                                                                              \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, "averages"),                                              \
        QM_PARAMS(parameters),                                                                     \
        QM_VALUE,                                                                                  \
        .warmup = row##_warmup,                                                                    \
        .state_size = row##_size,                                                                  \
        .init = row##_init,                                                                        \
        .step = average_step,                                                                      \
        .run = average_run,                                                                        \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }

AVERAGE(wma, QM_MA_WMA, "Weighted moving average", PERIOD_20, "WMA",
        "weights 1 to n, the newest heaviest");
AVERAGE(dema, QM_MA_DEMA, "Double exponential moving average", PERIOD_20, "DEMA",
        "Mulloy, Smoothing Data With Faster Moving Averages, TASC 1994/1");
AVERAGE(tema, QM_MA_TEMA, "Triple exponential moving average", PERIOD_20, "TEMA",
        "Mulloy, Smoothing Data With Less Lag, TASC 1994/2");
AVERAGE(trima, QM_MA_TRIMA, "Triangular moving average", PERIOD_20, "TRIMA",
        "mean of means over both halves of the window");
AVERAGE(kama, QM_MA_KAMA, "Kaufman's adaptive moving average", PERIOD_10, "KAMA",
        "Kaufman, Smarter Trading, 1995; fastest 2, slowest 30");
AVERAGE(rma, QM_MA_RMA, "Wilder's moving average", PERIOD_14, NULL,
        "Wilder, New Concepts in Technical Trading Systems, 1978");
AVERAGE(hma, QM_MA_HMA, "Hull moving average", PERIOD_20, NULL,
        "Hull, alanhull.com/hull-moving-average, 2005");

/* ---- t3 */
static const qm_ta_param T3[] = {QM_PERIOD(5, 1),
                                 QM_REAL("vfactor", 0.7, 0, 1, "0: an EMA, 1: a DEMA")};

static size_t t3_warmup(const double *params) {
    return qm_ma_warmup(QM_MA_T3, (size_t)params[0]);
}
static size_t t3_size(const double *params) {
    return qm_ma_size(QM_MA_T3, (size_t)params[0]);
}
static void t3_init(void *state, const double *params) {
    qm_ma *ma = state;
    qm_ma_init(ma, QM_MA_T3, (size_t)params[0]);
    ma->v = params[1];
}

const qm_ta_info qm_ta_info_t3 = {
    QM_ROW(t3, "Tillson's T3", QM_TA_SERIES, "averages"),
    QM_PARAMS(T3),
    QM_VALUE,
    .warmup = t3_warmup,
    .state_size = t3_size,
    .init = t3_init,
    .step = average_step,
    .run = average_run,
    .talib = "T3",
    .source = "Tillson, Better Moving Averages, TASC 1998/1",
};

static const qm_ta_param T3_LIB[] = {QM_PERIOD(5, 2),
                                     QM_REAL("vfactor", 0.7, 0, 1, "volume factor")};

const qm_ta_info qm_talib_T3 = {
    QM_LIB_SERIES(T3),    QM_PARAMS(T3_LIB),     QM_LIB_OUTPUT,
    .warmup = t3_warmup,  .state_size = t3_size, .init = t3_init,
    .step = average_step, .run = average_run,    .source = "ta-lib.org",
};

/* ---- mama */
static const qm_ta_param MAMA[] = {QM_REAL("fast", 0.5, 0.01, 0.99, "upper limit of alpha"),
                                   QM_REAL("slow", 0.05, 0.01, 0.99, "lower limit of alpha")};
static const char *const MAMA_OUTPUTS[] = {"mama", "fama"};

static size_t mama_row_warmup(const double *params) {
    (void)params;
    return MAMA_WARMUP;
}
static size_t mama_row_size(const double *params) {
    (void)params;
    return sizeof(mama_state);
}
static void mama_row_init(void *state, const double *params) {
    mama_init(state, params[0], params[1]);
}
static void mama_row_step(void *state, const double *x, double *out) {
    mama_step(state, x[0], out);
}
QM_RUN_SERIES(mama_row, 2)

const qm_ta_info qm_ta_info_mama = {
    QM_ROW(mama, "MESA adaptive moving average", QM_TA_SERIES, "averages"),
    QM_PARAMS(MAMA),
    QM_OUTPUTS(MAMA_OUTPUTS),
    QM_FORMS(mama_row),
    .source = "Ehlers, MESA Adaptive Moving Averages, TASC 2001/9",
};

/* ---- instantaneous trend line */
static size_t trendline_row_warmup(const double *params) {
    (void)params;
    return TRENDLINE_WARMUP;
}
static size_t trendline_row_size(const double *params) {
    (void)params;
    return sizeof(trendline_state);
}
static void trendline_row_init(void *state, const double *params) {
    (void)params;
    trendline_init(state);
}
static void trendline_row_step(void *state, const double *x, double *out) {
    out[0] = trendline_step(state, x[0]);
}
QM_RUN_SERIES(trendline_row, 1)

const qm_ta_info qm_ta_info_ht_trendline = {
    QM_ROW(ht_trendline, "Instantaneous trend line: the mean over one dominant cycle", QM_TA_SERIES,
           "averages"),
    QM_VALUE,
    QM_FORMS(trendline_row),
    .talib = "HT_TRENDLINE",
    .source = "Ehlers, Rocket Science for Traders, 2001",
};

const qm_ta_info qm_talib_HT_TRENDLINE = {
    QM_LIB_SERIES(HT_TRENDLINE),
    QM_LIB_OUTPUT,
    QM_FORMS(trendline_row),
    .source = "ta-lib.org",
};

/* ---- vwma: without any volume in the window the plain mean */
static size_t vwma_size(const double *params) {
    return 3 * window_size((size_t)params[0]);
}
static void vwma_init(void *state, const double *params) {
    window *part = state;
    for (int i = 0; i < 3; i++, part = window_end(part)) {
        window_init(part, (size_t)params[0], WINDOW_SUM);
    }
}
static void vwma_step(void *state, const double *x, double *out) {
    window *product = state, *volume = window_end(product), *price = window_end(volume);
    double sum = window_step(product, x[QM_CLOSE] * x[QM_VOLUME]);
    double weight = window_step(volume, x[QM_VOLUME]);
    double plain = window_step(price, x[QM_CLOSE]) / (double)price->n;
    out[0] = weight == 0 ? plain : sum / weight;
}
QM_RUN_BARS(vwma, 1)

const qm_ta_info qm_ta_info_vwma = {
    QM_BAR_ROW(vwma, "Volume-weighted moving average", "cv", "averages"),
    QM_PARAMS(PERIOD_20),
    QM_VALUE,
    .warmup = qm_warmup_period_less,
    .state_size = vwma_size,
    .init = vwma_init,
    .step = vwma_step,
    .run = vwma_run,
    .source = "closes weighted with their volume",
};
