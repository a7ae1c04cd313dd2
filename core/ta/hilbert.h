/* SPDX-License-Identifier: MIT
 *
 * hilbert.h: the dominant cycle of a price by Hilbert transform, and what is built on it.
 * Ehlers, Rocket Science for Traders, 2001.
 *
 * Every second bar has its own set of filter cells, so that the transform has a tap at every other
 * bar. Which set is first depends on where the series begins.
 */
#ifndef QM_TA_HILBERT_H
#define QM_TA_HILBERT_H

#include <stdbool.h>
#include <stddef.h>

/* One transform: three cells behind, for even and for odd bars. */
typedef struct hilbert_filter {
    double cell[2][3], before[2], input[2];
} hilbert_filter;

typedef struct hilbert_state {
    size_t bars, warm;        /* warm: bars that only fill the average in front */
    double recent[3];         /* the prices before, newest first */
    double sum, sub, leaving; /* its running sums: the order of operations is the definition */
    int at;                   /* cell of the filters */
    hilbert_filter detrender, q1, ji, jq;
    double delayed[2][2]; /* in-phase part, two bars of the same set back, for each set */
    double i2, q2, re, im, period;
} hilbert_state;

/* What a bar gives: the in-phase and quadrature parts, and the period of the cycle. */
typedef struct hilbert_parts {
    double in_phase, quadrature, period;
} hilbert_parts;

void hilbert_init(hilbert_state *s, size_t warm);
/* False in the first `warm` bars, which give nothing. */
bool hilbert_step(hilbert_state *s, double price, hilbert_parts *out);

/* ---- MESA adaptive moving average: values[0] MAMA, values[1] FAMA. */
enum { MAMA_WARMUP = 32 };

typedef struct mama_state {
    hilbert_state cycle;
    double fast, slow, phase, mama, fama;
} mama_state;

void mama_init(mama_state *s, double fast, double slow);
void mama_step(mama_state *s, double price, double *values);

/* ---- Instantaneous trend line: the mean over one dominant cycle, smoothed. */
enum { TRENDLINE_WARMUP = 63, TRENDLINE_CYCLE = 64 };

typedef struct trendline_state {
    hilbert_state cycle;
    double smooth_period, before[3];
    double price[TRENDLINE_CYCLE];
} trendline_state;

void trendline_init(trendline_state *s);
double trendline_step(trendline_state *s, double price);

#endif
