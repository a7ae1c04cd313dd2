/* SPDX-License-Identifier: MIT */
#include "app/desk.h"
#include "codec/json.h"
#include "loop/loop.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

/* Figures that live in the daemon's memory only: not known from outside, so null. */
static void put_unknown(qm_json_writer *w) {
    static const char *const keys[] = {"generation", "events", "errors",     "memory_bytes",
                                       "p50_ns",     "p99_ns", "last_reload"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        qm_json_key(w, keys[i]);
        qm_json_null(w);
    }
}

static void put_json(const qm_sleeve_row_vec *rows, int64_t pid, const qm_newest_vec *prices,
                     qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_key(&w, "process");
    qm_json_int(&w, pid);
    qm_json_key(&w, "strategies");
    qm_json_open_array(&w);
    for (size_t i = 0; i < rows->length; i++) {
        const qm_sleeve_row *r = &rows->items[i];
        qm_json_open_object(&w);
        qm_json_key(&w, "name");
        qm_json_string(&w, r->name);
        qm_json_key(&w, "version");
        qm_json_int(&w, r->state_version);
        qm_json_key(&w, "state");
        qm_json_string(&w, r->status);
        qm_json_key(&w, "file");
        qm_json_string(&w, r->file);
        qm_json_key(&w, "source_hash");
        qm_json_string(&w, r->source_hash);
        qm_json_key(&w, "decisions");
        qm_json_int(&w, (int64_t)r->decisions);
        put_unknown(&w);
        qm_json_key(&w, "error");
        qm_json_string(&w, r->message[0] ? r->message : NULL);
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
        put_json(rows, pid, &prices, out);
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
