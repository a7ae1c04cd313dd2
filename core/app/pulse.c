/* SPDX-License-Identifier: MIT */
#include "app/pulse.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 1 << 24 };

static void put_quantile(qm_json_writer *w, const qm_engine *e, uint32_t index, const char *key,
                         double fraction) {
    uint64_t ns;
    qm_json_key(w, key);
    if (qm_engine_latency(e, index, fraction, &ns)) {
        qm_json_int(w, (int64_t)ns);
    } else {
        qm_json_null(w);
    }
}

static void put_reload(qm_json_writer *w, const qm_last_reload *last) {
    qm_json_key(w, "last_reload");
    if (last->time == QM_TIME_NONE) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    qm_json_put_time(w, "time", last->time);
    qm_json_put_bool(w, "ok", last->ok);
    qm_json_put_string(w, "message", last->message);
    qm_json_close_object(w);
}

static void put_all(const qm_pulse *p, qm_buf *out) {
    qm_json_writer w;
    const qm_engine *e = p->crew->desk->engine;
    const qm_last_reload *last;
    uint32_t index;
    size_t memory;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_int(&w, "process", getpid());
    qm_json_put_time(&w, "time", qm_loop_now(p->loop));
    qm_json_key(&w, "strategies");
    qm_json_open_array(&w);
    for (size_t i = 0; qm_crew_look(p->crew, i, &index, &memory, &last); i++) {
        qm_sleeve_view v = qm_engine_sleeve(e, index);
        qm_json_open_object(&w);
        qm_json_put_string(&w, "name", v.spec->name);
        qm_json_put_count(&w, "generation", v.generation);
        qm_json_put_count(&w, "events", v.events);
        qm_json_put_count(&w, "errors", v.faults);
        qm_json_put_count(&w, "memory_bytes", memory);
        put_quantile(&w, e, index, "p50_ns", 0.5);
        put_quantile(&w, e, index, "p99_ns", 0.99);
        put_reload(&w, last);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}

/* Grows whenever the figures may have changed. */
static uint64_t activity(const qm_pulse *p) {
    const qm_last_reload *last;
    uint32_t index;
    size_t memory;
    uint64_t sum = 1 + qm_engine_events(p->crew->desk->engine);
    for (size_t i = 0; qm_crew_look(p->crew, i, &index, &memory, &last); i++) {
        qm_sleeve_view v = qm_engine_sleeve(p->crew->desk->engine, index);
        sum += v.events + v.faults + (last->time == QM_TIME_NONE ? 0 : (uint64_t)last->time);
    }
    return sum;
}

/* Without syncing: it is of this second only. */
static void write_now(const qm_pulse *p) {
    char fresh[4300];
    qm_buf text;
    snprintf(fresh, sizeof fresh, "%s.tmp", p->path);
    qm_buf_init(&text, TEXT_MAX);
    put_all(p, &text);
    FILE *file = text.status == QM_OK ? fopen(fresh, "w") : NULL;
    if (file) {
        bool whole = fwrite(text.data, 1, text.length, file) == text.length;
        whole = fclose(file) == 0 && whole;
        if (!whole || rename(fresh, p->path) != 0) {
            unlink(fresh);
        }
    }
    qm_buf_fini(&text);
}

static void beat(void *data) {
    qm_pulse *p = data;
    uint64_t now = activity(p);
    if (now != p->written) {
        write_now(p);
        p->written = now;
    }
    qm_loop_timer_set(p->timer, qm_loop_now(p->loop) + QM_SECOND_NS);
}

qm_status qm_pulse_start(qm_pulse *p, const char *folder) {
    snprintf(p->path, sizeof p->path, "%s/status.json", folder);
    qm_status status = qm_loop_timer_new(p->loop, beat, p, &p->timer);
    if (status == QM_OK) {
        beat(p);
    }
    return status;
}

void qm_pulse_stop(qm_pulse *p) {
    if (p->timer) {
        qm_loop_timer_free(p->timer);
        p->timer = NULL;
        unlink(p->path);
    }
}

qm_json *qm_pulse_read(const char *folder, int64_t process) {
    char path[4200], block[4096];
    qm_buf text;
    qm_json *root = NULL;
    double owner;
    snprintf(path, sizeof path, "%s/status.json", folder);
    FILE *file = fopen(path, "r");
    qm_buf_init(&text, TEXT_MAX);
    for (size_t n; file && (n = fread(block, 1, sizeof block, file)) > 0;) {
        qm_buf_append(&text, block, n);
    }
    if (file) {
        fclose(file);
    }
    if (text.length && qm_json_parse(text.data, text.length, &root, NULL) != QM_OK) {
        root = NULL;
    }
    qm_buf_fini(&text);
    if (root && (!qm_json_number(qm_json_get(root, "process"), &owner) ||
                 (int64_t)owner != process)) { /* of one that was killed */
        qm_json_free(root);
        root = NULL;
    }
    return root;
}
