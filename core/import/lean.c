/* SPDX-License-Identifier: MIT
 *
 * The layout of LEAN: a zip with rows of prices x 10000 in New York time, and factor files from
 * which the splits follow.
 */
#include "base/mem.h"
#include "import/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PRICE_SCALE = 10000, CELLS = 6, DEN_MAX = 50 };

bool qm_lean_is(const char *path) {
    FILE *file = fopen(path, "rb");
    char start[4] = "";
    bool zip = file && fread(start, 1, 4, file) == 4 && memcmp(start, "PK\3\4", 4) == 0;
    if (file) {
        fclose(file);
    }
    return zip;
}

/* A minute file is named after its date: 20131004_trade.zip. */
static bool date_of_name(const char *path, qm_date *out) {
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    qm_stamp stamp;
    if (strlen(base) < 8 || !qm_stamp_read(QM_STAMP_COMPACT, (qm_cell){base, 8}, &stamp)) {
        return false;
    }
    *out = stamp.date;
    return true;
}

static qm_status bad_cell(const reader *r, int cell, qm_cell value, qm_error *err) {
    return qm_error_at(err, QM_EDATA, r->path, qm_csv_row(r->csv), cell + 1,
                       "not as LEAN writes it: \"%.*s\"", (int)value.length, value.text);
}

/* "20131004 00:00" of a daily row, or milliseconds of the day. */
static qm_status read_time(reader *r, qm_cell cell, const qm_date *file_date, qm_bar *bar,
                           qm_error *err) {
    qm_stamp stamp;
    int64_t ms;
    if (qm_stamp_read(QM_STAMP_COMPACT, cell, &stamp) && stamp.has_time) {
        qm_bar_place_daily(stamp.date, bar);
        return QM_OK;
    }
    if (!file_date || !qm_cell_int(cell, &ms) || ms < 0 || ms >= 86400000) {
        return bad_cell(r, 0, cell, err);
    }
    r->intraday = true;
    bar->date = *file_date;
    bar->time = qm_tz_from_local(qm_tz_new_york(), *file_date, ms * 1000000);
    return QM_OK;
}

static qm_status read_row(reader *r, const qm_cell *cells, size_t count, const qm_date *file_date,
                          qm_error *err) {
    qm_bar bar = {0};
    if (count != CELLS) {
        return qm_error_at(err, QM_EDATA, r->path, qm_csv_row(r->csv), 0,
                           "%zu cells instead of %d: no trade bars of LEAN", count, CELLS);
    }
    qm_status status = read_time(r, cells[0], file_date, &bar, err);
    for (int k = 0; status == QM_OK && k < QM_COLUMN_COUNT; k++) {
        if (!qm_cell_double(cells[k + 1], &bar.x[k])) {
            return bad_cell(r, k + 1, cells[k + 1], err);
        }
        bar.x[k] = k == QM_VOLUME ? bar.x[k] : bar.x[k] / PRICE_SCALE;
    }
    return status == QM_OK ? qm_row_push(r, &bar, qm_csv_row(r->csv), err) : status;
}

static qm_status read_bars(reader *r, qm_error *err) {
    qm_date date;
    bool dated = date_of_name(r->path, &date);
    for (int f = 0; f < FIELD_COUNT; f++) {
        r->layout.cell[f] = f == FIELD_STAMP ? 0 : f + 1;
    }
    r->out->has_volume = true;
    for (;;) {
        const qm_cell *cells;
        size_t count;
        qm_status status = qm_csv_next(r->csv, &cells, &count, err);
        if (status != QM_OK || !cells) {
            return status;
        }
        status = read_row(r, cells, count, dated ? &date : NULL, err);
        if (status != QM_OK) {
            return status;
        }
    }
}

/* The nearest fraction with small numbers; false when none is near. */
static bool small_fraction(double value, int64_t *num, int64_t *den) {
    for (int64_t d = 1; d <= DEN_MAX; d++) {
        double n = round(value * (double)d);
        if (n >= 1 && fabs(value * (double)d / n - 1) < 1e-4) {
            *num = (int64_t)n;
            *den = d;
            return true;
        }
    }
    return false;
}

typedef struct factor {
    qm_date date; /* holds up to and including it */
    double split;
} factor;

/* A split lies between two rows with different split factors: new shares for one old = later
 * factor / earlier factor, from the session after the earlier row's date on. */
static qm_status add_split(const char *path, int64_t row, const factor *a, const factor *b,
                           qm_action_vec *actions, qm_error *err) {
    qm_action action = {.kind = QM_ACTION_SPLIT, .pay_date = QM_DATE_NONE};
    if (fabs(a->split / b->split - 1) < 1e-9) {
        return QM_OK;
    }
    if (!small_fraction(b->split / a->split, &action.num, &action.den)) {
        return qm_error_at(err, QM_EDATA, path, row, 3,
                           "split factors %.10g and %.10g make no simple split", a->split,
                           b->split);
    }
    qm_session next;
    action.ex_date = qm_calendar_on_or_after(a->date + 1, &next) ? next.date : a->date + 1;
    qm_status status = qm_vec_push(actions, &action);
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "out of memory");
}

static qm_status read_factor_rows(qm_csv *csv, const char *path, qm_action_vec *actions,
                                  qm_error *err) {
    factor before = {0}, now;
    bool have = false;
    for (;;) {
        const qm_cell *cells;
        size_t count;
        qm_stamp stamp;
        qm_status status = qm_csv_next(csv, &cells, &count, err);
        if (status != QM_OK || !cells) {
            return status;
        }
        if (count < 3 || !qm_stamp_read(QM_STAMP_COMPACT, cells[0], &stamp) ||
            !qm_cell_double(cells[2], &now.split) || !(now.split > 0)) {
            return qm_error_at(err, QM_EDATA, path, qm_csv_row(csv), 1,
                               "no row of a factor file: \"%.*s\"", (int)cells[0].length,
                               cells[0].text);
        }
        now.date = stamp.date;
        if (have) {
            status = add_split(path, qm_csv_row(csv), &before, &now, actions, err);
        }
        if (status != QM_OK) {
            return status;
        }
        before = now;
        have = true;
    }
}

static qm_status read_factors(const char *path, qm_action_vec *actions, qm_error *err) {
    qm_stream *stream;
    qm_csv *csv = NULL;
    qm_status status = qm_stream_open(path, &stream, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_csv_new(stream, path, 0, &csv);
    if (status == QM_OK) {
        status = read_factor_rows(csv, path, actions, err);
    }
    qm_csv_free(csv);
    qm_stream_close(stream);
    return status;
}

qm_status qm_lean_read(const qm_lean_files *files, const qm_ohlcv_options *options, qm_ohlcv *out,
                       qm_action_vec *actions, qm_error *err) {
    reader r = {.path = files->zip, .options = options, .out = out, .tz = qm_tz_new_york()};
    *out = (qm_ohlcv){0};
    qm_bars_init(&out->bars, options->tf);
    qm_status status = qm_stream_open_zip(files->zip, NULL, &r.stream, err);
    if (status == QM_OK) {
        status = qm_csv_new(r.stream, files->zip, 0, &r.csv);
    }
    if (status == QM_OK) {
        status = read_bars(&r, err);
    }
    if (status == QM_OK && out->bars.n == 0) {
        status = qm_error_at(err, QM_EDATA, files->zip, 0, 0, "no rows");
    }
    if (status == QM_OK) {
        status = qm_ohlcv_place(&r, err);
    }
    if (status == QM_OK && files->factors) {
        status = read_factors(files->factors, actions, err);
    }
    qm_csv_free(r.csv);
    qm_stream_close(r.stream);
    return status;
}
