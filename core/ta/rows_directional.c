/* SPDX-License-Identifier: MIT
 *
 * Directional movement. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
#include "ta/history.h"
#include "ta/rows.h"
#include "ta/running.h"

/* Wilder's sums: the first n - 1 movements are added up, from the n-th on the sum loses an n-th
 * before each addition. */
typedef struct movement {
    size_t n, bars;
    double high, low, close, plus, minus, range;
} movement;

static void movement_init(movement *m, size_t n) {
    *m = (movement){.n = n};
}

/* False before bar n. */
static bool movement_step(movement *m, const double *x) {
    double up = x[QM_HIGH] - m->high, down = m->low - x[QM_LOW];
    double top = fmax(x[QM_HIGH], m->close), bottom = fmin(x[QM_LOW], m->close), n = (double)m->n;
    m->high = x[QM_HIGH];
    m->low = x[QM_LOW];
    m->close = x[QM_CLOSE];
    if (m->bars == 0) {
        m->bars = 1;
        return false;
    }
    bool smoothing = m->bars >= m->n;
    m->bars += !smoothing;
    if (smoothing) {
        m->plus -= m->plus / n;
        m->minus -= m->minus / n;
        m->range -= m->range / n;
    }
    if (down > 0 && up < down) {
        m->minus += down;
    } else if (up > 0 && up > down) {
        m->plus += up;
    }
    m->range += top - bottom;
    return smoothing;
}

static double share(double part, const movement *m) {
    return talib_zero(m->range) ? 0 : 100 * (part / m->range);
}

/* NaN where nothing moved. */
static double index_of(const movement *m) {
    if (talib_zero(m->range)) {
        return NAN;
    }
    double minus = 100 * (m->minus / m->range), plus = 100 * (m->plus / m->range);
    double both = minus + plus;
    return talib_zero(both) ? NAN : 100 * (fabs(minus - plus) / both);
}

/* ---- the directional indicators */
static size_t di_size(const double *params) {
    (void)params;
    return sizeof(movement);
}
static void di_init(void *state, const double *params) {
    movement_init(state, (size_t)params[0]);
}
static void plus_di_step(void *state, const double *x, double *out) {
    movement *m = state;
    out[0] = movement_step(m, x) ? share(m->plus, m) : NAN;
}
QM_RUN_BARS(plus_di, 1)
static void minus_di_step(void *state, const double *x, double *out) {
    movement *m = state;
    out[0] = movement_step(m, x) ? share(m->minus, m) : NAN;
}
QM_RUN_BARS(minus_di, 1)
/* With a period of 1 TA-Lib gives shares of 1, not percent. */
static void plus_di_lib_step(void *state, const double *x, double *out) {
    movement *m = state;
    plus_di_step(m, x, out);
    if (m->n == 1 && !isnan(out[0])) {
        out[0] = talib_zero(m->range) ? 0 : m->plus / m->range;
    }
}
QM_RUN_BARS(plus_di_lib, 1)
static void minus_di_lib_step(void *state, const double *x, double *out) {
    movement *m = state;
    minus_di_step(m, x, out);
    if (m->n == 1 && !isnan(out[0])) {
        out[0] = talib_zero(m->range) ? 0 : m->minus / m->range;
    }
}
QM_RUN_BARS(minus_di_lib, 1)

/* ---- dx: where nothing moved the value before goes on, 0 at first */
typedef struct dx_state {
    movement move;
    double value;
} dx_state;

static size_t dx_size(const double *params) {
    (void)params;
    return sizeof(dx_state);
}
static void dx_init(void *state, const double *params) {
    dx_state *s = state;
    movement_init(&s->move, (size_t)params[0]);
    s->value = 0;
}
static void dx_step(void *state, const double *x, double *out) {
    dx_state *s = state;
    out[0] = NAN;
    if (movement_step(&s->move, x)) {
        double index = index_of(&s->move);
        s->value = isnan(index) ? s->value : index;
        out[0] = s->value;
    }
}
QM_RUN_BARS(dx, 1)

/* ---- adx: the mean of the first n, then Wilder's average */
typedef struct adx_state {
    movement move;
    size_t seen;
    double value;
} adx_state;

static size_t adx_warmup(const double *params) {
    return 2 * (size_t)params[0] - 1;
}
static size_t adx_size(const double *params) {
    (void)params;
    return sizeof(adx_state);
}
static void adx_init(void *state, const double *params) {
    adx_state *s = state;
    *s = (adx_state){0};
    movement_init(&s->move, (size_t)params[0]);
}
static double adx_of(adx_state *s, const double *x) {
    double n = (double)s->move.n;
    if (!movement_step(&s->move, x)) {
        return NAN;
    }
    double index = index_of(&s->move);
    if (s->seen == s->move.n) {
        s->value = isnan(index) ? s->value : (s->value * (n - 1) + index) / n;
        return s->value;
    }
    s->value += isnan(index) ? 0 : index;
    s->seen++;
    if (s->seen < s->move.n) {
        return NAN;
    }
    s->value /= n;
    return s->value;
}
static void adx_step(void *state, const double *x, double *out) {
    out[0] = adx_of(state, x);
}
QM_RUN_BARS(adx, 1)
static void dmi_step(void *state, const double *x, double *out) {
    adx_state *s = state;
    out[2] = adx_of(s, x);
    out[0] = isnan(out[2]) ? NAN : share(s->move.plus, &s->move);
    out[1] = isnan(out[2]) ? NAN : share(s->move.minus, &s->move);
}
QM_RUN_BARS(dmi, 3)

/* ---- adxr */
typedef struct adxr_state {
    adx_state adx;
    history last;
} adxr_state;

static size_t adxr_warmup(const double *params) {
    return 3 * (size_t)params[0] - 2;
}
static size_t adxr_size(const double *params) {
    return offsetof(adxr_state, last) + history_size((size_t)params[0]);
}
static void adxr_init(void *state, const double *params) {
    adxr_state *s = state;
    adx_init(&s->adx, params);
    history_init(&s->last, (size_t)params[0]);
}
static void adxr_step(void *state, const double *x, double *out) {
    adxr_state *s = state;
    double adx = adx_of(&s->adx, x);
    const double *last = isnan(adx) ? NULL : history_step(&s->last, adx);
    out[0] = last ? (adx + last[0]) / 2 : NAN;
}
QM_RUN_BARS(adxr, 1)

static const qm_ta_param PERIOD_14[] = {QM_PERIOD(14, 1)};
static const qm_ta_param PERIOD_14_2[] = {QM_PERIOD(14, 2)};
static const char *const DMI_OUTPUTS[] = {"plus", "minus", "adx"};
static const char WILDER[] = "Wilder, New Concepts in Technical Trading Systems, 1978";

#define MOVEMENT(row, label, list, lib, warm, part)                                                \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_BAR_ROW(row, label, "hlc", "trend"),                                                    \
        QM_PARAMS(list),                                                                           \
        QM_VALUE,                                                                                  \
        .warmup = warm,                                                                            \
        .state_size = part##_size,                                                                 \
        .init = part##_init,                                                                       \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .talib = lib,                                                                              \
        .source = WILDER,                                                                          \
    }
#define LIB_ROW(NAME, list, warm, part, row)                                                       \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_BARS(NAME, "hlc"), QM_PARAMS(list),           QM_LIB_OUTPUT,                        \
        .warmup = warm,           .state_size = part##_size, .init = part##_init,                  \
        .step = row##_step,       .run = row##_run,          .source = "ta-lib.org",               \
    }

MOVEMENT(plus_di, "Plus directional indicator", PERIOD_14, "PLUS_DI", qm_warmup_period, di);
MOVEMENT(minus_di, "Minus directional indicator", PERIOD_14, "MINUS_DI", qm_warmup_period, di);
MOVEMENT(dx, "Directional movement index", PERIOD_14_2, "DX", qm_warmup_period, dx);
MOVEMENT(adx, "Average directional movement index", PERIOD_14_2, "ADX", adx_warmup, adx);
MOVEMENT(adxr, "Average directional movement rating", PERIOD_14_2, "ADXR", adxr_warmup, adxr);

const qm_ta_info qm_ta_info_dmi = {
    QM_BAR_ROW(dmi, "Plus and minus directional indicator and their ADX", "hlc", "trend"),
    QM_PARAMS(PERIOD_14_2),
    QM_OUTPUTS(DMI_OUTPUTS),
    .warmup = adx_warmup,
    .state_size = adx_size,
    .init = adx_init,
    .step = dmi_step,
    .run = dmi_run,
    .source = WILDER,
};

LIB_ROW(PLUS_DI, PERIOD_14, qm_warmup_period, di, plus_di_lib);
LIB_ROW(MINUS_DI, PERIOD_14, qm_warmup_period, di, minus_di_lib);
LIB_ROW(DX, PERIOD_14_2, qm_warmup_period, dx, dx);
LIB_ROW(ADX, PERIOD_14_2, adx_warmup, adx, adx);
LIB_ROW(ADXR, PERIOD_14_2, adxr_warmup, adxr, adxr);
