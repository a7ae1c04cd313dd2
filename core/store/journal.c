/* SPDX-License-Identifier: MIT */
#include "store/journal.h"

#include "base/mem.h"
#include "store/book_internal.h"

#include <stdio.h>
#include <string.h>

struct qm_journal {
    qm_db db;
};

enum { JN_PUT_RUN, JN_PUT_DECISION, JN_KEEP_ONLY, JN_RUNS, JN_BY_SYMBOL, JN_BY_KIND };

static const char *const STEPS[] = {
    "CREATE TABLE runs(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, strategy TEXT NOT NULL,"
    " file TEXT NOT NULL, preset TEXT NOT NULL, source_hash TEXT NOT NULL, account TEXT NOT NULL,"
    " params TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER NOT NULL,"
    " first_time INTEGER NOT NULL, last_time INTEGER NOT NULL, cash TEXT NOT NULL,"
    " equity TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,"
    " decision_hash TEXT NOT NULL, fills INTEGER NOT NULL, decisions INTEGER NOT NULL);"
    "CREATE TABLE decisions(id INTEGER PRIMARY KEY, run INTEGER NOT NULL, symbol TEXT NOT NULL,"
    " time INTEGER NOT NULL, kind TEXT NOT NULL, json TEXT NOT NULL);"
    "CREATE INDEX decisions_by_symbol ON decisions(symbol, time);"
    "CREATE INDEX decisions_by_run ON decisions(run, kind);",
};

static const qm_db_schema SCHEMA = {
    .version = QM_JOURNAL_SCHEMA,
    .steps = STEPS,
    .pragmas =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;",
};

void qm_run_row_fini(qm_run_row *row) {
    qm_free(row->params);
    row->params = NULL;
}

qm_status qm_journal_open(const char *path, qm_db_open mode, qm_journal **out, qm_error *err) {
    qm_journal *j = qm_calloc(1, sizeof *j);
    if (!j) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = qm_db_open_file(&j->db, path, mode, &SCHEMA, err);
    if (status != QM_OK) {
        qm_journal_close(j);
        return status;
    }
    *out = j;
    return QM_OK;
}

void qm_journal_close(qm_journal *j) {
    if (j) {
        qm_db_close(&j->db);
        qm_free(j);
    }
}

qm_status qm_journal_begin(qm_journal *j, qm_error *err) {
    return qm_db_exec(&j->db, "BEGIN IMMEDIATE", err);
}

qm_status qm_journal_commit(qm_journal *j, qm_error *err) {
    return qm_db_exec(&j->db, "COMMIT", err);
}

void qm_journal_rollback(qm_journal *j) {
    qm_db_rollback(&j->db);
}

qm_status qm_journal_put_run(qm_journal *j, qm_run_row *row, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &j->db, JN_PUT_RUN,
        "INSERT OR REPLACE INTO runs VALUES(nullif(?1, 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
        " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
        err);
    if (!s) {
        return QM_EIO;
    }
    const char *const first[] = {row->kind,
                                 row->strategy,
                                 row->file,
                                 row->preset,
                                 row->source_hash,
                                 row->account,
                                 row->params ? row->params : ""};
    const int64_t times[] = {row->started, row->ended, row->from, row->to};
    const char *const last[] = {row->cash, row->equity, row->state, row->message,
                                row->decision_hash};
    sqlite3_bind_int64(s, 1, row->id);
    for (int i = 0; i < 7; i++) {
        qm_db_bind_text(s, 2 + i, first[i]);
    }
    for (int i = 0; i < 4; i++) {
        sqlite3_bind_int64(s, 9 + i, times[i]);
    }
    for (int i = 0; i < 5; i++) {
        qm_db_bind_text(s, 13 + i, last[i]);
    }
    sqlite3_bind_int64(s, 18, row->fills);
    sqlite3_bind_int64(s, 19, row->decisions);
    qm_status status = qm_db_run(&j->db, s, err);
    if (status == QM_OK && row->id == 0) {
        row->id = sqlite3_last_insert_rowid(j->db.sql);
    }
    return status;
}

qm_status qm_journal_put_decision(qm_journal *j, int64_t run, const qm_decision_row *row,
                                  qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&j->db, JN_PUT_DECISION,
                                    "INSERT INTO decisions VALUES(NULL, ?1, ?2, ?3, ?4, ?5)", err);
    if (!s) {
        return QM_EIO;
    }
    sqlite3_bind_int64(s, 1, run);
    qm_db_bind_text(s, 2, row->symbol);
    sqlite3_bind_int64(s, 3, row->time);
    qm_db_bind_text(s, 4, row->kind);
    sqlite3_bind_text(s, 5, row->json, (int)row->length, SQLITE_STATIC);
    return qm_db_run(&j->db, s, err);
}

qm_status qm_journal_keep_only(qm_journal *j, const char *strategy, int64_t run, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&j->db, JN_KEEP_ONLY,
                                    "DELETE FROM decisions WHERE run IN (SELECT id FROM runs WHERE"
                                    " strategy = ?1 AND kind = 'backtest' AND id <> ?2)",
                                    err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, strategy);
    sqlite3_bind_int64(s, 2, run);
    return qm_db_run(&j->db, s, err);
}

static void read_run(sqlite3_stmt *s, qm_run_row *row) {
    *row = (qm_run_row){.id = sqlite3_column_int64(s, 0),
                        .started = sqlite3_column_int64(s, 8),
                        .ended = sqlite3_column_int64(s, 9),
                        .from = sqlite3_column_int64(s, 10),
                        .to = sqlite3_column_int64(s, 11),
                        .fills = sqlite3_column_int64(s, 17),
                        .decisions = sqlite3_column_int64(s, 18)};
    qm_db_text(s, 1, row->kind, sizeof row->kind);
    qm_db_text(s, 2, row->strategy, sizeof row->strategy);
    qm_db_text(s, 3, row->file, sizeof row->file);
    qm_db_text(s, 4, row->preset, sizeof row->preset);
    qm_db_text(s, 5, row->source_hash, sizeof row->source_hash);
    qm_db_text(s, 6, row->account, sizeof row->account);
    qm_db_text(s, 12, row->cash, sizeof row->cash);
    qm_db_text(s, 13, row->equity, sizeof row->equity);
    qm_db_text(s, 14, row->state, sizeof row->state);
    qm_db_text(s, 15, row->message, sizeof row->message);
    qm_db_text(s, 16, row->decision_hash, sizeof row->decision_hash);
    row->params = qm_strdup((const char *)sqlite3_column_text(s, 7));
}

qm_status qm_journal_runs(qm_journal *j, int64_t limit, qm_run_row_vec *out, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&j->db, JN_RUNS,
                                    "SELECT * FROM (SELECT * FROM runs ORDER BY id DESC LIMIT ?1)"
                                    " ORDER BY id",
                                    err);
    if (!s) {
        return QM_EIO;
    }
    sqlite3_bind_int64(s, 1, limit);
    int more;
    while ((more = qm_db_step(&j->db, s, err)) > 0) {
        qm_run_row row;
        read_run(s, &row);
        if (!row.params || qm_vec_push(out, &row) != QM_OK) {
            qm_run_row_fini(&row);
            sqlite3_reset(s);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    sqlite3_reset(s);
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_journal_each_decision(qm_journal *j, const qm_decision_query *query,
                                   int (*each)(void *data, const char *source,
                                               const qm_decision_row *row),
                                   void *data, qm_error *err) {
    static const char by_symbol[] =
        "SELECT r.strategy || ' backtest ' || r.id, d.time, d.kind, d.symbol, d.json FROM"
        " decisions d JOIN runs r ON r.id = d.run WHERE d.symbol = ?1 AND d.time >= ?2 AND"
        " d.time < ?3 AND (?4 = '' OR d.kind = ?4) ORDER BY d.run, d.time, d.id";
    static const char by_kind[] =
        "SELECT r.strategy || ' backtest ' || r.id, d.time, d.kind, d.symbol, d.json FROM runs r"
        " JOIN decisions d ON d.run = r.id AND d.kind = ?4 WHERE d.time >= ?2 AND d.time < ?3"
        " AND ?1 = '' ORDER BY d.run, d.time, d.id";
    bool has_symbol = query->symbol && query->symbol[0];
    sqlite3_stmt *s = has_symbol ? qm_db_prepare(&j->db, JN_BY_SYMBOL, by_symbol, err)
                                 : qm_db_prepare(&j->db, JN_BY_KIND, by_kind, err);
    return s ? qm_decisions_walk(&j->db, s, query, each, data, err) : QM_EIO;
}
