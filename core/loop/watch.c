/* SPDX-License-Identifier: MIT
 *
 * Watching a directory: editors save by renaming, by writing in place, twice, with files of their
 * own beside; a name is reported once it has been quiet for a while.
 */
#include "base/mem.h"
#include "base/vec.h"
#include "loop/internal.h"

#include <string.h>

typedef struct pending_name {
    char *name;
    qm_time due;
} pending_name;

struct qm_loop_watch {
    uv_fs_event_t uv;
    qm_loop_timer *timer;
    int64_t quiet_ns;
    void (*changed)(void *data, const char *name);
    void *data;
    QM_VEC(pending_name) pending;
};

static int ends_with(const char *name, const char *tail) {
    size_t n = strlen(name), t = strlen(tail);
    return n >= t && strcmp(name + n - t, tail) == 0;
}

static int is_left_over(const char *name) {
    return name[0] == '.' || name[0] == '#' || strcmp(name, "4913") == 0 || ends_with(name, "~") ||
           ends_with(name, ".swp") || ends_with(name, ".swx") || ends_with(name, ".tmp") ||
           ends_with(name, ".bak");
}

static void arm(qm_loop_watch *w) {
    qm_time next = QM_TIME_MAX;
    for (size_t i = 0; i < w->pending.length; i++) {
        next = w->pending.items[i].due < next ? w->pending.items[i].due : next;
    }
    if (next != QM_TIME_MAX) {
        qm_loop_timer_set(w->timer, next);
    }
}

static void on_event(uv_fs_event_t *uv, const char *name, int events, int code) {
    qm_loop_watch *w = (qm_loop_watch *)(void *)uv;
    (void)events;
    if (code != 0 || !name || is_left_over(name)) {
        return;
    }
    qm_time due = qm_loop_now(NULL) + w->quiet_ns;
    for (size_t i = 0; i < w->pending.length; i++) {
        if (strcmp(w->pending.items[i].name, name) == 0) {
            w->pending.items[i].due = due;
            arm(w);
            return;
        }
    }
    pending_name fresh = {qm_strdup(name), due};
    if (!fresh.name || qm_vec_push(&w->pending, &fresh) != QM_OK) {
        qm_free(fresh.name);
        return;
    }
    arm(w);
}

static void on_quiet(void *data) {
    qm_loop_watch *w = data;
    qm_time now = qm_loop_now(NULL);
    for (size_t i = 0; i < w->pending.length;) {
        if (w->pending.items[i].due > now) {
            i++;
            continue;
        }
        char *name = w->pending.items[i].name;
        w->pending.items[i] = w->pending.items[--w->pending.length];
        w->changed(w->data, name);
        qm_free(name);
    }
    arm(w);
}

qm_status qm_loop_watch_new(qm_loop *loop, const qm_loop_watch_request *request,
                            qm_loop_watch **out, qm_error *err) {
    qm_loop_watch *w = qm_calloc(1, sizeof *w);
    if (!w) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    w->quiet_ns = (int64_t)request->debounce_ms * 1000000;
    w->changed = request->changed;
    w->data = request->data;
    uv_fs_event_init(&loop->uv, &w->uv);
    qm_status status = qm_loop_timer_new(loop, on_quiet, w, &w->timer);
    if (status == QM_OK) {
        int code = uv_fs_event_start(&w->uv, on_event, request->directory, 0);
        status = qm_loop_status(code);
        if (code != 0) {
            qm_error_at(err, status, request->directory, 0, 0, "can't be watched: %s",
                        uv_strerror(code));
        }
    }
    if (status != QM_OK) {
        qm_loop_watch_free(w);
        return status;
    }
    *out = w;
    return QM_OK;
}

static void free_watch(uv_handle_t *handle) {
    qm_free(handle);
}

void qm_loop_watch_free(qm_loop_watch *w) {
    if (!w) {
        return;
    }
    qm_loop_timer_free(w->timer);
    for (size_t i = 0; i < w->pending.length; i++) {
        qm_free(w->pending.items[i].name);
    }
    qm_vec_fini(&w->pending);
    if (!uv_is_closing((uv_handle_t *)&w->uv)) {
        uv_close((uv_handle_t *)&w->uv, free_watch);
    }
}
