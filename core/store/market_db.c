/* SPDX-License-Identifier: MIT
 *
 * market.db: schema, transactions, instruments and actions.
 */
#include "store/market_internal.h"

#include "base/mem.h"

#include <string.h>

static const char *const STEPS[] = {
    "CREATE TABLE instruments(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, symbol TEXT NOT NULL,"
    " venue TEXT NOT NULL, currency TEXT NOT NULL, name TEXT NOT NULL, sector TEXT NOT NULL,"
    " tick TEXT NOT NULL, multiplier INTEGER NOT NULL, market_cap_musd TEXT NOT NULL);"
    "CREATE TABLE aliases(symbol TEXT NOT NULL, from_date TEXT, to_date TEXT,"
    " instrument INTEGER NOT NULL REFERENCES instruments(id));"
    "CREATE INDEX aliases_by_symbol ON aliases(symbol);"
    "CREATE TABLE actions(instrument INTEGER NOT NULL, kind TEXT NOT NULL, ex_date TEXT NOT NULL,"
    " pay_date TEXT, num INTEGER NOT NULL, den INTEGER NOT NULL, cash TEXT NOT NULL,"
    " text TEXT NOT NULL, PRIMARY KEY(instrument, ex_date, kind)) WITHOUT ROWID;"
    "CREATE TABLE chunks(instrument INTEGER NOT NULL, tf INTEGER NOT NULL, span INTEGER NOT NULL,"
    " n INTEGER NOT NULL, first_time INTEGER NOT NULL, last_time INTEGER NOT NULL,"
    " first_date TEXT NOT NULL, last_date TEXT NOT NULL, raw_length INTEGER NOT NULL,"
    " data BLOB NOT NULL);"
    "CREATE UNIQUE INDEX chunks_by_key ON chunks(instrument, tf, span);"
    "CREATE VIEW splits AS SELECT i.symbol, a.ex_date, a.num, a.den FROM actions a"
    " JOIN instruments i ON i.id = a.instrument WHERE a.kind = 'split';"
    "CREATE VIEW dividends AS SELECT i.symbol, a.ex_date, a.pay_date, a.cash FROM actions a"
    " JOIN instruments i ON i.id = a.instrument WHERE a.kind = 'dividend';",
};

static const qm_db_schema SCHEMA = {
    .version = QM_MARKET_DB_SCHEMA,
    .steps = STEPS,
    .pragmas = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
};

static const char *const INSTRUMENT_KINDS[] = {"stock", "etf", "index", "option"};
static const char *const ACTION_KINDS[] = {"split", "dividend", "delist", "rename"};

static int index_of(const char *const *names, int count, const char *text) {
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            return i;
        }
    }
    return 0;
}

qm_status qm_market_db_open(const char *path, qm_db_open mode, qm_market_db **out, qm_error *err) {
    qm_market_db *m = qm_calloc(1, sizeof *m);
    if (!m) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = qm_db_open_file(&m->db, path, mode, &SCHEMA, err);
    if (status == QM_OK) {
        status = qm_market_vtab_register(m, err);
    }
    if (status != QM_OK) {
        qm_market_db_close(m);
        return status;
    }
    *out = m;
    return QM_OK;
}

void qm_market_db_close(qm_market_db *m) {
    if (m) {
        qm_db_close(&m->db);
        qm_free(m);
    }
}

qm_status qm_market_db_begin(qm_market_db *m, qm_error *err) {
    return qm_db_exec(&m->db, "BEGIN IMMEDIATE", err);
}

qm_status qm_market_db_commit(qm_market_db *m, qm_error *err) {
    qm_status status = qm_db_exec(&m->db, "COMMIT", err);
    if (status != QM_OK) {
        qm_market_db_rollback(m);
    }
    return status;
}

void qm_market_db_rollback(qm_market_db *m) {
    qm_db_rollback(&m->db);
}

static qm_decimal column_decimal(sqlite3_stmt *s, int column) {
    qm_decimal value = QM_DECIMAL_ZERO;
    const char *text = (const char *)sqlite3_column_text(s, column);
    if (text) {
        qm_decimal_parse(text, strlen(text), &value);
    }
    return value;
}

static qm_date column_date(sqlite3_stmt *s, int column) {
    qm_date date = QM_DATE_NONE;
    const char *text = (const char *)sqlite3_column_text(s, column);
    if (text) {
        qm_date_parse(text, strlen(text), &date);
    }
    return date;
}

static void bind_date(sqlite3_stmt *s, int index, qm_date date) {
    char text[QM_DATE_BUF];
    if (date == QM_DATE_NONE) {
        sqlite3_bind_null(s, index);
    } else {
        qm_date_format(date, text);
        qm_db_bind_text(s, index, text);
    }
}

static void bind_decimal(sqlite3_stmt *s, int index, qm_decimal value) {
    char text[QM_DECIMAL_BUF];
    qm_decimal_format(value, text);
    qm_db_bind_text(s, index, text);
}

static qm_status load_aliases(qm_market_db *m, qm_instruments *reg, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &m->db, ST_LOAD_ALIASES,
        "SELECT symbol, from_date, to_date, instrument FROM aliases WHERE from_date IS NOT NULL"
        " OR to_date IS NOT NULL ORDER BY rowid",
        err);
    int more = s ? 1 : -1;
    while (more > 0 && (more = qm_db_step(&m->db, s, err)) > 0) {
        qm_alias alias = {.from = column_date(s, 1),
                          .to = column_date(s, 2),
                          .id = (qm_instrument_id)sqlite3_column_int64(s, 3)};
        qm_db_text(s, 0, alias.symbol, sizeof alias.symbol);
        qm_status status = qm_instruments_add_alias(reg, &alias);
        if (status != QM_OK && status != QM_EEXISTS) {
            sqlite3_reset(s);
            return qm_error_at(err, status, m->db.path, 0, 0, "alias %s: %s", alias.symbol,
                               qm_status_text(status));
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_market_db_load_instruments(qm_market_db *m, qm_instruments *reg, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&m->db, ST_LOAD_INSTRUMENTS,
                                    "SELECT id, kind, symbol, venue, currency, name, sector, tick,"
                                    " multiplier, market_cap_musd FROM instruments ORDER BY id",
                                    err);
    int more = s ? 1 : -1;
    while (more > 0 && (more = qm_db_step(&m->db, s, err)) > 0) {
        char kind[16];
        qm_instrument in = {.id = (qm_instrument_id)sqlite3_column_int64(s, 0),
                            .tick = column_decimal(s, 7),
                            .multiplier = sqlite3_column_int64(s, 8),
                            .market_cap_musd = column_decimal(s, 9)};
        qm_db_text(s, 1, kind, sizeof kind);
        in.kind = (qm_instrument_kind)index_of(INSTRUMENT_KINDS, 4, kind);
        qm_db_text(s, 2, in.symbol, sizeof in.symbol);
        qm_db_text(s, 3, in.venue, sizeof in.venue);
        qm_db_text(s, 4, in.currency, sizeof in.currency);
        qm_db_text(s, 5, in.name, sizeof in.name);
        qm_db_text(s, 6, in.sector, sizeof in.sector);
        qm_instrument_id id;
        qm_status status = qm_instruments_add(reg, &in, &id);
        if (status != QM_OK) {
            sqlite3_reset(s);
            return qm_error_at(err, status, m->db.path, 0, 0, "instrument %s: %s", in.symbol,
                               qm_status_text(status));
        }
    }
    return more < 0 ? (err ? err->status : QM_EIO) : load_aliases(m, reg, err);
}

static qm_status save_alias(qm_market_db *m, const qm_instrument *in, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &m->db, ST_SAVE_ALIAS,
        "INSERT INTO aliases(symbol, from_date, to_date, instrument) SELECT ?1, NULL, NULL, ?2"
        " WHERE NOT EXISTS (SELECT 1 FROM aliases WHERE symbol = ?1 AND instrument = ?2)",
        err);
    if (!s) {
        return QM_EIO;
    }
    qm_db_bind_text(s, 1, in->symbol);
    sqlite3_bind_int64(s, 2, in->id);
    return qm_db_run(&m->db, s, err);
}

qm_status qm_market_db_save_instrument(qm_market_db *m, const qm_instrument *in, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &m->db, ST_SAVE_INSTRUMENT,
        "INSERT INTO instruments VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT(id)"
        " DO UPDATE SET kind = ?2, symbol = ?3, venue = ?4, currency = ?5, name = ?6, sector = ?7,"
        " tick = ?8, multiplier = ?9, market_cap_musd = ?10",
        err);
    if (!s) {
        return QM_EIO;
    }
    sqlite3_bind_int64(s, 1, in->id);
    qm_db_bind_text(s, 2, INSTRUMENT_KINDS[in->kind]);
    qm_db_bind_text(s, 3, in->symbol);
    qm_db_bind_text(s, 4, in->venue);
    qm_db_bind_text(s, 5, in->currency);
    qm_db_bind_text(s, 6, in->name);
    qm_db_bind_text(s, 7, in->sector);
    bind_decimal(s, 8, in->tick);
    sqlite3_bind_int64(s, 9, in->multiplier);
    bind_decimal(s, 10, in->market_cap_musd);
    qm_status status = qm_db_run(&m->db, s, err);
    return status == QM_OK ? save_alias(m, in, err) : status;
}

static void bind_action(sqlite3_stmt *s, const qm_action *a) {
    sqlite3_bind_int64(s, 1, a->instrument);
    qm_db_bind_text(s, 2, ACTION_KINDS[a->kind]);
    bind_date(s, 3, a->ex_date);
    bind_date(s, 4, a->pay_date);
    sqlite3_bind_int64(s, 5, a->num);
    sqlite3_bind_int64(s, 6, a->den);
    bind_decimal(s, 7, a->cash);
    qm_db_bind_text(s, 8, a->text);
}

qm_status qm_market_db_put_action(qm_market_db *m, const qm_action *action, bool *was_known,
                                  qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(
        &m->db, ST_KNOWN_ACTION,
        "SELECT 1 FROM actions WHERE instrument = ?1 AND kind = ?2 AND ex_date = ?3 AND"
        " pay_date IS ?4 AND num = ?5 AND den = ?6 AND cash = ?7 AND text = ?8",
        err);
    if (!s) {
        return QM_EIO;
    }
    bind_action(s, action);
    int known = qm_db_step(&m->db, s, err);
    sqlite3_reset(s);
    if (known != 0) {
        *was_known = known > 0;
        return known > 0 ? QM_OK : QM_EIO;
    }
    *was_known = false;
    s = qm_db_prepare(&m->db, ST_PUT_ACTION,
                      "INSERT OR REPLACE INTO actions(instrument, kind, ex_date, pay_date, num,"
                      " den, cash, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                      err);
    if (!s) {
        return QM_EIO;
    }
    bind_action(s, action);
    return qm_db_run(&m->db, s, err);
}

qm_status qm_market_db_load_actions(qm_market_db *m, qm_instrument_id instrument,
                                    qm_action_vec *out, qm_error *err) {
    sqlite3_stmt *s = qm_db_prepare(&m->db, ST_LOAD_ACTIONS,
                                    "SELECT kind, ex_date, pay_date, num, den, cash, text FROM"
                                    " actions WHERE instrument = ?1 ORDER BY ex_date, kind",
                                    err);
    if (!s) {
        return QM_EIO;
    }
    sqlite3_bind_int64(s, 1, instrument);
    int more;
    while ((more = qm_db_step(&m->db, s, err)) > 0) {
        char kind[16];
        qm_action a = {.instrument = instrument,
                       .ex_date = column_date(s, 1),
                       .pay_date = column_date(s, 2),
                       .num = sqlite3_column_int64(s, 3),
                       .den = sqlite3_column_int64(s, 4),
                       .cash = column_decimal(s, 5)};
        qm_db_text(s, 0, kind, sizeof kind);
        a.kind = (qm_action_kind)index_of(ACTION_KINDS, 4, kind);
        qm_db_text(s, 6, a.text, sizeof a.text);
        if (qm_vec_push(out, &a) != QM_OK) {
            sqlite3_reset(s);
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return more < 0 ? QM_EIO : QM_OK;
}

qm_status qm_market_db_remove(qm_market_db *m, qm_instrument_id instrument, qm_error *err) {
    static const char *const texts[] = {
        "DELETE FROM chunks WHERE instrument = ?1", "DELETE FROM actions WHERE instrument = ?1",
        "DELETE FROM aliases WHERE instrument = ?1", "DELETE FROM instruments WHERE id = ?1"};
    for (int i = 0; i < 4; i++) {
        sqlite3_stmt *s = qm_db_prepare(&m->db, ST_REMOVE + i, texts[i], err);
        if (!s) {
            return QM_EIO;
        }
        sqlite3_bind_int64(s, 1, instrument);
        qm_status status = qm_db_run(&m->db, s, err);
        if (status != QM_OK) {
            return status;
        }
    }
    return QM_OK;
}
