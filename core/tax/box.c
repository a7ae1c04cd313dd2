/* SPDX-License-Identifier: MIT
 *
 * Shorts while identical property is held, IRC 1233. Opening a short (or buying a put) of n units
 * with identical units held up to a year, or bought before it is closed: the gain is short-term and
 * the holding period of those units, oldest first, starts again at the close, or at their own sale
 * if that comes first (b). With units held for more than a year: a loss is long-term (d).
 */
#include "tax/internal.h"

typedef struct box {
    uint32_t lot; /* of the short or the put */
    uint32_t book;
    int side;
    qm_date date;
    qm_decimal units, young, old;
} box;

static bool applies(const qm_tax *tax, uint32_t of) {
    const book *b = &tax->books.items[of];
    const instrument *it = &tax->instruments.items[b->instrument];
    return !it->section1256 && !it->currency && !tax->accounts.items[b->account].ira;
}

static bool in_scope(const qm_tax *tax, uint32_t of, uint32_t other) {
    return applies(tax, other) && (!tax->config.broker_scope || of == other);
}

/* Links units of one pile: young ones to the box; counts old ones. */
static qm_status link_pile(qm_tax *tax, uint32_t of, box *b, uint32_t only) {
    pile *p = &tax->books.items[of].piles[LONG];
    qm_status status = QM_OK;
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        slice *s = &p->items[i];
        bool is_old = s->inherited || qm_tax_term_of(s->holding, b->date) == QM_TAX_LONG_TERM;
        if (s->box || s->qty.raw == 0 || (only && s->lot + 1 != only)) {
            continue;
        }
        qm_decimal *count = is_old ? &b->old : &b->young;
        qm_decimal room = {b->units.raw - count->raw};
        room = qm_tax_min(room, s->qty);
        if (room.raw <= 0) {
            continue;
        }
        count->raw += room.raw;
        if (!is_old) {
            status = qm_tax_cut(tax, p, i, room);
            p->items[i].box = b->lot + 1;
            tax->lots.items[b->lot].boxed = true;
        }
    }
    return status;
}

/* The oldest units come first across accounts as well when there is one account; with several the
 * accounts follow each other in their order. */
static qm_status link_all(qm_tax *tax, box *b) {
    const instrument *it = &tax->instruments.items[tax->books.items[b->book].instrument];
    uint32_t group = b->side == LONG ? tax->instruments.items[it->under - 1].sig : it->sig;
    qm_status status = QM_OK;
    for (size_t m = 0; m < tax->sigs.items[group].members.length && status == QM_OK; m++) {
        const instrument *member = &tax->instruments.items[tax->sigs.items[group].members.items[m]];
        for (size_t a = 0; member->sig == group && a < member->books.length && status == QM_OK;
             a++) {
            uint32_t other = member->books.items[a];
            if (other && in_scope(tax, b->book, other - 1)) {
                status = link_pile(tax, other - 1, b, 0);
            }
        }
    }
    return status;
}

static slice *slice_of(qm_tax *tax, uint32_t of, int side, uint32_t made) {
    pile *p = &tax->books.items[of].piles[side];
    for (size_t i = p->length; i > p->first; i--) {
        if (p->items[i - 1].lot == made) {
            return &p->items[i - 1];
        }
    }
    return NULL;
}

qm_status qm_tax_box_short(qm_tax *tax, uint32_t of, int side, uint32_t made) {
    const instrument *it = &tax->instruments.items[tax->books.items[of].instrument];
    const lot *l = &tax->lots.items[made];
    bool is_put = side == LONG && it->right == 'P' && it->under && !tax->config.broker_scope &&
                  l->units_known;
    if (!applies(tax, of) || (side == SHORT && it->right) || (side == LONG && !is_put)) {
        return QM_OK;
    }
    const slice *s = slice_of(tax, of, side, made);
    box b = {.lot = made, .book = of, .side = side, .date = tax->date};
    qm_status status = qm_tax_scale(s->qty, l->unit_num, l->unit_den, &b.units);
    status = status == QM_OK ? link_all(tax, &b) : status;
    slice *own = slice_of(tax, of, side, made); /* piles may have moved */
    if (side == SHORT) {
        own->young = b.young;
        own->old = b.old;
    }
    return status;
}

/* A purchase while shorts are open: up to their units it is held "before the short is closed". */
qm_status qm_tax_box_buy(qm_tax *tax, uint32_t of, uint32_t made) {
    const instrument *bought = &tax->instruments.items[tax->books.items[of].instrument];
    const sig *group = &tax->sigs.items[bought->sig];
    qm_status status = QM_OK;
    if (!applies(tax, of) || bought->right) {
        return QM_OK;
    }
    for (size_t m = 0; m < group->members.length; m++) {
        const instrument *it = &tax->instruments.items[group->members.items[m]];
        for (size_t a = 0; it->sig == bought->sig && a < it->books.length; a++) {
            uint32_t other = it->books.items[a];
            pile *p = other ? &tax->books.items[other - 1].piles[SHORT] : NULL;
            for (size_t i = p ? p->first : 0; p && i < p->length && status == QM_OK; i++) {
                slice *s = &p->items[i];
                if (s->qty.raw > s->young.raw && in_scope(tax, other - 1, of)) {
                    box b = {.lot = s->lot,
                             .date = s->acquired,
                             .units = s->qty,
                             .young = s->young,
                             .old = s->qty};
                    status = link_pile(tax, of, &b, made + 1);
                    s->young = b.young;
                }
            }
        }
    }
    return status;
}

/* The short or put is closed by `units`: that many linked units begin a new period. */
qm_status qm_tax_box_release(qm_tax *tax, uint32_t made, qm_decimal units, qm_date date) {
    const lot *l = &tax->lots.items[made];
    qm_decimal left;
    qm_status status = qm_tax_scale(units, l->unit_num, l->unit_den, &left);
    for (uint32_t of = 0; l->boxed && of < tax->books.length && status == QM_OK; of++) {
        pile *p = &tax->books.items[of].piles[LONG];
        for (size_t i = p->first; i < p->length && left.raw > 0 && status == QM_OK; i++) {
            if (p->items[i].box != made + 1 || p->items[i].qty.raw == 0) {
                continue;
            }
            status = qm_tax_cut(tax, p, i, left);
            left.raw -= p->items[i].qty.raw;
            p->items[i].box = NONE;
            p->items[i].holding = date;
            qm_tax_tell(tax, QM_TAX_LOT_ADJUST, p->items[i].lot);
        }
    }
    return status;
}

/* Delivers owned units to a short: pairs of a long and a short part, each a row of the long lot. */
static qm_status deliver(qm_tax *tax, const qm_tax_event *event, uint32_t of, slice *own,
                         slice *sold) {
    const slice owed = *sold;
    qm_tax_row row = qm_tax_row_of(tax, event, of, own);
    row.proceeds = owed.basis;
    row.basis = own->basis;
    bool lost = row.proceeds.raw < row.basis.raw;
    if (lost && owed.old.raw > 0) {
        row.term = QM_TAX_LONG_TERM;
    } else if (!lost && owed.young.raw > 0) {
        row.term = QM_TAX_SHORT_TERM;
    }
    if (lost && event->settle != QM_DATE_NONE) {
        row.sold = event->settle;
    }
    /* 1.1091-1(g): against owned shares the window is that of the day the short was opened. */
    qm_date window = owed.young.raw > 0 || owed.old.raw > 0 ? owed.acquired : event->date;
    return qm_tax_add_row(tax, &row, of, own, window);
}

static qm_decimal smallest(const slice *own, const slice *owed) {
    qm_decimal units = qm_tax_min(own->qty, owed->qty);
    units = owed->young.raw > 0 ? qm_tax_min(units, owed->young) : units;
    return owed->old.raw > 0 ? qm_tax_min(units, owed->old) : units;
}

static qm_status pair(qm_tax *tax, const qm_tax_event *event, uint32_t of, parts *own,
                      parts *owed) {
    size_t i = 0, k = 0;
    qm_status status = QM_OK;
    qm_tax_begin_execution(tax);
    while (status == QM_OK && i < own->length && k < owed->length) {
        slice given, taken;
        qm_decimal units = smallest(&own->items[i], &owed->items[k]);
        status = qm_tax_take(tax, &own->items[i], units, &given);
        status = status == QM_OK ? qm_tax_take(tax, &owed->items[k], units, &taken) : status;
        status = status == QM_OK ? deliver(tax, event, of, &given, &taken) : status;
        if (status == QM_OK && given.box != taken.lot + 1) {
            status = qm_tax_box_release(tax, taken.lot, units, event->date);
        }
        i += own->items[i].qty.raw == 0;
        k += owed->items[k].qty.raw == 0;
    }
    return status;
}

qm_status qm_tax_close_with(qm_tax *tax, const qm_tax_event *event) {
    uint32_t of = 0, in = 0, b = 0;
    qm_decimal held;
    parts own = {0}, owed = {0};
    qm_status status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, in, &b) : status;
    closing give = {.event = event,
                    .book = b,
                    .side = LONG,
                    .qty = event->qty,
                    .method = tax->config.method,
                    .picks = event->picks,
                    .pick_count = event->pick_count};
    closing take = {
        .event = event, .book = b, .side = SHORT, .qty = event->qty, .method = QM_TAX_FIFO};
    status = status == QM_OK ? qm_tax_held(&tax->books.items[b].piles[SHORT], &held) : status;
    if (status == QM_OK && held.raw < event->qty.raw) {
        return QM_ELOTS;
    }
    status = status == QM_OK ? qm_tax_pull(tax, &give, &own) : status;
    status = status == QM_OK ? qm_tax_pull(tax, &take, &owed) : status;
    status = status == QM_OK ? pair(tax, event, b, &own, &owed) : status;
    qm_vec_fini(&own);
    qm_vec_fini(&owed);
    return status == QM_OK ? qm_tax_wash_losses(tax) : status;
}

/* Paid in lieu of a dividend, over the open shorts by units. */
qm_status qm_tax_pil(qm_tax *tax, const qm_tax_event *event) {
    uint32_t of = 0, in = 0, b = 0;
    running money = {0};
    qm_status status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, in, &b) : status;
    status = status == QM_OK ? qm_tax_convert(tax, event, event->amount, &money.total) : status;
    if (status != QM_OK) {
        return status;
    }
    pile *p = &tax->books.items[b].piles[SHORT];
    status = qm_tax_held(p, &money.whole);
    if (status == QM_OK && money.whole.raw == 0) {
        return QM_ELOTS;
    }
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        qm_decimal part;
        status = qm_tax_step(tax, &money, p->items[i].qty, &part);
        status = status == QM_OK ? qm_decimal_add(p->items[i].pil, part, &p->items[i].pil) : status;
    }
    return status == QM_OK ? qm_total_sub(&tax->cash, money.total) : status;
}
