/* SPDX-License-Identifier: MIT
 *
 * One row in any shape: cells to a stamp and a bar, checked.
 */
#include "import/internal.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const NAMES[] = {"open", "high", "low", "close", "volume"};

static qm_status wrong(const reader *r, int cell, qm_cell value, const char *what, qm_error *err) {
    int shown = value.length > 60 ? 60 : (int)value.length;
    return qm_error_at(err, QM_EDATA, r->path, qm_csv_row(r->csv), cell + 1, "%s: \"%.*s\"", what,
                       shown, value.text);
}

void qm_day_set(reader *r, qm_date date) {
    day *d = &r->today;
    d->date = date;
    d->hours = qm_calendar_hours(date);
    d->session = qm_calendar_session(date, NULL);
    if (!r->intraday) {
        return; /* the rest is about times */
    }
    d->midnight = qm_tz_from_local(r->tz, date, 0);
    d->plain = qm_tz_offset(r->tz, d->midnight) == qm_tz_offset(r->tz, d->midnight + QM_DAY_NS);
}

static qm_status read_stamp(reader *r, const qm_cell *cells, qm_stamp *out, qm_error *err) {
    int at = r->layout.cell[FIELD_STAMP], clock = r->layout.cell[FIELD_CLOCK];
    qm_cell cell = cells[at];
    char joined[128];
    if (clock >= 0) {
        int n = snprintf(joined, sizeof joined, "%.*s %.*s", (int)cell.length, cell.text,
                         (int)cells[clock].length, cells[clock].text);
        if (n < 0 || n >= (int)sizeof joined) {
            return wrong(r, at, cell, "no date", err);
        }
        cell = (qm_cell){joined, (size_t)n};
    }
    bool first = r->form == QM_STAMP_UNKNOWN;
    if (first) {
        r->form = qm_stamp_form_of(cell);
        if (r->form == QM_STAMP_UNKNOWN) {
            return wrong(r, at, cell,
                         "no date in a known form (2007-01-03, 20070103, 01/03/2007 "
                         "with the month first, 3-Jan-2007, seconds since 1970)",
                         err);
        }
    }
    if (!qm_stamp_read(r->form, cell, out)) {
        char what[128];
        snprintf(what, sizeof what, "no date in the form of the rows before (%s)",
                 qm_stamp_form_name(r->form));
        return wrong(r, at, cell, what, err);
    }
    if (first) {
        r->intraday = out->has_time;
    } else if (out->has_time != r->intraday) {
        return wrong(r, at, cell,
                     r->intraday ? "a date without a time, unlike the rows before"
                                 : "a date with a time, unlike the rows before",
                     err);
    }
    return QM_OK;
}

/* The instant of an intraday stamp; a date's own number for daily bars. */
static qm_time instant_of(reader *r, const qm_stamp *stamp) {
    if (stamp->has_offset) {
        return qm_time_from_date(stamp->date) + stamp->ns - stamp->offset_ns;
    }
    return qm_tz_from_local(r->tz, stamp->date, stamp->ns);
}

static qm_status read_numbers(reader *r, const qm_cell *cells, qm_bar *bar, qm_error *err) {
    for (int f = 0; f < QM_COLUMN_COUNT; f++) {
        int at = r->layout.cell[f];
        if (at < 0) {
            bar->x[f] = NAN; /* a file without volume: unknown */
            continue;
        }
        if (!qm_cell_double(cells[at], &bar->x[f])) {
            char what[64];
            snprintf(what, sizeof what, "%s is no number", NAMES[f]);
            return wrong(r, at, cells[at], what, err);
        }
    }
    int at = r->layout.cell[FIELD_ADJUSTED];
    double adjusted;
    if (at >= 0 && !r->out->has_adjusted && qm_cell_double(cells[at], &adjusted)) {
        r->out->has_adjusted = fabs(adjusted - bar->x[QM_CLOSE]) > 1e-6 * bar->x[QM_CLOSE];
    }
    return QM_OK;
}

qm_status qm_row_push(reader *r, qm_bar *bar, int64_t row, qm_error *err) {
    qm_error inner = {0};
    qm_status status = qm_bar_check(bar, &inner);
    if (status != QM_OK) {
        return qm_error_at(err, status, r->path, row, r->layout.cell[inner.column] + 1, "%s",
                           inner.message);
    }
    qm_bars *bars = &r->out->bars;
    if (bars->n > 0 && bar->time <= bars->time[bars->n - 1]) {
        bool same = bar->time == bars->time[bars->n - 1];
        bool descending = bars->n == 1 && !same;
        return qm_error_at(err, QM_EDATA, r->path, row, r->layout.cell[FIELD_STAMP] + 1,
                           same         ? "the time of the row before again"
                           : descending ? "earlier than the row before: newest first? Sort the "
                                          "file by time, oldest first"
                                        : "earlier than the row before");
    }
    status = qm_bars_push(bars, bar);
    r->out->flagged_open += (bar->flags & QM_BAR_OPEN_OUTSIDE) != 0;
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

static qm_status keep_text(reader *r, qm_cell cell, qm_error *err) {
    qm_ohlcv *out = r->out;
    size_t n = out->bars.n;
    if (n > out->text_capacity) {
        size_t want = n * 2 + 64;
        char **moved = qm_reallocarray(out->time_text, want, sizeof *moved);
        if (!moved) {
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
        out->time_text = moved;
        out->text_capacity = want;
    }
    char *copy = qm_strndup(cell.text, cell.length);
    if (!copy) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    out->time_text[out->text_count++] = copy;
    return QM_OK;
}

qm_status qm_row_read(reader *r, const qm_cell *cells, size_t count, qm_error *err) {
    if (count != (size_t)r->layout.cells) {
        return qm_error_at(err, QM_EDATA, r->path, qm_csv_row(r->csv), 0,
                           "%zu cells, the header has %d", count, r->layout.cells);
    }
    qm_stamp stamp;
    qm_bar bar = {0};
    qm_status status = read_stamp(r, cells, &stamp, err);
    if (status == QM_OK) {
        status = read_numbers(r, cells, &bar, err);
    }
    if (status != QM_OK) {
        return status;
    }
    if (r->intraday) {
        bar.time = instant_of(r, &stamp);
        bar.date = qm_tz_to_local(qm_tz_new_york(), bar.time).date;
    } else {
        qm_bar_place_daily(stamp.date, &bar);
    }
    status = qm_row_push(r, &bar, qm_csv_row(r->csv), err);
    if (status == QM_OK && r->options->keep_text) {
        status = keep_text(r, cells[r->layout.cell[FIELD_STAMP]], err);
    }
    return status;
}
