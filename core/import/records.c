/* SPDX-License-Identifier: MIT
 *
 * The list itself, and its rows out of CSV.
 */
#include "import/records.h"

#include <string.h>

enum { TEXT_MAX = 1 << 29 };

void qm_records_fini(qm_records *t) {
    qm_buf_fini(&t->text);
    qm_buf_fini(&t->next);
    qm_vec_fini(&t->cells);
    qm_vec_fini(&t->places);
}

size_t qm_records_count(const qm_records *t) {
    return t->places.length;
}

qm_cell qm_records_cell(const qm_records *t, size_t row, int field) {
    const qm_record_cell *cell = &t->cells.items[row * QM_RECORD_FIELDS + (size_t)field];
    return (qm_cell){t->text.data ? t->text.data + cell->at : "", cell->length};
}

qm_status qm_records_add(qm_records *t, const char *text, size_t length) {
    qm_record_cell cell = {t->text.length, length};
    qm_buf_append(&t->text, text, length);
    return t->text.status != QM_OK ? t->text.status : qm_vec_push(&t->cells, &cell);
}

/* Which cell of the header is which field; -1: not wanted. */
static qm_status find_columns(const qm_records_layout *layout, const qm_cell *cells, size_t count,
                              int *at, qm_error *err) {
    for (int f = 0; f < QM_RECORD_FIELDS; f++) {
        const char *name = layout->field[f];
        at[f] = -1;
        for (size_t i = 0; name && i < count; i++) {
            if (cells[i].length == strlen(name) &&
                memcmp(cells[i].text, name, cells[i].length) == 0) {
                if (at[f] >= 0) {
                    return qm_error_at(err, QM_EDATA, NULL, 1, 0,
                                       "the header names two columns \"%s\"", name);
                }
                at[f] = (int)i;
            }
        }
        if (name && at[f] < 0) {
            size_t shown = count > 0 ? (size_t)(cells[count - 1].text - cells[0].text) : 0;
            shown += count > 0 ? cells[count - 1].length : 0;
            return qm_error_at(err, QM_EDATA, NULL, 1, 0, "the header names no column \"%s\": %.*s",
                               name, shown > 160 ? 160 : (int)shown,
                               count > 0 ? cells[0].text : "");
        }
    }
    return QM_OK;
}

static qm_status add_row(const qm_cell *cells, const int *at, int64_t place, qm_records *out) {
    qm_status status = qm_vec_push(&out->places, &place);
    for (int f = 0; status == QM_OK && f < QM_RECORD_FIELDS; f++) {
        qm_cell cell = at[f] >= 0 ? cells[at[f]] : (qm_cell){"", 0};
        status = qm_records_add(out, cell.text, cell.length);
    }
    return status;
}

static qm_status read_lines(qm_csv *csv, const qm_records_layout *layout, qm_records *out,
                            qm_error *err) {
    int at[QM_RECORD_FIELDS];
    const qm_cell *cells;
    size_t count, header = 0;
    qm_status status = qm_csv_next(csv, &cells, &count, err);
    if (status == QM_OK && !cells) {
        return qm_error_set(err, QM_EDATA, "the answer is empty: not even a header");
    }
    if (status == QM_OK) {
        header = count;
        status = find_columns(layout, cells, count, at, err);
    }
    while (status == QM_OK) {
        status = qm_csv_next(csv, &cells, &count, err);
        if (status != QM_OK || !cells) {
            break;
        }
        if (count != header) {
            return qm_error_at(err, QM_EDATA, NULL, qm_csv_row(csv), 0,
                               "%zu cells, the header has %zu", count, header);
        }
        status = add_row(cells, at, qm_csv_row(csv), out);
        if (status != QM_OK) {
            qm_error_set(err, status, "%s", qm_status_text(status));
        }
    }
    return status;
}

/* A line that was cut may end in a number that is still one: 1300 as 13. */
static qm_status read_csv(const char *body, size_t length, const qm_records_layout *layout,
                          qm_records *out, qm_error *err) {
    qm_stream *stream;
    qm_csv *csv = NULL;
    if (!layout->open_end && length > 0 && body[length - 1] != '\n') {
        return qm_error_set(err, QM_EDATA,
                            "the last line has no end: the answer was cut off (or set "
                            "open_end = true when the provider always leaves it out)");
    }
    qm_status status = qm_stream_open_memory("", body, length, &stream, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_csv_new(stream, "", 0, &csv);
    status = status == QM_OK ? read_lines(csv, layout, out, err)
                             : qm_error_set(err, status, "%s", qm_status_text(status));
    qm_csv_free(csv);
    qm_stream_close(stream);
    return status;
}

qm_status qm_records_read(const char *body, size_t length, const qm_records_layout *layout,
                          qm_records *out, qm_error *err) {
    *out = (qm_records){0};
    qm_buf_init(&out->text, TEXT_MAX);
    qm_buf_init(&out->next, 1 << 16);
    size_t blank = strspn(body, " \t\r\n");
    if (blank < length && body[blank] == '<') {
        return qm_error_set(err, QM_EDATA, "a web page instead of %s",
                            layout->json ? "JSON" : "CSV");
    }
    return layout->json ? qm_records_read_json(body, length, layout, out, err)
                        : read_csv(body, length, layout, out, err);
}
