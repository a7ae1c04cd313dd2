/* SPDX-License-Identifier: MIT
 *
 * A sleeve's books: ledger, holdings with their values, unsettled sales, equity points.
 */
#include "engine/internal.h"

#include "base/calendar.h"
#include "base/mem.h"

qm_status qm_sleeve_refresh(sleeve *s) {
    const qm_position *positions;
    size_t n = qm_ledger_positions(s->ledger, &positions);
    s->holdings.length = 0;
    for (size_t i = 0; i < n; i++) {
        slot *where;
        holding h = {.qty = positions[i].qty};
        qm_status status = qm_engine_need_slot(s->engine, positions[i].instrument, &where);
        h.slot = where;
        if (status == QM_OK) {
            status = qm_vec_push(&s->holdings, &h);
        }
        if (status != QM_OK) {
            return qm_engine_fail(s->engine, status, "%s: %s", s->bound->spec.name,
                                  qm_status_text(status));
        }
    }
    return QM_OK;
}

/* The sleeve's lots by its account's method, on their own basis: wash sales are the tax book's. */
static qm_status arrange(void *data, const qm_txn *txn, qm_lot *lots, size_t count) {
    const sleeve *s = data;
    const qm_tax_rates *rates = &s->engine->config.rates;
    qm_tax_sale sale = {.method = s->method,
                        .is_short = txn->qty.raw > 0,
                        .date = txn->date,
                        .qty = {txn->qty.raw < 0 ? -txn->qty.raw : txn->qty.raw},
                        .rates = {rates->short_term, rates->long_term}};
    qm_tax_held_lot *held = qm_reallocarray(NULL, count, sizeof *held);
    size_t *order = qm_reallocarray(NULL, count, sizeof *order);
    qm_lot *sorted = qm_reallocarray(NULL, count, sizeof *sorted);
    qm_status status = held && order && sorted ? QM_OK : QM_ENOMEM;
    if (status == QM_OK) {
        status = qm_decimal_amount(sale.qty, txn->multiplier, txn->price, &sale.money);
    }
    if (status == QM_OK) {
        status = sale.is_short ? qm_decimal_add(sale.money, txn->fee, &sale.money)
                               : qm_decimal_sub(sale.money, txn->fee, &sale.money);
    }
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        held[i] = (qm_tax_held_lot){{lots[i].qty.raw < 0 ? -lots[i].qty.raw : lots[i].qty.raw},
                                    lots[i].basis,
                                    lots[i].acquired};
        sorted[i] = lots[i];
    }
    status = status == QM_OK ? qm_tax_relief_order(&sale, held, count, order) : status;
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        lots[i] = sorted[order[i]];
    }
    qm_free(held);
    qm_free(order);
    qm_free(sorted);
    return status;
}

void qm_sleeve_choose_relief(sleeve *s) {
    qm_ledger_set_relief(s->ledger, s->method == QM_TAX_FIFO ? NULL : arrange, s);
}

qm_status qm_sleeve_book(sleeve *s, qm_txn *txn) {
    qm_error err = {0};
    qm_status status = qm_ledger_apply(s->ledger, txn, &err);
    if (status != QM_OK) {
        return qm_engine_fail(s->engine, status, "%s: %s", s->bound->spec.name, err.message);
    }
    s->engine->dirty = true;
    return qm_sleeve_refresh(s);
}

/* The value at the last price, worked out again when price or quantity have changed. A holding
 * without any price counts with its cost: nothing is known that would change it. */
static const qm_total *value_of(sleeve *s, holding *h) {
    if (h->version != h->slot->version || h->version == 0) {
        qm_decimal price, amount;
        h->version = h->slot->version;
        if (qm_slot_price(h->slot, &price) &&
            qm_decimal_amount(h->qty, h->slot->multiplier, price, &amount) == QM_OK) {
            h->value = qm_total_from(amount);
        } else {
            h->value = qm_total_from(qm_ledger_position(s->ledger, h->slot->id).basis);
        }
    }
    return &h->value;
}

void qm_sleeve_value(sleeve *s, qm_total *equity, qm_total *gross) {
    *equity = qm_ledger_cash(s->ledger);
    *gross = (qm_total){0};
    for (size_t i = 0; i < s->holdings.length; i++) {
        const qm_total *value = value_of(s, &s->holdings.items[i]);
        qm_total_add_total(equity, *value); /* far from 1.7e29: can't overflow */
        qm_decimal amount;
        if (qm_total_to_decimal(*value, &amount) == QM_OK) {
            qm_decimal_abs(amount, &amount);
            qm_total_add(gross, amount);
        }
    }
}

qm_status qm_sleeve_note_sale(sleeve *s, const qm_txn *txn) {
    if (s->account != QM_ACCOUNT_CASH || txn->qty.raw >= 0) {
        return QM_OK;
    }
    unsettled_sale sale = {.settles = qm_settlement_date(txn->date)};
    qm_decimal qty = {-txn->qty.raw}, amount;
    qm_status status = qm_decimal_amount(qty, txn->multiplier, txn->price, &amount);
    if (status == QM_OK) {
        status = qm_decimal_sub(amount, txn->fee, &sale.amount);
    }
    return status == QM_OK ? qm_vec_push(&s->unsettled, &sale) : status;
}

qm_total qm_sleeve_unsettled(sleeve *s) {
    qm_date today = qm_engine_date(s->engine);
    qm_total sum = {0};
    size_t kept = 0;
    for (size_t i = 0; i < s->unsettled.length; i++) {
        if (s->unsettled.items[i].settles > today) {
            qm_total_add(&sum, s->unsettled.items[i].amount);
            s->unsettled.items[kept++] = s->unsettled.items[i];
        }
    }
    s->unsettled.length = kept;
    return sum;
}

qm_status qm_sleeve_point(sleeve *s, qm_time time) {
    qm_equity_row row = {.time = time, .cash = qm_ledger_cash(s->ledger)};
    qm_equity_row *last = s->curve.length > 0 ? &s->curve.items[s->curve.length - 1] : NULL;
    qm_total gross;
    qm_sleeve_value(s, &row.equity, &gross);
    if (last && last->time >= time) { /* late bars of a time that has its point */
        row.time = last->time;
        *last = row;
        s->curve_saved -= s->curve_saved == s->curve.length;
        return QM_OK;
    }
    return qm_vec_push(&s->curve, &row);
}
