/* SPDX-License-Identifier: MIT
 *
 * On the loop: an accelerated replay in slices of loop turns, or the real clock with one timer for
 * the next schedule.
 */
#include "engine/live.h"

#include "base/mem.h"

enum { EVENTS_A_TURN = 64, SECONDS_MAX = 1000000000 };

struct qm_live {
    qm_live_config config;
    qm_loop_idle *idle;    /* replay as fast as possible */
    qm_loop_timer *timer;  /* replay at a speed; or the next schedule */
    qm_time began, origin; /* wall clock and event time of the start, for the speed */
    qm_time at;            /* of the last event of the replay */
    bool running, paused;
    int steps; /* still to be taken while paused */
};

static void end(qm_live *live, qm_status status, const qm_error *err) {
    live->running = false;
    if (live->config.on_end) {
        live->config.on_end(live->config.data, status, err);
    }
}

static bool is_over(const qm_live *live, qm_time next) {
    return next == QM_TIME_MAX || (live->config.to != 0 && next > live->config.to);
}

/* Wall-clock time at which an event of the replay is due. */
static qm_time wall_time(const qm_live *live, qm_time time) {
    double seconds = (double)(time - live->origin) / (double)QM_DAY_NS;
    seconds /= live->config.days_per_second;
    seconds = seconds < SECONDS_MAX ? seconds : SECONDS_MAX;
    return live->began + (qm_time)(seconds * (double)QM_SECOND_NS);
}

/* One event; false at the end or after a failure. */
static bool step(qm_live *live) {
    qm_event event;
    qm_error err = {0};
    if (is_over(live, qm_replay_peek(live->config.replay))) {
        end(live, QM_OK, NULL);
        return false;
    }
    qm_replay_next(live->config.replay, &event);
    qm_status status = qm_engine_dispatch(live->config.engine, &event, &err);
    if (status != QM_OK) {
        end(live, status, &err);
        return false;
    }
    live->at = event.time;
    if (event.kind == QM_EVENT_SLICE) {
        live->steps -= live->steps > 0;
        if (live->config.on_step) {
            live->config.on_step(live->config.data, event.time);
        }
    }
    return live->running;
}

/* A turn's worth of events; returns whether there is more to do now. */
static int replay_turn(void *data) {
    qm_live *live = data;
    bool paced = live->config.days_per_second > 0 && !live->paused;
    /* Between turns a reload may have sent orders: what the last peek saw is looked at again. */
    qm_replay_set_sim(live->config.replay, qm_engine_sim(live->config.engine));
    for (int i = 0; i < EVENTS_A_TURN && live->running; i++) {
        if (live->paused && live->steps == 0) {
            return 0;
        }
        qm_time next = qm_replay_peek(live->config.replay);
        if (paced && !is_over(live, next)) {
            qm_time due = wall_time(live, next);
            if (due > qm_loop_now(live->config.loop)) {
                qm_loop_timer_set(live->timer, due);
                return 0;
            }
        }
        if (!step(live)) {
            return 0;
        }
    }
    return live->running;
}

static void fire(void *data) {
    qm_live *live = data;
    if (!live->running) {
        return;
    }
    if (live->config.replay) {
        qm_loop_idle_wake(live->idle);
        return;
    }
    qm_error err = {0};
    qm_time now = qm_loop_now(live->config.loop);
    qm_time before = qm_engine_now(live->config.engine);
    /* A clock that was set back: engine time stands until it is reached again. */
    qm_status status = now > before ? qm_engine_advance(live->config.engine, now, &err) : QM_OK;
    if (status != QM_OK) {
        end(live, status, &err);
        return;
    }
    qm_live_rearm(live);
}

qm_status qm_live_new(const qm_live_config *config, qm_live **out, qm_error *err) {
    qm_live *live = qm_calloc(1, sizeof *live);
    if (!live) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    live->config = *config;
    qm_status status = qm_loop_timer_new(config->loop, fire, live, &live->timer);
    if (status == QM_OK && config->replay) {
        status = qm_loop_idle_new(config->loop, replay_turn, live, &live->idle);
    }
    if (status != QM_OK) {
        qm_live_free(live);
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    *out = live;
    return QM_OK;
}

void qm_live_free(qm_live *live) {
    if (!live) {
        return;
    }
    if (live->timer) {
        qm_loop_timer_free(live->timer);
    }
    if (live->idle) {
        qm_loop_idle_free(live->idle);
    }
    qm_free(live);
}

static qm_status take_history(void *data, const qm_event *event) {
    return qm_engine_feed_history(data, event, NULL);
}

static qm_status start_replay(qm_live *live, qm_error *err) {
    qm_engine *engine = live->config.engine;
    qm_time cursor = qm_engine_cursor(engine);
    qm_status status = QM_OK;
    if (cursor != QM_TIME_NONE) { /* go on where the book ends */
        status = qm_replay_seek(live->config.replay, cursor + 1, take_history, engine);
    }
    qm_time first = qm_replay_peek(live->config.replay);
    qm_time from = cursor != QM_TIME_NONE ? cursor : first == QM_TIME_MAX ? 0 : first - 1;
    if (status == QM_OK && cursor == QM_TIME_NONE && live->config.from > first) {
        from = live->config.from - 1;
        status = qm_replay_seek(live->config.replay, from + 1, take_history, engine);
        first = qm_replay_peek(live->config.replay);
    }
    if (status == QM_OK) {
        status = qm_engine_start(engine, from, err);
    }
    qm_replay_set_sim(live->config.replay, qm_engine_sim(engine));
    live->origin = live->at = first;
    live->began = qm_loop_now(live->config.loop);
    if (status == QM_OK) {
        qm_loop_idle_wake(live->idle);
    }
    return status;
}

qm_status qm_live_start(qm_live *live, qm_error *err) {
    live->running = true;
    if (live->config.replay) {
        return start_replay(live, err);
    }
    qm_status status = qm_engine_start(live->config.engine, qm_loop_now(live->config.loop), err);
    if (status == QM_OK) {
        qm_live_rearm(live);
    }
    return status;
}

qm_status qm_live_push(qm_live *live, const qm_event *event, qm_error *err) {
    qm_status status = qm_engine_dispatch(live->config.engine, event, err);
    if (status == QM_OK) {
        qm_live_rearm(live);
    }
    return status;
}

void qm_live_rearm(qm_live *live) {
    if (live->config.replay || !live->running) {
        return;
    }
    qm_time next = qm_engine_next_due(live->config.engine);
    if (next == QM_TIME_MAX) {
        qm_loop_timer_cancel(live->timer);
    } else {
        qm_loop_timer_set(live->timer, next);
    }
}

void qm_live_pause(qm_live *live, bool paused) {
    if (live->paused && !paused) {
        live->origin = live->at;
        live->began = qm_loop_now(live->config.loop);
    }
    live->paused = paused;
    live->steps = 0;
    if (live->running) {
        qm_loop_idle_wake(live->idle);
    }
}

bool qm_live_is_paused(const qm_live *live) {
    return live->paused;
}

void qm_live_step(qm_live *live) {
    live->paused = true;
    live->steps++;
    if (live->running) {
        qm_loop_idle_wake(live->idle);
    }
}

qm_status qm_live_stop(qm_live *live, qm_error *err) {
    live->running = false;
    qm_loop_timer_cancel(live->timer);
    return qm_engine_finish(live->config.engine, err);
}
