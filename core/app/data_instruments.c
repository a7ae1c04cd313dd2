/* SPDX-License-Identifier: MIT
 *
 * What is known of instruments beside their prices: a CSV with a row for each symbol; all of it or
 * none. Cells that are empty change nothing.
 */
#include "app/data.h"
#include "codec/csv.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 32, OUTPUT_MAX = 1 << 26 };
typedef enum column {
    SYMBOL,
    NAME,
    KIND,
    SECTOR,
    MARKET_CAP,
    TICK,
    MULTIPLIER,
    COLUMN_COUNT
} column;

static const char *const COLUMNS[COLUMN_COUNT + 1] = {"symbol",     "name", "kind",       "sector",
                                                      "market_cap", "tick", "multiplier", NULL};
static const char *const KINDS[] = {"stock", "etf", "index", "option", NULL};

typedef struct table {
    qm_desk *desk;
    const char *path;
    qm_csv *csv;
    int cell[COLUMN_COUNT]; /* -1: not in the file */
    int64_t rows;
} table;

static qm_cell trimmed(qm_cell c) {
    while (c.length && (*c.text == ' ' || *c.text == '\t')) {
        c.text++;
        c.length--;
    }
    while (c.length && (c.text[c.length - 1] == ' ' || c.text[c.length - 1] == '\t')) {
        c.length--;
    }
    return c;
}

static bool is_text(qm_cell c, const char *text) {
    return c.length == strlen(text) && memcmp(c.text, text, c.length) == 0;
}

static qm_status fault(const table *t, const char *what, qm_cell c, const char *why,
                       qm_error *err) {
    return qm_error_at(err, QM_EDATA, t->path, qm_csv_row(t->csv), 0, "%s \"%.*s\": %s", what,
                       (int)(c.length < 60 ? c.length : 60), c.text, why);
}

static qm_status read_header(table *t, const qm_cell *cells, size_t count, qm_error *err) {
    for (int k = 0; k < COLUMN_COUNT; k++) {
        t->cell[k] = -1;
    }
    for (size_t i = 0; i < count; i++) {
        qm_cell c = trimmed(cells[i]);
        int found = -1;
        for (int k = 0; k < COLUMN_COUNT; k++) {
            found = is_text(c, COLUMNS[k]) ? k : found;
        }
        if (found < 0) {
            return fault(t, "column", c,
                         "use symbol, name, kind, sector, market_cap, tick, multiplier", err);
        }
        t->cell[found] = (int)i;
    }
    return t->cell[SYMBOL] >= 0
               ? QM_OK
               : qm_error_at(err, QM_EDATA, t->path, 1, 0, "there is no column symbol");
}

static qm_status take_text(const table *t, column k, qm_cell c, char *out, size_t size,
                           qm_error *err) {
    if (c.length >= size) {
        return fault(t, COLUMNS[k], c, "is too long", err);
    }
    memcpy(out, c.text, c.length);
    out[c.length] = 0;
    return QM_OK;
}

/* Dollars; kept in millions. */
static qm_status take_cap(const table *t, qm_cell c, qm_decimal *out, qm_error *err) {
    double dollars;
    bool fine = qm_cell_double(c, &dollars) && dollars > 0 && dollars < 1e15 &&
                qm_decimal_from_double(dollars / 1e6, out) == QM_OK;
    return fine ? QM_OK : fault(t, "market_cap", c, "is no amount of dollars above zero", err);
}

static qm_status take_cell(const table *t, column k, qm_cell c, qm_instrument *out, qm_error *err) {
    int64_t whole;
    switch (k) {
    case NAME:
        return take_text(t, k, c, out->name, sizeof out->name, err);
    case SECTOR:
        return take_text(t, k, c, out->sector, sizeof out->sector, err);
    case MARKET_CAP:
        return take_cap(t, c, &out->market_cap_musd, err);
    case KIND:
        for (int i = 0; KINDS[i]; i++) {
            if (is_text(c, KINDS[i])) {
                out->kind = (qm_instrument_kind)i;
                return QM_OK;
            }
        }
        return fault(t, "kind", c, "use stock, etf, index or option", err);
    case TICK:
        return qm_cell_decimal(c, &out->tick) == QM_OK && out->tick.raw > 0
                   ? QM_OK
                   : fault(t, "tick", c, "is no price step above zero", err);
    case MULTIPLIER:
        if (!qm_cell_int(c, &whole) || whole <= 0 || whole > 1000000) {
            return fault(t, "multiplier", c, "is no whole number from 1 to 1,000,000", err);
        }
        out->multiplier = whole;
        return QM_OK;
    default:
        return QM_OK;
    }
}

static qm_status take_row(table *t, const qm_cell *cells, size_t count, qm_error *err) {
    char symbol[QM_SYMBOL_MAX];
    qm_instrument_id id;
    qm_cell name = (size_t)t->cell[SYMBOL] < count ? trimmed(cells[t->cell[SYMBOL]]) : (qm_cell){0};
    if (name.length == 0 || name.length >= sizeof symbol) {
        return fault(t, "symbol", name, "is no symbol", err);
    }
    memcpy(symbol, name.text, name.length);
    symbol[name.length] = 0;
    qm_status status = qm_data_save_instrument(t->desk, symbol, &id, err);
    if (status != QM_OK) {
        return status == QM_EUSAGE ? fault(t, "symbol", name, "is no symbol", err) : status;
    }
    qm_instrument *in = qm_instruments_edit(t->desk->instruments, id);
    for (int k = NAME; k < COLUMN_COUNT && status == QM_OK; k++) {
        if (t->cell[k] >= 0 && (size_t)t->cell[k] < count) {
            qm_cell c = trimmed(cells[t->cell[k]]);
            status = c.length ? take_cell(t, (column)k, c, in, err) : QM_OK;
        }
    }
    t->rows += status == QM_OK;
    return status == QM_OK ? qm_market_db_save_instrument(t->desk->market, in, err) : status;
}

static qm_status read_all(table *t, qm_error *err) {
    const qm_cell *cells;
    size_t count;
    qm_status status = qm_csv_next(t->csv, &cells, &count, err);
    if (status == QM_OK && !cells) {
        return qm_error_at(err, QM_EDATA, t->path, 0, 0, "is empty");
    }
    status = status == QM_OK ? read_header(t, cells, count, err) : status;
    while (status == QM_OK && (status = qm_csv_next(t->csv, &cells, &count, err)) == QM_OK &&
           cells) {
        status = take_row(t, cells, count, err);
    }
    return status;
}

static qm_status import(const qm_args *args, const char *path, qm_error *err) {
    qm_desk desk;
    qm_stream *stream = NULL;
    table t = {.desk = &desk, .path = path};
    qm_status status = qm_data_open(&desk, args, QM_DB_WRITE, err);
    status = status == QM_OK ? qm_stream_open(path, &stream, err) : status;
    if (status == QM_OK && qm_csv_new(stream, path, 0, &t.csv) != QM_OK) {
        status = qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    if (status == QM_OK) {
        status = qm_market_db_begin(desk.market, err);
        status = status == QM_OK ? read_all(&t, err) : status;
        if (status == QM_OK) {
            status = qm_market_db_commit(desk.market, err);
        } else {
            qm_market_db_rollback(desk.market);
        }
    }
    if (status == QM_OK) {
        fprintf(stderr, "%s: %lld instruments\n", path, (long long)t.rows);
    }
    qm_csv_free(t.csv);
    qm_stream_close(stream);
    qm_desk_fini(&desk);
    return status;
}

static qm_status list(const qm_args *args, qm_error *err) {
    static const char *const headers[] = {
        "symbol", "name", "kind", "sector", "market cap, million", "tick", "multiplier"};
    static const bool right[] = {false, false, false, false, true, true, true};
    qm_desk desk;
    qm_table *rows = NULL;
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status = qm_data_open(&desk, args, QM_DB_READ, err);
    status = status == QM_OK ? qm_table_new(headers, right, 7, &rows) : status;
    for (qm_instrument_id id = 1; status == QM_OK && id <= qm_instruments_count(desk.instruments);
         id++) {
        const qm_instrument *in = qm_instruments_get(desk.instruments, id);
        char cap[QM_DECIMAL_BUF] = "", tick[QM_DECIMAL_BUF], multiplier[24];
        if (in->market_cap_musd.raw > 0) {
            qm_decimal_format(in->market_cap_musd, cap);
        }
        qm_decimal_format(in->tick, tick);
        snprintf(multiplier, sizeof multiplier, "%lld", (long long)in->multiplier);
        const char *cells[] = {in->symbol, in->name, KINDS[in->kind], in->sector,
                               cap,        tick,     multiplier};
        status = qm_table_row(rows, cells);
    }
    status = status == QM_OK ? qm_table_print(rows, qm_wants_color(), 0, &out) : status;
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_table_free(rows);
    qm_buf_fini(&out);
    qm_desk_fini(&desk);
    return status;
}

qm_status qm_data_instruments(const qm_args *args, qm_error *err) {
    if (args->count == 3 && strcmp(args->values[1], "import") == 0) {
        return import(args, args->values[2], err);
    }
    if (args->count == 1 || (args->count == 2 && strcmp(args->values[1], "list") == 0)) {
        return list(args, err);
    }
    return qm_error_set(err, QM_EUSAGE, "data instruments: use import FILE.csv or list");
}
