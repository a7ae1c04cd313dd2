/* SPDX-License-Identifier: MIT
 *
 * order.h: an order and its states; the table that says which change is allowed; the order book of
 * one engine. Pure.
 *
 *   created -> refused                       (risk)
 *   created -> pending -> working -> partially_filled -> filled
 *                      -> rejected        -> expired
 *   working -> cancelling -> cancelled (or filled: the fill won the race)
 *   working -> replacing  -> working
 *   any open -> unknown: the broker's answer is not known; nothing is resent.
 */
#ifndef QM_TRADE_ORDER_H
#define QM_TRADE_ORDER_H

#include "market/instrument.h"

#define QM_ORDER_STATE_MAP(X)                                                                      \
    X(CREATED, "created")                                                                          \
    X(REFUSED, "refused")                                                                          \
    X(PENDING, "pending")                                                                          \
    X(WORKING, "working")                                                                          \
    X(PARTIALLY_FILLED, "partially_filled")                                                        \
    X(FILLED, "filled")                                                                            \
    X(CANCELLING, "cancelling")                                                                    \
    X(CANCELLED, "cancelled")                                                                      \
    X(REPLACING, "replacing")                                                                      \
    X(REJECTED, "rejected")                                                                        \
    X(EXPIRED, "expired")                                                                          \
    X(UNKNOWN, "unknown")

typedef enum qm_order_state {
#define X(constant, name) QM_ORDER_##constant,
    QM_ORDER_STATE_MAP(X)
#undef X
} qm_order_state;

typedef enum qm_side { QM_BUY, QM_SELL } qm_side;

/* names: market limit stop stop_limit market_on_open market_on_close */
typedef enum qm_order_type {
    QM_MARKET,
    QM_LIMIT,
    QM_STOP,
    QM_STOP_LIMIT,
    QM_MARKET_ON_OPEN,
    QM_MARKET_ON_CLOSE
} qm_order_type;

typedef enum qm_tif { QM_DAY, QM_GTC } qm_tif;

enum { QM_REASON_MAX = 96, QM_RULE_MAX = 32 };

typedef struct qm_order {
    uint64_t id;       /* 1, 2, ... within the engine */
    uint32_t strategy; /* index of the owner */
    qm_instrument_id instrument;
    int64_t multiplier;
    qm_side side;
    qm_order_type type;
    qm_tif tif;
    qm_order_state state;
    qm_decimal qty;         /* > 0; 0 while an order by amount is unfilled */
    qm_decimal amount;      /* > 0: by money; qty is found at the fill price */
    qm_decimal limit, stop; /* 0: none */
    qm_decimal first_stop;  /* as it was sent; replacements and splits leave it. 0: not known */
    qm_decimal want_qty, want_limit, want_stop; /* of a replacement under way; 0: kept */
    qm_decimal filled;
    qm_total filled_value; /* sum of qty x multiplier x price, for the average */
    bool allow_short;
    bool avoid_wash;  /* refuse what would make a wash sale */
    bool has_max_tax; /* refuse what would add more tax than max_tax */
    qm_decimal max_tax;
    const char *lots; /* how the strategy wants lots relieved; NULL: as the account does. Static */
    bool fractional;  /* an amount may fill in fractions (1e-6); else whole units */
    bool triggered;   /* a stop(-limit) that has triggered */
    bool coarse;      /* some fill had nothing finer than its bar */
    qm_time created;  /* event that made it */
    qm_time updated;
    qm_time live_since; /* when the broker took it, or its last replacement */
    qm_date session;    /* for `day`: the last session on which it may fill; set by the broker */
    char reason[QM_REASON_MAX];     /* the strategy's */
    char rule[QM_RULE_MAX];         /* refused or rejected: by which rule, */
    char limit_text[QM_REASON_MAX]; /* with which limit */
    char value_text[QM_REASON_MAX]; /* and value */
} qm_order;

const char *qm_order_state_name(qm_order_state state);
const char *qm_side_name(qm_side side);
const char *qm_order_type_name(qm_order_type type);
const char *qm_tif_name(qm_tif tif);
bool qm_order_type_parse(const char *text, qm_order_type *out);
bool qm_tif_parse(const char *text, qm_tif *out);
bool qm_order_state_parse(const char *text, qm_order_state *out);
/* pending, working, partially_filled, cancelling, replacing, unknown: may still fill. */
bool qm_order_is_open(const qm_order *order);
/* The transition table. */
bool qm_order_may_become(qm_order_state from, qm_order_state to);
/* Sets the state and updated. QM_ESTATE when the table forbids it (the order is unchanged). */
qm_status qm_order_become(qm_order *order, qm_order_state to, qm_time time);
/* What is left to fill (qty - filled); 0 for an unfilled order by amount. */
qm_decimal qm_order_remaining(const qm_order *order);
/* Units that the amount of an order is worth: amount / (price x multiplier). */
qm_status qm_order_units(const qm_order *order, qm_decimal price, qm_rounding rounding,
                         qm_decimal *out);
/* Shape: qty or amount, prices that the type needs and no others, on the tick, positive. QM_EINVAL
 * with field and value. */
qm_status qm_order_check(const qm_order *order, const qm_instrument *instrument, qm_error *err);

/* All orders of an engine; ids are 1..count. Pointers are stable. */
typedef struct qm_order_book qm_order_book;
qm_status qm_order_book_new(qm_order_book **out);
void qm_order_book_free(qm_order_book *book);
/* Copies *order with the next id. */
qm_status qm_order_book_add(qm_order_book *book, const qm_order *order, qm_order **out);
/* With its own id (restoring); ids must come in order. */
qm_status qm_order_book_restore(qm_order_book *book, const qm_order *order, qm_order **out);
qm_order *qm_order_book_get(const qm_order_book *book, uint64_t id);
uint64_t qm_order_book_count(const qm_order_book *book);
/* Open orders, oldest first: *cursor starts at 0. strategy UINT32_MAX: of all. The walk costs the
 * number of open orders, not of all. */
qm_order *qm_order_book_next_open(const qm_order_book *book, uint32_t strategy, size_t *cursor);
/* To be called when an order has reached a final state. */
void qm_order_book_closed(qm_order_book *book, uint64_t id);

#endif
