/* SPDX-License-Identifier: MIT
 *
 * Splits and delistings.
 */
#include "ledger/internal.h"

/* Quantities of the open lots after the split, as differences of the rounded running sum, so that
 * their sum is the rounded total. write: false only checks. */
static qm_status rescale(holding *h, const qm_txn *txn, bool write) {
    qm_decimal before = {0}, after_before = {0};
    for (size_t i = h->first; i < h->lots.length; i++) {
        qm_lot *lot = &h->lots.items[i];
        qm_decimal sum = {before.raw + lot->qty.raw}, after;
        qm_status status =
            qm_decimal_mul_ratio(sum, txn->num, txn->den, QM_ROUND_HALF_EVEN, &after);
        if (status != QM_OK) {
            return status;
        }
        before = sum;
        if (write) {
            lot->qty.raw = after.raw - after_before.raw;
            h->qty = after;
        }
        after_before = after;
    }
    return QM_OK;
}

qm_status qm_ledger_split(qm_ledger *ledger, const qm_txn *txn) {
    holding *h;
    qm_status status = qm_ledger_holding(ledger, txn->instrument, &h);
    if (status != QM_OK || txn->num <= 0 || txn->den <= 0 || txn->price.raw < 0) {
        return status != QM_OK ? status : QM_EINVAL;
    }
    if (h->qty.raw == 0) {
        return QM_OK;
    }
    qm_decimal total;
    status = qm_decimal_mul_ratio(h->qty, txn->num, txn->den, QM_ROUND_HALF_EVEN, &total);
    if (status == QM_OK) {
        status = rescale(h, txn, false);
    }
    if (status == QM_OK) {
        /* What the sale of a fraction needs, so that nothing can fail once the lots have changed.
         */
        status = qm_vec_reserve(&ledger->realized,
                                ledger->realized.length + (h->lots.length - h->first));
    }
    if (status != QM_OK) {
        return status;
    }
    rescale(h, txn, true);
    status = qm_ledger_refresh_position(ledger, h, txn->instrument);
    int64_t fraction = total.raw % QM_DECIMAL_SCALE;
    if (status == QM_OK && txn->price.raw > 0 && fraction != 0) {
        qm_txn sale = *txn; /* cash in lieu */
        sale.kind = QM_TXN_TRADE;
        sale.qty.raw = -fraction;
        sale.fee = QM_DECIMAL_ZERO;
        sale.multiplier = h->multiplier;
        status = qm_ledger_trade(ledger, &sale);
    }
    return status;
}

qm_status qm_ledger_delist(qm_ledger *ledger, const qm_txn *txn) {
    qm_position position = qm_ledger_position(ledger, txn->instrument);
    if (position.qty.raw == 0) {
        return QM_OK;
    }
    qm_txn sale = *txn;
    sale.kind = QM_TXN_TRADE;
    sale.qty.raw = -position.qty.raw;
    sale.fee = QM_DECIMAL_ZERO;
    sale.multiplier = position.multiplier;
    return qm_ledger_trade(ledger, &sale);
}
