/* SPDX-License-Identifier: MIT
 *
 * gains.h: Wilder's averages of gains and of losses, behind the RSI and what is built on it.
 */
#ifndef QM_TA_GAINS_H
#define QM_TA_GAINS_H

#include "ta/running.h"
#include "ta/smooth.h"

typedef struct gains {
    bool started;
    double before;
    smooth gain, loss;
} gains;

static inline void gains_init(gains *g, size_t n) {
    *g = (gains){0};
    smooth_init(&g->gain, n);
    smooth_init(&g->loss, n);
}

/* False until the averages are defined: after n changes. */
static inline bool gains_step(gains *g, double x) {
    double change = x - g->before;
    g->before = x;
    if (!g->started) {
        g->started = true;
        return false;
    }
    smooth_wilder(&g->gain, change < 0 ? 0 : change);
    smooth_wilder(&g->loss, change < 0 ? -change : 0);
    return smooth_defined(&g->gain);
}

/* Where nothing moved: the middle. */
static inline double gains_rsi(gains *g, double x) {
    bool defined = gains_step(g, x);
    double both = g->gain.value + g->loss.value;
    return !defined ? NAN : both == 0 ? 50 : 100 * (g->gain.value / both);
}

/* TA-Lib says 0 there. */
static inline double gains_rsi_talib(gains *g, double x) {
    bool defined = gains_step(g, x);
    double both = g->gain.value + g->loss.value;
    return !defined ? NAN : talib_zero(both) ? 0 : 100 * (g->gain.value / both);
}

#endif
