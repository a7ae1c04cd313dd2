/* SPDX-License-Identifier: MIT
 *
 * Books of transactions: each is worked out on copies of the totals first and put in place when
 * nothing can fail any more.
 */
#include "ledger/internal.h"

#include "base/mem.h"

#include <string.h>

qm_status qm_ledger_new(qm_ledger **out) {
    qm_ledger *ledger = qm_calloc(1, sizeof *ledger);
    if (!ledger) {
        return QM_ENOMEM;
    }
    *out = ledger;
    return QM_OK;
}

void qm_ledger_free(qm_ledger *ledger) {
    if (!ledger) {
        return;
    }
    for (size_t i = 0; i < ledger->account_count; i++) {
        qm_vec_fini(&ledger->accounts[i].lots);
    }
    qm_free(ledger->accounts);
    qm_vec_fini(&ledger->positions);
    qm_vec_fini(&ledger->txns);
    qm_vec_fini(&ledger->realized);
    qm_free(ledger);
}

qm_term qm_holding_term(qm_date acquired, qm_date sold) {
    qm_ymd ymd = qm_date_to_ymd(acquired);
    /* Bought on 29 February: a year later is 28 February, and long begins on 1 March. */
    int32_t last = qm_days_in_month(ymd.year + 1, ymd.month);
    qm_date anniversary =
        qm_date_from_ymd(ymd.year + 1, ymd.month, ymd.day > last ? last : ymd.day);
    return sold > anniversary ? QM_TERM_LONG : QM_TERM_SHORT;
}

static holding *find(const qm_ledger *ledger, qm_instrument_id id) {
    return id < ledger->account_count ? &ledger->accounts[id] : NULL;
}

qm_status qm_ledger_holding(qm_ledger *ledger, qm_instrument_id id, holding **out) {
    if (id >= ledger->account_count) {
        size_t want =
            (size_t)id + 1 > ledger->account_count * 2 ? (size_t)id + 1 : ledger->account_count * 2;
        holding *moved = qm_reallocarray(ledger->accounts, want, sizeof *moved);
        if (!moved) {
            return QM_ENOMEM;
        }
        memset(moved + ledger->account_count, 0, (want - ledger->account_count) * sizeof *moved);
        ledger->accounts = moved;
        ledger->account_count = want;
    }
    *out = &ledger->accounts[id];
    return QM_OK;
}

/* Keeps the list of positions that are not flat, in order of instrument. */
qm_status qm_ledger_refresh_position(qm_ledger *ledger, const holding *h, qm_instrument_id id) {
    size_t at = 0;
    while (at < ledger->positions.length && ledger->positions.items[at].instrument < id) {
        at++;
    }
    bool there = at < ledger->positions.length && ledger->positions.items[at].instrument == id;
    qm_position position = {id, h->multiplier, h->qty, h->basis};
    qm_position *items = ledger->positions.items;
    if (h->qty.raw == 0) {
        if (there) {
            memmove(items + at, items + at + 1,
                    (ledger->positions.length - at - 1) * sizeof *items);
            ledger->positions.length--;
        }
        return QM_OK;
    }
    if (!there) {
        qm_status status = qm_vec_push(&ledger->positions, &position);
        if (status != QM_OK) {
            return status;
        }
        items = ledger->positions.items;
        memmove(items + at + 1, items + at, (ledger->positions.length - at - 1) * sizeof *items);
    }
    items[at] = position;
    return QM_OK;
}

/* Money that moves without a position. */
static qm_status apply_cash(qm_ledger *ledger, const qm_txn *txn) {
    totals t = ledger->t;
    qm_decimal amount = txn->amount;
    qm_status status = QM_OK;
    if (txn->kind == QM_TXN_FEE) {
        if (amount.raw < 0) {
            return QM_EINVAL;
        }
        amount.raw = -amount.raw;
        status = qm_total_add(&t.fees, txn->amount);
    } else {
        status = qm_total_add(txn->kind == QM_TXN_CASH ? &t.deposits : &t.income, amount);
    }
    if (status == QM_OK) {
        status = qm_total_add(&t.cash, amount);
    }
    if (status == QM_OK) {
        ledger->t = t;
    }
    return status;
}

static qm_status dispatch(qm_ledger *ledger, const qm_txn *txn) {
    switch (txn->kind) {
    case QM_TXN_CASH:
    case QM_TXN_DIVIDEND:
    case QM_TXN_INTEREST:
    case QM_TXN_FEE:
        return apply_cash(ledger, txn);
    case QM_TXN_TRADE:
        return qm_ledger_trade(ledger, txn);
    case QM_TXN_SPLIT:
        return qm_ledger_split(ledger, txn);
    case QM_TXN_DELIST:
        return qm_ledger_delist(ledger, txn);
    }
    return QM_EINVAL;
}

void qm_ledger_set_relief(qm_ledger *ledger, qm_ledger_arrange arrange, void *data) {
    ledger->arrange = arrange;
    ledger->arrange_data = data;
}

qm_status qm_ledger_apply(qm_ledger *ledger, qm_txn *txn, qm_error *err) {
    qm_status status = qm_vec_reserve(&ledger->txns, ledger->txns.length + 1);
    if (status == QM_OK) {
        txn->seq = ledger->txns.length + 1;
        status = dispatch(ledger, txn);
    }
    if (status != QM_OK) {
        char qty[QM_DECIMAL_BUF], price[QM_DECIMAL_BUF], amount[QM_DECIMAL_BUF];
        qm_decimal_format(txn->qty, qty);
        qm_decimal_format(txn->price, price);
        qm_decimal_format(txn->amount, amount);
        return qm_error_set(err, status,
                            "transaction of instrument %u: qty %s, price %s, amount %s: %s",
                            txn->instrument, qty, price, amount, qm_status_text(status));
    }
    ledger->txns.items[ledger->txns.length++] = *txn;
    return QM_OK;
}

qm_total qm_ledger_cash(const qm_ledger *ledger) {
    return ledger->t.cash;
}

qm_position qm_ledger_position(const qm_ledger *ledger, qm_instrument_id instrument) {
    const holding *h = find(ledger, instrument);
    return h ? (qm_position){instrument, h->multiplier, h->qty, h->basis}
             : (qm_position){.instrument = instrument, .multiplier = 1};
}

size_t qm_ledger_positions(const qm_ledger *ledger, const qm_position **out) {
    *out = ledger->positions.items;
    return ledger->positions.length;
}

const qm_lot *qm_ledger_next_lot(const qm_ledger *ledger, qm_lot_iter *iter) {
    /* index counts lots of one instrument; for all, the instrument goes into the upper half. */
    if (iter->instrument) {
        const holding *h = find(ledger, iter->instrument);
        size_t at = h ? h->first + iter->index : 0;
        if (!h || at >= h->lots.length) {
            return NULL;
        }
        iter->index++;
        return &h->lots.items[at];
    }
    size_t id = iter->index >> 32, index = iter->index & UINT32_MAX;
    for (; id < ledger->account_count; id++, index = 0) {
        const holding *h = &ledger->accounts[id];
        if (h->first + index < h->lots.length) {
            iter->index = id << 32 | (index + 1);
            return &h->lots.items[h->first + index];
        }
    }
    iter->index = id << 32;
    return NULL;
}

size_t qm_ledger_realized(const qm_ledger *ledger, const qm_realized **out) {
    *out = ledger->realized.items;
    return ledger->realized.length;
}

size_t qm_ledger_txns(const qm_ledger *ledger, const qm_txn **out) {
    *out = ledger->txns.items;
    return ledger->txns.length;
}

qm_total qm_ledger_realized_gain(const qm_ledger *ledger, qm_term term) {
    return ledger->t.gain[term];
}

qm_total qm_ledger_income(const qm_ledger *ledger) {
    return ledger->t.income;
}

qm_total qm_ledger_fees(const qm_ledger *ledger) {
    return ledger->t.fees;
}

qm_total qm_ledger_deposits(const qm_ledger *ledger) {
    return ledger->t.deposits;
}
