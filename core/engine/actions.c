/* SPDX-License-Identifier: MIT
 *
 * Corporate actions and cash: a split changes positions, lots, working orders and series in one
 * step; a dividend is owed to who held before its ex-date and paid on its pay date.
 */
#include "engine/internal.h"

#include "base/calendar.h"

static void tell(sleeve *s, const qm_action *action) {
    if (qm_binding_has(s->bound, action->instrument)) {
        note n = {.kind = NOTE_ACTION, .sleeve = s, .u.action = *action};
        qm_engine_note(s->engine, &n);
    }
}

static void apply_split(sleeve *s, const qm_action *action) {
    qm_engine *e = s->engine;
    if (qm_ledger_position(s->ledger, action->instrument).qty.raw == 0) {
        return;
    }
    qm_txn txn = {.kind = QM_TXN_SPLIT,
                  .time = e->now,
                  .date = action->ex_date,
                  .instrument = action->instrument,
                  .multiplier = 1,
                  .price = action->cash, /* cash in lieu, when known */
                  .num = action->num,
                  .den = action->den};
    qm_sleeve_book(s, &txn);
}

static void apply_delisting(sleeve *s, const qm_action *action) {
    qm_engine *e = s->engine;
    qm_decimal price = action->cash;
    if (qm_ledger_position(s->ledger, action->instrument).qty.raw == 0) {
        return;
    }
    if (price.raw == 0 && !qm_slot_price(qm_engine_slot(e, action->instrument), &price)) {
        qm_engine_fail(e, QM_EDATA, "delisting of instrument %u: no price is known",
                       action->instrument);
        return;
    }
    qm_txn txn = {.kind = QM_TXN_DELIST,
                  .time = e->now,
                  .date = action->ex_date,
                  .instrument = action->instrument,
                  .multiplier = 1,
                  .price = price};
    qm_sleeve_book(s, &txn);
}

static void owe_dividend(sleeve *s, const qm_action *action) {
    qm_position position = qm_ledger_position(s->ledger, action->instrument);
    dividend_due due = {.instrument = action->instrument, .ex = action->ex_date};
    if (position.qty.raw == 0) {
        return;
    }
    qm_date date = action->pay_date == QM_DATE_NONE ? action->ex_date : action->pay_date;
    due.due = qm_calendar_hours(date).open;
    qm_status status =
        qm_decimal_amount(position.qty, position.multiplier, action->cash, &due.amount);
    if (status == QM_OK) {
        status = qm_decimal_round(due.amount, 2, QM_ROUND_HALF_UP, &due.amount);
    }
    if (status == QM_OK) {
        status = qm_vec_push(&s->dividends, &due);
    }
    if (status != QM_OK) {
        qm_engine_fail(s->engine, status, "a dividend of instrument %u could not be booked",
                       action->instrument);
    }
    s->row_dirty = true;
}

static void apply(sleeve *s, const qm_action *action) {
    switch (action->kind) {
    case QM_ACTION_SPLIT:
        apply_split(s, action);
        break;
    case QM_ACTION_DIVIDEND:
        owe_dividend(s, action);
        break;
    case QM_ACTION_DELIST:
        apply_delisting(s, action);
        break;
    case QM_ACTION_RENAME:
        break;
    }
    tell(s, action);
}

qm_status qm_engine_on_action(qm_engine *e, const qm_event *event) {
    const qm_action *action = &event->u.action;
    slot *where = qm_engine_slot(e, action->instrument);
    if (!where) {
        return QM_OK;
    }
    e->date = action->ex_date;
    if (action->kind == QM_ACTION_SPLIT) {
        qm_status status = qm_slot_split(e, where, action->num, action->den);
        if (status != QM_OK) {
            return qm_engine_fail(e, status, "split %lld:%lld of instrument %u: %s",
                                  (long long)action->num, (long long)action->den,
                                  action->instrument, qm_status_text(status));
        }
    }
    for (size_t i = 0; i < e->sleeves.length; i++) {
        apply(e->sleeves.items[i], action);
    }
    qm_sim_on_action(e->sim, action, e->now);
    e->dirty = true;
    qm_engine_find_cash_due(e);
    qm_engine_deliver(e);
    return e->failed;
}

/* due: what is paid; ex 0: nothing that has an ex-date. */
static void book(sleeve *s, qm_txn_kind kind, const dividend_due *due) {
    qm_txn txn = {.kind = kind,
                  .time = s->engine->now,
                  .date = qm_engine_date(s->engine),
                  .instrument = due->instrument,
                  .multiplier = 1,
                  .num = due->ex,
                  .amount = due->amount};
    note n = {.kind = NOTE_CASH, .sleeve = s, .u.cash = {kind, due->instrument, due->amount}};
    if (qm_sleeve_book(s, &txn) == QM_OK) {
        qm_engine_note(s->engine, &n);
    }
}

static void book_cash(sleeve *s, qm_decimal amount) {
    book(s, QM_TXN_CASH, &(dividend_due){.amount = amount});
}

static qm_status decide_transfer(sleeve *s, qm_decimal amount) {
    qm_json_writer w;
    qm_buf *json = &s->engine->json;
    qm_buf_clear(json);
    qm_json_writer_init(&w, json);
    qm_json_open_object(&w);
    qm_json_put_decimal(&w, "amount", amount);
    qm_json_put_decimal(&w, "reserve", s->reserve);
    qm_json_close_object(&w);
    return qm_sleeve_decide(s, QM_DECISION_TRANSFER, 0, json);
}

qm_status qm_ctx_transfer(qm_engine *e, uint32_t index, qm_decimal amount, qm_error *err) {
    sleeve *s = qm_engine_at(e, index);
    qm_total most = qm_total_from(s->reserve), wanted = qm_total_from(amount);
    char a[QM_TOTAL_BUF];
    if (e->current != s) {
        return qm_error_set(err, QM_ESTATE, "money can only be moved from a callback");
    }
    if (amount.raw > 0) {
        qm_total power = qm_ctx_buying_power(e, index);
        most = qm_ledger_cash(s->ledger);
        most = qm_total_cmp(power, most) < 0 ? power : most;
    } else {
        wanted = qm_total_from((qm_decimal){-amount.raw});
    }
    if (amount.raw == INT64_MIN || qm_total_cmp(wanted, most) > 0) {
        qm_total_format(most, a);
        return qm_error_set(err, QM_EINSUFFICIENT, "%s %s", a,
                            amount.raw > 0 ? "is free" : "is in the reserve");
    }
    qm_decimal reserve;
    if (qm_decimal_add(s->reserve, amount, &reserve) != QM_OK) {
        return qm_error_set(err, QM_EOVERFLOW, "the reserve can't be counted any more");
    }
    s->reserve = reserve;
    s->row_dirty = true;
    book_cash(s, (qm_decimal){-amount.raw});
    qm_status status = decide_transfer(s, amount);
    return status == QM_OK ? e->failed : qm_error_set(err, status, "%s", qm_status_text(status));
}

qm_decimal qm_ctx_reserve(const qm_engine *e, uint32_t index) {
    return qm_engine_at(e, index)->reserve;
}

qm_status qm_engine_on_cash(qm_engine *e, const qm_event *event) {
    if (event->u.cash.strategy >= e->sleeves.length) {
        return qm_engine_fail(e, QM_EINVAL, "cash for strategy %u, which does not exist",
                              event->u.cash.strategy);
    }
    book_cash(qm_engine_at(e, event->u.cash.strategy), event->u.cash.amount);
    qm_engine_deliver(e);
    return e->failed;
}

void qm_engine_find_cash_due(qm_engine *e) {
    e->cash_due = QM_TIME_MAX;
    for (size_t i = 0; i < e->sleeves.length; i++) {
        const sleeve *s = e->sleeves.items[i];
        for (size_t k = 0; k < s->dividends.length; k++) {
            qm_time due = s->dividends.items[k].due;
            e->cash_due = due < e->cash_due ? due : e->cash_due;
        }
    }
}

void qm_engine_pay_dividends(qm_engine *e) {
    for (size_t i = 0; i < e->by_name.length; i++) {
        sleeve *s = e->by_name.items[i];
        size_t kept = 0;
        for (size_t k = 0; k < s->dividends.length; k++) {
            dividend_due due = s->dividends.items[k];
            if (due.due <= e->now) {
                book(s, QM_TXN_DIVIDEND, &due);
                s->row_dirty = true;
            } else {
                s->dividends.items[kept++] = due;
            }
        }
        s->dividends.length = kept;
    }
    qm_engine_find_cash_due(e);
    qm_engine_deliver(e);
}
