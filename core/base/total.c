/* SPDX-License-Identifier: MIT
 *
 * Sums of decimals in 128 bits.
 */
#include "base/wide.h"

#include <math.h>

qm_total qm_total_from(qm_decimal value) {
    return (qm_total){.lo = (uint64_t)value.raw, .hi = value.raw < 0 ? -1 : 0};
}

qm_status qm_total_add_total(qm_total *total, qm_total other) {
    uint64_t lo;
    int64_t hi;
    bool carry = __builtin_add_overflow(total->lo, other.lo, &lo);
    /* hi + other.hi + carry may pass the range on the way and come back: add in 128 bits by hand.
     */
    bool over = __builtin_add_overflow(total->hi, other.hi, &hi);
    int64_t with_carry;
    bool over_carry = __builtin_add_overflow(hi, (int64_t)carry, &with_carry);
    if (over != over_carry) {
        return QM_EOVERFLOW;
    }
    *total = (qm_total){.lo = lo, .hi = with_carry};
    return QM_OK;
}

qm_status qm_total_add(qm_total *total, qm_decimal value) {
    return qm_total_add_total(total, qm_total_from(value));
}

static qm_total negated(qm_total t) {
    uint64_t lo = 0 - t.lo;
    return (qm_total){.lo = lo, .hi = (int64_t)(~(uint64_t)t.hi + (lo == 0))};
}

qm_status qm_total_sub(qm_total *total, qm_decimal value) {
    return qm_total_add_total(total, negated(qm_total_from(value)));
}

qm_status qm_total_add_product(qm_total *total, qm_decimal a, qm_decimal b) {
    bool negative = (a.raw < 0) != (b.raw < 0);
    uint64_t x = a.raw < 0 ? 0 - (uint64_t)a.raw : (uint64_t)a.raw;
    uint64_t y = b.raw < 0 ? 0 - (uint64_t)b.raw : (uint64_t)b.raw;
    qm_wide product = qm_wide_mul(x, y);
    uint64_t scale = (uint64_t)QM_DECIMAL_SCALE, low, rest;
    uint64_t high = product.hi / scale;
    qm_status status =
        qm_wide_div((qm_wide){.hi = product.hi % scale, .lo = product.lo}, scale, &low, &rest);
    if (status != QM_OK) {
        return status;
    }
    if (rest > scale - rest || (rest == scale - rest && (low & 1))) {
        low++;
        high += low == 0;
    }
    qm_total value = {.lo = low, .hi = (int64_t)high};
    return qm_total_add_total(total, negative ? negated(value) : value);
}

int qm_total_cmp(qm_total a, qm_total b) {
    if (a.hi != b.hi) {
        return a.hi < b.hi ? -1 : 1;
    }
    return (a.lo > b.lo) - (a.lo < b.lo);
}

qm_status qm_total_to_decimal(qm_total total, qm_decimal *out) {
    if (total.hi != ((int64_t)total.lo < 0 ? -1 : 0)) {
        return QM_EOVERFLOW;
    }
    out->raw = (int64_t)total.lo;
    return QM_OK;
}

double qm_total_to_double(qm_total total) {
    qm_decimal small;
    if (qm_total_to_decimal(total, &small) == QM_OK) {
        return qm_decimal_to_double(small);
    }
    return (ldexp((double)total.hi, 64) + (double)total.lo) / 1e9;
}
