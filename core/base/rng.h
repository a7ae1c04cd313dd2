/* SPDX-License-Identifier: MIT
 *
 * rng.h: seeded pseudo-random numbers (xoshiro256**, seeded through splitmix64; Blackman and
 * Vigna 2018). The same seed gives the same numbers on every machine. There is no other source of
 * randomness in the product.
 */
#ifndef QM_BASE_RNG_H
#define QM_BASE_RNG_H

#include <stdint.h>

typedef struct qm_rng {
    uint64_t s[4];
} qm_rng;

void qm_rng_seed(qm_rng *rng, uint64_t seed);
uint64_t qm_rng_next(qm_rng *rng);
/* Uniform in [0, 1) with 53 bits. */
double qm_rng_double(qm_rng *rng);
/* Uniform in [low, high], without bias; low <= high. */
int64_t qm_rng_range(qm_rng *rng, int64_t low, int64_t high);
/* Standard normal (Marsaglia's polar method; uses two or more draws, keeps nothing). */
double qm_rng_normal(qm_rng *rng);

#endif
