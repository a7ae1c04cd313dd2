/* SPDX-License-Identifier: MIT */
#include "quantmatrix/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *text;
    int code;
} table[] = {
#define X(constant, name, text, code) {name, text, code},
    QM_STATUS_MAP(X)
#undef X
};

const char *qm_status_name(qm_status status) {
    return (unsigned)status < QM_STATUS_COUNT ? table[status].name : "unknown";
}

const char *qm_status_text(qm_status status) {
    return (unsigned)status < QM_STATUS_COUNT ? table[status].text : "unknown status";
}

int qm_status_exit_code(qm_status status) {
    return (unsigned)status < QM_STATUS_COUNT ? table[status].code : 70;
}

static void fill(qm_error *err, qm_status status, const char *file, int64_t row, int32_t column,
                 const char *format, va_list args) {
    /* The message may be built from the error's own text, so it goes through a copy. */
    char message[QM_ERROR_TEXT_MAX];
    vsnprintf(message, sizeof message, format, args);
    char place[QM_ERROR_FILE_MAX];
    snprintf(place, sizeof place, "%s", file ? file : "");
    err->status = status;
    err->row = row;
    err->column = column;
    memcpy(err->file, place, sizeof place);
    memcpy(err->message, message, sizeof message);
}

qm_status qm_error_set(qm_error *err, qm_status status, const char *format, ...) {
    if (err) {
        va_list args;
        va_start(args, format);
        fill(err, status, NULL, 0, 0, format, args);
        va_end(args);
    }
    return status;
}

qm_status qm_error_at(qm_error *err, qm_status status, const char *file, int64_t row,
                      int32_t column, const char *format, ...) {
    if (err) {
        va_list args;
        va_start(args, format);
        fill(err, status, file, row, column, format, args);
        va_end(args);
    }
    return status;
}

const char *qm_error_format(const qm_error *err, char *out, int out_size) {
    size_t size = (size_t)out_size;
    const char *message = err->message[0] ? err->message : qm_status_text(err->status);
    if (!err->file[0]) {
        if (err->row > 0) {
            snprintf(out, size, "row %lld: %s", (long long)err->row, message);
        } else {
            snprintf(out, size, "%s", message);
        }
    } else if (err->row > 0 && err->column > 0) {
        snprintf(out, size, "%s:%lld:%d: %s", err->file, (long long)err->row, err->column, message);
    } else if (err->row > 0) {
        snprintf(out, size, "%s:%lld: %s", err->file, (long long)err->row, message);
    } else {
        snprintf(out, size, "%s: %s", err->file, message);
    }
    return out;
}
