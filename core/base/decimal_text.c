/* SPDX-License-Identifier: MIT
 *
 * Reading and printing decimals and totals, exactly.
 */
#include "base/wide.h"

#include <string.h>

/* Digits before and after the point, checked; value in units of 1e-9. */
typedef struct digits {
    uint64_t value;
    int decimals;
    bool any, overflow, inexact;
} digits;

static void take_digit(digits *d, int digit, bool after_point) {
    d->any = true;
    if (after_point && d->decimals == QM_DECIMAL_DIGITS) {
        d->inexact |= digit != 0;
        return;
    }
    d->decimals += after_point;
    if (__builtin_mul_overflow(d->value, UINT64_C(10), &d->value) ||
        __builtin_add_overflow(d->value, (uint64_t)digit, &d->value)) {
        d->overflow = true;
    }
}

qm_status qm_decimal_parse(const char *text, size_t length, qm_decimal *out) {
    const char *at = text, *end = text + length;
    bool negative = at < end && *at == '-', after_point = false;
    at += at < end && (*at == '-' || *at == '+');
    digits d = {0};
    bool before = false, after = false;
    for (; at < end; at++) {
        if (*at >= '0' && *at <= '9') {
            take_digit(&d, *at - '0', after_point);
            before |= !after_point;
            after |= after_point;
        } else if (*at == '.' && !after_point) {
            after_point = true;
        } else {
            return QM_EPARSE;
        }
    }
    if (!before || (after_point && !after)) {
        return QM_EPARSE;
    }
    for (; d.decimals < QM_DECIMAL_DIGITS && !d.overflow; d.decimals++) {
        d.overflow = __builtin_mul_overflow(d.value, UINT64_C(10), &d.value);
    }
    if (d.overflow || d.value > (uint64_t)INT64_MAX + negative) {
        return QM_EOVERFLOW;
    }
    if (d.inexact) {
        return QM_ERANGE;
    }
    out->raw = negative ? (int64_t)(0 - d.value) : (int64_t)d.value;
    return QM_OK;
}

/* Decimal digits of a number, most significant first; returns how many. */
static size_t put_number(char *out, uint64_t value) {
    char reversed[20];
    size_t n = 0;
    do {
        reversed[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (size_t i = 0; i < n; i++) {
        out[i] = reversed[n - 1 - i];
    }
    return n;
}

/* ".123" with `places` digits of a fraction in 1e-9, or nothing for 0 places. */
static size_t put_fraction(char *out, uint32_t fraction, int places) {
    if (places == 0) {
        return 0;
    }
    char all[QM_DECIMAL_DIGITS];
    for (int i = QM_DECIMAL_DIGITS - 1; i >= 0; i--) {
        all[i] = (char)('0' + fraction % 10);
        fraction /= 10;
    }
    out[0] = '.';
    memcpy(out + 1, all, (size_t)places);
    return (size_t)places + 1;
}

static int places_needed(uint32_t fraction) {
    int places = QM_DECIMAL_DIGITS;
    for (; places > 0 && fraction % 10 == 0; places--) {
        fraction /= 10;
    }
    return places;
}

static size_t format_raw(int64_t raw, int places, char *out) {
    uint64_t value = raw < 0 ? 0 - (uint64_t)raw : (uint64_t)raw;
    uint32_t fraction = (uint32_t)(value % (uint64_t)QM_DECIMAL_SCALE);
    size_t n = 0;
    if (raw < 0) {
        out[n++] = '-';
    }
    n += put_number(out + n, value / (uint64_t)QM_DECIMAL_SCALE);
    n += put_fraction(out + n, fraction, places < 0 ? places_needed(fraction) : places);
    out[n] = 0;
    return n;
}

size_t qm_decimal_format(qm_decimal value, char *out) {
    return format_raw(value.raw, -1, out);
}

size_t qm_decimal_format_fixed(qm_decimal value, int places, qm_rounding rounding, char *out) {
    qm_total total = qm_total_from(value);
    char text[QM_TOTAL_BUF]; /* rounding the largest value may leave the range of a decimal */
    size_t n = qm_total_format_fixed(total, places, rounding, text);
    memcpy(out, text, n + 1);
    return n;
}

/* Whole units and fraction are read as decimals of their own: 38 digits in parts of 9. */
qm_status qm_total_parse(const char *text, size_t length, qm_total *out) {
    const char *point = memchr(text, '.', length);
    size_t whole = point ? (size_t)(point - text) : length;
    bool negative = length > 0 && text[0] == '-';
    size_t at = length > 0 && (negative || text[0] == '+');
    qm_total sum = {0};
    if (at == whole || whole - at > 29) {
        return QM_EPARSE;
    }
    for (; at < whole; at++) {
        if (text[at] < '0' || text[at] > '9') {
            return QM_EPARSE;
        }
        qm_total ten = sum;
        qm_status status = QM_OK;
        for (int i = 0; status == QM_OK && i < 9; i++) {
            status = qm_total_add_total(&ten, sum);
        }
        if (status == QM_OK) {
            status = qm_total_add(&ten, (qm_decimal){(text[at] - '0') * QM_DECIMAL_SCALE});
        }
        if (status != QM_OK) {
            return status;
        }
        sum = ten;
    }
    if (point) {
        char fraction[32] = "0";
        qm_decimal rest;
        if (length - whole > 10) {
            return QM_ERANGE;
        }
        memcpy(fraction + 1, point, length - whole);
        qm_status status = qm_decimal_parse(fraction, 1 + length - whole, &rest);
        if (status != QM_OK || qm_total_add(&sum, rest) != QM_OK) {
            return status != QM_OK ? status : QM_EOVERFLOW;
        }
    }
    if (negative) {
        uint64_t lo = 0 - sum.lo;
        sum = (qm_total){.lo = lo, .hi = (int64_t)(~(uint64_t)sum.hi + (lo == 0))};
    }
    *out = sum;
    return QM_OK;
}

/* Magnitude of a total. */
static qm_wide absolute(qm_total t) {
    qm_wide v = {.hi = (uint64_t)t.hi, .lo = t.lo};
    if (t.hi < 0) {
        v.lo = 0 - v.lo;
        v.hi = ~v.hi + (v.lo == 0);
    }
    return v;
}

/* v / divisor in place; returns the remainder. divisor < 2^32 keeps the parts within 64 bits. */
static uint64_t divide_by(qm_wide *v, uint64_t divisor) {
    uint64_t low, rest;
    uint64_t high = v->hi / divisor;
    qm_wide part = {.hi = v->hi % divisor, .lo = v->lo};
    qm_wide_div(part, divisor, &low, &rest);
    *v = (qm_wide){.hi = high, .lo = low};
    return rest;
}

static size_t format_wide(qm_wide v, bool negative, int places, char *out) {
    uint32_t fraction = (uint32_t)divide_by(&v, (uint64_t)QM_DECIMAL_SCALE);
    char reversed[QM_TOTAL_BUF];
    size_t count = 0, n = 0;
    do {
        reversed[count++] = (char)('0' + divide_by(&v, 10));
    } while (v.hi || v.lo);
    if (negative) {
        out[n++] = '-';
    }
    while (count > 0) {
        out[n++] = reversed[--count];
    }
    n += put_fraction(out + n, fraction, places < 0 ? places_needed(fraction) : places);
    out[n] = 0;
    return n;
}

size_t qm_total_format(qm_total total, char *out) {
    return format_wide(absolute(total), total.hi < 0, -1, out);
}

static bool goes_up(uint64_t rest, uint64_t unit, bool odd, bool negative, qm_rounding rounding) {
    switch (rounding) {
    case QM_ROUND_HALF_EVEN:
        return rest > unit - rest || (rest == unit - rest && odd);
    case QM_ROUND_HALF_UP:
        return rest >= unit - rest;
    case QM_ROUND_DOWN:
        return false;
    case QM_ROUND_UP:
        return rest > 0;
    case QM_ROUND_FLOOR:
        return rest > 0 && negative;
    case QM_ROUND_CEIL:
        return rest > 0 && !negative;
    }
    return false;
}

size_t qm_total_format_fixed(qm_total total, int places, qm_rounding rounding, char *out) {
    bool negative = total.hi < 0;
    qm_wide v = absolute(total);
    uint64_t unit = 1;
    for (int i = places; i < QM_DECIMAL_DIGITS; i++) {
        unit *= 10;
    }
    uint64_t rest = divide_by(&v, unit);
    if (goes_up(rest, unit, v.lo & 1, negative, rounding)) {
        v.lo++;
        v.hi += v.lo == 0;
    }
    /* Back to 1e-9, where the digits past `places` are zero. */
    qm_wide scaled = qm_wide_mul(v.lo, unit);
    scaled.hi += v.hi * unit;
    negative = negative && (scaled.hi || scaled.lo); /* no "-0.00" */
    return format_wide(scaled, negative, places, out);
}
