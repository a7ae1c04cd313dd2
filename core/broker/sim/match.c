/* SPDX-License-Identifier: MIT
 *
 * Which orders a bar fills, and at what price: docs/reference/fills.md, rules 2 to 5.
 */
#include "broker/sim/internal.h"

static bool is_buy(const working *w) {
    return w->order.side == QM_BUY;
}

/* a is a price at least as good for the order's side as b (strictly: better). */
static bool good(const working *w, qm_decimal a, qm_decimal b, bool strictly) {
    int64_t gain = is_buy(w) ? b.raw - a.raw : a.raw - b.raw;
    return strictly ? gain > 0 : gain >= 0;
}

/* The price has reached the stop: at or above for a buy, at or below for a sale. */
static bool reaches_stop(const working *w, qm_decimal price) {
    return is_buy(w) ? price.raw >= w->order.stop.raw : price.raw <= w->order.stop.raw;
}

static bool has_stop(const working *w) {
    return (w->order.type == QM_STOP || w->order.type == QM_STOP_LIMIT) && !w->order.triggered;
}

/* A limit, or a stop-limit that has triggered. */
static bool is_limit(const working *w) {
    return w->order.type == QM_LIMIT || (w->order.type == QM_STOP_LIMIT && w->order.triggered);
}

static void fill(match *m, working *w, qm_decimal price, bool at_open) {
    bool limited = w->order.type == QM_LIMIT || w->order.type == QM_STOP_LIMIT;
    fill_terms terms = {.price = price, .at = at_open ? m->start : m->end, .slips = !limited};
    qm_match_fill(m, w, &terms);
}

static void trigger(match *m, working *w, qm_time at) {
    w->order.triggered = true;
    qm_sim_tell(m->sim, w, QM_BROKER_TRIGGERED, at, NULL);
}

/* At the open: market orders, stops that the gap has passed, limits that it betters. */
static void try_open(match *m, working *w) {
    bool touch = m->sim->config.touch;
    switch (w->order.type) {
    case QM_MARKET:
        fill(m, w, m->open, true);
        break;
    case QM_MARKET_ON_OPEN:
        if (m->first_of_session) {
            fill(m, w, m->open, true);
        }
        break;
    case QM_STOP:
        if (w->order.triggered || reaches_stop(w, m->open)) {
            fill(m, w, m->open, true);
        }
        break;
    case QM_STOP_LIMIT:
        if (has_stop(w) && reaches_stop(w, m->open)) {
            trigger(m, w, m->start);
            if (good(w, m->open, w->order.limit, false)) {
                fill(m, w, m->open, true); /* marketable when it became a limit */
            }
            break;
        }
        if (!w->order.triggered) {
            break;
        }
        /* fall through */
    case QM_LIMIT:
        if (good(w, m->open, w->order.limit, !touch)) {
            fill(m, w, m->open, true);
        }
        break;
    case QM_MARKET_ON_CLOSE:
        break;
    }
}

/* The best price of the bar for a limit: the low for a buy. */
static bool limit_traded(const match *m, const working *w) {
    qm_decimal best = is_buy(w) ? m->low : m->high;
    return good(w, best, w->order.limit, !m->sim->config.touch);
}

/* Whether the walk open, nearer extreme, farther extreme, close comes to the low first. */
static bool low_first(const match *m) {
    return m->open.raw - m->low.raw <= m->high.raw - m->open.raw;
}

/* Whether, once the stop has been reached inside the bar, the price still comes back to the limit
 * beyond it. Only the close lies surely behind the trigger. */
static bool limit_after_trigger(const match *m, const working *w) {
    qm_path path = m->sim->config.path;
    bool extreme_is_later =
        path == QM_PATH_OPTIMISTIC || (path == QM_PATH_OHLC && low_first(m) == !is_buy(w));
    bool by_close = good(w, m->close, w->order.limit, !m->sim->config.touch);
    return by_close || (extreme_is_later && limit_traded(m, w));
}

static void try_stop(match *m, working *w) {
    if (!reaches_stop(w, is_buy(w) ? m->high : m->low)) {
        return;
    }
    if (w->order.type == QM_STOP) {
        fill(m, w, w->order.stop, false);
        return;
    }
    trigger(m, w, m->end);
    w->triggered_in = m->end; /* what the bar showed before does not count for the limit */
    if (good(w, w->order.stop, w->order.limit, false)) {
        fill(m, w, w->order.stop, false);
    } else if (limit_after_trigger(m, w)) {
        fill(m, w, w->order.limit, false);
    }
}

/* Sent while the bar was under way and nothing finer is stored: its close, at the earliest. */
static void try_close(match *m, working *w) {
    bool fills = false;
    switch (w->order.type) {
    case QM_MARKET:
        fills = true;
        break;
    case QM_LIMIT:
        fills = good(w, m->close, w->order.limit, !m->sim->config.touch);
        break;
    case QM_STOP:
        fills = reaches_stop(w, m->close);
        break;
    case QM_STOP_LIMIT:
        fills = reaches_stop(w, m->close) && good(w, m->close, w->order.limit, false);
        break;
    case QM_MARKET_ON_OPEN:
    case QM_MARKET_ON_CLOSE:
        break;
    }
    if (fills) {
        fill_terms terms = {.price = m->close,
                            .at = m->end,
                            .slips = w->order.type == QM_MARKET || w->order.type == QM_STOP,
                            .coarse = true};
        qm_match_fill(m, w, &terms);
    }
}

typedef void (*attempt)(match *m, working *w);

/* Calls one attempt for each order of the instrument, by id. */
static void walk(match *m, attempt each, bool (*wants)(const match *m, const working *w)) {
    for (size_t i = 0; i < m->sim->orders.length; i++) {
        working *w = &m->sim->orders.items[i];
        if (w->order.instrument == m->instrument && !w->done && wants(m, w)) {
            each(m, w);
        }
    }
}

static bool from_start(const match *m, const working *w) {
    return w->since <= m->start;
}
static bool sent_inside(const match *m, const working *w) {
    return w->since > m->start && w->since < m->end;
}
static bool stop_from_start(const match *m, const working *w) {
    return from_start(m, w) && has_stop(w);
}
static bool limit_from_start(const match *m, const working *w) {
    return from_start(m, w) && is_limit(w) && w->triggered_in != m->end;
}
static bool closing(const match *m, const working *w) {
    return w->order.type == QM_MARKET_ON_CLOSE && m->last_of_session && w->since < m->end;
}

static void try_limit(match *m, working *w) {
    if (limit_traded(m, w)) {
        fill(m, w, w->order.limit, false);
    }
}

static void fill_at_close(match *m, working *w) {
    fill(m, w, m->close, false);
}

void qm_match_open(match *m) {
    if (m->volume != 0) { /* rule 4; NaN is not zero */
        walk(m, try_open, from_start);
    }
}

/* What the walk open, nearer extreme, farther extreme, close meets on its way to one extreme: for
 * the high buy stops and sell limits, for the low the others. */
static bool towards_high(const match *m, const working *w) {
    return (stop_from_start(m, w) || limit_from_start(m, w)) && is_buy(w) == has_stop(w);
}
static bool towards_low(const match *m, const working *w) {
    return (stop_from_start(m, w) || limit_from_start(m, w)) && is_buy(w) != has_stop(w);
}
static void try_either(match *m, working *w) {
    if (has_stop(w)) {
        try_stop(m, w);
    } else {
        try_limit(m, w);
    }
}

void qm_match_path(match *m) {
    if (m->volume == 0) {
        return;
    }
    switch (m->sim->config.path) {
    case QM_PATH_PESSIMISTIC: /* what hurts comes first */
        walk(m, try_stop, stop_from_start);
        walk(m, try_limit, limit_from_start);
        break;
    case QM_PATH_OPTIMISTIC:
        walk(m, try_limit, limit_from_start);
        walk(m, try_stop, stop_from_start);
        break;
    case QM_PATH_OHLC:
        walk(m, try_either, low_first(m) ? towards_low : towards_high);
        walk(m, try_either, low_first(m) ? towards_high : towards_low);
        break;
    }
    walk(m, try_close, sent_inside);
    walk(m, fill_at_close, closing);
}
