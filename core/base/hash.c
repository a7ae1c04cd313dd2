/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <string.h>

static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotated(uint32_t x, int bits) {
    return x >> bits | x << (32 - bits);
}

/* One round; the eight words keep their places and change their names instead: moving them through
 * memory costs more than the round. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                           \
    do {                                                                                           \
        uint32_t t = (h) + (rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)) +                     \
                     (((e) & (f)) ^ (~(e) & (g))) + K[i] + w[i];                                   \
        (d) += t;                                                                                  \
        (h) = t + (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) +                              \
              (((a) & (b)) ^ ((a) & (c)) ^ ((b) & (c)));                                           \
    } while (0)

static void take_block(qm_sha256 *hash, const uint8_t *block) {
    uint32_t w[64], *state = hash->state;
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    }
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (rotated(a, 7) ^ rotated(a, 18) ^ a >> 3) + w[i - 7] +
               (rotated(b, 17) ^ rotated(b, 19) ^ b >> 10);
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

void qm_sha256_init(qm_sha256 *hash) {
    *hash = (qm_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                  0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void qm_sha256_update(qm_sha256 *hash, const void *data, size_t length) {
    const uint8_t *at = data;
    size_t held = hash->length % 64;
    hash->length += length;
    while (length > 0) {
        if (held == 0 && length >= 64) {
            take_block(hash, at);
            at += 64;
            length -= 64;
            continue;
        }
        size_t part = 64 - held < length ? 64 - held : length;
        memcpy(hash->block + held, at, part);
        held += part;
        at += part;
        length -= part;
        if (held == 64) {
            take_block(hash, hash->block);
            held = 0;
        }
    }
}

void qm_sha256_final(qm_sha256 *hash, uint8_t digest[QM_SHA256_SIZE]) {
    uint64_t bits = hash->length * 8;
    uint8_t end[72] = {0x80};
    size_t pad = 64 - (hash->length + 8) % 64;
    for (int i = 0; i < 8; i++) {
        end[pad + (size_t)i] = (uint8_t)(bits >> (56 - 8 * i));
    }
    qm_sha256_update(hash, end, pad + 8);
    for (int i = 0; i < 32; i++) {
        digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}

void qm_sha256_hex(const uint8_t digest[QM_SHA256_SIZE], char out[QM_SHA256_HEX]) {
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < QM_SHA256_SIZE; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[QM_SHA256_HEX - 1] = 0;
}

uint64_t qm_fnv1a(const void *data, size_t length) {
    const uint8_t *at = data;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}
