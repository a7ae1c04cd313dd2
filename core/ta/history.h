/* SPDX-License-Identifier: MIT
 *
 * history.h: the last n values, oldest first, in one piece, for what is summed anew at each bar.
 */
#ifndef QM_TA_HISTORY_H
#define QM_TA_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

typedef struct history {
    size_t n, at;
    bool full;
    double cell[]; /* 2 n: each value stands at its place and n further, so no window is split */
} history;

static inline size_t history_size(size_t n) {
    return sizeof(history) + 2 * n * sizeof(double);
}

static inline void history_init(history *h, size_t n) {
    h->n = n;
    h->at = 0;
    h->full = false;
}

/* What lies behind it in a state of several parts. */
static inline void *history_end(history *h) {
    return (char *)h + history_size(h->n);
}

/* The last n values, this one last; NULL until n are in. */
static inline const double *history_step(history *h, double x) {
    h->cell[h->at] = h->cell[h->at + h->n] = x;
    h->at++;
    if (h->at == h->n) {
        h->at = 0;
        h->full = true;
    }
    return h->full ? h->cell + h->at : NULL;
}

#endif
