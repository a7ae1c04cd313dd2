/* SPDX-License-Identifier: MIT
 *
 * Lots that become other lots: spin-offs (IRC 355), stock for stock (368), stock and cash (356).
 * Dates, purchase and wash state are carried; a new lot is named EVENT/LOT. No basis is lost: what
 * leaves one lot is in the other, in a row, or was cash.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

typedef struct target {
    const qm_tax_event *event;
    uint32_t from, to;               /* books */
    qm_decimal old_units, new_units; /* running */
} target;

static qm_status find_books(qm_tax *tax, const qm_tax_event *event, target *out) {
    uint32_t of, from, to;
    qm_status status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &from) : status;
    status = status == QM_OK ? qm_tax_instrument(tax, event->new_symbol, &to) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, from, &out->from) : status;
    *out = (target){.event = event, .from = out->from};
    return status == QM_OK ? qm_tax_book(tax, of, to, &out->to) : status;
}

/* The slice that the event makes of a part, but for its basis; one lot for each lot. */
static qm_status make(qm_tax *tax, target *t, const slice *part, slice *out) {
    const lot *old = &tax->lots.items[part->lot];
    qm_decimal upto;
    uint32_t known = (uint32_t)tax->lots.length;
    char id[256];
    slice s = *part;
    qm_status status = qm_decimal_add(t->old_units, part->qty, &t->old_units);
    status =
        status == QM_OK ? qm_tax_scale(t->old_units, t->event->num, t->event->den, &upto) : status;
    if (status != QM_OK) {
        return status;
    }
    s.qty.raw = upto.raw - t->new_units.raw;
    t->new_units = upto;
    s.wash_avail = part->wash_avail.raw == part->qty.raw ? s.qty : QM_DECIMAL_ZERO;
    if (part->wash_avail.raw > 0 && part->wash_avail.raw < part->qty.raw) {
        status = qm_tax_scale(part->wash_avail, t->event->num, t->event->den, &s.wash_avail);
        s.wash_avail = qm_tax_min(s.wash_avail, s.qty);
    }
    s.young = s.old = QM_DECIMAL_ZERO;
    s.box = s.plan = NONE;
    snprintf(id, sizeof id, "%s/%s", t->event->id, old->id);
    lot made = {.id = id, .parent = old->id, .purchase = old->purchase};
    const lot *last = known ? &tax->lots.items[known - 1] : NULL;
    if (last && last->event == tax->events && strcmp(last->id, id) == 0) {
        s.lot = known - 1; /* another slice of the lot before */
    } else {
        status = status == QM_OK ? qm_tax_new_lot(tax, t->event, &made, &s.lot) : status;
    }
    *out = s;
    return status;
}

/* ---- spin-off ---- */

/* What the parent keeps: a / (a + b). */
static qm_status fraction_of(const qm_tax_event *event, int64_t *num, int64_t *den) {
    i128 a = event->parent_value.raw, b = event->new_value.raw;
    if (event->parent_fraction.raw > 0) {
        *num = event->parent_fraction.raw;
        *den = QM_DECIMAL_SCALE;
        return *num <= *den ? QM_OK : QM_EINVAL;
    }
    if (event->parent_price.raw > 0 || event->new_price.raw > 0) {
        a = (i128)event->parent_price.raw * event->den;
        b = (i128)event->new_price.raw * event->num;
    }
    i128 sum = a + b, x = sum, y = a;
    if (a < 0 || b < 0 || sum <= 0) {
        return QM_EINVAL;
    }
    while (y) {
        i128 rest = x % y;
        x = y;
        y = rest;
    }
    a /= x;
    sum /= x;
    if (sum > INT64_MAX) {
        return QM_EOVERFLOW;
    }
    *num = (int64_t)a;
    *den = (int64_t)sum;
    return QM_OK;
}

/* Moves a sum's part that the parent does not keep. */
static qm_status divide(const qm_tax *tax, qm_decimal *kept, qm_decimal *moved, int64_t num,
                        int64_t den) {
    qm_decimal whole = *kept;
    qm_status status = qm_tax_share(tax, whole, (qm_decimal){num}, (qm_decimal){den}, kept);
    moved->raw = whole.raw - kept->raw;
    return status;
}

/* New shares first close a short in them, at their basis. */
static qm_status close_short(qm_tax *tax, const target *t, slice *child) {
    qm_decimal owed;
    slice part;
    qm_status status = qm_tax_held(&tax->books.items[t->to].piles[SHORT], &owed);
    owed = status == QM_OK ? qm_tax_min(owed, child->qty) : QM_DECIMAL_ZERO;
    if (status != QM_OK || owed.raw == 0) {
        return status;
    }
    status = qm_tax_take(tax, child, owed, &part);
    closing c = {.event = t->event,
                 .book = t->to,
                 .side = SHORT,
                 .qty = owed,
                 .money = part.basis,
                 .method = tax->config.method,
                 .delivered = part.holding,
                 .has_delivered = true};
    return status == QM_OK ? qm_tax_close(tax, &c) : status;
}

static qm_status spin_pile(qm_tax *tax, target *t, int side, int64_t num, int64_t den) {
    qm_status status = QM_OK;
    for (size_t i = tax->books.items[t->from].piles[side].first;
         i < tax->books.items[t->from].piles[side].length && status == QM_OK; i++) {
        slice child = {0}, *parent = &tax->books.items[t->from].piles[side].items[i];
        status = make(tax, t, parent, &child);
        parent = &tax->books.items[t->from].piles[side].items[i];
        status = status == QM_OK ? divide(tax, &parent->basis, &child.basis, num, den) : status;
        status = status == QM_OK ? divide(tax, &parent->wash_added, &child.wash_added, num, den)
                                 : status;
        status =
            status == QM_OK ? divide(tax, &parent->low_basis, &child.low_basis, num, den) : status;
        child.wash_avail = child.pil = QM_DECIMAL_ZERO; /* nothing was bought */
        status = status == QM_OK && side == LONG ? close_short(tax, t, &child) : status;
        if (status == QM_OK && child.qty.raw > 0) {
            status = qm_tax_put(&tax->books.items[t->to].piles[side], &child);
        }
    }
    return status;
}

qm_status qm_tax_spinoff(qm_tax *tax, const qm_tax_event *event) {
    target t = {0};
    int64_t num, den;
    qm_status status = fraction_of(event, &num, &den);
    status = status == QM_OK ? find_books(tax, event, &t) : status;
    for (int side = LONG; side <= SHORT && status == QM_OK; side++) {
        t.old_units = t.new_units = QM_DECIMAL_ZERO;
        status = spin_pile(tax, &t, side, num, den);
        if (status == QM_OK && event->has_cash && t.new_units.raw > 0) {
            status = qm_tax_fraction(tax, event, t.to, side);
        }
    }
    return status;
}

/* ---- mergers ---- */

/* Gain up to the cash, no loss; the row is that of a 1099-B: cash against the basis it took. */
static qm_status pay_boot(qm_tax *tax, const target *t, const slice *old, slice *made,
                          const qm_decimal got[2]) {
    qm_decimal realised, worth, recognised, cash = got[0];
    qm_tax_row row = qm_tax_row_of(tax, t->event, t->from, old);
    qm_status status = qm_decimal_add(cash, got[1], &worth);
    status = status == QM_OK ? qm_decimal_sub(worth, old->basis, &realised) : status;
    recognised = realised.raw > 0 ? qm_tax_min(realised, cash) : QM_DECIMAL_ZERO;
    if (status != QM_OK) {
        return status;
    }
    made->basis.raw = old->basis.raw - cash.raw + recognised.raw;
    if (made->basis.raw < 0) { /* a loss lot that got more cash than it cost */
        made->basis.raw = 0;
    }
    row.proceeds = cash;
    row.basis.raw = old->basis.raw - made->basis.raw;
    return qm_tax_add_row(tax, &row, t->from, old, t->event->date);
}

static qm_status exchange(qm_tax *tax, target *t, const parts *taken, int side) {
    bool boot = t->event->kind == QM_TAX_DO_MERGER_356;
    running cash = {.whole = t->event->qty}, value = {.whole = t->event->qty};
    qm_status status = qm_tax_convert(tax, t->event, t->event->cash, &cash.total);
    status =
        status == QM_OK ? qm_tax_convert(tax, t->event, t->event->new_value, &value.total) : status;
    qm_tax_begin_execution(tax);
    for (size_t i = 0; i < taken->length && status == QM_OK; i++) {
        slice made;
        qm_decimal got[2];
        status = make(tax, t, &taken->items[i], &made);
        if (boot && side == LONG) {
            status =
                status == QM_OK ? qm_tax_step(tax, &cash, taken->items[i].qty, &got[0]) : status;
            status =
                status == QM_OK ? qm_tax_step(tax, &value, taken->items[i].qty, &got[1]) : status;
            status = status == QM_OK ? pay_boot(tax, t, &taken->items[i], &made, got) : status;
        }
        status = status == QM_OK && made.qty.raw > 0
                     ? qm_tax_put(&tax->books.items[t->to].piles[side], &made)
                     : status;
    }
    if (status == QM_OK && boot) {
        status = qm_total_add(&tax->cash, cash.total);
    }
    return status;
}

static qm_status sell_out(qm_tax *tax, const qm_tax_event *event) {
    qm_tax_event sale = *event;
    sale.kind = QM_TAX_DO_SELL;
    sale.close_only = true;
    return qm_tax_trade(tax, &sale);
}

qm_status qm_tax_merger(qm_tax *tax, const qm_tax_event *event) {
    if (event->kind == QM_TAX_DO_MERGER_CASH) {
        return sell_out(tax, event);
    }
    target t = {0};
    parts taken = {0};
    qm_decimal held;
    qm_status status = find_books(tax, event, &t);
    status = status == QM_OK ? qm_tax_held(&tax->books.items[t.from].piles[LONG], &held) : status;
    int side = held.raw >= event->qty.raw ? LONG : SHORT;
    closing c = {.event = event,
                 .book = t.from,
                 .side = side,
                 .qty = event->qty,
                 .method = QM_TAX_FIFO,
                 .picks = event->picks,
                 .pick_count = event->pick_count};
    status = status == QM_OK ? qm_tax_pull(tax, &c, &taken) : status;
    status = status == QM_OK ? exchange(tax, &t, &taken, side) : status;
    qm_vec_fini(&taken);
    if (status == QM_OK && event->has_cash && event->kind == QM_TAX_DO_MERGER_STOCK) {
        status = qm_tax_fraction(tax, event, t.to, side);
    }
    return status;
}
