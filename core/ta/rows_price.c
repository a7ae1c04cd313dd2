/* SPDX-License-Identifier: MIT
 *
 * What one bar says by itself.
 */
#include "ta/rows.h"
#include "ta/running.h"

static void avgprice_step(void *state, const double *x, double *out) {
    (void)state;
    out[0] = (x[QM_HIGH] + x[QM_LOW] + x[QM_CLOSE] + x[QM_OPEN]) / 4;
}
QM_RUN_BARS(avgprice, 1)
static void medprice_step(void *state, const double *x, double *out) {
    (void)state;
    out[0] = (x[QM_HIGH] + x[QM_LOW]) / 2;
}
QM_RUN_BARS(medprice, 1)
static void typprice_step(void *state, const double *x, double *out) {
    (void)state;
    out[0] = (x[QM_HIGH] + x[QM_LOW] + x[QM_CLOSE]) / 3;
}
QM_RUN_BARS(typprice, 1)
static void wclprice_step(void *state, const double *x, double *out) {
    (void)state;
    out[0] = (x[QM_HIGH] + x[QM_LOW] + x[QM_CLOSE] * 2) / 4;
}
QM_RUN_BARS(wclprice, 1)
static void bop_step(void *state, const double *x, double *out) {
    (void)state;
    double range = x[QM_HIGH] - x[QM_LOW];
    out[0] = range > 0 ? (x[QM_CLOSE] - x[QM_OPEN]) / range : 0;
}
QM_RUN_BARS(bop, 1)
static void bop_lib_step(void *state, const double *x, double *out) {
    (void)state;
    double range = x[QM_HIGH] - x[QM_LOW];
    out[0] = talib_zero_or_less(range) ? 0 : (x[QM_CLOSE] - x[QM_OPEN]) / range;
}
QM_RUN_BARS(bop_lib, 1)

#define FORMS(row)                                                                                 \
    .warmup = qm_warmup_none, .state_size = qm_size_none, .init = qm_init_none,                    \
    .step = row##_step, .run = row##_run
#define PRICE(row, label, columns, family, lib, origin)                                            \
    const qm_ta_info qm_ta_info_##row = {                                                          \
        QM_BAR_ROW(row, label, columns, family),                                                   \
        QM_VALUE,                                                                                  \
        FORMS(row),                                                                                \
        .talib = lib,                                                                              \
        .source = origin,                                                                          \
    }
#define LIB_ROW(NAME, columns, row)                                                                \
    const qm_ta_info qm_talib_##NAME = {                                                           \
        QM_LIB_BARS(NAME, columns),                                                                \
        QM_LIB_OUTPUT,                                                                             \
        FORMS(row),                                                                                \
        .source = "ta-lib.org",                                                                    \
    }

PRICE(avgprice, "Average price", "ohlc", "prices", "AVGPRICE", "(open + high + low + close) / 4");
PRICE(medprice, "Median price", "hl", "prices", "MEDPRICE", "(high + low) / 2");
PRICE(typprice, "Typical price", "hlc", "prices", "TYPPRICE", "(high + low + close) / 3");
PRICE(wclprice, "Weighted close", "hlc", "prices", "WCLPRICE", "(high + low + 2 close) / 4");
PRICE(bop, "Balance of power", "ohlc", "momentum", "BOP",
      "Livshin, Balance of Market Power, TASC 2001/8; 0 for a bar without range");

LIB_ROW(AVGPRICE, "ohlc", avgprice);
LIB_ROW(MEDPRICE, "hl", medprice);
LIB_ROW(TYPPRICE, "hlc", typprice);
LIB_ROW(WCLPRICE, "hlc", wclprice);
LIB_ROW(BOP, "ohlc", bop_lib);
