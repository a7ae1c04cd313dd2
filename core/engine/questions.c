/* SPDX-License-Identifier: MIT
 *
 * What can be asked of an engine, by its owner and by a strategy.
 */
#include "engine/internal.h"

#include "base/calendar.h"

qm_time qm_engine_now(const qm_engine *e) {
    return e->now;
}

qm_date qm_engine_date(const qm_engine *e) {
    return e->date != QM_DATE_NONE ? e->date : qm_calendar_session_of(e->now);
}

qm_mode qm_engine_mode(const qm_engine *e) {
    return e->config.mode;
}

qm_time qm_engine_cursor(const qm_engine *e) {
    return e->cursor;
}

qm_instruments *qm_engine_instruments(const qm_engine *e) {
    return e->config.instruments;
}

qm_sim *qm_engine_sim(const qm_engine *e) {
    return e->sim;
}

const qm_order_book *qm_engine_orders(const qm_engine *e) {
    return e->orders;
}

uint32_t qm_engine_count(const qm_engine *e) {
    return (uint32_t)e->sleeves.length;
}

uint64_t qm_engine_events(const qm_engine *e) {
    return e->events;
}

qm_sleeve_view qm_engine_sleeve(const qm_engine *e, uint32_t index) {
    const sleeve *s = qm_engine_at(e, index);
    return (qm_sleeve_view){.spec = &s->bound->spec,
                            .self = s->bound->self,
                            .ledger = s->ledger,
                            .account = s->account,
                            .fractional = s->fractional,
                            .account_type = s->account_type,
                            .account_name = s->account_name,
                            .method = s->method,
                            .broker = s->broker,
                            .state = s->state,
                            .fault = s->fault,
                            .generation = s->generation,
                            .decisions = s->decisions,
                            .events = s->events,
                            .faults = s->faults};
}

qm_total qm_engine_equity(const qm_engine *e, uint32_t index) {
    qm_total equity, gross;
    qm_sleeve_value(qm_engine_at(e, index), &equity, &gross);
    return equity;
}

size_t qm_engine_equity_curve(const qm_engine *e, uint32_t index, const qm_equity_row **out) {
    *out = qm_engine_at(e, index)->curve.items;
    return qm_engine_at(e, index)->curve.length;
}

double qm_engine_split_ratio(const qm_engine *e, qm_instrument_id instrument, qm_time time) {
    const slot *s = qm_engine_slot(e, instrument);
    double ratio = 1;
    for (size_t i = 0; s && i < s->splits.length; i++) {
        const split *one = &s->splits.items[i];
        ratio *= one->time > time ? (double)one->num / (double)one->den : 1;
    }
    return ratio;
}

size_t qm_engine_fills(const qm_engine *e, const qm_fill **out) {
    *out = e->fills.items;
    return e->fills.length;
}

size_t qm_engine_funnel(const qm_engine *e, uint32_t index, const qm_funnel_row **out) {
    *out = qm_engine_at(e, index)->funnel.items;
    return qm_engine_at(e, index)->funnel.length;
}

bool qm_ctx_member(const qm_engine *e, uint32_t index, qm_instrument_id instrument) {
    return qm_binding_member(qm_engine_at(e, index)->bound, instrument, qm_engine_date(e));
}

/* In the universe, or named by a declared input. */
static bool may_read(const sleeve *s, qm_instrument_id id) {
    if (qm_binding_has(s->bound, id)) {
        return true;
    }
    for (size_t i = 0; i < s->bound->spec.input_count; i++) {
        if (s->bound->spec.inputs[i].instrument == id) {
            return true;
        }
    }
    return false;
}

const qm_series *qm_ctx_series(const qm_engine *e, uint32_t index, qm_instrument_id id,
                               qm_timeframe tf) {
    const sleeve *s = qm_engine_at(e, index);
    if (!may_read(s, id)) {
        return NULL;
    }
    /* A timeframe that nobody has asked for yet is built from the base series; the engine's
     * decisions do not depend on whether it is there. */
    feed *f;
    qm_status status =
        qm_engine_need_feed((qm_engine *)e, id, tf.count ? tf : s->bound->spec.tf, &f);
    return status == QM_OK ? f->series : NULL;
}

qm_status qm_ctx_tap(qm_engine *e, uint32_t index, const qm_input_spec *input, const qm_tap **out) {
    const sleeve *s = qm_engine_at(e, index);
    if (!may_read(s, input->instrument)) {
        return QM_ENOTFOUND;
    }
    feed *f;
    qm_tap *tap;
    qm_timeframe tf = input->tf.count ? input->tf : s->bound->spec.tf;
    qm_status status = qm_engine_need_feed(e, input->instrument, tf, &f);
    if (status == QM_OK) {
        status = qm_series_tap(f->series, input->info, input->params, input->column, &tap);
    }
    if (status == QM_OK) {
        *out = tap;
    }
    return status;
}

bool qm_ctx_price(const qm_engine *e, qm_instrument_id id, qm_decimal *price, qm_time *time) {
    const slot *s = qm_engine_slot(e, id);
    if (!qm_slot_price(s, price)) {
        return false;
    }
    *time = s->last_time;
    return true;
}

qm_status qm_ctx_value(const qm_engine *e, uint32_t index, qm_instrument_id id, qm_decimal *out) {
    qm_position position = qm_ledger_position(qm_engine_at(e, index)->ledger, id);
    qm_decimal price;
    if (position.qty.raw == 0) {
        *out = QM_DECIMAL_ZERO;
        return QM_OK;
    }
    if (!qm_slot_price(qm_engine_slot(e, id), &price)) {
        return QM_ENOTFOUND;
    }
    return qm_decimal_amount(position.qty, position.multiplier, price, out);
}

void qm_ctx_working(const qm_engine *e, uint32_t index, qm_instrument_id id, qm_decimal *qty,
                    qm_decimal *amount) {
    size_t cursor = 0;
    qm_order *order;
    *qty = *amount = QM_DECIMAL_ZERO;
    while ((order = qm_order_book_next_open(e->orders, index, &cursor)) != NULL) {
        if (order->instrument != id) {
            continue;
        }
        int64_t left = qm_order_remaining(order).raw;
        qty->raw += order->side == QM_BUY ? left : -left;
        if (order->qty.raw == 0) {
            amount->raw += order->side == QM_BUY ? order->amount.raw : -order->amount.raw;
        }
    }
}

bool qm_ctx_quote(const qm_engine *e, qm_instrument_id instrument, qm_quote *out) {
    const slot *where = qm_engine_slot(e, instrument);
    if (!where || where->quote_time == QM_TIME_NONE) {
        return false;
    }
    *out = (qm_quote){instrument, where->bid, where->ask, where->quote_time};
    return true;
}
