/* SPDX-License-Identifier: MIT
 *
 * Stochastics: where the value stands between the extremes of the last n, smoothed.
 */
#include "ta/gains.h"
#include "ta/kernel.h"
#include "ta/ma.h"
#include "ta/rows.h"

/* Behind it: maxima, minima, the average of %K, the average of that (%D). */
typedef struct stoch_state {
    double flat; /* %K where there is no range: 50; TA-Lib says 0, which reads as oversold */
    window top;
} stoch_state;

typedef struct stoch_spec {
    size_t n, k, d;
    int k_kind, d_kind;
    double flat;
} stoch_spec;

static size_t spec_warmup(const stoch_spec *spec) {
    return spec->n - 1 + qm_ma_warmup(spec->k_kind, spec->k) + qm_ma_warmup(spec->d_kind, spec->d);
}
static size_t spec_size(const stoch_spec *spec) {
    return offsetof(stoch_state, top) + 2 * window_size(spec->n) +
           qm_ma_size(spec->k_kind, spec->k) + qm_ma_size(spec->d_kind, spec->d);
}
static void spec_init(stoch_state *s, const stoch_spec *spec) {
    s->flat = spec->flat;
    window_init(&s->top, spec->n, WINDOW_MAX);
    window *bottom = window_end(&s->top);
    window_init(bottom, spec->n, WINDOW_MIN);
    qm_ma *k = window_end(bottom);
    qm_ma_init(k, spec->k_kind, spec->k);
    qm_ma_init(qm_ma_end(k), spec->d_kind, spec->d);
}

/* x: high, low, close. out: %K and %D, both from the bar on at which %D is defined. */
static void stoch_advance(stoch_state *s, double high, double low, double close, double *out) {
    window *bottom = window_end(&s->top);
    qm_ma *k = window_end(bottom), *d = qm_ma_end(k);
    double highest = window_step(&s->top, high), lowest = window_step(bottom, low);
    out[0] = out[1] = NAN;
    if (isnan(highest)) {
        return;
    }
    double part = (highest - lowest) / 100;
    double fast = qm_ma_step(k, part == 0 ? s->flat : (close - lowest) / part);
    if (isnan(fast)) {
        return;
    }
    double slow = qm_ma_step(d, fast);
    if (!isnan(slow)) {
        out[0] = fast;
        out[1] = slow;
    }
}
static void stoch_step(void *state, const double *x, double *out) {
    stoch_advance(state, x[QM_HIGH], x[QM_LOW], x[QM_CLOSE], out);
}
QM_RUN_BARS(stoch, 2)

/* The three functions of a row over what SPEC makes of its parameters. */
#define STOCH_FORMS(prefix, SPEC)                                                                  \
    static size_t prefix##_warmup(const double *params) {                                          \
        stoch_spec spec = SPEC(params);                                                            \
        return spec_warmup(&spec);                                                                 \
    }                                                                                              \
    static size_t prefix##_size(const double *params) {                                            \
        stoch_spec spec = SPEC(params);                                                            \
        return spec_size(&spec);                                                                   \
    }                                                                                              \
    static void prefix##_init(void *state, const double *params) {                                 \
        stoch_spec spec = SPEC(params);                                                            \
        spec_init(state, &spec);                                                                   \
    }

static stoch_spec slow_spec(const double *p) {
    return (stoch_spec){(size_t)p[0], (size_t)p[1], (size_t)p[2], (int)p[3], (int)p[3], 50};
}
static stoch_spec fast_spec(const double *p) {
    return (stoch_spec){(size_t)p[0], 1, (size_t)p[1], QM_MA_SMA, (int)p[2], 50};
}
static stoch_spec slow_lib_spec(const double *p) {
    return (stoch_spec){(size_t)p[0],           (size_t)p[1],           (size_t)p[3],
                        qm_ma_talib((int)p[2]), qm_ma_talib((int)p[4]), 0};
}
static stoch_spec fast_lib_spec(const double *p) {
    return (stoch_spec){(size_t)p[0],           1, (size_t)p[1], QM_MA_RUNNING_SMA,
                        qm_ma_talib((int)p[2]), 0};
}

STOCH_FORMS(stoch, slow_spec)
STOCH_FORMS(stoch_fast, fast_spec)
STOCH_FORMS(slow_lib, slow_lib_spec)
STOCH_FORMS(fast_lib, fast_lib_spec)
#define stoch_fast_step stoch_step
#define slow_lib_step stoch_step
#define fast_lib_step stoch_step
#define stoch_fast_run stoch_run
#define slow_lib_run stoch_run
#define fast_lib_run stoch_run

#define SPAN(label, start, text) QM_WHOLE(label, start, 1, QM_TA_PERIOD_MAX, text)
static const qm_ta_param STOCH[] = {
    SPAN("period", 14, "values taken together"), SPAN("smooth", 3, "average of %K"),
    SPAN("signal", 3, "average of that, %D"), QM_AVERAGE("ma", QM_MA_SMA)};
static const qm_ta_param FAST[] = {SPAN("period", 14, "values taken together"),
                                   SPAN("signal", 3, "average of %K, %D"),
                                   QM_AVERAGE("ma", QM_MA_SMA)};
static const qm_ta_param STOCH_LIB[] = {
    SPAN("fastk_period", 5, "bars"), SPAN("slowk_period", 3, "bars"), QM_LIB_TYPE("slowk_matype"),
    SPAN("slowd_period", 3, "bars"), QM_LIB_TYPE("slowd_matype")};
static const qm_ta_param FAST_LIB[] = {
    SPAN("fastk_period", 5, "bars"), SPAN("fastd_period", 3, "bars"), QM_LIB_TYPE("fastd_matype")};
static const char *const KD[] = {"k", "d"};
static const char *const SLOW_KD[] = {"slowk", "slowd"};
static const char *const FAST_KD[] = {"fastk", "fastd"};

const qm_ta_info qm_ta_info_stoch = {
    QM_BAR_ROW(stoch, "Stochastic oscillator", "hlc", "momentum"),
    QM_PARAMS(STOCH),
    QM_OUTPUTS(KD),
    QM_FORMS(stoch),
    .talib = "STOCH",
    .source = "Lane, 1957; %K is 50 without any range",
};
const qm_ta_info qm_ta_info_stoch_fast = {
    QM_BAR_ROW(stoch_fast, "Stochastic oscillator, %K not smoothed", "hlc", "momentum"),
    QM_PARAMS(FAST),
    QM_OUTPUTS(KD),
    QM_FORMS(stoch_fast),
    .talib = "STOCHF",
    .source = "Lane, 1957; %K is 50 without any range",
};
const qm_ta_info qm_talib_STOCH = {
    QM_LIB_BARS(STOCH, "hlc"), QM_PARAMS(STOCH_LIB),   QM_OUTPUTS(SLOW_KD),
    QM_FORMS(slow_lib),        .source = "ta-lib.org",
};
const qm_ta_info qm_talib_STOCHF = {
    QM_LIB_BARS(STOCHF, "hlc"), QM_PARAMS(FAST_LIB),    QM_OUTPUTS(FAST_KD),
    QM_FORMS(fast_lib),         .source = "ta-lib.org",
};

/* ---- stochastic of the RSI */
typedef struct stoch_rsi_state {
    gains rsi;
    stoch_state stoch;
} stoch_rsi_state;

static size_t behind_rsi(const stoch_spec *spec) {
    return offsetof(stoch_rsi_state, stoch) + spec_size(spec);
}
static stoch_spec rsi_spec(const double *p) {
    return (stoch_spec){(size_t)p[1], (size_t)p[2], (size_t)p[3], QM_MA_SMA, QM_MA_SMA, 50};
}
static size_t stoch_rsi_warmup(const double *params) {
    stoch_spec spec = rsi_spec(params);
    return (size_t)params[0] + spec_warmup(&spec);
}
static size_t stoch_rsi_size(const double *params) {
    stoch_spec spec = rsi_spec(params);
    return behind_rsi(&spec);
}
static void stoch_rsi_init(void *state, const double *params) {
    stoch_rsi_state *s = state;
    stoch_spec spec = rsi_spec(params);
    gains_init(&s->rsi, (size_t)params[0]);
    spec_init(&s->stoch, &spec);
}
static void over_rsi(stoch_rsi_state *s, double rsi, double *out) {
    out[0] = out[1] = NAN;
    if (!isnan(rsi)) {
        stoch_advance(&s->stoch, rsi, rsi, rsi, out);
    }
}
static void stoch_rsi_step(void *state, const double *x, double *out) {
    stoch_rsi_state *s = state;
    over_rsi(s, gains_rsi(&s->rsi, x[0]), out);
}
QM_RUN_SERIES(stoch_rsi, 2)

static size_t stochrsi_lib_warmup(const double *params) {
    stoch_spec spec = fast_lib_spec(params + 1);
    return (size_t)params[0] + spec_warmup(&spec);
}
static size_t stochrsi_lib_size(const double *params) {
    stoch_spec spec = fast_lib_spec(params + 1);
    return behind_rsi(&spec);
}
static void stochrsi_lib_init(void *state, const double *params) {
    stoch_rsi_state *s = state;
    stoch_spec spec = fast_lib_spec(params + 1);
    gains_init(&s->rsi, (size_t)params[0]);
    spec_init(&s->stoch, &spec);
}
static void stochrsi_lib_step(void *state, const double *x, double *out) {
    stoch_rsi_state *s = state;
    over_rsi(s, gains_rsi_talib(&s->rsi, x[0]), out);
}
QM_RUN_SERIES(stochrsi_lib, 2)

static const qm_ta_param STOCH_RSI[] = {
    SPAN("rsi", 14, "period of the RSI"), SPAN("period", 14, "values of it taken together"),
    SPAN("smooth", 3, "average of %K"), SPAN("signal", 3, "average of that, %D")};
static const qm_ta_param STOCHRSI_LIB[] = {QM_PERIOD(14, 2), SPAN("fastk_period", 5, "bars"),
                                           SPAN("fastd_period", 3, "bars"),
                                           QM_LIB_TYPE("fastd_matype")};

const qm_ta_info qm_ta_info_stoch_rsi = {
    QM_ROW(stoch_rsi, "Stochastic of the RSI, 0 to 100", QM_TA_SERIES, "momentum"),
    QM_PARAMS(STOCH_RSI),
    QM_OUTPUTS(KD),
    QM_FORMS(stoch_rsi),
    .talib = "STOCHRSI",
    .source = "Chande and Kroll, The New Technical Trader, 1994; %K smoothed as is usual",
};
const qm_ta_info qm_talib_STOCHRSI = {
    QM_LIB_SERIES(STOCHRSI), QM_PARAMS(STOCHRSI_LIB), QM_OUTPUTS(FAST_KD),
    QM_FORMS(stochrsi_lib),  .source = "ta-lib.org",
};
