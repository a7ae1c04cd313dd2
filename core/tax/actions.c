/* SPDX-License-Identifier: MIT
 *
 * Actions on what is held of one instrument: splits, cash for fractions, return of capital.
 */
#include "tax/internal.h"

/* Units of a pile x num / den by a running sum, so that the total is right to 1e-9. */
static qm_status scale_pile(const qm_tax_event *event, pile *p) {
    qm_decimal before = QM_DECIMAL_ZERO, given = QM_DECIMAL_ZERO;
    qm_status status = QM_OK;
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        slice *s = &p->items[i];
        qm_decimal upto;
        bool whole = s->wash_avail.raw == s->qty.raw;
        status = qm_decimal_add(before, s->qty, &before);
        status = status == QM_OK ? qm_tax_scale(before, event->num, event->den, &upto) : status;
        status = status == QM_OK
                     ? qm_tax_scale(s->wash_avail, event->num, event->den, &s->wash_avail)
                     : status;
        status =
            status == QM_OK ? qm_tax_scale(s->young, event->num, event->den, &s->young) : status;
        status = status == QM_OK ? qm_tax_scale(s->old, event->num, event->den, &s->old) : status;
        if (status == QM_OK) {
            s->qty.raw = upto.raw - given.raw;
            s->wash_avail = whole ? s->qty : qm_tax_min(s->wash_avail, s->qty);
            given = upto;
        }
    }
    return status;
}

/* Options on what is split deliver more or fewer shares. */
static qm_status scale_options(qm_tax *tax, const qm_tax_event *event, uint32_t of, uint32_t in) {
    for (uint32_t k = 0; k < tax->books.length; k++) {
        const book *b = &tax->books.items[k];
        for (int side = LONG; side <= SHORT; side++) {
            const pile *p = &b->piles[side];
            if (b->account != of || tax->instruments.items[b->instrument].under != in + 1) {
                continue;
            }
            for (size_t i = p->first; i < p->length; i++) {
                lot *l = &tax->lots.items[p->items[i].lot];
                if ((i == p->first || p->items[i].lot != p->items[i - 1].lot) &&
                    (__builtin_mul_overflow(l->unit_num, event->num, &l->unit_num) ||
                     __builtin_mul_overflow(l->unit_den, event->den, &l->unit_den))) {
                    return QM_EOVERFLOW;
                }
            }
        }
    }
    return QM_OK;
}

/* Sells what the position has beyond whole units for the event's cash. */
qm_status qm_tax_fraction(qm_tax *tax, const qm_tax_event *event, uint32_t of, int side) {
    closing c = {.event = event, .book = of, .side = side, .method = tax->config.method};
    qm_decimal held;
    qm_status status = qm_tax_held(&tax->books.items[of].piles[side], &held);
    status = status == QM_OK ? qm_tax_convert(tax, event, event->cash, &c.money) : status;
    c.qty.raw = held.raw % QM_DECIMAL_SCALE;
    if (status != QM_OK || c.qty.raw == 0) {
        return status;
    }
    status = qm_tax_close(tax, &c);
    if (status != QM_OK) {
        return status;
    }
    return side == LONG ? qm_total_add(&tax->cash, c.money) : qm_total_sub(&tax->cash, c.money);
}

qm_status qm_tax_split(qm_tax *tax, const qm_tax_event *event) {
    uint32_t of, in, b;
    qm_status status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, in, &b) : status;
    status = status == QM_OK ? scale_options(tax, event, of, in) : status;
    status = status == QM_OK ? qm_tax_wash_split(tax, in, event) : status;
    for (int side = LONG; side <= SHORT && status == QM_OK; side++) {
        pile *p = &tax->books.items[b].piles[side];
        status = scale_pile(event, p);
        qm_tax_sweep(p);
        if (status == QM_OK && event->has_cash && p->first < p->length) {
            status = qm_tax_fraction(tax, event, b, side);
        }
    }
    return status;
}

/* What a lot gets beyond its basis is gain; the basis never goes below zero. */
static qm_status return_to(qm_tax *tax, const qm_tax_event *event, uint32_t of, size_t index,
                           qm_decimal money) {
    slice *s = &tax->books.items[of].piles[LONG].items[index];
    if (s->no_basis) {
        return QM_OK;
    }
    if (money.raw <= s->basis.raw) {
        s->basis.raw -= money.raw;
        qm_tax_tell(tax, QM_TAX_LOT_ADJUST, s->lot);
        return QM_OK;
    }
    qm_tax_row row = qm_tax_row_of(tax, event, of, s);
    row.proceeds = money;
    row.basis = s->basis;
    s->basis = QM_DECIMAL_ZERO;
    return qm_tax_add_row(tax, &row, of, s, event->date);
}

qm_status qm_tax_roc(qm_tax *tax, const qm_tax_event *event) {
    uint32_t of, in, b;
    running money = {0};
    qm_status status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, in, &b) : status;
    status = status == QM_OK ? qm_tax_convert(tax, event, event->amount, &money.total) : status;
    if (status != QM_OK) {
        return status;
    }
    const pile *p = &tax->books.items[b].piles[LONG];
    status = qm_tax_held(p, &money.whole);
    if (status == QM_OK && money.whole.raw == 0) {
        return QM_ELOTS;
    }
    qm_tax_begin_execution(tax);
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        qm_decimal part;
        status = qm_tax_step(tax, &money, p->items[i].qty, &part);
        status = status == QM_OK ? return_to(tax, event, b, i, part) : status;
    }
    return status == QM_OK ? qm_total_add(&tax->cash, money.total) : status;
}
