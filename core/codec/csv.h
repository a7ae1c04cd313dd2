/* SPDX-License-Identifier: MIT
 *
 * csv.h: a streaming CSV reader, readers of cells, and how a cell is written.
 *
 * RFC 4180 quoting, CRLF and LF, a UTF-8 byte order mark, separators , ; and tab (seen from the
 * header line). A row is a set of views into the reader's buffer, valid until the next row. A line
 * longer than the maximum (1 MiB by default) is an error, so that a binary or endless file cannot
 * eat the memory. Rows count from 1 in the file's physical lines.
 */
#ifndef QM_CODEC_CSV_H
#define QM_CODEC_CSV_H

#include "base/buf.h"
#include "codec/stream.h"
#include "quantmatrix/decimal.h"
#include "quantmatrix/time.h"

#include <stdbool.h>

typedef struct qm_cell {
    const char *text;
    size_t length;
} qm_cell;

typedef struct qm_csv qm_csv;

/* Borrows the stream. max_line 0: the default. */
qm_status qm_csv_new(qm_stream *stream, const char *file_name, size_t max_line, qm_csv **out);
void qm_csv_free(qm_csv *csv);
/* The next row that is not empty. *cells is NULL at the end of the file. */
qm_status qm_csv_next(qm_csv *csv, const qm_cell **cells, size_t *count, qm_error *err);
/* The bytes that are read but not yet taken, for a reader that knows its lines: whole lines may be
 * taken with qm_csv_take (their bytes with the newline, their number). Empty at the end of what is
 * in memory: qm_csv_next then reads on. */
qm_cell qm_csv_window(const qm_csv *csv);
void qm_csv_take(qm_csv *csv, size_t bytes, int64_t lines);
/* Separator of the cells; 0 before the first row. */
char qm_csv_separator(const qm_csv *csv);
/* Physical line on which the current row started. */
int64_t qm_csv_row(const qm_csv *csv);

/* Writes a cell, quoted where it must be. */
void qm_csv_put(qm_buf *out, const char *text, size_t length);

/* Cells. Surrounding blanks are ignored; false when the cell is not wholly such a value. */
/* Bit-identical to strtod for every finite decimal text; thousands separators ("1,234,567.5")
 * are taken when they stand right; no hexadecimal, no "nan", no "inf". */
bool qm_cell_double(qm_cell cell, double *out);
qm_status qm_cell_decimal(qm_cell cell,
                          qm_decimal *out); /* $, thousands separators, (1.00) = -1.00 */
bool qm_cell_int(qm_cell cell, int64_t *out);

#endif
