/* SPDX-License-Identifier: MIT
 *
 * Facts, in order of time, into events of the tax engine.
 */
#include "import/booking_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void booking_note(booker *b, uint32_t i, const char *format, ...) {
    const qm_fact *f = b->history->items.items[i].fact;
    qm_booking_note note = {.row = f->row, .symbol = f->symbol};
    va_list args;
    va_start(args, format);
    vsnprintf(note.text, sizeof note.text, format, args);
    va_end(args);
    if (b->tax && qm_vec_push(&b->out->notes, &note) != QM_OK) {
        b->status = QM_ENOMEM;
    }
}

/* ---- which facts ---- */

static bool is_tasty(const qm_statement *st) {
    return st->format == QM_STATEMENT_TASTYTRADE;
}

bool booking_is_of(const booker *b, uint32_t i) {
    const qm_history_item *item = &b->history->items.items[i];
    if (is_tasty(item->statement) != is_tasty(b->statement)) {
        return false; /* accounts without a name are of their broker */
    }
    for (size_t k = 0; k < b->statement->accounts.length; k++) {
        const qm_statement_account *a = &b->statement->accounts.items[k];
        if (strcmp(a->name, item->fact->account) == 0) {
            return a->to == QM_DATE_NONE || item->fact->date <= a->to ||
                   item->statement == b->statement;
        }
    }
    return false;
}

void booking_day(const booker *b, uint32_t i, uint32_t *first, uint32_t *last) {
    const qm_history_item *items = b->history->items.items;
    *first = *last = i;
    while (*first > 0 && items[*first - 1].fact->date == items[i].fact->date) {
        --*first;
    }
    while (*last < b->history->items.length && items[*last].fact->date == items[i].fact->date) {
        ++*last;
    }
}

/* ---- events ---- */

qm_tax_event booking_event(const booker *b, uint32_t i, const qm_holding *h, qm_tax_kind kind) {
    const qm_fact *f = b->history->items.items[i].fact;
    qm_tax_event e = {.id = f->id,
                      .kind = kind,
                      .date = f->date,
                      .settle = f->settle,
                      .account = "account",
                      .symbol = h->key,
                      .purchase = *f->order ? f->order : NULL};
    qm_decimal_neg(f->fee, &e.fee);
    if (*f->fee_currency && strcmp(f->fee_currency, f->currency) != 0) {
        e.fee = QM_DECIMAL_ZERO; /* it can't be added to money of another currency */
    }
    return e;
}

void booking_apply(booker *b, uint32_t i, qm_tax_event *event) {
    qm_error err = {0};
    if (!b->tax || b->status != QM_OK) {
        return;
    }
    qm_status status = qm_tax_apply(b->tax, event, &err);
    if (event->pick_count && status != QM_OK && status != QM_ENOMEM && status != QM_EOVERFLOW) {
        booking_note(b, i, "the lots that the statement names do not fit: first in, first out");
        event->picks = NULL;
        event->pick_count = 0;
        status = qm_tax_apply(b->tax, event, &err);
    }
    if (status == QM_ENOMEM || status == QM_EOVERFLOW) {
        b->status = status;
    } else if (status != QM_OK) {
        booking_note(b, i, "not booked: %s", err.message);
        b->out->outcomes.items[i].incomplete = true;
    } else if (qm_vec_push(&b->item, &i) != QM_OK) {
        b->status = QM_ENOMEM;
    } else if (b->sink) {
        const qm_holding *h = qm_booking_of_key(b->out, event->symbol);
        b->sink->take(b->sink->data, b->out, h, b->history->items.items[i].fact, event);
    }
}

/* ---- units ---- */

void booking_add(booker *b, qm_decimal *to, qm_decimal units) {
    if (qm_decimal_add(*to, units, to) != QM_OK) {
        b->status = QM_EOVERFLOW;
    }
}

void booking_need(booker *b, qm_holding *h, int side, qm_decimal units) {
    qm_decimal lacking, then;
    if (qm_decimal_sub(units, h->held[side], &lacking) != QM_OK || lacking.raw <= 0) {
        return;
    }
    h->held[side] = units;
    if (qm_decimal_mul_ratio(lacking, h->den, h->num, QM_ROUND_HALF_UP, &then) != QM_OK) {
        b->status = QM_EOVERFLOW;
        return;
    }
    booking_add(b, &h->missing[side], then);
}

/* ---- trades ---- */

/* Units of a trade that close, and that open. */
static void split_units(booker *b, const qm_fact *f, qm_holding *h, qm_decimal out[2]) {
    int against = f->quantity.raw > 0 ? SHORT : LONG;
    qm_decimal units = {f->quantity.raw < 0 ? -f->quantity.raw : f->quantity.raw};
    qm_decimal held = h->held[against];
    out[0] = held.raw < units.raw ? held : units;
    if (f->opens && !f->closes) {
        out[0] = QM_DECIMAL_ZERO;
    } else if (f->closes && !f->opens) {
        out[0] = units;
    } else if (!f->opens && against == LONG) {
        out[0] = units; /* a sale that does not say that it opens is no short sale */
    }
    out[1].raw = units.raw - out[0].raw;
    booking_need(b, h, against, out[0]);
}

void booking_cover_unknown(booker *b, uint32_t i, qm_holding *h, qm_tax_event *e) {
    qm_decimal gone = h->unknown.raw < e->qty.raw ? h->unknown : e->qty, whole = e->qty;
    if (gone.raw == 0) {
        return;
    }
    b->out->outcomes.items[i].closed = b->out->outcomes.items[i].incomplete = true;
    h->unknown.raw -= gone.raw;
    e->qty.raw -= gone.raw;
    if (qm_decimal_mul_div(e->amount, e->qty, whole, QM_ROUND_HALF_UP, &e->amount) != QM_OK ||
        qm_decimal_mul_div(e->fee, e->qty, whole, QM_ROUND_HALF_UP, &e->fee) != QM_OK) {
        b->status = QM_EOVERFLOW;
    }
}

void booking_trade(booker *b, uint32_t i) {
    const qm_fact *f = b->history->items.items[i].fact;
    named of = booking_named(f);
    qm_decimal part[2];
    if (f->delivery) {
        booking_delivery(b, i);
    }
    qm_holding *h = b->done[i] ? NULL : booking_holding(b, &of);
    if (!h) {
        return;
    }
    b->out->outcomes.items[i].holding = 1 + (uint32_t)(h - b->out->holdings.items);
    if (is_tasty(b->history->items.items[i].statement) && f->asset == QM_ASSET_FUTURE) {
        return; /* its value is the day's profit, not a price: it is in cash, and in no lot */
    }
    split_units(b, f, h, part);
    bool buys = f->quantity.raw > 0, flips = part[0].raw > 0 && part[1].raw > 0;
    qm_tax_kind kind = part[0].raw > 0 ? (buys ? QM_TAX_DO_COVER : QM_TAX_DO_SELL)
                                       : (buys ? QM_TAX_DO_BUY : QM_TAX_DO_SHORT);
    qm_tax_event e = booking_event(b, i, h, kind);
    e.qty.raw = buys ? f->quantity.raw : -f->quantity.raw;
    e.amount.raw = buys ? -f->amount.raw : f->amount.raw;
    e.close_only = part[0].raw > 0 && !flips;
    if (buys && part[0].raw > 0) {
        booking_cover_unknown(b, i, h, &e);
    }
    int against = buys ? SHORT : LONG;
    h->held[against].raw -= part[0].raw;
    booking_add(b, &h->held[!against], part[1]);
    if (part[0].raw > 0) {
        b->out->outcomes.items[i].closed = true;
        b->out->outcomes.items[i].incomplete |= h->tainted;
    }
    if (e.qty.raw > 0) {
        booking_close(b, i, &e);
    }
}

/* It may be vested or not, and says no cost. */
static void book_grant(booker *b, uint32_t i) {
    named of = booking_named(b->history->items.items[i].fact);
    qm_holding *h = booking_holding(b, &of);
    if (h) {
        h->unbooked = true;
    }
    booking_note(b, i, "a grant is not booked: it says no cost");
}

void booking_book(booker *b, uint32_t i) {
    const qm_fact *f = b->history->items.items[i].fact;
    switch (f->kind) {
    case QM_FACT_TRADE:
        booking_trade(b, i);
        break;
    case QM_FACT_EXERCISE:
    case QM_FACT_ASSIGNMENT:
    case QM_FACT_EXPIRY:
        booking_option(b, i);
        break;
    case QM_FACT_CORPORATE_ACTION:
        booking_corporate(b, i);
        break;
    case QM_FACT_TRANSFER:
        booking_transfer(b, i);
        break;
    case QM_FACT_GRANT:
        book_grant(b, i);
        break;
    default:
        break; /* cash */
    }
}
