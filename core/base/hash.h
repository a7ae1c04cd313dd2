/* SPDX-License-Identifier: MIT
 *
 * hash.h: SHA-256 (FIPS 180-4) for content and decision hashes, FNV-1a for hash tables.
 */
#ifndef QM_BASE_HASH_H
#define QM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { QM_SHA256_SIZE = 32, QM_SHA256_HEX = 65 };

typedef struct qm_sha256 {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
} qm_sha256;

void qm_sha256_init(qm_sha256 *hash);
void qm_sha256_update(qm_sha256 *hash, const void *data, size_t length);
void qm_sha256_final(qm_sha256 *hash, uint8_t digest[QM_SHA256_SIZE]);
/* Lower-case hexadecimal, terminated. */
void qm_sha256_hex(const uint8_t digest[QM_SHA256_SIZE], char out[QM_SHA256_HEX]);

uint64_t qm_fnv1a(const void *data, size_t length);

#endif
