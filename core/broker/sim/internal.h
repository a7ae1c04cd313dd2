/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of the simulated broker share.
 */
#ifndef QM_BROKER_SIM_INTERNAL_H
#define QM_BROKER_SIM_INTERNAL_H

#include "base/vec.h"
#include "broker/sim/sim.h"

typedef struct working {
    qm_order order;
    qm_time since;        /* submitted */
    qm_decimal traded;    /* money of its fills, for the fee of the whole order */
    qm_decimal charged;   /* fees so far */
    qm_time triggered_in; /* end of the bar inside which it was triggered; 0: not inside one */
    bool done;
} working;

/* What the simulation remembers of an instrument. */
typedef struct market_state {
    uint32_t orders;   /* working */
    qm_decimal range;  /* of the newest bar */
    qm_time bar_start; /* the bar that `used` belongs to */
    qm_decimal used;   /* of its volume */
} market_state;

struct qm_sim {
    qm_broker broker;
    qm_sim_config config;
    QM_VEC(working) orders; /* by id */
    market_state *markets;  /* by instrument id */
    size_t market_count;
    QM_VEC(qm_instrument_id) active;
};

/* One bar while its orders are matched. high, low, close: only when `whole`. */
typedef struct match {
    qm_sim *sim;
    qm_instrument_id instrument;
    const qm_instrument *info;
    market_state *market;
    qm_time start, end;
    qm_date date;
    bool first_of_session, last_of_session, whole;
    qm_decimal open, high, low, close;
    double volume;
    qm_status status;
} match;

/* Moves a price against the trader, to the tick. */
qm_status qm_slip(const qm_slippage *model, qm_side side, qm_decimal tick, qm_decimal range,
                  qm_decimal *price);
/* NULL when memory is short. */
market_state *qm_sim_market(qm_sim *sim, qm_instrument_id instrument);
/* Fills what the opening trade fills. */
void qm_match_open(match *m);
/* Fills what the rest of a whole bar fills. */
void qm_match_path(match *m);
/* Takes done orders out. */
void qm_sim_sweep(qm_sim *sim);

/* fill.c. at: time that the fill carries. Market-like prices slip, limits don't. */
typedef struct fill_terms {
    qm_decimal price;
    qm_time at;
    bool slips, coarse;
} fill_terms;
void qm_match_fill(match *m, working *w, const fill_terms *terms);
void qm_sim_tell(qm_sim *sim, const working *w, qm_broker_event_kind kind, qm_time time,
                 const char *text);

#endif
