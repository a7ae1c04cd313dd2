/* SPDX-License-Identifier: MIT
 *
 * basic, enhanced and options of docs/reference/atr.md.
 */
#include "market/atr.h"

#include "base/calendar.h"
#include "base/mem.h"
#include "market/atr_series.h"

#include <math.h>
#include <stdlib.h>

static const double PI = 3.14159265358979323846;

const char *qm_regime_name(qm_regime regime) {
    static const char *const names[] = {NULL, "LOW", "MEDIUM", "HIGH", "EXTREME"};
    return names[regime];
}

const char *qm_atr_trend_name(qm_atr_trend trend) {
    static const char *const names[] = {NULL, "EXPANDING", "STABLE", "CONTRACTING"};
    return names[trend];
}

const char *qm_atr_cycle_name(qm_atr_cycle cycle) {
    static const char *const names[] = {NULL, "COMPRESSION", "EXPANSION", "EXHAUSTION", "STABLE"};
    return names[cycle];
}

qm_regime qm_regime_of(double percentile) {
    if (isnan(percentile)) {
        return QM_REGIME_NONE;
    }
    return percentile <= 25   ? QM_REGIME_LOW
           : percentile <= 75 ? QM_REGIME_MEDIUM
           : percentile <= 90 ? QM_REGIME_HIGH
                              : QM_REGIME_EXTREME;
}

qm_atr_config qm_atr_config_default(void) {
    return (qm_atr_config){.atr = {.period = 14},
                           .lookback = 252,
                           .sigma_factor = 1.2 * sqrt(PI / 8),
                           .as_of = QM_DATE_NONE};
}

qm_status qm_atr_series(const qm_atr_config *config, const qm_bars *bars, size_t need, double **out,
                        qm_error *err) {
    const double *high = bars->column[QM_HIGH], *low = bars->column[QM_LOW];
    size_t n = bars->n;
    size_t least = (size_t)config->atr.period + (config->atr.first_tr == QM_ATR_FIRST_SKIP);
    need = need > least ? need : least;
    if (n < need) {
        return qm_error_set(err, QM_EINSUFFICIENT, "insufficient data: have %zu bars, need %zu", n,
                            need);
    }
    size_t wrong = qm_atr_check(high, low, bars->column[QM_CLOSE], n);
    if (wrong < n) {
        char date[QM_DATE_BUF];
        qm_date_format(bars->date[wrong], date);
        return qm_error_set(err, QM_EDATA, "bad bar on %s: high %.10g low %.10g close %.10g", date,
                            high[wrong], low[wrong], bars->column[QM_CLOSE][wrong]);
    }
    double *atr = qm_alloc(n * sizeof *atr);
    if (!atr) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_atr_batch(config->atr, high, low, bars->column[QM_CLOSE], n, atr);
    *out = atr;
    return QM_OK;
}

double qm_mean_of_last(const double *x, size_t n, size_t count) {
    if (n < count) {
        return NAN;
    }
    double sum = 0;
    for (size_t i = n - count; i < n; i++) {
        sum += x[i];
    }
    return sum / (double)count;
}

double qm_highest_of_last(const double *x, size_t n, size_t count) {
    double best = x[n - 1];
    for (size_t i = n > count ? n - count : 0; i < n; i++) {
        best = x[i] > best ? x[i] : best;
    }
    return best;
}

double qm_lowest_of_last(const double *x, size_t n, size_t count) {
    double best = x[n - 1];
    for (size_t i = n > count ? n - count : 0; i < n; i++) {
        best = x[i] < best ? x[i] : best;
    }
    return best;
}

qm_status qm_atr_basic(const qm_atr_config *config, const qm_bars *bars, double *out,
                       qm_error *err) {
    double *atr = NULL;
    qm_status status = qm_atr_series(config, bars, 0, &atr, err);
    if (status == QM_OK) {
        *out = atr[bars->n - 1];
        qm_free(atr);
    }
    return status;
}

static double percentile_of(const qm_atr_config *config, const double *atr, const double *close,
                            size_t n) {
    double last = 100 * atr[n - 1] / close[n - 1];
    size_t first = n > (size_t)config->lookback ? n - (size_t)config->lookback : 0;
    size_t count = 0, below = 0;
    for (size_t i = first; i < n; i++) {
        double pct = 100 * atr[i] / close[i];
        count += isnan(pct) ? 0 : 1;
        below += pct <= last;
    }
    return count < 10 ? NAN : 100.0 * (double)below / (double)count;
}

/* Mean of the last 5 ATR against the mean of those at -20..-11. */
static qm_atr_trend trend_of(const double *atr, size_t n) {
    double now = qm_mean_of_last(atr, n, 5);
    double then = n >= 20 ? qm_mean_of_last(atr, n - 10, 10) : NAN;
    double ratio = now / then;
    if (isnan(ratio)) {
        return QM_TREND_NONE;
    }
    return ratio > 1.15   ? QM_TREND_EXPANDING
           : ratio < 0.85 ? QM_TREND_CONTRACTING
                          : QM_TREND_STABLE;
}

static qm_atr_cycle cycle_of(qm_regime regime, qm_atr_trend trend) {
    if (regime == QM_REGIME_NONE || trend == QM_TREND_NONE) {
        return QM_CYCLE_NONE;
    }
    bool wide = regime == QM_REGIME_HIGH || regime == QM_REGIME_EXTREME;
    if (regime == QM_REGIME_LOW && trend != QM_TREND_EXPANDING) {
        return QM_CYCLE_COMPRESSION;
    }
    if (wide && trend == QM_TREND_EXPANDING) {
        return QM_CYCLE_EXPANSION;
    }
    return wide && trend == QM_TREND_CONTRACTING ? QM_CYCLE_EXHAUSTION : QM_CYCLE_STABLE;
}

/* Sessions between the first and the last bar that have none. */
static int32_t gaps_of(const qm_bars *bars) {
    int32_t gaps = 0;
    for (size_t i = 1; i < bars->n; i++) {
        int32_t step = qm_calendar_count(bars->date[i - 1], bars->date[i]);
        gaps += step > 1 ? step - 1 : 0;
    }
    return gaps;
}

static void fill_quality(const qm_atr_config *config, const qm_bars *bars, const double *atr,
                         qm_atr_enhanced *e) {
    size_t defined = 0;
    for (size_t i = 0; i < bars->n; i++) {
        defined += isnan(atr[i]) ? 0 : 1;
    }
    qm_date last = bars->date[bars->n - 1];
    e->bars = bars->n;
    e->gaps = gaps_of(bars);
    e->stale_days = config->as_of == QM_DATE_NONE ? 0 : qm_calendar_count(last, config->as_of);
    e->stale_days = e->stale_days < 0 ? 0 : e->stale_days;
    double share = (double)defined / (2.0 * config->atr.period);
    double fresh = e->stale_days > 5 ? fmax(0.5, 1 - e->stale_days / 30.0) : 1;
    e->confidence = (share < 1 ? share : 1) * fresh;
}

static void fill_levels(const qm_bars *bars, size_t period, qm_atr_enhanced *e) {
    static const double STOPS[] = {NAN, 1.5, 2.0, 2.5, 3.0};
    size_t n = bars->n;
    const double *close = bars->column[QM_CLOSE];
    double last = close[n - 1], sma20 = qm_mean_of_last(close, n, 20);
    double sma50 = qm_mean_of_last(close, n, 50);
    e->chandelier_long = qm_highest_of_last(bars->column[QM_HIGH], n, period) - 3 * e->atr;
    e->chandelier_short = qm_lowest_of_last(bars->column[QM_LOW], n, period) + 3 * e->atr;
    e->band_upper = sma20 + 2 * e->atr;
    e->band_lower = sma20 - 2 * e->atr;
    e->regime_stop = last - STOPS[e->regime] * e->atr;
    for (int k = 0; k < 4; k++) {
        e->scale_out[k] = sma50 + (7 + k) * e->atr;
    }
    e->entry_threshold = last + 0.5 * e->atr;
    e->exhaustion_level = last + 2.5 * e->atr;
}

qm_status qm_atr_enhanced_of(const qm_atr_config *config, const qm_bars *bars, qm_atr_enhanced *out,
                             qm_error *err) {
    double *atr = NULL;
    qm_status status = qm_atr_series(config, bars, 0, &atr, err);
    if (status != QM_OK) {
        return status;
    }
    size_t n = bars->n;
    const double *high = bars->column[QM_HIGH], *low = bars->column[QM_LOW];
    const double *close = bars->column[QM_CLOSE];
    qm_atr_enhanced e = {.atr = atr[n - 1], .breakout_multiple = NAN};
    e.atr_pct = 100 * e.atr / close[n - 1];
    e.true_range =
        n > 1 ? fmax(high[n - 1], close[n - 2]) - fmin(low[n - 1], close[n - 2]) : high[0] - low[0];
    e.percentile = percentile_of(config, atr, close, n);
    e.regime = qm_regime_of(e.percentile);
    e.trend = trend_of(atr, n);
    e.cycle = cycle_of(e.regime, e.trend);
    /* The previous bar's ATR, so that the bar that breaks out does not dilute its own measure. */
    double multiple = n > 1 ? e.true_range / atr[n - 2] : NAN;
    if (multiple >= 2) {
        e.breakout_multiple = multiple;
        e.breakout_up = close[n - 1] > bars->column[QM_OPEN][n - 1];
    }
    fill_levels(bars, (size_t)config->atr.period, &e);
    fill_quality(config, bars, atr, &e);
    qm_free(atr);
    *out = e;
    return QM_OK;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median atr_pct of the look-back; atr is overwritten. */
static double median_pct(const qm_atr_config *config, double *atr, const double *close, size_t n) {
    size_t first = n > (size_t)config->lookback ? n - (size_t)config->lookback : 0, count = 0;
    for (size_t i = first; i < n; i++) {
        double pct = 100 * atr[i] / close[i];
        if (!isnan(pct)) {
            atr[count++] = pct;
        }
    }
    qsort(atr, count, sizeof *atr, by_value);
    return count % 2 ? atr[count / 2] : (atr[count / 2 - 1] + atr[count / 2]) / 2;
}

qm_status qm_atr_options_of(const qm_atr_config *config, const qm_bars *bars, qm_date expiry,
                            qm_atr_options *out, qm_error *err) {
    double *atr = NULL;
    qm_status status = qm_atr_series(config, bars, 0, &atr, err);
    if (status != QM_OK) {
        return status;
    }
    size_t n = bars->n;
    qm_date today = config->as_of == QM_DATE_NONE ? bars->date[n - 1] : config->as_of;
    qm_atr_options o = {.atr = atr[n - 1], .sessions = qm_calendar_count(today, expiry)};
    if (expiry < today) {
        qm_free(atr);
        return qm_error_set(err, QM_EINVAL, "the expiry lies before the last bar");
    }
    const double *close = bars->column[QM_CLOSE];
    double pct = 100 * o.atr / close[n - 1];
    o.regime = qm_regime_of(percentile_of(config, atr, close, n));
    o.sigma_move = config->sigma_factor * o.atr * sqrt(o.sessions);
    o.mean_abs_move = sqrt(2 / PI) * o.sigma_move;
    double ratio = pct > 0 ? median_pct(config, atr, close, n) / pct : 2.0;
    o.multiplier = ratio < 0.5 ? 0.5 : ratio > 2.0 ? 2.0 : ratio;
    o.position_size_factor = 0.10 * o.multiplier;
    qm_free(atr);
    *out = o;
    return QM_OK;
}
