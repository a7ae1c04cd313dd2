/* SPDX-License-Identifier: MIT
 *
 * db.h: what both databases share: opening with migrations, statements, errors, transactions.
 * Internal to the room.
 */
#ifndef QM_STORE_DB_H
#define QM_STORE_DB_H

#include "store/market_db.h"

#include <sqlite3.h>

enum { QM_DB_STATEMENTS = 24 };

typedef struct qm_db {
    sqlite3 *sql;
    char *path;
    sqlite3_stmt *cached[QM_DB_STATEMENTS]; /* by the room's own numbers */
} qm_db;

typedef struct qm_db_schema {
    int version;
    const char *const *steps; /* [i]: SQL from version i to i + 1 */
    const char *pragmas;      /* run at every opening for writing */
} qm_db_schema;

/* db is zeroed storage; qm_db_close also after an error. */
qm_status qm_db_open_file(qm_db *db, const char *path, qm_db_open mode, const qm_db_schema *schema,
                          qm_error *err);
void qm_db_close(qm_db *db);
qm_status qm_db_exec(qm_db *db, const char *text, qm_error *err);
/* Nothing when no transaction is open. */
void qm_db_rollback(qm_db *db);
/* The cached statement of a number, reset and unbound; NULL and err on failure. */
sqlite3_stmt *qm_db_prepare(qm_db *db, int number, const char *text, qm_error *err);
/* SQLite's last error as a status, with path and words. */
qm_status qm_db_failed(const qm_db *db, qm_error *err);
/* Steps a statement that returns no rows. */
qm_status qm_db_run(qm_db *db, sqlite3_stmt *statement, qm_error *err);
/* 1: a row, 0: the end, -1: failed (err is set). */
int qm_db_step(qm_db *db, sqlite3_stmt *statement, qm_error *err);

void qm_db_bind_text(sqlite3_stmt *statement, int index, const char *text);
/* Column as text into a fixed array; "" for NULL. */
void qm_db_text(sqlite3_stmt *statement, int column, char *out, size_t size);

#endif
