/* SPDX-License-Identifier: MIT
 *
 * Volume with price.
 */
#include "ta/kernel.h"
#include "ta/rows.h"
#include "ta/running.h"
#include "ta/smooth.h"

static double typical(const double *x) {
    return (x[QM_HIGH] + x[QM_LOW] + x[QM_CLOSE]) / 3;
}

/* Volume weighted with where in its range the bar closed, -1 to 1; 0 without a range. */
static double flow_of(const double *x) {
    double range = x[QM_HIGH] - x[QM_LOW];
    double place = (x[QM_CLOSE] - x[QM_LOW]) - (x[QM_HIGH] - x[QM_CLOSE]);
    return range > 0 ? place / range * x[QM_VOLUME] : 0;
}

/* ---- obv, ad: totals since the first bar */
typedef struct total_state {
    bool started;
    double close, total;
} total_state;

static size_t total_size(const double *params) {
    (void)params;
    return sizeof(total_state);
}
static void total_init(void *state, const double *params) {
    (void)params;
    *(total_state *)state = (total_state){0};
}
static void obv_step(void *state, const double *x, double *out) {
    total_state *s = state;
    double close = x[QM_CLOSE];
    if (!s->started || close > s->close) {
        s->total += x[QM_VOLUME];
    } else if (close < s->close) {
        s->total -= x[QM_VOLUME];
    }
    s->started = true;
    s->close = close;
    out[0] = s->total;
}
QM_RUN_BARS(obv, 1)
static void ad_step(void *state, const double *x, double *out) {
    total_state *s = state;
    s->total += flow_of(x);
    out[0] = s->total;
}
QM_RUN_BARS(ad, 1)

#define TOTAL_FORMS(row)                                                                           \
    .warmup = qm_warmup_none, .state_size = total_size, .init = total_init, .step = row##_step,    \
    .run = row##_run
#define TOTAL(row, label, columns, lib, origin)                                                    \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_BAR_ROW(row, label, columns, "volume"),                                                 \
        QM_VALUE,                                                                                  \
        TOTAL_FORMS(row),                                                                          \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }

TOTAL(obv, "On-balance volume", "cv", "OBV",
      "Granville, 1963; begins with the first bar's volume, as TA-Lib does");
TOTAL(ad, "Accumulation/distribution line", "hlcv", "AD", "Chaikin");

const qm_ta_info qm_talib_OBV = {
    QM_LIB_BARS(OBV, "cv"),
    QM_LIB_OUTPUT,
    TOTAL_FORMS(obv),
    .source = "ta-lib.org",
};
const qm_ta_info qm_talib_AD = {
    QM_LIB_BARS(AD, "hlcv"),
    QM_LIB_OUTPUT,
    TOTAL_FORMS(ad),
    .source = "ta-lib.org",
};

/* ---- adosc: both averages begin with the line's first value */
static const qm_ta_param ADOSC[] = {QM_WHOLE("fast", 3, 2, QM_TA_PERIOD_MAX, "shorter average"),
                                    QM_WHOLE("slow", 10, 2, QM_TA_PERIOD_MAX, "longer average")};

typedef struct adosc_state {
    size_t bars, warm;
    double line, fast, slow, k_fast, k_slow;
} adosc_state;

static size_t adosc_warmup(const double *params) {
    return (size_t)fmax(params[0], params[1]) - 1;
}
static size_t adosc_size(const double *params) {
    (void)params;
    return sizeof(adosc_state);
}
static void adosc_init(void *state, const double *params) {
    *(adosc_state *)state = (adosc_state){
        .warm = adosc_warmup(params), .k_fast = 2 / (params[0] + 1), .k_slow = 2 / (params[1] + 1)};
}
static void adosc_step(void *state, const double *x, double *out) {
    adosc_state *s = state;
    s->line += flow_of(x);
    if (s->bars == 0) {
        s->fast = s->slow = s->line;
    } else {
        s->fast = s->k_fast * s->line + (1 - s->k_fast) * s->fast;
        s->slow = s->k_slow * s->line + (1 - s->k_slow) * s->slow;
    }
    out[0] = s->bars >= s->warm ? s->fast - s->slow : NAN;
    s->bars += s->bars < s->warm;
}
QM_RUN_BARS(adosc, 1)

const qm_ta_info qm_ta_info_adosc = {
    QM_BAR_ROW(adosc, "Chaikin oscillator", "hlcv", "volume"),
    QM_PARAMS(ADOSC),
    QM_VALUE,
    QM_FORMS(adosc),
    .talib = "ADOSC",
    .source =
        "Chaikin; averages of the accumulation/distribution line, seeded with its first value",
};
const qm_ta_info qm_talib_ADOSC = {
    QM_LIB_BARS(ADOSC, "hlcv"), QM_PARAMS(ADOSC), QM_LIB_OUTPUT, QM_FORMS(adosc),
    .source = "ta-lib.org",
};

/* ---- mfi: money that flowed in as the typical price rose, in percent of what flowed at all */
typedef struct mfi_state {
    bool started;
    double before;
} mfi_state;

/* False in the first bar. */
static bool money(mfi_state *s, const double *x, double *in, double *out) {
    double price = typical(x), change = price - s->before, flow = price * x[QM_VOLUME];
    bool started = s->started;
    s->before = price;
    s->started = true;
    *in = change > 0 ? flow : 0;
    *out = change < 0 ? flow : 0;
    return started;
}
static size_t mfi_size(const double *params) {
    return sizeof(mfi_state) + 2 * window_size((size_t)params[0]);
}
static void mfi_init(void *state, const double *params) {
    mfi_state *s = state;
    *s = (mfi_state){0};
    window *in = (void *)(s + 1);
    window_init(in, (size_t)params[0], WINDOW_SUM);
    window_init(window_end(in), (size_t)params[0], WINDOW_SUM);
}
static void mfi_step(void *state, const double *x, double *out) {
    mfi_state *s = state;
    window *positive = (void *)(s + 1);
    double in, away;
    out[0] = NAN;
    if (!money(s, x, &in, &away)) {
        return;
    }
    double up = window_step(positive, in), both = up + window_step(window_end(positive), away);
    out[0] = both == 0 ? 50 : 100 * (up / both);
}
QM_RUN_BARS(mfi, 1)

static size_t mfi_lib_size(const double *params) {
    return sizeof(mfi_state) + 2 * run_size((size_t)params[0]);
}
static void mfi_lib_init(void *state, const double *params) {
    mfi_state *s = state;
    *s = (mfi_state){0};
    run *in = (void *)(s + 1);
    run_init(in, (size_t)params[0]);
    run_init(run_end(in), (size_t)params[0]);
}
static void mfi_lib_step(void *state, const double *x, double *out) {
    mfi_state *s = state;
    run *positive = (void *)(s + 1);
    double in, away;
    out[0] = NAN;
    if (!money(s, x, &in, &away)) {
        return;
    }
    double up = run_sum(positive, in), both = up + run_sum(run_end(positive), away);
    out[0] = both < 1 ? 0 : 100 * (up / both); /* NaN stays NaN */
}
QM_RUN_BARS(mfi_lib, 1)

static const qm_ta_param PERIOD_14[] = {QM_PERIOD(14, 1)};
static const qm_ta_param PERIOD_14_2[] = {QM_PERIOD(14, 2)};
static const qm_ta_param PERIOD_20[] = {QM_PERIOD(20, 1)};

const qm_ta_info qm_ta_info_mfi = {
    QM_BAR_ROW(mfi, "Money flow index", "hlcv", "volume"),
    QM_PARAMS(PERIOD_14),
    QM_VALUE,
    .warmup = qm_warmup_period,
    .state_size = mfi_size,
    .init = mfi_init,
    .step = mfi_step,
    .run = mfi_run,
    .talib = "MFI",
    .source = "Quong and Soudack, TASC 1989/3; 50 where no money flowed",
};
const qm_ta_info qm_talib_MFI = {
    QM_LIB_BARS(MFI, "hlcv"),   QM_PARAMS(PERIOD_14_2),     QM_LIB_OUTPUT,
    .warmup = qm_warmup_period, .state_size = mfi_lib_size, .init = mfi_lib_init,
    .step = mfi_lib_step,       .run = mfi_lib_run,         .source = "ta-lib.org",
};

/* ---- cmf */
static size_t cmf_size(const double *params) {
    return 2 * window_size((size_t)params[0]);
}
static void cmf_init(void *state, const double *params) {
    window *flow = state;
    window_init(flow, (size_t)params[0], WINDOW_SUM);
    window_init(window_end(flow), (size_t)params[0], WINDOW_SUM);
}
static void cmf_step(void *state, const double *x, double *out) {
    double flow = window_step(state, flow_of(x));
    double volume = window_step(window_end(state), x[QM_VOLUME]);
    out[0] = volume == 0 ? 0 : flow / volume;
}
QM_RUN_BARS(cmf, 1)

const qm_ta_info qm_ta_info_cmf = {
    QM_BAR_ROW(cmf, "Chaikin money flow, -1 to 1", "hlcv", "volume"),
    QM_PARAMS(PERIOD_20),
    QM_VALUE,
    .warmup = qm_warmup_period_less,
    .state_size = cmf_size,
    .init = cmf_init,
    .step = cmf_step,
    .run = cmf_run,
    .source = "Chaikin; 0 where nothing traded",
};

/* ---- force index */
static const qm_ta_param FORCE[] = {QM_PERIOD(13, 1)};

typedef struct force_state {
    bool started;
    double close;
    smooth average;
} force_state;

static size_t force_size(const double *params) {
    (void)params;
    return sizeof(force_state);
}
static void force_init(void *state, const double *params) {
    force_state *s = state;
    *s = (force_state){0};
    smooth_init(&s->average, (size_t)params[0]);
}
static void force_step(void *state, const double *x, double *out) {
    force_state *s = state;
    double change = x[QM_CLOSE] - s->close;
    out[0] = s->started ? smooth_step(&s->average, change * x[QM_VOLUME]) : NAN;
    s->started = true;
    s->close = x[QM_CLOSE];
}
QM_RUN_BARS(force, 1)

const qm_ta_info qm_ta_info_force_index = {
    QM_BAR_ROW(force_index, "Force index: exponential average of change times volume", "cv",
               "volume"),
    QM_PARAMS(FORCE),
    QM_VALUE,
    .warmup = qm_warmup_period,
    .state_size = force_size,
    .init = force_init,
    .step = force_step,
    .run = force_run,
    .source = "Elder, Trading for a Living, 1993",
};
