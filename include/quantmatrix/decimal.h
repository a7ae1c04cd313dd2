/* SPDX-License-Identifier: MIT
 *
 * decimal.h: exact money, prices and quantities.
 *
 * A qm_decimal is an int64 count of 1e-9. Its range is +-9,223,372,036.854775807; everything
 * outside is QM_EOVERFLOW, never a wrapped or rounded value. Products and quotients go through
 * 128 bits and are rounded once, by the mode that the caller names. Sums over many amounts use a
 * qm_total (128 bits), which can hold a year's turnover.
 *
 * Values are passed by value; nothing here allocates. Functions are safe on any thread.
 */
#ifndef QUANTMATRIX_DECIMAL_H
#define QUANTMATRIX_DECIMAL_H

#include "quantmatrix/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QM_DECIMAL_SCALE INT64_C(1000000000)
#define QM_DECIMAL_DIGITS 9

enum {
    QM_DECIMAL_BUF = 24, /* longest text of a qm_decimal, with sign, point and terminator */
    QM_TOTAL_BUF = 48
};

typedef struct qm_decimal {
    int64_t raw; /* value x 1e9 */
} qm_decimal;

/* A sum of decimals: two's complement 128 bits in units of 1e-9. */
typedef struct qm_total {
    uint64_t lo;
    int64_t hi;
} qm_total;

typedef enum qm_rounding {
    QM_ROUND_HALF_EVEN,
    QM_ROUND_HALF_UP, /* ties away from zero */
    QM_ROUND_DOWN,    /* toward zero */
    QM_ROUND_UP,      /* away from zero */
    QM_ROUND_FLOOR,
    QM_ROUND_CEIL
} qm_rounding;

#define QM_DECIMAL_ZERO ((qm_decimal){0})
#define QM_DECIMAL_ONE ((qm_decimal){QM_DECIMAL_SCALE})

/* Reads [+-]digits[.digits], exactly. QM_EPARSE: not a number; QM_ERANGE: a non-zero digit past
 * the ninth decimal; QM_EOVERFLOW. No white space, separators or exponent. */
qm_status qm_decimal_parse(const char *text, size_t length, qm_decimal *out);

/* Shortest exact text ("-0.05", "1200"); returns its length. out holds QM_DECIMAL_BUF bytes. */
size_t qm_decimal_format(qm_decimal value, char *out);

/* Rounded to `places` (0..9) with exactly that many decimals; returns the length. */
size_t qm_decimal_format_fixed(qm_decimal value, int places, qm_rounding rounding, char *out);

/* Whole units. QM_EOVERFLOW outside +-9,223,372,036. */
qm_status qm_decimal_from_int(int64_t units, qm_decimal *out);

/* Nearest 1e-9 (ties to even). QM_EINVAL for NaN and infinities, QM_EOVERFLOW. Exact for every
 * double that came from a text with at most 9 decimals and at most 15 significant digits. */
qm_status qm_decimal_from_double(double value, qm_decimal *out);

/* Nearest double. */
double qm_decimal_to_double(qm_decimal value);

qm_status qm_decimal_add(qm_decimal a, qm_decimal b, qm_decimal *out);
qm_status qm_decimal_sub(qm_decimal a, qm_decimal b, qm_decimal *out);
qm_status qm_decimal_neg(qm_decimal a, qm_decimal *out);
qm_status qm_decimal_abs(qm_decimal a, qm_decimal *out);

/* a x b, a / b, a x b / c and a x num / den, each with one rounding. Division by zero: QM_EINVAL.
 */
qm_status qm_decimal_mul(qm_decimal a, qm_decimal b, qm_rounding rounding, qm_decimal *out);
qm_status qm_decimal_div(qm_decimal a, qm_decimal b, qm_rounding rounding, qm_decimal *out);
qm_status qm_decimal_mul_div(qm_decimal a, qm_decimal b, qm_decimal c, qm_rounding rounding,
                             qm_decimal *out);
qm_status qm_decimal_mul_ratio(qm_decimal a, int64_t num, int64_t den, qm_rounding rounding,
                               qm_decimal *out);

/* qty x multiplier x price, the product of quantity and multiplier first, one rounding
 * (half even) at the end: the amount of a trade or of a position. */
qm_status qm_decimal_amount(qm_decimal qty, int64_t multiplier, qm_decimal price, qm_decimal *out);

/* To `places` decimals (0..9), still a decimal. */
qm_status qm_decimal_round(qm_decimal a, int places, qm_rounding rounding, qm_decimal *out);

/* To a multiple of tick (> 0). */
qm_status qm_decimal_round_to(qm_decimal a, qm_decimal tick, qm_rounding rounding, qm_decimal *out);

/* -1, 0, 1. */
int qm_decimal_cmp(qm_decimal a, qm_decimal b);

static inline bool qm_decimal_is_zero(qm_decimal a) {
    return a.raw == 0;
}
static inline int qm_decimal_sign(qm_decimal a) {
    return (a.raw > 0) - (a.raw < 0);
}
static inline bool qm_decimal_is_whole(qm_decimal a) {
    return a.raw % QM_DECIMAL_SCALE == 0;
}

/* Sums. A total overflows only past 1.7e29 and then saturates the status, not the value. */
qm_total qm_total_from(qm_decimal value);
qm_status qm_total_add(qm_total *total, qm_decimal value);
qm_status qm_total_sub(qm_total *total, qm_decimal value);
qm_status qm_total_add_total(qm_total *total, qm_total other);
/* Adds a x b exactly only when the product is a multiple of 1e-9; otherwise rounds half even. */
qm_status qm_total_add_product(qm_total *total, qm_decimal a, qm_decimal b);
int qm_total_cmp(qm_total a, qm_total b);
/* QM_EOVERFLOW when it does not fit a qm_decimal. */
qm_status qm_total_to_decimal(qm_total total, qm_decimal *out);
double qm_total_to_double(qm_total total);
/* Reads what qm_total_format writes. QM_EPARSE, QM_ERANGE, QM_EOVERFLOW. */
qm_status qm_total_parse(const char *text, size_t length, qm_total *out);
/* Shortest exact text; out holds QM_TOTAL_BUF bytes; returns the length. */
size_t qm_total_format(qm_total total, char *out);
size_t qm_total_format_fixed(qm_total total, int places, qm_rounding rounding, char *out);

#endif
