/* SPDX-License-Identifier: MIT
 *
 * The rows of the info table that are built on ATR.
 */
#include "ta/atr_state.h"
#include "ta/rows.h"
#include "ta/running.h"
#include "ta/smooth.h"

static const char *const METHODS[] = {"wilder", "sma", "ema", NULL};
static const char *const FIRSTS[] = {"range", "skip", NULL};

#define FIRST_TR                                                                                   \
    QM_CHOICE("first_tr", 0, 1, FIRSTS, "true range of the first bar: its range, or skipped")
#define ATR_PARAMS                                                                                 \
    QM_WHOLE("period", 14, 1, QM_TA_PERIOD_MAX, "bars of the average"),                            \
        QM_CHOICE("method", 0, 2, METHODS, "wilder (Wilder's smoothing), sma or ema"), FIRST_TR

static const qm_ta_param ATR[] = {ATR_PARAMS};
static const qm_ta_param TRUE_RANGE[] = {FIRST_TR};
static const qm_ta_param PERCENTILE[] = {
    ATR_PARAMS, QM_WHOLE("lookback", 252, 10, QM_TA_PERIOD_MAX,
                         "values that the last one is compared with, itself among them")};

enum { LEAST_FOR_PERCENTILE = 10, LOOKBACK = 3 };

static qm_atr_spec spec_of(const double *params) {
    return (qm_atr_spec){.period = (int)params[0],
                         .method = (qm_atr_method)params[1],
                         .first_tr = (qm_atr_first)params[2]};
}

static size_t atr_warmup(const double *params) {
    return (size_t)params[0] - 1 + (params[2] != 0);
}
static size_t atr_size(const double *params) {
    return qm_atr_state_size(spec_of(params));
}
static void atr_init(void *state, const double *params) {
    qm_atr_state_init(state, spec_of(params));
}
static void atr_step(void *state, const double *x, double *out) {
    out[0] = qm_atr_state_step(state, x);
}
QM_RUN_BARS(atr, 1)
static void atr_batch(const double *params, const qm_ta_columns *bars, const double *series,
                      double *const *out) {
    (void)series;
    if (out[0]) {
        qm_atr_batch(spec_of(params), bars->column[QM_HIGH], bars->column[QM_LOW],
                     bars->column[QM_CLOSE], bars->n, out[0]);
    }
}

static void pct_step(void *state, const double *x, double *out) {
    out[0] = 100 * qm_atr_state_step(state, x) / x[QM_CLOSE];
}
QM_RUN_BARS(pct, 1)

static size_t range_warmup(const double *params) {
    return params[0] != 0;
}
static size_t range_size(const double *params) {
    (void)params;
    return sizeof(qm_true_range_state);
}
static void range_init(void *state, const double *params) {
    *(qm_true_range_state *)state = (qm_true_range_state){.first = (qm_atr_first)params[0]};
}
static void range_step(void *state, const double *x, double *out) {
    out[0] = qm_true_range_step(state, x);
}
QM_RUN_BARS(range, 1)

/* A ring of atr_pct in front of the ATR state, which may carry a window. */
typedef struct percentile_state {
    size_t lookback, count, at;
    double ring[];
} percentile_state;

static qm_atr_state *atr_behind(percentile_state *s) {
    return (qm_atr_state *)(void *)(s->ring + s->lookback);
}
static size_t percentile_warmup(const double *params) {
    return atr_warmup(params) + LEAST_FOR_PERCENTILE - 1;
}
static size_t percentile_size(const double *params) {
    return sizeof(percentile_state) + (size_t)params[LOOKBACK] * sizeof(double) + atr_size(params);
}
static void percentile_init(void *state, const double *params) {
    percentile_state *s = state;
    s->lookback = (size_t)params[LOOKBACK];
    s->count = s->at = 0;
    qm_atr_state_init(atr_behind(s), spec_of(params));
}
static void percentile_step(void *state, const double *x, double *out) {
    percentile_state *s = state;
    double pct = 100 * qm_atr_state_step(atr_behind(s), x) / x[QM_CLOSE];
    out[0] = NAN;
    if (isnan(pct)) {
        return;
    }
    s->ring[s->at] = pct;
    s->at = s->at + 1 == s->lookback ? 0 : s->at + 1;
    s->count += s->count < s->lookback;
    if (s->count < LEAST_FOR_PERCENTILE) {
        return;
    }
    size_t below = 0;
    for (size_t i = 0; i < s->count; i++) {
        below += s->ring[i] <= pct;
    }
    out[0] = 100.0 * (double)below / (double)s->count;
}
QM_RUN_BARS(percentile, 1)

const qm_ta_info qm_ta_info_atr = {
    .name = "atr",
    .title = "Average true range",
    .input = QM_TA_BARS,
    .uses = "hlc",
    .group = "volatility",
    .talib = "ATR",
    .param_count = 3,
    .params = ATR,
    .output_count = 1,
    .outputs = qm_ta_value,
    .warmup = atr_warmup,
    .state_size = atr_size,
    .init = atr_init,
    .step = atr_step,
    .run = atr_run,
    .batch = atr_batch,
    .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
};

const qm_ta_info qm_ta_info_atr_pct = {
    .name = "atr_pct",
    .title = "Average true range in percent of the close",
    .input = QM_TA_BARS,
    .uses = "hlc",
    .group = "volatility",
    .talib = "NATR",
    .param_count = 3,
    .params = ATR,
    .output_count = 1,
    .outputs = qm_ta_value,
    .warmup = atr_warmup,
    .state_size = atr_size,
    .init = atr_init,
    .step = pct_step,
    .run = pct_run,
    .source = "100 x ATR / close; also called NATR",
};

const qm_ta_info qm_ta_info_atr_percentile = {
    .name = "atr_percentile",
    .title = "Share of the last atr_pct values that are at most the newest, in percent",
    .input = QM_TA_BARS,
    .uses = "hlc",
    .group = "volatility",
    .param_count = 4,
    .params = PERCENTILE,
    .output_count = 1,
    .outputs = qm_ta_value,
    .warmup = percentile_warmup,
    .state_size = percentile_size,
    .init = percentile_init,
    .step = percentile_step,
    .run = percentile_run,
    .source = "docs/reference/atr.md, section enhanced",
};

const qm_ta_info qm_ta_info_true_range = {
    .name = "true_range",
    .title = "True range",
    .input = QM_TA_BARS,
    .uses = "hlc",
    .group = "volatility",
    .talib = "TRANGE",
    .param_count = 1,
    .params = TRUE_RANGE,
    .output_count = 1,
    .outputs = qm_ta_value,
    .warmup = range_warmup,
    .state_size = range_size,
    .init = range_init,
    .step = range_step,
    .run = range_run,
    .source = "Wilder, New Concepts in Technical Trading Systems, 1978",
};

/* ---- as TA-Lib counts: Wilder's, from the second bar. With a period of 1, NATR too is the true
 * range itself. */
static const qm_ta_param LIB_14[] = {QM_PERIOD(14, 1)};

typedef struct atr_lib_state {
    qm_true_range_state range;
    smooth average;
} atr_lib_state;

static size_t atr_lib_size(const double *params) {
    (void)params;
    return sizeof(atr_lib_state);
}
static void atr_lib_init(void *state, const double *params) {
    atr_lib_state *s = state;
    *s = (atr_lib_state){.range.first = QM_ATR_FIRST_SKIP};
    smooth_init(&s->average, (size_t)params[0]);
}
static void atr_lib_step(void *state, const double *x, double *out) {
    atr_lib_state *s = state;
    double range = qm_true_range_step(&s->range, x);
    out[0] = isnan(range) ? NAN : smooth_wilder(&s->average, range);
}
QM_RUN_BARS(atr_lib, 1)
static void natr_lib_step(void *state, const double *x, double *out) {
    atr_lib_state *s = state;
    double close = x[QM_CLOSE];
    atr_lib_step(s, x, out);
    if (s->average.n > 1 && !isnan(out[0])) {
        out[0] = talib_zero(close) ? 0 : out[0] / close * 100;
    }
}
QM_RUN_BARS(natr_lib, 1)
static void range_lib_init(void *state, const double *params) {
    (void)params;
    *(qm_true_range_state *)state = (qm_true_range_state){.first = QM_ATR_FIRST_SKIP};
}

const qm_ta_info qm_talib_ATR = {
    QM_LIB_BARS(ATR, "hlc"),    QM_PARAMS(LIB_14),          QM_LIB_OUTPUT,
    .warmup = qm_warmup_period, .state_size = atr_lib_size, .init = atr_lib_init,
    .step = atr_lib_step,       .run = atr_lib_run,         .source = "ta-lib.org",
};

const qm_ta_info qm_talib_NATR = {
    QM_LIB_BARS(NATR, "hlc"),   QM_PARAMS(LIB_14),          QM_LIB_OUTPUT,
    .warmup = qm_warmup_period, .state_size = atr_lib_size, .init = atr_lib_init,
    .step = natr_lib_step,      .run = natr_lib_run,        .source = "ta-lib.org",
};

const qm_ta_info qm_talib_TRANGE = {
    QM_LIB_BARS(TRANGE, "hlc"), QM_LIB_OUTPUT,          .warmup = qm_warmup_one,
    .state_size = range_size,   .init = range_lib_init, .step = range_step,
    .run = range_run,           .source = "ta-lib.org",
};
