/* SPDX-License-Identifier: MIT
 *
 * atr_state.h: the streaming state of true range and ATR, shared by the indicators built on it.
 */
#ifndef QM_TA_ATR_STATE_H
#define QM_TA_ATR_STATE_H

#include "quantmatrix/ta.h"
#include "ta/kernel.h"

typedef struct qm_true_range_state {
    qm_atr_first first;
    int bars;
    double close;
} qm_true_range_state;

/* x: the five columns of a bar. */
double qm_true_range_step(qm_true_range_state *s, const double *x);

/* With the method sma a window follows it in memory. */
typedef struct qm_atr_state {
    qm_atr_spec spec;
    qm_true_range_state tr;
    int seen; /* ranges in the seed */
    double seed;
    decay average;
} qm_atr_state;

size_t qm_atr_state_size(qm_atr_spec spec);
void qm_atr_state_init(qm_atr_state *s, qm_atr_spec spec);
double qm_atr_state_step(qm_atr_state *s, const double *x);

#endif
