/* SPDX-License-Identifier: MIT
 *
 * The loop itself, timers, signals and idle work. Every handle is the first member of its owner, so
 * that closing a handle frees the owner, also when the loop closes it.
 */
#include "loop/internal.h"

#include "base/mem.h"

#include <signal.h>
#include <time.h>

enum { LOOK_AT_CLOCK_MS = 60000 };

struct qm_loop_timer {
    uv_timer_t uv;
    void (*fire)(void *data);
    void *data;
    qm_time when; /* QM_TIME_MAX: not armed */
};

struct qm_loop_signal {
    uv_signal_t uv;
    void (*fire)(void *data, int signum);
    void *data;
};

struct qm_loop_idle {
    uv_idle_t uv;
    int (*turn)(void *data);
    void *data;
};

qm_status qm_loop_status(int code) {
    switch (code) {
    case 0:
        return QM_OK;
    case UV_ENOMEM:
        return QM_ENOMEM;
    case UV_ENOENT:
        return QM_ENOTFOUND;
    case UV_EACCES:
    case UV_EPERM:
        return QM_EPERM;
    case UV_ENOSPC:
        return QM_EFULL;
    default:
        return QM_EIO;
    }
}

qm_status qm_loop_new(qm_loop **out) {
    qm_loop *loop = qm_calloc(1, sizeof *loop);
    if (!loop) {
        return QM_ENOMEM;
    }
    int code = uv_loop_init(&loop->uv);
    if (code != 0) {
        qm_free(loop);
        return qm_loop_status(code);
    }
    *out = loop;
    return QM_OK;
}

static void free_owner(uv_handle_t *handle) {
    qm_free(handle);
}

static void close_handle(uv_handle_t *handle, void *unused) {
    (void)unused;
    if (!uv_is_closing(handle)) {
        uv_close(handle, free_owner);
    }
}

void qm_loop_free(qm_loop *loop) {
    if (!loop) {
        return;
    }
    uv_walk(&loop->uv, close_handle, NULL);
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    uv_loop_close(&loop->uv);
    qm_free(loop);
}

qm_status qm_loop_run(qm_loop *loop) {
    loop->stopping = 0;
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    return QM_OK;
}

void qm_loop_stop(qm_loop *loop) {
    loop->stopping = 1;
    uv_stop(&loop->uv);
}

qm_time qm_loop_now(const qm_loop *loop) {
    (void)loop;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (qm_time)t.tv_sec * QM_SECOND_NS + t.tv_nsec;
}

int64_t qm_loop_monotonic_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * QM_SECOND_NS + t.tv_nsec;
}

static void on_timer(uv_timer_t *uv);

/* Sleeps until the time, but never so long that a jump of the clock goes unseen. */
static void arm(qm_loop_timer *timer) {
    int64_t left = timer->when - qm_loop_now(NULL);
    int64_t ms = left <= 0 ? 0 : (left + 999999) / 1000000;
    ms = ms > LOOK_AT_CLOCK_MS ? LOOK_AT_CLOCK_MS : ms;
    uv_update_time(timer->uv.loop);
    uv_timer_start(&timer->uv, on_timer, (uint64_t)ms, 0);
}

static void on_timer(uv_timer_t *uv) {
    qm_loop_timer *timer = (qm_loop_timer *)(void *)uv;
    if (qm_loop_now(NULL) < timer->when) {
        arm(timer);
        return;
    }
    timer->when = QM_TIME_MAX;
    timer->fire(timer->data);
}

qm_status qm_loop_timer_new(qm_loop *loop, void (*fire)(void *data), void *data,
                            qm_loop_timer **out) {
    qm_loop_timer *timer = qm_calloc(1, sizeof *timer);
    if (!timer) {
        return QM_ENOMEM;
    }
    *timer = (qm_loop_timer){.fire = fire, .data = data, .when = QM_TIME_MAX};
    uv_timer_init(&loop->uv, &timer->uv);
    *out = timer;
    return QM_OK;
}

void qm_loop_timer_set(qm_loop_timer *timer, qm_time when) {
    timer->when = when;
    arm(timer);
}

void qm_loop_timer_cancel(qm_loop_timer *timer) {
    timer->when = QM_TIME_MAX;
    uv_timer_stop(&timer->uv);
}

void qm_loop_timer_free(qm_loop_timer *timer) {
    if (timer) {
        close_handle((uv_handle_t *)&timer->uv, NULL);
    }
}

static void on_signal(uv_signal_t *uv, int signum) {
    qm_loop_signal *signal = (qm_loop_signal *)(void *)uv;
    signal->fire(signal->data, signum);
}

qm_status qm_loop_signal_new(qm_loop *loop, int signum, void (*fire)(void *data, int signum),
                             void *data, qm_loop_signal **out) {
    qm_loop_signal *signal = qm_calloc(1, sizeof *signal);
    if (!signal) {
        return QM_ENOMEM;
    }
    signal->fire = fire;
    signal->data = data;
    uv_signal_init(&loop->uv, &signal->uv);
    int code = uv_signal_start(&signal->uv, on_signal, signum);
    uv_unref((uv_handle_t *)&signal->uv); /* waiting for a signal keeps no loop alive */
    if (code != 0) {
        qm_loop_signal_free(signal);
        return qm_loop_status(code);
    }
    *out = signal;
    return QM_OK;
}

void qm_loop_signal_free(qm_loop_signal *signal) {
    if (signal) {
        close_handle((uv_handle_t *)&signal->uv, NULL);
    }
}

static void on_idle(uv_idle_t *uv) {
    qm_loop_idle *idle = (qm_loop_idle *)(void *)uv;
    if (!idle->turn(idle->data)) {
        uv_idle_stop(uv);
    }
}

qm_status qm_loop_idle_new(qm_loop *loop, int (*turn)(void *data), void *data, qm_loop_idle **out) {
    qm_loop_idle *idle = qm_calloc(1, sizeof *idle);
    if (!idle) {
        return QM_ENOMEM;
    }
    idle->turn = turn;
    idle->data = data;
    uv_idle_init(&loop->uv, &idle->uv);
    *out = idle;
    return QM_OK;
}

void qm_loop_idle_wake(qm_loop_idle *idle) {
    uv_idle_start(&idle->uv, on_idle);
}

void qm_loop_idle_free(qm_loop_idle *idle) {
    if (idle) {
        close_handle((uv_handle_t *)&idle->uv, NULL);
    }
}
