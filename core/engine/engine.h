/* SPDX-License-Identifier: MIT
 *
 * engine.h: takes events in one total order, keeps series, sleeves and orders up to date, calls the
 * strategies, collects their decisions. Backtest, demo and live are three drivers of this one core.
 *
 * The engine has no clock and no input of its own: time is the time of the event being handled. The
 * driver calls qm_engine_dispatch for each event; schedules and timers that are due before the
 * event fire first, at their own time. With a book (store/book.h), everything that a time step
 * produced is committed by qm_engine_commit before orders go to the broker; without one all stays
 * in memory.
 *
 * Life: new -> add instruments' series by adding strategies -> warm up (qm_engine_feed_history) ->
 * start -> dispatch ... -> finish -> questions -> free. One thread.
 */
#ifndef QM_ENGINE_ENGINE_H
#define QM_ENGINE_ENGINE_H

#include "base/hash.h"
#include "broker/sim/sim.h"
#include "engine/strategy.h"
#include "event/event.h"
#include "store/book.h"
#include "tax/preview.h"
#include "trade/risk.h"

typedef struct qm_engine qm_engine;

typedef enum qm_mode { QM_MODE_BACKTEST, QM_MODE_PAPER, QM_MODE_LIVE } qm_mode;

typedef enum qm_decision_kind {
    QM_DECISION_INTENT,
    QM_DECISION_CANCEL,
    QM_DECISION_REPLACE,
    QM_DECISION_SIGNAL,
    QM_DECISION_SKIP,
    QM_DECISION_NOTIFY,
    QM_DECISION_STATE,
    QM_DECISION_ERROR,
    QM_DECISION_TRANSFER
} qm_decision_kind;

/* "intent", "cancel", ... Static storage. */
const char *qm_decision_kind_name(qm_decision_kind kind);

/* json: canonical (keys sorted, exact decimals); what the decision hash runs over. */
typedef struct qm_decision {
    qm_decision_kind kind;
    uint32_t strategy;
    qm_time time;
    qm_instrument_id instrument;
    const char *json;
    size_t length;
} qm_decision;

/* Observers: called during dispatch; must not call back into the engine but for questions. */
typedef struct qm_engine_observer {
    void (*on_decision)(void *data, const qm_decision *decision);
    void (*on_fill)(void *data, const qm_fill *fill);
    void (*on_order)(void *data, const qm_order *order);
    void (*on_fault)(void *data, uint32_t strategy, const qm_error *err);
    void *data;
} qm_engine_observer;

typedef struct qm_engine_config {
    qm_mode mode;
    qm_instruments *instruments; /* borrowed */
    const qm_sim_config *sim;    /* the paper broker's; copied */
    qm_book *book;               /* borrowed, NULL: memory only */
    qm_risk_limits limits;
    uint64_t seed;
    qm_timeframe base_tf; /* of the bars that will be fed */
    qm_time trade_from;   /* no callbacks for bars before (warm-up); QM_TIME_NONE: none */
    bool late_bars;       /* real clock: bars come after their time, as the store gets them */
    bool keep_decisions;  /* keep the text of decisions (tests, reports) */
    qm_tax_rates rates;   /* of the taxpayer; not known: no tax is worked out */
    int64_t (*monotonic_ns)(void); /* for measuring callbacks; NULL: they are not */
    qm_engine_observer observer;
} qm_engine_config;

typedef struct qm_sleeve_config {
    qm_account_kind account;
    qm_decimal cash; /* opening deposit of a new sleeve */
    bool fractional;
    const char *account_type; /* "taxable", "ira": what ctx.account.type says */
    const char *account_name; /* for the tax office; sleeves may share one; NULL: "main" */
    qm_tax_method method;     /* by which the account's broker relieves lots */
    const char *broker;       /* "paper" */
    const char *file;         /* for the book */
    const char *preset;       /* may be NULL */
    const char *params_json;  /* may be NULL */
    const char *source_hash;  /* may be NULL */
} qm_sleeve_config;

qm_status qm_engine_new(const qm_engine_config *config, qm_engine **out);
void qm_engine_free(qm_engine *engine);

/* Installs a strategy: the engine takes `self` (frees it through ops) also on failure. A sleeve
 * that the book knows by this name is restored (ledger, orders, state, timers). Before or after
 * start. */
qm_status qm_engine_add(qm_engine *engine, const qm_strategy_ops *ops, void *self,
                        const qm_strategy_spec *spec, const qm_sleeve_config *sleeve,
                        uint32_t *index, qm_error *err);
/* Puts a new version of a running strategy in its place, between two events: state is the caller's
 * business (already loaded into self). Series that the new one needs are added and warmed from
 * history. On failure the old one runs on and self is freed. Calls start("reload"). */
qm_status qm_engine_swap(qm_engine *engine, uint32_t index, const qm_strategy_ops *ops, void *self,
                         const qm_strategy_spec *spec, const char *source_hash, qm_error *err);

/* Makes room for so many bars of an instrument, so that nothing moves while they come. Optional. */
qm_status qm_engine_expect(qm_engine *engine, qm_instrument_id instrument, size_t bars);
/* Bars and actions before the start, in order: series and taps take them, nobody is called. */
qm_status qm_engine_feed_history(qm_engine *engine, const qm_event *event, qm_error *err);
/* init (new sleeves) and start callbacks; time is that of the first event or of the clock. */
qm_status qm_engine_start(qm_engine *engine, qm_time time, qm_error *err);
/* The newest bar of an instrument that the book has seen (late_bars); QM_TIME_NONE: none. */
qm_status qm_engine_saved_bar(qm_engine *engine, qm_instrument_id instrument, qm_time *out,
                              qm_error *err);
/* Handles one event. Its time, which is when it arrives, may not be before the last one's
 * (QM_EDATA); a bar's own time may (late_bars): schedules that are due before the bar ends still
 * fire first. Faults of strategies are not errors of dispatch. */
qm_status qm_engine_dispatch(qm_engine *engine, const qm_event *event, qm_error *err);
/* Fires schedules and timers due up to and at `time`; sets the clock. */
qm_status qm_engine_advance(qm_engine *engine, qm_time time, qm_error *err);
/* When the next schedule or timer is due; QM_TIME_MAX: never. */
qm_time qm_engine_next_due(const qm_engine *engine);
/* Writes what is new to the book in one transaction, then sends waiting orders to the broker, and
 * repeats until nothing is waiting. Without a book: only sends. dispatch and advance do this
 * themselves, at the same points with and without a book: after each event but the bars of a slice
 * that is still open (a book is written when there is something to send, and at each slice). */
qm_status qm_engine_commit(qm_engine *engine, qm_error *err);
bool qm_engine_needs_commit(const qm_engine *engine);
/* stop callbacks, last commit. */
qm_status qm_engine_finish(qm_engine *engine, qm_error *err);

/* Questions. */
qm_time qm_engine_now(const qm_engine *engine);
qm_date qm_engine_date(const qm_engine *engine);
/* Time of the last event whose outcome is complete; QM_TIME_NONE: none yet. From the book after a
 * restart: events up to it are history, those after it are to be dispatched. */
qm_time qm_engine_cursor(const qm_engine *engine);
qm_mode qm_engine_mode(const qm_engine *engine);
qm_instruments *qm_engine_instruments(const qm_engine *engine);
qm_sim *qm_engine_sim(const qm_engine *engine);
const qm_order_book *qm_engine_orders(const qm_engine *engine);
uint32_t qm_engine_count(const qm_engine *engine);
uint64_t qm_engine_events(const qm_engine *engine);

typedef enum qm_run_state {
    QM_RUN_READY,
    QM_RUN_RUNNING,
    QM_RUN_STOPPED,
    QM_RUN_FAULTED
} qm_run_state;
typedef struct qm_sleeve_view {
    const qm_strategy_spec *spec;
    void *self; /* the installed strategy */
    const qm_ledger *ledger;
    qm_account_kind account;
    bool fractional;
    const char *account_type, *account_name, *broker;
    qm_tax_method method;
    qm_run_state state;
    const char *fault;   /* message of the last fault, "" when none */
    uint64_t generation; /* 1, then one more for each swap */
    uint64_t decisions;
    uint64_t events;
    uint64_t faults; /* since the start */
} qm_sleeve_view;
qm_sleeve_view qm_engine_sleeve(const qm_engine *engine, uint32_t index);
/* Time that a fraction of the callbacks stayed under; false: none was measured. */
bool qm_engine_latency(const qm_engine *engine, uint32_t index, double fraction, uint64_t *ns);
/* Cash + market value of positions at the last known prices. */
qm_total qm_engine_equity(const qm_engine *engine, uint32_t index);
/* One point for each slice. */
size_t qm_engine_equity_curve(const qm_engine *engine, uint32_t index, const qm_equity_row **out);
/* All fills in order. */
size_t qm_engine_fills(const qm_engine *engine, const qm_fill **out);
/* Decisions kept (keep_decisions): as JSON lines, terminated. */
const char *qm_engine_decision_log(const qm_engine *engine, uint32_t index);
/* SHA-256 over the strategy's decisions and its final state, in hexadecimal. */
qm_status qm_engine_decision_hash(qm_engine *engine, uint32_t index, char out[QM_SHA256_HEX],
                                  qm_error *err);
/* Shares of now that one share of a time has become by splits since: its prices are to be divided
 * by it. */
double qm_engine_split_ratio(const qm_engine *engine, qm_instrument_id instrument, qm_time time);
/* How many times each rule said no (ctx:skip and refusals), in order of first appearance. */
typedef struct qm_funnel_row {
    char rule[QM_RULE_MAX];
    uint64_t count;
} qm_funnel_row;
size_t qm_engine_funnel(const qm_engine *engine, uint32_t index, const qm_funnel_row **out);

#endif
