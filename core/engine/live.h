/* SPDX-License-Identifier: MIT
 *
 * live.h: the driver that runs an engine on the loop: real clock, or accelerated over a replay.
 *
 * Accelerated (the demo): events come from a replay, `speed` days of data a second (0: as fast as
 * possible), in slices of loop turns so that signals, timers and file watching stay alive. Real
 * clock
 * (`qm run`): schedules and timers fire at their wall-clock times; bars come through qm_live_push.
 * Commits happen when the time steps. On restart the engine continues after the book's cursor.
 */
#ifndef QM_ENGINE_LIVE_H
#define QM_ENGINE_LIVE_H

#include "engine/engine.h"
#include "engine/replay.h"
#include "loop/loop.h"

typedef struct qm_live qm_live;

typedef struct qm_live_config {
    qm_loop *loop;          /* borrowed */
    qm_engine *engine;      /* borrowed, warmed up, not started */
    qm_replay *replay;      /* borrowed; NULL: real clock */
    double days_per_second; /* 0: as fast as possible */
    qm_time from, to;       /* of the replay, both included: what is before is history; 0: all */
    void (*on_step)(void *data, qm_time time); /* after each time step's commit */
    void (*on_end)(void *data, qm_status status,
                   const qm_error *err); /* end of the replay, or an error */
    void *data;
} qm_live_config;

qm_status qm_live_new(const qm_live_config *config, qm_live **out, qm_error *err);
void qm_live_free(qm_live *live);
/* Starts the engine and arms the loop. */
qm_status qm_live_start(qm_live *live, qm_error *err);
/* A bar (or action, cash) that arrived now; real clock only. */
qm_status qm_live_push(qm_live *live, const qm_event *event, qm_error *err);
/* To be called when schedules or timers may have changed from outside (reload). */
void qm_live_rearm(qm_live *live);
/* A replay stands still between two events, and goes on at its speed from there. */
void qm_live_pause(qm_live *live, bool paused);
bool qm_live_is_paused(const qm_live *live);
/* Up to the end of the next time at which there are bars, then stands still. */
void qm_live_step(qm_live *live);
/* Finishes the engine and disarms: graceful stop, everything saved. */
qm_status qm_live_stop(qm_live *live, qm_error *err);

#endif
