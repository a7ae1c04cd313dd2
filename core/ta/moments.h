/* SPDX-License-Identifier: MIT
 *
 * moments.h: means, squared deviations and their product over the last n pairs, without drift.
 *
 * Windows as in kernel.h, joined by the rule of Chan, Golub and LeVeque (1979): nothing large is
 * subtracted from something large, so a small variance of large values keeps its digits, and a flat
 * window has variance 0.
 */
#ifndef QM_TA_MOMENTS_H
#define QM_TA_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct moments {
    double n, x, y;    /* count and means */
    double xx, yy, xy; /* sums of products of deviations */
} moments;

typedef struct moments_window {
    size_t n, at;
    bool full;
    moments head;
    moments cell[]; /* n + 1: the pairs of this block up to `at`, from there tails of the last */
} moments_window;

static inline size_t moments_size(size_t n) {
    return sizeof(moments_window) + (n + 1) * sizeof(moments);
}

static inline void moments_init(moments_window *w, size_t n) {
    w->n = n;
    w->at = 0;
    w->full = false;
    w->head = (moments){0};
}

static inline void *moments_end(moments_window *w) {
    return (char *)w + moments_size(w->n);
}

static inline moments moments_join(moments a, moments b) {
    if (a.n == 0 || b.n == 0) {
        return a.n == 0 ? b : a;
    }
    double n = a.n + b.n, dx = b.x - a.x, dy = b.y - a.y, part = b.n / n, weight = a.n * part;
    return (moments){.n = n,
                     .x = a.x + dx * part,
                     .y = a.y + dy * part,
                     .xx = a.xx + b.xx + dx * dx * weight,
                     .yy = a.yy + b.yy + dy * dy * weight,
                     .xy = a.xy + b.xy + dx * dy * weight};
}

/* False until n pairs are in. */
static inline bool moments_step(moments_window *w, double x, double y, moments *out) {
    moments one = {.n = 1, .x = x, .y = y};
    w->cell[w->at++] = one;
    w->head = moments_join(w->head, one);
    if (w->at < w->n) {
        *out = w->full ? moments_join(w->cell[w->at], w->head) : w->head;
        return w->full;
    }
    *out = w->head;
    w->cell[w->n] = (moments){0};
    for (size_t i = w->n; i > 0; i--) {
        w->cell[i - 1] = moments_join(w->cell[i - 1], w->cell[i]);
    }
    w->head = (moments){0};
    w->at = 0;
    w->full = true;
    return true;
}

#endif
