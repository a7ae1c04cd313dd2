/* SPDX-License-Identifier: MIT
 *
 * How far values lie from their mean, without the running sums of talib_average.c: a small
 * deviation of large values keeps its digits, and equal values have none at all.
 */
#include "ta/history.h"
#include "ta/ma.h"
#include "ta/moments.h"
#include "ta/rows.h"

#include <math.h>

/* ---- variance, stddev, zscore */
static const char *const OF[] = {"population", "sample", NULL};
static const qm_ta_param DEVIATION[] = {
    QM_PERIOD(20, 2), QM_CHOICE("of", 0, 1, OF, "divided by n (population) or n - 1 (sample)")};

typedef struct deviation_state {
    double divisor;
    moments_window last;
} deviation_state;

static size_t deviation_size(const double *params) {
    return offsetof(deviation_state, last) + moments_size((size_t)params[0]);
}
static void deviation_init(void *state, const double *params) {
    deviation_state *s = state;
    s->divisor = params[0] - params[1];
    moments_init(&s->last, (size_t)params[0]);
}
/* NaN until n are in. */
static double variance_of(deviation_state *s, double x, double *mean) {
    moments m;
    bool defined = moments_step(&s->last, x, 0, &m);
    *mean = m.x;
    return defined ? m.xx / s->divisor : NAN;
}
static void variance_step(void *state, const double *x, double *out) {
    double mean;
    out[0] = variance_of(state, x[0], &mean);
}
QM_RUN_SERIES(variance, 1)
static void stddev_step(void *state, const double *x, double *out) {
    double mean;
    out[0] = sqrt(variance_of(state, x[0], &mean));
}
QM_RUN_SERIES(stddev, 1)
static void zscore_step(void *state, const double *x, double *out) {
    double mean, variance = variance_of(state, x[0], &mean);
    out[0] = variance == 0 ? 0 : (x[0] - mean) / sqrt(variance);
}
QM_RUN_SERIES(zscore, 1)

#define DEVIATION_ROW(row, label, lib, origin)                                                     \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, "statistics"),                                            \
        QM_PARAMS(DEVIATION),                                                                      \
        QM_VALUE,                                                                                  \
        .warmup = qm_warmup_period_less,                                                           \
        .state_size = deviation_size,                                                              \
        .init = deviation_init,                                                                    \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }

DEVIATION_ROW(variance, "Variance of the last n values", "VAR",
              "Chan, Golub and LeVeque, 1979, instead of sums of squares");
DEVIATION_ROW(stddev, "Standard deviation of the last n values", "STDDEV", "root of the variance");
DEVIATION_ROW(zscore, "Distance from the mean in standard deviations", NULL,
              "(value - mean) / deviation; 0 where all values are equal");

/* ---- Bollinger bands */
#define BANDS                                                                                      \
    QM_PERIOD(20, 2), QM_REAL("up", 2, 0, 1000, "deviations above"),                               \
        QM_REAL("down", 2, 0, 1000, "deviations below"), QM_AVERAGE("ma", QM_MA_SMA)
static const qm_ta_param BBANDS[] = {BANDS};
static const char *const BBANDS_OUTPUTS[] = {"upper", "middle", "lower"};

/* Behind it the average. */
typedef struct bbands_state {
    double up, down;
    moments_window last;
} bbands_state;

static size_t bbands_warmup(const double *params) {
    size_t average = qm_ma_warmup((int)params[3], (size_t)params[0]);
    return average > (size_t)params[0] - 1 ? average : (size_t)params[0] - 1;
}
static size_t bbands_size(const double *params) {
    return offsetof(bbands_state, last) + moments_size((size_t)params[0]) +
           qm_ma_size((int)params[3], (size_t)params[0]);
}
static void bbands_init(void *state, const double *params) {
    bbands_state *s = state;
    s->up = params[1];
    s->down = params[2];
    moments_init(&s->last, (size_t)params[0]);
    qm_ma_init(moments_end(&s->last), (int)params[3], (size_t)params[0]);
}
static void bbands_step(void *state, const double *x, double *out) {
    bbands_state *s = state;
    moments m;
    bool defined = moments_step(&s->last, x[0], 0, &m);
    double middle = qm_ma_step(moments_end(&s->last), x[0]);
    double deviation = defined ? sqrt(m.xx / m.n) : NAN;
    out[0] = middle + s->up * deviation;
    out[1] = middle + 0 * deviation; /* undefined as long as the bands are */
    out[2] = middle - s->down * deviation;
}
QM_RUN_SERIES(bbands, 3)
static void bb_percent_b_step(void *state, const double *x, double *out) {
    double band[3];
    bbands_step(state, x, band);
    double width = band[0] - band[2];
    out[0] = width == 0 ? 0.5 : (x[0] - band[2]) / width;
}
QM_RUN_SERIES(bb_percent_b, 1)
static void bb_width_step(void *state, const double *x, double *out) {
    double band[3];
    bbands_step(state, x, band);
    out[0] = band[1] == 0 ? NAN : 100 * (band[0] - band[2]) / band[1];
}
QM_RUN_SERIES(bb_width, 1)

static const char BOLLINGER[] = "Bollinger on Bollinger Bands, 2001; deviation of the population";
#define BBANDS_ROW(row, label, lib, outs)                                                          \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, "channels"),                                              \
        QM_PARAMS(BBANDS),                                                                         \
        outs,                                                                                      \
        .warmup = bbands_warmup,                                                                   \
        .state_size = bbands_size,                                                                 \
        .init = bbands_init,                                                                       \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .talib = lib,                                                                              \
        .source = BOLLINGER,                                                                       \
    }
BBANDS_ROW(bbands, "Bollinger bands", "BBANDS", QM_OUTPUTS(BBANDS_OUTPUTS));
BBANDS_ROW(bb_percent_b, "Bollinger's %b: 0 on the lower band, 1 on the upper", NULL, QM_VALUE);
BBANDS_ROW(bb_width, "Bollinger's band width in percent of the middle", NULL, QM_VALUE);

/* ---- percent rank */
static const qm_ta_param RANK[] = {QM_PERIOD(100, 1)};

static size_t percent_rank_warmup(const double *params) {
    return (size_t)params[0];
}
static size_t percent_rank_size(const double *params) {
    return history_size((size_t)params[0] + 1);
}
static void percent_rank_init(void *state, const double *params) {
    history_init(state, (size_t)params[0] + 1);
}
static double rank_of(const double *last, size_t n) {
    size_t below = 0;
    for (size_t i = 0; i < n; i++) {
        below += last[i] <= last[n];
    }
    return 100 * (double)below / (double)n;
}
static void percent_rank_step(void *state, const double *x, double *out) {
    history *h = state;
    const double *last = history_step(h, x[0]);
    out[0] = last ? rank_of(last, h->n - 1) : NAN;
}
/* In batch the last n values stand in the series itself. */
static void percent_rank_run(void *state, const double *const *x, size_t n, double *const *out) {
    size_t period = ((history *)state)->n - 1;
    for (size_t i = 0; i < n; i++) {
        out[0][i] = i < period ? NAN : rank_of(x[0] + i - period, period);
    }
}

const qm_ta_info qm_ta_info_percent_rank = {
    QM_ROW(percent_rank, "Share of the n values before that are at most this one, in percent",
           QM_TA_SERIES, "statistics"),
    QM_PARAMS(RANK),
    QM_VALUE,
    QM_FORMS(percent_rank),
    .source = "the value itself is not among the n",
};
