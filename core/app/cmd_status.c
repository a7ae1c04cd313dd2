/* SPDX-License-Identifier: MIT */
#include "app/pulse.h"
#include "loop/loop.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

static const qm_json *find_live(const qm_json *live, const char *name) {
    const qm_json *list = qm_json_get(live, "strategies");
    for (size_t i = 0; list && i < qm_json_size(list); i++) {
        const char *other = qm_json_text(qm_json_get(qm_json_at(list, i), "name"));
        if (other && strcmp(other, name) == 0) {
            return qm_json_at(list, i);
        }
    }
    return NULL;
}

static void put_number(qm_json_writer *w, const qm_json *from, const char *key) {
    double value;
    qm_json_key(w, key);
    if (from && qm_json_number(qm_json_get(from, key), &value)) {
        qm_json_int(w, (int64_t)value);
    } else {
        qm_json_null(w);
    }
}

/* Figures of the daemon's memory, as it wrote them in the last second; null when it did not. */
static void put_live(qm_json_writer *w, const qm_json *live) {
    static const char *const keys[] = {"generation",   "events", "errors",
                                       "memory_bytes", "p50_ns", "p99_ns"};
    const qm_json *reload = live ? qm_json_get(live, "last_reload") : NULL;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        put_number(w, live, keys[i]);
    }
    qm_json_key(w, "last_reload");
    if (!reload || qm_json_is_null(reload)) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    qm_json_put_string(w, "time", qm_json_text(qm_json_get(reload, "time")));
    qm_json_put_bool(w, "ok", qm_json_is_true(qm_json_get(reload, "ok")));
    qm_json_put_string(w, "message", qm_json_text(qm_json_get(reload, "message")));
    qm_json_close_object(w);
}

static void put_json(const qm_sleeve_row_vec *rows, const qm_json *live, int64_t pid,
                     const qm_newest_vec *prices, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_int(&w, "process", pid);
    qm_json_key(&w, "strategies");
    qm_json_open_array(&w);
    for (size_t i = 0; i < rows->length; i++) {
        const qm_sleeve_row *r = &rows->items[i];
        qm_json_open_object(&w);
        qm_json_put_string(&w, "name", r->name);
        qm_json_put_int(&w, "version", r->state_version);
        qm_json_put_string(&w, "state", r->status);
        qm_json_put_string(&w, "file", r->file);
        qm_json_put_string(&w, "source_hash", r->source_hash);
        qm_json_put_count(&w, "decisions", r->decisions);
        put_live(&w, find_live(live, r->name));
        qm_json_put_string(&w, "error", r->message[0] ? r->message : NULL);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_key(&w, "prices");
    qm_newest_json(prices, qm_loop_now(NULL), &w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}

static qm_status put_table(const qm_sleeve_row_vec *rows, qm_buf *out) {
    static const char *const headers[] = {"strategy",  "state", "version",
                                          "decisions", "file",  "last error"};
    static const bool right[] = {false, false, true, true, false, false};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 6, &table);
    for (size_t i = 0; status == QM_OK && i < rows->length; i++) {
        const qm_sleeve_row *r = &rows->items[i];
        char version[24], decisions[24];
        snprintf(version, sizeof version, "%lld", (long long)r->state_version);
        snprintf(decisions, sizeof decisions, "%llu", (unsigned long long)r->decisions);
        const char *cells[] = {r->name, r->status, version, decisions, r->file, r->message};
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
        qm_table_free(table);
    }
    return status;
}

static qm_status show(const qm_args *args, const qm_sleeve_row_vec *rows, int64_t pid, qm_buf *out,
                      qm_error *err) {
    char folder[4000];
    qm_desk desk;
    qm_newest_vec prices = {0};
    qm_status status = qm_desk_init(&desk, err);
    if (status == QM_OK) {
        status = qm_desk_open_market(&desk, qm_desk_folder(args, folder, sizeof folder), QM_DB_READ,
                                     err);
    }
    if (status == QM_OK) {
        status = qm_desk_newest(&desk, &prices, err);
    }
    if (status == QM_OK && qm_args_has(args, "json")) {
        qm_json *live = qm_pulse_read(folder, pid);
        put_json(rows, live, pid, &prices, out);
        qm_json_free(live);
    } else if (status == QM_OK) {
        status = put_table(rows, out);
        qm_newest_text(&prices, qm_loop_now(NULL), out);
    }
    qm_vec_fini(&prices);
    qm_desk_fini(&desk);
    return status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    char folder[4000], path[4096];
    qm_desk_folder(args, folder, sizeof folder);
    snprintf(path, sizeof path, "%s/book.db", folder);
    int64_t pid = qm_book_owner(path);
    if (pid == 0) {
        return qm_error_at(err, QM_EUNAVAILABLE, path, 0, 0, "no daemon runs on it (qm run)");
    }
    qm_book *book;
    qm_sleeve_row_vec rows = {0};
    qm_buf out;
    qm_buf_init(&out, 1 << 24);
    qm_status status = qm_book_open(path, QM_DB_READ, &book, err);
    if (status == QM_OK) {
        status = qm_book_load_sleeves(book, &rows, err);
        if (status == QM_OK) {
            status = show(args, &rows, pid, &out, err);
        }
        qm_book_close(book);
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    for (size_t i = 0; i < rows.length; i++) {
        qm_sleeve_row_fini(&rows.items[i]);
    }
    qm_vec_fini(&rows);
    qm_buf_fini(&out);
    return status;
}

static const char *const OPTIONS[] = {"data=", "json", NULL};

const qm_command qm_command_status = {"status",
                                      "what the daemon runs",
                                      "usage: qm status [--data FOLDER] [--json]\n\n"
                                      "What the book of the running daemon says of each strategy, "
                                      "and how old the newest bars of the\n"
                                      "store are. No daemon: exit code 69.\n",
                                      OPTIONS,
                                      0,
                                      0,
                                      run};
