/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of this room share while one price file is read.
 */
#ifndef QM_IMPORT_INTERNAL_H
#define QM_IMPORT_INTERNAL_H

#include "base/calendar.h"
#include "base/tz.h"
#include "import/ohlcv.h"
#include "import/stamp.h"

enum { LAYOUT_CELLS = 64 };
enum { FIELD_STAMP = QM_COLUMN_COUNT, FIELD_CLOCK, FIELD_ADJUSTED, FIELD_COUNT };

/* Which cell holds what; -1: none. */
typedef struct layout {
    int cell[FIELD_COUNT];
    int cells;                       /* of the header */
    signed char field[LAYOUT_CELLS]; /* of each cell; -1: nothing that is read */
} layout;

/* What is known of one civil date in the file's zone. */
typedef struct day {
    qm_date date;
    qm_session hours;
    bool session; /* the exchange is open */
    bool plain;   /* one offset all day */
    qm_time midnight;
} day;

typedef struct reader {
    const char *path;
    const qm_ohlcv_options *options;
    qm_ohlcv *out;
    qm_csv *csv;
    qm_stream *stream;
    layout layout;
    const qm_tz *tz;
    qm_tz *tz_owned;
    qm_stamp_form form;
    bool intraday; /* stamps have a time */
    day today;
    char date_text[10]; /* as today is written, for the fast path */
} reader;

/* columns.c */
qm_status qm_layout_find(reader *r, const qm_cell *cells, size_t count, qm_error *err);
/* rows.c: one row in any shape. */
qm_status qm_row_read(reader *r, const qm_cell *cells, size_t count, qm_error *err);
void qm_day_set(reader *r, qm_date date);
/* fast.c: as many rows of the common shape as are in memory. */
qm_status qm_rows_fast(reader *r, qm_error *err);
/* A checked bar into the columns; row for the message. */
qm_status qm_row_push(reader *r, qm_bar *bar, int64_t row, qm_error *err);
/* place.c: finds the timeframe and turns stamps into ends of bars. */
qm_status qm_ohlcv_place(reader *r, qm_error *err);

#endif
