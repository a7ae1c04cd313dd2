/* SPDX-License-Identifier: MIT
 *
 * A sleeve's books: ledger, holdings with their values, unsettled sales, equity points.
 */
#include "engine/internal.h"

#include "base/calendar.h"

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

/* Sessions until a sale's money is there: T+1 since 2024-05-28, T+2 since 2017-09-05, T+3 before.
 */
static int32_t settlement_days(qm_date date) {
    if (date >= qm_date_from_ymd(2024, 5, 28)) {
        return 1;
    }
    return date >= qm_date_from_ymd(2017, 9, 5) ? 2 : 3;
}

qm_status qm_sleeve_note_sale(sleeve *s, const qm_txn *txn) {
    if (s->account != QM_ACCOUNT_CASH || txn->qty.raw >= 0) {
        return QM_OK;
    }
    unsettled_sale sale = {.settles = qm_calendar_add(txn->date, settlement_days(txn->date))};
    if (sale.settles == QM_DATE_NONE) {
        sale.settles = txn->date + settlement_days(txn->date);
    }
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
