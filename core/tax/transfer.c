/* SPDX-License-Identifier: MIT
 *
 * Lots that arrive with a history (transfer, gift, inheritance) and distributions from an IRA.
 * Neither is an acquisition for wash sales; a lot that was bought inside the window elsewhere still
 * has the date on which it was bought.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <stdio.h>

static void name_arrival(const qm_tax_event *event, size_t index, char *out, size_t size) {
    if (event->arrivals[index].lot) {
        snprintf(out, size, "%s/%s", event->id, event->arrivals[index].lot);
    } else if (event->arrival_count > 1) {
        snprintf(out, size, "%s/%zu", event->id, index + 1);
    } else {
        snprintf(out, size, "%s", event->id);
    }
}

static qm_status arrive(qm_tax *tax, const qm_tax_event *event, uint32_t of, size_t index) {
    const qm_tax_arrival *a = &event->arrivals[index];
    char id[256];
    name_arrival(event, index, id, sizeof id);
    lot made = {.id = id, .purchase = event->purchase};
    slice s = {.qty = a->qty,
               .basis = a->no_basis ? QM_DECIMAL_ZERO : a->basis,
               .low_basis = a->loss_basis,
               .acquired = a->acquired,
               .holding = a->holding == QM_DATE_NONE ? a->acquired : a->holding,
               .gifted = a->gifted,
               .no_basis = a->no_basis,
               .gift = a->gift,
               .inherited = a->inherited};
    s.wash_avail = a->gift || a->inherited || event->already_used ? QM_DECIMAL_ZERO : a->qty;
    qm_status status = qm_tax_new_lot(tax, event, &made, &s.lot);
    status = status == QM_OK ? qm_tax_put(&tax->books.items[of].piles[LONG], &s) : status;
    return status == QM_OK ? qm_tax_wash_open(tax, of, LONG, s.lot) : status;
}

qm_status qm_tax_transfer_in(qm_tax *tax, const qm_tax_event *event) {
    uint32_t of, in, b = 0;
    qm_status status = QM_OK;
    for (size_t i = 0; i < event->arrival_count; i++) {
        const qm_tax_arrival *a = &event->arrivals[i];
        if (a->qty.raw <= 0 || (a->acquired != QM_DATE_NONE && a->acquired > event->date)) {
            return QM_EINVAL;
        }
    }
    status = qm_tax_account(tax, event->account, &of);
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    status = status == QM_OK ? qm_tax_book(tax, of, in, &b) : status;
    for (size_t i = 0; i < event->arrival_count && status == QM_OK; i++) {
        status = arrive(tax, event, b, i);
    }
    return status;
}

/* In kind: the lots leave the IRA, a new one at fair value begins outside; the value is income. */
qm_status qm_tax_distribution(qm_tax *tax, const qm_tax_event *event) {
    uint32_t from, to, in, b;
    parts gone = {0};
    closing c = {.event = event,
                 .side = LONG,
                 .qty = event->qty,
                 .method = QM_TAX_FIFO,
                 .picks = event->picks,
                 .pick_count = event->pick_count};
    qm_tax_item income = {.kind = QM_TAX_IRA_INCOME, .event = tax->event_id, .date = event->date};
    qm_status status = qm_tax_account(tax, event->account, &from);
    status = status == QM_OK ? qm_tax_account(tax, event->to_account, &to) : status;
    status = status == QM_OK ? qm_tax_describe(tax, event, &in) : status;
    status = status == QM_OK ? qm_tax_book(tax, from, in, &c.book) : status;
    status = status == QM_OK ? qm_tax_book(tax, to, in, &b) : status;
    status = status == QM_OK ? qm_tax_convert(tax, event, event->amount, &income.amount) : status;
    if (status == QM_OK && !tax->accounts.items[from].ira) {
        return QM_EINVAL;
    }
    status = status == QM_OK ? qm_tax_pull(tax, &c, &gone) : status;
    qm_vec_fini(&gone);
    if (status == QM_OK) {
        qm_tax_event plain = *event;
        plain.already_used = true; /* nothing was bought */
        opening o = {
            .event = &plain, .book = b, .side = LONG, .qty = event->qty, .money = income.amount};
        income.symbol = tax->instruments.items[in].symbol;
        status = qm_tax_open(tax, &o);
    }
    return status == QM_OK ? qm_vec_push(&tax->items, &income) : status;
}
