/* SPDX-License-Identifier: MIT
 *
 * The answer to "what is open".
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <stdlib.h>

typedef struct entry {
    const book *of;
    const slice *s;
    int side;
    size_t index;
} entry;

static int by_lot(const void *x, const void *y) {
    const entry *a = x, *b = y;
    if (a->s->lot != b->s->lot) {
        return a->s->lot < b->s->lot ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

static qm_tax_lot answer(const qm_tax *tax, const entry *e) {
    const lot *l = &tax->lots.items[e->s->lot];
    const slice *s = e->s;
    return (qm_tax_lot){.lot = l->id,
                        .account = tax->accounts.items[e->of->account].name,
                        .symbol = tax->instruments.items[e->of->instrument].symbol,
                        .purchase = l->purchase,
                        .seq = s->lot,
                        .qty = {e->side == SHORT ? -s->qty.raw : s->qty.raw},
                        .basis = s->basis,
                        .wash_added = s->wash_added,
                        .wash_avail = s->wash_avail,
                        .acquired = s->acquired,
                        .holding = s->holding,
                        .no_basis = s->no_basis};
}

/* Under the average method what is open shows the pool, as the next sale would. */
static qm_status lay_averages(qm_tax *tax) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < tax->books.length && status == QM_OK; i++) {
        pile *p = &tax->books.items[i].piles[LONG];
        if (p->first < p->length &&
            !tax->instruments.items[tax->books.items[i].instrument].section1256) {
            status = qm_tax_average(tax, p, QM_DECIMAL_ZERO);
        }
    }
    return status;
}

qm_status qm_tax_open_lots(qm_tax *tax, qm_tax_lot **out, size_t *count) {
    QM_VEC(entry) found = {0};
    qm_status status = tax->config.method == QM_TAX_AVERAGE ? lay_averages(tax) : QM_OK;
    for (size_t i = 0; i < tax->books.length; i++) {
        for (int side = LONG; side <= SHORT; side++) {
            const pile *p = &tax->books.items[i].piles[side];
            for (size_t k = p->first; k < p->length && status == QM_OK; k++) {
                entry e = {&tax->books.items[i], &p->items[k], side, k};
                status = qm_vec_push(&found, &e);
            }
        }
    }
    qm_tax_lot *list = status == QM_OK ? qm_calloc(found.length + 1, sizeof *list) : NULL;
    if (status == QM_OK && !list) {
        status = QM_ENOMEM;
    }
    if (status == QM_OK) {
        if (found.length) {
            qsort(found.items, found.length, sizeof *found.items, by_lot);
        }
        for (size_t i = 0; i < found.length; i++) {
            list[i] = answer(tax, &found.items[i]);
        }
        *out = list;
        *count = found.length;
    }
    qm_vec_fini(&found);
    return status;
}
