/* SPDX-License-Identifier: MIT
 *
 * stream.h: reading a file as a stream of bytes, whatever it is wrapped in: plain, gzip (also
 * several members), zstd, or one member of a zip archive. The kind is seen from the first bytes,
 * not from the name.
 */
#ifndef QM_CODEC_STREAM_H
#define QM_CODEC_STREAM_H

#include "quantmatrix/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct qm_stream qm_stream;

/* path "-" is standard input. */
qm_status qm_stream_open(const char *path, qm_stream **out, qm_error *err);
/* A member of a zip archive; member NULL: the only (or first) one. QM_ENOTFOUND. */
qm_status qm_stream_open_zip(const char *path, const char *member, qm_stream **out, qm_error *err);
/* Plain bytes in memory, which the caller keeps; name: for messages. */
qm_status qm_stream_open_memory(const char *name, const void *data, size_t length, qm_stream **out,
                                qm_error *err);
void qm_stream_close(qm_stream *stream);
/* Up to `size` bytes; *got == 0 at the end. QM_EIO, QM_EDATA (broken or truncated compression). */
qm_status qm_stream_read(qm_stream *stream, void *data, size_t size, size_t *got, qm_error *err);
/* Progress: bytes taken from the file and the file's size (0 when unknown). */
uint64_t qm_stream_position(const qm_stream *stream);
uint64_t qm_stream_size(const qm_stream *stream);

/* Compression of blocks in memory (zstd), for the store. */
size_t qm_zstd_bound(size_t length);
qm_status qm_zstd_compress(const void *data, size_t length, void *out, size_t capacity, int level,
                           size_t *out_length);
/* QM_EDATA when broken or when the content is not exactly `length` bytes. */
qm_status qm_zstd_decompress(const void *data, size_t data_length, void *out, size_t length);

#endif
