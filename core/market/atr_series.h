/* SPDX-License-Identifier: MIT
 *
 * atr_series.h: what the ATR records share. Internal to the room.
 */
#ifndef QM_MARKET_ATR_SERIES_H
#define QM_MARKET_ATR_SERIES_H

#include "market/atr.h"

/* Checks the bars and hands over a column of ATR (qm_free). need: least number of bars. */
qm_status qm_atr_series(const qm_atr_config *config, const qm_bars *bars, size_t need, double **out,
                        qm_error *err);
/* NaN when there are fewer than count values. */
double qm_mean_of_last(const double *x, size_t n, size_t count);
/* Of the values that are there; n >= 1. */
double qm_highest_of_last(const double *x, size_t n, size_t count);
double qm_lowest_of_last(const double *x, size_t n, size_t count);

#endif
