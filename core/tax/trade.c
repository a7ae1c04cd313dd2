/* SPDX-License-Identifier: MIT
 *
 * Purchases and sales: fees into cost and out of proceeds, money into the base currency, and a
 * trade that is larger than the position closes it and opens the other side with the rest.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

qm_status qm_tax_convert(const qm_tax *tax, const qm_tax_event *event, qm_decimal money,
                         qm_decimal *out) {
    if (!event->currency && !event->cash_currency) {
        *out = money;
        return QM_OK;
    }
    qm_decimal rate = tax->config.fx_trade ? event->fx_trade : event->fx_settle;
    if (rate.raw == 0) { /* only one of the two is known */
        rate = tax->config.fx_trade ? event->fx_settle : event->fx_trade;
    }
    return rate.raw > 0 ? qm_decimal_mul(money, rate, QM_ROUND_HALF_UP, out) : QM_EINVAL;
}

/* Gross and fee to what was paid or received, still in the event's currency. */
static qm_status net_of(const qm_tax_event *event, bool pays, qm_decimal *out) {
    return pays ? qm_decimal_add(event->amount, event->fee, out)
                : qm_decimal_sub(event->amount, event->fee, out);
}

static void set_units(const qm_tax_event *event, const instrument *it, lot *made) {
    if (!it->right || event->multiplier == 0 || event->qty.raw == 0) {
        return;
    }
    made->units_known = true;
    if (event->contracts) { /* the quantity counts something else than contracts */
        made->unit_num = event->contracts * event->multiplier * QM_DECIMAL_SCALE;
        made->unit_den = event->qty.raw;
    } else {
        made->unit_num = event->multiplier;
    }
}

qm_status qm_tax_open(qm_tax *tax, const opening *o) {
    uint32_t in = tax->books.items[o->book].instrument, made;
    lot l = {.id = o->id, .purchase = o->event->purchase, .deep_itm = o->event->deep_itm};
    set_units(o->event, &tax->instruments.items[in], &l);
    qm_status status = qm_tax_new_lot(tax, o->event, &l, &made);
    slice s = {.lot = made,
               .qty = o->qty,
               .basis = o->money,
               .wash_avail = o->event->already_used ? QM_DECIMAL_ZERO : o->qty,
               .acquired = o->event->date,
               .holding = o->event->date,
               .gifted = QM_DATE_NONE};
    status = status == QM_OK ? qm_tax_put(&tax->books.items[o->book].piles[o->side], &s) : status;
    status = status == QM_OK ? qm_tax_wash_open(tax, o->book, o->side, made) : status;
    if (status == QM_OK && o->side == LONG) {
        status = qm_tax_box_buy(tax, o->book, made);
    }
    return status == QM_OK ? qm_tax_box_short(tax, o->book, o->side, made) : status;
}

qm_status qm_tax_cross(qm_tax *tax, const opening *o) {
    int other = o->side == LONG ? SHORT : LONG;
    running money = {.total = o->money, .whole = o->qty};
    qm_decimal held, part;
    qm_status status = qm_tax_held(&tax->books.items[o->book].piles[other], &held);
    if (status != QM_OK) {
        return status;
    }
    held = qm_tax_min(held, o->qty);
    if (held.raw < o->qty.raw && (o->event->close_only || o->event->pick_count)) {
        return QM_ELOTS;
    }
    closing c = {.event = o->event,
                 .book = o->book,
                 .side = other,
                 .qty = held,
                 .method = o->event->has_method ? o->event->method : tax->config.method,
                 .picks = o->event->picks,
                 .pick_count = o->event->pick_count};
    status = qm_tax_step(tax, &money, held, &c.money);
    status = status == QM_OK ? qm_tax_close(tax, &c) : status;
    opening rest = *o;
    rest.qty.raw -= held.raw;
    if (status != QM_OK || rest.qty.raw == 0) {
        return status;
    }
    status = qm_tax_step(tax, &money, rest.qty, &part);
    rest.money = part;
    return status == QM_OK ? qm_tax_open(tax, &rest) : status;
}

static bool is_foreign_cash(const qm_tax_event *event) {
    return event->cash_currency && strcmp(event->cash_currency, event->symbol) != 0;
}

/* Foreign cash that a trade spends or brings is property of its own (section 988). */
static qm_status move_cash(qm_tax *tax, const qm_tax_event *event, uint32_t cash, bool pays) {
    qm_decimal units, value;
    char id[256];
    qm_status status = net_of(event, pays, &units);
    status = status == QM_OK ? qm_tax_convert(tax, event, units, &value) : status;
    if (status != QM_OK || units.raw == 0) {
        return status;
    }
    qm_tax_event plain = *event;
    plain.picks = NULL;
    plain.pick_count = 0;
    plain.contracts = plain.multiplier = 0;
    plain.purchase = NULL;
    if (pays) {
        closing c = {.event = &plain,
                     .book = cash,
                     .side = LONG,
                     .qty = units,
                     .money = value,
                     .method = QM_TAX_FIFO};
        return qm_tax_close(tax, &c);
    }
    snprintf(id, sizeof id, "%s/%s", event->id, event->cash_currency);
    opening o = {
        .event = &plain, .book = cash, .side = LONG, .qty = units, .money = value, .id = id};
    return qm_tax_open(tax, &o);
}

/* Before anything changes: is there a book of that cash, and enough in it? */
static qm_status find_cash(qm_tax *tax, const qm_tax_event *event, uint32_t of, bool pays,
                           uint32_t *out) {
    uint32_t in;
    qm_decimal held, need;
    qm_status status = qm_tax_instrument(tax, event->cash_currency, &in);
    if (status == QM_OK) {
        tax->instruments.items[in].currency = true;
        status = qm_tax_book(tax, of, in, out);
    }
    status = status == QM_OK ? net_of(event, pays, &need) : status;
    status = status == QM_OK ? qm_tax_held(&tax->books.items[*out].piles[LONG], &held) : status;
    if (status != QM_OK) {
        return status;
    }
    return need.raw < 0 ? QM_EINVAL : pays && held.raw < need.raw ? QM_ELOTS : QM_OK;
}

static qm_status book_trade(qm_tax *tax, const qm_tax_event *event, const opening *o) {
    bool direct = event->kind == QM_TAX_DO_BUY || event->kind == QM_TAX_DO_SHORT;
    qm_status status = direct ? qm_tax_open(tax, o) : qm_tax_cross(tax, o);
    if (status != QM_OK) {
        return status;
    }
    return o->side == LONG ? qm_total_sub(&tax->cash, o->money)
                           : qm_total_add(&tax->cash, o->money);
}

qm_status qm_tax_trade(qm_tax *tax, const qm_tax_event *event) {
    bool pays = event->kind == QM_TAX_DO_BUY || event->kind == QM_TAX_DO_COVER;
    opening o = {.event = event, .side = pays ? LONG : SHORT, .qty = event->qty};
    uint32_t of, in, cash = 0;
    qm_decimal net;
    qm_status status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, in, &o.book) : status;
    status = status == QM_OK ? net_of(event, pays, &net) : status;
    status = status == QM_OK ? qm_tax_convert(tax, event, net, &o.money) : status;
    if (status == QM_OK && is_foreign_cash(event)) {
        status = find_cash(tax, event, of, pays, &cash);
    }
    status = status == QM_OK ? book_trade(tax, event, &o) : status;
    return status == QM_OK && is_foreign_cash(event) ? move_cash(tax, event, cash, pays) : status;
}
