/* SPDX-License-Identifier: MIT
 *
 * The straight line through the last n values by least squares; the newest stands at n - 1.
 */
#include "ta/history.h"
#include "ta/rows.h"

#include <math.h>

typedef struct line {
    double slope, intercept;
} line;

/* Summed anew at each bar, x counted back from the newest value, as TA-Lib does. */
static line line_of(const double *last, size_t count) {
    double n = (double)count, sum = 0, products = 0;
    for (size_t i = 0; i < count; i++) {
        sum += last[i];
        products += (double)(count - 1 - i) * last[i];
    }
    double x = n * (n - 1) * 0.5, squares = n * (n - 1) * (2 * n - 1) / 6;
    double slope = (n * products - x * sum) / (x * x - n * squares);
    return (line){slope, (sum - slope * x) / n};
}

static size_t line_size(const double *params) {
    return history_size((size_t)params[0]);
}
static void line_init(void *state, const double *params) {
    history_init(state, (size_t)params[0]);
}
static line line_step(history *h, double x) {
    const double *last = history_step(h, x);
    return last ? line_of(last, h->n) : (line){NAN, NAN};
}

static double at_end(line fit, size_t n) {
    return fit.intercept + fit.slope * (double)(n - 1);
}
static double slope(line fit, size_t n) {
    (void)n;
    return fit.slope;
}
static double intercept(line fit, size_t n) {
    (void)n;
    return fit.intercept;
}
static double angle(line fit, size_t n) {
    (void)n;
    return atan(fit.slope) * (180 / 3.14159265358979323846);
}
static double ahead(line fit, size_t n) {
    return fit.intercept + fit.slope * (double)n;
}

/* In batch the last n values stand in the series itself. */
#define LINE_STEPS(row, value)                                                                     \
    static void row##_step(void *state, const double *x, double *out) {                            \
        out[0] = value(line_step(state, x[0]), ((history *)state)->n);                             \
    }                                                                                              \
    static void row##_run(void *state, const double *const *x, size_t n, double *const *out) {     \
        size_t period = ((history *)state)->n;                                                     \
        for (size_t i = 0; i < n; i++) {                                                           \
            bool defined = i + 1 >= period;                                                        \
            out[0][i] = defined ? value(line_of(x[0] + i + 1 - period, period), period) : NAN;     \
        }                                                                                          \
    }

LINE_STEPS(linreg, at_end)
LINE_STEPS(linreg_slope, slope)
LINE_STEPS(linreg_intercept, intercept)
LINE_STEPS(linreg_angle, angle)
LINE_STEPS(tsf, ahead)

static const qm_ta_param PERIOD_14[] = {QM_PERIOD(14, 2)};

#define FORMS(row)                                                                                 \
    .warmup = qm_warmup_period_less, .state_size = line_size, .init = line_init,                   \
    .step = row##_step, .run = row##_run
#define LINE(row, label, lib, origin)                                                              \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_ROW(row, label, QM_TA_SERIES, "statistics"),                                            \
        QM_PARAMS(PERIOD_14),                                                                      \
        QM_VALUE,                                                                                  \
        FORMS(row),                                                                                \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }
#define LIB_ROW(NAME, row)                                                                         \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_SERIES(NAME), QM_PARAMS(PERIOD_14),   QM_LIB_OUTPUT,                                \
        FORMS(row),          .source = "ta-lib.org",                                               \
    }

LINE(linreg, "End of the regression line", "LINEARREG", "least squares over the last n values");
LINE(linreg_slope, "Slope of the regression line, per bar", "LINEARREG_SLOPE", "least squares");
LINE(linreg_intercept, "Begin of the regression line", "LINEARREG_INTERCEPT", "least squares");
LINE(linreg_angle, "Angle of the regression line in degrees", "LINEARREG_ANGLE",
     "arc tangent of the slope");
LINE(tsf, "Time series forecast: the regression line one bar ahead", "TSF", "least squares");

LIB_ROW(LINEARREG, linreg);
LIB_ROW(LINEARREG_SLOPE, linreg_slope);
LIB_ROW(LINEARREG_INTERCEPT, linreg_intercept);
LIB_ROW(LINEARREG_ANGLE, linreg_angle);
LIB_ROW(TSF, tsf);
