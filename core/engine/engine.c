/* SPDX-License-Identifier: MIT
 *
 * The engine's life, and the way of one event through it.
 */
#include "engine/internal.h"

#include "base/calendar.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

enum { TEXT_MAX_BYTES = 1 << 30 };

qm_status qm_engine_fail(qm_engine *e, qm_status status, const char *format, ...) {
    if (e->failed == QM_OK) {
        char text[QM_ERROR_TEXT_MAX];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        e->failed = qm_error_set(&e->failure, status, "%s", text);
    }
    return e->failed;
}

sleeve *qm_engine_at(const qm_engine *e, uint32_t index) {
    return e->sleeves.items[index];
}

qm_status qm_engine_new(const qm_engine_config *config, qm_engine **out) {
    qm_engine *e = qm_calloc(1, sizeof *e);
    if (!e) {
        return QM_ENOMEM;
    }
    e->config = *config;
    e->now = QM_TIME_NONE;
    e->date = QM_DATE_NONE;
    e->due = e->cash_due = QM_TIME_MAX;
    e->cursor = QM_TIME_NONE;
    qm_buf_init(&e->unsaved_text, TEXT_MAX_BYTES);
    qm_buf_init(&e->text, TEXT_MAX_BYTES);
    qm_buf_init(&e->json, TEXT_MAX_BYTES);
    qm_broker_sink sink = {qm_engine_on_broker, e, qm_engine_sellable};
    qm_sim_config sim = *config->sim;
    sim.instruments = config->instruments;
    sim.late_bars = config->late_bars;
    qm_status status = qm_sim_new(&sim, sink, &e->sim);
    if (status == QM_OK) {
        e->broker = qm_sim_broker(e->sim);
        status = qm_order_book_new(&e->orders);
    }
    if (status == QM_OK && config->book) {
        status = qm_engine_load(e, &e->failure);
    }
    if (status != QM_OK) {
        qm_engine_free(e);
        return status;
    }
    *out = e;
    return QM_OK;
}

void qm_engine_free(qm_engine *e) {
    if (!e) {
        return;
    }
    qm_engine_drop_tax(e); /* writes into the sleeves */
    for (size_t i = 0; i < e->sleeves.length; i++) {
        qm_sleeve_free(e->sleeves.items[i]);
    }
    for (size_t i = 0; i < e->slot_capacity; i++) {
        qm_slot_free(e->slots[i]);
    }
    qm_free(e->slots);
    if (e->broker) {
        e->broker->ops->free(e->broker);
    }
    qm_order_book_free(e->orders);
    qm_vec_fini(&e->sleeves);
    qm_vec_fini(&e->by_name);
    qm_vec_fini(&e->pending);
    qm_vec_fini(&e->calls);
    qm_vec_fini(&e->notes);
    qm_vec_fini(&e->ops);
    qm_vec_fini(&e->fills);
    qm_vec_fini(&e->unsaved);
    qm_vec_fini(&e->changed_orders);
    qm_vec_fini(&e->stored_orders);
    qm_buf_fini(&e->unsaved_text);
    qm_buf_fini(&e->text);
    qm_buf_fini(&e->json);
    qm_free(e);
}

static qm_status report(const qm_engine *e, qm_error *err) {
    if (e->failed != QM_OK && err) {
        *err = e->failure;
    }
    return e->failed;
}

static void set_time(qm_engine *e, qm_time time) {
    if (time > e->now) {
        e->now = time;
        e->date = QM_DATE_NONE;
        if (e->cash_due <= time) {
            qm_engine_pay_dividends(e);
        }
        qm_sim_on_time(e->sim, time);
        qm_engine_deliver(e);
    }
}

qm_status qm_engine_feed_history(qm_engine *e, const qm_event *event, qm_error *err) {
    qm_status status = QM_OK;
    if (event->time > e->now) {
        status = qm_engine_close_slice(e, true);
        e->now = event->time;
        e->date = QM_DATE_NONE;
    }
    slot *where = qm_engine_slot(e, event->instrument);
    if (status == QM_OK && event->kind == QM_EVENT_BAR) {
        status = qm_engine_take_bar(e, event);
    } else if (status == QM_OK && event->kind == QM_EVENT_ACTION && where &&
               event->u.action.kind == QM_ACTION_SPLIT) {
        status = qm_slot_split(e, where, event->u.action.num, event->u.action.den);
    }
    if (status != QM_OK) {
        qm_engine_fail(e, status, "history could not be taken: %s", qm_status_text(status));
    }
    return report(e, err);
}

/* Series that were filled quietly know whether their inputs are defined. */
static void note_warm(qm_engine *e) {
    for (size_t i = 0; i < e->sleeves.length; i++) {
        binding *bound = e->sleeves.items[i]->bound;
        for (size_t k = 0; k < bound->spec.universe_count; k++) {
            subscription *sub = &bound->subs[k];
            bool defined = true;
            for (size_t j = 0; j < sub->count; j++) {
                defined = defined && *sub->source[j] == *sub->source[j];
            }
            sub->warm =
                defined &&
                qm_slot_feed(qm_engine_slot(e, sub->instrument), bound->spec.tf)->series->bars.n >
                    0;
        }
    }
}

qm_status qm_engine_start(qm_engine *e, qm_time time, qm_error *err) {
    if (e->started) { /* a driver takes over from another: only time goes on */
        return qm_engine_advance(e, time, err);
    }
    qm_status status = qm_engine_close_slice(e, true);
    note_warm(e);
    if (e->cursor != QM_TIME_NONE && time < e->cursor) {
        time = e->cursor;
    }
    e->now = time > e->now ? time : e->now;
    e->date = QM_DATE_NONE;
    e->started = true;
    for (size_t i = 0; status == QM_OK && i < e->by_name.length; i++) {
        status = qm_sleeve_begin(e->by_name.items[i], &e->failure);
        e->failed = status == QM_OK ? e->failed : status;
    }
    qm_engine_find_cash_due(e);
    if (status == QM_OK) {
        status = qm_engine_settle(e, true);
    }
    return report(e, err);
}

static void take_quote(qm_engine *e, slot *where, const qm_event *event) {
    qm_quote quote = {event->instrument, event->u.quote.bid, event->u.quote.ask, event->time};
    where->bid = quote.bid;
    where->ask = quote.ask;
    where->quote_time = quote.time;
    for (size_t i = 0; i < e->by_name.length; i++) {
        sleeve *s = e->by_name.items[i];
        const qm_strategy_ops *ops = s->bound->ops;
        if (s->state == QM_RUN_RUNNING && s->begun && ops->on_quote &&
            qm_binding_has(s->bound, event->instrument)) {
            s->events++;
            qm_error *err = qm_engine_enter(e, s);
            qm_engine_leave(e, s, ops->on_quote(s->bound->self, &quote, err));
        }
    }
}

/* Events at one time in the engine's order: schedules and timers come after bars and slices. */
static bool before_schedules(qm_event_kind kind) {
    return qm_event_rank(kind) < qm_event_rank(QM_EVENT_SCHEDULE);
}

/* When what the event tells was so. */
static qm_time own_time(const qm_engine *e, const qm_event *event) {
    qm_time time = event->time;
    if (event->kind == QM_EVENT_BAR) {
        time = event->u.bar.time;
    } else if (event->kind == QM_EVENT_SLICE && e->pending.length > 0) {
        time = e->pending.items[0].bar.time;
    }
    return time < event->time ? time : event->time;
}

static qm_status handle(qm_engine *e, const qm_event *event) {
    slot *where = qm_engine_slot(e, event->instrument);
    switch (event->kind) {
    case QM_EVENT_ACTION:
        return qm_engine_on_action(e, event);
    case QM_EVENT_CASH:
        return qm_engine_on_cash(e, event);
    case QM_EVENT_OPEN:
        e->date = event->u.open.date;
        if (where) {
            qm_slot_mark(e, where, event->u.open.price, event->time, true);
        }
        qm_sim_on_open(e->sim, event->instrument, event->time, event->u.open.date,
                       event->u.open.price, event->u.open.volume);
        break;
    case QM_EVENT_BAR:
        e->date = event->u.bar.date;
        qm_sim_on_bar(e->sim, event->instrument, e->config.base_tf, &event->u.bar);
        if (e->notes.length > 0) {
            qm_engine_deliver(e);
        }
        return qm_engine_take_bar(e, event);
    case QM_EVENT_QUOTE:
        if (where) {
            take_quote(e, where, event);
        }
        break;
    case QM_EVENT_SLICE:
    case QM_EVENT_END:
        return qm_engine_close_slice(e, false);
    case QM_EVENT_ORDER:
    case QM_EVENT_SCHEDULE:
    case QM_EVENT_TIMER:
    case QM_EVENT_RELOAD:
        break; /* what they stand for is done by the engine itself or by the host */
    }
    qm_engine_deliver(e);
    return e->failed;
}

/* Actions of one time commit together with what follows them: the cursor is a time, and none of
 * them may be left out after a restart. */
static bool settles(qm_event_kind kind) {
    return kind != QM_EVENT_ACTION && kind != QM_EVENT_CASH;
}

qm_status qm_engine_dispatch(qm_engine *e, const qm_event *event, qm_error *err) {
    if (event->time < e->now) {
        return qm_error_set(err, QM_EDATA, "an event of the past: time goes only forward");
    }
    qm_status status = e->failed;
    if (status == QM_OK && e->pending.length > 0 && event->time > e->now) {
        status = qm_engine_close_slice(e, false); /* nobody closed it: time has */
    }
    if (status == QM_OK && e->ops.length > 0 && event->time > e->now) {
        status = qm_engine_settle(e, true);
    }
    if (status == QM_OK) {
        qm_time due = own_time(e, event) - before_schedules(event->kind);
        if (e->due <= due) {
            status = qm_engine_fire_until(e, due);
        }
    }
    if (status == QM_OK) {
        set_time(e, event->time);
        e->events++;
        status = handle(e, event);
    }
    if (status == QM_OK && e->pending.length == 0 && settles(event->kind)) {
        e->cursor = e->now;
        status = qm_engine_settle(e, event->kind == QM_EVENT_SLICE);
    }
    if (status != QM_OK && e->failed == QM_OK) {
        qm_engine_fail(e, status, "%s", qm_status_text(status));
    }
    return report(e, err);
}

qm_status qm_engine_advance(qm_engine *e, qm_time time, qm_error *err) {
    qm_status status = e->failed;
    if (status == QM_OK && e->pending.length > 0 && time > e->now) {
        status = qm_engine_close_slice(e, false);
    }
    if (status == QM_OK) {
        status = qm_engine_fire_until(e, time);
    }
    if (status == QM_OK) {
        set_time(e, time);
        status = qm_engine_settle(e, false);
    }
    return report(e, err);
}

/* Everything commits together, and before anything is sent. */
qm_status qm_engine_settle(qm_engine *e, bool commit) {
    while (e->failed == QM_OK) {
        bool sends = e->ops.length > 0;
        if (e->config.book && e->dirty && (commit || sends)) {
            qm_error err = {0};
            qm_status status = qm_engine_persist(e, &err);
            if (status != QM_OK) {
                return qm_engine_fail(e, status, "%s", err.message);
            }
        }
        if (!sends) {
            break;
        }
        qm_engine_send(e);
    }
    return e->failed;
}

qm_status qm_engine_commit(qm_engine *e, qm_error *err) {
    qm_engine_settle(e, true);
    return report(e, err);
}

bool qm_engine_needs_commit(const qm_engine *e) {
    return e->ops.length > 0 || (e->config.book && e->dirty);
}

qm_status qm_engine_finish(qm_engine *e, qm_error *err) {
    if (e->finished) {
        return report(e, err);
    }
    e->finished = true;
    if (e->failed == QM_OK) {
        qm_engine_close_slice(e, false);
    }
    for (size_t i = 0; e->failed == QM_OK && i < e->by_name.length; i++) {
        sleeve *s = e->by_name.items[i];
        if (s->state == QM_RUN_RUNNING && s->bound->ops->stop) {
            qm_error *inner = qm_engine_enter(e, s);
            qm_engine_leave(e, s, s->bound->ops->stop(s->bound->self, inner));
        }
        if (s->state == QM_RUN_RUNNING) {
            s->state = QM_RUN_STOPPED;
            s->row_dirty = true;
        }
    }
    e->dirty = true;
    qm_engine_settle(e, true);
    return report(e, err);
}
