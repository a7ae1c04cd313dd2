/* SPDX-License-Identifier: MIT
 *
 * records.h: rows of named fields out of an answer of a provider, CSV or JSON, as cells of text.
 *
 * JSON rows are found by a path of keys ("data.bars"; "" is the whole answer) and may be an array
 * of objects, an array of arrays (fields are then positions, from 1), an object of equally long
 * arrays, or an object whose keys are the times (that field is then "*"). A number keeps its value:
 * its shortest text that reads back as the same double. Nothing is filled in: a field that a row
 * does not have is an error that names row and field.
 */
#ifndef QM_IMPORT_RECORDS_H
#define QM_IMPORT_RECORDS_H

#include "base/buf.h"
#include "base/vec.h"
#include "codec/csv.h"
#include "codec/json.h"

enum { QM_RECORD_FIELDS = 8 };

typedef struct qm_records_layout {
    bool json;
    bool open_end;                       /* CSV: the last line may lack its newline */
    const char *rows;                    /* JSON: the path; NULL is "" */
    const char *field[QM_RECORD_FIELDS]; /* names in the answer; NULL: not wanted */
    bool optional[QM_RECORD_FIELDS];     /* a JSON row may lack it, or have null: an empty cell */
    const char *next;                    /* JSON: path of what the next page needs; NULL: none */
} qm_records_layout;

typedef struct qm_record_cell {
    size_t at, length; /* in the text of the records */
} qm_record_cell;

typedef struct qm_records {
    qm_buf text;
    QM_VEC(qm_record_cell) cells; /* QM_RECORD_FIELDS a row */
    QM_VEC(int64_t) places;       /* of each row: line of the CSV, or position from 1 */
    qm_buf next;                  /* "" when there is none */
} qm_records;

/* out must be fini'd also after an error. QM_EDATA with row and field; QM_EPARSE. */
qm_status qm_records_read(const char *body, size_t length, const qm_records_layout *layout,
                          qm_records *out, qm_error *err);
void qm_records_fini(qm_records *records);
size_t qm_records_count(const qm_records *records);
/* A view, valid while the records live. */
qm_cell qm_records_cell(const qm_records *records, size_t row, int field);

/* Internal to the room: one cell more; the row ends after QM_RECORD_FIELDS of them. */
qm_status qm_records_add(qm_records *records, const char *text, size_t length);
qm_status qm_records_read_json(const char *body, size_t length, const qm_records_layout *layout,
                               qm_records *out, qm_error *err);

#endif
