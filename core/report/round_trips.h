/* SPDX-License-Identifier: MIT
 *
 * round_trips.h: the trades of a run as trips from flat to flat, and what is measured of them.
 *
 * A trip begins with the fill that opens a position and ends with the one that closes it; a fill
 * that goes through zero ends one and begins the next. Amounts are exact; excursions and R are
 * analysis, in doubles. Formulas: docs/reference/metrics.md.
 */
#ifndef QM_REPORT_ROUND_TRIPS_H
#define QM_REPORT_ROUND_TRIPS_H

#include "base/vec.h"
#include "engine/engine.h"

typedef struct qm_round_trip {
    qm_instrument_id instrument;
    bool is_short;
    qm_date entered, exited;
    qm_time entry_time, exit_time;
    qm_decimal qty;        /* bought or sold to open, in units of the time of the exit */
    qm_total bought, sold; /* amounts, fees not in them */
    qm_total fees, profit; /* profit: sold - bought - fees; dividends are not in it */
    double mae, mfe;       /* of the average entry price; mae <= 0 <= mfe */
    double r;              /* profit / risk; NaN: no stop was given */
} qm_round_trip;

typedef struct qm_round_trips {
    QM_VEC(qm_round_trip) closed; /* in order of exit */
    size_t open;                  /* trips that the run left open */
} qm_round_trips;

/* Zeroed before, fini'd after, also on an error. QM_ENOMEM, QM_EOVERFLOW. */
qm_status qm_report_round_trips(const qm_engine *engine, uint32_t index, qm_round_trips *out);
void qm_round_trips_fini(qm_round_trips *trips);

/* Sums over closed trips; NaN where there are none to divide by. */
typedef struct qm_trip_summary {
    size_t count, open, wins, losses, with_stop;
    qm_total profit;
    double win_rate, profit_factor, expectancy, average_win, average_loss;
    double average_mae, average_mfe, worst_mae, best_mfe, average_r;
} qm_trip_summary;
qm_status qm_round_trips_sum(const qm_round_trips *trips, qm_trip_summary *out);

#endif
