/* SPDX-License-Identifier: MIT
 *
 * strategy.h: the contract between the engine and whoever hosts a strategy (the Lua host, or C).
 *
 * A strategy is a specification and a table of callbacks. Callbacks run on the loop thread, one at
 * a time, with the engine's clock standing at the event; what they want done they ask for through
 * context.h. A callback that returns an error is a fault: the engine stops the strategy, handles
 * its orders by its on_fault policy, and the others never notice. Pointers handed to a callback are
 * valid during it.
 */
#ifndef QM_ENGINE_STRATEGY_H
#define QM_ENGINE_STRATEGY_H

#include "base/buf.h"
#include "engine/schedule.h"
#include "ledger/ledger.h"
#include "market/series.h"
#include "trade/order.h"

enum { QM_STRATEGY_NAME_MAX = 64, QM_INPUTS_MAX = 64 };

/* One declared input, computed natively for each symbol of the universe. */
typedef struct qm_input_spec {
    const qm_ta_info *info; /* NULL: the plain column */
    double params[QM_TA_PARAMS_MAX];
    qm_column column;
    int output;
    qm_instrument_id instrument; /* 0: the symbol of the bar */
    qm_timeframe tf;             /* count 0: the strategy's */
} qm_input_spec;

typedef enum qm_fault_policy {
    QM_FAULT_CANCEL_ENTRIES,
    QM_FAULT_KEEP,
    QM_FAULT_CANCEL_ORDERS,
    QM_FAULT_FLATTEN
} qm_fault_policy;

/* A time in the universe, both days included. */
typedef struct qm_member_dates {
    qm_instrument_id instrument;
    qm_date from, to;
} qm_member_dates;

typedef struct qm_strategy_spec {
    char name[QM_STRATEGY_NAME_MAX]; /* of the sleeve: unique in an engine */
    int64_t version;
    bool job;   /* orders are errors */
    bool early; /* on_bar also before all inputs are defined (NaN) */
    qm_timeframe tf;
    size_t universe_count;
    const qm_instrument_id *universe; /* owned by the strategy, valid while it is installed */
    size_t dates_count;               /* 0: every symbol is in it on all days */
    const qm_member_dates *dates;     /* in order of instrument */
    size_t input_count;
    const qm_input_spec *inputs;
    size_t schedule_count;
    const qm_schedule *schedules;
    qm_fault_policy on_fault;
} qm_strategy_spec;

typedef struct qm_fill {
    uint64_t order;
    uint32_t strategy;
    qm_instrument_id instrument;
    qm_side side;
    qm_decimal qty, price, fee;
    qm_time time;
    qm_date date;
    bool coarse;
} qm_fill;

/* All warm symbols of the strategy's universe that traded at one time. */
typedef struct qm_slice {
    qm_time time;
    qm_date date;
    size_t count;
    const qm_instrument_id *instruments;
    const qm_bar *const *bars;
    const double *const *inputs; /* [i]: input_count values of instrument i */
} qm_slice;

typedef struct qm_quote {
    qm_instrument_id instrument;
    qm_decimal bid, ask; /* 0: none on that side */
    qm_time time;
} qm_quote;

typedef struct qm_cash_flow {
    qm_txn_kind kind; /* QM_TXN_CASH, QM_TXN_DIVIDEND, QM_TXN_INTEREST */
    qm_instrument_id instrument;
    qm_decimal amount;
} qm_cash_flow;

/* Any member may be NULL: the strategy does not want it. */
struct qm_engine;

typedef struct qm_strategy_ops {
    /* Tells it where it lives, before any other callback (also of a swapped-in version). */
    void (*attach)(void *self, struct qm_engine *engine, uint32_t index);
    qm_status (*init)(void *self, qm_error *err); /* once in its life */
    qm_status (*start)(void *self, const char *why,
                       qm_error *err); /* "start", "restart", "reload" */
    qm_status (*on_bar)(void *self, qm_instrument_id instrument, const qm_bar *bar,
                        const double *inputs, qm_error *err);
    qm_status (*on_bars)(void *self, const qm_slice *slice, qm_error *err);
    qm_status (*on_quote)(void *self, const qm_quote *quote, qm_error *err);
    qm_status (*on_order)(void *self, const qm_order *order, qm_error *err);
    qm_status (*on_fill)(void *self, const qm_fill *fill, qm_error *err);
    qm_status (*on_cash)(void *self, const qm_cash_flow *flow, qm_error *err);
    qm_status (*on_action)(void *self, const qm_action *action, qm_error *err);
    qm_status (*on_schedule)(void *self, size_t schedule, qm_error *err);
    qm_status (*on_timer)(void *self, const char *callback, const char *data, size_t length,
                          qm_error *err);
    qm_status (*stop)(void *self, qm_error *err);
    /* ctx.state and generator, canonically encoded; load is called before start. */
    qm_status (*save)(void *self, qm_buf *out, qm_error *err);
    qm_status (*load)(void *self, const char *data, size_t length, int64_t version, qm_error *err);
    void (*free)(void *self);
} qm_strategy_ops;

#endif
