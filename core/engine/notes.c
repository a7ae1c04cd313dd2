/* SPDX-License-Identifier: MIT
 *
 * Callbacks and what surrounds them: permission to act, faults, and the notes that wait until the
 * callback that runs has returned.
 */
#include "engine/internal.h"

#include <stdio.h>
#include <string.h>

qm_error *qm_engine_enter(qm_engine *e, sleeve *s) {
    e->current = s;
    e->ops_before = e->ops.length;
    e->scratch.status = QM_OK; /* not the whole of it: this is done for each bar */
    e->scratch.row = e->scratch.column = 0;
    e->scratch.file[0] = e->scratch.message[0] = 0;
    s->ran = true;
    e->dirty = true;
    if (e->config.monotonic_ns) {
        s->entered = e->config.monotonic_ns();
    }
    return &e->scratch;
}

void qm_engine_leave(qm_engine *e, sleeve *s, qm_status status) {
    size_t before = e->ops_before;
    e->current = NULL;
    if (e->config.monotonic_ns) {
        qm_sleeve_measure(s, e->config.monotonic_ns() - s->entered);
    }
    if (status != QM_OK) {
        if (!e->scratch.message[0]) {
            qm_error_set(&e->scratch, status, "%s", qm_status_text(status));
        }
        qm_error err = e->scratch;
        s->faults++;
        qm_engine_drop_ops_from(e, before);
        qm_sleeve_fault(s, &err);
    }
    qm_engine_deliver(e);
}

void qm_engine_note(qm_engine *e, const note *n) {
    if (qm_vec_push(&e->notes, n) != QM_OK) {
        qm_engine_fail(e, QM_ENOMEM, "out of memory");
    }
}

static qm_status call(const note *n, qm_error *err) {
    const binding *bound = n->sleeve->bound;
    const qm_strategy_ops *ops = bound->ops;
    switch (n->kind) {
    case NOTE_ORDER:
        return ops->on_order ? ops->on_order(bound->self, &n->u.order, err) : QM_OK;
    case NOTE_FILL:
        return ops->on_fill ? ops->on_fill(bound->self, &n->u.fill, err) : QM_OK;
    case NOTE_CASH:
        return ops->on_cash ? ops->on_cash(bound->self, &n->u.cash, err) : QM_OK;
    case NOTE_ACTION:
        return ops->on_action ? ops->on_action(bound->self, &n->u.action, err) : QM_OK;
    }
    return QM_OK;
}

/* Apart from its question, which each bar asks: it needs the room of a note. */
static __attribute__((noinline)) void deliver_all(qm_engine *e) {
    e->delivering = true;
    while (e->notes_read < e->notes.length) {
        note n = e->notes.items[e->notes_read++]; /* a copy: the callback may add notes */
        if (n.sleeve->state == QM_RUN_RUNNING && n.sleeve->begun) {
            n.sleeve->events++;
            qm_error *err = qm_engine_enter(e, n.sleeve);
            qm_engine_leave(e, n.sleeve, call(&n, err));
        }
    }
    e->notes.length = e->notes_read = 0;
    e->delivering = false;
}

void qm_engine_deliver(qm_engine *e) {
    if (e->notes.length > 0 && !e->delivering && !e->current) {
        deliver_all(e);
    }
}

void qm_sleeve_fault(sleeve *s, const qm_error *err) {
    qm_engine *e = s->engine;
    char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
    qm_error_format(err, text, sizeof text);
    snprintf(s->fault, sizeof s->fault, "%.*s", (int)sizeof s->fault - 1, text);
    s->state = QM_RUN_FAULTED;
    s->row_dirty = true;
    qm_buf json;
    qm_buf_init(&json, 1 << 16);
    qm_json_writer w;
    qm_json_writer_init(&w, &json);
    qm_json_open_object(&w);
    qm_json_put_string(&w, "message", text);
    qm_json_close_object(&w);
    qm_sleeve_decide(s, QM_DECISION_ERROR, 0, &json);
    qm_buf_fini(&json);
    if (e->config.observer.on_fault) {
        e->config.observer.on_fault(e->config.observer.data, s->index, err);
    }
    qm_sleeve_cancel_for_fault(s);
}
