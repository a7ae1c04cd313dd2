/* SPDX-License-Identifier: MIT
 *
 * Bars of one time: they wait until all are in, then series and strategies take them.
 */
#include "engine/internal.h"

#include "base/mem.h"

#include <math.h>

qm_status qm_engine_take_bar(qm_engine *e, const qm_event *event) {
    slot *s = qm_engine_slot(e, event->instrument);
    if (!s) {
        return QM_OK; /* nobody reads it */
    }
    pending_bar waiting = {s, event->u.bar};
    return qm_vec_push(&e->pending, &waiting);
}

/* Fills the values in; true when the strategy may see them. */
static bool gather(subscription *sub) {
    bool defined = true;
    for (size_t i = 0; i < sub->count; i++) {
        sub->values[i] = *sub->source[i];
        defined = defined && !isnan(sub->values[i]);
    }
    sub->warm = sub->warm || defined;
    return sub->warm || sub->owner->bound->spec.early;
}

static void call_on_bar(qm_engine *e, subscription *sub, const qm_bar *bar) {
    sleeve *s = sub->owner;
    binding *bound = s->bound;
    if (s->state != QM_RUN_RUNNING || !s->begun || !gather(sub) ||
        (sub->dates_count > 0 && !qm_subscription_member(sub, bar->date))) {
        return;
    }
    if (bound->ops->on_bars) {
        size_t n = bound->slice_count++;
        bound->slice_ids[n] = sub->instrument;
        bound->slice_bars[n] = bar;
        bound->slice_inputs[n] = sub->values;
    }
    if (bound->ops->on_bar) {
        s->events++;
        qm_error *err = qm_engine_enter(e, s);
        qm_status status = bound->ops->on_bar(bound->self, sub->instrument, bar, sub->values, err);
        qm_engine_leave(e, s, status);
    }
}

static void call_on_bars(qm_engine *e, sleeve *s) {
    binding *bound = s->bound;
    size_t count = bound->slice_count;
    bound->slice_count = 0;
    if (count == 0 || s->state != QM_RUN_RUNNING || !bound->ops->on_bars) {
        return;
    }
    qm_slice slice = {.time = e->now,
                      .date = e->date,
                      .count = count,
                      .instruments = bound->slice_ids,
                      .bars = bound->slice_bars,
                      .inputs = bound->slice_inputs};
    s->events++;
    qm_error *err = qm_engine_enter(e, s);
    qm_engine_leave(e, s, bound->ops->on_bars(bound->self, &slice, err));
}

/* Strategies in order of name; for each its symbols in order of instrument. */
static void call_strategies(qm_engine *e) {
    for (size_t i = 0; i < e->by_name.length; i++) {
        sleeve *s = e->by_name.items[i];
        for (size_t k = 0; k < e->calls.length; k++) {
            const slice_call *call = &e->calls.items[k];
            for (subscription *sub = call->feed->first; sub; sub = sub->next) {
                if (sub->owner == s) {
                    call_on_bar(e, sub, call->bar);
                    break;
                }
            }
        }
        if (s->bound) {
            call_on_bars(e, s);
        }
    }
}

static qm_status collect_calls(qm_engine *e, slot *s) {
    qm_status status = QM_OK;
    for (feed *f = s->base; status == QM_OK && f; f = f == s->base ? s->higher : f->next) {
        if (f->done && f->first) {
            slice_call call = {f, s->id, &f->bar};
            status = qm_vec_push(&e->calls, &call);
        }
        f->done = false;
    }
    return status;
}

static qm_status push_all(qm_engine *e) {
    for (size_t i = 0; i < e->pending.length; i++) {
        pending_bar *p = &e->pending.items[i];
        qm_status status = qm_slot_push(p->slot, &p->bar);
        if (status != QM_OK) {
            return qm_engine_fail(e, status, "a bar of instrument %u could not be taken: %s",
                                  p->slot->id, qm_status_text(status));
        }
        qm_slot_mark(e, p->slot, p->bar.x[QM_CLOSE], p->bar.time, false);
        status = collect_calls(e, p->slot);
        if (status != QM_OK) {
            return qm_engine_fail(e, status, "out of memory");
        }
    }
    return QM_OK;
}

qm_status qm_engine_close_slice(qm_engine *e, bool quiet) {
    if (e->pending.length == 0) {
        return QM_OK;
    }
    qm_time time = e->pending.items[e->pending.length - 1].bar.time;
    e->date = e->pending.items[e->pending.length - 1].bar.date;
    e->calls.length = 0;
    qm_status status = push_all(e);
    e->pending.length = 0;
    if (status != QM_OK || quiet) {
        return status;
    }
    call_strategies(e);
    for (size_t i = 0; status == QM_OK && i < e->sleeves.length; i++) {
        if (e->sleeves.items[i]->begun) {
            status = qm_sleeve_point(e->sleeves.items[i], time);
        }
    }
    e->dirty = true;
    return status;
}
