/* SPDX-License-Identifier: MIT */
#include "app/follow.h"

#include "base/log.h"

#include <string.h>

enum { QUIET_MS = 150, LOOK_SECONDS = 60 };

static qm_followed *find(qm_follow *f, qm_instrument_id id) {
    for (size_t i = 0; i < f->items.length; i++) {
        if (f->items.items[i].id == id) {
            return &f->items.items[i];
        }
    }
    return NULL;
}

/* An instrument that the book does not know starts with all that is stored. */
static qm_status find_ends(qm_follow *f, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < f->desk->loaded.length; i++) {
        qm_followed item = {
            .id = f->desk->loaded.items[i], .last = QM_TIME_NONE, .date = QM_DATE_NONE};
        status = qm_engine_saved_bar(f->desk->engine, item.id, &item.known, err);
        if (item.known == QM_TIME_NONE) {
            item.known = QM_TIME_MAX;
        }
        if (status == QM_OK && qm_vec_push(&f->items, &item) != QM_OK) {
            status = qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return status;
}

static qm_status take_history(void *data, const qm_event *event) {
    qm_follow *f = data;
    qm_followed *item = find(f, event->instrument);
    if (item && event->time > item->known) {
        return QM_OK; /* new: handed over after the start */
    }
    if (item && event->kind == QM_EVENT_BAR) {
        item->last = event->u.bar.time;
        item->date = event->u.bar.date;
    }
    return qm_engine_feed_history(f->desk->engine, event, NULL);
}

qm_status qm_follow_warm(qm_follow *f, qm_time now, qm_error *err) {
    qm_status status = find_ends(f, err);
    if (status == QM_OK && f->desk->replay) {
        status = qm_replay_seek(f->desk->replay, now, take_history, f);
    }
    qm_replay_free(f->desk->replay);
    f->desk->replay = NULL;
    return status;
}

/* Bars and actions of one instrument behind its last bar, up to `now`. */
static qm_status take_new(qm_follow *f, const qm_followed *item, qm_time now, qm_replay *replay,
                          qm_error *err) {
    qm_bars bars;
    qm_action_vec actions = {0};
    qm_bar_range range = {item->last == QM_TIME_NONE ? item->last : item->last + 1, now + 1};
    qm_bars_init(&bars, f->desk->tf);
    qm_status status = qm_market_db_load_bars(f->desk->market, item->id, &range, &bars, err);
    if (status == QM_OK && bars.n > 0) {
        status = qm_market_db_load_actions(f->desk->market, item->id, &actions, err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < actions.length; i++) {
        if (item->date == QM_DATE_NONE || actions.items[i].ex_date > item->date) {
            actions.items[kept++] = actions.items[i];
        }
    }
    if (status == QM_OK && bars.n > 0) {
        status = qm_replay_take(replay, item->id, &bars, actions.items, kept);
    }
    qm_vec_fini(&actions);
    qm_bars_fini(&bars);
    return status;
}

/* They arrive now, whenever they were. */
static qm_status push_all(qm_follow *f, qm_replay *replay, qm_error *err) {
    qm_status status = QM_OK;
    char day[QM_DATE_BUF] = "";
    while (status == QM_OK && qm_replay_peek(replay) != QM_TIME_MAX) {
        qm_event event;
        qm_replay_next(replay, &event);
        if (event.kind == QM_EVENT_BAR) {
            qm_followed *item = find(f, event.instrument);
            item->last = event.u.bar.time;
            item->date = event.u.bar.date;
            qm_date_format(item->date, day);
        }
        qm_time now = qm_loop_now(f->loop), before = qm_engine_now(f->desk->engine);
        event.time = now > before && event.kind != QM_EVENT_SLICE ? now : before;
        status = qm_live_push(f->live, &event, err);
    }
    if (status == QM_OK && day[0]) {
        qm_log(QM_LOG_INFO, "run", "%llu new bars, the last of %s",
               (unsigned long long)qm_replay_total(replay), day);
    }
    return status;
}

/* A store that can't be read now is read again later; an engine that fails is the end. */
void qm_follow_look(qm_follow *f) {
    qm_error err = {0};
    qm_replay *replay;
    qm_time now = qm_loop_now(f->loop);
    qm_status status = qm_replay_new(f->desk->tf, &replay);
    if (status != QM_OK) {
        return;
    }
    for (size_t i = 0; status == QM_OK && i < f->items.length; i++) {
        status = take_new(f, &f->items.items[i], now, replay, &err);
    }
    if (status != QM_OK) {
        qm_log(QM_LOG_WARN, "run", "the store can't be read: %s", err.message);
    } else {
        status = push_all(f, replay, &err);
        if (status != QM_OK) {
            f->on_failure(f->data, status, &err);
        }
    }
    qm_replay_free(replay);
    qm_loop_timer_set(f->timer, now + LOOK_SECONDS * QM_SECOND_NS);
}

static void on_file(void *data, const char *name) {
    if (strncmp(name, "market.db", strlen("market.db")) == 0) {
        qm_follow_look(data);
    }
}

static void on_timer(void *data) {
    qm_follow_look(data);
}

qm_status qm_follow_start(qm_follow *f, const char *folder, qm_error *err) {
    if (f->items.length == 0) {
        return QM_OK; /* jobs alone */
    }
    qm_loop_watch_request r = {folder, QUIET_MS, on_file, f};
    qm_status status = qm_loop_timer_new(f->loop, on_timer, f, &f->timer);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    status = qm_loop_watch_new(f->loop, &r, &f->watch, err);
    if (status == QM_OK) {
        qm_follow_look(f);
    }
    return status;
}

void qm_follow_fini(qm_follow *f) {
    qm_loop_watch_free(f->watch);
    if (f->timer) {
        qm_loop_timer_free(f->timer);
    }
    qm_vec_fini(&f->items);
}
