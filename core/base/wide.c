/* SPDX-License-Identifier: MIT */
#include "base/wide.h"

qm_wide qm_wide_mul_portable(uint64_t a, uint64_t b) {
    uint64_t a_lo = (uint32_t)a, a_hi = a >> 32, b_lo = (uint32_t)b, b_hi = b >> 32;
    uint64_t low = a_lo * b_lo;
    uint64_t cross = a_hi * b_lo + (low >> 32); /* can't overflow: (2^32-1)^2 + 2^32-1 < 2^64 */
    uint64_t middle = a_lo * b_hi + (uint32_t)cross;
    return (qm_wide){.hi = a_hi * b_hi + (cross >> 32) + (middle >> 32),
                     .lo = middle << 32 | (uint32_t)low};
}

/* Schoolbook, a bit at a time. */
qm_status qm_wide_div_portable(qm_wide a, uint64_t b, uint64_t *quotient, uint64_t *remainder) {
    if (a.hi >= b) {
        return QM_EOVERFLOW;
    }
    uint64_t rest = a.hi, bits = a.lo, result = 0;
    for (int i = 0; i < 64; i++) {
        uint64_t carry = rest >> 63;
        rest = rest << 1 | bits >> 63;
        bits <<= 1;
        result <<= 1;
        if (carry || rest >= b) {
            rest -= b;
            result |= 1;
        }
    }
    *quotient = result;
    *remainder = rest;
    return QM_OK;
}

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 u128;

qm_wide qm_wide_mul_fast(uint64_t a, uint64_t b) {
    u128 product = (u128)a * b;
    return (qm_wide){.hi = (uint64_t)(product >> 64), .lo = (uint64_t)product};
}

qm_status qm_wide_div_fast(qm_wide a, uint64_t b, uint64_t *quotient, uint64_t *remainder) {
    if (a.hi >= b) {
        return QM_EOVERFLOW;
    }
    if (a.hi == 0) {
        *quotient = a.lo / b;
        *remainder = a.lo % b;
        return QM_OK;
    }
#if defined(__x86_64__)
    /* The library's 128-bit division does not know that the quotient fits. */
    uint64_t q, r;
    __asm__("divq %4" : "=a"(q), "=d"(r) : "0"(a.lo), "1"(a.hi), "r"(b) : "cc");
    *quotient = q;
    *remainder = r;
#else
    u128 value = (u128)a.hi << 64 | a.lo;
    *quotient = (uint64_t)(value / b);
    *remainder = (uint64_t)(value % b);
#endif
    return QM_OK;
}
#endif
