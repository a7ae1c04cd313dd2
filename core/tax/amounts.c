/* SPDX-License-Identifier: MIT
 *
 * Exact splits of money and units, and the calendar of holding periods.
 */
#include "tax/internal.h"

#define CENT INT64_C(10000000)

/* n / d, ties away from zero; d > 0. */
static i128 divide(i128 n, i128 d) {
    i128 quotient = n / d, rest = n % d;
    i128 size = rest < 0 ? -rest : rest;
    return size >= d - size ? quotient + (n < 0 ? -1 : 1) : quotient;
}

static qm_status narrow(i128 value, qm_decimal *out) {
    if (value > INT64_MAX || value < INT64_MIN) {
        return QM_EOVERFLOW;
    }
    out->raw = (int64_t)value;
    return QM_OK;
}

qm_status qm_tax_share(const qm_tax *tax, qm_decimal a, qm_decimal part, qm_decimal whole,
                       qm_decimal *out) {
    if (whole.raw <= 0) {
        return QM_EINVAL;
    }
    if (part.raw == whole.raw) { /* the whole is not rounded, whatever the grain */
        *out = a;
        return QM_OK;
    }
    int64_t grain = tax->config.grain.raw;
    return narrow(divide((i128)a.raw * part.raw, (i128)whole.raw * grain) * grain, out);
}

qm_status qm_tax_step(const qm_tax *tax, running *r, qm_decimal units, qm_decimal *out) {
    qm_decimal upto;
    r->done.raw += units.raw; /* never past the whole, which fits */
    qm_status status = qm_tax_share(tax, r->total, r->done, r->whole, &upto);
    status = status == QM_OK ? qm_decimal_sub(upto, r->given, out) : status;
    r->given = status == QM_OK ? upto : r->given;
    return status;
}

qm_status qm_tax_scale(qm_decimal a, int64_t num, int64_t den, qm_decimal *out) {
    return den <= 0 ? QM_EINVAL : narrow(divide((i128)a.raw * num, den), out);
}

qm_decimal qm_tax_min(qm_decimal a, qm_decimal b) {
    return a.raw < b.raw ? a : b;
}

/* Four 64-bit limbs, lowest first. */
static void multiply(u128 a, u128 b, uint64_t out[4]) {
    uint64_t x[2] = {(uint64_t)a, (uint64_t)(a >> 64)}, y[2] = {(uint64_t)b, (uint64_t)(b >> 64)};
    for (int i = 0; i < 4; i++) {
        out[i] = 0;
    }
    for (int i = 0; i < 2; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 2; j++) {
            u128 sum = (u128)x[i] * y[j] + out[i + j] + carry;
            out[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        out[i + 2] = carry;
    }
}

int qm_tax_compare_products(u128 a, u128 b, u128 c, u128 d) {
    uint64_t x[4], y[4];
    multiply(a, b, x);
    multiply(c, d, y);
    for (int i = 3; i >= 0; i--) {
        if (x[i] != y[i]) {
            return x[i] < y[i] ? -1 : 1;
        }
    }
    return 0;
}

int64_t qm_tax_cents(qm_total value) {
    i128 raw = (i128)((u128)(uint64_t)value.hi << 64 | value.lo);
    return (int64_t)divide(raw, CENT);
}

qm_date qm_tax_first_long_term(qm_date holding) {
    qm_ymd next = qm_date_to_ymd(holding + 1);
    return qm_date_from_ymd(next.year + 1, next.month, next.day); /* 29 February rolls over */
}

qm_tax_term qm_tax_term_of(qm_date holding, qm_date sold) {
    if (holding == QM_DATE_NONE) {
        return QM_TAX_TERM_UNKNOWN;
    }
    return sold >= qm_tax_first_long_term(holding) ? QM_TAX_LONG_TERM : QM_TAX_SHORT_TERM;
}

qm_status qm_tax_sixty_forty(qm_decimal gain, qm_decimal *long_term, qm_decimal *short_term) {
    qm_decimal part;
    qm_status status = qm_decimal_mul_ratio(gain, 6, 10, QM_ROUND_HALF_UP, &part);
    status = status == QM_OK ? qm_decimal_round(part, 2, QM_ROUND_HALF_UP, &part) : status;
    status = status == QM_OK ? qm_decimal_sub(gain, part, short_term) : status;
    if (status == QM_OK) {
        *long_term = part;
    }
    return status;
}
