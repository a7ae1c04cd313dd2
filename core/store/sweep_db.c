/* SPDX-License-Identifier: MIT */
#include "store/sweep_db.h"

#include "base/mem.h"
#include "store/db.h"

#include <math.h>

struct qm_sweep_db {
    qm_db db;
};

enum { ST_NOTE, ST_PARAM, ST_RUN };

static const char *const STEPS[] = {
    "CREATE TABLE sweep(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;"
    "CREATE TABLE param(set_id INTEGER NOT NULL, name TEXT NOT NULL, value NOT NULL,"
    " PRIMARY KEY(set_id, name)) WITHOUT ROWID;"
    "CREATE TABLE run(run_id INTEGER PRIMARY KEY, set_id INTEGER NOT NULL, fold INTEGER NOT NULL,"
    " part TEXT NOT NULL, first TEXT, last TEXT, error TEXT, decision_hash TEXT,"
    " final_equity TEXT, objective REAL, total_return REAL, cagr REAL, volatility REAL,"
    " sharpe REAL, max_drawdown REAL, profit_factor REAL, trades REAL, days REAL);",
};

/* One file without a log beside it: it is renamed into its place. */
static const qm_db_schema SCHEMA = {
    .version = 1, .steps = STEPS, .pragmas = "PRAGMA journal_mode = MEMORY;"};

qm_status qm_sweep_db_open(const char *path, qm_sweep_db **out, qm_error *err) {
    qm_sweep_db *s = qm_calloc(1, sizeof *s);
    if (!s) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = qm_db_open_file(&s->db, path, QM_DB_CREATE, &SCHEMA, err);
    if (status == QM_OK) {
        status = qm_db_exec(&s->db, "BEGIN IMMEDIATE", err);
    }
    if (status != QM_OK) {
        qm_sweep_db_free(s);
        return status;
    }
    *out = s;
    return QM_OK;
}

void qm_sweep_db_free(qm_sweep_db *s) {
    if (s) {
        qm_db_close(&s->db);
        qm_free(s);
    }
}

qm_status qm_sweep_db_finish(qm_sweep_db *s, qm_error *err) {
    qm_status status = qm_db_exec(&s->db, "COMMIT", err);
    qm_sweep_db_free(s);
    return status;
}

qm_status qm_sweep_db_note(qm_sweep_db *s, const char *key, const char *value, qm_error *err) {
    sqlite3_stmt *q = qm_db_prepare(&s->db, ST_NOTE, "INSERT INTO sweep VALUES(?1, ?2)", err);
    if (!q) {
        return qm_db_failed(&s->db, err);
    }
    qm_db_bind_text(q, 1, key);
    qm_db_bind_text(q, 2, value);
    return qm_db_run(&s->db, q, err);
}

qm_status qm_sweep_db_param(qm_sweep_db *s, int64_t set, const char *name, const char *value,
                            bool numeric, qm_error *err) {
    sqlite3_stmt *q = qm_db_prepare(
        &s->db, ST_PARAM, "INSERT INTO param VALUES(?1, ?2, CASE WHEN ?4 THEN ?3 + 0 ELSE ?3 END)",
        err);
    if (!q) {
        return qm_db_failed(&s->db, err);
    }
    sqlite3_bind_int64(q, 1, set);
    qm_db_bind_text(q, 2, name);
    qm_db_bind_text(q, 3, value);
    sqlite3_bind_int(q, 4, numeric);
    return qm_db_run(&s->db, q, err);
}

qm_status qm_sweep_db_put(qm_sweep_db *s, const qm_sweep_db_run *run, qm_error *err) {
    sqlite3_stmt *q = qm_db_prepare(&s->db, ST_RUN,
                                    "INSERT INTO run VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                                    " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                                    err);
    if (!q) {
        return qm_db_failed(&s->db, err);
    }
    const char *const texts[] = {run->part,  run->first,         run->last,
                                 run->error, run->decision_hash, run->final_equity};
    sqlite3_bind_int64(q, 1, run->run);
    sqlite3_bind_int64(q, 2, run->set);
    sqlite3_bind_int64(q, 3, run->fold);
    for (int i = 0; i < 6; i++) {
        qm_db_bind_text(q, 4 + i, texts[i]);
    }
    for (int i = 0; i < QM_SWEEP_DB_FIGURES; i++) {
        if (isfinite(run->figures[i])) {
            sqlite3_bind_double(q, 10 + i, run->figures[i]);
        }
    }
    return qm_db_run(&s->db, q, err);
}
