/* SPDX-License-Identifier: MIT
 *
 * The commodity channel index and the ultimate oscillator.
 */
#include "ta/history.h"
#include "ta/kernel.h"
#include "ta/rows.h"
#include "ta/running.h"

static double typical(const double *x) {
    return (x[QM_HIGH] + x[QM_LOW] + x[QM_CLOSE]) / 3;
}

/* ---- cci: distance from the mean in mean absolute deviations */
static double cci_of(const double *cell, size_t n, double value) {
    double sum = 0, deviation = 0;
    for (size_t i = 0; i < n; i++) {
        sum += cell[i];
    }
    double mean = sum / (double)n, distance = value - mean;
    for (size_t i = 0; i < n; i++) {
        deviation += fabs(cell[i] - mean);
    }
    if (distance == 0 || deviation == 0) {
        return 0;
    }
    return distance / (0.015 * (deviation / (double)n));
}
static size_t cci_size(const double *params) {
    return history_size((size_t)params[0]);
}
static void cci_init(void *state, const double *params) {
    history_init(state, (size_t)params[0]);
}
/* The mean of equal values may miss them by a rounding, and the ratio of two roundings is a
 * number like any other: equal values are asked for. */
static void cci_step(void *state, const double *x, double *out) {
    history *h = state;
    const double *last = history_step(h, typical(x));
    out[0] = NAN;
    for (size_t i = 1; last && i < h->n && last[i] == last[0]; i++) {
        out[0] = i + 1 == h->n ? 0 : NAN;
    }
    if (last && out[0] != 0) {
        out[0] = cci_of(last, h->n, last[h->n - 1]);
    }
}

QM_RUN_BARS(cci, 1)

/* TA-Lib adds up in the order of its ring, and takes the roundings as they are. */
static size_t cci_lib_size(const double *params) {
    return run_size((size_t)params[0]);
}
static void cci_lib_init(void *state, const double *params) {
    run_init(state, (size_t)params[0]);
}
static void cci_lib_step(void *state, const double *x, double *out) {
    run *r = state;
    double oldest, value = typical(x);
    out[0] = run_put(r, value, &oldest) ? cci_of(r->cell, r->n, value) : NAN;
}
QM_RUN_BARS(cci_lib, 1)

static const qm_ta_param CCI[] = {QM_PERIOD(20, 2)};
static const qm_ta_param CCI_LIB[] = {QM_PERIOD(14, 2)};

const qm_ta_info qm_ta_info_cci = {
    QM_BAR_ROW(cci, "Commodity channel index", "hlc", "momentum"),
    QM_PARAMS(CCI),
    QM_VALUE,
    .warmup = qm_warmup_period_less,
    .state_size = cci_size,
    .init = cci_init,
    .step = cci_step,
    .run = cci_run,
    .talib = "CCI",
    .source = "Lambert, Commodities 1980/10; 0 where nothing moved",
};
const qm_ta_info qm_talib_CCI = {
    QM_LIB_BARS(CCI, "hlc"),
    QM_PARAMS(CCI_LIB),
    QM_LIB_OUTPUT,
    .warmup = qm_warmup_period_less,
    .state_size = cci_lib_size,
    .init = cci_lib_init,
    .step = cci_lib_step,
    .run = cci_lib_run,
    .source = "ta-lib.org",
};

/* ---- ultimate oscillator: buying pressure in parts of the true range, over three periods */
static const qm_ta_param ULTOSC[] = {
    QM_WHOLE("short", 7, 1, QM_TA_PERIOD_MAX, "shortest period, weight 4"),
    QM_WHOLE("medium", 14, 1, QM_TA_PERIOD_MAX, "middle period, weight 2"),
    QM_WHOLE("long", 28, 1, QM_TA_PERIOD_MAX, "longest period, weight 1")};

typedef struct ultosc_state {
    bool started;
    double close;
} ultosc_state;

/* In rising order, whatever the order of the parameters. */
static void sorted(const double *params, size_t *n) {
    double a = params[0], b = params[1], c = params[2];
    n[0] = (size_t)fmin(a, fmin(b, c));
    n[2] = (size_t)fmax(a, fmax(b, c));
    n[1] = (size_t)(a + b + c) - n[0] - n[2];
}
static size_t ultosc_warmup(const double *params) {
    return (size_t)fmax(params[0], fmax(params[1], params[2]));
}
/* False in the first bar. */
static bool pressure(ultosc_state *s, const double *x, double *bought, double *range) {
    double top = fmax(x[QM_HIGH], s->close), bottom = fmin(x[QM_LOW], s->close);
    bool started = s->started;
    *bought = x[QM_CLOSE] - bottom;
    *range = top - bottom;
    s->started = true;
    s->close = x[QM_CLOSE];
    return started;
}

static size_t ultosc_size(const double *params) {
    size_t all = (size_t)(params[0] + params[1] + params[2]);
    return sizeof(ultosc_state) + 6 * window_size(0) + 4 * all * sizeof(double);
}
static void ultosc_init(void *state, const double *params) {
    ultosc_state *s = state;
    size_t n[3];
    *s = (ultosc_state){0};
    sorted(params, n);
    window *part = (void *)(s + 1);
    for (int i = 0; i < 6; i++, part = window_end(part)) {
        window_init(part, n[i / 2], WINDOW_SUM);
    }
}
static void ultosc_step(void *state, const double *x, double *out) {
    ultosc_state *s = state;
    double bought, range, sum = 0;
    out[0] = NAN;
    if (!pressure(s, x, &bought, &range)) {
        return;
    }
    window *part = (void *)(s + 1);
    for (int weight = 4; weight > 0; weight /= 2) {
        double up = window_step(part, bought);
        part = window_end(part);
        double all = window_step(part, range);
        part = window_end(part);
        sum += weight * (all == 0 ? 0.5 : up / all);
    }
    out[0] = 100 * (sum / 7);
}
QM_RUN_BARS(ultosc, 1)

static size_t ultosc_lib_size(const double *params) {
    size_t all = (size_t)(params[0] + params[1] + params[2]);
    return sizeof(ultosc_state) + 6 * run_size(0) + 2 * all * sizeof(double);
}
static void ultosc_lib_init(void *state, const double *params) {
    ultosc_state *s = state;
    size_t n[3];
    *s = (ultosc_state){0};
    sorted(params, n);
    run *part = (void *)(s + 1);
    for (int i = 0; i < 6; i++, part = run_end(part)) {
        run_init(part, n[i / 2]);
    }
}
static void ultosc_lib_step(void *state, const double *x, double *out) {
    ultosc_state *s = state;
    double bought, range, sum = 0;
    out[0] = NAN;
    if (!pressure(s, x, &bought, &range)) {
        return;
    }
    run *part = (void *)(s + 1);
    for (int weight = 4; weight > 0; weight /= 2) {
        double up = run_sum(part, bought);
        part = run_end(part);
        double all = run_sum(part, range);
        part = run_end(part);
        sum += talib_zero(all) ? 0 : weight * (up / all);
    }
    out[0] = 100 * (sum / 7);
}
QM_RUN_BARS(ultosc_lib, 1)

const qm_ta_info qm_ta_info_ultosc = {
    QM_BAR_ROW(ultosc, "Ultimate oscillator", "hlc", "momentum"),
    QM_PARAMS(ULTOSC),
    QM_VALUE,
    QM_FORMS(ultosc),
    .talib = "ULTOSC",
    .source = "Williams, TASC 1985/4; 50 without any range",
};
const qm_ta_info qm_talib_ULTOSC = {
    QM_LIB_BARS(ULTOSC, "hlc"),
    QM_PARAMS(ULTOSC),
    QM_LIB_OUTPUT,
    .warmup = ultosc_warmup,
    .state_size = ultosc_lib_size,
    .init = ultosc_lib_init,
    .step = ultosc_lib_step,
    .run = ultosc_lib_run,
    .source = "ta-lib.org",
};
