/* SPDX-License-Identifier: MIT */
#include "store/fetches.h"

#include "store/market_internal.h"

/* No part of the schema's version: a program that does not know the table leaves it alone. */
static const char TABLE[] =
    "CREATE TABLE IF NOT EXISTS fetches(provider TEXT NOT NULL, symbol TEXT NOT NULL,"
    " tf INTEGER NOT NULL, from_date INTEGER NOT NULL, to_date INTEGER NOT NULL,"
    " config TEXT NOT NULL, page INTEGER NOT NULL, cursor TEXT NOT NULL, low INTEGER NOT NULL,"
    " high INTEGER NOT NULL, PRIMARY KEY(provider, symbol, tf, from_date, to_date)) WITHOUT ROWID";

static void bind_name(sqlite3_stmt *s, const qm_fetch_point *p) {
    qm_db_bind_text(s, 1, p->provider);
    qm_db_bind_text(s, 2, p->symbol);
    sqlite3_bind_int64(s, 3, qm_timeframe_code(p->tf));
    sqlite3_bind_int64(s, 4, p->from);
    sqlite3_bind_int64(s, 5, p->to);
}

qm_status qm_fetch_load(qm_market_db *m, qm_fetch_point *p, qm_error *err) {
    qm_status status = qm_db_exec(&m->db, TABLE, err);
    sqlite3_stmt *s =
        status == QM_OK
            ? qm_db_prepare(&m->db, ST_LOAD_FETCH,
                            "SELECT from_date, to_date, config, page, cursor, low, high"
                            " FROM fetches WHERE provider = ?1 AND symbol = ?2 AND tf = ?3 AND"
                            " (?6 OR (from_date = ?4 AND to_date = ?5))"
                            " ORDER BY from_date, to_date LIMIT 1",
                            err)
            : NULL;
    if (!s) {
        return status == QM_OK ? QM_EIO : status;
    }
    bind_name(s, p);
    sqlite3_bind_int(s, 6, p->from == QM_DATE_NONE);
    int found = qm_db_step(&m->db, s, err);
    if (found > 0) {
        p->from = (qm_date)sqlite3_column_int64(s, 0);
        p->to = (qm_date)sqlite3_column_int64(s, 1);
        qm_db_text(s, 2, p->config, sizeof p->config);
        p->page = sqlite3_column_int64(s, 3);
        qm_db_text(s, 4, p->cursor, sizeof p->cursor);
        p->low = sqlite3_column_int64(s, 5);
        p->high = sqlite3_column_int64(s, 6);
    }
    sqlite3_reset(s);
    return found > 0 ? QM_OK : found < 0 ? QM_EIO : QM_ENOTFOUND;
}

qm_status qm_fetch_save(qm_market_db *m, const qm_fetch_point *p, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &m->db, ST_SAVE_FETCH,
        "INSERT OR REPLACE INTO fetches(provider, symbol, tf, from_date, to_date, config, page,"
        " cursor, low, high) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        err);
    if (!s) {
        return QM_EIO;
    }
    bind_name(s, p);
    qm_db_bind_text(s, 6, p->config);
    sqlite3_bind_int64(s, 7, p->page);
    qm_db_bind_text(s, 8, p->cursor);
    sqlite3_bind_int64(s, 9, p->low);
    sqlite3_bind_int64(s, 10, p->high);
    return qm_db_run(&m->db, s, err);
}

qm_status qm_fetch_done(qm_market_db *m, const qm_fetch_point *p, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&m->db, ST_DONE_FETCH,
                                    "DELETE FROM fetches WHERE provider = ?1 AND symbol = ?2 AND"
                                    " tf = ?3 AND from_date >= ?4 AND to_date <= ?5",
                                    err);
    if (!s) {
        return QM_EIO;
    }
    bind_name(s, p);
    return qm_db_run(&m->db, s, err);
}
