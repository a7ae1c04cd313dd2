/* SPDX-License-Identifier: MIT
 *
 * Numbers out of cells.
 */
#include "codec/csv.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBER_MAX = 400 };

/* Powers of ten that a double holds exactly. */
static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static qm_cell trimmed(qm_cell cell) {
    while (cell.length > 0 && (cell.text[0] == ' ' || cell.text[0] == '\t')) {
        cell.text++;
        cell.length--;
    }
    while (cell.length > 0 &&
           (cell.text[cell.length - 1] == ' ' || cell.text[cell.length - 1] == '\t')) {
        cell.length--;
    }
    return cell;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Copies a number without its thousands separators into out (terminated); false when a separator
 * stands wrong or something is no part of a number. */
static bool clean(qm_cell cell, char *out) {
    size_t n = 0, group = 0;
    bool separated = false, whole = true, digits = false;
    if (cell.length == 0 || cell.length >= NUMBER_MAX) {
        return false;
    }
    for (size_t i = 0; i < cell.length; i++) {
        char c = cell.text[i];
        if (c == ',') {
            /* 1 to 3 digits, then groups of exactly 3. */
            if (!whole || group == 0 || group > 3 || (separated && group != 3)) {
                return false;
            }
            separated = true;
            group = 0;
            continue;
        }
        if (is_digit(c)) {
            group++;
            digits = true;
        } else if (whole && separated && group != 3) {
            return false;
        } else {
            bool sign_fits = (c == '-' || c == '+') &&
                             (i == 0 || cell.text[i - 1] == 'e' || cell.text[i - 1] == 'E');
            bool point_fits = c == '.' && whole;
            bool exponent_fits = (c == 'e' || c == 'E') && digits;
            if (!sign_fits && !point_fits && !exponent_fits) {
                return false;
            }
            whole = whole && c != '.' && !exponent_fits;
        }
        out[n++] = c;
    }
    out[n] = 0;
    return digits && !(whole && separated && group != 3);
}

static bool by_strtod(qm_cell cell, double *out) {
    char text[NUMBER_MAX];
    char *end;
    if (!clean(cell, text)) {
        return false;
    }
    double value = strtod(text, &end);
    if (*end != 0 || value - value != 0) {
        return false; /* something behind it, or too large for a double */
    }
    *out = value;
    return true;
}

bool qm_cell_double(qm_cell cell, double *out) {
    cell = trimmed(cell);
    const char *at = cell.text, *end = at + cell.length;
    bool negative = at < end && *at == '-';
    at += negative;
    uint64_t mantissa = 0;
    int digits = 0, decimals = 0;
    const char *point = NULL;
    for (; at < end; at++) {
        if (is_digit(*at)) {
            mantissa = mantissa * 10 + (uint64_t)(*at - '0');
            digits++;
            decimals += point != NULL;
        } else if (*at == '.' && !point) {
            point = at;
        } else {
            return by_strtod(cell, out);
        }
    }
    /* Up to 15 digits and a power of ten up to 22 are exact: one division, rounded once. */
    if (digits == 0 || digits > 15) {
        return digits > 15 && by_strtod(cell, out);
    }
    double value = (double)mantissa / POWERS[decimals];
    *out = negative ? -value : value;
    return true;
}

qm_status qm_cell_decimal(qm_cell cell, qm_decimal *out) {
    cell = trimmed(cell);
    char text[NUMBER_MAX + 1], *digits = text + 1;
    bool negative = cell.length >= 2 && cell.text[0] == '(' && cell.text[cell.length - 1] == ')';
    if (negative) {
        cell.text++;
        cell.length -= 2;
    }
    if (cell.length > 1 && cell.text[0] == '-' && cell.text[1] == '$') {
        if (negative) {
            return QM_EPARSE;
        }
        negative = true;
        cell.text++;
        cell.length--;
    }
    if (cell.length > 0 && cell.text[0] == '$') {
        cell.text++;
        cell.length--;
    }
    if (!clean(cell, digits)) {
        return QM_EPARSE;
    }
    if (negative) {
        text[0] = '-';
        return digits[0] == '-' ? QM_EPARSE : qm_decimal_parse(text, strlen(text), out);
    }
    return qm_decimal_parse(digits, strlen(digits), out);
}

bool qm_cell_int(qm_cell cell, int64_t *out) {
    cell = trimmed(cell);
    bool negative = cell.length > 0 && cell.text[0] == '-';
    int64_t value = 0;
    size_t i = negative;
    for (; i < cell.length && is_digit(cell.text[i]); i++) {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, cell.text[i] - '0', &value)) {
            return false;
        }
    }
    *out = negative ? -value : value;
    return cell.length > (size_t)negative && i == cell.length;
}
