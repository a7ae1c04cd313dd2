/* SPDX-License-Identifier: MIT
 *
 * Quantity, price and fee of one fill.
 */
#include "broker/sim/internal.h"

#include <math.h>

void qm_sim_tell(qm_sim *sim, const working *w, qm_broker_event_kind kind, qm_time time,
                 const char *text) {
    qm_broker_event event = {.kind = kind,
                             .order = w->order.id,
                             .time = time,
                             .date = w->order.session,
                             .qty = w->order.qty,
                             .limit = w->order.limit,
                             .stop = w->order.stop,
                             .text = text};
    sim->broker.sink.on_event(sim->broker.sink.data, &event);
}

/* What is left of the bar's volume under the participation limit; INT64_MAX when there is none. */
static int64_t available(match *m) {
    const qm_decimal share = m->sim->config.participation;
    if (share.raw == 0 || isnan(m->volume)) {
        return INT64_MAX;
    }
    if (m->market->bar_start != m->start) {
        m->market->bar_start = m->start;
        m->market->used = QM_DECIMAL_ZERO;
    }
    qm_decimal volume, most;
    if (qm_decimal_from_double(floor(m->volume), &volume) != QM_OK ||
        qm_decimal_mul(volume, share, QM_ROUND_DOWN, &most) != QM_OK) {
        return INT64_MAX; /* more than can be counted */
    }
    most.raw -= most.raw % QM_DECIMAL_SCALE;
    return most.raw > m->market->used.raw ? most.raw - m->market->used.raw : 0;
}

/* Units that an amount buys at a price: whole ones, or millionths. */
static qm_status units_of(const working *w, qm_decimal price, qm_decimal *out) {
    qm_decimal units;
    qm_status status = qm_order_units(&w->order, price, QM_ROUND_DOWN, &units);
    if (status == QM_OK) {
        int64_t step = w->order.fractional ? QM_DECIMAL_SCALE / 1000000 : QM_DECIMAL_SCALE;
        out->raw = units.raw - units.raw % step;
    }
    return status;
}

/* The fee of all fills so far, less what was charged already. */
static qm_status fee_of(const match *m, const working *w, qm_decimal filled, qm_decimal traded,
                        qm_decimal *out) {
    qm_decimal all;
    qm_status status = qm_commission_fee(&m->sim->config.commission, filled, traded, &all);
    return status == QM_OK ? qm_decimal_sub(all, w->charged, out) : status;
}

/* Units that the order may fill without opening a short that it was not allowed. */
static int64_t sellable(const match *m, const working *w) {
    const qm_broker_sink *sink = &m->sim->broker.sink;
    if (w->order.side == QM_BUY || w->order.allow_short || !sink->sellable) {
        return INT64_MAX;
    }
    int64_t held = sink->sellable(sink->data, &w->order).raw;
    return w->order.fractional ? held : held - held % QM_DECIMAL_SCALE;
}

static qm_status work_out(match *m, working *w, const fill_terms *terms, qm_broker_event *event) {
    int64_t most = sellable(m, w), volume = available(m);
    event->price = terms->price;
    qm_status status = QM_OK;
    if (terms->slips) {
        status = qm_slip(&m->sim->config.slippage, w->order.side, m->info->tick, m->market->range,
                         &event->price);
    }
    if (status == QM_OK && w->order.qty.raw == 0) {
        status = units_of(w, event->price, &w->order.qty);
        w->order.qty.raw = w->order.qty.raw < most ? w->order.qty.raw : most;
    }
    if (status != QM_OK) {
        return status;
    }
    int64_t left = qm_order_remaining(&w->order).raw;
    left = left < most ? left : most;
    event->qty.raw = left < volume ? left : volume;
    event->last = event->qty.raw > 0 && event->qty.raw == qm_order_remaining(&w->order).raw;
    event->text = !event->last && most <= event->qty.raw ? "nothing is left to sell" : NULL;
    qm_decimal amount, traded, filled = {w->order.filled.raw + event->qty.raw};
    status = qm_decimal_amount(event->qty, w->order.multiplier, event->price, &amount);
    if (status == QM_OK) {
        status = qm_decimal_add(w->traded, amount, &traded);
    }
    if (status == QM_OK && event->qty.raw > 0) {
        status = fee_of(m, w, filled, traded, &event->fee);
    }
    if (status == QM_OK && event->qty.raw > 0) {
        w->traded = traded;
        w->charged.raw += event->fee.raw;
        w->order.filled = filled;
        m->market->used.raw += event->qty.raw;
    }
    return status;
}

void qm_match_fill(match *m, working *w, const fill_terms *terms) {
    qm_broker_event event = {.kind = QM_BROKER_FILL,
                             .order = w->order.id,
                             .time = terms->at,
                             .date = m->date,
                             .coarse = terms->coarse};
    qm_status status = work_out(m, w, terms, &event);
    if (status != QM_OK) {
        w->done = true;
        qm_sim_tell(m->sim, w, QM_BROKER_REJECTED, terms->at, qm_status_text(status));
        return;
    }
    const char *ended = event.text;
    event.text = NULL;
    if (event.qty.raw > 0) {
        m->sim->broker.sink.on_event(m->sim->broker.sink.data, &event);
    } else if (w->order.qty.raw == 0 && !ended) {
        ended = "the amount is less than one unit";
    }
    w->done = event.last || ended;
    if (ended) {
        qm_sim_tell(m->sim, w, QM_BROKER_CANCELLED, terms->at, ended);
    }
}
