/* SPDX-License-Identifier: MIT
 *
 * The union of facts over files, in order of time.
 */
#include "import/statement_tax.h"

#include <stdlib.h>
#include <string.h>

qm_status qm_history_add(qm_history *h, const qm_statement *st, uint32_t file, bool *known) {
    for (size_t i = 0; i < st->facts.length; i++) {
        const qm_fact *f = &st->facts.items[i];
        uint64_t before;
        known[i] = qm_map_get(&h->ids, f->id, &before);
        if (known[i]) {
            continue;
        }
        int64_t order = (int64_t)file << 32 | (int64_t)i;
        if (st->newest_first) {
            order = (int64_t)file << 32 | (int64_t)(st->facts.length - 1 - i);
        }
        qm_history_item item = {f, st, file, order};
        if (qm_vec_push(&h->items, &item) != QM_OK || qm_map_put(&h->ids, f->id, 1) != QM_OK) {
            return QM_ENOMEM;
        }
    }
    return QM_OK;
}

/* Where only the day is known: actions come first, then what opens, what closes, what ends. */
static int rank(const qm_fact *f) {
    if (f->ns >= 0) {
        return 0;
    }
    switch (f->kind) {
    case QM_FACT_CORPORATE_ACTION:
    case QM_FACT_TRANSFER:
        return 0;
    case QM_FACT_EXERCISE:
    case QM_FACT_ASSIGNMENT:
    case QM_FACT_EXPIRY:
        return 3;
    default:
        return f->closes ? 2 : 1;
    }
}

static int compare(const void *left, const void *right) {
    const qm_history_item *a = left, *b = right;
    if (a->fact->date != b->fact->date) {
        return a->fact->date < b->fact->date ? -1 : 1;
    }
    if (a->fact->ns != b->fact->ns) {
        return a->fact->ns < b->fact->ns ? -1 : 1;
    }
    int by_rank = rank(a->fact) - rank(b->fact);
    return by_rank ? by_rank : (a->order > b->order) - (a->order < b->order);
}

qm_status qm_history_sort(qm_history *h) {
    if (h->items.length) {
        qsort(h->items.items, h->items.length, sizeof *h->items.items, compare);
    }
    qm_status status = QM_OK;
    for (size_t i = 0; i < h->items.length && status == QM_OK; i++) {
        status = qm_map_put(&h->ids, h->items.items[i].fact->id, i);
    }
    return status;
}

void qm_history_fini(qm_history *h) {
    qm_vec_fini(&h->items);
    qm_map_fini(&h->ids);
}
