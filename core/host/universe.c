/* SPDX-License-Identifier: MIT
 *
 * A universe with dates: a CSV of symbol,from,to.
 */
#include "host/internal.h"

#include "codec/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 3 };

typedef struct list {
    qm_script *script;
    const char *path;
    qm_csv *csv;
    int column[COLUMNS]; /* symbol, from, to */
} list;

static qm_status find_columns(list *l, const qm_cell *cells, size_t count, qm_error *err) {
    static const char *const names[COLUMNS] = {"symbol", "from", "to"};
    for (int k = 0; k < COLUMNS; k++) {
        l->column[k] = -1;
        for (size_t i = 0; i < count; i++) {
            if (cells[i].length == strlen(names[k]) &&
                strncmp(cells[i].text, names[k], cells[i].length) == 0) {
                l->column[k] = (int)i;
            }
        }
        if (l->column[k] < 0) {
            return qm_error_at(err, QM_EDATA, l->path, 1, 0, "no column \"%s\"", names[k]);
        }
    }
    return QM_OK;
}

static qm_status wrong(const list *l, int k, qm_cell cell, const char *what, qm_error *err) {
    return qm_error_at(err, QM_EDATA, l->path, qm_csv_row(l->csv), l->column[k] + 1, "\"%.*s\" %s",
                       (int)(cell.length < 40 ? cell.length : 40), cell.text, what);
}

static qm_status take_row(list *l, const qm_cell *cells, size_t count, qm_error *err) {
    qm_cell cell[COLUMNS];
    char symbol[QM_SYMBOL_MAX];
    qm_member_dates row = {.to = qm_date_from_ymd(9999, 12, 31)};
    for (int k = 0; k < COLUMNS; k++) {
        bool there = (size_t)l->column[k] < count;
        cell[k] = there ? cells[l->column[k]] : (qm_cell){"", 0};
    }
    snprintf(symbol, sizeof symbol, "%.*s", (int)cell[0].length, cell[0].text);
    if (cell[0].length >= sizeof symbol ||
        qm_instruments_intern(l->script->instruments, symbol, &row.instrument) != QM_OK) {
        return wrong(l, 0, cell[0], "is no symbol", err);
    }
    if (qm_date_parse(cell[1].text, cell[1].length, &row.from) != QM_OK) {
        return wrong(l, 1, cell[1], "is no date (2007-01-03)", err);
    }
    if (cell[2].length > 0 && qm_date_parse(cell[2].text, cell[2].length, &row.to) != QM_OK) {
        return wrong(l, 2, cell[2], "is no date (2007-01-03)", err);
    }
    if (row.to < row.from) {
        return wrong(l, 2, cell[2], "lies before from", err);
    }
    return qm_vec_push(&l->script->dates, &row) == QM_OK
               ? QM_OK
               : qm_error_set(err, QM_ENOMEM, "out of memory");
}

static int by_instrument(const void *x, const void *y) {
    const qm_member_dates *a = x, *b = y;
    if (a->instrument != b->instrument) {
        return a->instrument < b->instrument ? -1 : 1;
    }
    return (a->from > b->from) - (a->from < b->from);
}

/* The symbols, each once, in order of instrument. */
static qm_status fill_universe(qm_script *s, const char *path, qm_error *err) {
    if (s->dates.length == 0) {
        return qm_error_at(err, QM_EDATA, path, 0, 0, "no symbols in it");
    }
    qsort(s->dates.items, s->dates.length, sizeof *s->dates.items, by_instrument);
    for (size_t i = 0; i < s->dates.length; i++) {
        const qm_member_dates *d = &s->dates.items[i];
        bool again = i > 0 && d[-1].instrument == d->instrument;
        if (again && d[-1].to >= d->from) {
            return qm_error_at(err, QM_EDATA, path, 0, 0, "%s is in it twice on some days",
                               qm_instruments_get(s->instruments, d->instrument)->symbol);
        }
        if (!again && qm_vec_push(&s->universe, &d->instrument) != QM_OK) {
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    return QM_OK;
}

qm_status qm_universe_read(qm_script *s, const char *name, qm_error *err) {
    char path[4200];
    qm_stream *stream = NULL;
    const qm_cell *cells;
    size_t count;
    snprintf(path, sizeof path, name[0] == '/' ? "%s%s" : "%s/%s",
             name[0] == '/' ? "" : s->module_dir, name);
    list l = {.script = s, .path = path};
    qm_status status = qm_stream_open(path, &stream, err);
    if (status == QM_OK) {
        status = qm_csv_new(stream, path, 0, &l.csv);
    }
    if (status == QM_OK) {
        status = qm_csv_next(l.csv, &cells, &count, err);
    }
    if (status == QM_OK) {
        status = cells ? find_columns(&l, cells, count, err)
                       : qm_error_at(err, QM_EDATA, path, 0, 0, "the file is empty");
    }
    while (status == QM_OK) {
        status = qm_csv_next(l.csv, &cells, &count, err);
        if (status != QM_OK || !cells) {
            break;
        }
        status = take_row(&l, cells, count, err);
    }
    qm_csv_free(l.csv);
    qm_stream_close(stream);
    return status == QM_OK ? fill_universe(s, path, err) : status;
}
