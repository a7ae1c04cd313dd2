/* SPDX-License-Identifier: MIT
 *
 * ledger.h: the books of one sleeve: cash, positions, lots, realised gains. Pure and exact.
 *
 * The ledger takes an append-only sequence of transactions; everything else (positions, lots, rows)
 * follows from them by replay. qm_ledger_apply either books a transaction whole or, on any error,
 * leaves the ledger as it was. Lots are relieved first in, first out, or as the owner arranges
 * them. Sums reconcile: over all time cash + cost of open lots = deposits + realised + income -
 * fees, to 1e-9.
 *
 * Rounding: a partial close takes basis x closed/open of the lot, half even, and the rest stays in
 * the lot; proceeds of a fill are split over the lots in the same way with the last lot taking the
 * remainder, so the parts always sum to the whole. Fees of a purchase go into basis, of a sale out
 * of proceeds.
 */
#ifndef QM_LEDGER_LEDGER_H
#define QM_LEDGER_LEDGER_H

#include "market/actions.h"
#include "quantmatrix/decimal.h"
#include "quantmatrix/time.h"

#include <stdbool.h>

typedef enum qm_txn_kind {
    QM_TXN_CASH,     /* deposit (> 0) or withdrawal (< 0): amount */
    QM_TXN_TRADE,    /* qty (signed: < 0 sold), price, multiplier, fee */
    QM_TXN_SPLIT,    /* num/den; price: cash in lieu per new share (0: fractions stay) */
    QM_TXN_DIVIDEND, /* amount: cash received (< 0: paid on a short); num: ex-date, 0: unknown */
    QM_TXN_INTEREST,
    QM_TXN_FEE,   /* amount > 0 is paid */
    QM_TXN_DELIST /* closes everything at price */
} qm_txn_kind;

typedef struct qm_txn {
    uint64_t seq; /* set by apply: 1, 2, ... */
    qm_txn_kind kind;
    qm_time time;
    qm_date date; /* trade date (session) */
    qm_instrument_id instrument;
    int64_t multiplier;
    uint64_t order; /* 0: none */
    qm_decimal qty, price, fee, amount;
    int64_t num, den;
} qm_txn;

typedef struct qm_lot {
    uint64_t id; /* 1, 2, ... */
    qm_instrument_id instrument;
    int64_t multiplier;
    qm_decimal qty;   /* signed: short lots are negative; 0 when closed */
    qm_decimal basis; /* cost of the open qty, fees in; for a short lot: proceeds, fees out */
    qm_date acquired;
    qm_time time;
} qm_lot;

typedef enum qm_term { QM_TERM_SHORT, QM_TERM_LONG } qm_term;

typedef struct qm_realized {
    uint64_t lot;
    uint64_t order;
    qm_instrument_id instrument;
    qm_decimal qty; /* > 0 */
    bool was_short;
    qm_date acquired, sold; /* sold: date of the closing trade */
    qm_decimal proceeds, basis, gain;
    qm_term term; /* long: held more than one year (sold after acquired + 1 year) */
} qm_realized;

typedef struct qm_position {
    qm_instrument_id instrument;
    int64_t multiplier;
    qm_decimal qty;   /* signed, 0: flat */
    qm_decimal basis; /* of the open lots, signed like qty */
} qm_position;

typedef struct qm_ledger qm_ledger;

qm_status qm_ledger_new(qm_ledger **out);
void qm_ledger_free(qm_ledger *ledger);
/* Puts the open lots of an instrument (oldest first) into the order in which a sale relieves them.
 * price and amount of what is closed are the transaction's. QM_ENOMEM. */
typedef qm_status (*qm_ledger_arrange)(void *data, const qm_txn *txn, qm_lot *lots, size_t count);
/* NULL: first in, first out. */
void qm_ledger_set_relief(qm_ledger *ledger, qm_ledger_arrange arrange, void *data);
/* Books txn (txn->seq is set). QM_EINVAL, QM_EOVERFLOW, QM_ELOTS, QM_ENOMEM: nothing changed. */
qm_status qm_ledger_apply(qm_ledger *ledger, qm_txn *txn, qm_error *err);

/* Questions. Pointers are valid until the next apply. */
qm_total qm_ledger_cash(const qm_ledger *ledger);
/* qty 0 when there is none. */
qm_position qm_ledger_position(const qm_ledger *ledger, qm_instrument_id instrument);
/* Positions with qty != 0, in order of instrument id. */
size_t qm_ledger_positions(const qm_ledger *ledger, const qm_position **out);
/* Open lots of an instrument (0: all), oldest first, as indexes for qm_ledger_lot. */
typedef struct qm_lot_iter {
    qm_instrument_id instrument;
    size_t index;
} qm_lot_iter;
const qm_lot *qm_ledger_next_lot(const qm_ledger *ledger, qm_lot_iter *iter);
size_t qm_ledger_realized(const qm_ledger *ledger, const qm_realized **out);
size_t qm_ledger_txns(const qm_ledger *ledger, const qm_txn **out);
/* Totals over all time. */
qm_total qm_ledger_realized_gain(const qm_ledger *ledger, qm_term term);
qm_total qm_ledger_income(const qm_ledger *ledger); /* dividends and interest */
qm_total qm_ledger_fees(
    const qm_ledger *ledger); /* all fees, also those inside basis and proceeds */
qm_total qm_ledger_deposits(const qm_ledger *ledger);
/* Holding period: the day after acquisition to the day of sale; more than one year is long. */
qm_term qm_holding_term(qm_date acquired, qm_date sold);

#endif
