/* SPDX-License-Identifier: MIT
 *
 * series.h: one instrument's bars in one timeframe as a strategy sees them: adjusted for the
 * splits known so far, the newest bar as traded, with indicators kept up to date.
 *
 * A series owns a bars column set and a list of taps (indicator states). Pushing a bar appends it
 * and steps every tap; a split rewrites the history that is there and replays the taps over it, so
 * that backtest (push from an array), paper and live (push from a feed) are the same code and the
 * same bits. Taps are anchored at the first bar. Pure memory, main thread.
 */
#ifndef QM_MARKET_SERIES_H
#define QM_MARKET_SERIES_H

#include "market/bars.h"

typedef struct qm_tap {
    const qm_ta_info *info; /* NULL: a plain column */
    double params[QM_TA_PARAMS_MAX];
    qm_column column; /* series input of QM_TA_SERIES indicators, or the plain column */
    qm_ta *state;     /* NULL for a plain column */
    double value[QM_TA_OUTPUTS_MAX]; /* after the newest bar */
} qm_tap;

typedef struct qm_series {
    qm_instrument_id instrument;
    qm_bars bars;  /* adjusted as of the newest bar */
    qm_tap **taps; /* stable pointers */
    size_t tap_count, tap_capacity;
} qm_series;

qm_status qm_series_new(qm_instrument_id instrument, qm_timeframe tf, qm_series **out);
void qm_series_free(qm_series *series);
/* Appends and steps all taps. QM_EDATA when out of order. */
qm_status qm_series_push(qm_series *series, const qm_bar *bar);
/* num new shares for den old, effective now: prices x den/num, volume x num/den for all bars in the
 * series, taps rebuilt. */
qm_status qm_series_split(qm_series *series, int64_t num, int64_t den);
/* The same tap for the same specification; a new one is warmed with the bars that are there. */
qm_status qm_series_tap(qm_series *series, const qm_ta_info *info, const double *params,
                        qm_column column, qm_tap **out);

#endif
