/* SPDX-License-Identifier: MIT
 *
 * Rows out of JSON, in the four shapes that providers use.
 */
#include "import/records.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_MAX = 128 };

/* The value at a path of keys; NULL: none. */
static const qm_json *at_path(const qm_json *value, const char *path) {
    while (value && path && *path) {
        char key[KEY_MAX];
        size_t n = strcspn(path, ".");
        if (n >= sizeof key || !qm_json_is_object(value)) {
            return NULL;
        }
        memcpy(key, path, n);
        key[n] = 0;
        value = qm_json_get(value, key);
        path += n + (path[n] == '.');
    }
    return value;
}

/* Names with points ("1. open") are taken as they are before they count as a path. */
static const qm_json *member(const qm_json *row, const char *name) {
    if (qm_json_is_array(row)) {
        char *end;
        long position = strtol(name, &end, 10);
        return *end == 0 && position >= 1 ? qm_json_at(row, (size_t)position - 1) : NULL;
    }
    const qm_json *value = qm_json_is_object(row) ? qm_json_get(row, name) : NULL;
    return value ? value : at_path(row, name);
}

/* A scalar's text; NULL: it has none. A number of up to 15 digits comes out as it was written. */
static const char *scalar(const qm_json *value, char *storage, size_t size) {
    double number;
    const char *text = qm_json_text(value);
    if (text || !qm_json_number(value, &number)) {
        return text;
    }
    if (number == floor(number) && fabs(number) < 9007199254740992.0) {
        snprintf(storage, size, "%.0f", number);
        return storage;
    }
    snprintf(storage, size, "%.15g", number);
    if (strtod(storage, NULL) != number) {
        snprintf(storage, size, "%.17g", number);
    }
    return storage;
}

static qm_status add(qm_records *out, const qm_json *value, const qm_records_layout *layout, int f,
                     int64_t place, qm_error *err) {
    char storage[48];
    const char *name = layout->field[f];
    bool empty = !name || (layout->optional[f] && (!value || qm_json_is_null(value)));
    const char *text = empty ? "" : scalar(value, storage, sizeof storage);
    if (!text) {
        return qm_error_at(err, QM_EDATA, NULL, place, 0, "%s \"%s\"",
                           !value                   ? "there is no field"
                           : qm_json_is_null(value) ? "null stands in the field"
                                                    : "no text or number stands in the field",
                           name);
    }
    qm_status status = qm_records_add(out, text, strlen(text));
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

static qm_status begin_row(qm_records *out, int64_t place, qm_error *err) {
    qm_status status = qm_vec_push(&out->places, &place);
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

static qm_status read_list(const qm_json *rows, const qm_records_layout *layout, qm_records *out,
                           qm_error *err) {
    qm_status status = QM_OK;
    int64_t place = 0;
    for (const qm_json *row = qm_json_first(rows); status == QM_OK && row;
         row = qm_json_next(row)) {
        if (!qm_json_is_object(row) && !qm_json_is_array(row)) {
            return qm_error_at(err, QM_EDATA, NULL, place + 1, 0, "the row is no object or array");
        }
        status = begin_row(out, ++place, err);
        for (int f = 0; status == QM_OK && f < QM_RECORD_FIELDS; f++) {
            const char *name = layout->field[f];
            status = add(out, name ? member(row, name) : NULL, layout, f, place, err);
        }
    }
    return status;
}

/* {"2024-01-02": {...}, ...} */
static qm_status read_keyed(const qm_json *rows, const qm_records_layout *layout, qm_records *out,
                            qm_error *err) {
    qm_status status = QM_OK;
    int64_t place = 0;
    for (const qm_json *row = qm_json_first(rows); status == QM_OK && row;
         row = qm_json_next(row)) {
        status = begin_row(out, ++place, err);
        for (int f = 0; status == QM_OK && f < QM_RECORD_FIELDS; f++) {
            const char *name = layout->field[f];
            if (name && strcmp(name, "*") == 0) {
                status = qm_records_add(out, qm_json_name(row), strlen(qm_json_name(row)));
            } else {
                status = add(out, name ? member(row, name) : NULL, layout, f, place, err);
            }
        }
    }
    return status;
}

/* {"t": [...], "c": [...]} */
static qm_status read_columns(const qm_json *rows, const qm_records_layout *layout, qm_records *out,
                              qm_error *err) {
    const qm_json *at[QM_RECORD_FIELDS] = {0};
    const char *first = NULL;
    size_t n = 0;
    for (int f = 0; f < QM_RECORD_FIELDS; f++) {
        const char *name = layout->field[f];
        const qm_json *column = name ? member(rows, name) : NULL;
        if (!name || (!column && layout->optional[f])) {
            continue;
        }
        if (!qm_json_is_array(column)) {
            return qm_error_set(err, QM_EDATA, "there is no array \"%s\"", name);
        }
        if (first && qm_json_size(column) != n) {
            return qm_error_set(err, QM_EDATA, "\"%s\" has %zu values, \"%s\" has %zu", name,
                                qm_json_size(column), first, n);
        }
        first = first ? first : name;
        n = qm_json_size(column);
        at[f] = qm_json_first(column);
    }
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < n; i++) {
        status = begin_row(out, (int64_t)i + 1, err);
        for (int f = 0; status == QM_OK && f < QM_RECORD_FIELDS; f++) {
            status = add(out, at[f], layout, f, (int64_t)i + 1, err);
            at[f] = qm_json_next(at[f]);
        }
    }
    return status;
}

static bool is_keyed(const qm_records_layout *layout) {
    for (int f = 0; f < QM_RECORD_FIELDS; f++) {
        if (layout->field[f] && strcmp(layout->field[f], "*") == 0) {
            return true;
        }
    }
    return false;
}

static qm_status read_next(const qm_json *root, const qm_records_layout *layout, qm_records *out,
                           qm_error *err) {
    char storage[48];
    const qm_json *value = layout->next ? at_path(root, layout->next) : NULL;
    if (!value || qm_json_is_null(value) || qm_json_is_false(value)) {
        return QM_OK; /* this is the last page */
    }
    const char *text = scalar(value, storage, sizeof storage);
    if (!text) {
        return qm_error_set(err, QM_EDATA, "\"%s\" is no text or number", layout->next);
    }
    qm_buf_puts(&out->next, text);
    qm_status status = out->next.status == QM_ERANGE ? QM_EDATA : out->next.status;
    return status == QM_OK ? QM_OK
                           : qm_error_set(err, status, "\"%s\": %s", layout->next,
                                          status == QM_EDATA ? "too long" : qm_status_text(status));
}

static qm_status read_rows(const qm_json *root, const qm_records_layout *layout, qm_records *out,
                           qm_error *err) {
    const qm_json *rows = at_path(root, layout->rows);
    if (qm_json_is_array(rows)) {
        return read_list(rows, layout, out, err);
    }
    if (qm_json_is_null(rows)) {
        return QM_OK; /* what some say for none */
    }
    if (!qm_json_is_object(rows)) {
        return qm_error_set(err, QM_EDATA, "there are no rows at \"%s\"",
                            layout->rows ? layout->rows : "");
    }
    return is_keyed(layout) ? read_keyed(rows, layout, out, err)
                            : read_columns(rows, layout, out, err);
}

qm_status qm_records_read_json(const char *body, size_t length, const qm_records_layout *layout,
                               qm_records *out, qm_error *err) {
    qm_json *root;
    qm_error trouble = {0};
    qm_status status = qm_json_parse(body, length, &root, &trouble);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", trouble.message);
    }
    status = read_rows(root, layout, out, err);
    if (status == QM_OK) {
        status = read_next(root, layout, out, err);
    }
    qm_json_free(root);
    return status;
}
