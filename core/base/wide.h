/* SPDX-License-Identifier: MIT
 *
 * wide.h: 128-bit products and quotients of int64, twice: with the compiler's __int128, and in
 * portable C. Both give the same results (tests/base/test_decimal.c); decimal.c uses the first
 * where the compiler has it.
 */
#ifndef QM_BASE_WIDE_H
#define QM_BASE_WIDE_H

#include "quantmatrix/decimal.h"

/* Magnitude of a 128-bit number. */
typedef struct qm_wide {
    uint64_t hi, lo;
} qm_wide;

qm_wide qm_wide_mul_portable(uint64_t a, uint64_t b);
/* Quotient and remainder of a / b, b != 0. QM_EOVERFLOW when the quotient has more than 64 bits. */
qm_status qm_wide_div_portable(qm_wide a, uint64_t b, uint64_t *quotient, uint64_t *remainder);
#ifdef __SIZEOF_INT128__
qm_wide qm_wide_mul_fast(uint64_t a, uint64_t b);
qm_status qm_wide_div_fast(qm_wide a, uint64_t b, uint64_t *quotient, uint64_t *remainder);
#define qm_wide_mul qm_wide_mul_fast
#define qm_wide_div qm_wide_div_fast
#else
#define qm_wide_mul qm_wide_mul_portable
#define qm_wide_div qm_wide_div_portable
#endif

#endif
