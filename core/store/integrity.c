/* SPDX-License-Identifier: MIT */
#include "store/integrity.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* First column of a statement's first row. */
static int first_text(sqlite3 *db, const char *sql, char *out, size_t size) {
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &s, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(s);
    }
    if (code == SQLITE_ROW) {
        snprintf(out, size, "%s", (const char *)sqlite3_column_text(s, 0));
    }
    sqlite3_finalize(s);
    return code;
}

qm_status qm_integrity_check(const char *path, int known, char *out, size_t size) {
    sqlite3 *db = NULL;
    char version[32] = "";
    int number = 0;
    out[0] = 0;
    if (access(path, F_OK) != 0) {
        return QM_ENOTFOUND;
    }
    int code = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
    sqlite3_busy_timeout(db, 5000);
    if (code == SQLITE_OK) {
        code = first_text(db, "PRAGMA user_version", version, sizeof version);
        sscanf(version, "%d", &number);
    }
    qm_status status = code == SQLITE_ROW ? QM_OK : QM_EDATA;
    if (status == QM_OK && number > known) {
        snprintf(out, size, "schema %d, this program knows %d", number, known);
        status = QM_EVERSION;
    } else if (status == QM_OK) {
        code = first_text(db, "PRAGMA quick_check(1)", out, size);
        bool fine = code == SQLITE_ROW && strcmp(out, "ok") == 0;
        status = fine ? QM_OK : QM_EDATA;
        out[fine ? 0 : strlen(out)] = 0;
    }
    if (status == QM_EDATA && !out[0]) {
        snprintf(out, size, "%s", sqlite3_errmsg(db));
    }
    sqlite3_close(db);
    return status;
}

const char *qm_sqlite_version(void) {
    return sqlite3_libversion();
}
