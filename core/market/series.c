/* SPDX-License-Identifier: MIT */
#include "market/series.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

qm_status qm_series_new(qm_instrument_id instrument, qm_timeframe tf, qm_series **out) {
    qm_series *series = qm_calloc(1, sizeof *series);
    if (!series) {
        return QM_ENOMEM;
    }
    series->instrument = instrument;
    qm_bars_init(&series->bars, tf);
    *out = series;
    return QM_OK;
}

static void tap_free(qm_tap *tap) {
    if (tap) {
        qm_ta_free(tap->state);
        qm_free(tap);
    }
}

void qm_series_free(qm_series *series) {
    if (!series) {
        return;
    }
    for (size_t i = 0; i < series->tap_count; i++) {
        tap_free(series->taps[i]);
    }
    qm_free(series->taps);
    qm_bars_fini(&series->bars);
    qm_free(series);
}

static void tap_step(qm_tap *tap, const double *x) {
    if (!tap->info) {
        tap->value[0] = x[tap->column];
    } else {
        qm_ta_step(tap->state, tap->info->input == QM_TA_SERIES ? x + tap->column : x, tap->value);
    }
}

static void tap_clear(qm_tap *tap) {
    for (int k = 0; k < QM_TA_OUTPUTS_MAX; k++) {
        tap->value[k] = NAN;
    }
}

static void tap_replay(qm_tap *tap, const qm_bars *bars) {
    tap_clear(tap);
    if (tap->state) {
        qm_ta_reset(tap->state);
    }
    for (size_t i = tap->info || bars->n == 0 ? 0 : bars->n - 1; i < bars->n; i++) {
        double x[QM_TA_X_COUNT];
        for (int k = 0; k < QM_COLUMN_COUNT; k++) {
            x[k] = bars->column[k][i];
        }
        x[QM_SESSION] = bars->date[i];
        tap_step(tap, x);
    }
}

qm_status qm_series_push(qm_series *series, const qm_bar *bar) {
    qm_status status = qm_bars_push(&series->bars, bar);
    if (status != QM_OK) {
        return status;
    }
    double x[QM_TA_X_COUNT];
    memcpy(x, bar->x, sizeof bar->x);
    x[QM_SESSION] = bar->date;
    for (size_t i = 0; i < series->tap_count; i++) {
        tap_step(series->taps[i], x);
    }
    return QM_OK;
}

qm_status qm_series_split(qm_series *series, int64_t num, int64_t den) {
    if (num <= 0 || den <= 0) {
        return QM_EINVAL;
    }
    qm_bars *bars = &series->bars;
    for (int k = QM_OPEN; k <= QM_CLOSE; k++) {
        for (size_t i = 0; i < bars->n; i++) {
            bars->column[k][i] = bars->column[k][i] * (double)den / (double)num;
        }
    }
    for (size_t i = 0; i < bars->n; i++) {
        bars->column[QM_VOLUME][i] = bars->column[QM_VOLUME][i] * (double)num / (double)den;
    }
    for (size_t i = 0; i < series->tap_count; i++) {
        tap_replay(series->taps[i], bars);
    }
    return QM_OK;
}

static qm_tap *find_tap(const qm_series *series, const qm_ta_info *info, const double *params,
                        qm_column column) {
    for (size_t i = 0; i < series->tap_count; i++) {
        qm_tap *tap = series->taps[i];
        bool same_column = tap->column == column || (info && info->input == QM_TA_BARS);
        size_t used = info ? (size_t)info->param_count * sizeof *params : 0;
        if (tap->info == info && same_column && (!used || memcmp(tap->params, params, used) == 0)) {
            return tap;
        }
    }
    return NULL;
}

qm_status qm_series_tap(qm_series *series, const qm_ta_info *info, const double *params,
                        qm_column column, qm_tap **out) {
    qm_tap *tap = find_tap(series, info, params, column);
    if (tap) {
        *out = tap;
        return QM_OK;
    }
    if (series->tap_count == series->tap_capacity) {
        size_t want = series->tap_capacity * 2 + 4;
        qm_tap **moved = qm_reallocarray(series->taps, want, sizeof *moved);
        if (!moved) {
            return QM_ENOMEM;
        }
        series->taps = moved;
        series->tap_capacity = want;
    }
    tap = qm_calloc(1, sizeof *tap);
    if (!tap) {
        return QM_ENOMEM;
    }
    tap->info = info;
    tap->column = column;
    if (info) {
        memcpy(tap->params, params, (size_t)info->param_count * sizeof *params);
        qm_status status = qm_ta_new(info, tap->params, &tap->state);
        if (status != QM_OK) {
            qm_free(tap);
            return status;
        }
    }
    tap_replay(tap, &series->bars);
    series->taps[series->tap_count++] = tap;
    *out = tap;
    return QM_OK;
}
