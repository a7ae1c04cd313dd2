/* SPDX-License-Identifier: MIT
 *
 * loop.h: one event loop (libuv) behind a small face: timers to absolute times, signals,
 * directory watching, deferred calls.
 *
 * All callbacks run on the thread that runs qm_loop_run, one after the other, never nested.
 * Handles belong to the loop; freeing a handle inside its own callback is allowed. Repeating
 * work re-arms one-shot timers to absolute times (repeating libuv timers lose firings).
 */
#ifndef QM_LOOP_LOOP_H
#define QM_LOOP_LOOP_H

#include "quantmatrix/status.h"
#include "quantmatrix/time.h"

typedef struct qm_loop qm_loop;
typedef struct qm_loop_timer qm_loop_timer;
typedef struct qm_loop_signal qm_loop_signal;
typedef struct qm_loop_watch qm_loop_watch;
typedef struct qm_loop_idle qm_loop_idle;

qm_status qm_loop_new(qm_loop **out);
/* Closes all handles and frees. */
void qm_loop_free(qm_loop *loop);
/* Until qm_loop_stop or nothing is left to wait for. */
qm_status qm_loop_run(qm_loop *loop);
void qm_loop_stop(qm_loop *loop);
/* Wall clock, UTC. */
qm_time qm_loop_now(const qm_loop *loop);
/* Monotonic, for measuring. */
int64_t qm_loop_monotonic_ns(void);

/* One shot at a wall-clock time (in the past: at the next turn). Checked against the clock when it
 * fires early, and at least every 60 s, so that clock jumps are seen. */
qm_status qm_loop_timer_new(qm_loop *loop, void (*fire)(void *data), void *data,
                            qm_loop_timer **out);
void qm_loop_timer_set(qm_loop_timer *timer, qm_time when);
void qm_loop_timer_cancel(qm_loop_timer *timer);
void qm_loop_timer_free(qm_loop_timer *timer);

/* signum: SIGINT, SIGTERM, SIGHUP, ... */
qm_status qm_loop_signal_new(qm_loop *loop, int signum, void (*fire)(void *data, int signum),
                             void *data, qm_loop_signal **out);
void qm_loop_signal_free(qm_loop_signal *signal);

/* Calls `turn` on every turn of the loop until it returns 0 (then it sleeps; wake it again). */
qm_status qm_loop_idle_new(qm_loop *loop, int (*turn)(void *data), void *data, qm_loop_idle **out);
void qm_loop_idle_wake(qm_loop_idle *idle);
void qm_loop_idle_free(qm_loop_idle *idle);

/* Watches a directory; `changed` gets the file name inside it once it has been quiet for
 * debounce_ms. Editor left-overs (4913, *~, .*, *.swp, *.tmp, #*#) are not reported. */
typedef struct qm_loop_watch_request {
    const char *directory;
    int debounce_ms;
    void (*changed)(void *data, const char *name);
    void *data;
} qm_loop_watch_request;
qm_status qm_loop_watch_new(qm_loop *loop, const qm_loop_watch_request *request,
                            qm_loop_watch **out, qm_error *err);
/* Before the loop is freed. */
void qm_loop_watch_free(qm_loop_watch *watch);

#endif
