/* SPDX-License-Identifier: MIT
 *
 * Losses that could be taken: each lot below its basis is sold in a fork, alone.
 */
#include "tax/internal.h"
#include "tax/preview.h"

#include <stdlib.h>

typedef struct search {
    qm_tax *tax;
    const qm_tax_harvest_ask *ask;
    qm_tax_harvest_vec *out;
} search;

/* The last purchase of the 30 days before, other than the lot's own, that could take a loss. */
static qm_date last_replacement(const qm_tax *tax, const qm_tax_lot *of, qm_date date) {
    uint64_t in;
    qm_date last = QM_DATE_NONE;
    if (!qm_tax_known(tax, SYMBOL, of->symbol, &in)) {
        return last;
    }
    const sig *group = &tax->sigs.items[tax->instruments.items[in].sig];
    for (size_t m = 0; m < group->members.length; m++) {
        const instrument *it = &tax->instruments.items[group->members.items[m]];
        for (size_t a = 0; a < it->books.length; a++) {
            const pile *p =
                it->books.items[a] ? &tax->books.items[it->books.items[a] - 1].piles[LONG] : NULL;
            for (size_t i = p ? p->length : 0; p && i > p->first; i--) {
                const slice *s = &p->items[i - 1];
                bool counts = s->wash_avail.raw > 0 && s->acquired >= date - WASH_DAYS &&
                              tax->lots.items[s->lot].purchase != of->purchase;
                last = counts && s->acquired > last ? s->acquired : last;
            }
        }
    }
    return last;
}

static qm_status judge(const search *s, qm_tax_harvest *h, qm_error *err) {
    qm_tax_pick pick = {h->lot.lot, h->lot.qty};
    qm_tax_event sale = {.id = "harvest",
                         .kind = QM_TAX_DO_SELL,
                         .date = s->ask->date,
                         .settle = QM_DATE_NONE,
                         .account = h->lot.account,
                         .symbol = h->lot.symbol,
                         .qty = h->lot.qty,
                         .amount = h->value,
                         .close_only = true,
                         .picks = &pick,
                         .pick_count = 1};
    qm_tax_preview p;
    qm_status status = qm_tax_preview_event(s->tax, &sale, &p, err);
    if (status != QM_OK) {
        return status;
    }
    h->term = p.rows.length ? p.rows.items[0].term : QM_TAX_TERM_UNKNOWN;
    h->permanent = p.permanent;
    h->deferred.raw = p.disallowed.raw - p.permanent.raw;
    h->deductible.raw = h->loss.raw - p.disallowed.raw;
    h->long_term_from = qm_tax_first_long_term(h->lot.holding);
    qm_date last = last_replacement(s->tax, &h->lot, s->ask->date);
    h->safe_from = last == QM_DATE_NONE ? QM_DATE_NONE : last + WASH_DAYS + 1;
    h->not_buy_before = s->ask->date + WASH_DAYS + 1;
    qm_tax_preview_fini(&p);
    if (s->ask->rates->known) {
        qm_decimal rate =
            h->term == QM_TAX_LONG_TERM ? s->ask->rates->long_term : s->ask->rates->short_term;
        status = qm_decimal_mul(h->deductible, rate, QM_ROUND_HALF_UP, &h->saved);
        status =
            status == QM_OK ? qm_decimal_round(h->saved, 2, QM_ROUND_HALF_UP, &h->saved) : status;
    }
    return status;
}

static bool is_taxable(const qm_tax *tax, const char *name) {
    uint64_t at;
    return qm_tax_known(tax, ACCOUNT, name, &at) && !tax->accounts.items[at].ira;
}

/* One lot, all its slices together. */
static qm_status look(const search *s, const qm_tax_lot *whole, qm_error *err) {
    qm_tax_harvest h = {.lot = *whole};
    if (whole->qty.raw <= 0 || whole->no_basis || !is_taxable(s->tax, whole->account) ||
        !s->ask->price(s->ask->data, whole->symbol, &h.price)) {
        return QM_OK;
    }
    qm_status status = qm_decimal_mul(whole->qty, h.price, QM_ROUND_HALF_UP, &h.value);
    status = status == QM_OK ? qm_decimal_sub(whole->basis, h.value, &h.loss) : status;
    if (status != QM_OK || h.loss.raw <= 0) {
        return status;
    }
    status = judge(s, &h, err);
    return status == QM_OK ? qm_vec_push(s->out, &h) : status;
}

static int by_use(const void *x, const void *y) {
    const qm_tax_harvest *a = x, *b = y;
    if (a->saved.raw != b->saved.raw) {
        return a->saved.raw > b->saved.raw ? -1 : 1;
    }
    if (a->loss.raw != b->loss.raw) {
        return a->loss.raw > b->loss.raw ? -1 : 1;
    }
    return (a->lot.seq > b->lot.seq) - (a->lot.seq < b->lot.seq);
}

qm_status qm_tax_harvest_lots(qm_tax *tax, const qm_tax_harvest_ask *ask, qm_tax_harvest_vec *out,
                              qm_error *err) {
    search s = {tax, ask, out};
    qm_tax_lot *lots;
    size_t count;
    qm_status status = qm_tax_open_lots(tax, &lots, &count);
    if (status != QM_OK) {
        return qm_error_set(err, status, "out of memory");
    }
    for (size_t i = 0; i < count && status == QM_OK;) {
        qm_tax_lot whole = lots[i++];
        for (; i < count && lots[i].seq == whole.seq && status == QM_OK; i++) {
            status = qm_decimal_add(whole.qty, lots[i].qty, &whole.qty);
            status =
                status == QM_OK ? qm_decimal_add(whole.basis, lots[i].basis, &whole.basis) : status;
            whole.no_basis = whole.no_basis || lots[i].no_basis;
        }
        status = status == QM_OK ? look(&s, &whole, err) : status;
    }
    qm_free(lots);
    if (out->length) {
        qsort(out->items, out->length, sizeof *out->items, by_use);
    }
    return status == QM_OK || (err && err->message[0])
               ? status
               : qm_error_set(err, status, "%s", qm_status_text(status));
}
