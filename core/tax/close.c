/* SPDX-License-Identifier: MIT
 *
 * A close: walk the plan, take slices, write rows. Money of the execution is laid over the parts by
 * running sums, so that the rows of a sale sum to its proceeds and those of a lot to its basis.
 */
#include "tax/internal.h"

slice *qm_tax_next(pile *p, plan *what, qm_decimal *room) {
    while (what->at < what->items.length && what->items.items[what->at].qty.raw == 0) {
        what->at++;
    }
    if (what->at == what->items.length) {
        return NULL;
    }
    plan_item *item = &what->items.items[what->at];
    uint32_t mark = (uint32_t)what->at + 1;
    size_t i = item->index;
    if (i >= p->length || p->items[i].plan != mark || p->items[i].qty.raw == 0) {
        /* A match with an earlier row of this sale has cut slices: look for the mark. */
        for (i = p->first; p->items[i].plan != mark || p->items[i].qty.raw == 0;) {
            i++;
        }
    }
    *room = qm_tax_min(p->items[i].qty, item->qty);
    return &p->items[i];
}

void qm_tax_took(plan *what, qm_decimal units) {
    what->items.items[what->at].qty.raw -= units.raw;
}

static qm_tax_class class_of(const qm_tax *tax, const book *b) {
    const instrument *it = &tax->instruments.items[b->instrument];
    if (it->section1256) {
        return QM_TAX_1256;
    }
    if (tax->accounts.items[b->account].ira) {
        return QM_TAX_DEFERRED;
    }
    return it->currency ? QM_TAX_988 : QM_TAX_CAPITAL;
}

qm_tax_row qm_tax_row_of(const qm_tax *tax, const qm_tax_event *event, uint32_t of,
                         const slice *part) {
    const book *b = &tax->books.items[of];
    qm_tax_row row = {.sale = tax->event_id,
                      .lot = tax->lots.items[part->lot].id,
                      .account = tax->accounts.items[b->account].name,
                      .symbol = tax->instruments.items[b->instrument].symbol,
                      .event = tax->events,
                      .version = 1,
                      .kind = class_of(tax, b),
                      .no_basis = part->no_basis,
                      .qty = part->qty,
                      .acquired = part->acquired,
                      .holding = part->holding,
                      .traded = event->date,
                      .sold = event->date};
    row.term = part->inherited ? QM_TAX_LONG_TERM : qm_tax_term_of(part->holding, event->date);
    return row;
}

void qm_tax_begin_execution(qm_tax *tax) {
    tax->sale = (qm_total){0};
    tax->sale_cents = 0;
}

/* Cents of the next part of a running sum. */
static qm_status add_cents(qm_total *sum, int64_t *given, qm_decimal value, int64_t *out) {
    qm_status status = qm_total_add(sum, value);
    int64_t upto = qm_tax_cents(*sum);
    *out = upto - *given;
    *given = upto;
    return status;
}

static qm_status keep_loss(qm_tax *tax, const qm_tax_row *row, const slice *part, loss made) {
    if (!tax->config.wash || row->kind != QM_TAX_CAPITAL || row->gain.raw >= 0) {
        return QM_OK;
    }
    made.lot = part->lot;
    made.acquired = row->acquired;
    made.units = row->qty;
    made.left.raw = -row->gain.raw;
    made.split = QM_DATE_NONE;
    made.purchase = tax->lots.items[part->lot].purchase;
    made.side = row->is_short ? SHORT : LONG;
    return qm_vec_push(&tax->losses, &made);
}

qm_status qm_tax_add_row(qm_tax *tax, qm_tax_row *row, uint32_t of, const slice *part,
                         qm_date window) {
    lot *l = &tax->lots.items[part->lot];
    qm_status status = QM_OK;
    if (!row->no_basis) {
        status = qm_decimal_sub(row->proceeds, row->basis, &row->gain);
    }
    qm_decimal lots_money = row->is_short ? row->proceeds : row->basis;
    qm_decimal sales_money = row->is_short ? row->basis : row->proceeds;
    int64_t *lots_cents = row->is_short ? &row->proceeds_cents : &row->basis_cents;
    int64_t *sales_cents = row->is_short ? &row->basis_cents : &row->proceeds_cents;
    status =
        status == QM_OK ? add_cents(&l->spent, &l->spent_cents, lots_money, lots_cents) : status;
    status = status == QM_OK ? add_cents(&tax->sale, &tax->sale_cents, sales_money, sales_cents)
                             : status;
    uint32_t index = tax->row_base + (uint32_t)tax->rows.length;
    loss made = {.row = index, .book = of, .window = window};
    status = status == QM_OK ? qm_vec_push(&tax->rows, row) : status;
    status = status == QM_OK ? keep_loss(tax, row, part, made) : status;
    if (status == QM_OK) {
        qm_tax_tell(tax, QM_TAX_ROW_NEW, index);
    }
    return status;
}

/* The donor's basis for a gain, the lower value at the gift for a loss, neither in between. */
static void choose_gift_basis(qm_tax_row *row, const slice *part) {
    if (!part->gift || row->proceeds.raw >= part->basis.raw) {
        return;
    }
    if (row->proceeds.raw < part->low_basis.raw) {
        row->basis = part->low_basis;
        row->holding = part->gifted;
        row->term = qm_tax_term_of(row->holding, row->traded);
    } else {
        row->basis = row->proceeds;
    }
}

static qm_status long_row(qm_tax *tax, const closing *c, const slice *part, qm_decimal money) {
    qm_tax_row row = qm_tax_row_of(tax, c->event, c->book, part);
    const lot *l = &tax->lots.items[part->lot];
    if (l->event == tax->events && l->parent) {
        row.lot = l->parent; /* a fraction of what this event made of a lot: the lot is sold */
    }
    row.proceeds = money;
    row.basis = part->no_basis ? QM_DECIMAL_ZERO : part->basis;
    if (part->box) { /* sold while the short is open: the period begins with the sale */
        row.holding = c->event->date;
        row.term = QM_TAX_SHORT_TERM;
    }
    choose_gift_basis(&row, part);
    return qm_tax_add_row(tax, &row, c->book, part, c->event->date);
}

/* Paid in lieu of dividends: cost of the cover up to 45 days, else interest (IRC 263(h)). */
static qm_status charge_pil(qm_tax *tax, const closing *c, const slice *part, qm_decimal *basis) {
    if (part->pil.raw == 0) {
        return QM_OK;
    }
    if (c->event->date - part->acquired <= PIL_DAYS) {
        return qm_decimal_add(*basis, part->pil, basis);
    }
    const instrument *it = &tax->instruments.items[tax->books.items[c->book].instrument];
    qm_tax_item item = {QM_TAX_INVESTMENT_INTEREST, tax->event_id, it->symbol, c->event->date,
                        part->pil};
    return qm_vec_push(&tax->items, &item);
}

static qm_status short_row(qm_tax *tax, const closing *c, const slice *part, qm_decimal money) {
    qm_tax_row row = qm_tax_row_of(tax, c->event, c->book, part);
    row.is_short = true;
    row.holding = row.acquired;
    row.proceeds = part->basis;
    row.basis = money;
    qm_status status = charge_pil(tax, c, part, &row.basis);
    bool lost = row.proceeds.raw < row.basis.raw;
    row.term = c->has_delivered ? qm_tax_term_of(c->delivered, row.traded) : QM_TAX_SHORT_TERM;
    if (lost && part->old.raw > 0) {
        row.term = QM_TAX_LONG_TERM; /* 1233(d); what is taken is all old or all not */
    } else if (!lost && part->young.raw > 0) {
        row.term = QM_TAX_SHORT_TERM; /* 1233(b) */
    }
    if (lost && c->event->settle != QM_DATE_NONE) {
        row.sold = c->event->settle; /* Rev. Rul. 2002-44 */
    }
    return status == QM_OK ? qm_tax_add_row(tax, &row, c->book, part, row.traded) : status;
}

/* How much of a short slice may go into one row: terms change where 1233's units end. */
static qm_decimal clip(const slice *s, qm_decimal room) {
    if (s->old.raw > 0) {
        room = qm_tax_min(room, s->old);
    }
    if (s->young.raw > 0) {
        room = qm_tax_min(room, s->young);
    }
    return room;
}

static qm_status walk(qm_tax *tax, const closing *c, plan *what) {
    running money = {.total = c->money, .whole = c->qty};
    qm_decimal room;
    slice *s, part;
    qm_status status = QM_OK;
    while (status == QM_OK &&
           (s = qm_tax_next(&tax->books.items[c->book].piles[c->side], what, &room)) != NULL) {
        qm_decimal share;
        room = c->side == SHORT ? clip(s, room) : room;
        status = qm_tax_take(tax, s, room, &part);
        status = status == QM_OK ? qm_tax_step(tax, &money, room, &share) : status;
        if (status != QM_OK) {
            break;
        }
        qm_tax_took(what, room);
        status = c->side == LONG ? long_row(tax, c, &part, share) : short_row(tax, c, &part, share);
        if (status == QM_OK && s->qty.raw == 0) {
            qm_tax_tell(tax, QM_TAX_LOT_CLOSE, part.lot);
        }
        status = status == QM_OK ? qm_tax_box_release(tax, part.lot, room, c->event->date) : status;
        status = status == QM_OK && tax->config.granular ? qm_tax_wash_losses(tax) : status;
    }
    return status;
}

qm_status qm_tax_close(qm_tax *tax, const closing *c) {
    plan what = {0};
    pile *p = &tax->books.items[c->book].piles[c->side];
    if (c->qty.raw == 0) {
        return QM_OK;
    }
    qm_status status = qm_tax_plan(tax, c, &what);
    if (status == QM_OK && c->method == QM_TAX_AVERAGE && c->side == LONG && !c->pick_count) {
        what.items.length = 0;
        status = qm_tax_average(tax, p, c->qty);
        status = status == QM_OK ? qm_tax_plan(tax, c, &what) : status;
    }
    qm_tax_begin_execution(tax);
    status = status == QM_OK ? walk(tax, c, &what) : status;
    qm_tax_sweep(&tax->books.items[c->book].piles[c->side]);
    qm_vec_fini(&what.items);
    return status == QM_OK ? qm_tax_wash_losses(tax) : status;
}

qm_status qm_tax_pull(qm_tax *tax, const closing *c, parts *out) {
    plan what = {0};
    pile *p = &tax->books.items[c->book].piles[c->side];
    qm_decimal room;
    slice *s, part;
    qm_status status = qm_tax_plan(tax, c, &what);
    while (status == QM_OK && (s = qm_tax_next(p, &what, &room)) != NULL) {
        status = qm_tax_take(tax, s, room, &part);
        qm_tax_took(&what, room);
        part.plan = 0;
        status = status == QM_OK ? qm_vec_push(out, &part) : status;
    }
    qm_tax_sweep(p);
    qm_vec_fini(&what.items);
    return status;
}
