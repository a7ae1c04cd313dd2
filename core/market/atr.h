/* SPDX-License-Identifier: MIT
 *
 * atr.h: ATR of a whole series: the records of docs/reference/atr.md (basic, enhanced, options,
 * matrix, portfolio) over daily bars in time order, adjusted, oldest first.
 *
 * NaN in a double, NONE in an enum mean "not defined": nil in Lua. Each call works through the
 * series once (about 5 ns a bar). Pure; memory for one column while it runs. QM_EINSUFFICIENT says
 * how many bars there are and how many it takes; QM_EDATA names the date of a bad bar.
 */
#ifndef QM_MARKET_ATR_H
#define QM_MARKET_ATR_H

#include "market/bars.h"

typedef enum qm_regime {
    QM_REGIME_NONE,
    QM_REGIME_LOW,
    QM_REGIME_MEDIUM,
    QM_REGIME_HIGH,
    QM_REGIME_EXTREME
} qm_regime;
typedef enum qm_atr_trend {
    QM_TREND_NONE,
    QM_TREND_EXPANDING,
    QM_TREND_STABLE,
    QM_TREND_CONTRACTING
} qm_atr_trend;
typedef enum qm_atr_cycle {
    QM_CYCLE_NONE,
    QM_CYCLE_COMPRESSION,
    QM_CYCLE_EXPANSION,
    QM_CYCLE_EXHAUSTION,
    QM_CYCLE_STABLE
} qm_atr_cycle;

/* Upper-case names; NULL for NONE. */
const char *qm_regime_name(qm_regime regime);
const char *qm_atr_trend_name(qm_atr_trend trend);
const char *qm_atr_cycle_name(qm_atr_cycle cycle);
/* percentile <= 25 LOW, <= 75 MEDIUM, <= 90 HIGH, else EXTREME; NaN: NONE. */
qm_regime qm_regime_of(double percentile);

typedef struct qm_atr_config {
    qm_atr_spec atr;
    int lookback;        /* values of the percentile, 252 */
    double sigma_factor; /* options: sigma of a session = factor x ATR, 0.752 */
    qm_date as_of;       /* staleness is counted to here; QM_DATE_NONE: the last bar's date */
} qm_atr_config;

/* Period 14, wilder, range, 252, 1.2 x sqrt(pi/8). */
qm_atr_config qm_atr_config_default(void);

qm_status qm_atr_basic(const qm_atr_config *config, const qm_bars *bars, double *out,
                       qm_error *err);

typedef struct qm_atr_enhanced {
    double atr, atr_pct, true_range, percentile;
    qm_regime regime;
    qm_atr_trend trend;
    qm_atr_cycle cycle;
    double breakout_multiple; /* NaN: no breakout */
    bool breakout_up;
    double chandelier_long, chandelier_short, band_upper, band_lower, regime_stop;
    double scale_out[4]; /* SMA50 + 7, 8, 9, 10 ATR */
    double entry_threshold, exhaustion_level;
    size_t bars;
    int32_t gaps;       /* sessions inside the series without a bar */
    int32_t stale_days; /* sessions since the last bar */
    double confidence;
} qm_atr_enhanced;

qm_status qm_atr_enhanced_of(const qm_atr_config *config, const qm_bars *bars, qm_atr_enhanced *out,
                             qm_error *err);

typedef struct qm_atr_options {
    double atr, sigma_move, mean_abs_move, multiplier, position_size_factor;
    qm_regime regime;
    int32_t sessions; /* to expiry */
} qm_atr_options;

/* Without a chain there are no strikes: nothing is estimated. QM_EINVAL: expiry is past. */
qm_status qm_atr_options_of(const qm_atr_config *config, const qm_bars *bars, qm_date expiry,
                            qm_atr_options *out, qm_error *err);

typedef struct qm_atr_matrix {
    double atr, distance, atr_pct, position20, weekly_atr, entry, stop, targets[3], risk_reward;
    double sma20, sma50;
    bool aligned;
} qm_atr_matrix;

/* Needs 200 bars (SMA200). weekly_atr: completed weeks only; NaN while there are too few. */
qm_status qm_atr_matrix_of(const qm_atr_config *config, const qm_bars *bars, qm_atr_matrix *out,
                           qm_error *err);

#endif
