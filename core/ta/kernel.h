/* SPDX-License-Identifier: MIT
 *
 * kernel.h: the two recurrences behind most indicators, as small flat states.
 *
 * Decay: an exponential average a' = a*b + k*x, taken four steps at a time: within a block of four
 * a_i = a_0 * b^i + r_i with r_i = r_(i-1) * b + k * x_i. This order of operations is the
 * definition; only a_0 links one block to the next, so a processor can overlap them.
 *
 * Window: sum, maximum or minimum of the last n values without drift: blocks of n values, the
 * window is the tail of the last block combined with the head of this one (van Herk 1992, Gil and
 * Werman 1993). Nothing is ever subtracted, so rounding does not pile up.
 */
#ifndef QM_TA_KERNEL_H
#define QM_TA_KERNEL_H

#include <math.h>
#include <stddef.h>

typedef struct decay {
    double b[5]; /* powers of b, [0] unused */
    double k;
    double start, rest;
    int phase;
} decay;

static inline void decay_init(decay *d, double b, double k) {
    *d = (decay){.k = k, .b = {1, b, b * b, b * b * b, b * b * b * b}};
}

static inline void decay_seed(decay *d, double value) {
    d->start = value;
    d->rest = 0;
    d->phase = 0;
}

static inline double decay_step(decay *d, double x) {
    double part = d->k * x;
    d->rest = d->phase ? d->rest * d->b[1] + part : part;
    d->phase++;
    double value = d->start * d->b[d->phase] + d->rest;
    if (d->phase == 4) {
        d->start = value;
        d->phase = 0;
    }
    return value;
}

typedef enum window_op { WINDOW_SUM, WINDOW_MAX, WINDOW_MIN } window_op;

typedef struct window {
    size_t n, at; /* at: values in this block */
    window_op op;
    int full; /* a whole block lies behind */
    double head;
    double cell[]; /* n values of this block; n + 1 tails of the last one, [n] is the empty tail */
} window;

static inline size_t window_size(size_t n) {
    return sizeof(window) + (2 * n + 1) * sizeof(double);
}

static inline double window_join(window_op op, double a, double b) {
    switch (op) {
    case WINDOW_SUM:
        return a + b;
    case WINDOW_MAX:
        return a > b ? a : b;
    default:
        return a < b ? a : b;
    }
}

static inline double window_empty(window_op op) {
    return op == WINDOW_SUM ? 0 : op == WINDOW_MAX ? -INFINITY : INFINITY;
}

static inline void window_init(window *w, size_t n, window_op op) {
    w->n = n;
    w->at = 0;
    w->op = op;
    w->full = 0;
    w->head = window_empty(op);
}

/* What lies behind it in a state of several parts. */
static inline void *window_end(window *w) {
    return (char *)w + window_size(w->n);
}

/* NaN until n values are in. */
static inline double window_step(window *w, double x) {
    double *tails = w->cell + w->n;
    w->cell[w->at++] = x;
    w->head = window_join(w->op, w->head, x);
    double value = NAN;
    if (w->at == w->n) {
        value = w->head;
        tails[w->n] = window_empty(w->op);
        for (size_t i = w->n; i > 0; i--) {
            tails[i - 1] = window_join(w->op, w->cell[i - 1], tails[i]);
        }
        w->at = 0;
        w->full = 1;
        w->head = window_empty(w->op);
    } else if (w->full) {
        value = window_join(w->op, tails[w->at], w->head);
    }
    return value;
}

#endif
