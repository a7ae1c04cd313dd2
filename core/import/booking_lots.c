/* SPDX-License-Identifier: MIT
 *
 * Which lots a sale closed, where the statement says it: the broker's own choice, whatever method
 * the account has. It is taken only when every lot is in the facts beyond doubt.
 */
#include "import/booking_internal.h"
#include "import/statement_internal.h"

#include <stdio.h>
#include <string.h>

enum { ID_MAX = 512 };

typedef QM_VEC(qm_tax_pick) picks;

/* The first item of a date or later. */
static uint32_t first_of(const booker *b, qm_date date) {
    uint32_t low = 0, high = (uint32_t)b->history->items.length;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (b->history->items.items[middle].fact->date < date) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_opening(const booker *b, uint32_t k, uint32_t of) {
    const qm_fact *f = b->history->items.items[k].fact, *g = b->history->items.items[of].fact;
    return k < of && f->kind == QM_FACT_TRADE && (f->quantity.raw > 0) != (g->quantity.raw > 0) &&
           b->out->outcomes.items[k].holding == b->out->outcomes.items[of].holding;
}

/* By the broker's id of the opening, else by its time; NULL: none, or several. */
static const char *opening_of(const booker *b, uint32_t i, const qm_fact_lot *lot) {
    const char *found = NULL;
    uint64_t at;
    if (*lot->ref) {
        char id[ID_MAX];
        snprintf(id, sizeof id, "%s|%s|%s", b->history->items.items[i].fact->account,
                 qm_fact_name(QM_FACT_TRADE), lot->ref);
        bool known = qm_map_get(&b->history->ids, id, &at) && is_opening(b, (uint32_t)at, i);
        return known ? b->history->items.items[at].fact->id : NULL;
    }
    for (uint32_t k = first_of(b, lot->opened); k < i; k++) {
        const qm_fact *f = b->history->items.items[k].fact;
        if (f->date != lot->opened) {
            break;
        }
        if ((lot->ns < 0 || f->ns == lot->ns) && is_opening(b, k, i)) {
            if (found) {
                return NULL;
            }
            found = f->id;
        }
    }
    return found;
}

static bool find_picks(booker *b, uint32_t i, qm_decimal units, picks *out) {
    const qm_history_item *item = &b->history->items.items[i];
    qm_decimal sum = QM_DECIMAL_ZERO;
    for (uint32_t k = 0; k < item->fact->lot_count; k++) {
        const qm_fact_lot *lot = &item->statement->lots.items[item->fact->lots + k];
        qm_tax_pick pick = {opening_of(b, i, lot),
                            {lot->quantity.raw < 0 ? -lot->quantity.raw : lot->quantity.raw}};
        if (!pick.lot) {
            return false;
        }
        booking_add(b, &sum, pick.qty);
        if (qm_vec_push(out, &pick) != QM_OK) {
            b->status = QM_ENOMEM;
            return false;
        }
    }
    return out->length > 0 && sum.raw == units.raw;
}

/* IBKR's codes of a method other than first in, first out. */
static const char *method_of(const qm_fact *f) {
    static const char *const METHODS[] = {"HC", "LI", "SL", "ML", "MLG", "MLL", "MSG", "MSL"};
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (qm_codes_have(qm_cell_of(f->codes), METHODS[i])) {
            return METHODS[i];
        }
    }
    return NULL;
}

void booking_close(booker *b, uint32_t i, qm_tax_event *event) {
    const qm_fact *f = b->history->items.items[i].fact;
    picks chosen = {0};
    bool closes = event->close_only && b->tax;
    if (closes && find_picks(b, i, event->qty, &chosen)) {
        event->picks = chosen.items;
        event->pick_count = chosen.length;
    } else if (closes && method_of(f)) {
        booking_note(b, i, "closed by %s, but which lots is not in the files: first in, first out",
                     method_of(f));
    }
    booking_apply(b, i, event);
    qm_vec_fini(&chosen);
}
