/* SPDX-License-Identifier: MIT
 *
 * buf.h: a growable byte buffer with a stated maximum.
 *
 * The first failure (memory, or growing past the maximum) sticks in `status`; later calls do
 * nothing, so a writer may append freely and check once at the end. `data` is always terminated
 * by a zero byte that `length` does not count (NULL only before the first append).
 */
#ifndef QM_BASE_BUF_H
#define QM_BASE_BUF_H

#include "quantmatrix/decimal.h"
#include "quantmatrix/status.h"

#include <stdarg.h>
#include <stddef.h>

typedef struct qm_buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t maximum;
    qm_status status; /* QM_OK, QM_ENOMEM or QM_ERANGE (maximum reached) */
} qm_buf;

void qm_buf_init(qm_buf *buf, size_t maximum);
void qm_buf_fini(qm_buf *buf);
/* Empties it and clears the status; keeps the memory. */
void qm_buf_clear(qm_buf *buf);
qm_status qm_buf_reserve(qm_buf *buf, size_t extra);
void qm_buf_append(qm_buf *buf, const void *data, size_t length);
void qm_buf_puts(qm_buf *buf, const char *text);
void qm_buf_putc(qm_buf *buf, char c);
__attribute__((format(printf, 2, 3))) void qm_buf_printf(qm_buf *buf, const char *format, ...);
void qm_buf_vprintf(qm_buf *buf, const char *format, va_list args);
void qm_buf_put_decimal(qm_buf *buf, qm_decimal value);
/* Hands the memory (terminated, to be freed with qm_free) to the caller and empties buf. */
char *qm_buf_take(qm_buf *buf, size_t *length);

#endif
