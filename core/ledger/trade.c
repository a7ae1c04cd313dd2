/* SPDX-License-Identifier: MIT
 *
 * A trade opens a lot, closes lots (the oldest first, or as arranged), or does both: then amount
 * and fee are split between the parts by quantity, the opening part taking the remainder.
 */
#include "ledger/internal.h"

#include <stdint.h>
#include <stdlib.h>

/* One part of a trade; quantities are magnitudes. */
typedef struct part {
    qm_decimal qty, amount, fee;
} part;

static int64_t magnitude(qm_decimal v) {
    return v.raw < 0 ? -v.raw : v.raw;
}

static qm_status share(qm_decimal whole, qm_decimal qty, qm_decimal of, qm_decimal *out) {
    if (qty.raw == of.raw) {
        *out = whole;
        return QM_OK;
    }
    return qm_decimal_mul_div(whole, qty, of, QM_ROUND_HALF_EVEN, out);
}

/* What a part is worth to the one who trades: a purchase costs its fee more, a sale brings it less.
 */
static qm_status net_of(const part *p, bool buy, qm_decimal *out) {
    return buy ? qm_decimal_add(p->amount, p->fee, out) : qm_decimal_sub(p->amount, p->fee, out);
}

/* Splits a trade into what closes and what opens. */
static qm_status divide(const qm_txn *txn, qm_decimal closing, part *close, part *open) {
    part all = {.qty = {magnitude(txn->qty)}, .fee = txn->fee};
    qm_status status = qm_decimal_amount(all.qty, txn->multiplier, txn->price, &all.amount);
    *close = (part){.qty = closing};
    if (status == QM_OK) {
        status = share(all.amount, closing, all.qty, &close->amount);
    }
    if (status == QM_OK) {
        status = share(all.fee, closing, all.qty, &close->fee);
    }
    open->qty.raw = all.qty.raw - closing.raw;
    open->amount.raw = all.amount.raw - close->amount.raw;
    open->fee.raw = all.fee.raw - close->fee.raw;
    return status;
}

/* The row for `qty` out of a lot. left: what the lot keeps. */
static qm_status relieve(const qm_lot *lot, const qm_txn *txn, qm_decimal qty, qm_decimal net,
                         qm_realized *row) {
    qm_decimal basis;
    qm_status status = share(lot->basis, qty, (qm_decimal){magnitude(lot->qty)}, &basis);
    if (status != QM_OK) {
        return status;
    }
    bool is_short = lot->qty.raw < 0;
    *row =
        (qm_realized){.lot = lot->id,
                      .order = txn->order,
                      .instrument = txn->instrument,
                      .qty = qty,
                      .was_short = is_short,
                      .acquired = lot->acquired,
                      .sold = txn->date,
                      .proceeds = is_short ? basis : net,
                      .basis = is_short ? net : basis,
                      /* Shares that close a short are held for no time of their own. */
                      .term = is_short ? QM_TERM_SHORT : qm_holding_term(lot->acquired, txn->date)};
    return qm_decimal_sub(row->proceeds, row->basis, &row->gain);
}

/* Rows for the closing part, put behind the ledger's rows; nothing is changed yet. */
static qm_status plan_close(qm_ledger *ledger, const qm_txn *txn, const part *close, size_t *rows,
                            totals *t) {
    const holding *h = &ledger->accounts[txn->instrument];
    qm_decimal net, left = close->qty, net_left;
    qm_status status = net_of(close, txn->qty.raw > 0, &net);
    net_left = net;
    *rows = 0;
    for (size_t i = h->first; status == QM_OK && left.raw > 0; i++) {
        if (i >= h->lots.length) {
            return QM_ELOTS;
        }
        const qm_lot *lot = &h->lots.items[i];
        qm_decimal qty = {magnitude(lot->qty) < left.raw ? magnitude(lot->qty) : left.raw},
                   part_net;
        part_net = net_left; /* the last lot takes the remainder */
        if (qty.raw != left.raw) {
            status = share(net, qty, close->qty, &part_net);
        }
        if (status == QM_OK) {
            status = qm_vec_reserve(&ledger->realized, ledger->realized.length + *rows + 1);
        }
        if (status == QM_OK) {
            qm_realized *row = &ledger->realized.items[ledger->realized.length + *rows];
            status = relieve(lot, txn, qty, part_net, row);
            if (status == QM_OK) {
                status = qm_total_add(&t->gain[row->term], row->gain);
            }
        }
        left.raw -= qty.raw;
        net_left.raw -= part_net.raw;
        (*rows)++;
    }
    return status;
}

/* Takes the planned rows out of the lots. Can't fail. */
static void commit_close(qm_ledger *ledger, holding *h, size_t rows) {
    for (size_t i = 0; i < rows; i++) {
        const qm_realized *row = &ledger->realized.items[ledger->realized.length++];
        qm_lot *lot = &h->lots.items[h->first];
        int64_t basis = row->was_short ? row->proceeds.raw : row->basis.raw;
        int64_t sign = lot->qty.raw < 0 ? -1 : 1;
        lot->qty.raw -= sign * row->qty.raw;
        lot->basis.raw -= basis;
        h->qty.raw -= sign * row->qty.raw;
        h->basis.raw -= sign * basis;
        h->first += lot->qty.raw == 0;
    }
    if (h->first == h->lots.length) {
        h->first = h->lots.length = 0; /* flat: the memory of closed lots is used again */
    }
}

static qm_status plan_open(const qm_txn *txn, const part *open, qm_lot *lot) {
    bool buy = txn->qty.raw > 0;
    *lot = (qm_lot){.instrument = txn->instrument,
                    .multiplier = txn->multiplier,
                    .qty = {buy ? open->qty.raw : -open->qty.raw},
                    .acquired = txn->date,
                    .time = txn->time};
    return net_of(open, buy, &lot->basis);
}

static void commit_open(qm_ledger *ledger, holding *h, qm_lot *lot) {
    lot->id = ++ledger->lot_ids;
    h->multiplier = lot->multiplier;
    h->qty.raw += lot->qty.raw;
    h->basis.raw += lot->qty.raw < 0 ? -lot->basis.raw : lot->basis.raw;
    h->lots.items[h->lots.length++] = *lot;
}

/* Cash and fees of the whole trade. */
static qm_status plan_cash(const qm_txn *txn, const part *close, const part *open, totals *t) {
    bool buy = txn->qty.raw > 0;
    qm_decimal a, b;
    qm_status status = net_of(close, buy, &a);
    if (status == QM_OK) {
        status = net_of(open, buy, &b);
    }
    if (status == QM_OK) {
        status = buy ? qm_total_sub(&t->cash, a) : qm_total_add(&t->cash, a);
    }
    if (status == QM_OK) {
        status = buy ? qm_total_sub(&t->cash, b) : qm_total_add(&t->cash, b);
    }
    return status == QM_OK ? qm_total_add(&t->fees, txn->fee) : status;
}

static qm_status check_shape(const holding *h, const qm_txn *txn) {
    bool fine = txn->qty.raw != 0 && txn->qty.raw != INT64_MIN && txn->price.raw >= 0 &&
                txn->multiplier > 0 && txn->instrument != 0;
    return fine && (h->qty.raw == 0 || h->multiplier == txn->multiplier) ? QM_OK : QM_EINVAL;
}

static int by_id(const void *x, const void *y) {
    const qm_lot *a = x, *b = y;
    return (a->id > b->id) - (a->id < b->id);
}

/* Back in order of age, whatever has been relieved. */
static void restore_order(const qm_ledger *ledger, holding *h) {
    size_t count = h->lots.length - h->first;
    if (ledger->arrange && count > 1) {
        qsort(h->lots.items + h->first, count, sizeof *h->lots.items, by_id);
    }
}

static qm_status arrange(qm_ledger *ledger, holding *h, const qm_txn *txn) {
    size_t count = h->lots.length - h->first;
    return ledger->arrange && count > 1
               ? ledger->arrange(ledger->arrange_data, txn, h->lots.items + h->first, count)
               : QM_OK;
}

qm_status qm_ledger_trade(qm_ledger *ledger, const qm_txn *txn) {
    holding *h;
    qm_status status = qm_ledger_holding(ledger, txn->instrument, &h);
    if (status == QM_OK) {
        status = check_shape(h, txn);
    }
    if (status != QM_OK) {
        return status;
    }
    bool against = h->qty.raw != 0 && (h->qty.raw > 0) != (txn->qty.raw > 0);
    int64_t qty = magnitude(txn->qty), held = magnitude(h->qty);
    qm_decimal closing = {!against ? 0 : qty < held ? qty : held};
    part close, open;
    totals t = ledger->t;
    qm_lot lot;
    size_t rows = 0;
    status = divide(txn, closing, &close, &open);
    if (status == QM_OK) {
        status = plan_cash(txn, &close, &open, &t);
    }
    if (status == QM_OK && closing.raw > 0) {
        status = arrange(ledger, h, txn);
    }
    if (status == QM_OK && closing.raw > 0) {
        status = plan_close(ledger, txn, &close, &rows, &t);
    }
    if (status == QM_OK && open.qty.raw > 0) {
        status = plan_open(txn, &open, &lot);
    }
    if (status == QM_OK) {
        status = qm_vec_reserve(&h->lots, h->lots.length + 1);
    }
    if (status == QM_OK) {
        status = qm_vec_reserve(&ledger->positions, ledger->positions.length + 1);
    }
    int64_t unused;
    if (status == QM_OK && (__builtin_add_overflow(h->qty.raw, txn->qty.raw, &unused) ||
                            (open.qty.raw > 0 && __builtin_add_overflow(magnitude(h->basis),
                                                                        lot.basis.raw, &unused)))) {
        status = QM_EOVERFLOW;
    }
    if (status != QM_OK) {
        restore_order(ledger, h);
        return status;
    }
    ledger->t = t;
    commit_close(ledger, h, rows);
    restore_order(ledger, h);
    if (open.qty.raw > 0) {
        commit_open(ledger, h, &lot);
    }
    return qm_ledger_refresh_position(ledger, h, txn->instrument);
}
