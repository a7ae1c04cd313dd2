/* SPDX-License-Identifier: MIT */
#include "store/statements.h"

#include "base/mem.h"
#include "codec/stream.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

struct qm_statements {
    qm_db db;
};

enum { ST_PUT, ST_FIND, ST_LIST, ST_LOAD, ST_REPORT, ST_REMOVE, ST_CONFIRM, ST_CONFIRMED };
enum { LEVEL = 6 };

static const char *const STEPS[] = {
    "CREATE TABLE statements(id INTEGER PRIMARY KEY, time INTEGER NOT NULL, name TEXT NOT NULL,"
    " hash TEXT NOT NULL UNIQUE, format TEXT NOT NULL, accounts TEXT NOT NULL,"
    " facts INTEGER NOT NULL, known INTEGER NOT NULL, rejected INTEGER NOT NULL,"
    " differences INTEGER NOT NULL, accepted INTEGER NOT NULL, length INTEGER NOT NULL,"
    " report TEXT NOT NULL, data BLOB NOT NULL);",
    "CREATE TABLE confirmations(order_id INTEGER PRIMARY KEY, time INTEGER NOT NULL);",
};

static const qm_db_schema SCHEMA = {
    .version = QM_STATEMENTS_SCHEMA,
    .steps = STEPS,
    .pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
};

qm_status qm_statements_open(const char *path, qm_db_open mode, qm_statements **out,
                             qm_error *err) {
    qm_statements *s = qm_calloc(1, sizeof *s);
    if (!s) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = qm_db_open_file(&s->db, path, mode, &SCHEMA, err);
    if (status != QM_OK) {
        qm_statements_close(s);
        return status;
    }
    *out = s;
    return QM_OK;
}

void qm_statements_close(qm_statements *s) {
    if (s) {
        qm_db_close(&s->db);
        qm_free(s);
    }
}

qm_status qm_statements_begin(qm_statements *s, qm_error *err) {
    return qm_db_exec(&s->db, "BEGIN IMMEDIATE", err);
}

qm_status qm_statements_commit(qm_statements *s, qm_error *err) {
    return qm_db_exec(&s->db, "COMMIT", err);
}

void qm_statements_rollback(qm_statements *s) {
    qm_db_rollback(&s->db);
}

static qm_status find(qm_statements *s, const char *hash, bool *found, qm_error *err) {
    sqlite3_stmt *q =
        qm_db_prepare(&s->db, ST_FIND, "SELECT id FROM statements WHERE hash = ?1", err);
    if (!q) {
        return QM_EIO;
    }
    qm_db_bind_text(q, 1, hash);
    int more = qm_db_step(&s->db, q, err);
    sqlite3_reset(q);
    *found = more > 0;
    return more < 0 ? QM_EIO : QM_OK;
}

static qm_status insert(qm_statements *s, const qm_statement_row *row, const char *report,
                        const char *packed, size_t size, qm_error *err) {
    sqlite3_stmt *q = qm_db_prepare(&s->db, ST_PUT,
                                    "INSERT INTO statements VALUES(NULL, ?1, ?2, ?3, ?4, ?5, ?6,"
                                    " ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
                                    err);
    if (!q) {
        return QM_EIO;
    }
    const char *const texts[] = {row->name, row->hash, row->format, row->accounts};
    const int64_t numbers[] = {row->facts,       row->known,    row->rejected,
                               row->differences, row->accepted, (int64_t)row->length};
    sqlite3_bind_int64(q, 1, row->time);
    for (int i = 0; i < 4; i++) {
        qm_db_bind_text(q, 2 + i, texts[i]);
    }
    for (int i = 0; i < 6; i++) {
        sqlite3_bind_int64(q, 6 + i, numbers[i]);
    }
    qm_db_bind_text(q, 12, report);
    sqlite3_bind_blob64(q, 13, packed, size, SQLITE_STATIC);
    return qm_db_run(&s->db, q, err);
}

qm_status qm_statements_put(qm_statements *s, qm_statement_row *row, const void *data,
                            size_t length, const char *report, qm_error *err) {
    bool known = false;
    size_t bound = qm_zstd_bound(length), size = 0;
    char *packed = qm_alloc(bound);
    row->length = length;
    qm_status status =
        packed ? find(s, row->hash, &known, err) : qm_error_set(err, QM_ENOMEM, "out of memory");
    if (status == QM_OK && known) {
        status = qm_error_set(err, QM_EEXISTS, "%s: is stored already", row->name);
    }
    if (status == QM_OK) {
        status = qm_zstd_compress(data, length, packed, bound, LEVEL, &size);
    }
    if (status == QM_OK) {
        status = insert(s, row, report, packed, size, err);
    }
    if (status == QM_OK) {
        row->id = sqlite3_last_insert_rowid(s->db.sql);
    }
    qm_free(packed);
    return status;
}

qm_status qm_statements_list(qm_statements *s, qm_statement_row_vec *out, qm_error *err) {
    sqlite3_stmt *q =
        qm_db_prepare(&s->db, ST_LIST,
                      "SELECT id, time, name, hash, format, accounts, facts, known, rejected,"
                      " differences, accepted, length FROM statements ORDER BY id",
                      err);
    int more = q ? 1 : -1;
    while (more > 0 && (more = qm_db_step(&s->db, q, err)) > 0) {
        qm_statement_row row = {.id = sqlite3_column_int64(q, 0),
                                .time = sqlite3_column_int64(q, 1),
                                .facts = sqlite3_column_int64(q, 6),
                                .known = sqlite3_column_int64(q, 7),
                                .rejected = sqlite3_column_int64(q, 8),
                                .differences = sqlite3_column_int64(q, 9),
                                .accepted = sqlite3_column_int(q, 10) != 0,
                                .length = (size_t)sqlite3_column_int64(q, 11)};
        qm_db_text(q, 2, row.name, sizeof row.name);
        qm_db_text(q, 3, row.hash, sizeof row.hash);
        qm_db_text(q, 4, row.format, sizeof row.format);
        qm_db_text(q, 5, row.accounts, sizeof row.accounts);
        if (qm_vec_push(out, &row) != QM_OK) {
            sqlite3_reset(q);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_statements_load(qm_statements *s, const qm_statement_row *row, char **out,
                             qm_error *err) {
    sqlite3_stmt *q =
        qm_db_prepare(&s->db, ST_LOAD, "SELECT data FROM statements WHERE id = ?1", err);
    char *data = qm_alloc(row->length + 1);
    qm_status status = !q ? QM_EIO : !data ? QM_ENOMEM : QM_OK;
    if (status == QM_OK) {
        sqlite3_bind_int64(q, 1, row->id);
        int more = qm_db_step(&s->db, q, err);
        status = more < 0 ? QM_EIO : more == 0 ? QM_ENOTFOUND : QM_OK;
    }
    if (status == QM_OK) {
        status = qm_zstd_decompress(sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0),
                                    data, row->length);
        status = status == QM_OK
                     ? QM_OK
                     : qm_error_set(err, QM_EDATA, "%s in statements.db is broken", row->name);
    }
    if (q) {
        sqlite3_reset(q);
    }
    if (status != QM_OK) {
        qm_free(data);
        return status;
    }
    data[row->length] = 0;
    *out = data;
    return QM_OK;
}

qm_status qm_statements_report(qm_statements *s, int64_t id, char **out, qm_error *err) {
    sqlite3_stmt *q =
        qm_db_prepare(&s->db, ST_REPORT, "SELECT report FROM statements WHERE id = ?1", err);
    if (!q) {
        return QM_EIO;
    }
    sqlite3_bind_int64(q, 1, id);
    int more = qm_db_step(&s->db, q, err);
    qm_status status = more < 0 ? QM_EIO : QM_OK;
    if (more == 0) {
        status = qm_error_set(err, QM_ENOTFOUND, "no import %lld", (long long)id);
    } else if (more > 0) {
        *out = qm_strdup((const char *)sqlite3_column_text(q, 0));
        status = *out ? QM_OK : qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    sqlite3_reset(q);
    return status;
}

qm_status qm_statements_remove(qm_statements *s, int64_t id, qm_error *err) {
    sqlite3_stmt *q = qm_db_prepare(&s->db, ST_REMOVE, "DELETE FROM statements WHERE id = ?1", err);
    if (!q) {
        return QM_EIO;
    }
    sqlite3_bind_int64(q, 1, id);
    qm_status status = qm_db_run(&s->db, q, err);
    return status == QM_OK && sqlite3_changes(s->db.sql) == 0
               ? qm_error_set(err, QM_ENOTFOUND, "no import %lld", (long long)id)
               : status;
}

qm_status qm_statements_confirm(qm_statements *s, uint64_t order, qm_time time, qm_error *err) {
    sqlite3_stmt *q = qm_db_prepare(&s->db, ST_CONFIRM,
                                    "INSERT OR IGNORE INTO confirmations VALUES(?1, ?2)", err);
    if (!q) {
        return QM_EIO;
    }
    sqlite3_bind_int64(q, 1, (int64_t)order);
    sqlite3_bind_int64(q, 2, time);
    return qm_db_run(&s->db, q, err);
}

qm_status qm_statements_confirmed(qm_statements *s, qm_order_id_vec *out, qm_error *err) {
    sqlite3_stmt *q = qm_db_prepare(&s->db, ST_CONFIRMED,
                                    "SELECT order_id FROM confirmations ORDER BY order_id", err);
    int more = q ? 1 : -1;
    while (more > 0 && (more = qm_db_step(&s->db, q, err)) > 0) {
        uint64_t id = (uint64_t)sqlite3_column_int64(q, 0);
        if (qm_vec_push(out, &id) != QM_OK) {
            sqlite3_reset(q);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}
