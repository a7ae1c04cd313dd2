/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

void qm_buf_init(qm_buf *buf, size_t maximum) {
    *buf = (qm_buf){.maximum = maximum};
}

void qm_buf_fini(qm_buf *buf) {
    qm_free(buf->data);
    *buf = (qm_buf){.maximum = buf->maximum};
}

void qm_buf_clear(qm_buf *buf) {
    buf->length = 0;
    buf->status = QM_OK;
    if (buf->data) {
        buf->data[0] = 0;
    }
}

qm_status qm_buf_reserve(qm_buf *buf, size_t extra) {
    if (buf->status != QM_OK) {
        return buf->status;
    }
    if (extra > buf->maximum || buf->length > buf->maximum - extra) {
        return buf->status = QM_ERANGE;
    }
    size_t want = buf->length + extra + 1;
    if (want <= buf->capacity) {
        return QM_OK;
    }
    size_t grown = buf->capacity * 2 < 64 ? 64 : buf->capacity * 2;
    if (grown < want) {
        grown = want;
    }
    char *moved = qm_realloc(buf->data, grown);
    if (!moved) {
        return buf->status = QM_ENOMEM;
    }
    buf->data = moved;
    buf->capacity = grown;
    return QM_OK;
}

void qm_buf_append(qm_buf *buf, const void *data, size_t length) {
    if (qm_buf_reserve(buf, length) == QM_OK) {
        if (length) {
            memcpy(buf->data + buf->length, data, length);
        }
        buf->length += length;
        buf->data[buf->length] = 0;
    }
}

void qm_buf_puts(qm_buf *buf, const char *text) {
    qm_buf_append(buf, text, strlen(text));
}

void qm_buf_putc(qm_buf *buf, char c) {
    qm_buf_append(buf, &c, 1);
}

void qm_buf_vprintf(qm_buf *buf, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length >= 0 && qm_buf_reserve(buf, (size_t)length) == QM_OK) {
        vsnprintf(buf->data + buf->length, (size_t)length + 1, format, args);
        buf->length += (size_t)length;
    }
}

void qm_buf_printf(qm_buf *buf, const char *format, ...) {
    va_list args;
    va_start(args, format);
    qm_buf_vprintf(buf, format, args);
    va_end(args);
}

void qm_buf_put_decimal(qm_buf *buf, qm_decimal value) {
    char text[QM_DECIMAL_BUF];
    qm_buf_append(buf, text, qm_decimal_format(value, text));
}

char *qm_buf_take(qm_buf *buf, size_t *length) {
    if (buf->status == QM_OK) {
        qm_buf_reserve(buf, 0);
    }
    char *data = buf->status == QM_OK ? buf->data : NULL;
    if (data) {
        data[buf->length] = 0;
        if (length) {
            *length = buf->length;
        }
        buf->data = NULL;
    }
    qm_buf_fini(buf);
    return data;
}
