/* SPDX-License-Identifier: MIT
 *
 * book.db: schema, life, sleeves, single values, schedules, timers.
 */
#include "store/book_internal.h"

#include "base/mem.h"
#include "store/lock.h"

#include <stdio.h>
#include <string.h>

/* Decimals are their int64 of 1e-9; totals are text. */
static const char *const STEPS[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE sleeves(name TEXT PRIMARY KEY, file TEXT NOT NULL, preset TEXT NOT NULL,"
    " account TEXT NOT NULL, source_hash TEXT NOT NULL, params_json TEXT, state BLOB,"
    " state_version INTEGER NOT NULL, status TEXT NOT NULL, message TEXT NOT NULL,"
    " decision_hash BLOB NOT NULL, decisions INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE orders(id INTEGER PRIMARY KEY, sleeve TEXT NOT NULL, instrument INTEGER NOT NULL,"
    " multiplier INTEGER NOT NULL, side INTEGER NOT NULL, type TEXT NOT NULL, tif TEXT NOT NULL,"
    " state TEXT NOT NULL, qty INTEGER NOT NULL, amount INTEGER NOT NULL, limit_price INTEGER"
    " NOT NULL, stop_price INTEGER NOT NULL, want_qty INTEGER NOT NULL, want_limit INTEGER NOT"
    " NULL, want_stop INTEGER NOT NULL, filled INTEGER NOT NULL, filled_value_hi INTEGER NOT NULL,"
    " filled_value_lo INTEGER NOT NULL, flags INTEGER NOT NULL, created INTEGER NOT NULL,"
    " updated INTEGER NOT NULL, live_since INTEGER NOT NULL, session INTEGER NOT NULL,"
    " reason TEXT NOT NULL, rule TEXT NOT NULL, limit_text TEXT NOT NULL, value_text TEXT NOT"
    " NULL);"
    "CREATE TABLE txns(sleeve TEXT NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL,"
    " time INTEGER NOT NULL, date INTEGER NOT NULL, instrument INTEGER NOT NULL,"
    " multiplier INTEGER NOT NULL, order_id INTEGER NOT NULL, qty INTEGER NOT NULL,"
    " price INTEGER NOT NULL, fee INTEGER NOT NULL, amount INTEGER NOT NULL, num INTEGER NOT NULL,"
    " den INTEGER NOT NULL, PRIMARY KEY(sleeve, seq)) WITHOUT ROWID;"
    "CREATE TABLE schedules(sleeve TEXT NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL,"
    " PRIMARY KEY(sleeve, name)) WITHOUT ROWID;"
    "CREATE TABLE timers(sleeve TEXT NOT NULL, id INTEGER NOT NULL, due INTEGER NOT NULL,"
    " every_ns INTEGER NOT NULL, callback TEXT NOT NULL, data BLOB,"
    " PRIMARY KEY(sleeve, id)) WITHOUT ROWID;"
    "CREATE TABLE decisions(id INTEGER PRIMARY KEY, sleeve TEXT NOT NULL, time INTEGER NOT NULL,"
    " kind TEXT NOT NULL, symbol TEXT NOT NULL, json TEXT NOT NULL);"
    "CREATE TABLE equity(sleeve TEXT NOT NULL, time INTEGER NOT NULL, equity TEXT NOT NULL,"
    " cash TEXT NOT NULL, PRIMARY KEY(sleeve, time)) WITHOUT ROWID;",
    "CREATE INDEX decisions_by_symbol ON decisions(symbol, time);"
    "CREATE INDEX decisions_by_kind ON decisions(kind, time);",
    "ALTER TABLE sleeves ADD COLUMN account_name TEXT NOT NULL DEFAULT 'main';"
    "ALTER TABLE sleeves ADD COLUMN account_type TEXT NOT NULL DEFAULT 'taxable';"
    "ALTER TABLE sleeves ADD COLUMN lot_method TEXT NOT NULL DEFAULT 'FIFO';",
    "ALTER TABLE orders ADD COLUMN lots TEXT NOT NULL DEFAULT '';",
};

static const qm_db_schema SCHEMA = {
    .version = QM_BOOK_SCHEMA,
    .steps = STEPS,
    .pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
};

qm_status qm_book_open(const char *path, qm_db_open mode, qm_book **out, qm_error *err) {
    qm_book *b = qm_calloc(1, sizeof *b);
    if (!b) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    b->lock = -1;
    qm_status status = QM_OK;
    if (mode != QM_DB_READ) {
        char lock[4096];
        snprintf(lock, sizeof lock, "%s.lock", path);
        status = qm_lock_take(lock, &b->lock, err);
    }
    if (status == QM_OK) {
        status = qm_db_open_file(&b->db, path, mode, &SCHEMA, err);
    }
    if (status != QM_OK) {
        qm_book_close(b);
        return status;
    }
    *out = b;
    return QM_OK;
}

void qm_book_close(qm_book *b) {
    if (b) {
        qm_db_close(&b->db);
        qm_lock_release(b->lock);
        qm_free(b);
    }
}

int64_t qm_book_owner(const char *path) {
    char lock[4096];
    snprintf(lock, sizeof lock, "%s.lock", path);
    return qm_lock_owner(lock);
}

qm_status qm_book_begin(qm_book *b, qm_error *err) {
    return qm_db_exec(&b->db, "BEGIN IMMEDIATE", err);
}

qm_status qm_book_commit(qm_book *b, qm_error *err) {
    return qm_db_exec(&b->db, "COMMIT", err);
}

void qm_book_rollback(qm_book *b) {
    qm_db_rollback(&b->db);
}

void qm_sleeve_row_fini(qm_sleeve_row *row) {
    qm_free(row->params_json);
    qm_free(row->state);
}

qm_status qm_book_put_sleeve(qm_book *b, const qm_sleeve_row *row, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&b->db, BK_PUT_SLEEVE,
                                    "INSERT OR REPLACE INTO sleeves VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
                                    " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
                                    err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, row->name);
    qm_db_bind_text(s, 2, row->file);
    qm_db_bind_text(s, 3, row->preset);
    qm_db_bind_text(s, 4, row->account);
    qm_db_bind_text(s, 5, row->source_hash);
    qm_db_bind_text(s, 6, row->params_json);
    sqlite3_bind_blob64(s, 7, row->state, row->state_length, SQLITE_STATIC);
    sqlite3_bind_int64(s, 8, row->state_version);
    qm_db_bind_text(s, 9, row->status);
    qm_db_bind_text(s, 10, row->message);
    sqlite3_bind_blob(s, 11, row->decision_hash, sizeof row->decision_hash, SQLITE_STATIC);
    sqlite3_bind_int64(s, 12, (int64_t)row->decisions);
    qm_db_bind_text(s, 13, row->account_name);
    qm_db_bind_text(s, 14, row->account_type);
    qm_db_bind_text(s, 15, row->lot_method);
    return qm_db_run(&b->db, s, err);
}

/* A copy of a column's bytes; NULL for NULL. False when memory is short. */
static bool copy_column(sqlite3_stmt *s, int column, char **out, size_t *length) {
    const void *data = sqlite3_column_blob(s, column);
    size_t size = (size_t)sqlite3_column_bytes(s, column);
    *out = NULL;
    if (length) {
        *length = size;
    }
    if (!data) {
        return true;
    }
    *out = qm_strndup(data, size);
    return *out != NULL;
}

qm_status qm_book_load_sleeves(qm_book *b, qm_sleeve_row_vec *out, qm_error *err) {
    sqlite3_stmt *s =
        qm_db_prepare(&b->db, BK_LOAD_SLEEVES,
                      "SELECT name, file, preset, account, source_hash, params_json,"
                      " state, state_version, status, message, decision_hash,"
                      " decisions, account_name, account_type, lot_method FROM sleeves"
                      " ORDER BY name",
                      err);
    int more = s ? 1 : -1;
    while (more > 0 && (more = qm_db_step(&b->db, s, err)) > 0) {
        qm_sleeve_row row = {.state_version = sqlite3_column_int64(s, 7),
                             .decisions = (uint64_t)sqlite3_column_int64(s, 11)};
        qm_db_text(s, 0, row.name, sizeof row.name);
        qm_db_text(s, 1, row.file, sizeof row.file);
        qm_db_text(s, 2, row.preset, sizeof row.preset);
        qm_db_text(s, 3, row.account, sizeof row.account);
        qm_db_text(s, 4, row.source_hash, sizeof row.source_hash);
        qm_db_text(s, 8, row.status, sizeof row.status);
        qm_db_text(s, 9, row.message, sizeof row.message);
        qm_db_text(s, 12, row.account_name, sizeof row.account_name);
        qm_db_text(s, 13, row.account_type, sizeof row.account_type);
        qm_db_text(s, 14, row.lot_method, sizeof row.lot_method);
        const void *hash = sqlite3_column_blob(s, 10);
        if (hash && sqlite3_column_bytes(s, 10) == (int)sizeof row.decision_hash) {
            memcpy(row.decision_hash, hash, sizeof row.decision_hash);
        }
        bool ok = copy_column(s, 5, &row.params_json, NULL) &&
                  copy_column(s, 6, &row.state, &row.state_length);
        if (!ok || qm_vec_push(out, &row) != QM_OK) {
            qm_sleeve_row_fini(&row);
            sqlite3_reset(s);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_book_put_schedule(qm_book *b, const char *sleeve, const char *schedule, qm_time last,
                               qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&b->db, BK_PUT_SCHEDULE,
                                    "INSERT OR REPLACE INTO schedules VALUES(?1, ?2, ?3)", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, sleeve);
    qm_db_bind_text(s, 2, schedule);
    sqlite3_bind_int64(s, 3, last);
    return qm_db_run(&b->db, s, err);
}

qm_status qm_book_get_schedule(qm_book *b, const char *sleeve, const char *schedule, qm_time *last,
                               qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &b->db, BK_GET_SCHEDULE, "SELECT last FROM schedules WHERE sleeve = ?1 AND name = ?2", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, sleeve);
    qm_db_bind_text(s, 2, schedule);
    int found = qm_db_step(&b->db, s, err);
    *last = found > 0 ? sqlite3_column_int64(s, 0) : QM_TIME_NONE;
    sqlite3_reset(s);
    return found < 0 ? QM_EIO : QM_OK;
}

qm_status qm_book_put_timers(qm_book *b, const char *sleeve, const qm_timer_row *rows, size_t count,
                             qm_error *err) {
    sqlite3_stmt *s =
        qm_db_prepare(&b->db, BK_DROP_TIMERS, "DELETE FROM timers WHERE sleeve = ?1", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, sleeve);
    qm_status status = qm_db_run(&b->db, s, err);
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        s = qm_db_prepare(&b->db, BK_PUT_TIMER, "INSERT INTO timers VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                          err);
        if (!s) {
            return QM_EIO;
        }
        qm_db_bind_text(s, 1, sleeve);
        sqlite3_bind_int64(s, 2, (int64_t)rows[i].id);
        sqlite3_bind_int64(s, 3, rows[i].due);
        sqlite3_bind_int64(s, 4, rows[i].every_ns);
        qm_db_bind_text(s, 5, rows[i].callback);
        if (rows[i].data) {
            sqlite3_bind_blob64(s, 6, rows[i].data, rows[i].data_length, SQLITE_STATIC);
        }
        status = qm_db_run(&b->db, s, err);
    }
    return status;
}

qm_status qm_book_load_timers(qm_book *b, const char *sleeve, qm_timer_row_vec *out,
                              qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &b->db, BK_LOAD_TIMERS,
        "SELECT id, due, every_ns, callback, data FROM timers WHERE sleeve = ?1 ORDER BY id", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, sleeve);
    int more;
    while ((more = qm_db_step(&b->db, s, err)) > 0) {
        qm_timer_row row = {.id = (uint64_t)sqlite3_column_int64(s, 0),
                            .due = sqlite3_column_int64(s, 1),
                            .every_ns = sqlite3_column_int64(s, 2)};
        qm_db_text(s, 3, row.callback, sizeof row.callback);
        if (!copy_column(s, 4, &row.data, &row.data_length) || qm_vec_push(out, &row) != QM_OK) {
            qm_free(row.data);
            sqlite3_reset(s);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_book_put_value(qm_book *b, const char *key, const char *value, qm_error *err) {
    sqlite3_stmt *s =
        qm_db_prepare(&b->db, BK_PUT_VALUE, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, key);
    qm_db_bind_text(s, 2, value);
    return qm_db_run(&b->db, s, err);
}

qm_status qm_book_get_value(qm_book *b, const char *key, char *value, size_t value_max,
                            qm_error *err) {
    sqlite3_stmt *s =
        qm_db_prepare(&b->db, BK_GET_VALUE, "SELECT value FROM meta WHERE key = ?1", err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, key);
    int found = qm_db_step(&b->db, s, err);
    qm_status status = found < 0 ? QM_EIO : found == 0 ? QM_ENOTFOUND : QM_OK;
    if (found > 0 && (size_t)sqlite3_column_bytes(s, 0) >= value_max) {
        status = qm_error_at(err, QM_ERANGE, b->db.path, 0, 0, "the value of %s is too long", key);
    } else if (found > 0) {
        qm_db_text(s, 0, value, value_max);
    }
    sqlite3_reset(s);
    return status;
}
