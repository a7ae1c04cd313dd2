/* SPDX-License-Identifier: MIT
 *
 * What the broker says becomes states of orders, transactions and notes.
 */
#include "engine/internal.h"

#include <stdio.h>

static sleeve *owner_of(qm_engine *e, const qm_order *order) {
    return qm_engine_at(e, order->strategy);
}

void qm_engine_order_changed(qm_engine *e, qm_order *order, qm_order_state to, bool tell) {
    if (qm_order_become(order, to, e->now) != QM_OK) {
        qm_engine_fail(e, QM_EINTERNAL, "order %llu: the broker says %s after %s",
                       (unsigned long long)order->id, qm_order_state_name(to),
                       qm_order_state_name(order->state));
        return;
    }
    if (!qm_order_is_open(order)) {
        qm_order_book_closed(e->orders, order->id);
    }
    qm_engine_order_dirty(e, order->id);
    if (e->config.observer.on_order) {
        e->config.observer.on_order(e->config.observer.data, order);
    }
    if (tell) {
        note n = {.kind = NOTE_ORDER, .sleeve = owner_of(e, order), .u.order = *order};
        qm_engine_note(e, &n);
    }
}

/* What the order counts of a fill. */
static qm_status count_fill(qm_order *order, const qm_broker_event *event) {
    qm_decimal amount;
    qm_status status = qm_decimal_amount(event->qty, order->multiplier, event->price, &amount);
    if (status == QM_OK) {
        status = qm_total_add(&order->filled_value, amount);
    }
    if (status == QM_OK) {
        status = qm_decimal_add(order->filled, event->qty, &order->filled);
    }
    if (status == QM_OK && (order->qty.raw == 0 || order->qty.raw < order->filled.raw)) {
        order->qty = order->filled; /* by amount: the quantity is known now */
    }
    order->coarse = order->coarse || event->coarse;
    return status;
}

static void on_fill(qm_engine *e, qm_order *order, const qm_broker_event *event) {
    sleeve *s = owner_of(e, order);
    qm_decimal qty = event->qty;
    if (order->side == QM_SELL) {
        qty.raw = -qty.raw;
    }
    qm_txn txn = {.kind = QM_TXN_TRADE,
                  .time = event->time,
                  .date = event->date,
                  .instrument = order->instrument,
                  .multiplier = order->multiplier,
                  .order = order->id,
                  .qty = qty,
                  .price = event->price,
                  .fee = event->fee};
    qm_fill fill = {.order = order->id,
                    .strategy = order->strategy,
                    .instrument = order->instrument,
                    .side = order->side,
                    .qty = event->qty,
                    .price = event->price,
                    .fee = event->fee,
                    .time = event->time,
                    .date = event->date,
                    .coarse = event->coarse};
    qm_status status = count_fill(order, event);
    if (status != QM_OK) {
        qm_engine_fail(e, status, "order %llu: the fill is too large to count",
                       (unsigned long long)order->id);
        return;
    }
    if (qm_sleeve_book(s, &txn) != QM_OK || qm_sleeve_note_sale(s, &txn) != QM_OK ||
        qm_vec_push(&e->fills, &fill) != QM_OK) {
        qm_engine_fail(e, QM_ENOMEM, "out of memory");
        return;
    }
    if (e->config.observer.on_fill) {
        e->config.observer.on_fill(e->config.observer.data, &fill);
    }
    /* The fill first: a strategy that forgets an order when it is done still finds it there. */
    note n = {.kind = NOTE_FILL, .sleeve = s, .u.fill = fill};
    qm_engine_note(e, &n);
    qm_engine_order_changed(e, order, event->last ? QM_ORDER_FILLED : QM_ORDER_PARTIALLY_FILLED,
                            true);
}

static void on_accepted(qm_engine *e, qm_order *order, const qm_broker_event *event) {
    order->session = event->date;
    order->live_since = event->time;
    qm_engine_order_changed(e, order, QM_ORDER_WORKING, true);
}

static void on_replaced(qm_engine *e, qm_order *order, const qm_broker_event *event) {
    order->qty = event->qty;
    order->limit = event->limit;
    order->stop = event->stop;
    order->want_qty = order->want_limit = order->want_stop = QM_DECIMAL_ZERO;
    order->live_since = event->time;
    qm_engine_order_changed(
        e, order, order->filled.raw > 0 ? QM_ORDER_PARTIALLY_FILLED : QM_ORDER_WORKING, true);
}

/* A split: the part that is filled follows the same ratio, which qty and what is left show. */
static void on_adjusted(qm_engine *e, qm_order *order, const qm_broker_event *event) {
    order->qty = event->qty;
    order->limit = event->limit;
    order->stop = event->stop;
    order->updated = e->now;
    qm_engine_order_dirty(e, order->id);
}

qm_decimal qm_engine_sellable(void *data, const qm_order *order) {
    const sleeve *s = qm_engine_at(data, order->strategy);
    qm_decimal held = qm_ledger_position(s->ledger, order->instrument).qty;
    return held.raw > 0 ? held : QM_DECIMAL_ZERO;
}

void qm_engine_on_broker(void *data, const qm_broker_event *event) {
    qm_engine *e = data;
    qm_order *order = qm_order_book_get(e->orders, event->order);
    if (!order) {
        qm_engine_fail(e, QM_EINTERNAL, "the broker names order %llu, which is unknown",
                       (unsigned long long)event->order);
        return;
    }
    e->dirty = true;
    if (event->text && (event->kind == QM_BROKER_REJECTED || event->kind == QM_BROKER_CANCELLED)) {
        snprintf(order->rule, sizeof order->rule, "broker");
        snprintf(order->value_text, sizeof order->value_text, "%s", event->text);
    }
    switch (event->kind) {
    case QM_BROKER_ACCEPTED:
        on_accepted(e, order, event);
        break;
    case QM_BROKER_REJECTED:
        qm_engine_order_changed(e, order, QM_ORDER_REJECTED, true);
        break;
    case QM_BROKER_FILL:
        on_fill(e, order, event);
        break;
    case QM_BROKER_CANCELLED:
        qm_engine_order_changed(e, order, QM_ORDER_CANCELLED, true);
        break;
    case QM_BROKER_EXPIRED:
        qm_engine_order_changed(e, order, QM_ORDER_EXPIRED, true);
        break;
    case QM_BROKER_REPLACED:
        on_replaced(e, order, event);
        break;
    case QM_BROKER_TRIGGERED:
        order->triggered = true;
        qm_engine_order_dirty(e, order->id);
        break;
    case QM_BROKER_ADJUSTED:
        on_adjusted(e, order, event);
        break;
    }
}
