/* SPDX-License-Identifier: MIT
 *
 * Decisions as lines.
 */
#include "app/events.h"
#include "codec/json.h"

#include <math.h>
#include <string.h>

/* Keys that the line itself has: what a strategy calls so is only in "data". */
static bool is_own(const char *key) {
    static const char *const own[] = {"event", "time", "strategy", "kind", "symbol", "data"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(own[i], key) == 0) {
            return true;
        }
    }
    return false;
}

/* Plain values of the decision beside the line's own keys, for programs that want few levels. */
static void put_flat(qm_json_writer *w, const qm_decision *d) {
    qm_json *data;
    if (qm_json_parse(d->json, d->length, &data, NULL) != QM_OK) {
        return;
    }
    for (size_t i = 0; i < qm_json_size(data); i++) {
        const qm_json *value = qm_json_at(data, i);
        const char *key = qm_json_name(value), *text = qm_json_text(value);
        double number;
        if (!key || is_own(key)) {
            continue;
        }
        if (text) {
            qm_json_put_string(w, key, text);
        } else if (qm_json_number(value, &number)) {
            qm_json_key(w, key);
            if (number == (double)(int64_t)number && fabs(number) < 9e15) {
                qm_json_int(w, (int64_t)number);
            } else {
                qm_json_double(w, number);
            }
        } else if (qm_json_is_true(value) || qm_json_is_false(value)) {
            qm_json_put_bool(w, key, qm_json_is_true(value));
        }
    }
    qm_json_free(data);
}

static void begin_line(qm_events_out *o, qm_json_writer *w, uint32_t strategy, const char *kind) {
    qm_json_writer_init(w, &o->text);
    qm_json_open_object(w);
    qm_json_put_count(w, "event", o->event);
    qm_json_put_time(w, "time", qm_engine_now(o->desk->engine));
    qm_json_put_string(w, "strategy", qm_engine_sleeve(o->desk->engine, strategy).spec->name);
    qm_json_put_string(w, "kind", kind);
}

static void end_line(qm_events_out *o, qm_json_writer *w) {
    qm_json_close_object(w);
    qm_buf_putc(&o->text, '\n');
}

void qm_events_decision(void *data, const qm_decision *d) {
    qm_events_out *o = data;
    qm_json_writer w;
    const qm_instrument *info = qm_instruments_get(o->desk->instruments, d->instrument);
    begin_line(o, &w, d->strategy, qm_decision_kind_name(d->kind));
    if (info) {
        qm_json_put_string(&w, "symbol", info->symbol);
    }
    put_flat(&w, d);
    qm_json_key(&w, "data");
    qm_json_raw(&w, d->json, d->length);
    end_line(o, &w);
}

void qm_events_states(qm_events_out *o) {
    qm_engine *e = o->desk->engine;
    for (uint32_t i = 0; i < qm_engine_count(e); i++) {
        qm_json_writer w;
        char hash[QM_SHA256_HEX];
        begin_line(o, &w, i, qm_decision_kind_name(QM_DECISION_STATE));
        if (qm_engine_decision_hash(e, i, hash, NULL) == QM_OK) {
            qm_json_put_string(&w, "decision_hash", hash);
        }
        qm_json_put_count(&w, "decisions", qm_engine_sleeve(e, i).decisions);
        qm_json_put_count(&w, "events", qm_engine_sleeve(e, i).events);
        end_line(o, &w);
    }
}

void qm_events_refused(qm_events_out *o, uint32_t strategy) {
    qm_json_writer w;
    begin_line(o, &w, strategy, qm_decision_kind_name(QM_DECISION_ERROR));
    qm_json_put_string(&w, "message", "the new version was refused: the old one runs on");
    end_line(o, &w);
}
