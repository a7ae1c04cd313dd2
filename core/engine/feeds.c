/* SPDX-License-Identifier: MIT
 *
 * Series of bars and who reads them.
 */
#include "engine/internal.h"

#include "base/mem.h"

#include <string.h>

slot *qm_engine_slot(const qm_engine *e, qm_instrument_id id) {
    return id < e->slot_capacity ? e->slots[id] : NULL;
}

static qm_status feed_new(qm_instrument_id id, qm_timeframe tf, feed **out) {
    feed *f = qm_calloc(1, sizeof *f);
    if (!f) {
        return QM_ENOMEM;
    }
    f->tf = tf;
    qm_status status = qm_series_new(id, tf, &f->series);
    if (status != QM_OK) {
        qm_free(f);
        return status;
    }
    *out = f;
    return QM_OK;
}

static void feed_free(feed *f) {
    if (f) {
        qm_series_free(f->series);
        qm_free(f);
    }
}

void qm_slot_free(slot *s) {
    if (!s) {
        return;
    }
    while (s->higher) {
        feed *next = s->higher->next;
        feed_free(s->higher);
        s->higher = next;
    }
    feed_free(s->base);
    qm_vec_fini(&s->splits);
    qm_free(s);
}

static qm_status make_room(qm_engine *e, qm_instrument_id id) {
    if (id < e->slot_capacity) {
        return QM_OK;
    }
    size_t want = (size_t)id + 1 > e->slot_capacity * 2 ? (size_t)id + 1 : e->slot_capacity * 2;
    slot **moved = qm_reallocarray(e->slots, want, sizeof *moved);
    if (!moved) {
        return QM_ENOMEM;
    }
    memset(moved + e->slot_capacity, 0, (want - e->slot_capacity) * sizeof *moved);
    e->slots = moved;
    e->slot_capacity = want;
    return QM_OK;
}

qm_status qm_engine_need_slot(qm_engine *e, qm_instrument_id id, slot **out) {
    const qm_instrument *info = qm_instruments_get(e->config.instruments, id);
    if (!info) {
        return QM_ENOTFOUND;
    }
    qm_status status = make_room(e, id);
    if (status != QM_OK) {
        return status;
    }
    if (!e->slots[id]) {
        slot *fresh = qm_calloc(1, sizeof *fresh);
        status = fresh ? feed_new(id, e->config.base_tf, &fresh->base) : QM_ENOMEM;
        if (status != QM_OK) {
            qm_free(fresh);
            return status;
        }
        fresh->id = id;
        fresh->multiplier = info->multiplier;
        fresh->last_time = fresh->saved_bar = fresh->quote_time = QM_TIME_NONE;
        e->slots[id] = fresh;
    }
    *out = e->slots[id];
    return QM_OK;
}

feed *qm_slot_feed(const slot *s, qm_timeframe tf) {
    if (qm_timeframe_equal(s->base->tf, tf)) {
        return s->base;
    }
    for (feed *f = s->higher; f; f = f->next) {
        if (qm_timeframe_equal(f->tf, tf)) {
            return f;
        }
    }
    return NULL;
}

/* One bar of the base series into a longer one. A bar that its successor shows to be over comes
 * first. */
static qm_status feed_take(feed *f, const qm_bar *bar) {
    qm_bar late;
    bool has_late, done;
    qm_aggregator_step(&f->aggregator, bar, &late, &has_late, &f->bar, &done);
    qm_status status = has_late ? qm_series_push(f->series, &late) : QM_OK;
    if (status == QM_OK && done) {
        status = qm_series_push(f->series, &f->bar);
    } else if (has_late) {
        f->bar = late;
    }
    f->done = done || has_late;
    return status;
}

qm_status qm_engine_need_feed(qm_engine *e, qm_instrument_id id, qm_timeframe tf, feed **out) {
    slot *s;
    qm_status status = qm_engine_need_slot(e, id, &s);
    if (status != QM_OK) {
        return status;
    }
    feed *f = qm_slot_feed(s, tf);
    if (f) {
        *out = f;
        return QM_OK;
    }
    status = feed_new(id, tf, &f);
    if (status == QM_OK) {
        status = qm_aggregator_init(&f->aggregator, s->base->tf, tf);
    } else {
        return status;
    }
    const qm_bars *bars = &s->base->series->bars;
    for (size_t i = 0; status == QM_OK && i < bars->n; i++) {
        qm_bar bar;
        qm_bars_get(bars, i, &bar);
        status = feed_take(f, &bar);
    }
    if (status != QM_OK) {
        feed_free(f);
        return status;
    }
    f->done = false;
    f->next = s->higher;
    s->higher = f;
    *out = f;
    return QM_OK;
}

qm_status qm_slot_push(slot *s, const qm_bar *bar) {
    qm_status status = qm_series_push(s->base->series, bar);
    s->base->bar = *bar;
    s->base->done = true;
    for (feed *f = s->higher; status == QM_OK && f; f = f->next) {
        status = feed_take(f, bar);
    }
    return status;
}

static void split_bar(qm_bar *bar, int64_t num, int64_t den) {
    for (int k = QM_OPEN; k <= QM_CLOSE; k++) {
        bar->x[k] = bar->x[k] * (double)den / (double)num;
    }
    bar->x[QM_VOLUME] = bar->x[QM_VOLUME] * (double)num / (double)den;
}

qm_status qm_slot_split(qm_engine *e, slot *s, int64_t num, int64_t den) {
    split taken = {e->now, num, den};
    qm_status status = qm_vec_push(&s->splits, &taken);
    status = status == QM_OK ? qm_series_split(s->base->series, num, den) : status;
    for (feed *f = s->higher; status == QM_OK && f; f = f->next) {
        status = qm_series_split(f->series, num, den);
        split_bar(&f->aggregator.bar, num, den);
    }
    if (status == QM_OK && s->last_time != QM_TIME_NONE) {
        /* Until it trades again it is worth what it was, spread over the new shares. */
        qm_slot_mark(e, s, s->last * (double)den / (double)num, s->last_time, s->last_is_open);
    }
    return status;
}

void qm_slot_mark(qm_engine *e, slot *s, double price, qm_time time, bool is_open) {
    s->last = price;
    s->last_time = time;
    s->last_is_open = is_open;
    s->last_known_exact = qm_decimal_from_double(price, &s->last_exact) == QM_OK;
    s->version = ++e->price_version;
}

bool qm_slot_price(const slot *s, qm_decimal *out) {
    if (!s || s->last_time == QM_TIME_NONE || !s->last_known_exact) {
        return false;
    }
    *out = s->last_exact;
    return true;
}

static void link_one(qm_engine *e, subscription *sub, qm_timeframe tf) {
    feed *f = qm_slot_feed(qm_engine_slot(e, sub->instrument), tf);
    subscription **at = &f->first;
    while (*at) {
        at = &(*at)->next;
    }
    sub->next = NULL;
    *at = sub;
}

void qm_engine_relink(qm_engine *e) {
    for (size_t i = 0; i < e->slot_capacity; i++) {
        if (e->slots[i]) {
            e->slots[i]->base->first = NULL;
            for (feed *f = e->slots[i]->higher; f; f = f->next) {
                f->first = NULL;
            }
        }
    }
    for (size_t i = 0; i < e->by_name.length; i++) {
        binding *bound = e->by_name.items[i]->bound;
        for (size_t k = 0; bound && k < bound->spec.universe_count; k++) {
            link_one(e, &bound->subs[k], bound->spec.tf);
        }
    }
}

qm_status qm_engine_expect(qm_engine *e, qm_instrument_id id, size_t bars) {
    slot *s = qm_engine_slot(e, id);
    qm_status status = s ? qm_bars_reserve(&s->base->series->bars, bars) : QM_OK;
    for (size_t i = 0; status == QM_OK && i < e->sleeves.length; i++) {
        /* A point for each slice: at least as many as the longest series has bars. */
        status = qm_vec_reserve(&e->sleeves.items[i]->curve, bars);
    }
    return status;
}
