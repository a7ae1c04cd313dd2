/* SPDX-License-Identifier: MIT
 *
 * SQL from people: one statement that only reads.
 */
#include "store/market_internal.h"

#include "base/mem.h"

#include <ctype.h>
#include <string.h>

static int allow(void *data, int action, const char *a, const char *b, const char *c,
                 const char *d) {
    (void)data, (void)a, (void)b, (void)c, (void)d;
    bool reads = action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION ||
                 action == SQLITE_RECURSIVE;
    return reads ? SQLITE_OK : SQLITE_DENY;
}

static bool only_blanks(const char *text) {
    for (; *text; text++) {
        if (!isspace((unsigned char)*text) && *text != ';') {
            return false;
        }
    }
    return true;
}

typedef int (*row_function)(void *data, bool header, int count, const char *const *values);

static qm_status run(qm_market_db *m, sqlite3_stmt *s, row_function row, void *data,
                     qm_error *err) {
    int count = sqlite3_column_count(s), code;
    const char **values = qm_calloc((size_t)count + 1, sizeof *values);
    if (!values) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    for (int i = 0; i < count; i++) {
        values[i] = sqlite3_column_name(s, i);
    }
    bool stop = row(data, true, count, values) != 0;
    qm_status status = QM_OK;
    while (!stop && (code = sqlite3_step(s)) != SQLITE_DONE) {
        if (code != SQLITE_ROW) {
            status = qm_db_failed(&m->db, err);
            break;
        }
        for (int i = 0; i < count; i++) {
            values[i] = (const char *)sqlite3_column_text(s, i);
        }
        stop = row(data, false, count, values) != 0;
    }
    qm_free(values);
    return status;
}

qm_status qm_market_db_query(qm_market_db *m, const char *sql, row_function row, void *data,
                             qm_error *err) {
    sqlite3_stmt *s = NULL;
    const char *tail = "";
    /* The virtual table connects at its first use, and that step the authorizer would refuse. */
    sqlite3_exec(m->db.sql, "SELECT 1 FROM bars LIMIT 0", NULL, NULL, NULL);
    sqlite3_set_authorizer(m->db.sql, allow, NULL);
    int code = sqlite3_prepare_v2(m->db.sql, sql, -1, &s, &tail);
    sqlite3_set_authorizer(m->db.sql, NULL, NULL);
    qm_status status = QM_OK;
    if (code == SQLITE_AUTH) {
        status = qm_error_set(err, QM_EDATA, "only SELECT is allowed here: %s", sql);
    } else if (code != SQLITE_OK) {
        status = qm_error_set(err, QM_EDATA, "SQL: %s", sqlite3_errmsg(m->db.sql));
    } else if (!s) {
        status = qm_error_set(err, QM_EDATA, "SQL: no statement");
    } else if (!only_blanks(tail)) {
        status = qm_error_set(err, QM_EDATA, "SQL: one statement at a time, not also: %s", tail);
    } else if (!sqlite3_stmt_readonly(s)) {
        status = qm_error_set(err, QM_EDATA, "only SELECT is allowed here: %s", sql);
    } else {
        status = run(m, s, row, data, err);
    }
    sqlite3_finalize(s);
    return status;
}
