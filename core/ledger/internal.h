/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of this room share.
 */
#ifndef QM_LEDGER_INTERNAL_H
#define QM_LEDGER_INTERNAL_H

#include "base/vec.h"
#include "ledger/ledger.h"

/* Lots and sums of one instrument. Lots before `first` are closed. */
typedef struct holding {
    int64_t multiplier;
    qm_decimal qty, basis;
    size_t first;
    QM_VEC(qm_lot) lots;
} holding;

typedef struct totals {
    qm_total cash, income, fees, deposits;
    qm_total gain[2]; /* by qm_term */
} totals;

struct qm_ledger {
    qm_ledger_arrange arrange;
    void *arrange_data;
    totals t;
    uint64_t lot_ids; /* given out so far */
    size_t account_count;
    holding *accounts; /* by instrument id */
    QM_VEC(qm_position) positions;
    QM_VEC(qm_txn) txns;
    QM_VEC(qm_realized) realized;
};

qm_status qm_ledger_holding(qm_ledger *ledger, qm_instrument_id id, holding **out);
qm_status qm_ledger_refresh_position(qm_ledger *ledger, const holding *h, qm_instrument_id id);

/* trade.c, corporate.c: all or nothing. */
qm_status qm_ledger_trade(qm_ledger *ledger, const qm_txn *txn);
qm_status qm_ledger_split(qm_ledger *ledger, const qm_txn *txn);
qm_status qm_ledger_delist(qm_ledger *ledger, const qm_txn *txn);

#endif
