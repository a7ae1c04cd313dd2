/* SPDX-License-Identifier: MIT */
#include "codec/stream.h"

#include "base/mem.h"
#include "codec/zip.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

enum { INPUT_BYTES = 1 << 17 };

typedef enum wrapping { PLAIN, GZIP, RAW_DEFLATE, ZSTD } wrapping;

struct qm_stream {
    FILE *file;
    char *path;
    wrapping kind;
    uint64_t taken, size;
    uint64_t limit; /* bytes of the file that belong to the member; UINT64_MAX: all */
    bool zipped;
    qm_zip_member member; /* zipped: what it must be */
    uint64_t length;      /* zipped: bytes unpacked so far, */
    uint32_t crc;         /* and their CRC-32 */
    uint8_t *input;
    const uint8_t *borrowed; /* memory: instead of input */
    size_t have, at;         /* in input */
    bool eof;                /* of the file */
    bool member_open, ended;
    z_stream z;
    ZSTD_DStream *zstd;
};

/* The next bytes of the file, at most size; *got == 0 at its end. */
static qm_status from_file(qm_stream *s, void *data, size_t size, size_t *got, qm_error *err) {
    size_t want = s->limit < size ? (size_t)s->limit : size;
    *got = want ? fread(data, 1, want, s->file) : 0;
    s->taken += *got;
    s->limit -= s->limit == UINT64_MAX ? 0 : *got;
    s->eof = *got == 0;
    return s->eof && ferror(s->file)
               ? qm_error_at(err, QM_EIO, s->path, 0, 0, "%s", strerror(errno))
               : QM_OK;
}

static qm_status refill(qm_stream *s, qm_error *err) {
    if (s->at < s->have || s->eof) {
        return QM_OK;
    }
    s->at = 0;
    return from_file(s, s->input, INPUT_BYTES, &s->have, err);
}

static qm_status damaged(const qm_stream *s, const char *what, qm_error *err) {
    return qm_error_at(err, QM_EDATA, s->path, 0, 0, "%s", what);
}

static qm_status begin_member(qm_stream *s, qm_error *err) {
    if (s->kind == ZSTD) {
        s->zstd = s->zstd ? s->zstd : ZSTD_createDStream();
        return s->zstd ? QM_OK : qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    if (s->kind == PLAIN) {
        return QM_OK;
    }
    /* 16 + 15: a gzip member; -15: deflate without a header, as in a zip archive. */
    if (inflateInit2(&s->z, s->kind == GZIP ? 16 + MAX_WBITS : -MAX_WBITS) != Z_OK) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    s->member_open = true;
    return QM_OK;
}

static qm_status open_file(const char *path, qm_stream **out, qm_error *err) {
    qm_stream *s = qm_calloc(1, sizeof *s);
    if (s) {
        s->input = qm_alloc(INPUT_BYTES);
        s->path = qm_strdup(path);
        s->limit = UINT64_MAX;
    }
    if (!s || !s->input || !s->path) {
        qm_stream_close(s);
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    s->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    struct stat info;
    if (!s->file || fstat(fileno(s->file), &info) != 0 || S_ISDIR(info.st_mode)) {
        int code = s->file ? EISDIR : errno;
        qm_stream_close(s);
        qm_status status = code == ENOENT ? QM_ENOTFOUND : code == EACCES ? QM_EPERM : QM_EIO;
        return qm_error_at(err, status, path, 0, 0, "%s", strerror(code));
    }
    s->size = S_ISREG(info.st_mode) ? (uint64_t)info.st_size : 0;
    *out = s;
    return QM_OK;
}

qm_status qm_stream_open_memory(const char *name, const void *data, size_t length, qm_stream **out,
                                qm_error *err) {
    qm_stream *s = qm_calloc(1, sizeof *s);
    if (s) {
        s->path = qm_strdup(name);
    }
    if (!s || !s->path) {
        qm_stream_close(s);
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    s->borrowed = data;
    s->have = length;
    s->size = s->taken = length;
    s->eof = true;
    *out = s;
    return QM_OK;
}

qm_status qm_stream_open(const char *path, qm_stream **out, qm_error *err) {
    qm_stream *s;
    qm_status status = open_file(path, &s, err);
    if (status != QM_OK) {
        return status;
    }
    status = refill(s, err);
    static const uint8_t gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    if (s->have >= 2 && memcmp(s->input, gzip, 2) == 0) {
        s->kind = GZIP;
    } else if (s->have >= 4 && memcmp(s->input, zstd, 4) == 0) {
        s->kind = ZSTD;
    }
    if (status == QM_OK && s->have >= 4 && memcmp(s->input, "PK\3\4", 4) == 0) {
        qm_stream_close(s);
        return qm_stream_open_zip(path, NULL, out, err);
    }
    if (status == QM_OK) {
        status = begin_member(s, err);
    }
    if (status != QM_OK) {
        qm_stream_close(s);
        return status;
    }
    *out = s;
    return QM_OK;
}

qm_status qm_stream_open_zip(const char *path, const char *member, qm_stream **out, qm_error *err) {
    qm_stream *s;
    qm_status status = open_file(path, &s, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_zip_find(s->file, path, member, &s->member, err);
    if (status == QM_OK && fseeko(s->file, (off_t)s->member.offset, SEEK_SET) != 0) {
        status = qm_error_at(err, QM_EIO, path, 0, 0, "%s", strerror(errno));
    }
    if (status == QM_OK) {
        s->kind = s->member.deflated ? RAW_DEFLATE : PLAIN;
        s->limit = s->member.compressed;
        s->size = s->member.compressed;
        s->zipped = true;
        status = begin_member(s, err);
    }
    if (status != QM_OK) {
        qm_stream_close(s);
        return status;
    }
    *out = s;
    return QM_OK;
}

void qm_stream_close(qm_stream *s) {
    if (!s) {
        return;
    }
    if (s->member_open) {
        inflateEnd(&s->z);
    }
    ZSTD_freeDStream(s->zstd);
    if (s->file && s->file != stdin) {
        fclose(s->file);
    }
    qm_free(s->input);
    qm_free(s->path);
    qm_free(s);
}

static qm_status read_plain(qm_stream *s, void *data, size_t size, size_t *got, qm_error *err) {
    if (s->at == s->have && !s->eof && size >= INPUT_BYTES) {
        return from_file(s, data, size, got, err); /* without a stop in between */
    }
    qm_status status = refill(s, err);
    size_t part = s->have - s->at < size ? s->have - s->at : size;
    if (status == QM_OK && part > 0) {
        memcpy(data, (s->borrowed ? s->borrowed : s->input) + s->at, part);
        s->at += part;
    }
    *got = status == QM_OK ? part : 0;
    return status;
}

/* A gzip file may hold several members one after the other. */
static qm_status next_member(qm_stream *s, qm_error *err) {
    inflateEnd(&s->z);
    s->member_open = false;
    qm_status status = refill(s, err);
    if (status != QM_OK || s->kind == RAW_DEFLATE || s->at == s->have) {
        s->ended = true;
        return status;
    }
    memset(&s->z, 0, sizeof s->z);
    return begin_member(s, err);
}

static qm_status read_deflate(qm_stream *s, void *data, size_t size, size_t *got, qm_error *err) {
    s->z.next_out = data;
    s->z.avail_out = size > UINT32_MAX ? UINT32_MAX : (uInt)size;
    uInt room = s->z.avail_out;
    while (s->z.avail_out == room && !s->ended) {
        qm_status status = refill(s, err);
        if (status != QM_OK) {
            return status;
        }
        bool dry = s->at == s->have; /* bytes may still wait inside, for which there was no room */
        s->z.next_in = s->input + s->at;
        s->z.avail_in = (uInt)(s->have - s->at);
        int code = inflate(&s->z, Z_NO_FLUSH);
        s->at = s->have - s->z.avail_in;
        if (code == Z_STREAM_END) {
            uInt left = s->z.avail_out;
            Bytef *next_out = s->z.next_out;
            status = next_member(s, err);
            if (status != QM_OK) {
                return status;
            }
            s->z.next_out = next_out;
            s->z.avail_out = left;
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return damaged(s, "the compressed data are damaged", err);
        } else if (dry && s->z.avail_out == room) {
            return damaged(s, "the compressed data end too early", err);
        }
    }
    *got = room - s->z.avail_out;
    return QM_OK;
}

static qm_status read_zstd(qm_stream *s, void *data, size_t size, size_t *got, qm_error *err) {
    ZSTD_outBuffer out = {data, size, 0};
    while (out.pos == 0) {
        qm_status status = refill(s, err);
        if (status != QM_OK) {
            return status;
        }
        if (s->at == s->have) {
            break;
        }
        ZSTD_inBuffer in = {s->input, s->have, s->at};
        size_t code = ZSTD_decompressStream(s->zstd, &out, &in);
        s->at = in.pos;
        if (ZSTD_isError(code)) {
            return damaged(s, "the compressed data are damaged", err);
        }
        s->ended = code == 0; /* a frame is complete; another may follow */
    }
    *got = out.pos;
    return QM_OK;
}

/* The archive says how long a member is and what its bytes sum up to. */
static qm_status check_member(qm_stream *s, const void *data, size_t got, qm_error *err) {
    s->crc = (uint32_t)crc32_z(s->crc, data, got);
    s->length += got;
    bool wrong = got == 0 && (s->length != s->member.length || s->crc != s->member.crc);
    return wrong || s->length > s->member.length
               ? damaged(s, "the member's bytes are not those that were packed", err)
               : QM_OK;
}

static qm_status unpack(qm_stream *s, void *data, size_t size, size_t *got, qm_error *err) {
    switch (s->kind) {
    case PLAIN:
        return read_plain(s, data, size, got, err);
    case GZIP:
    case RAW_DEFLATE:
        return s->ended ? QM_OK : read_deflate(s, data, size, got, err);
    case ZSTD:
        break;
    }
    qm_status status = read_zstd(s, data, size, got, err);
    if (status == QM_OK && *got == 0 && !s->ended && s->taken > 0) {
        return damaged(s, "the compressed data end too early", err);
    }
    return status;
}

qm_status qm_stream_read(qm_stream *s, void *data, size_t size, size_t *got, qm_error *err) {
    *got = 0;
    if (size == 0) {
        return QM_OK;
    }
    qm_status status = unpack(s, data, size, got, err);
    if (status == QM_OK && s->zipped) {
        status = check_member(s, data, *got, err);
    }
    *got = status == QM_OK ? *got : 0;
    return status;
}

uint64_t qm_stream_position(const qm_stream *s) {
    return s->taken;
}

uint64_t qm_stream_size(const qm_stream *s) {
    return s->size;
}

size_t qm_zstd_bound(size_t length) {
    return ZSTD_compressBound(length);
}

qm_status qm_zstd_compress(const void *data, size_t length, void *out, size_t capacity, int level,
                           size_t *out_length) {
    size_t size = ZSTD_compress(out, capacity, data, length, level);
    if (ZSTD_isError(size)) {
        return QM_ENOMEM;
    }
    *out_length = size;
    return QM_OK;
}

qm_status qm_zstd_decompress(const void *data, size_t data_length, void *out, size_t length) {
    size_t size = ZSTD_decompress(out, length, data, data_length);
    return ZSTD_isError(size) || size != length ? QM_EDATA : QM_OK;
}
