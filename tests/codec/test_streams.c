/* SPDX-License-Identifier: MIT
 *
 * Streams: what was packed comes out again, byte for byte, however it is read; what is cut off or
 * changed is an error and never other bytes.
 */
#include "base/rng.h"
#include "codec/stream.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

enum { PLAIN_BYTES = 70000, PACKED_MAX = 2 * PLAIN_BYTES };

typedef enum wrap { GZIP, TWO_GZIPS, ZSTD, ZIP_STORED, ZIP_DEFLATED, ZIP64, WRAPS } wrap;
static const char *const NAMES[] = {"gzip",       "two gzips",    "zstd",
                                    "zip stored", "zip deflated", "zip64"};

typedef struct bytes {
    uint8_t *data;
    size_t length;
} bytes;

static uint8_t plain[PLAIN_BYTES];

static void fill_plain(void) {
    qm_rng rng;
    qm_rng_seed(&rng, 5);
    for (size_t i = 0; i < sizeof plain; i++) { /* lines that repeat, as prices do */
        plain[i] = (uint8_t)(i % 30 == 29 ? '\n' : '0' + qm_rng_range(&rng, 0, i % 3 ? 0 : 9));
    }
    memset(plain + PLAIN_BYTES - 3000, '7', 3000); /* ends in one long match */
}

static void put(bytes *out, const void *data, size_t length) {
    memcpy(out->data + out->length, data, length);
    out->length += length;
}

static void put_le(bytes *out, uint64_t value, int size) {
    for (int i = 0; i < size; i++) {
        out->data[out->length++] = (uint8_t)(value >> 8 * i);
    }
}

/* window_bits: 31 a gzip member, -15 bare. */
static void put_deflated(bytes *out, const uint8_t *data, size_t length, int window_bits) {
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)length;
    z.next_out = out->data + out->length;
    z.avail_out = (uInt)(PACKED_MAX - out->length);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->length += z.total_out;
    deflateEnd(&z);
}

/* wide: the sizes stand in an extra field of 20 bytes. */
static void put_zip(bytes *out, bool deflated, bool wide) {
    bytes body = {malloc(PACKED_MAX), 0};
    if (deflated) {
        put_deflated(&body, plain, sizeof plain, -15);
    } else {
        put(&body, plain, sizeof plain);
    }
    uint64_t crc = crc32_z(0, plain, sizeof plain);
    put(out, "PK\3\4\24\0\0\0", 8);
    put_le(out, deflated ? 8 : 0, 2);
    put_le(out, 0, 4);
    put_le(out, crc, 4);
    put_le(out, body.length, 4);
    put_le(out, sizeof plain, 4);
    put_le(out, 5, 4); /* name's length, no extra */
    put(out, "a.csv", 5);
    put(out, body.data, body.length);
    size_t directory = out->length;
    put(out, "PK\1\2\24\0\24\0\0\0", 10);
    put_le(out, deflated ? 8 : 0, 2);
    put_le(out, 0, 4);
    put_le(out, crc, 4);
    put_le(out, wide ? UINT32_MAX : body.length, 4);
    put_le(out, wide ? UINT32_MAX : sizeof plain, 4);
    put_le(out, 5, 2);
    put_le(out, wide ? 20 : 0, 2);
    put_le(out, 0, 8); /* comment, disk, attributes, */
    put_le(out, 0, 2); /* the rest of them */
    put_le(out, 0, 4); /* offset of the member */
    put(out, "a.csv", 5);
    if (wide) {
        put_le(out, 1, 2);
        put_le(out, 16, 2);
        put_le(out, sizeof plain, 8);
        put_le(out, body.length, 8);
    }
    size_t end = out->length;
    put(out, "PK\5\6\0\0\0\0\1\0\1\0", 12);
    put_le(out, end - directory, 4);
    put_le(out, directory, 4);
    put_le(out, 0, 2);
    free(body.data);
}

static bytes pack(wrap kind) {
    bytes out = {malloc(PACKED_MAX), 0};
    switch (kind) {
    case GZIP:
        put_deflated(&out, plain, sizeof plain, 31);
        break;
    case TWO_GZIPS:
        put_deflated(&out, plain, 1000, 31);
        put_deflated(&out, plain + 1000, sizeof plain - 1000, 31);
        break;
    case ZSTD: { /* with a checksum, as the command line tool writes it */
        ZSTD_CCtx *context = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        out.length = ZSTD_compress2(context, out.data, PACKED_MAX, plain, sizeof plain);
        assert_false(ZSTD_isError(out.length));
        ZSTD_freeCCtx(context);
        break;
    }
    default:
        put_zip(&out, kind != ZIP_STORED, kind == ZIP64);
    }
    return out;
}

static void write_file(const char *path, const uint8_t *data, size_t length) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    fclose(file);
}

/* Reads a file to its end in parts of `step`; got: what came out before the end or the error. */
static qm_status read_file(const char *path, size_t step, bytes *got, qm_error *err) {
    qm_stream *stream;
    got->length = 0;
    qm_status status = qm_stream_open(path, &stream, err);
    if (status != QM_OK) {
        return status;
    }
    size_t part = 1;
    while (status == QM_OK && part > 0 && got->length + step <= PACKED_MAX) {
        status = qm_stream_read(stream, got->data + got->length, step, &part, err);
        got->length += part;
    }
    qm_stream_close(stream);
    return status;
}

static const char *scratch(void) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/qm_test_streams_%d", (int)getpid());
    return path;
}

static bool is_plain(const bytes *got) {
    return got->length == sizeof plain && memcmp(got->data, plain, sizeof plain) == 0;
}

static void test_whole(void **state) {
    (void)state;
    static const size_t steps[] = {1, 7, 4096, 69999, 70000};
    bytes got = {malloc(PACKED_MAX), 0};
    for (int kind = 0; kind < WRAPS; kind++) {
        bytes packed = pack((wrap)kind);
        write_file(scratch(), packed.data, packed.length);
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            qm_error err = {0};
            qm_status status = read_file(scratch(), steps[i], &got, &err);
            if (status != QM_OK || !is_plain(&got)) {
                fail_msg("%s by %zu: status %d, %zu bytes", NAMES[kind], steps[i], status,
                         got.length);
            }
        }
        free(packed.data);
    }
    free(got.data);
}

static void test_cut_off(void **state) {
    (void)state;
    bytes got = {malloc(PACKED_MAX), 0};
    for (int kind = 0; kind < WRAPS; kind++) {
        bytes packed = pack((wrap)kind);
        size_t step = packed.length / 200 + 1;
        for (size_t length = 8; length < packed.length; length += step) {
            qm_error err = {0};
            write_file(scratch(), packed.data, length);
            qm_status status = read_file(scratch(), 4096, &got, &err);
            if (status != QM_EDATA) {
                fail_msg("%s cut at %zu: status %d", NAMES[kind], length, status);
            }
        }
        free(packed.data);
    }
    free(got.data);
}

/* Headers hold bytes that mean nothing (a time, a name): then the content must be the same. */
static void test_changed(void **state) {
    (void)state;
    qm_rng rng;
    qm_rng_seed(&rng, 77);
    bytes got = {malloc(PACKED_MAX), 0};
    for (int kind = 0; kind < WRAPS; kind++) {
        bytes packed = pack((wrap)kind);
        int noticed = 0;
        for (int round = 0; round < 600; round++) {
            size_t at = (size_t)qm_rng_range(&rng, 4, (int64_t)packed.length - 1);
            uint8_t was = packed.data[at];
            packed.data[at] ^= (uint8_t)qm_rng_range(&rng, 1, 255);
            write_file(scratch(), packed.data, packed.length);
            qm_error err = {0};
            qm_status status = read_file(scratch(), 4096, &got, &err);
            noticed += status != QM_OK;
            if (status == QM_OK && !is_plain(&got)) {
                fail_msg("%s with byte %zu changed: %zu other bytes", NAMES[kind], at, got.length);
            }
            packed.data[at] = was;
        }
        assert_true(noticed > 500);
        free(packed.data);
    }
    free(got.data);
}

static void test_blocks(void **state) {
    (void)state;
    size_t capacity = qm_zstd_bound(sizeof plain), length;
    uint8_t *packed = malloc(capacity), *back = malloc(sizeof plain);
    assert_int_equal(qm_zstd_compress(plain, sizeof plain, packed, capacity, 3, &length), QM_OK);
    assert_int_equal(qm_zstd_decompress(packed, length, back, sizeof plain), QM_OK);
    assert_memory_equal(back, plain, sizeof plain);
    assert_int_equal(qm_zstd_decompress(packed, length, back, sizeof plain - 1), QM_EDATA);
    assert_int_equal(qm_zstd_decompress(packed, length - 1, back, sizeof plain), QM_EDATA);
    free(packed);
    free(back);
}

static void test_members(void **state) {
    (void)state;
    bytes packed = pack(ZIP_DEFLATED);
    write_file(scratch(), packed.data, packed.length);
    qm_stream *stream;
    qm_error err = {0};
    assert_int_equal(qm_stream_open_zip(scratch(), "a.csv", &stream, &err), QM_OK);
    qm_stream_close(stream);
    assert_int_equal(qm_stream_open_zip(scratch(), "b.csv", &stream, &err), QM_ENOTFOUND);
    assert_int_equal(qm_stream_open("/nowhere/at/all", &stream, &err), QM_ENOTFOUND);
    assert_int_equal(qm_stream_open("/tmp", &stream, &err), QM_EIO);
    free(packed.data);
    unlink(scratch());
}

int main(void) {
    fill_plain();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),   cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_changed), cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
