/* SPDX-License-Identifier: MIT
 *
 * synth.h: made-up daily bars for the demo and the tests: trends, volatility regimes, gaps, a split
 * and dividends from a seed. No instrument of these names exists; everything that shows the prices
 * says "synthetic".
 */
#ifndef QM_APP_SYNTH_H
#define QM_APP_SYNTH_H

#include "quantmatrix/decimal.h"
#include "quantmatrix/time.h"

#include <stddef.h>

typedef struct qm_synth_instrument {
    const char *symbol, *name;
    double price;       /* of the first session */
    double drift;       /* a year, on average */
    double sigma;       /* a day, in the calm regime */
    int dividend_cents; /* a quarter; 0: none */
    int split;          /* new shares for one, half-way through; 0: none */
} qm_synth_instrument;

/* Static storage, in order of symbol. */
const qm_synth_instrument *qm_synth_instruments(size_t *count);

typedef struct qm_synth_action {
    const char *symbol;
    qm_date date;        /* ex-date */
    int split;           /* new shares for one; 0: a dividend */
    qm_decimal dividend; /* per share */
} qm_synth_action;

typedef struct qm_synth_request {
    const char *directory; /* SYMBOL.csv goes here */
    uint64_t seed;
    qm_date from, to;                                             /* sessions, inclusive */
    void (*on_action)(void *data, const qm_synth_action *action); /* in order of instrument, date */
    void *data;
} qm_synth_request;

/* Writes Date,Open,High,Low,Close,Volume for each instrument. QM_EIO, QM_EFULL with the path. */
qm_status qm_synth_write(const qm_synth_request *request, qm_error *err);

#endif
