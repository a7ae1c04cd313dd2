/* SPDX-License-Identifier: MIT
 *
 * A task's file: FOLDER/task-00007.json, written whole or not at all.
 */
#include "app/sweep.h"
#include "app/write_file.h"
#include "codec/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TASK_MAX_BYTES = 1 << 30 };

const char *qm_sweep_task_path(const qm_sweep *s, int64_t task, char *out, size_t size) {
    snprintf(out, size, "%s/task-%05lld.json", s->folder, (long long)task);
    return out;
}

static void put_row(qm_json_writer *w, size_t run, const qm_sweep_row *row) {
    const double moments[] = {(double)row->returns.n, row->returns.mean, row->returns.m2,
                              row->returns.m3, row->returns.m4};
    qm_json_open_object(w);
    qm_json_put_count(w, "run", run);
    qm_json_put_string(w, "error", row->error);
    if (!row->error) {
        qm_json_put_string(w, "equity", row->equity);
        qm_json_put_string(w, "decision_hash", row->decision_hash);
        qm_json_key(w, "figures");
        qm_json_open_array(w);
        for (int i = 0; i < QM_SWEEP_FIGURES; i++) {
            qm_json_double(w, row->figures[i]);
        }
        qm_json_close_array(w);
        qm_json_key(w, "returns");
        qm_json_open_array(w);
        for (int i = 0; i < 5; i++) {
            qm_json_double(w, moments[i]);
        }
        qm_json_close_array(w);
        qm_json_key(w, "blocks");
        qm_json_open_array(w);
        for (int i = 0; i < QM_PBO_BLOCKS; i++) {
            qm_json_double(w, row->blocks[i].n);
            qm_json_double(w, row->blocks[i].sum);
            qm_json_double(w, row->blocks[i].squares);
        }
        qm_json_close_array(w);
    }
    qm_json_close_object(w);
}

qm_status qm_sweep_task(const qm_sweep *s, qm_desk *desk, int64_t task, qm_error *err) {
    qm_buf out;
    qm_json_writer w;
    char path[4200];
    qm_status status = QM_OK;
    qm_buf_init(&out, TASK_MAX_BYTES);
    qm_json_writer_init(&w, &out);
    qm_json_open_object(&w);
    qm_json_put_string(&w, "plan", s->plan_hash);
    qm_json_put_int(&w, "task", task);
    qm_json_key(&w, "rows");
    qm_json_open_array(&w);
    for (size_t run = (size_t)task; status == QM_OK && run < qm_sweep_runs(s);
         run += (size_t)s->tasks) {
        qm_sweep_row row;
        status = qm_sweep_one(s, desk, run, &row, err);
        if (status == QM_OK) {
            put_row(&w, run, &row);
        }
        qm_sweep_row_fini(&row);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(&out, '\n');
    if (status == QM_OK) {
        status = qm_write_over(qm_sweep_task_path(s, task, path, sizeof path), &out, err);
    }
    qm_buf_fini(&out);
    return status;
}

static qm_status read_file(const char *path, qm_buf *out, qm_error *err) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        return qm_error_at(err, errno == ENOENT ? QM_ENOTFOUND : QM_EIO, path, 0, 0, "%s",
                           strerror(errno));
    }
    char part[65536];
    size_t got;
    while ((got = fread(part, 1, sizeof part, file)) > 0) {
        qm_buf_append(out, part, got);
    }
    bool bad = ferror(file) != 0;
    fclose(file);
    return bad ? qm_error_at(err, QM_EIO, path, 0, 0, "can't be read") : out->status;
}

/* Numbers of an array; null is NaN. Whether there are just so many. */
static bool read_numbers(const qm_json *array, double *out, size_t count) {
    size_t n = 0;
    for (const qm_json *v = qm_json_first(array); v; v = qm_json_next(v), n++) {
        if (n == count) {
            return false;
        }
        if (!qm_json_number(v, &out[n])) {
            out[n] = NAN;
            if (!qm_json_is_null(v)) {
                return false;
            }
        }
    }
    return n == count;
}

static bool read_text(const qm_json *value, char *out, size_t size) {
    const char *text = qm_json_text(value);
    return text && snprintf(out, size, "%s", text) < (int)size;
}

static bool read_row(const qm_json *item, qm_sweep_row *row) {
    double moments[5], blocks[3 * QM_PBO_BLOCKS];
    const char *error = qm_json_text(qm_json_get(item, "error"));
    row->present = true;
    for (int i = 0; i < QM_SWEEP_FIGURES; i++) {
        row->figures[i] = NAN;
    }
    if (error) {
        row->error = qm_strdup(error);
        return row->error != NULL;
    }
    if (!read_text(qm_json_get(item, "equity"), row->equity, sizeof row->equity) ||
        !read_text(qm_json_get(item, "decision_hash"), row->decision_hash,
                   sizeof row->decision_hash) ||
        !read_numbers(qm_json_get(item, "figures"), row->figures, QM_SWEEP_FIGURES) ||
        !read_numbers(qm_json_get(item, "returns"), moments, 5) ||
        !read_numbers(qm_json_get(item, "blocks"), blocks, 3 * QM_PBO_BLOCKS)) {
        return false;
    }
    row->returns =
        (qm_moments){(int64_t)moments[0], moments[1], moments[2], moments[3], moments[4]};
    for (size_t i = 0; i < QM_PBO_BLOCKS; i++) {
        row->blocks[i] = (qm_block){blocks[3 * i], blocks[3 * i + 1], blocks[3 * i + 2]};
    }
    return true;
}

/* The task's runs in their order, each once: nothing is lost, nothing counted twice. */
static bool read_rows(const qm_sweep *s, int64_t task, const qm_json *root, qm_sweep_row *rows) {
    size_t want = (size_t)task;
    for (const qm_json *item = qm_json_first(qm_json_get(root, "rows")); item;
         item = qm_json_next(item), want += (size_t)s->tasks) {
        double run;
        qm_sweep_row ignored = {0};
        if (!qm_json_number(qm_json_get(item, "run"), &run) || run != (double)want ||
            want >= qm_sweep_runs(s)) {
            return false;
        }
        bool good = read_row(item, rows ? &rows[want] : &ignored);
        qm_sweep_row_fini(&ignored);
        if (!good) {
            return false;
        }
    }
    return want >= qm_sweep_runs(s);
}

qm_status qm_sweep_task_read(const qm_sweep *s, int64_t task, qm_sweep_row *rows, qm_error *err) {
    char path[4200];
    qm_buf text;
    qm_json *root = NULL;
    double number = -1;
    qm_buf_init(&text, TASK_MAX_BYTES);
    qm_sweep_task_path(s, task, path, sizeof path);
    qm_status status = read_file(path, &text, err);
    if (status == QM_OK &&
        qm_json_parse(text.data ? text.data : "", text.length, &root, err) != QM_OK) {
        status = qm_error_at(err, QM_EDATA, path, 0, 0, "is no result of a task");
    }
    if (status == QM_OK) {
        const char *plan = qm_json_text(qm_json_get(root, "plan"));
        qm_json_number(qm_json_get(root, "task"), &number);
        if (!plan || strcmp(plan, s->plan_hash) != 0 || number != (double)task) {
            status = qm_error_at(err, QM_EDATA, path, 0, 0, "is of another plan");
        } else if (!read_rows(s, task, root, rows)) {
            status = qm_error_at(err, QM_EDATA, path, 0, 0, "does not hold the task's runs");
        }
    }
    qm_json_free(root);
    qm_buf_fini(&text);
    return status;
}
