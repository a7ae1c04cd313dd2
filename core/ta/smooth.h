/* SPDX-License-Identifier: MIT
 *
 * smooth.h: an average that forgets, seeded with the mean of its first n values, one step at a
 * time: for averages of averages, where each stage waits for the one before.
 */
#ifndef QM_TA_SMOOTH_H
#define QM_TA_SMOOTH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct smooth {
    size_t n, seen;
    double k, value;
} smooth;

/* k = 2 / (n + 1). */
static inline void smooth_init(smooth *s, size_t n) {
    *s = (smooth){.n = n, .k = 2 / ((double)n + 1)};
}

static inline bool smooth_defined(const smooth *s) {
    return s->seen >= s->n;
}

/* NaN while the seed is not complete. */
static inline double smooth_seed(smooth *s, double x) {
    s->value += x;
    s->seen++;
    if (s->seen < s->n) {
        return NAN;
    }
    s->value /= (double)s->n;
    return s->value;
}

static inline double smooth_step(smooth *s, double x) {
    if (!smooth_defined(s)) {
        return smooth_seed(s, x);
    }
    s->value = (x - s->value) * s->k + s->value;
    return s->value;
}

/* The same in the order of operations in which T3 is defined. */
static inline double smooth_blend(smooth *s, double x) {
    if (!smooth_defined(s)) {
        return smooth_seed(s, x);
    }
    s->value = s->k * x + (1 - s->k) * s->value;
    return s->value;
}

/* Wilder's: k = 1 / n. */
static inline double smooth_wilder(smooth *s, double x) {
    if (!smooth_defined(s)) {
        return smooth_seed(s, x);
    }
    double n = (double)s->n;
    s->value = (s->value * (n - 1) + x) / n;
    return s->value;
}

/* count stages, each over the one before; false until the last is defined. */
static inline bool smooth_chain(smooth *stage, size_t count, double x, double *values) {
    for (size_t i = 0; i < count; i++) {
        x = values[i] = smooth_step(&stage[i], x);
        if (!smooth_defined(&stage[i])) {
            return false;
        }
    }
    return true;
}

#endif
