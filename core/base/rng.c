/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void qm_rng_seed(qm_rng *rng, uint64_t seed) {
    for (int i = 0; i < 4; i++) {
        rng->s[i] = splitmix(&seed);
    }
}

static uint64_t rotated(uint64_t x, int bits) {
    return x << bits | x >> (64 - bits);
}

uint64_t qm_rng_next(qm_rng *rng) {
    uint64_t *s = rng->s;
    uint64_t result = rotated(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotated(s[3], 45);
    return result;
}

double qm_rng_double(qm_rng *rng) {
    return (double)(qm_rng_next(rng) >> 11) * 0x1p-53;
}

int64_t qm_rng_range(qm_rng *rng, int64_t low, int64_t high) {
    uint64_t span = (uint64_t)high - (uint64_t)low + 1; /* 0: all 64 bits */
    if (span == 0) {
        return (int64_t)qm_rng_next(rng);
    }
    uint64_t excess = (0 - span) % span; /* draws below are one too many for some values */
    uint64_t draw;
    do {
        draw = qm_rng_next(rng);
    } while (draw < excess);
    return (int64_t)((uint64_t)low + draw % span);
}

double qm_rng_normal(qm_rng *rng) {
    double x, y, square;
    do {
        x = 2 * qm_rng_double(rng) - 1;
        y = 2 * qm_rng_double(rng) - 1;
        square = x * x + y * y;
    } while (square >= 1 || square == 0);
    return x * sqrt(-2 * log(square) / square);
}
