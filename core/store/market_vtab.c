/* SPDX-License-Identifier: MIT
 *
 * The virtual table `bars` over the chunks. Symbol, timeframe and dates go down to the chunks;
 * SQLite checks every row again.
 */
#include "store/chunk.h"
#include "store/market_internal.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { COL_SYMBOL, COL_TIMEFRAME, COL_TIME, COL_DATE, COL_OPEN, COL_VOLUME = 8, COL_FLAGS };

typedef struct bars_table {
    sqlite3_vtab base;
    qm_market_db *market;
} bars_table;

typedef struct bars_cursor {
    sqlite3_vtab_cursor base;
    sqlite3_stmt *chunks;
    qm_bars bars; /* of the chunk at hand */
    size_t at;
    bool end;
    int64_t row;
} bars_cursor;

static int connect(sqlite3 *sql, void *aux, int argc, const char *const *argv, sqlite3_vtab **out,
                   char **message) {
    (void)argc, (void)argv, (void)message;
    int code = sqlite3_declare_vtab(
        sql, "CREATE TABLE x(symbol TEXT, timeframe TEXT, time TEXT, date TEXT, open REAL,"
             " high REAL, low REAL, close REAL, volume REAL, flags INTEGER)");
    if (code != SQLITE_OK) {
        return code;
    }
    bars_table *table = qm_calloc(1, sizeof *table);
    if (!table) {
        return SQLITE_NOMEM;
    }
    table->market = aux;
    *out = &table->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table) {
    qm_free(table);
    return SQLITE_OK;
}

/* idxStr: for each argument of filter a letter: s symbol, t timeframe, g date or time not before, l
 * not after, e equal. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *info) {
    (void)table;
    char plan[16] = "";
    int used = 0;
    double cost = 1e9;
    for (int i = 0; i < info->nConstraint && used < 12; i++) {
        const struct sqlite3_index_constraint *c = &info->aConstraint[i];
        if (!c->usable) {
            continue;
        }
        char letter = 0;
        bool dated = c->iColumn == COL_TIME || c->iColumn == COL_DATE;
        if (c->op == SQLITE_INDEX_CONSTRAINT_EQ) {
            letter = c->iColumn == COL_SYMBOL ? 's' : c->iColumn == COL_TIMEFRAME ? 't' : 0;
            letter = dated ? 'e' : letter;
        } else if (dated &&
                   (c->op == SQLITE_INDEX_CONSTRAINT_GE || c->op == SQLITE_INDEX_CONSTRAINT_GT)) {
            letter = 'g';
        } else if (dated &&
                   (c->op == SQLITE_INDEX_CONSTRAINT_LE || c->op == SQLITE_INDEX_CONSTRAINT_LT)) {
            letter = 'l';
        }
        if (letter) {
            plan[used++] = letter;
            info->aConstraintUsage[i].argvIndex = used;
            cost /= letter == 's' ? 1000 : 4;
        }
    }
    info->idxStr = sqlite3_mprintf("%s", plan);
    info->needToFreeIdxStr = 1;
    info->estimatedCost = cost;
    return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **out) {
    bars_table *t = (bars_table *)(void *)table;
    bars_cursor *c = qm_calloc(1, sizeof *c);
    if (!c) {
        return SQLITE_NOMEM;
    }
    qm_bars_init(&c->bars, QM_TF_1D);
    int code = sqlite3_prepare_v2(
        t->market->db.sql,
        "SELECT i.symbol, c.tf, c.raw_length, c.data FROM chunks c JOIN instruments i"
        " ON i.id = c.instrument WHERE (?1 IS NULL OR c.instrument IN"
        " (SELECT instrument FROM aliases WHERE symbol = ?1)) AND (?2 IS NULL OR c.tf = ?2)"
        " AND (?3 IS NULL OR c.last_date >= ?3) AND (?4 IS NULL OR c.first_date <= ?4)"
        " ORDER BY i.symbol, c.tf, c.span",
        -1, &c->chunks, NULL);
    if (code != SQLITE_OK) {
        qm_free(c);
        return code;
    }
    *out = &c->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor) {
    bars_cursor *c = (bars_cursor *)(void *)cursor;
    sqlite3_finalize(c->chunks);
    qm_bars_fini(&c->bars);
    qm_free(c);
    return SQLITE_OK;
}

static int load_chunk(bars_cursor *c) {
    for (;;) {
        int code = sqlite3_step(c->chunks);
        if (code != SQLITE_ROW) {
            c->end = true;
            return code == SQLITE_DONE ? SQLITE_OK : code;
        }
        int64_t tf = sqlite3_column_int64(c->chunks, 1);
        qm_bars_truncate(&c->bars, 0);
        c->bars.tf = (qm_timeframe){(uint16_t)(tf >> 16), (uint16_t)(tf & 0xffff)};
        c->at = 0;
        qm_status status = qm_chunk_decode(sqlite3_column_blob(c->chunks, 3),
                                           (size_t)sqlite3_column_bytes(c->chunks, 3),
                                           (size_t)sqlite3_column_int64(c->chunks, 2), &c->bars);
        if (status != QM_OK) {
            return status == QM_ENOMEM ? SQLITE_NOMEM : SQLITE_CORRUPT;
        }
        if (c->bars.n > 0) {
            return SQLITE_OK;
        }
    }
}

/* A bound of time bounds the date with a day to spare, since a session's date is New York's. */
static void bind_date(bars_cursor *c, int index, const char *text, int spare) {
    qm_date date;
    char out[QM_DATE_BUF];
    if (text && strlen(text) >= 10 && qm_date_parse(text, 10, &date) == QM_OK) {
        qm_date_format(date + spare, out);
        sqlite3_bind_text(c->chunks, index, out, -1, SQLITE_TRANSIENT);
    }
}

static int filter(sqlite3_vtab_cursor *cursor, int number, const char *plan, int argc,
                  sqlite3_value **argv) {
    (void)number;
    bars_cursor *c = (bars_cursor *)(void *)cursor;
    sqlite3_reset(c->chunks);
    sqlite3_clear_bindings(c->chunks);
    c->end = false;
    c->row = 0;
    for (int i = 0; i < argc; i++) {
        const char *text = (const char *)sqlite3_value_text(argv[i]);
        qm_timeframe tf;
        if (plan[i] == 's') {
            sqlite3_bind_value(c->chunks, 1, argv[i]);
        } else if (plan[i] == 't' && text && qm_timeframe_parse(text, &tf) == QM_OK) {
            sqlite3_bind_int64(c->chunks, 2, qm_timeframe_code(tf));
        }
        if (plan[i] == 'g' || plan[i] == 'e') {
            bind_date(c, 3, text, -1);
        }
        if (plan[i] == 'l' || plan[i] == 'e') {
            bind_date(c, 4, text, 1);
        }
    }
    return load_chunk(c);
}

static int next(sqlite3_vtab_cursor *cursor) {
    bars_cursor *c = (bars_cursor *)(void *)cursor;
    c->row++;
    return ++c->at < c->bars.n ? SQLITE_OK : load_chunk(c);
}

static int at_end(sqlite3_vtab_cursor *cursor) {
    return ((bars_cursor *)(void *)cursor)->end;
}

static int column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int index) {
    bars_cursor *c = (bars_cursor *)(void *)cursor;
    char text[QM_TIME_BUF];
    switch (index) {
    case COL_SYMBOL:
        sqlite3_result_value(out, sqlite3_column_value(c->chunks, 0));
        break;
    case COL_TIMEFRAME:
        sqlite3_result_text(out, qm_timeframe_format(c->bars.tf, text), -1, SQLITE_TRANSIENT);
        break;
    case COL_TIME:
        qm_time_format(c->bars.time[c->at], text);
        sqlite3_result_text(out, text, -1, SQLITE_TRANSIENT);
        break;
    case COL_DATE:
        qm_date_format(c->bars.date[c->at], text);
        sqlite3_result_text(out, text, -1, SQLITE_TRANSIENT);
        break;
    case COL_FLAGS:
        sqlite3_result_int(out, c->bars.flags[c->at]);
        break;
    default: {
        double value = c->bars.column[index - COL_OPEN][c->at];
        if (isnan(value)) {
            sqlite3_result_null(out); /* a volume that the file did not give */
        } else {
            sqlite3_result_double(out, value);
        }
    }
    }
    return SQLITE_OK;
}

static int rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out) {
    *out = ((bars_cursor *)(void *)cursor)->row;
    return SQLITE_OK;
}

/* Eponymous: no xCreate, the table is simply there. */
static const sqlite3_module MODULE = {
    .xConnect = connect,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = filter,
    .xNext = next,
    .xEof = at_end,
    .xColumn = column,
    .xRowid = rowid,
};

qm_status qm_market_vtab_register(qm_market_db *m, qm_error *err) {
    return sqlite3_create_module(m->db.sql, "bars", &MODULE, m) == SQLITE_OK
               ? QM_OK
               : qm_db_failed(&m->db, err);
}
