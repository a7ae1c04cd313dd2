/* SPDX-License-Identifier: MIT
 *
 * The common shape of a row without a detour: an ISO stamp, plain numbers of at most 15 digits, one
 * separator. Anything else is left to the general path, which then reads the same row.
 */
#include "import/internal.h"

#include <math.h>
#include <string.h>

static const double POWERS[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* A plain number up to a separator or the line's end; NULL when it is none. */
static inline const char *take_double(const char *at, const char *end, double *out) {
    uint64_t mantissa = 0;
    const char *first = at, *point = NULL;
    for (; at < end; at++) {
        unsigned digit = (unsigned)*at - '0';
        if (digit < 10) {
            mantissa = mantissa * 10 + digit;
        } else if (*at == '.' && !point) {
            point = at;
        } else {
            break;
        }
    }
    long digits = at - first - (point != NULL);
    if (digits < 1 || digits > 15) {
        return NULL;
    }
    *out = point ? (double)mantissa / POWERS[at - point - 1] : (double)mantissa;
    return at;
}

static inline bool two_digits(const char *at, int32_t *out) {
    unsigned a = (unsigned)at[0] - '0', b = (unsigned)at[1] - '0';
    *out = (int32_t)(a * 10 + b);
    return a < 10 && b < 10;
}

/* "2007-01-03" into r->today. */
static inline bool take_date(reader *r, const char *at) {
    if (memcmp(r->date_text, at, sizeof r->date_text) == 0) {
        return true;
    }
    qm_date date;
    if (qm_date_parse(at, 10, &date) != QM_OK ||
        date < qm_date_from_ymd(QM_STAMP_FIRST_YEAR, 1, 1) ||
        date > qm_date_from_ymd(QM_STAMP_LAST_YEAR, 12, 31)) {
        return false;
    }
    qm_day_set(r, date);
    memcpy(r->date_text, at, sizeof r->date_text);
    return true;
}

/* The stamp cell; NULL when it is not of the common shape. */
static inline const char *take_stamp(reader *r, const char *at, const char *end, qm_bar *bar) {
    if (end - at < 20 || !take_date(r, at)) {
        return NULL;
    }
    bar->date = r->today.date;
    at += 10;
    if (!r->intraday) {
        bar->time = r->today.hours.close;
        return at;
    }
    int32_t hour, minute, second = 0;
    if ((*at != ' ' && *at != 'T') || !two_digits(at + 1, &hour) || at[3] != ':' ||
        !two_digits(at + 4, &minute) || !r->today.plain) {
        return NULL;
    }
    at += 6;
    if (*at == ':') {
        if (!two_digits(at + 1, &second)) {
            return NULL;
        }
        at += 3;
    }
    if (hour > 23 || minute > 59 || second > 59) {
        return NULL;
    }
    bar->time = qm_time_from_date(r->today.date) +
                (hour * 3600 + minute * 60 + second) * QM_SECOND_NS - r->today.offset_ns;
    return at;
}

static inline bool is_fine(const qm_bar *bar) {
    double o = bar->x[QM_OPEN], h = bar->x[QM_HIGH], l = bar->x[QM_LOW], c = bar->x[QM_CLOSE];
    return l > 0 && h >= l && c >= l && c <= h && o >= l && o <= h;
}

/* One line; NULL: leave it to the general path. */
static const char *take_line(reader *r, const char *at, const char *end, char separator,
                             qm_bar *bar) {
    const layout *l = &r->layout;
    for (int cell = 0; cell < l->cells; cell++) {
        int field = l->field[cell];
        double value;
        at = field == FIELD_STAMP ? take_stamp(r, at, end, bar) : take_double(at, end, &value);
        if (!at || at >= end) {
            return NULL;
        }
        if (field >= 0 && field < QM_COLUMN_COUNT) {
            bar->x[field] = value;
        } else if (field == FIELD_ADJUSTED) {
            r->out->has_adjusted |= fabs(value - bar->x[QM_CLOSE]) > 1e-6 * bar->x[QM_CLOSE];
        }
        bool last = cell + 1 == l->cells;
        if (last && *at == '\r' && at + 1 < end) {
            at++;
        }
        if (*at != (last ? '\n' : separator)) {
            return NULL;
        }
        at++;
    }
    return at;
}

static bool applies(const reader *r) {
    const layout *l = &r->layout;
    /* The adjusted close is compared with the close, which must have been read before it. */
    bool adjusted_fits = l->cell[FIELD_ADJUSTED] < 0 || l->cell[FIELD_ADJUSTED] > l->cell[QM_CLOSE];
    bool new_york = r->tz == qm_tz_new_york();
    return r->form == QM_STAMP_YMD && l->cells <= LAYOUT_CELLS && l->cell[FIELD_CLOCK] < 0 &&
           !r->options->keep_text && adjusted_fits && (!r->intraday || new_york);
}

qm_status qm_rows_fast(reader *r, qm_error *err) {
    if (!applies(r)) {
        return QM_OK;
    }
    qm_cell window = qm_csv_window(r->csv);
    const char *at = window.text, *end = at + window.length;
    char separator = qm_csv_separator(r->csv);
    int64_t lines = 0;
    qm_status status = QM_OK;
    qm_bars *bars = &r->out->bars;
    for (;;) {
        qm_bar bar = {.x[QM_VOLUME] = NAN};
        const char *next = take_line(r, at, end, separator, &bar);
        if (!next || !is_fine(&bar) || (bars->n > 0 && bar.time <= bars->time[bars->n - 1])) {
            break; /* the general path words the error, or reads it */
        }
        bar.flags = r->today.session ? 0 : QM_BAR_NO_SESSION;
        status = qm_bars_push(bars, &bar);
        if (status != QM_OK) {
            qm_error_set(err, status, "%s", qm_status_text(status));
            break;
        }
        at = next;
        lines++;
    }
    qm_csv_take(r->csv, (size_t)(at - window.text), lines);
    return status;
}
