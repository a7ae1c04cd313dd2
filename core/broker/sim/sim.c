/* SPDX-License-Identifier: MIT
 *
 * The book of working orders: what the engine sends, what time and corporate actions do to it.
 */
#include "broker/sim/internal.h"

#include "base/calendar.h"
#include "base/mem.h"
#include "base/tz.h"

#include <stddef.h>
#include <string.h>

static qm_sim *sim_of(qm_broker *broker) {
    return (qm_sim *)(void *)((char *)broker - offsetof(qm_sim, broker));
}

market_state *qm_sim_market(qm_sim *sim, qm_instrument_id id) {
    if (id >= sim->market_count) {
        size_t want =
            (size_t)id + 1 > sim->market_count * 2 ? (size_t)id + 1 : sim->market_count * 2;
        market_state *moved = qm_reallocarray(sim->markets, want, sizeof *moved);
        if (!moved) {
            return NULL;
        }
        memset(moved + sim->market_count, 0, (want - sim->market_count) * sizeof *moved);
        sim->markets = moved;
        sim->market_count = want;
    }
    return &sim->markets[id];
}

static working *find(qm_sim *sim, uint64_t order) {
    size_t low = 0, high = sim->orders.length;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sim->orders.items[middle].order.id < order) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool there = low < sim->orders.length && sim->orders.items[low].order.id == order;
    return there && !sim->orders.items[low].done ? &sim->orders.items[low] : NULL;
}

void qm_sim_sweep(qm_sim *sim) {
    size_t kept = 0;
    for (size_t i = 0; i < sim->orders.length; i++) {
        working *w = &sim->orders.items[i];
        if (w->done) {
            sim->markets[w->order.instrument].orders--;
        } else {
            sim->orders.items[kept++] = *w;
        }
    }
    sim->orders.length = kept;
}

/* The last session on which a day order that is sent now may fill: the one under way, else the
 * next. Outside the calendar every day counts as one. */
static qm_date session_for(qm_time now) {
    qm_date date = qm_tz_to_local(qm_tz_new_york(), now).date;
    if (date < qm_calendar_first() || date >= qm_calendar_last()) {
        return date + (now >= qm_calendar_hours(date).close);
    }
    return qm_calendar_session_of(now + 1);
}

static qm_status insert(qm_sim *sim, const qm_order *order, qm_time since) {
    market_state *market = qm_sim_market(sim, order->instrument);
    working w = {.order = *order, .since = since};
    if (!market || qm_vec_push(&sim->orders, &w) != QM_OK) {
        return QM_ENOMEM;
    }
    market->orders++;
    /* Ids nearly always come in order. */
    working *items = sim->orders.items;
    for (size_t i = sim->orders.length - 1; i > 0 && items[i - 1].order.id > items[i].order.id;
         i--) {
        working other = items[i];
        items[i] = items[i - 1];
        items[i - 1] = other;
    }
    return QM_OK;
}

static qm_status submit(qm_broker *broker, const qm_order *order, qm_time now, qm_error *err) {
    qm_sim *sim = sim_of(broker);
    qm_order copy = *order;
    copy.session = session_for(now);
    if (insert(sim, &copy, now) != QM_OK) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_sim_tell(sim, find(sim, order->id), QM_BROKER_ACCEPTED, now, NULL);
    return QM_OK;
}

static qm_status cancel(qm_broker *broker, uint64_t order, qm_time now, qm_error *err) {
    qm_sim *sim = sim_of(broker);
    working *w = find(sim, order);
    if (!w) {
        return qm_error_set(err, QM_ENOTFOUND, "order %llu does not work here",
                            (unsigned long long)order);
    }
    w->done = true;
    qm_sim_tell(sim, w, QM_BROKER_CANCELLED, now, NULL);
    qm_sim_sweep(sim);
    return QM_OK;
}

static qm_status replace(qm_broker *broker, uint64_t order, const qm_order_change *change,
                         qm_time now, qm_error *err) {
    qm_sim *sim = sim_of(broker);
    working *w = find(sim, order);
    if (!w) {
        return qm_error_set(err, QM_ENOTFOUND, "order %llu does not work here",
                            (unsigned long long)order);
    }
    if (change->qty.raw) {
        w->order.qty = change->qty;
    }
    if (change->limit.raw) {
        w->order.limit = change->limit;
    }
    if (change->stop.raw) {
        w->order.stop = change->stop;
    }
    /* A changed order stands behind what the bar under way has already shown. */
    w->since = now;
    if (qm_order_remaining(&w->order).raw == 0 && w->order.qty.raw > 0) {
        w->done = true;
        qm_sim_tell(sim, w, QM_BROKER_CANCELLED, now, "replaced by no more than is filled");
        qm_sim_sweep(sim);
        return QM_OK;
    }
    qm_sim_tell(sim, w, QM_BROKER_REPLACED, now, NULL);
    return QM_OK;
}

static void sim_free(qm_broker *broker) {
    qm_sim *sim = sim_of(broker);
    qm_vec_fini(&sim->orders);
    qm_vec_fini(&sim->active);
    qm_free(sim->markets);
    qm_free(sim);
}

static const qm_broker_ops OPS = {
    .name = "paper", .submit = submit, .cancel = cancel, .replace = replace, .free = sim_free};

qm_status qm_sim_new(const qm_sim_config *config, qm_broker_sink sink, qm_sim **out) {
    qm_sim *sim = qm_calloc(1, sizeof *sim);
    if (!sim) {
        return QM_ENOMEM;
    }
    sim->config = *config;
    sim->broker = (qm_broker){.ops = &OPS, .sink = sink};
    *out = sim;
    return QM_OK;
}

qm_broker *qm_sim_broker(qm_sim *sim) {
    return &sim->broker;
}

qm_status qm_sim_restore(qm_sim *sim, const qm_order *order) {
    qm_status status = insert(sim, order, order->live_since);
    if (status != QM_OK) {
        return status;
    }
    working *w = find(sim, order->id);
    qm_decimal traded;
    if (qm_total_to_decimal(order->filled_value, &traded) == QM_OK && order->filled.raw > 0) {
        w->traded = traded;
        status = qm_commission_fee(&sim->config.commission, order->filled, traded, &w->charged);
    }
    return status;
}

bool qm_sim_has_orders(const qm_sim *sim, qm_instrument_id id) {
    return id < sim->market_count && sim->markets[id].orders > 0;
}

size_t qm_sim_active(const qm_sim *sim, const qm_instrument_id **out) {
    qm_sim *mutable = (qm_sim *)sim; /* the list is scratch memory of the question */
    mutable->active.length = 0;
    for (size_t i = 0; i < sim->orders.length; i++) {
        qm_instrument_id id = sim->orders.items[i].order.instrument;
        size_t at = 0;
        while (at < sim->active.length && sim->active.items[at] < id) {
            at++;
        }
        if (at < sim->active.length && sim->active.items[at] == id) {
            continue;
        }
        if (qm_vec_push(&mutable->active, &id) != QM_OK) {
            break;
        }
        memmove(mutable->active.items + at + 1, mutable->active.items + at,
                (sim->active.length - 1 - at) * sizeof id);
        mutable->active.items[at] = id;
    }
    *out = sim->active.items;
    return sim->active.length;
}

/* Prices that no decimal holds fill nothing. */
static bool prepare(match *m, qm_sim *sim, qm_instrument_id id, double open) {
    m->sim = sim;
    m->instrument = id;
    m->info = qm_instruments_get(sim->config.instruments, id);
    m->market = qm_sim_market(sim, id);
    return m->info && m->market && qm_decimal_from_double(open, &m->open) == QM_OK;
}

void qm_sim_on_open(qm_sim *sim, qm_instrument_id id, qm_time time, qm_date date, double price,
                    double volume) {
    if (!qm_sim_has_orders(sim, id)) {
        return;
    }
    match m = {.start = time,
               .end = QM_TIME_MAX,
               .date = date,
               .first_of_session = time <= qm_calendar_hours(date).open,
               .volume = volume};
    if (prepare(&m, sim, id, price)) {
        qm_match_open(&m);
        qm_sim_sweep(sim);
    }
}

/* Day orders end with their session's last bar; so does an order for the auctions. date: the last
 * session that is over; time: QM_TIME_NONE: the close of the order's session. */
static void expire(qm_sim *sim, qm_instrument_id id, qm_date date, qm_time time) {
    for (size_t i = 0; i < sim->orders.length; i++) {
        working *w = &sim->orders.items[i];
        if (w->order.instrument == id && !w->done && w->order.tif == QM_DAY &&
            w->order.session <= date) {
            qm_time close = qm_calendar_hours(w->order.session).close;
            w->done = true;
            qm_sim_tell(sim, w, QM_BROKER_EXPIRED, time == QM_TIME_NONE ? close : time, NULL);
        }
    }
}

void qm_sim_on_bar(qm_sim *sim, qm_instrument_id id, qm_timeframe tf, const qm_bar *bar) {
    bool ranged = sim->config.slippage.kind == QM_SLIPPAGE_RANGE;
    if (!qm_sim_has_orders(sim, id)) {
        market_state *market = ranged ? qm_sim_market(sim, id) : NULL;
        if (market) {
            qm_decimal_from_double(bar->x[QM_HIGH] - bar->x[QM_LOW], &market->range);
        }
        return;
    }
    expire(sim, id, bar->date - 1, QM_TIME_NONE);
    qm_session hours = qm_calendar_hours(bar->date);
    match m = {.start = qm_bar_start(tf, bar->time, bar->date),
               .end = bar->time,
               .date = bar->date,
               .whole = true,
               .volume = bar->x[QM_VOLUME]};
    m.first_of_session = m.start <= hours.open;
    m.last_of_session = m.end >= hours.close;
    if (prepare(&m, sim, id, bar->x[QM_OPEN]) &&
        qm_decimal_from_double(bar->x[QM_HIGH], &m.high) == QM_OK &&
        qm_decimal_from_double(bar->x[QM_LOW], &m.low) == QM_OK &&
        qm_decimal_from_double(bar->x[QM_CLOSE], &m.close) == QM_OK) {
        qm_match_open(&m);
        qm_match_path(&m);
        m.market->range.raw = m.high.raw - m.low.raw;
    }
    if (m.last_of_session) {
        expire(sim, id, bar->date, bar->time);
    }
    qm_sim_sweep(sim);
}

/* Rounds a price that a split has changed to the tick. */
static void rescale_price(qm_decimal *price, const qm_action *action, qm_decimal tick,
                          qm_rounding rounding) {
    qm_decimal scaled;
    if (price->raw &&
        qm_decimal_mul_ratio(*price, action->den, action->num, rounding, &scaled) == QM_OK) {
        qm_decimal_round_to(scaled, tick, rounding, price);
    }
}

static void split_order(qm_sim *sim, working *w, const qm_action *action, qm_time time) {
    const qm_instrument *info = qm_instruments_get(sim->config.instruments, w->order.instrument);
    bool buy = w->order.side == QM_BUY;
    qm_decimal filled = w->order.filled, left = qm_order_remaining(&w->order);
    if (qm_decimal_mul_ratio(filled, action->num, action->den, QM_ROUND_HALF_EVEN, &filled) ||
        qm_decimal_mul_ratio(left, action->num, action->den, QM_ROUND_DOWN, &left)) {
        w->done = true;
        qm_sim_tell(sim, w, QM_BROKER_CANCELLED, time, "the split leaves no countable quantity");
        return;
    }
    left.raw -= w->order.fractional ? 0 : left.raw % QM_DECIMAL_SCALE;
    bool by_amount = w->order.amount.raw > 0 && w->order.qty.raw == 0;
    w->order.filled = filled;
    w->order.qty.raw = by_amount ? 0 : filled.raw + left.raw;
    rescale_price(&w->order.limit, action, info->tick, buy ? QM_ROUND_FLOOR : QM_ROUND_CEIL);
    rescale_price(&w->order.stop, action, info->tick, buy ? QM_ROUND_CEIL : QM_ROUND_FLOOR);
    if (left.raw == 0 && !by_amount) {
        w->done = true;
        qm_sim_tell(sim, w, QM_BROKER_CANCELLED, time, "the split leaves less than one unit");
        return;
    }
    qm_sim_tell(sim, w, QM_BROKER_ADJUSTED, time, NULL);
}

void qm_sim_on_action(qm_sim *sim, const qm_action *action, qm_time time) {
    for (size_t i = 0; i < sim->orders.length; i++) {
        working *w = &sim->orders.items[i];
        if (w->order.instrument != action->instrument || w->done) {
            continue;
        }
        if (action->kind == QM_ACTION_SPLIT) {
            split_order(sim, w, action, time);
        } else if (action->kind == QM_ACTION_DELIST) {
            w->done = true;
            qm_sim_tell(sim, w, QM_BROKER_CANCELLED, time, "delisted");
        }
    }
    qm_sim_sweep(sim);
}

void qm_sim_on_time(qm_sim *sim, qm_time time) {
    for (size_t i = 0; !sim->config.late_bars && i < sim->orders.length; i++) {
        working *w = &sim->orders.items[i];
        if (w->done || w->order.tif != QM_DAY) {
            continue;
        }
        qm_time close = qm_calendar_hours(w->order.session).close;
        if (close < time) {
            w->done = true;
            qm_sim_tell(sim, w, QM_BROKER_EXPIRED, close, NULL);
        }
    }
    qm_sim_sweep(sim);
}
