/* SPDX-License-Identifier: MIT
 *
 * tail.h: a CSV of prices that grows: each look reads the complete lines that are new. A file that
 * shrank, was replaced or was rewritten is read again from its start. Plain text only.
 */
#ifndef QM_IMPORT_TAIL_H
#define QM_IMPORT_TAIL_H

#include "base/buf.h"
#include "import/ohlcv.h"

typedef struct qm_tail qm_tail;

/* options are copied, tf must be named: a line alone does not show it. The file may not be there
 * yet. */
qm_status qm_tail_new(const char *path, const qm_ohlcv_options *options, qm_tail **out);
void qm_tail_free(qm_tail *tail);

typedef struct qm_tail_news {
    bool again;       /* read from the start: the file is another one, or shorter */
    uint64_t refused; /* lines that are no bars: in `faults`, a line each with file and row */
    qm_buf faults;
} qm_tail_news;

/* Appends new bars to out (initialised with the timeframe, emptied by the caller), sorted by time,
 * without two of the same time. No file: none, and no error. QM_EIO, QM_EDATA (the header). */
qm_status qm_tail_read(qm_tail *tail, qm_bars *out, qm_tail_news *news, qm_error *err);

#endif
