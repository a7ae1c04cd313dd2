/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of this room share. Nobody outside includes it.
 *
 *   slot          one instrument: its series, its last price, the bar that waits for its slice
 *   feed          one series of a slot, with the subscriptions to it
 *   binding       one version of a strategy: callbacks, specification, subscriptions
 *   sleeve        a strategy's place: its binding, books, schedules, timers, decisions
 *   note          a callback that waits until the one that runs has returned
 *   op            something that the broker is told at the end of the time step
 */
#ifndef QM_ENGINE_INTERNAL_H
#define QM_ENGINE_INTERNAL_H

#include "base/buf.h"
#include "base/vec.h"
#include "codec/json.h"
#include "engine/context.h"
#include "engine/engine.h"
#include "tax/feed.h"

typedef struct sleeve sleeve;
typedef struct subscription subscription;

typedef struct feed {
    qm_series *series;
    qm_timeframe tf;
    qm_aggregator aggregator; /* from the base feed; unused in the base feed itself */
    qm_bar bar;               /* what the slice at hand completed */
    bool done;
    subscription *first; /* in order of the strategy's name */
    struct feed *next;   /* the next timeframe of the slot */
} feed;

typedef struct split {
    qm_time time;
    int64_t num, den;
} split;

typedef struct slot {
    qm_instrument_id id;
    int64_t multiplier;
    feed *base;
    feed *higher;
    /* The last price: of the newest bar, or of a later opening trade. */
    double last;
    qm_decimal last_exact; /* when last_known_exact */
    bool last_known_exact;
    bool last_is_open;
    qm_time last_time;
    qm_time saved_bar;    /* the newest that the book knows of */
    qm_decimal bid, ask;  /* of the last quote */
    qm_time quote_time;   /* QM_TIME_NONE: none yet */
    uint64_t version;     /* of the price: what a holding's value was computed from */
    QM_VEC(split) splits; /* that the series has taken, in order */
} slot;

struct subscription {
    subscription *next;
    sleeve *owner;
    qm_instrument_id instrument;
    size_t count;
    const double **source;        /* into taps */
    double *values;               /* gathered for the callback */
    bool warm;                    /* every input has been defined once */
    const qm_member_dates *dates; /* when it is in the universe; count 0: always */
    size_t dates_count;
};

typedef struct binding {
    const qm_strategy_ops *ops;
    void *self;
    qm_strategy_spec spec;
    subscription *subs; /* one for each instrument of the universe */
    const double **sources;
    double *values;
    /* on_bars: what has traded in the slice at hand */
    size_t slice_count;
    qm_instrument_id *slice_ids;
    const qm_bar **slice_bars;
    const double **slice_inputs;
} binding;

typedef struct agenda_item {
    qm_schedule schedule; /* a copy: the strategy's may go with a swap */
    qm_time last, next;
    bool dirty;
} agenda_item;

typedef struct holding {
    slot *slot;
    qm_decimal qty; /* times the multiplier */
    qm_total value;
    uint64_t version; /* of the price behind value; 0: none */
} holding;

typedef struct unsettled_sale {
    qm_date settles;
    qm_decimal amount;
} unsettled_sale;

typedef struct dividend_due {
    qm_time due;
    qm_instrument_id instrument;
    qm_decimal amount;
    qm_date ex; /* 0: not known any more */
} dividend_due;

struct sleeve {
    qm_engine *engine;
    uint32_t index;
    binding *bound;
    char *file, *preset, *params_json, *account_type, *account_name, *broker;
    qm_tax_method method;
    size_t txns_taxed; /* that the tax book has */
    char source_hash[QM_SHA256_HEX];
    qm_account_kind account;
    bool fractional;
    qm_decimal opening;
    qm_decimal reserve; /* money that was taken out of the strategy's capital */
    bool known;         /* restored from the book */
    bool begun;         /* init and start are behind it */
    qm_run_state state;
    char fault[QM_ERROR_TEXT_MAX];
    uint64_t generation, events, faults;
    int64_t entered;   /* monotonic ns, when measured */
    uint64_t measured; /* callbacks in the histogram */
    uint32_t *latency; /* NULL: nothing measured yet */

    qm_ledger *ledger;
    QM_VEC(holding) holdings; /* in order of instrument */
    QM_VEC(unsettled_sale) unsettled;
    QM_VEC(dividend_due) dividends;
    QM_VEC(qm_equity_row) curve;

    QM_VEC(agenda_item) agenda;
    qm_timer_row_vec timers; /* by id */
    uint64_t timer_ids;      /* given out so far */
    qm_time due;             /* the earliest of agenda and timers */

    uint8_t chain[QM_SHA256_SIZE];
    uint64_t decisions;
    qm_buf log;
    QM_VEC(qm_funnel_row) funnel;

    /* What the book has not seen yet. */
    size_t txns_saved, curve_saved;
    bool ran, row_dirty, timers_dirty;
    uint8_t saved_state[QM_SHA256_SIZE];
};

typedef enum note_kind { NOTE_ORDER, NOTE_FILL, NOTE_CASH, NOTE_ACTION } note_kind;
typedef struct note {
    note_kind kind;
    sleeve *sleeve;
    union {
        qm_order order;
        qm_fill fill;
        qm_cash_flow cash;
        qm_action action;
    } u;
} note;

typedef enum op_kind { OP_SUBMIT, OP_CANCEL, OP_REPLACE } op_kind;
typedef struct op {
    op_kind kind;
    uint64_t order;
    qm_order_change change;
} op;

typedef struct unsaved_decision {
    qm_decision_kind kind;
    sleeve *sleeve;
    qm_time time;
    qm_instrument_id instrument;
    size_t offset, length; /* in unsaved_text */
} unsaved_decision;

typedef struct slice_call {
    feed *feed;
    qm_instrument_id instrument;
    const qm_bar *bar;
} slice_call;

typedef struct pending_bar {
    slot *slot;
    qm_bar bar;
} pending_bar;

struct qm_engine {
    qm_engine_config config;
    qm_sim *sim;
    qm_broker *broker;
    qm_order_book *orders;
    qm_time now;
    qm_date date;     /* QM_DATE_NONE: to be worked out from now */
    qm_time due;      /* the earliest of all sleeves' agendas */
    qm_time cash_due; /* the earliest dividend to be paid */
    qm_time cursor;   /* from the book */
    bool started, finished;
    uint64_t events;
    uint64_t price_version;

    slot **slots; /* by instrument id */
    size_t slot_capacity;
    QM_VEC(sleeve *) sleeves; /* by index */
    QM_VEC(sleeve *) by_name;
    QM_VEC(pending_bar) pending; /* bars of the slice at hand */
    QM_VEC(slice_call) calls;

    sleeve *current;   /* whose callback runs */
    size_t ops_before; /* ops that waited when it began */
    bool delivering;
    QM_VEC(note) notes;
    size_t notes_read;
    QM_VEC(op) ops;
    QM_VEC(qm_fill) fills;

    qm_tax *tax; /* of all sleeves; made when somebody asks */
    qm_tax_feed *tax_feed;

    qm_status failed; /* sticky: the books could not be kept */
    qm_error failure;
    qm_error scratch; /* of callbacks */

    /* The book. */
    bool dirty;
    QM_VEC(unsaved_decision) unsaved;
    qm_buf unsaved_text;
    qm_buf text, json; /* scratch of decisions */
    QM_VEC(uint64_t) changed_orders;
    qm_order_row_vec stored_orders; /* as the book had them; a sleeve takes its own */
};

/* engine.c */
__attribute__((format(printf, 3, 4))) qm_status qm_engine_fail(qm_engine *e, qm_status status,
                                                               const char *format, ...);
sleeve *qm_engine_at(const qm_engine *e, uint32_t index);
/* Commits (with a book) and sends what waits, until nothing does. */
qm_status qm_engine_settle(qm_engine *e, bool commit);

/* feeds.c: series and who reads them. */
slot *qm_engine_slot(const qm_engine *e, qm_instrument_id id); /* NULL: none yet */
qm_status qm_engine_need_slot(qm_engine *e, qm_instrument_id id, slot **out);
/* The feed of a timeframe, warmed from the base series. QM_EINVAL: no multiple of the base. */
qm_status qm_engine_need_feed(qm_engine *e, qm_instrument_id id, qm_timeframe tf, feed **out);
feed *qm_slot_feed(const slot *slot, qm_timeframe tf); /* NULL: none */
/* Appends a bar to the base series and what it completes to the others (feed->done, ->bar). */
qm_status qm_slot_push(slot *slot, const qm_bar *bar);
qm_status qm_slot_split(qm_engine *e, slot *slot, int64_t num, int64_t den);
void qm_slot_free(slot *slot);
void qm_slot_mark(qm_engine *e, slot *slot, double price, qm_time time, bool is_open);
/* False when there is no price. */
bool qm_slot_price(const slot *slot, qm_decimal *out);
/* Links all sleeves' subscriptions to their feeds again. */
void qm_engine_relink(qm_engine *e);

/* binding.c */
typedef struct new_binding {
    const qm_strategy_ops *ops;
    void *self;
    const qm_strategy_spec *spec;
} new_binding;
/* Takes self, also on failure. */
qm_status qm_binding_new(sleeve *owner, const new_binding *from, binding **out, qm_error *err);
void qm_binding_free(binding *bound); /* frees the strategy too */
bool qm_binding_has(const binding *bound, qm_instrument_id id);
/* Whether an instrument of the universe is in it on a day. */
bool qm_binding_member(const binding *bound, qm_instrument_id id, qm_date day);
bool qm_subscription_member(const subscription *sub, qm_date day);

/* slice.c */
qm_status qm_engine_take_bar(qm_engine *e, const qm_event *event);
/* Pushes the waiting bars, calls the strategies (unless quiet), adds the equity points. */
qm_status qm_engine_close_slice(qm_engine *e, bool quiet);

/* money.c */
void qm_sleeve_choose_relief(sleeve *s);          /* before the first transaction */
qm_status qm_sleeve_book(sleeve *s, qm_txn *txn); /* ledger, holdings; failure is sticky */
qm_status qm_sleeve_refresh(sleeve *s);           /* holdings from the ledger */
void qm_sleeve_value(sleeve *s, qm_total *equity, qm_total *gross);
qm_total qm_sleeve_unsettled(sleeve *s);
qm_status qm_sleeve_note_sale(sleeve *s, const qm_txn *txn);
qm_status qm_sleeve_point(sleeve *s, qm_time time); /* one equity point */

/* notes.c: callbacks. */
/* Before a callback: it may act from here on. Returns where its error goes. */
qm_error *qm_engine_enter(qm_engine *e, sleeve *s);
/* After it: faults. */
void qm_engine_leave(qm_engine *e, sleeve *s, qm_status status);
/* Calls for all notes that wait, and for those that come of it. */
void qm_engine_deliver(qm_engine *e);
void qm_engine_note(qm_engine *e, const note *n);
void qm_sleeve_fault(sleeve *s, const qm_error *err);

/* latency.c */
void qm_sleeve_measure(sleeve *s, int64_t ns);

/* fills.c: what the broker says. */
void qm_engine_on_broker(void *data, const qm_broker_event *event);
qm_decimal qm_engine_sellable(void *data, const qm_order *order);
void qm_engine_order_changed(qm_engine *e, qm_order *order, qm_order_state to, bool tell);

/* orders.c */
/* What an order is valued at: its limit, its stop, or the last price; 0: unknown. */
qm_decimal qm_order_price(qm_engine *e, const qm_order *order);
qm_status qm_engine_send(qm_engine *e);
void qm_sleeve_cancel_for_fault(sleeve *s);
void qm_engine_drop_ops_from(qm_engine *e, size_t first);

/* tax.c */
void qm_engine_drop_tax(qm_engine *e); /* it is made again from the ledgers */
/* Whether the order's own limits on tax forbid it; fills in rule, value and limit. */
bool qm_order_refused_by_tax(sleeve *s, qm_order *order);

/* actions.c */
qm_status qm_engine_on_action(qm_engine *e, const qm_event *event);
qm_status qm_engine_on_cash(qm_engine *e, const qm_event *event);
void qm_engine_pay_dividends(qm_engine *e);
void qm_engine_find_cash_due(qm_engine *e);

/* agenda.c: schedules and timers. */
qm_status qm_sleeve_plan(sleeve *s);
void qm_sleeve_find_due(sleeve *s);
void qm_engine_find_due(qm_engine *e);
/* Fires everything due up to `until`, each at its own time. */
qm_status qm_engine_fire_until(qm_engine *e, qm_time until);

/* decisions.c */
qm_status qm_sleeve_decide(sleeve *s, qm_decision_kind kind, qm_instrument_id instrument,
                           const qm_buf *json);
qm_status qm_sleeve_count_rule(sleeve *s, const char *rule);
qm_status qm_sleeve_decide_order(sleeve *s, const qm_order *order);
qm_status qm_sleeve_decide_change(sleeve *s, const qm_order *order, const qm_order_change *change);

/* persist.c, restore.c */
qm_status qm_engine_persist(qm_engine *e, qm_error *err);
qm_status qm_engine_load(qm_engine *e, qm_error *err);
qm_status qm_sleeve_load(sleeve *s, qm_error *err);
void qm_engine_order_dirty(qm_engine *e, uint64_t id);

/* sleeves.c */
qm_status qm_sleeve_begin(sleeve *s, qm_error *err);
void qm_sleeve_free(sleeve *s);

#endif
