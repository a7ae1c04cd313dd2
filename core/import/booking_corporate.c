/* SPDX-License-Identifier: MIT
 *
 * Corporate actions and transfers. The legs of an action are booked together, at the units that the
 * statement moved.
 */
#include "import/booking_internal.h"

#include <stdio.h>
#include <string.h>

typedef struct legs {
    uint32_t out, in; /* items; UINT32_MAX: none */
    int outs, ins;
    qm_decimal cash;
} legs;

static const qm_fact *fact_at(const booker *b, uint32_t i) {
    return b->history->items.items[i].fact;
}

static legs collect(booker *b, uint32_t i) {
    legs l = {UINT32_MAX, UINT32_MAX, 0, 0, QM_DECIMAL_ZERO};
    const qm_fact *f = fact_at(b, i);
    uint32_t first, last;
    booking_day(b, i, &first, &last);
    for (uint32_t k = first; k < last; k++) {
        const qm_fact *g = fact_at(b, k);
        if (b->done[k] || g->kind != QM_FACT_CORPORATE_ACTION || strcmp(g->group, f->group) != 0 ||
            strcmp(g->account, f->account) != 0 || !booking_is_of(b, k)) {
            continue;
        }
        b->done[k] = true;
        if (!g->no_cash) {
            booking_add(b, &l.cash, g->amount);
        }
        if (g->quantity.raw < 0) {
            l.out = k;
            l.outs++;
        } else if (g->quantity.raw > 0) {
            l.in = k;
            l.ins++;
        }
    }
    return l;
}

/* The security that the action is of: the line that goes out can have a name of its own (XYZ.OLD).
 */
static named subject(const qm_fact *f) {
    named of = booking_named(f);
    if (*f->underlying && f->asset != QM_ASSET_OPTION &&
        strncmp(f->symbol, f->underlying, strlen(f->underlying)) == 0) {
        of.symbol = f->underlying;
    }
    return of;
}

static qm_decimal size(qm_decimal units) {
    return (qm_decimal){units.raw < 0 ? -units.raw : units.raw};
}

static void set_ratio(qm_tax_event *e, int64_t num, int64_t den) {
    int64_t a = num, b = den;
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    e->num = a ? num / a : 0;
    e->den = a ? den / a : 0;
}

static void mark(booker *b, uint32_t i, const qm_holding *h) {
    b->out->outcomes.items[i].holding = 1 + (uint32_t)(h - b->out->holdings.items);
}

static void scale(booker *b, qm_holding *h, const qm_tax_event *e) {
    qm_tax_event all = {0};
    if (__builtin_mul_overflow(h->num, e->num, &h->num) ||
        __builtin_mul_overflow(h->den, e->den, &h->den)) {
        b->status = QM_EOVERFLOW;
        return;
    }
    set_ratio(&all, h->num, h->den);
    h->num = all.num;
    h->den = all.den;
    for (int side = LONG; side <= SHORT; side++) {
        if (qm_decimal_mul_ratio(h->held[side], e->num, e->den, QM_ROUND_HALF_UP, &h->held[side]) !=
            QM_OK) {
            b->status = QM_EOVERFLOW;
        }
    }
    if (qm_decimal_mul_ratio(h->unknown, e->num, e->den, QM_ROUND_HALF_UP, &h->unknown) != QM_OK) {
        b->status = QM_EOVERFLOW;
    }
}

/* What is held of both lines is not ours to explain then. */
static void leave(booker *b, uint32_t i, const legs *l, const char *why) {
    uint32_t of[] = {l->out, l->in};
    for (int k = 0; k < 2; k++) {
        if (of[k] == UINT32_MAX) {
            continue;
        }
        named line = booking_named(fact_at(b, of[k])), subject_line = subject(fact_at(b, of[k]));
        qm_holding *h = booking_holding(b, &line);
        if (h) {
            h->unbooked = true;
        }
        h = booking_holding(b, &subject_line);
        if (h) {
            h->unbooked = true;
        }
    }
    booking_note(b, i, "%s: %.90s", why, fact_at(b, i)->text);
}

/* One row with the net increase, or the old line out and the new one in. */
static void book_split(booker *b, uint32_t i, const legs *l) {
    bool both = l->outs == 1 && l->ins == 1;
    uint32_t at = both || l->ins == 0 ? l->out : l->in;
    const qm_fact *f = fact_at(b, at);
    named of = both ? subject(f) : booking_named(f);
    qm_holding *h = booking_holding(b, &of);
    if (!h) {
        return;
    }
    qm_tax_event e = booking_event(b, i, h, QM_TAX_DO_SPLIT);
    qm_decimal before = size(f->quantity);
    if (both) {
        set_ratio(&e, fact_at(b, l->in)->quantity.raw, before.raw);
    } else {
        set_ratio(&e, f->num, f->den);
    }
    if (e.num <= 0 || e.den <= 0 || (!both && (l->outs + l->ins != 1 || e.num <= e.den)) ||
        (!both &&
         qm_decimal_mul_ratio(before, e.den, e.num - e.den, QM_ROUND_HALF_UP, &before) != QM_OK)) {
        leave(b, i, l, "a split whose ratio is not told is not booked");
        return;
    }
    booking_need(b, h, !both && f->quantity.raw < 0 ? SHORT : LONG, before);
    mark(b, at, h);
    e.has_cash = l->cash.raw > 0;
    e.cash = l->cash;
    booking_apply(b, i, &e);
    scale(b, h, &e);
    if (both) {
        mark(b, l->in, h);
        named new_name = booking_named(fact_at(b, l->in));
        if (!booking_alias(b, &new_name, h)) {
            booking_note(b, i, "the new line of a split is held already: it is not merged with it");
        }
    }
}

/* Lots become those of another instrument, with their dates and cost. */
static void exchange(booker *b, const legs *l, qm_tax_kind kind) {
    const qm_fact *out = fact_at(b, l->out), *in = fact_at(b, l->in);
    named from = subject(out), to = booking_named(in);
    qm_holding *h = booking_holding(b, &from);
    size_t at = h ? (size_t)(h - b->out->holdings.items) : 0;
    qm_holding *n = booking_holding(b, &to);
    if (!h || !n) {
        return;
    }
    h = &b->out->holdings.items[at];
    qm_tax_event e = booking_event(b, l->out, h, kind);
    e.qty = size(out->quantity);
    e.new_symbol = n->key;
    set_ratio(&e, in->quantity.raw, e.qty.raw);
    if (kind == QM_TAX_DO_MERGER_356) {
        e.cash = l->cash;
        e.has_cash = true;
        e.new_value = in->value;
    }
    booking_need(b, h, LONG, e.qty);
    h->held[LONG].raw -= e.qty.raw;
    booking_add(b, &n->held[LONG], in->quantity);
    n->tainted = n->tainted || h->tainted || h->missing[LONG].raw > 0;
    mark(b, l->out, h);
    mark(b, l->in, n);
    b->out->outcomes.items[l->out].incomplete |= h->missing[LONG].raw > 0 && l->cash.raw != 0;
    booking_apply(b, l->out, &e);
}

static void book_rename(booker *b, uint32_t i, const legs *l) {
    if (l->outs != 1 || l->ins != 1) {
        leave(b, i, l, "a change of name without both of its lines is not booked");
        return;
    }
    const qm_fact *out = fact_at(b, l->out), *in = fact_at(b, l->in);
    named from = subject(out), to = booking_named(in);
    qm_holding *h = booking_holding(b, &from);
    if (!h) {
        return;
    }
    int side = h->held[SHORT].raw > h->held[LONG].raw ? SHORT : LONG;
    booking_need(b, h, side, size(out->quantity));
    mark(b, l->out, h);
    mark(b, l->in, h);
    if (out->quantity.raw + in->quantity.raw != 0) {
        leave(b, i, l, "a change of name that changes the units is not booked");
    } else if (!booking_alias(b, &to, h)) {
        exchange(b, l, QM_TAX_DO_MERGER_STOCK);
    }
}

static void book_merger(booker *b, uint32_t i, const legs *l) {
    if (l->outs == 1 && l->ins == 1) {
        exchange(b, l, l->cash.raw ? QM_TAX_DO_MERGER_356 : QM_TAX_DO_MERGER_STOCK);
        return;
    }
    if (l->outs != 1 || l->ins != 0 || l->cash.raw <= 0) {
        leave(b, i, l, "a merger with these lines is not booked");
        return;
    }
    named of = subject(fact_at(b, l->out));
    qm_holding *h = booking_holding(b, &of);
    if (!h) {
        return;
    }
    qm_tax_event e = booking_event(b, l->out, h, QM_TAX_DO_MERGER_CASH);
    e.qty = size(fact_at(b, l->out)->quantity);
    e.amount = l->cash;
    booking_need(b, h, LONG, e.qty);
    h->held[LONG].raw -= e.qty.raw;
    mark(b, l->out, h);
    booking_apply(b, l->out, &e);
}

/* Units that come without a cost that the file tells. */
static void arrive(booker *b, uint32_t i, qm_holding *h, qm_decimal units) {
    qm_tax_arrival a = {.qty = units,
                        .acquired = QM_DATE_NONE,
                        .holding = QM_DATE_NONE,
                        .gifted = QM_DATE_NONE,
                        .no_basis = true};
    qm_tax_event e = booking_event(b, i, h, QM_TAX_DO_TRANSFER_IN);
    e.fee = QM_DECIMAL_ZERO;
    e.arrivals = &a;
    e.arrival_count = 1;
    mark(b, i, h);
    booking_add(b, &h->held[LONG], units);
    booking_apply(b, i, &e);
}

void booking_corporate(booker *b, uint32_t i) {
    legs l = collect(b, i);
    const qm_fact *f = fact_at(b, i);
    b->done[i] = true;
    if (l.outs + l.ins == 0) {
        return; /* only money */
    }
    if (f->action == QM_CORPORATE_SPLIT) {
        book_split(b, i, &l);
    } else if (f->action == QM_CORPORATE_RENAME) {
        book_rename(b, i, &l);
    } else if (f->action == QM_CORPORATE_MERGER) {
        book_merger(b, i, &l);
    } else if (f->action == QM_CORPORATE_SPINOFF && l.ins == 1 && l.outs == 0) {
        named of = booking_named(fact_at(b, l.in));
        qm_holding *h = booking_holding(b, &of);
        if (h) {
            arrive(b, l.in, h, fact_at(b, l.in)->quantity);
        }
        booking_note(b, i, "a spin-off: how its cost divides is not in the file");
    } else {
        leave(b, i, &l, "an action that is not booked");
    }
}

/* In: lots whose history is elsewhere. Out: lots leave with theirs. */
void booking_transfer(booker *b, uint32_t i) {
    const qm_fact *f = fact_at(b, i);
    named of = booking_named(f);
    char name[320];
    if (f->quantity.raw == 0 || !*f->symbol || f->asset == QM_ASSET_CASH) {
        return;
    }
    qm_holding *h = booking_holding(b, &of);
    if (!h) {
        return;
    }
    if (f->quantity.raw > 0) {
        arrive(b, i, h, f->quantity);
        booking_note(b, i, "transferred in: its lots and their cost are not in the file");
        booking_add(b, &h->transferred, b->tax ? f->quantity : QM_DECIMAL_ZERO);
        return;
    }
    snprintf(name, sizeof name, "%.300s out", h->key);
    qm_tax_event e = booking_event(b, i, h, QM_TAX_DO_MERGER_STOCK);
    e.qty = size(f->quantity);
    e.num = e.den = 1;
    e.new_symbol = name;
    booking_need(b, h, LONG, e.qty);
    h->held[LONG].raw -= e.qty.raw;
    mark(b, i, h);
    booking_apply(b, i, &e);
}
