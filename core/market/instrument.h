/* SPDX-License-Identifier: MIT
 *
 * instrument.h: what can be traded, and the names it goes by.
 *
 * An instrument has an id that never changes; a symbol is a name at a time (alias: symbol, venue,
 * from, to -> id), because tickers are renamed and reused. The registry owns the instruments;
 * pointers stay valid until it is freed. Pure memory: the store loads and saves it.
 */
#ifndef QM_MARKET_INSTRUMENT_H
#define QM_MARKET_INSTRUMENT_H

#include "quantmatrix/decimal.h"
#include "quantmatrix/time.h"

#include <stdbool.h>

typedef uint32_t qm_instrument_id; /* 1, 2, ...; 0 is none */

enum { QM_SYMBOL_MAX = 32 };

typedef enum qm_instrument_kind {
    QM_KIND_STOCK,
    QM_KIND_ETF,
    QM_KIND_INDEX,
    QM_KIND_OPTION
} qm_instrument_kind;

typedef struct qm_instrument {
    qm_instrument_id id;
    qm_instrument_kind kind;
    char symbol[QM_SYMBOL_MAX]; /* its newest name */
    char venue[8];              /* "XNYS" calendar by default */
    char currency[4];           /* "USD" */
    char name[64];
    char sector[32];            /* empty: unknown */
    qm_decimal tick;            /* 0.01 by default */
    int64_t multiplier;         /* 1; options 100 */
    qm_decimal market_cap_musd; /* millions; 0: unknown */
} qm_instrument;

typedef struct qm_alias {
    char symbol[QM_SYMBOL_MAX];
    qm_date from; /* first day, QM_DATE_NONE: always */
    qm_date to;   /* last day, QM_DATE_NONE: still */
    qm_instrument_id id;
} qm_alias;

typedef struct qm_instruments qm_instruments;

qm_status qm_instruments_new(qm_instruments **out);
void qm_instruments_free(qm_instruments *reg);
/* Adds a copy with a fresh id (or with in->id when that is not 0 and free) and an alias for its
 * symbol without dates. QM_EEXISTS when the symbol is taken for overlapping dates. */
qm_status qm_instruments_add(qm_instruments *reg, const qm_instrument *in, qm_instrument_id *out);
qm_status qm_instruments_add_alias(qm_instruments *reg, const qm_alias *alias);
/* A stock with the defaults, when the symbol is new; else the existing id. Symbols are 1..31
 * characters of A-Z a-z 0-9 . - _ / ^ = and space: QM_EINVAL otherwise. */
qm_status qm_instruments_intern(qm_instruments *reg, const char *symbol, qm_instrument_id *out);
/* NULL when there is none. date QM_DATE_NONE: the newest owner of the name. */
const qm_instrument *qm_instruments_find(const qm_instruments *reg, const char *symbol,
                                         qm_date date);
const qm_instrument *qm_instruments_get(const qm_instruments *reg, qm_instrument_id id);
qm_instrument *qm_instruments_edit(qm_instruments *reg, qm_instrument_id id);
size_t qm_instruments_count(const qm_instruments *reg); /* ids are 1..count */
bool qm_symbol_valid(const char *symbol);

#endif
