/* SPDX-License-Identifier: MIT
 *
 * TA-Lib's averages, sums and deviations, whose running sums our own rows do without.
 */
#include "ta/ma.h"
#include "ta/rows.h"
#include "ta/running.h"

static const qm_ta_param PERIOD_30[] = {QM_PERIOD(30, 2)};

static void average_step(void *state, const double *x, double *out) {
    out[0] = qm_ma_step(state, x[0]);
}

static void average_run(void *state, const double *const *x, size_t n, double *const *out) {
    qm_ma_run(state, x[0], n, out[0]);
}

#define AVERAGE(NAME, kind)                                                                        \
    static size_t NAME##_warmup(const double *params) {                                            \
        return qm_ma_warmup(kind, (size_t)params[0]);                                              \
    }                                                                                              \
    static size_t NAME##_size(const double *params) {                                              \
        return qm_ma_size(kind, (size_t)params[0]);                                                \
    }                                                                                              \
    static void NAME##_init(void *state, const double *params) {                                   \
        qm_ma_init(state, kind, (size_t)params[0]);                                                \
    }                                                                                              \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_SERIES(NAME),     QM_PARAMS(PERIOD_30),      QM_LIB_OUTPUT,                         \
        .warmup = NAME##_warmup, .state_size = NAME##_size, .init = NAME##_init,                   \
        .step = average_step,    .run = average_run,        .source = "ta-lib.org",                \
    }

AVERAGE(SMA, QM_MA_RUNNING_SMA);
AVERAGE(EMA, QM_MA_EMA);
AVERAGE(WMA, QM_MA_RUNNING_WMA);
AVERAGE(DEMA, QM_MA_DEMA);
AVERAGE(TEMA, QM_MA_TEMA);
AVERAGE(TRIMA, QM_MA_RUNNING_TRIMA);
AVERAGE(KAMA, QM_MA_RUNNING_KAMA);

/* ---- sum, variance, deviation */
static const qm_ta_param VAR_PARAMS[] = {
    QM_PERIOD(5, 1), QM_REAL("nbdev", 1, -3e37, 3e37, "deviations; VAR takes no notice of it")};
static const qm_ta_param STDDEV_PARAMS[] = {QM_PERIOD(5, 2),
                                            QM_REAL("nbdev", 1, -3e37, 3e37, "deviations")};

static size_t run_row_size(const double *params) {
    return run_size((size_t)params[0]);
}
static void run_row_init(void *state, const double *params) {
    run_init(state, (size_t)params[0]);
}
static void sum_step(void *state, const double *x, double *out) {
    out[0] = run_sum(state, x[0]);
}
QM_RUN_SERIES(sum, 1)
static void var_step(void *state, const double *x, double *out) {
    out[0] = run_variance(state, x[0]);
}
QM_RUN_SERIES(var, 1)

static double root_of(double variance) {
    return talib_zero_or_less(variance) ? 0 : sqrt(variance);
}

typedef struct stddev_state {
    double scale;
    run last;
} stddev_state;

static size_t stddev_size(const double *params) {
    return offsetof(stddev_state, last) + run_row_size(params);
}
static void stddev_init(void *state, const double *params) {
    stddev_state *s = state;
    s->scale = params[1];
    run_row_init(&s->last, params);
}
static void stddev_step(void *state, const double *x, double *out) {
    stddev_state *s = state;
    out[0] = root_of(run_variance(&s->last, x[0])) * s->scale;
}
QM_RUN_SERIES(stddev, 1)

#define RUN_ROW(NAME, list, prefix)                                                                \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_SERIES(NAME),                                                                       \
        QM_PARAMS(list),                                                                           \
        QM_LIB_OUTPUT,                                                                             \
        .warmup = qm_warmup_period_less,                                                           \
        .state_size = run_row_size,                                                                \
        .init = run_row_init,                                                                      \
        .step = prefix##_step,                                                                     \
        .run = prefix##_run,                                                                       \
        .source = "ta-lib.org",                                                                    \
    }

RUN_ROW(SUM, PERIOD_30, sum);
RUN_ROW(VAR, VAR_PARAMS, var);

const qm_ta_info qm_talib_STDDEV = {
    QM_LIB_SERIES(STDDEV),
    QM_PARAMS(STDDEV_PARAMS),
    QM_LIB_OUTPUT,
    .warmup = qm_warmup_period_less,
    .state_size = stddev_size,
    .init = stddev_init,
    .step = stddev_step,
    .run = stddev_run,
    .source = "ta-lib.org",
};

/* ---- bands: around the simple average the mean of squares is taken against that average; around
 * others the variance has sums of its own, which begin with the first bar that they need. */
static const qm_ta_param BBANDS_PARAMS[] = {
    QM_PERIOD(5, 2), QM_REAL("nbdevup", 2, -3e37, 3e37, "deviations above"),
    QM_REAL("nbdevdn", 2, -3e37, 3e37, "deviations below"), QM_LIB_TYPE("matype")};
static const char *const BBANDS_OUTPUTS[] = {"upper", "middle", "lower"};

typedef struct bbands_state {
    double up, down;
    size_t wait; /* bars before the deviation begins */
    qm_ma middle;
} bbands_state;

static int bbands_kind(const double *params) {
    return qm_ma_talib((int)params[3]);
}
static size_t bbands_warmup(const double *params) {
    size_t average = qm_ma_warmup(bbands_kind(params), (size_t)params[0]);
    size_t deviation = qm_warmup_period_less(params);
    return average > deviation ? average : deviation;
}
static size_t bbands_size(const double *params) {
    return offsetof(bbands_state, middle) + qm_ma_size(bbands_kind(params), (size_t)params[0]) +
           run_row_size(params);
}
static void bbands_init(void *state, const double *params) {
    bbands_state *s = state;
    s->up = params[1];
    s->down = params[2];
    s->wait = bbands_warmup(params) - qm_warmup_period_less(params);
    qm_ma_init(&s->middle, bbands_kind(params), (size_t)params[0]);
    run_row_init(qm_ma_end(&s->middle), params);
}
static void bbands_step(void *state, const double *x, double *out) {
    bbands_state *s = state;
    run *last = qm_ma_end(&s->middle);
    double middle = qm_ma_step(&s->middle, x[0]), variance = NAN;
    if (s->middle.kind == QM_MA_RUNNING_SMA) {
        double square = run_sum(last, x[0] * x[0]) / (double)last->n;
        variance = square - middle * middle;
    } else if (s->wait > 0) {
        s->wait--;
    } else {
        variance = run_variance(last, x[0]);
    }
    double deviation = root_of(variance);
    bool defined = !isnan(variance);
    out[0] = defined ? middle + deviation * s->up : NAN;
    out[1] = defined ? middle : NAN;
    out[2] = defined ? middle - deviation * s->down : NAN;
}
QM_RUN_SERIES(bbands, 3)

const qm_ta_info qm_talib_BBANDS = {
    QM_LIB_SERIES(BBANDS), QM_PARAMS(BBANDS_PARAMS), QM_OUTPUTS(BBANDS_OUTPUTS),
    QM_FORMS(bbands),      .source = "ta-lib.org",
};
