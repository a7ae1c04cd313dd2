/* SPDX-License-Identifier: MIT */
#include "codec/zip.h"

#include <string.h>

enum { END_SIZE = 22, COMMENT_MAX = 65535, CENTRAL_SIZE = 46, LOCAL_SIZE = 30, NAME_LIMIT = 1024 };

static uint32_t le16(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}
static uint32_t le32(const uint8_t *at) {
    return le16(at) | le16(at + 2) << 16;
}

static bool read_at(FILE *file, uint64_t offset, void *out, size_t size) {
    return fseeko(file, (off_t)offset, SEEK_SET) == 0 && fread(out, 1, size, file) == size;
}

/* Central directory: where, and how many members. */
static bool find_directory(FILE *file, uint64_t *offset, uint32_t *count) {
    static uint8_t const mark[] = {'P', 'K', 5, 6};
    if (fseeko(file, 0, SEEK_END) != 0) {
        return false;
    }
    int64_t size = ftello(file);
    for (int64_t back = END_SIZE; back <= END_SIZE + COMMENT_MAX && back <= size; back++) {
        uint8_t end[END_SIZE];
        if (!read_at(file, (uint64_t)(size - back), end, sizeof end)) {
            return false;
        }
        if (memcmp(end, mark, sizeof mark) == 0 && le16(end + 20) == (uint32_t)(back - END_SIZE)) {
            *offset = le32(end + 16);
            *count = le16(end + 10);
            return true;
        }
    }
    return false;
}

/* Sizes and offset that do not fit into the record, or that the packer did not put there, stand in
 * its zip64 extra field: those that are all ones, in this order. */
static bool take_wide(FILE *file, uint64_t extra, uint32_t extra_length,
                      uint64_t *const values[3]) {
    uint8_t part[4 + 3 * 8];
    size_t wanted = 0;
    for (int i = 0; i < 3; i++) {
        wanted += *values[i] == UINT32_MAX;
    }
    for (uint32_t at = 0; wanted > 0 && at + 4 <= extra_length; at += 4 + le16(part + 2)) {
        size_t size = 4 + wanted * 8;
        if (!read_at(file, extra + at, part, 4)) {
            return false;
        }
        if (le16(part) != 1) {
            continue;
        }
        if (le16(part + 2) < wanted * 8 || at + size > extra_length ||
            !read_at(file, extra + at, part, size)) {
            return false;
        }
        const uint8_t *next = part + 4;
        for (int i = 0; i < 3; i++) {
            if (*values[i] == UINT32_MAX) {
                *values[i] = le32(next) | (uint64_t)le32(next + 4) << 32;
                next += 8;
            }
        }
        return true;
    }
    return wanted == 0;
}

/* at: where the central record stands. */
static bool locate(FILE *file, const uint8_t *central, uint64_t at, qm_zip_member *out) {
    uint8_t local[LOCAL_SIZE];
    uint64_t offset = le32(central + 42);
    uint32_t method = le16(central + 10), flags = le16(central + 8);
    out->crc = le32(central + 16);
    out->compressed = le32(central + 20);
    out->length = le32(central + 24);
    uint64_t *const values[] = {&out->length, &out->compressed, &offset};
    if (!take_wide(file, at + CENTRAL_SIZE + le16(central + 28), le16(central + 30), values) ||
        !read_at(file, offset, local, sizeof local) || memcmp(local, "PK\3\4", 4) != 0 ||
        (method != 0 && method != 8) || (flags & 1)) {
        return false;
    }
    out->offset = offset + LOCAL_SIZE + le16(local + 26) + le16(local + 28);
    out->deflated = method == 8;
    return true;
}

qm_status qm_zip_find(FILE *file, const char *path, const char *name, qm_zip_member *out,
                      qm_error *err) {
    uint64_t at;
    uint32_t count;
    if (!find_directory(file, &at, &count)) {
        return qm_error_at(err, QM_EDATA, path, 0, 0, "no complete zip archive");
    }
    for (uint32_t i = 0; i < count; i++) {
        uint8_t central[CENTRAL_SIZE];
        char found[NAME_LIMIT + 1];
        if (!read_at(file, at, central, sizeof central) || memcmp(central, "PK\1\2", 4) != 0) {
            return qm_error_at(err, QM_EDATA, path, 0, 0, "the zip directory is damaged");
        }
        uint32_t length = le16(central + 28);
        uint32_t part = length < NAME_LIMIT ? length : NAME_LIMIT;
        if (!read_at(file, at + CENTRAL_SIZE, found, part)) {
            return qm_error_at(err, QM_EDATA, path, 0, 0, "the zip directory is damaged");
        }
        found[part] = 0;
        if (!name || strcmp(found, name) == 0) {
            return locate(file, central, at, out)
                       ? QM_OK
                       : qm_error_at(err, QM_EDATA, path, 0, 0,
                                     "member %s is damaged or of an unknown kind", found);
        }
        at += CENTRAL_SIZE + length + le16(central + 30) + le16(central + 32);
    }
    return qm_error_at(err, QM_ENOTFOUND, path, 0, 0, "no member %s in the archive",
                       name ? name : "at all");
}
