/* SPDX-License-Identifier: MIT
 *
 * chunk.h: bars of one instrument, timeframe and span of time as one compressed block, and back,
 * bit for bit. Internal to the room.
 *
 * Layout before compression, little endian: a header, then columns one after the other. Prices that
 * are whole multiples of a power of ten (checked by going back) are kept as integers: open less the
 * last close, close less open, high and low less the body; other columns as the bits of the
 * doubles. Integers are zigzag coded and stored plane by plane, low bytes first, which is what
 * makes zstd find the runs of zero bytes.
 */
#ifndef QM_STORE_CHUNK_H
#define QM_STORE_CHUNK_H

#include "base/buf.h"
#include "market/bars.h"

/* The span that a bar belongs to: 16 years of daily or weekly bars, a month of minutes. */
int64_t qm_chunk_span(qm_timeframe tf, qm_date date);
/* Encodes bars [first, end) into out (cleared first) and its length before compression. */
qm_status qm_chunk_encode(const qm_bars *bars, size_t first, size_t end, qm_buf *out,
                          size_t *raw_length);
/* Appends the bars. QM_EDATA when the block is damaged. */
qm_status qm_chunk_decode(const void *data, size_t length, size_t raw_length, qm_bars *out);

#endif
