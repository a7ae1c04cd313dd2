/* SPDX-License-Identifier: MIT
 *
 * sim.h: the simulated broker of backtest, paper trading and the demo. Its promises are
 * docs/reference/fills.md, rule by rule.
 *
 * It knows only what it is told: the opening trade of a bar (qm_sim_on_open), the whole bar at its
 * end (qm_sim_on_bar), corporate actions, the end of a session. An order is live from the time of
 * its submission: one that was there when the bar started (at the same instant counts) can fill at
 * its open and sees the whole bar; one sent during the bar fills at its close at the earliest and
 * is marked coarse.
 * Deterministic: orders are walked by id. Pure memory; the engine persists the orders and
 * hands them back with qm_sim_restore.
 */
#ifndef QM_BROKER_SIM_SIM_H
#define QM_BROKER_SIM_SIM_H

#include "broker/broker.h"
#include "market/actions.h"
#include "market/bars.h"

typedef enum qm_commission_kind {
    QM_COMMISSION_NONE,
    QM_COMMISSION_PER_SHARE,
    QM_COMMISSION_PER_CONTRACT,
    QM_COMMISSION_PCT
} qm_commission_kind;
typedef struct qm_commission {
    qm_commission_kind kind;
    qm_decimal rate;     /* money a share or contract, or percent of the amount */
    qm_decimal min, max; /* 0: none */
} qm_commission;

typedef enum qm_slippage_kind {
    QM_SLIPPAGE_NONE,
    QM_SLIPPAGE_BPS,
    QM_SLIPPAGE_TICKS,
    QM_SLIPPAGE_RANGE
} qm_slippage_kind;
typedef struct qm_slippage {
    qm_slippage_kind kind;
    qm_decimal amount; /* bps, ticks, or share of the range of the bar before (the bar at hand is
                          not known yet at its open) */
} qm_slippage;

typedef enum qm_path { QM_PATH_PESSIMISTIC, QM_PATH_OPTIMISTIC, QM_PATH_OHLC } qm_path;

typedef struct qm_sim_config {
    qm_commission commission;
    qm_slippage slippage;
    qm_path path;
    bool touch;               /* a limit fills when touched */
    qm_decimal participation; /* 0: off; else share of the bar's volume */
    bool late_bars; /* bars come after their time: a day order waits for those of its session */
    const qm_instruments *instruments; /* borrowed */
} qm_sim_config;

typedef struct qm_sim qm_sim;

/* "none", "per_share:0.005,min=1", "per_contract:0.65", "pct:0.1". QM_EPARSE names the word. */
qm_status qm_commission_parse(const char *text, qm_commission *out, qm_error *err);
/* "none", "bps:5", "ticks:1", "range:0.1". */
qm_status qm_slippage_parse(const char *text, qm_slippage *out, qm_error *err);
/* The fee of a trade, rounded half up to the cent. */
qm_status qm_commission_fee(const qm_commission *model, qm_decimal qty, qm_decimal amount,
                            qm_decimal *out);

qm_status qm_sim_new(const qm_sim_config *config, qm_broker_sink sink, qm_sim **out);
qm_broker *qm_sim_broker(qm_sim *sim); /* the ops; free the broker to free the simulation */
/* Puts back a working order after a restart (no event is sent). */
qm_status qm_sim_restore(qm_sim *sim, const qm_order *order);

/* Instruments that have working orders, ascending; valid until the next call. For these the source
 * must deliver opening trades. */
size_t qm_sim_active(const qm_sim *sim, const qm_instrument_id **out);
bool qm_sim_has_orders(const qm_sim *sim, qm_instrument_id instrument);

/* The opening trade of a bar that starts at `time`. volume NaN: unknown. */
void qm_sim_on_open(qm_sim *sim, qm_instrument_id instrument, qm_time time, qm_date date,
                    double price, double volume);
/* The completed bar. When no opening trade was reported for it, the fills at the open are made now,
 * with the time of the bar's start. Day orders whose last session it ends expire after it. */
void qm_sim_on_bar(qm_sim *sim, qm_instrument_id instrument, qm_timeframe tf, const qm_bar *bar);
/* Splits change working orders (QM_BROKER_ADJUSTED): quantities x num/den (whole units rounded
 * down), prices x den/num to the tick, a limit never worse than asked, a stop never earlier. A
 * delisting cancels them. */
void qm_sim_on_action(qm_sim *sim, const qm_action *action, qm_time time);
/* Day orders of sessions that ended before `time` expire, bars or no bars; with late_bars only the
 * first bar of a later session shows that there are no more. */
void qm_sim_on_time(qm_sim *sim, qm_time time);

#endif
