/* SPDX-License-Identifier: MIT
 *
 * Options end: expiry is a close at nothing, exercise and assignment move the premium into the
 * stock (Publication 550, puts and calls). Each option lot makes a stock leg of its own. Section
 * 1256 contracts are marked: closed and opened again at fair value.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <stdio.h>

static qm_status find_book(qm_tax *tax, const qm_tax_event *event, uint32_t *out) {
    uint32_t of, in;
    qm_status status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    return status == QM_OK ? qm_tax_book(tax, of, in, out) : status;
}

/* The side that can give the units (all when none are named): long before short. */
static qm_status find_side(const qm_tax *tax, const qm_tax_event *event, uint32_t of, int *side,
                           qm_decimal *units) {
    qm_decimal held[2];
    qm_status status = qm_tax_held(&tax->books.items[of].piles[LONG], &held[LONG]);
    status =
        status == QM_OK ? qm_tax_held(&tax->books.items[of].piles[SHORT], &held[SHORT]) : status;
    if (status != QM_OK) {
        return status;
    }
    *side =
        held[LONG].raw > 0 && (!event->has_qty || held[LONG].raw >= event->qty.raw) ? LONG : SHORT;
    *units = event->has_qty ? event->qty : held[*side];
    return units->raw > 0 && held[*side].raw >= units->raw ? QM_OK : QM_ELOTS;
}

qm_status qm_tax_expire(qm_tax *tax, const qm_tax_event *event) {
    closing c = {.event = event,
                 .method = tax->config.method,
                 .picks = event->picks,
                 .pick_count = event->pick_count};
    qm_status status = find_book(tax, event, &c.book);
    qm_decimal money;
    status = status == QM_OK ? find_side(tax, event, c.book, &c.side, &c.qty) : status;
    if (status == QM_OK) { /* cash settlement comes as an amount */
        status = c.side == LONG ? qm_decimal_sub(event->amount, event->fee, &money)
                                : qm_decimal_add(event->amount, event->fee, &money);
    }
    status = status == QM_OK ? qm_tax_convert(tax, event, money, &c.money) : status;
    status = status == QM_OK ? qm_tax_close(tax, &c) : status;
    if (status != QM_OK) {
        return status;
    }
    return c.side == LONG ? qm_total_add(&tax->cash, c.money) : qm_total_sub(&tax->cash, c.money);
}

/* The stock leg of one option lot. */
static qm_status leg(qm_tax *tax, const qm_tax_event *event, opening *o, const slice *part) {
    bool pays = o->side == LONG, holder = event->kind == QM_TAX_DO_EXERCISE;
    qm_decimal gross;
    qm_status status =
        qm_decimal_mul_ratio(part->qty, event->multiplier, 1, QM_ROUND_DOWN, &o->qty);
    status =
        status == QM_OK ? qm_decimal_mul(o->qty, event->strike, QM_ROUND_HALF_UP, &gross) : status;
    status = status == QM_OK ? qm_tax_convert(tax, event, gross, &gross) : status;
    if (status == QM_OK) {
        status = pays ? qm_total_sub(&tax->cash, gross) : qm_total_add(&tax->cash, gross);
    }
    /* The holder's cost makes a purchase dearer and a sale smaller; the writer's premium helps. */
    if (status == QM_OK) {
        status = pays == holder ? qm_decimal_add(gross, part->basis, &gross)
                                : qm_decimal_sub(gross, part->basis, &gross);
    }
    o->money = gross;
    return status;
}

static qm_status legs(qm_tax *tax, const qm_tax_event *event, uint32_t stock, const parts *taken) {
    bool holder = event->kind == QM_TAX_DO_EXERCISE;
    opening o = {
        .event = event, .book = stock, .side = holder == (event->right == 'C') ? LONG : SHORT};
    running fee = {.whole = event->qty};
    qm_status status = qm_tax_convert(tax, event, event->fee, &fee.total);
    for (size_t i = 0; i < taken->length && status == QM_OK; i++) {
        char id[256];
        qm_decimal share;
        snprintf(id, sizeof id, "%s/%s", event->id, tax->lots.items[taken->items[i].lot].id);
        o.id = taken->length > 1 ? id : NULL;
        status = leg(tax, event, &o, &taken->items[i]);
        status = status == QM_OK ? qm_tax_step(tax, &fee, taken->items[i].qty, &share) : status;
        if (status == QM_OK) {
            status = o.side == LONG ? qm_decimal_add(o.money, share, &o.money)
                                    : qm_decimal_sub(o.money, share, &o.money);
        }
        status = status == QM_OK ? qm_tax_cross(tax, &o) : status;
        if (status == QM_OK && taken->items[i].box == NONE) {
            status = qm_tax_box_release(tax, taken->items[i].lot, taken->items[i].qty, event->date);
        }
    }
    return status == QM_OK ? qm_total_sub(&tax->cash, fee.total) : status;
}

qm_status qm_tax_exercise(qm_tax *tax, const qm_tax_event *event) {
    parts taken = {0};
    uint32_t of, under, stock;
    closing c = {.event = event,
                 .side = event->kind == QM_TAX_DO_EXERCISE ? LONG : SHORT,
                 .qty = event->qty,
                 .method = tax->config.method};
    qm_status status = find_book(tax, event, &c.book);
    status = status == QM_OK ? qm_tax_account(tax, event->account, &of) : status;
    status = status == QM_OK ? qm_tax_instrument(tax, event->under, &under) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, under, &stock) : status;
    c.method = c.method == QM_TAX_AVERAGE ? QM_TAX_FIFO : c.method;
    c.picks = event->picks;
    c.pick_count = event->pick_count;
    status = status == QM_OK ? qm_tax_pull(tax, &c, &taken) : status;
    if (status == QM_OK) {
        qm_tax_event plain = *event; /* named lots are of the option, not of the stock */
        plain.picks = NULL;
        plain.pick_count = 0;
        plain.close_only = false;
        status = legs(tax, &plain, stock, &taken);
    }
    qm_vec_fini(&taken);
    return status;
}

/* A row for each slice, then the slice goes on at its mark. */
static qm_status mark_slice(qm_tax *tax, const qm_tax_event *event, const closing *c, slice *s,
                            qm_decimal value) {
    qm_tax_row row = qm_tax_row_of(tax, event, c->book, s);
    row.is_short = c->side == SHORT;
    row.proceeds = row.is_short ? s->basis : value;
    row.basis = row.is_short ? value : s->basis;
    qm_status status = qm_tax_add_row(tax, &row, c->book, s, event->date);
    s->basis = value;
    qm_tax_tell(tax, QM_TAX_LOT_ADJUST, s->lot);
    return status;
}

qm_status qm_tax_mark(qm_tax *tax, const qm_tax_event *event) {
    closing c = {.event = event};
    qm_decimal whole;
    running money = {0};
    qm_status status = find_book(tax, event, &c.book);
    status = status == QM_OK ? find_side(tax, event, c.book, &c.side, &money.whole) : status;
    status = status == QM_OK ? qm_tax_convert(tax, event, event->amount, &money.total) : status;
    if (status != QM_OK) {
        return status;
    }
    pile *p = &tax->books.items[c.book].piles[c.side];
    status = qm_tax_held(p, &whole);
    if (status == QM_OK && whole.raw != money.whole.raw) {
        return QM_EINVAL; /* the whole position is marked */
    }
    tax->instruments.items[tax->books.items[c.book].instrument].section1256 = true;
    qm_tax_begin_execution(tax);
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        qm_decimal value;
        status = qm_tax_step(tax, &money, p->items[i].qty, &value);
        status = status == QM_OK ? mark_slice(tax, event, &c, &p->items[i], value) : status;
    }
    return status;
}
