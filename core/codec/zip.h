/* SPDX-License-Identifier: MIT
 *
 * zip.h: where a member of a zip archive stands (APPNOTE 6.3: end of central directory, central
 * directory, local header; no encryption, sizes of zip64 records, but no zip64 directory; methods
 * stored and deflated).
 */
#ifndef QM_CODEC_ZIP_H
#define QM_CODEC_ZIP_H

#include "quantmatrix/status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct qm_zip_member {
    uint64_t offset;             /* of its data in the file */
    uint64_t compressed, length; /* bytes in the file, and unpacked */
    uint32_t crc;                /* CRC-32 of the unpacked bytes */
    bool deflated;
} qm_zip_member;

/* name NULL: the first member. QM_ENOTFOUND, QM_EDATA with the path. */
qm_status qm_zip_find(FILE *file, const char *path, const char *name, qm_zip_member *out,
                      qm_error *err);

#endif
