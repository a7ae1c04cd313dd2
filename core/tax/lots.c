/* SPDX-License-Identifier: MIT
 *
 * Piles of slices: in order, cut and taken without losing a unit or a cent.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <string.h>

void qm_tax_tell(const qm_tax *tax, qm_tax_effect_kind kind, uint32_t index) {
    if (tax->watch) {
        tax->watch(tax->watch_context, kind, index);
    }
}

qm_status qm_tax_new_lot(qm_tax *tax, const qm_tax_event *event, const lot *made, uint32_t *out) {
    lot l = *made;
    l.event = tax->events;
    l.unit_num = l.unit_num ? l.unit_num : 1;
    l.unit_den = l.unit_den ? l.unit_den : 1;
    qm_status status = qm_tax_text(tax, made->id ? made->id : event->id, &l.id);
    status = status == QM_OK ? qm_tax_text(tax, made->parent, &l.parent) : status;
    const char *purchase = made->purchase ? made->purchase : l.id;
    status = status == QM_OK ? qm_tax_text(tax, purchase, &l.purchase) : status;
    status = status == QM_OK ? qm_vec_push(&tax->lots, &l) : status;
    if (status == QM_OK) {
        *out = (uint32_t)tax->lots.length - 1;
        qm_tax_tell(tax, QM_TAX_LOT_NEW, *out);
    }
    return status;
}

static qm_status insert(pile *p, size_t at, const slice *s) {
    slice copy = *s;
    qm_status status = qm_vec_push(p, &copy);
    if (status == QM_OK && at + 1 < p->length) {
        memmove(p->items + at + 1, p->items + at, (p->length - 1 - at) * sizeof *p->items);
        p->items[at] = copy;
    }
    return status;
}

qm_status qm_tax_put(pile *p, const slice *s) {
    size_t at = p->length;
    while (at > p->first &&
           (p->items[at - 1].acquired > s->acquired ||
            (p->items[at - 1].acquired == s->acquired && p->items[at - 1].lot > s->lot))) {
        at--;
    }
    return insert(p, at, s);
}

typedef struct field {
    qm_decimal *from, *to;
} field;

/* Splits s; what is left keeps the remainder of every sum. wash_avail goes by units: those that
 * stay may still replace up to their number. */
qm_status qm_tax_take(const qm_tax *tax, slice *s, qm_decimal units, slice *out) {
    slice part = *s, rest = *s;
    if (units.raw == s->qty.raw) {
        *out = part;
        s->qty = s->basis = s->low_basis = s->wash_added = s->wash_avail = s->pil = QM_DECIMAL_ZERO;
        s->young = s->old = QM_DECIMAL_ZERO;
        return QM_OK;
    }
    field fields[] = {{&rest.basis, &part.basis},
                      {&rest.low_basis, &part.low_basis},
                      {&rest.wash_added, &part.wash_added},
                      {&rest.pil, &part.pil}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        qm_status status = qm_tax_share(tax, *fields[i].from, units, s->qty, fields[i].to);
        if (status != QM_OK) {
            return status;
        }
        fields[i].from->raw -= fields[i].to->raw;
    }
    part.qty = units;
    rest.qty.raw -= units.raw;
    rest.wash_avail = qm_tax_min(s->wash_avail, rest.qty);
    part.wash_avail.raw = s->wash_avail.raw - rest.wash_avail.raw;
    part.young = qm_tax_min(s->young, units);
    part.old = qm_tax_min(s->old, units);
    rest.young.raw -= part.young.raw;
    rest.old.raw -= part.old.raw;
    *s = rest;
    *out = part;
    return QM_OK;
}

qm_status qm_tax_cut(const qm_tax *tax, pile *p, size_t index, qm_decimal units) {
    slice part;
    if (units.raw >= p->items[index].qty.raw) {
        return QM_OK;
    }
    qm_status status = qm_vec_reserve(p, p->length + 1);
    status = status == QM_OK ? qm_tax_take(tax, &p->items[index], units, &part) : status;
    return status == QM_OK ? insert(p, index, &part) : status;
}

/* Closed slices leave: those at the head by moving the head, the others by moving the rest. */
void qm_tax_sweep(pile *p) {
    while (p->first < p->length && p->items[p->first].qty.raw == 0) {
        p->first++;
    }
    size_t to = p->first;
    for (size_t i = p->first; i < p->length; i++) {
        if (p->items[i].qty.raw != 0) {
            if (to != i) {
                p->items[to] = p->items[i];
            }
            to++;
        }
    }
    p->length = to;
    if (p->first > 64 && p->first > p->length / 2) {
        memmove(p->items, p->items + p->first, (p->length - p->first) * sizeof *p->items);
        p->length -= p->first;
        p->first = 0;
    }
}

qm_status qm_tax_held(const pile *p, qm_decimal *out) {
    qm_decimal sum = QM_DECIMAL_ZERO;
    qm_status status = QM_OK;
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        status = qm_decimal_add(sum, p->items[i].qty, &sum);
    }
    if (status == QM_OK) {
        *out = sum;
    }
    return status;
}
