/* SPDX-License-Identifier: MIT
 *
 * Arithmetic of qm_decimal. Signs are taken off, the magnitudes go through 128 bits, one rounding
 * puts the result back.
 */
#include "quantmatrix/decimal.h"

#include "base/wide.h"

#include <math.h>

static const int64_t POWERS[QM_DECIMAL_DIGITS + 1] = {
    1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

static uint64_t magnitude(int64_t v) {
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* Whether the quotient's magnitude goes up by one. */
static bool rounds_up(uint64_t quotient, uint64_t remainder, uint64_t divisor, bool negative,
                      qm_rounding rounding) {
    if (remainder == 0) {
        return false;
    }
    uint64_t rest = divisor - remainder; /* remainder >= rest: half or more */
    switch (rounding) {
    case QM_ROUND_HALF_EVEN:
        return remainder > rest || (remainder == rest && (quotient & 1));
    case QM_ROUND_HALF_UP:
        return remainder >= rest;
    case QM_ROUND_DOWN:
        return false;
    case QM_ROUND_UP:
        return true;
    case QM_ROUND_FLOOR:
        return negative;
    case QM_ROUND_CEIL:
        return !negative;
    }
    return false;
}

static qm_status signed_result(uint64_t value, bool negative, int64_t *out) {
    if (value > (uint64_t)INT64_MAX + negative) {
        return QM_EOVERFLOW;
    }
    *out = negative ? (int64_t)(0 - value) : (int64_t)value;
    return QM_OK;
}

/* a x b / c with one rounding. */
static qm_status mul_div(int64_t a, int64_t b, int64_t c, qm_rounding rounding, int64_t *out) {
    if (c == 0) {
        return QM_EINVAL;
    }
    bool negative = (a < 0) != ((b < 0) != (c < 0));
    uint64_t divisor = magnitude(c), quotient, remainder;
    qm_wide product = qm_wide_mul(magnitude(a), magnitude(b));
    qm_status status = qm_wide_div(product, divisor, &quotient, &remainder);
    if (status != QM_OK) {
        return status;
    }
    if (rounds_up(quotient, remainder, divisor, negative, rounding) && ++quotient == 0) {
        return QM_EOVERFLOW;
    }
    return signed_result(quotient, negative, out);
}

qm_status qm_decimal_from_int(int64_t units, qm_decimal *out) {
    return __builtin_mul_overflow(units, QM_DECIMAL_SCALE, &out->raw) ? QM_EOVERFLOW : QM_OK;
}

/* The 1e-9 nearest to a double: its mantissa is an integer times a power of two, so value x 1e9 is
 * exact in 128 bits down to 2^-64; what lies below that cannot tip a rounding but through a tie,
 * and is folded into a sticky bit. */
qm_status qm_decimal_from_double(double value, qm_decimal *out) {
    if (!isfinite(value)) {
        return QM_EINVAL;
    }
    if (fabs(value) >= 9223372037.0) {
        return QM_EOVERFLOW;
    }
    int exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(fabs(value), &exponent), 53);
    exponent -= 53; /* |value| = mantissa x 2^exponent */
    if (exponent >= 0) {
        return qm_decimal_from_int((int64_t)value, out);
    }
    int shift = -exponent;
    qm_wide product = qm_wide_mul(mantissa, (uint64_t)QM_DECIMAL_SCALE);
    if (shift >= 128) {
        out->raw = 0; /* below 2^-45 x 1e-9 */
        return QM_OK;
    }
    uint64_t quotient, half, below;
    if (shift >= 64) {
        int s = shift - 64;
        quotient = s ? product.hi >> s : product.hi;
        uint64_t rest = s ? product.hi & ((UINT64_C(1) << s) - 1) : 0;
        half = s ? rest >> (s - 1) : product.lo >> 63;
        below = s ? (rest & ((UINT64_C(1) << (s - 1)) - 1)) | product.lo : product.lo << 1;
    } else {
        if (product.hi >> shift) {
            return QM_EOVERFLOW;
        }
        quotient = product.hi << (64 - shift) | product.lo >> shift;
        uint64_t rest = product.lo & ((UINT64_C(1) << shift) - 1);
        half = rest >> (shift - 1);
        below = rest & ((UINT64_C(1) << (shift - 1)) - 1);
    }
    quotient += half && (below || (quotient & 1));
    return signed_result(quotient, value < 0, &out->raw);
}

double qm_decimal_to_double(qm_decimal value) {
    int64_t units = value.raw / QM_DECIMAL_SCALE, rest = value.raw % QM_DECIMAL_SCALE;
    if (rest == 0) {
        return (double)units;
    }
    if (magnitude(value.raw) < UINT64_C(1) << 53) {
        return (double)value.raw / 1e9; /* both exact: one rounding */
    }
    /* More digits than a double has: a quotient of 63 bits with a sticky last one. */
    uint64_t quotient, remainder, v = magnitude(value.raw);
    int shift = 29 + __builtin_clzll(v);
    qm_wide shifted = {.hi = v >> (64 - shift), .lo = v << shift};
    if (qm_wide_div(shifted, (uint64_t)QM_DECIMAL_SCALE, &quotient, &remainder) != QM_OK) {
        return (double)value.raw / 1e9; /* cannot be: the quotient is below 2^64 */
    }
    double result = ldexp((double)(quotient | (remainder != 0)), -shift);
    return value.raw < 0 ? -result : result;
}

qm_status qm_decimal_add(qm_decimal a, qm_decimal b, qm_decimal *out) {
    int64_t sum;
    if (__builtin_add_overflow(a.raw, b.raw, &sum)) {
        return QM_EOVERFLOW;
    }
    out->raw = sum;
    return QM_OK;
}

qm_status qm_decimal_sub(qm_decimal a, qm_decimal b, qm_decimal *out) {
    int64_t difference;
    if (__builtin_sub_overflow(a.raw, b.raw, &difference)) {
        return QM_EOVERFLOW;
    }
    out->raw = difference;
    return QM_OK;
}

qm_status qm_decimal_neg(qm_decimal a, qm_decimal *out) {
    return qm_decimal_sub(QM_DECIMAL_ZERO, a, out);
}

qm_status qm_decimal_abs(qm_decimal a, qm_decimal *out) {
    if (a.raw < 0) {
        return qm_decimal_neg(a, out);
    }
    *out = a;
    return QM_OK;
}

qm_status qm_decimal_mul(qm_decimal a, qm_decimal b, qm_rounding rounding, qm_decimal *out) {
    return mul_div(a.raw, b.raw, QM_DECIMAL_SCALE, rounding, &out->raw);
}

qm_status qm_decimal_div(qm_decimal a, qm_decimal b, qm_rounding rounding, qm_decimal *out) {
    return mul_div(a.raw, QM_DECIMAL_SCALE, b.raw, rounding, &out->raw);
}

qm_status qm_decimal_mul_div(qm_decimal a, qm_decimal b, qm_decimal c, qm_rounding rounding,
                             qm_decimal *out) {
    return mul_div(a.raw, b.raw, c.raw, rounding, &out->raw);
}

qm_status qm_decimal_mul_ratio(qm_decimal a, int64_t num, int64_t den, qm_rounding rounding,
                               qm_decimal *out) {
    return mul_div(a.raw, num, den, rounding, &out->raw);
}

qm_status qm_decimal_amount(qm_decimal qty, int64_t multiplier, qm_decimal price, qm_decimal *out) {
    int64_t units;
    if (__builtin_mul_overflow(qty.raw, multiplier, &units)) {
        return QM_EOVERFLOW;
    }
    return mul_div(units, price.raw, QM_DECIMAL_SCALE, QM_ROUND_HALF_EVEN, &out->raw);
}

qm_status qm_decimal_round_to(qm_decimal a, qm_decimal tick, qm_rounding rounding,
                              qm_decimal *out) {
    if (tick.raw <= 0) {
        return QM_EINVAL;
    }
    int64_t steps;
    qm_status status = mul_div(a.raw, 1, tick.raw, rounding, &steps);
    if (status != QM_OK) {
        return status;
    }
    int64_t result;
    if (__builtin_mul_overflow(steps, tick.raw, &result)) {
        return QM_EOVERFLOW;
    }
    out->raw = result;
    return QM_OK;
}

qm_status qm_decimal_round(qm_decimal a, int places, qm_rounding rounding, qm_decimal *out) {
    if (places < 0 || places > QM_DECIMAL_DIGITS) {
        return QM_EINVAL;
    }
    return qm_decimal_round_to(a, (qm_decimal){POWERS[QM_DECIMAL_DIGITS - places]}, rounding, out);
}

int qm_decimal_cmp(qm_decimal a, qm_decimal b) {
    return (a.raw > b.raw) - (a.raw < b.raw);
}
