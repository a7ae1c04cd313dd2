/* SPDX-License-Identifier: MIT
 *
 * Options that end. Exercise and assignment are two rows at least: the option at nothing and the
 * shares at the strike, which make one event, so that the premium goes where it belongs.
 */
#include "import/booking_internal.h"

#include <string.h>

typedef struct ending {
    uint32_t i; /* the option's item */
    const qm_fact *fact;
    qm_holding *option;
    int side; /* of the option */
    qm_decimal units, shares;
    uint32_t first_delivery;
    qm_decimal fee; /* of option and deliveries, > 0 is paid */
    bool buys, opens, closes;
} ending;

/* "BRK B", "BRK.B" and "BRKB" are one. */
static bool same_root(const char *a, const char *b) {
    for (;;) {
        while (*a == ' ' || *a == '.' || *a == '/') {
            a++;
        }
        while (*b == ' ' || *b == '.' || *b == '/') {
            b++;
        }
        if (*a != *b || !*a) {
            return *a == *b;
        }
        a++;
        b++;
    }
}

static int side_of(const booker *b, const ending *e) {
    const qm_fact *f = e->fact;
    if (f->kind != QM_FACT_EXPIRY) {
        return f->kind == QM_FACT_EXERCISE ? LONG : SHORT;
    }
    if (b->history->items.items[e->i].statement->format != QM_STATEMENT_TASTYTRADE) {
        return f->quantity.raw < 0 ? LONG : SHORT;
    }
    /* No sign in the file: what is held says it. */
    return e->option->held[LONG].raw < e->units.raw && e->option->held[SHORT].raw >= e->units.raw
               ? SHORT
               : LONG;
}

/* ---- what it delivers ---- */

static bool delivers(const booker *b, const ending *e, uint32_t k) {
    const qm_fact *f = e->fact, *g = b->history->items.items[k].fact;
    bool buys = (f->kind == QM_FACT_EXERCISE) == (f->right == 'C');
    return !b->done[k] && g->kind == QM_FACT_TRADE && g->delivery &&
           g->price.raw == f->strike.raw && (g->quantity.raw > 0) == buys &&
           strcmp(g->account, f->account) == 0 && strcmp(g->currency, f->currency) == 0 &&
           same_root(g->symbol, f->underlying);
}

static qm_decimal size(qm_decimal units) {
    return (qm_decimal){units.raw < 0 ? -units.raw : units.raw};
}

static void take(booker *b, ending *e, uint32_t k) {
    const qm_fact *g = b->history->items.items[k].fact;
    e->first_delivery = e->shares.raw ? e->first_delivery : k;
    booking_add(b, &e->shares, size(g->quantity));
    booking_add(b, &e->fee, (qm_decimal){-g->fee.raw});
    e->buys = g->quantity.raw > 0;
    e->opens = e->opens || g->opens;
    e->closes = e->closes || g->closes;
}

/* One row that fits, else all rows of the day when they fit together. */
static bool find_deliveries(booker *b, ending *e, bool *rows) {
    uint32_t first, last;
    qm_decimal need, sum = QM_DECIMAL_ZERO;
    booking_day(b, e->i, &first, &last);
    if (qm_decimal_mul(e->units, e->fact->multiplier, QM_ROUND_HALF_EVEN, &need) != QM_OK) {
        return false;
    }
    for (uint32_t k = first; k < last; k++) {
        const qm_fact *g = b->history->items.items[k].fact;
        if (delivers(b, e, k) && size(g->quantity).raw == need.raw) {
            take(b, e, k);
            rows[k - first] = true;
            return true;
        }
    }
    for (uint32_t k = first; k < last; k++) {
        if (delivers(b, e, k)) {
            booking_add(b, &sum, size(b->history->items.items[k].fact->quantity));
            rows[k - first] = true;
        }
    }
    for (uint32_t k = first; k < last && sum.raw == need.raw && need.raw > 0; k++) {
        if (rows[k - first]) {
            take(b, e, k);
        }
    }
    return sum.raw == need.raw && need.raw > 0;
}

/* ---- what becomes of it ---- */

/* Closed for an amount: expired for nothing, or settled in cash. */
static void close_for(booker *b, ending *e, qm_decimal amount) {
    qm_tax_event ev = booking_event(b, e->i, e->option, QM_TAX_DO_EXPIRE);
    qm_outcome *o = &b->out->outcomes.items[e->i];
    ev.qty = e->units;
    ev.has_qty = true;
    ev.amount.raw = e->side == LONG ? amount.raw : -amount.raw;
    booking_need(b, e->option, e->side, e->units);
    e->option->held[e->side].raw -= e->units.raw;
    o->closed = true;
    o->incomplete = o->incomplete || e->option->tainted;
    if (e->side == SHORT) {
        booking_cover_unknown(b, e->i, e->option, &ev);
    }
    if (ev.qty.raw > 0) {
        booking_apply(b, e->i, &ev);
    }
}

/* The shares that come or go, in units. */
static void move_shares(booker *b, ending *e, qm_holding *stock) {
    int against = e->buys ? SHORT : LONG;
    qm_decimal closes = stock->held[against].raw < e->shares.raw ? stock->held[against] : e->shares;
    if (e->closes && !e->opens) {
        closes = e->shares;
    }
    booking_need(b, stock, against, closes);
    stock->held[against].raw -= closes.raw;
    booking_add(b, &stock->held[!against], (qm_decimal){e->shares.raw - closes.raw});
}

static void deliver(booker *b, ending *e, qm_holding *stock) {
    const qm_fact *f = e->fact;
    qm_tax_event ev = booking_event(b, e->first_delivery, e->option,
                                    e->side == LONG ? QM_TAX_DO_EXERCISE : QM_TAX_DO_ASSIGN);
    ev.qty = e->units;
    ev.strike = f->strike;
    ev.right = f->right;
    ev.multiplier = f->multiplier.raw / QM_DECIMAL_SCALE;
    ev.under = stock->key;
    ev.fee = e->fee;
    booking_need(b, e->option, e->side, e->units);
    e->option->held[e->side].raw -= e->units.raw;
    move_shares(b, e, stock);
    booking_apply(b, e->first_delivery, &ev);
}

/* The premium of an option from before the facts is not known, and so what its shares cost. */
static void deliver_unknown(booker *b, ending *e, qm_holding *stock, const bool *rows) {
    uint32_t first, last;
    stock->tainted = true;
    close_for(b, e, QM_DECIMAL_ZERO);
    b->out->outcomes.items[e->i].incomplete = true;
    booking_day(b, e->i, &first, &last);
    for (uint32_t k = first; k < last; k++) {
        if (rows[k - first]) {
            booking_trade(b, k);
            b->done[k] = true;
            b->out->outcomes.items[k].incomplete = true;
        }
    }
}

static void exercise(booker *b, ending *e, const bool *rows) {
    const qm_fact *g = b->history->items.items[e->first_delivery].fact;
    named of = booking_named(g);
    uint32_t option = (uint32_t)(e->option - b->out->holdings.items), first, last;
    qm_holding *stock = booking_holding(b, &of);
    e->option = &b->out->holdings.items[option]; /* it may have moved */
    if (!stock) {
        return;
    }
    if (e->option->missing[e->side].raw > 0 || !qm_decimal_is_whole(e->fact->multiplier) ||
        e->option->held[e->side].raw < e->units.raw) {
        deliver_unknown(b, e, stock, rows);
        return;
    }
    booking_day(b, e->i, &first, &last);
    for (uint32_t k = first; k < last; k++) {
        if (rows[k - first]) {
            b->done[k] = true;
            b->out->outcomes.items[k].holding = 1 + (uint32_t)(stock - b->out->holdings.items);
            b->out->outcomes.items[k].incomplete |= stock->tainted;
        }
    }
    deliver(b, e, stock);
}

/* What it was settled for, out of the row's own gain and cost; no money is in the row itself. */
static bool settled(const qm_fact *f, qm_decimal *amount) {
    return f->has_realized && f->realized.raw != 0 && f->has_basis &&
           qm_decimal_sub(f->realized, f->fee, amount) == QM_OK &&
           qm_decimal_sub(*amount, f->basis, amount) == QM_OK;
}

void booking_option(booker *b, uint32_t i) {
    ending e = {.i = i, .fact = b->history->items.items[i].fact};
    named of = booking_named(e.fact);
    uint32_t first, last;
    qm_decimal amount;
    e.option = booking_holding(b, &of);
    e.units = size(e.fact->quantity);
    e.fee.raw = -e.fact->fee.raw;
    booking_day(b, i, &first, &last);
    bool *rows = qm_calloc(last - first, sizeof *rows);
    b->done[i] = true;
    if (!e.option || !rows) {
        b->status = QM_ENOMEM;
        qm_free(rows);
        return;
    }
    e.side = side_of(b, &e);
    b->out->outcomes.items[i].holding = 1 + (uint32_t)(e.option - b->out->holdings.items);
    if (e.fact->kind == QM_FACT_EXPIRY || e.fact->amount.raw != 0) {
        close_for(b, &e, e.fact->amount);
    } else if (find_deliveries(b, &e, rows)) {
        exercise(b, &e, rows);
    } else if (settled(e.fact, &amount)) {
        close_for(b, &e, amount);
        booking_note(b, i, "settled in cash; the amount is taken from the row's own gain and cost");
    } else {
        booking_note(b, i, "%s without the shares it delivers: the option is left open",
                     qm_fact_name(e.fact->kind));
    }
    qm_free(rows);
}

void booking_delivery(booker *b, uint32_t i) {
    uint32_t first, last;
    booking_day(b, i, &first, &last);
    for (uint32_t k = first; k < last && !b->done[i]; k++) {
        const qm_fact *f = b->history->items.items[k].fact;
        ending e = {.i = k, .fact = f};
        bool ends = f->kind == QM_FACT_EXERCISE || f->kind == QM_FACT_ASSIGNMENT;
        if (ends && !b->done[k] && booking_is_of(b, k) && delivers(b, &e, i)) {
            booking_option(b, k);
        }
    }
}
