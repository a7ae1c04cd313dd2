/* SPDX-License-Identifier: MIT
 *
 * broker.h: the contract of a broker, simulated or real.
 *
 * The engine sends orders (already durable and past the risk gate) through the ops; the broker
 * answers through the sink, at once or later, always on the loop thread, never from inside another
 * sink call. A broker never invents: a fill has the quantity, price and fee that it stands for,
 * exactly.
 */
#ifndef QM_BROKER_BROKER_H
#define QM_BROKER_BROKER_H

#include "trade/order.h"

typedef enum qm_broker_event_kind {
    QM_BROKER_ACCEPTED, /* pending -> working */
    QM_BROKER_REJECTED, /* text: why */
    QM_BROKER_FILL,
    QM_BROKER_CANCELLED,
    QM_BROKER_EXPIRED,
    QM_BROKER_REPLACED,  /* the replacement is in force */
    QM_BROKER_TRIGGERED, /* a stop has become a market or limit order (no state change) */
    QM_BROKER_ADJUSTED   /* qty, limit, stop of a working order changed by a split */
} qm_broker_event_kind;

typedef struct qm_broker_event {
    qm_broker_event_kind kind;
    uint64_t order;
    qm_time time;
    qm_date date;               /* session */
    qm_decimal qty, price, fee; /* FILL: qty > 0 */
    bool last;              /* FILL: the order is complete with it (by amount: qty is now known) */
    bool coarse;            /* FILL: nothing finer than the bar was known */
    qm_decimal limit, stop; /* ADJUSTED, REPLACED: the new prices; qty: the new quantity */
    const char *text;
} qm_broker_event;

typedef struct qm_broker_sink {
    void (*on_event)(void *data, const qm_broker_event *event);
    void *data;
    /* Units that a sell may fill now without opening a short, for a simulated broker, which keeps
     * no positions; NULL: any. */
    qm_decimal (*sellable)(void *data, const qm_order *order);
} qm_broker_sink;

/* What a replacement changes; 0 keeps. */
typedef struct qm_order_change {
    qm_decimal qty, limit, stop;
} qm_order_change;

typedef struct qm_broker qm_broker;
typedef struct qm_broker_ops {
    const char *name; /* "paper" */
    qm_status (*submit)(qm_broker *broker, const qm_order *order, qm_time now, qm_error *err);
    qm_status (*cancel)(qm_broker *broker, uint64_t order, qm_time now, qm_error *err);
    qm_status (*replace)(qm_broker *broker, uint64_t order, const qm_order_change *change,
                         qm_time now, qm_error *err);
    void (*free)(qm_broker *broker);
} qm_broker_ops;

struct qm_broker {
    const qm_broker_ops *ops;
    qm_broker_sink sink;
};

#endif
