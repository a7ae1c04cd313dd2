/* SPDX-License-Identifier: MIT
 *
 * Orders on their way: shape, risk, intent, the list of what the broker is to be told.
 */
#include "engine/internal.h"

#include <stdio.h>
#include <string.h>

qm_decimal qm_order_price(qm_engine *e, const qm_order *order) {
    qm_decimal price = {0};
    if (order->limit.raw > 0) {
        return order->limit;
    }
    if (order->stop.raw > 0) {
        return order->stop;
    }
    qm_slot_price(qm_engine_slot(e, order->instrument), &price);
    return price;
}

/* A sum too large to count is the largest, which the gate then refuses. */
static qm_decimal sum_or_most(qm_decimal a, qm_decimal b) {
    qm_decimal sum;
    return qm_decimal_add(a, b, &sum) == QM_OK ? sum : (qm_decimal){INT64_MAX};
}

/* Units that an open order may still move, a replacement under way counted in. */
static qm_decimal left_of(qm_engine *e, const qm_order *order) {
    qm_decimal left = qm_order_remaining(order), price = qm_order_price(e, order);
    if (order->want_qty.raw > order->qty.raw) {
        left.raw += order->want_qty.raw - order->qty.raw;
    }
    if (order->qty.raw == 0 && price.raw > 0 &&
        qm_order_units(order, price, QM_ROUND_UP, &left) != QM_OK) {
        left.raw = INT64_MAX;
    }
    return left;
}

/* Units of the open orders on one side of an instrument that are older than `before` (0: of all),
 * without `order` itself. */
static qm_decimal units_ahead(sleeve *s, const qm_order *like, uint64_t before,
                              const qm_order *order) {
    qm_decimal sum = {0};
    size_t cursor = 0;
    qm_order *other;
    while ((other = qm_order_book_next_open(s->engine->orders, s->index, &cursor)) != NULL) {
        bool ahead = other != order && (before == 0 || other->id < before);
        if (ahead && other->side == like->side && other->instrument == like->instrument) {
            sum = sum_or_most(sum, left_of(s->engine, other));
        }
    }
    return sum;
}

/* The money of the part of an open order that opens or adds, once those before it have closed what
 * they can. */
static qm_decimal opening_amount(sleeve *s, const qm_order *other, const qm_order *order) {
    qm_engine *e = s->engine;
    qm_decimal amount = other->amount, position, closable, left = left_of(e, other);
    qm_decimal price = qm_order_price(e, other);
    position = qm_ledger_position(s->ledger, other->instrument).qty;
    closable = qm_risk_closable(position, other->side, QM_DECIMAL_ZERO);
    if (closable.raw > 0) { /* rare: else the walk over those before it is not needed */
        closable = qm_risk_closable(position, other->side, units_ahead(s, other, other->id, order));
    }
    if (other->qty.raw == 0 && (closable.raw == 0 || price.raw == 0)) {
        return amount;
    }
    left.raw = left.raw > closable.raw ? left.raw - closable.raw : 0;
    bool counted = qm_decimal_amount(left, other->multiplier, price, &amount) == QM_OK;
    return counted ? amount : (qm_decimal){INT64_MAX};
}

/* Adds what open orders of the sleeve may still take. */
static void add_pending(sleeve *s, const qm_order *order, qm_risk_view *view) {
    size_t cursor = 0;
    qm_order *other;
    view->pending = units_ahead(s, order, 0, order);
    while ((other = qm_order_book_next_open(s->engine->orders, s->index, &cursor)) != NULL) {
        if (other != order && (other->side == QM_BUY || other->allow_short)) {
            qm_total_add(&view->pending_buys, opening_amount(s, other, order));
        }
    }
}

static qm_risk_view risk_view(sleeve *s, const qm_order *order) {
    qm_risk_view view = {.account = s->account,
                         .cash = qm_ledger_cash(s->ledger),
                         .unsettled = qm_sleeve_unsettled(s),
                         .position = qm_ledger_position(s->ledger, order->instrument).qty,
                         .price = qm_order_price(s->engine, order)};
    qm_sleeve_value(s, &view.equity, &view.gross);
    add_pending(s, order, &view);
    return view;
}

qm_total qm_ctx_buying_power(const qm_engine *engine, uint32_t s) {
    qm_order none = {0};
    qm_risk_view view = risk_view(qm_engine_at(engine, s), &none);
    return view.account == QM_ACCOUNT_UNLIMITED ? view.equity : qm_risk_buying_power(&view);
}

static qm_status check_request(sleeve *s, qm_order *order, const qm_instrument *info,
                               qm_error *err) {
    qm_engine *e = s->engine;
    if (e->current != s) {
        return qm_error_set(err, QM_ESTATE, "orders can only be sent from a callback");
    }
    if (s->bound->spec.job) {
        return qm_error_set(err, QM_EINVAL, "a job sends no orders");
    }
    if (!info || !qm_binding_has(s->bound, order->instrument)) {
        return qm_error_set(err, QM_EINVAL, "%s is not in the universe of %s",
                            info ? info->symbol : "the instrument", s->bound->spec.name);
    }
    order->fractional = s->fractional;
    order->multiplier = info->multiplier;
    /* What is held in fractions may always be sold. */
    bool whole = qm_decimal_is_whole(order->qty);
    qm_decimal held = qm_ledger_position(s->ledger, order->instrument).qty;
    bool sells_fraction = !whole && order->side == QM_SELL && order->qty.raw <= held.raw;
    order->fractional = order->fractional || sells_fraction;
    return qm_order_check(order, info, err);
}

static qm_status queue(qm_engine *e, op_kind kind, const qm_order *order) {
    op waiting = {.kind = kind, .order = order->id};
    waiting.change = (qm_order_change){order->want_qty, order->want_limit, order->want_stop};
    qm_status status = qm_vec_push(&e->ops, &waiting);
    return status == QM_OK ? QM_OK : qm_engine_fail(e, status, "out of memory");
}

/* What has left the universe, or is not in it yet, may only be closed. */
static bool refused_by_dates(const sleeve *s, qm_order *order) {
    qm_decimal held = qm_ledger_position(s->ledger, order->instrument).qty;
    bool closes = order->side == QM_SELL ? held.raw > 0 : held.raw < 0;
    if (closes || qm_binding_member(s->bound, order->instrument, qm_engine_date(s->engine))) {
        return false;
    }
    snprintf(order->rule, sizeof order->rule, "not_in_universe");
    return true;
}

qm_status qm_ctx_order(qm_engine *e, uint32_t index, const qm_order *request, const qm_order **out,
                       qm_error *err) {
    sleeve *s = qm_engine_at(e, index);
    qm_order order = *request;
    order.id = 0;
    order.strategy = index;
    order.state = QM_ORDER_CREATED;
    order.filled = order.want_qty = order.want_limit = order.want_stop = QM_DECIMAL_ZERO;
    order.filled_value = (qm_total){0};
    order.triggered = order.coarse = false;
    order.created = order.updated = order.live_since = e->now;
    order.session = QM_DATE_NONE;
    order.first_stop = order.stop;
    const qm_instrument *info = qm_instruments_get(e->config.instruments, order.instrument);
    qm_status status = check_request(s, &order, info, err);
    if (status != QM_OK) {
        return status;
    }
    qm_risk_view view = risk_view(s, &order);
    qm_order *kept;
    status = qm_order_book_add(e->orders, &order, &kept);
    if (status != QM_OK) {
        return qm_error_set(err, status, "out of memory");
    }
    bool refused = refused_by_dates(s, kept) ||
                   qm_risk_check(&e->config.limits, &view, kept) != QM_OK ||
                   qm_order_refused_by_tax(s, kept);
    status = qm_sleeve_decide_order(s, kept);
    if (refused) {
        qm_sleeve_count_rule(s, kept->rule);
        qm_engine_order_changed(e, kept, QM_ORDER_REFUSED, true);
    } else {
        qm_engine_order_changed(e, kept, QM_ORDER_PENDING, false);
        status = status == QM_OK ? queue(e, OP_SUBMIT, kept) : status;
    }
    *out = kept;
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

/* An own order that may still change. */
static qm_status find_open(qm_engine *e, uint32_t s, uint64_t id, qm_order **out, qm_error *err) {
    qm_order *order = qm_order_book_get(e->orders, id);
    if (e->current != qm_engine_at(e, s)) {
        return qm_error_set(err, QM_ESTATE, "orders can only be changed from a callback");
    }
    if (!order || order->strategy != s) {
        return qm_error_set(err, QM_ENOTFOUND, "no order %llu", (unsigned long long)id);
    }
    if (!qm_order_is_open(order)) {
        return qm_error_set(err, QM_ESTATE, "order %llu is %s", (unsigned long long)id,
                            qm_order_state_name(order->state));
    }
    *out = order;
    return QM_OK;
}

qm_status qm_ctx_cancel(qm_engine *e, uint32_t s, uint64_t id, qm_error *err) {
    qm_order *order = NULL;
    qm_status status = find_open(e, s, id, &order, err);
    if (status != QM_OK || order->state == QM_ORDER_CANCELLING) {
        return status;
    }
    status = qm_sleeve_decide_change(qm_engine_at(e, s), order, NULL);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    qm_engine_order_changed(e, order, QM_ORDER_CANCELLING, false);
    return queue(e, OP_CANCEL, order);
}

static qm_status check_change(qm_engine *e, const qm_order *order, const qm_order_change *change,
                              qm_error *err) {
    if (order->state != QM_ORDER_WORKING && order->state != QM_ORDER_PARTIALLY_FILLED) {
        return qm_error_set(err, QM_ESTATE, "order %llu is %s: only a working order is replaced",
                            (unsigned long long)order->id, qm_order_state_name(order->state));
    }
    qm_order wanted = *order;
    wanted.qty = change->qty.raw ? change->qty : wanted.qty;
    wanted.limit = change->limit.raw ? change->limit : wanted.limit;
    wanted.stop = change->stop.raw ? change->stop : wanted.stop;
    if (wanted.amount.raw > 0 && wanted.qty.raw > 0) {
        wanted.amount = QM_DECIMAL_ZERO;
    }
    return qm_order_check(&wanted, qm_instruments_get(e->config.instruments, order->instrument),
                          err);
}

/* More exposure than before passes the gate again. */
static bool refused_by_risk(sleeve *s, qm_order *order, const qm_order_change *change) {
    bool more = change->qty.raw > order->qty.raw ||
                (order->side == QM_BUY &&
                 (change->limit.raw > order->limit.raw || change->stop.raw > order->stop.raw));
    if (!more) {
        return false;
    }
    qm_order wanted = *order;
    wanted.qty = change->qty.raw ? change->qty : wanted.qty;
    wanted.qty.raw -= wanted.filled.raw;
    wanted.limit = change->limit.raw ? change->limit : wanted.limit;
    wanted.stop = change->stop.raw ? change->stop : wanted.stop;
    qm_risk_view view = risk_view(s, order); /* leaves this order's own share out */
    view.price = qm_order_price(s->engine, &wanted);
    if (qm_risk_check(&s->engine->config.limits, &view, &wanted) == QM_OK) {
        return false;
    }
    memcpy(order->rule, wanted.rule, sizeof order->rule);
    memcpy(order->limit_text, wanted.limit_text, sizeof order->limit_text);
    memcpy(order->value_text, wanted.value_text, sizeof order->value_text);
    return true;
}

qm_status qm_ctx_replace(qm_engine *e, uint32_t index, uint64_t id, const qm_order_change *change,
                         qm_error *err) {
    qm_order *order = NULL;
    sleeve *s = qm_engine_at(e, index);
    qm_status status = find_open(e, index, id, &order, err);
    if (status == QM_OK) {
        status = check_change(e, order, change, err);
    }
    if (status != QM_OK) {
        return status;
    }
    if (refused_by_risk(s, order, change)) {
        qm_sleeve_count_rule(s, order->rule);
        return qm_error_set(err, QM_EREFUSED, "replacement of order %llu refused: %s %s > %s",
                            (unsigned long long)id, order->rule, order->value_text,
                            order->limit_text);
    }
    order->want_qty = change->qty;
    order->want_limit = change->limit;
    order->want_stop = change->stop;
    status = qm_sleeve_decide_change(s, order, change);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    qm_engine_order_changed(e, order, QM_ORDER_REPLACING, false);
    return queue(e, OP_REPLACE, order);
}

const qm_order *qm_ctx_find_order(const qm_engine *e, uint32_t s, uint64_t id) {
    const qm_order *order = qm_order_book_get(e->orders, id);
    return order && order->strategy == s ? order : NULL;
}

static qm_status send_one(qm_engine *e, const op *o, qm_error *err) {
    const qm_order *order = qm_order_book_get(e->orders, o->order);
    const qm_broker_ops *ops = e->broker->ops;
    switch (o->kind) {
    case OP_SUBMIT:
        /* Cancelled before it was sent: the broker never hears of it. */
        return order->state == QM_ORDER_PENDING || order->state == QM_ORDER_CANCELLING
                   ? ops->submit(e->broker, order, e->now, err)
                   : QM_OK;
    case OP_CANCEL:
        return order->state == QM_ORDER_CANCELLING ? ops->cancel(e->broker, o->order, e->now, err)
                                                   : QM_OK;
    case OP_REPLACE:
        return order->state == QM_ORDER_REPLACING
                   ? ops->replace(e->broker, o->order, &o->change, e->now, err)
                   : QM_OK;
    }
    return QM_OK;
}

qm_status qm_engine_send(qm_engine *e) {
    for (size_t i = 0; i < e->ops.length; i++) {
        op o = e->ops.items[i];
        qm_error err = {0};
        qm_status status = send_one(e, &o, &err);
        if (status != QM_OK) {
            return qm_engine_fail(e, status, "order %llu: %s", (unsigned long long)o.order,
                                  err.message);
        }
    }
    e->ops.length = 0;
    qm_engine_deliver(e);
    return e->failed;
}

/* What a callback asked for before it failed was not meant. */
void qm_engine_drop_ops_from(qm_engine *e, size_t first) {
    for (size_t i = first; i < e->ops.length; i++) {
        const op *o = &e->ops.items[i];
        qm_order *order = qm_order_book_get(e->orders, o->order);
        if (o->kind == OP_SUBMIT) {
            snprintf(order->rule, sizeof order->rule, "fault");
            qm_engine_order_changed(e, order, QM_ORDER_CANCELLED, false);
        } else if (qm_order_is_open(order)) {
            order->want_qty = order->want_limit = order->want_stop = QM_DECIMAL_ZERO;
            qm_engine_order_changed(e, order, QM_ORDER_WORKING, false);
        }
    }
    e->ops.length = first < e->ops.length ? first : e->ops.length;
}

/* Whether an order would open or increase a position. */
static bool is_entry(const sleeve *s, const qm_order *order) {
    qm_decimal held = qm_ledger_position(s->ledger, order->instrument).qty;
    return order->side == QM_BUY ? held.raw >= 0 : held.raw <= 0;
}

static void flatten(sleeve *s) {
    qm_engine *e = s->engine;
    const qm_position *positions;
    size_t n = qm_ledger_positions(s->ledger, &positions);
    for (size_t i = 0; i < n; i++) {
        qm_decimal qty = positions[i].qty;
        const qm_order *out;
        qm_order order = {.instrument = positions[i].instrument,
                          .side = qty.raw > 0 ? QM_SELL : QM_BUY,
                          .type = QM_MARKET,
                          .qty = {qty.raw < 0 ? -qty.raw : qty.raw},
                          .allow_short = true,
                          .reason = "on_fault: flatten"};
        qm_ctx_order(e, s->index, &order, &out, NULL);
    }
}

void qm_sleeve_cancel_for_fault(sleeve *s) {
    qm_engine *e = s->engine;
    qm_fault_policy policy = s->bound->spec.on_fault;
    if (policy == QM_FAULT_KEEP) {
        return;
    }
    e->current = s; /* the policy acts in the strategy's place */
    size_t cursor = 0;
    qm_order *order = NULL;
    while ((order = qm_order_book_next_open(e->orders, s->index, &cursor)) != NULL) {
        if (policy != QM_FAULT_CANCEL_ENTRIES || is_entry(s, order)) {
            qm_ctx_cancel(e, s->index, order->id, NULL);
        }
    }
    if (policy == QM_FAULT_FLATTEN) {
        flatten(s);
    }
    e->current = NULL;
}
