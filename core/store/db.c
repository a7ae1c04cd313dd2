/* SPDX-License-Identifier: MIT */
#include "store/db.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

qm_status qm_db_failed(const qm_db *db, qm_error *err) {
    int code = db->sql ? sqlite3_errcode(db->sql) & 0xff : SQLITE_NOMEM;
    qm_status status = QM_EIO;
    switch (code) {
    case SQLITE_FULL:
        status = QM_EFULL;
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        status = QM_EBUSY;
        break;
    case SQLITE_NOMEM:
        status = QM_ENOMEM;
        break;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
        status = QM_EPERM;
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_CONSTRAINT:
    case SQLITE_ERROR:
        status = QM_EDATA;
        break;
    default:
        break;
    }
    return qm_error_at(err, status, db->path, 0, 0, "%s",
                       db->sql ? sqlite3_errmsg(db->sql) : "out of memory");
}

qm_status qm_db_exec(qm_db *db, const char *text, qm_error *err) {
    return sqlite3_exec(db->sql, text, NULL, NULL, NULL) == SQLITE_OK ? QM_OK
                                                                      : qm_db_failed(db, err);
}

void qm_db_rollback(qm_db *db) {
    if (!sqlite3_get_autocommit(db->sql)) {
        qm_db_exec(db, "ROLLBACK", NULL);
    }
}

static int read_int(qm_db *db, const char *text) {
    sqlite3_stmt *statement;
    int value = -1;
    if (sqlite3_prepare_v2(db->sql, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        value = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    return value;
}

static qm_status migrate(qm_db *db, int from, const qm_db_schema *schema, qm_error *err) {
    qm_status status = qm_db_exec(db, "BEGIN IMMEDIATE", err);
    for (int i = from; status == QM_OK && i < schema->version; i++) {
        char set[64];
        snprintf(set, sizeof set, "PRAGMA user_version = %d", i + 1);
        status = qm_db_exec(db, schema->steps[i], err);
        if (status == QM_OK) {
            status = qm_db_exec(db, set, err);
        }
    }
    if (status == QM_OK) {
        return qm_db_exec(db, "COMMIT", err);
    }
    qm_db_rollback(db);
    return status;
}

static qm_status check_version(qm_db *db, qm_db_open mode, const qm_db_schema *schema,
                               qm_error *err) {
    int version = read_int(db, "PRAGMA user_version");
    if (version < 0) {
        return qm_db_failed(db, err);
    }
    if (version > schema->version) {
        return qm_error_at(err, QM_EVERSION, db->path, 0, 0,
                           "made by a newer version (schema %d, this program knows %d)", version,
                           schema->version);
    }
    if (version == schema->version) {
        return QM_OK;
    }
    if (mode == QM_DB_READ) {
        return qm_error_at(err, QM_EDATA, db->path, 0, 0,
                           "schema %d, not %d: open it once to "
                           "write",
                           version, schema->version);
    }
    return migrate(db, version, schema, err);
}

qm_status qm_db_open_file(qm_db *db, const char *path, qm_db_open mode, const qm_db_schema *schema,
                          qm_error *err) {
    static const int flags[] = {SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE};
    db->path = qm_strdup(path);
    if (!db->path) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    if (sqlite3_open_v2(path, &db->sql, flags[mode] | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK) {
        bool missing = mode != QM_DB_CREATE && sqlite3_errcode(db->sql) == SQLITE_CANTOPEN;
        qm_status status = qm_db_failed(db, err);
        return missing ? qm_error_at(err, QM_ENOTFOUND, path, 0, 0, "no such database") : status;
    }
    sqlite3_busy_timeout(db->sql, 5000);
    sqlite3_extended_result_codes(db->sql, 0);
    qm_status status = check_version(db, mode, schema, err);
    if (status == QM_OK && mode != QM_DB_READ) {
        status = qm_db_exec(db, schema->pragmas, err);
    }
    return status;
}

void qm_db_close(qm_db *db) {
    for (int i = 0; i < QM_DB_STATEMENTS; i++) {
        sqlite3_finalize(db->cached[i]);
    }
    sqlite3_close(db->sql);
    qm_free(db->path);
}

sqlite3_stmt *qm_db_prepare(qm_db *db, int number, const char *text, qm_error *err) {
    sqlite3_stmt **at = &db->cached[number];
    if (*at) {
        sqlite3_reset(*at);
        sqlite3_clear_bindings(*at);
        return *at;
    }
    if (sqlite3_prepare_v3(db->sql, text, -1, SQLITE_PREPARE_PERSISTENT, at, NULL) != SQLITE_OK) {
        qm_db_failed(db, err);
        return NULL;
    }
    return *at;
}

int qm_db_step(qm_db *db, sqlite3_stmt *statement, qm_error *err) {
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        return 1;
    }
    if (code != SQLITE_DONE) {
        qm_db_failed(db, err);
        sqlite3_reset(statement);
        return -1;
    }
    sqlite3_reset(statement);
    return 0;
}

qm_status qm_db_run(qm_db *db, sqlite3_stmt *statement, qm_error *err) {
    qm_error local = {0};
    int code = qm_db_step(db, statement, &local);
    if (code < 0) {
        if (err) {
            *err = local;
        }
        return local.status;
    }
    sqlite3_reset(statement);
    return QM_OK;
}

void qm_db_bind_text(sqlite3_stmt *statement, int index, const char *text) {
    sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT);
}

void qm_db_text(sqlite3_stmt *statement, int column, char *out, size_t size) {
    const char *text = (const char *)sqlite3_column_text(statement, column);
    snprintf(out, size, "%s", text ? text : "");
}
