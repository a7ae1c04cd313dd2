/* SPDX-License-Identifier: MIT
 *
 * matrix of docs/reference/atr.md.
 */
#include "base/mem.h"
#include "market/atr_series.h"

#include <math.h>

/* Over the whole series, seeded with its first ten closes. */
static qm_status ema10(const qm_bars *bars, double *out) {
    const double params[QM_TA_PARAMS_MAX] = {10};
    qm_ta *ema;
    qm_status status = qm_ta_new(qm_ta_find("ema"), params, &ema);
    if (status == QM_OK) {
        for (size_t i = 0; i < bars->n; i++) {
            qm_ta_step(ema, &bars->column[QM_CLOSE][i], out);
        }
        qm_ta_free(ema);
    }
    return status;
}

static qm_status weekly_atr(const qm_atr_config *config, const qm_bars *bars, double *out) {
    qm_bars weekly;
    qm_bars_init(&weekly, QM_TF_1W);
    qm_status status = qm_bars_aggregate(bars, QM_TF_1W, false, &weekly);
    if (status == QM_OK) {
        status = qm_atr_basic(config, &weekly, out, NULL);
    }
    if (status == QM_EINSUFFICIENT) {
        *out = NAN;
        status = QM_OK;
    }
    qm_bars_fini(&weekly);
    return status;
}

qm_status qm_atr_matrix_of(const qm_atr_config *config, const qm_bars *bars, qm_atr_matrix *out,
                           qm_error *err) {
    double *atr = NULL;
    qm_status status = qm_atr_series(config, bars, 200, &atr, err);
    if (status != QM_OK) {
        return status;
    }
    size_t n = bars->n;
    const double *closes = bars->column[QM_CLOSE];
    double close = closes[n - 1], ema = NAN;
    qm_atr_matrix m = {.atr = atr[n - 1], .entry = close, .position20 = NAN};
    qm_free(atr);
    m.sma20 = qm_mean_of_last(closes, n, 20);
    m.sma50 = qm_mean_of_last(closes, n, 50);
    double sma100 = qm_mean_of_last(closes, n, 100), sma200 = qm_mean_of_last(closes, n, 200);
    status = ema10(bars, &ema);
    if (status == QM_OK) {
        status = weekly_atr(config, bars, &m.weekly_atr);
    }
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    m.aligned = ema >= m.sma20 && m.sma20 >= m.sma50 && m.sma50 >= sma100 && sma100 >= sma200;
    m.distance = m.atr > 0 ? (close - m.sma50) / m.atr : NAN;
    m.atr_pct = 100 * m.atr / close;
    double high = qm_highest_of_last(bars->column[QM_HIGH], n, 20);
    double low = qm_lowest_of_last(bars->column[QM_LOW], n, 20);
    if (high > low) {
        m.position20 = 100 * (close - low) / (high - low);
    }
    m.stop = fmax(close - 1.5 * m.atr, 0.90 * close);
    static const double STEPS[] = {7, 10, 12};
    for (int k = 0; k < 3; k++) {
        m.targets[k] = m.sma50 + STEPS[k] * m.atr;
    }
    m.risk_reward = close > m.stop ? (m.targets[0] - close) / (close - m.stop) : NAN;
    *out = m;
    return QM_OK;
}
