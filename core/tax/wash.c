/* SPDX-License-Identifier: MIT
 *
 * Wash sales, IRC 1091 and 26 CFR 1.1091-1, -2. A loss looks back at once over what is open and was
 * acquired within 30 days, then waits 30 days for purchases. Losses are matched in the order of
 * disposal, acquisitions in theirs, unit for unit, each unit once. The loss goes into the basis of
 * the units that replaced the ones sold, with their holding period; in an IRA it is gone.
 */
#include "tax/internal.h"

#include <stdlib.h>

/* Where a replacement is. */
typedef struct place {
    uint32_t book;
    int side;
    size_t index;
} place;

static const instrument *instrument_of(const qm_tax *tax, uint32_t of) {
    return &tax->instruments.items[tax->books.items[of].instrument];
}

static slice *at(qm_tax *tax, place where) {
    return &tax->books.items[where.book].piles[where.side].items[where.index];
}

/* The side of a book on which an acquisition replaces what the loss sold; -1: none. Stock is also
 * replaced by a call on it, and by a put that was written deep in the money if the owner says so.
 */
static int side_for(const qm_tax *tax, const loss *l, uint32_t of) {
    const instrument *sold = instrument_of(tax, l->book), *bought = instrument_of(tax, of);
    if (tax->config.broker_scope) {
        return l->book == of ? l->side : -1;
    }
    if (bought->section1256) {
        return -1;
    }
    if (sold->sig == bought->sig) {
        return l->side;
    }
    if (l->side == SHORT || !bought->under ||
        tax->instruments.items[bought->under - 1].sig != sold->sig) {
        return -1;
    }
    return bought->right == 'C'                                ? LONG
           : bought->right == 'P' && tax->config.deep_itm_puts ? SHORT
                                                               : -1;
}

static bool eligible(const qm_tax *tax, const loss *l, int side, const slice *s) {
    const lot *bought = &tax->lots.items[s->lot];
    int64_t days = (int64_t)s->acquired - l->window;
    if (s->wash_avail.raw <= 0 || s->qty.raw == 0 || s->acquired == QM_DATE_NONE ||
        days > WASH_DAYS || days < -WASH_DAYS || bought->purchase == l->purchase) {
        return false;
    }
    if (side != l->side && !bought->deep_itm) {
        return false;
    }
    return !(tax->config.ignore_earlier &&
             (s->acquired < l->acquired || (s->acquired == l->acquired && s->lot < l->lot)));
}

/* The period of the units sold is added to that of the replacement, in days or by its start. */
static qm_date tacked(const qm_tax *tax, const qm_tax_row *row, const slice *s) {
    if (row->holding == QM_DATE_NONE) {
        return s->acquired;
    }
    if (tax->config.tack_date) {
        return row->holding < s->acquired ? row->holding : s->acquired;
    }
    return s->acquired - (row->traded - row->holding);
}

static qm_status adjust(qm_tax *tax, const qm_tax_row *row, place where, qm_decimal units,
                        qm_decimal amount) {
    pile *p = &tax->books.items[where.book].piles[where.side];
    qm_status status = qm_tax_cut(tax, p, where.index, units);
    if (status != QM_OK) {
        return status;
    }
    slice *s = &p->items[where.index];
    /* A short's basis is what its opening brought: a loss carried into it lowers that. */
    status = where.side == LONG ? qm_decimal_add(s->basis, amount, &s->basis)
                                : qm_decimal_sub(s->basis, amount, &s->basis);
    status = status == QM_OK ? qm_decimal_add(s->wash_added, amount, &s->wash_added) : status;
    s->wash_avail = QM_DECIMAL_ZERO;
    if (where.side == LONG && !row->is_short) {
        s->holding = tacked(tax, row, s);
    }
    if (status == QM_OK) {
        qm_tax_tell(tax, QM_TAX_LOT_ADJUST, s->lot);
    }
    return status;
}

static qm_status amend(qm_tax *tax, uint32_t index, qm_decimal amount, bool permanent) {
    qm_tax_row *row = &tax->rows.items[index - tax->row_base];
    qm_status status = qm_decimal_add(row->disallowed, amount, &row->disallowed);
    status = status == QM_OK ? qm_decimal_add(row->gain, amount, &row->gain) : status;
    if (status == QM_OK && permanent) {
        status = qm_decimal_add(row->permanent, amount, &row->permanent);
    }
    if (status == QM_OK) {
        row->disallowed_cents = qm_tax_cents(qm_total_from(row->disallowed));
        row->version++;
        qm_tax_tell(tax, QM_TAX_ROW_AMEND, index);
    }
    return status;
}

/* Matches a loss with a slice as far as both go. */
static qm_status match(qm_tax *tax, loss *l, place where) {
    slice *s = at(tax, where);
    const lot *bought = &tax->lots.items[s->lot];
    qm_decimal offer, units, own, amount;
    qm_status status = qm_tax_scale(s->wash_avail, bought->unit_num, bought->unit_den, &offer);
    if (status != QM_OK) {
        return status;
    }
    units = qm_tax_min(offer, l->units);
    own = s->wash_avail;
    if (units.raw < offer.raw) {
        status = qm_tax_scale(units, bought->unit_den, bought->unit_num, &own);
        own = own.raw == 0 ? (qm_decimal){1} : own;
    }
    status = status == QM_OK ? qm_tax_share(tax, l->left, units, l->units, &amount) : status;
    if (status != QM_OK) {
        return status;
    }
    l->units.raw -= units.raw;
    l->left.raw -= amount.raw;
    bool permanent = tax->accounts.items[tax->books.items[where.book].account].ira;
    if (permanent) {
        s->wash_avail.raw -= own.raw;
    } else {
        status = adjust(tax, &tax->rows.items[l->row - tax->row_base], where, own, amount);
    }
    return status == QM_OK ? amend(tax, l->row, amount, permanent) : status;
}

static bool before(const slice *a, const slice *b) {
    return a->acquired != b->acquired ? a->acquired < b->acquired : a->lot < b->lot;
}

/* The first eligible slice of a pile; slices are in order of acquisition, so look from the end. */
static bool first_in_pile(qm_tax *tax, const loss *l, place *where) {
    const pile *p = &tax->books.items[where->book].piles[where->side];
    bool found = false;
    for (size_t i = p->length; i > p->first; i--) {
        const slice *s = &p->items[i - 1];
        if (s->acquired < l->window - WASH_DAYS) {
            break;
        }
        if (eligible(tax, l, where->side, s)) {
            where->index = i - 1;
            found = true;
        }
    }
    return found;
}

static bool first_replacement(qm_tax *tax, const loss *l, place *out) {
    const sig *group = &tax->sigs.items[instrument_of(tax, l->book)->sig];
    bool found = false;
    for (size_t m = 0; m < group->members.length; m++) {
        const instrument *it = &tax->instruments.items[group->members.items[m]];
        for (size_t a = 0; a < it->books.length; a++) {
            place where = {.book = it->books.items[a] - 1};
            if (!it->books.items[a] || (where.side = side_for(tax, l, where.book)) < 0 ||
                !first_in_pile(tax, l, &where)) {
                continue;
            }
            if (!found || before(at(tax, where), at(tax, *out))) {
                *out = where;
                found = true;
            }
        }
    }
    return found;
}

/* Order of losses of one execution: of acquisition (1.1091-1(b)), then of rows. */
static int by_acquisition(const void *x, const void *y) {
    const loss *a = x, *b = y;
    if (a->acquired != b->acquired) {
        return a->acquired < b->acquired ? -1 : 1;
    }
    if (a->lot != b->lot) {
        return a->lot < b->lot ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row);
}

qm_status qm_tax_wash_losses(qm_tax *tax) {
    qm_status status = QM_OK;
    if (tax->losses.length > 1) {
        qsort(tax->losses.items, tax->losses.length, sizeof *tax->losses.items, by_acquisition);
    }
    for (size_t i = 0; i < tax->losses.length && status == QM_OK; i++) {
        loss *l = &tax->losses.items[i];
        place where = {0};
        while (status == QM_OK && l->units.raw > 0 && first_replacement(tax, l, &where)) {
            status = match(tax, l, where);
        }
        if (status == QM_OK && l->units.raw > 0) {
            sig *group = &tax->sigs.items[instrument_of(tax, l->book)->sig];
            status = qm_vec_push(&group->pending, l);
        }
    }
    tax->losses.length = 0;
    return status;
}

/* Losses whose window is over leave the queue. */
static void forget(sig *group, qm_date today) {
    size_t to = 0;
    for (size_t i = 0; i < group->pending.length; i++) {
        const loss *l = &group->pending.items[i];
        if (l->units.raw > 0 && l->window + WASH_DAYS >= today) {
            group->pending.items[to++] = *l;
        }
    }
    group->pending.length = to;
}

static qm_status offer_to(qm_tax *tax, uint32_t group, place where, uint32_t made) {
    qm_status status = QM_OK;
    forget(&tax->sigs.items[group], tax->date);
    for (size_t i = 0; i < tax->sigs.items[group].pending.length && status == QM_OK; i++) {
        loss *l = &tax->sigs.items[group].pending.items[i];
        if (side_for(tax, l, where.book) != where.side) {
            continue;
        }
        for (where.index = tax->books.items[where.book].piles[where.side].first;
             status == QM_OK && l->units.raw > 0 &&
             where.index < tax->books.items[where.book].piles[where.side].length;
             where.index++) {
            const slice *s = at(tax, where);
            if (s->lot == made && eligible(tax, l, where.side, s)) {
                status = match(tax, l, where);
            }
        }
    }
    return status;
}

qm_status qm_tax_wash_open(qm_tax *tax, uint32_t of, int side, uint32_t made) {
    if (!tax->config.wash) {
        return QM_OK;
    }
    const instrument *it = instrument_of(tax, of);
    uint32_t under = it->under;
    place where = {.book = of, .side = side};
    qm_status status = offer_to(tax, it->sig, where, made);
    if (status == QM_OK && under) {
        status = offer_to(tax, tax->instruments.items[under - 1].sig, where, made);
    }
    return status;
}

/* A split inside the window: what waits counts in new units. Once a day, whoever reports it. */
qm_status qm_tax_wash_split(qm_tax *tax, uint32_t of, const qm_tax_event *event) {
    sig *group = &tax->sigs.items[tax->instruments.items[of].sig];
    qm_status status = QM_OK;
    for (size_t i = 0; i < group->pending.length && status == QM_OK; i++) {
        loss *l = &group->pending.items[i];
        if (tax->books.items[l->book].instrument == of && l->split != event->date) {
            status = qm_tax_scale(l->units, event->num, event->den, &l->units);
            l->split = event->date;
        }
    }
    return status;
}
