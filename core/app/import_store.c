/* SPDX-License-Identifier: MIT */
#include "app/import_store.h"

#include "app/statement_book.h"
#include "app/write_file.h"
#include "base/hash.h"
#include "codec/json.h"
#include "loop/loop.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 28 };

static qm_status read_one(import_store *s, qm_statements *db, const qm_statement_row *row,
                          qm_history *history, qm_error *err) {
    qm_statement *st;
    uint32_t file = (uint32_t)s->statements.length;
    qm_status status = qm_statement_stored(db, row, &st, err);
    if (status != QM_OK) {
        return status;
    }
    bool *known = qm_calloc(st->facts.length + 1, sizeof *known);
    status = known ? qm_history_add(history, st, file, known) : QM_ENOMEM;
    qm_free(known);
    status = status == QM_OK ? qm_vec_push(&s->statements, &st) : status;
    if (status != QM_OK) {
        qm_statement_free(st);
        return qm_error_set(err, status, "out of memory");
    }
    return QM_OK;
}

qm_status import_store_open(const char *folder, import_store *out, qm_history *history,
                            qm_error *err) {
    qm_statements *db;
    qm_error inner = {0};
    *out = (import_store){0};
    snprintf(out->path, sizeof out->path, "%s/statements.db", folder);
    qm_status status = qm_statements_open(out->path, QM_DB_READ, &db, &inner);
    if (status == QM_ENOTFOUND) {
        return QM_OK;
    }
    if (status != QM_OK) {
        *err = inner;
        return status;
    }
    status = qm_statements_list(db, &out->rows, err);
    for (size_t i = 0; i < out->rows.length && status == QM_OK; i++) {
        status = read_one(out, db, &out->rows.items[i], history, err);
    }
    qm_statements_close(db);
    return status;
}

void import_store_close(import_store *s) {
    for (size_t i = 0; i < s->statements.length; i++) {
        qm_statement_free(s->statements.items[i]);
    }
    qm_vec_fini(&s->statements);
    qm_vec_fini(&s->rows);
}

const qm_statement_row *import_store_find(const import_store *s, const char *hash) {
    for (size_t i = 0; i < s->rows.length; i++) {
        if (strcmp(s->rows.items[i].hash, hash) == 0) {
            return &s->rows.items[i];
        }
    }
    return NULL;
}

/* What is in sections that are not known can't be missing where the cash agrees. */
static bool has_cash(const qm_reconcile *r) {
    for (size_t i = 0; i < r->lines.length; i++) {
        if (strcmp(r->lines.items[i].item, "cash") == 0) {
            return true;
        }
    }
    return false;
}

bool import_file_is_good(const import_file *f) {
    bool good = f->accounts && f->statement->rejects.length == 0 && !f->overlaps;
    for (size_t k = 0; f->accounts && k < f->statement->accounts.length; k++) {
        good = good && f->accounts[k].reconciled &&
               (f->statement->unknown.length == 0 || has_cash(&f->accounts[k]));
    }
    return good;
}

static qm_statement_row row_of(const import_file *f, bool accepted) {
    qm_statement_row row = {.time = qm_loop_now(NULL),
                            .facts = (int64_t)f->statement->facts.length,
                            .rejected = (int64_t)f->statement->rejects.length,
                            .accepted = accepted};
    const char *slash = strrchr(f->path, '/');
    size_t used = 0;
    snprintf(row.name, sizeof row.name, "%s", slash ? slash + 1 : f->path);
    snprintf(row.hash, sizeof row.hash, "%s", f->hash);
    snprintf(row.format, sizeof row.format, "%s", qm_statement_format_name(f->statement->format));
    for (size_t k = 0; k < f->statement->accounts.length; k++) {
        const char *name = f->statement->accounts.items[k].name;
        int n = snprintf(row.accounts + used, sizeof row.accounts - used, "%s%s", k ? "," : "",
                         *name ? name : "-");
        used += n > 0 && used + (size_t)n < sizeof row.accounts ? (size_t)n : 0;
        row.known += (int64_t)f->accounts[k].known;
        for (size_t i = 0; i < f->accounts[k].lines.length; i++) {
            row.differences += f->accounts[k].lines.items[i].differs;
        }
        row.differences += (int64_t)f->accounts[k].missing.length;
    }
    return row;
}

static qm_status put_one(qm_statements *db, import_file *f, bool accepted, qm_error *err) {
    qm_statement_row row = row_of(f, accepted);
    qm_buf report;
    qm_buf_init(&report, OUTPUT_MAX);
    import_write_json(f, 1, &report);
    qm_status status = report.status == QM_OK ? qm_statements_begin(db, err)
                                              : qm_error_set(err, report.status, "out of memory");
    if (status == QM_OK) {
        status = qm_statements_put(db, &row, f->text.data, f->text.length, report.data, err);
    }
    status = status == QM_OK ? qm_statements_commit(db, err) : status;
    if (status != QM_OK) {
        qm_statements_rollback(db);
    }
    qm_buf_fini(&report);
    return status;
}

/* What is to happen to a file: NULL: it is stored. */
static const char *reason_not_to(const import_store *s, const import_file *files, size_t i,
                                 bool accept) {
    const import_file *f = &files[i];
    if (!f->accounts) {
        return "not read";
    }
    if (import_store_find(s, f->hash)) {
        return "known: stored already";
    }
    for (size_t k = 0; k < i; k++) {
        if (strcmp(files[k].hash, f->hash) == 0) {
            return "known: given twice";
        }
    }
    return import_file_is_good(f) || accept ? NULL : "not stored: does not add up (--accept)";
}

qm_status import_store_put(import_store *s, import_file *files, size_t count, bool accept,
                           qm_error *err) {
    qm_statements *db = NULL;
    qm_status status = QM_OK;
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        files[i].state = reason_not_to(s, files, i, accept);
        if (files[i].state) {
            continue;
        }
        if (!db) {
            status = qm_make_folder_of(s->path, err);
            status = status == QM_OK ? qm_statements_open(s->path, QM_DB_CREATE, &db, err) : status;
        }
        bool good = import_file_is_good(&files[i]);
        status = status == QM_OK ? put_one(db, &files[i], !good, err) : status;
        files[i].state = good ? "stored" : "stored: accepted with its differences";
    }
    if (db) {
        qm_statements_close(db);
    }
    return status;
}

/* ---- what is stored ---- */

static void put_json(const qm_statement_row_vec *rows, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_key(&w, "imports");
    qm_json_open_array(&w);
    for (size_t i = 0; i < rows->length; i++) {
        const qm_statement_row *r = &rows->items[i];
        const char *const names[] = {"file", "hash", "format", "accounts"};
        const char *const texts[] = {r->name, r->hash, r->format, r->accounts};
        const char *const counts[] = {"id", "facts", "known", "rejected", "differences"};
        const int64_t numbers[] = {r->id, r->facts, r->known, r->rejected, r->differences};
        qm_json_open_object(&w);
        for (int k = 0; k < 5; k++) {
            qm_json_put_int(&w, counts[k], numbers[k]);
        }
        for (int k = 0; k < 4; k++) {
            qm_json_put_string(&w, names[k], texts[k]);
        }
        qm_json_put_time(&w, "time", r->time);
        qm_json_put_bool(&w, "accepted", r->accepted);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}

static qm_status put_table(const qm_statement_row_vec *rows, qm_buf *out) {
    static const char *const headers[] = {"id",    "imported", "file",     "format",      "account",
                                          "facts", "known",    "rejected", "differences", "state"};
    static const bool right[] = {true, false, false, false, false, true, true, true, true, false};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 10, &table);
    for (size_t i = 0; status == QM_OK && i < rows->length; i++) {
        const qm_statement_row *r = &rows->items[i];
        const int64_t numbers[] = {r->id, r->facts, r->known, r->rejected, r->differences};
        char text[5][24], time[QM_TIME_BUF];
        for (int k = 0; k < 5; k++) {
            snprintf(text[k], sizeof text[k], "%lld", (long long)numbers[k]);
        }
        qm_time_format(r->time, time);
        time[16] = 0; /* to the minute */
        const char *cells[] = {
            text[0], time,    r->name, r->format, r->accounts,
            text[1], text[2], text[3], text[4],   r->accepted ? "accepted" : "reconciled"};
        status = qm_table_row(table, cells);
    }
    status = status == QM_OK ? qm_table_print(table, qm_wants_color(), 0, out) : status;
    qm_table_free(table);
    return status;
}

static qm_status open_for(const char *folder, qm_db_open mode, qm_statements **out, qm_error *err) {
    char path[4200];
    snprintf(path, sizeof path, "%s/statements.db", folder);
    qm_status status = qm_statements_open(path, mode, out, err);
    return status == QM_ENOTFOUND
               ? qm_error_at(err, QM_EUNAVAILABLE, path, 0, 0, "nothing was imported yet")
               : status;
}

qm_status import_store_list(const qm_args *args, const char *folder, qm_error *err) {
    qm_statements *db;
    qm_statement_row_vec rows = {0};
    qm_buf out;
    qm_status status = open_for(folder, QM_DB_READ, &db, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&out, OUTPUT_MAX);
    status = qm_statements_list(db, &rows, err);
    if (status == QM_OK && qm_args_has(args, "json")) {
        put_json(&rows, &out);
    } else if (status == QM_OK) {
        status = put_table(&rows, &out);
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_vec_fini(&rows);
    qm_buf_fini(&out);
    qm_statements_close(db);
    return status;
}

qm_status import_store_remove(const qm_args *args, const char *folder, qm_error *err) {
    qm_statements *db;
    char *end;
    const char *text = args->count == 2 ? args->values[1] : "";
    long long id = strtoll(text, &end, 10);
    if (!*text || *end || id <= 0) {
        return qm_error_set(err, QM_EUSAGE, "import remove: \"%s\" is no id (qm import list)",
                            text);
    }
    qm_status status = open_for(folder, QM_DB_WRITE, &db, err);
    if (status == QM_OK) {
        status = qm_statements_remove(db, id, err);
        qm_statements_close(db);
    }
    return status;
}
