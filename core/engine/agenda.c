/* SPDX-License-Identifier: MIT
 *
 * Schedules and timers: which is due next, and firing each at its own time.
 */
#include "engine/internal.h"

#include "base/log.h"
#include "base/mem.h"

#include <string.h>

static void timer_fini(qm_timer_row *timer) {
    qm_free(timer->data);
}

void qm_sleeve_find_due(sleeve *s) {
    s->due = QM_TIME_MAX;
    for (size_t i = 0; i < s->agenda.length; i++) {
        s->due = s->agenda.items[i].next < s->due ? s->agenda.items[i].next : s->due;
    }
    for (size_t i = 0; i < s->timers.length; i++) {
        s->due = s->timers.items[i].due < s->due ? s->timers.items[i].due : s->due;
    }
}

void qm_engine_find_due(qm_engine *e) {
    e->due = QM_TIME_MAX;
    for (size_t i = 0; i < e->sleeves.length; i++) {
        const sleeve *s = e->sleeves.items[i];
        bool live = s->state == QM_RUN_RUNNING && s->begun;
        e->due = live && s->due < e->due ? s->due : e->due;
    }
}

/* Occurrences that passed while nothing ran: the policy `run` lets the last of them run late,
 * within its grace; the others are skipped, with a line in the log. */
static void catch_up(const sleeve *s, agenda_item *item) {
    const qm_schedule *schedule = &item->schedule;
    qm_time start = s->engine->now;
    qm_time missed = QM_TIME_NONE, next = item->next;
    uint64_t skipped = 0;
    while (next < start) {
        skipped += missed != QM_TIME_NONE;
        missed = next;
        next = qm_schedule_next(schedule, next);
    }
    if (missed == QM_TIME_NONE) {
        return;
    }
    bool in_grace = schedule->grace_ns == 0 || start - missed <= schedule->grace_ns;
    bool runs = schedule->missed == QM_MISSED_RUN && in_grace;
    item->next = runs ? missed : next;
    skipped += !runs;
    if (skipped > 0) {
        char last[QM_TIME_BUF];
        qm_time_format(missed, last);
        qm_log(QM_LOG_WARN, s->bound->spec.name,
               "schedule %s: %llu missed occurrences skipped, the last at %s", schedule->name,
               (unsigned long long)skipped, last);
    }
}

/* Last occurrence that the book knows of a schedule, from the former list. */
static qm_time last_of(const agenda_item *items, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].schedule.name, name) == 0) {
            return items[i].last;
        }
    }
    return QM_TIME_NONE;
}

static qm_status known_last(sleeve *s, const agenda_item *old, size_t old_count,
                            const qm_schedule *schedule, qm_time *out) {
    *out = last_of(old, old_count, schedule->name);
    if (*out != QM_TIME_NONE || !s->known || !s->engine->config.book) {
        return QM_OK;
    }
    return qm_book_get_schedule(s->engine->config.book, s->bound->spec.name, schedule->name, out,
                                NULL);
}

qm_status qm_sleeve_plan(sleeve *s) {
    const qm_strategy_spec *spec = &s->bound->spec;
    agenda_item *old = s->agenda.items;
    size_t old_count = s->agenda.length;
    s->agenda.items = NULL;
    s->agenda.length = s->agenda.capacity = 0;
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < spec->schedule_count; i++) {
        agenda_item item = {.schedule = spec->schedules[i]};
        status = known_last(s, old, old_count, &item.schedule, &item.last);
        bool first = item.last == QM_TIME_NONE;
        item.next = qm_schedule_next(&item.schedule, first ? s->engine->now - 1 : item.last);
        catch_up(s, &item);
        if (status == QM_OK) {
            status = qm_vec_push(&s->agenda, &item);
        }
    }
    qm_free(old);
    qm_sleeve_find_due(s);
    qm_engine_find_due(s->engine);
    return status;
}

static void fire_schedule(sleeve *s, size_t index) {
    qm_engine *e = s->engine;
    agenda_item *item = &s->agenda.items[index];
    item->last = item->next;
    item->next = qm_schedule_next(&item->schedule, item->last);
    item->dirty = true;
    if (s->bound->ops->on_schedule) {
        s->events++;
        qm_error *err = qm_engine_enter(e, s);
        qm_engine_leave(e, s, s->bound->ops->on_schedule(s->bound->self, index, err));
    }
}

/* Repeating timers are re-armed from the time they were due, not from when they ran. */
static void fire_timer(sleeve *s, size_t index) {
    qm_engine *e = s->engine;
    qm_timer_row timer = s->timers.items[index];
    s->timers_dirty = true;
    char *data = timer.data;
    if (timer.every_ns > 0) {
        data = timer.data ? qm_strndup(timer.data, timer.data_length) : NULL;
        s->timers.items[index].due += timer.every_ns;
    } else {
        s->timers.length--;
        memmove(s->timers.items + index, s->timers.items + index + 1,
                (s->timers.length - index) * sizeof timer);
    }
    if (s->bound->ops->on_timer) {
        s->events++;
        qm_error *err = qm_engine_enter(e, s);
        qm_engine_leave(
            e, s,
            s->bound->ops->on_timer(s->bound->self, timer.callback, data, timer.data_length, err));
    }
    qm_free(data);
}

/* The next schedule or timer of a sleeve that is due at `time`; false when none is left. */
static bool fire_one(sleeve *s, qm_time time) {
    for (size_t i = 0; i < s->agenda.length; i++) {
        if (s->agenda.items[i].next <= time) {
            fire_schedule(s, i);
            return true;
        }
    }
    for (size_t i = 0; i < s->timers.length; i++) {
        if (s->timers.items[i].due <= time) {
            fire_timer(s, i);
            return true;
        }
    }
    return false;
}

qm_status qm_engine_fire_until(qm_engine *e, qm_time until) {
    while (e->due <= until && e->failed == QM_OK) {
        qm_time due = e->due;
        if (due > e->now) {
            e->now = due;
            e->date = QM_DATE_NONE;
        }
        if (e->cash_due <= e->now) {
            qm_engine_pay_dividends(e);
        }
        qm_sim_on_time(e->sim, e->now);
        for (size_t i = 0; i < e->by_name.length; i++) {
            sleeve *s = e->by_name.items[i];
            while (s->state == QM_RUN_RUNNING && s->begun && s->due <= due && fire_one(s, due)) {
                qm_sleeve_find_due(s);
            }
        }
        qm_engine_find_due(e);
        qm_status status = qm_engine_settle(e, true);
        if (status != QM_OK) {
            return status;
        }
    }
    return e->failed;
}

qm_time qm_engine_next_due(const qm_engine *e) {
    return e->due < e->cash_due ? e->due : e->cash_due;
}

qm_status qm_ctx_timer(qm_engine *e, uint32_t index, const qm_timer_request *request,
                       uint64_t *id) {
    sleeve *s = qm_engine_at(e, index);
    if (e->current != s || request->after_ns <= 0 || request->after_ns > 36600 * QM_DAY_NS) {
        return e->current != s ? QM_ESTATE : QM_EINVAL;
    }
    qm_timer_row timer = {.id = s->timer_ids + 1,
                          .due = e->now + request->after_ns,
                          .every_ns = request->repeat ? request->after_ns : 0,
                          .data_length = request->length};
    if (strlen(request->callback) >= sizeof timer.callback) {
        return QM_EINVAL;
    }
    strcpy(timer.callback, request->callback);
    timer.data = request->data ? qm_strndup(request->data, request->length) : NULL;
    if ((request->data && !timer.data) || qm_vec_push(&s->timers, &timer) != QM_OK) {
        timer_fini(&timer);
        return QM_ENOMEM;
    }
    *id = ++s->timer_ids;
    s->timers_dirty = true;
    s->due = timer.due < s->due ? timer.due : s->due;
    e->due = s->due < e->due ? s->due : e->due;
    return QM_OK;
}

bool qm_ctx_timer_cancel(qm_engine *e, uint32_t index, uint64_t id) {
    sleeve *s = qm_engine_at(e, index);
    for (size_t i = 0; i < s->timers.length; i++) {
        if (s->timers.items[i].id == id) {
            timer_fini(&s->timers.items[i]);
            s->timers.length--;
            memmove(s->timers.items + i, s->timers.items + i + 1,
                    (s->timers.length - i) * sizeof s->timers.items[0]);
            s->timers_dirty = true;
            qm_sleeve_find_due(s);
            return true;
        }
    }
    return false;
}
