/* SPDX-License-Identifier: MIT
 *
 * Historical volatility from closes, or from the whole bar, in percent a year. The formulas are of
 * logarithms: prices must be above 0, and the value is undefined while one that is not is among
 * the last n.
 */
#include "ta/kernel.h"
#include "ta/moments.h"
#include "ta/rows.h"

#define YEAR QM_REAL("year", 252, 1, 1e9, "bars of a year; 1: volatility of one bar")
static const qm_ta_param FROM_1[] = {QM_PERIOD(20, 1), YEAR};
static const qm_ta_param FROM_2[] = {QM_PERIOD(20, 2), YEAR};

/* Rounding may take a variance of nothing just below 0. */
static double in_percent(double variance, double year) {
    return 100 * sqrt((variance < 0 ? 0 : variance) * year);
}

/* ---- close to close: sample deviation of logarithmic returns */
typedef struct close_state {
    double year, before;
    bool started;
    moments_window last;
} close_state;

static size_t hv_close_size(const double *params) {
    return offsetof(close_state, last) + moments_size((size_t)params[0]);
}
static void hv_close_init(void *state, const double *params) {
    close_state *s = state;
    s->year = params[1];
    s->before = 0;
    s->started = false;
    moments_init(&s->last, (size_t)params[0]);
}
static void hv_close_step(void *state, const double *x, double *out) {
    close_state *s = state;
    double change = log(x[0] / s->before);
    bool started = s->started;
    moments m;
    s->before = x[0];
    s->started = true;
    out[0] = NAN;
    if (started && moments_step(&s->last, change, 0, &m)) {
        out[0] = in_percent(m.xx / (m.n - 1), s->year);
    }
}
QM_RUN_SERIES(hv_close, 1)

const qm_ta_info qm_ta_info_hv_close = {
    QM_ROW(hv_close, "Close-to-close volatility, percent a year", QM_TA_SERIES, "volatility"),
    QM_PARAMS(FROM_2),
    QM_VALUE,
    .warmup = qm_warmup_period,
    .state_size = hv_close_size,
    .init = hv_close_init,
    .step = hv_close_step,
    .run = hv_close_run,
    .source = "sample standard deviation of the last n logarithmic returns",
};

/* ---- from within the bar: the mean of a term */
typedef struct range_state {
    double year;
    window terms;
} range_state;

static size_t range_size(const double *params) {
    return offsetof(range_state, terms) + window_size((size_t)params[0]);
}
static void range_init(void *state, const double *params) {
    range_state *s = state;
    s->year = params[1];
    window_init(&s->terms, (size_t)params[0], WINDOW_SUM);
}
static void range_advance(range_state *s, double term, double *out) {
    out[0] = in_percent(window_step(&s->terms, term) / (double)s->terms.n, s->year);
}
static double square(double x) {
    return x * x;
}
static double rogers_satchell(const double *x) {
    double open = x[QM_OPEN], close = x[QM_CLOSE];
    return log(x[QM_HIGH] / close) * log(x[QM_HIGH] / open) +
           log(x[QM_LOW] / close) * log(x[QM_LOW] / open);
}
static void hv_parkinson_step(void *state, const double *x, double *out) {
    range_advance(state, square(log(x[QM_HIGH] / x[QM_LOW])) / (4 * log(2)), out);
}
QM_RUN_BARS(hv_parkinson, 1)
static void hv_garman_klass_step(void *state, const double *x, double *out) {
    double range = square(log(x[QM_HIGH] / x[QM_LOW]));
    double drift = square(log(x[QM_CLOSE] / x[QM_OPEN]));
    range_advance(state, 0.5 * range - (2 * log(2) - 1) * drift, out);
}
QM_RUN_BARS(hv_garman_klass, 1)
static void hv_rogers_satchell_step(void *state, const double *x, double *out) {
    range_advance(state, rogers_satchell(x), out);
}
QM_RUN_BARS(hv_rogers_satchell, 1)

#define RANGE_ROW(row, label, columns, origin)                                                     \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_BAR_ROW(row, label, columns, "volatility"),                                             \
        QM_PARAMS(FROM_1),                                                                         \
        QM_VALUE,                                                                                  \
        .warmup = qm_warmup_period_less,                                                           \
        .state_size = range_size,                                                                  \
        .init = range_init,                                                                        \
        .step = row##_step,                                                                        \
        .run = row##_run,                                                                          \
        .source = origin,                                                                          \
    }

RANGE_ROW(hv_parkinson, "Parkinson's volatility, percent a year", "hl",
          "Parkinson, Journal of Business 53, 1980");
RANGE_ROW(hv_garman_klass, "Garman and Klass's volatility, percent a year", "ohlc",
          "Garman and Klass, Journal of Business 53, 1980");
RANGE_ROW(hv_rogers_satchell, "Rogers and Satchell's volatility, percent a year", "ohlc",
          "Rogers and Satchell, Annals of Applied Probability 1, 1991");

/* ---- Yang and Zhang: nights, days and the way within them. Behind it the sum of the latter. */
typedef struct yang_zhang_state {
    double year, close;
    bool started;
    moments_window last; /* x: close to open, y: open to close */
} yang_zhang_state;

static size_t hv_yang_zhang_size(const double *params) {
    size_t n = (size_t)params[0];
    return offsetof(yang_zhang_state, last) + moments_size(n) + window_size(n);
}
static void hv_yang_zhang_init(void *state, const double *params) {
    yang_zhang_state *s = state;
    s->year = params[1];
    s->close = 0;
    s->started = false;
    moments_init(&s->last, (size_t)params[0]);
    window_init(moments_end(&s->last), (size_t)params[0], WINDOW_SUM);
}
static void hv_yang_zhang_step(void *state, const double *x, double *out) {
    yang_zhang_state *s = state;
    double night = log(x[QM_OPEN] / s->close), day = log(x[QM_CLOSE] / x[QM_OPEN]);
    bool started = s->started;
    s->close = x[QM_CLOSE];
    s->started = true;
    out[0] = NAN;
    if (!started) {
        return;
    }
    moments m;
    double way = window_step(moments_end(&s->last), rogers_satchell(x));
    if (moments_step(&s->last, night, day, &m)) {
        double k = 0.34 / (1.34 + (m.n + 1) / (m.n - 1));
        double variance = m.xx / (m.n - 1) + k * m.yy / (m.n - 1) + (1 - k) * way / m.n;
        out[0] = in_percent(variance, s->year);
    }
}
QM_RUN_BARS(hv_yang_zhang, 1)

const qm_ta_info qm_ta_info_hv_yang_zhang = {
    QM_BAR_ROW(hv_yang_zhang, "Yang and Zhang's volatility, percent a year", "ohlc", "volatility"),
    QM_PARAMS(FROM_2),
    QM_VALUE,
    .warmup = qm_warmup_period,
    .state_size = hv_yang_zhang_size,
    .init = hv_yang_zhang_init,
    .step = hv_yang_zhang_step,
    .run = hv_yang_zhang_run,
    .source = "Yang and Zhang, Journal of Business 73, 2000",
};
