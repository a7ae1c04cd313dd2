/* SPDX-License-Identifier: MIT
 *
 * A fork: all that may change is copied, texts and names are read through to the base. Of the rows
 * only those come along that a loss of the last 30 days may still amend.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <string.h>

/* Copies length items of a zeroed vector. */
static qm_status copy_raw(void **items, size_t *capacity, const void *from, size_t length,
                          size_t size) {
    qm_status status = length ? qm_vec_reserve_raw(items, capacity, length, size) : QM_OK;
    if (status == QM_OK && length) {
        memcpy(*items, from, length * size);
    }
    return status;
}

#define COPY(to, from)                                                                             \
    ((to)->items = NULL, (to)->length = (to)->capacity = 0,                                        \
     copied(copy_raw((void **)&(to)->items, &(to)->capacity, (from)->items, (from)->length,        \
                     sizeof *(to)->items),                                                         \
            &(to)->length, (from)->length))

/* The length counts only what is there, so that a half-made fork can be freed. */
static qm_status copied(qm_status status, size_t *length, size_t full) {
    *length = status == QM_OK ? full : 0;
    return status;
}

static qm_status copy_pile(pile *to, const pile *from) {
    struct {
        slice *items;
        size_t length;
    } open = {from->items ? from->items + from->first : NULL, from->length - from->first};
    to->first = 0;
    return COPY(to, &open);
}

/* The element first loses the vectors that it shares with the base's. */
static qm_status copy_books(qm_tax *fork, const qm_tax *tax) {
    qm_status status = qm_vec_reserve(&fork->books, tax->books.length);
    for (size_t i = 0; i < tax->books.length && status == QM_OK; i++) {
        const book *from = &tax->books.items[i];
        book *to = &fork->books.items[fork->books.length++];
        *to = (book){.account = from->account, .instrument = from->instrument};
        status = copy_pile(&to->piles[LONG], &from->piles[LONG]);
        status = status == QM_OK ? copy_pile(&to->piles[SHORT], &from->piles[SHORT]) : status;
    }
    return status;
}

static qm_status copy_instruments(qm_tax *fork, const qm_tax *tax) {
    qm_status status = qm_vec_reserve(&fork->instruments, tax->instruments.length);
    for (size_t i = 0; i < tax->instruments.length && status == QM_OK; i++) {
        instrument *to = &fork->instruments.items[fork->instruments.length++];
        *to = tax->instruments.items[i];
        status = COPY(&to->books, &tax->instruments.items[i].books);
    }
    return status;
}

static qm_status copy_sigs(qm_tax *fork, const qm_tax *tax) {
    qm_status status = qm_vec_reserve(&fork->sigs, tax->sigs.length);
    for (size_t i = 0; i < tax->sigs.length && status == QM_OK; i++) {
        sig *to = &fork->sigs.items[fork->sigs.length++];
        *to = (sig){0};
        status = COPY(&to->members, &tax->sigs.items[i].members);
        status = status == QM_OK ? COPY(&to->pending, &tax->sigs.items[i].pending) : status;
    }
    return status;
}

static bool waits(const qm_tax *tax, const loss *l) {
    return l->units.raw > 0 && l->window + WASH_DAYS >= tax->date;
}

/* Rows from the first on that waits for a replacement. */
static qm_status copy_rows(qm_tax *fork, const qm_tax *tax) {
    uint32_t first = tax->row_base + (uint32_t)tax->rows.length;
    for (size_t i = 0; i < tax->sigs.length; i++) {
        for (size_t k = 0; k < tax->sigs.items[i].pending.length; k++) {
            const loss *l = &tax->sigs.items[i].pending.items[k];
            first = waits(tax, l) && l->row < first ? l->row : first;
        }
    }
    size_t skipped = first - tax->row_base;
    struct {
        qm_tax_row *items;
        size_t length;
    } kept = {tax->rows.items ? tax->rows.items + skipped : NULL, tax->rows.length - skipped};
    fork->row_base = first;
    return COPY(&fork->rows, &kept);
}

qm_status qm_tax_fork(const qm_tax *tax, qm_tax **out, qm_error *err) {
    if (tax->broken) {
        return qm_error_set(err, QM_ESTATE, "the book is broken by an earlier error");
    }
    qm_tax *fork = qm_calloc(1, sizeof *fork);
    if (!fork) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    fork->base = tax;
    fork->config = tax->config;
    fork->date = tax->date;
    fork->events = tax->events;
    fork->event_id = tax->event_id;
    fork->cash = tax->cash;
    qm_map_init(&fork->texts);
    qm_map_init(&fork->accounts_by_name);
    qm_map_init(&fork->symbols);
    qm_status status = COPY(&fork->accounts, &tax->accounts);
    status = status == QM_OK ? COPY(&fork->lots, &tax->lots) : status;
    status = status == QM_OK ? COPY(&fork->items, &tax->items) : status;
    status = status == QM_OK ? copy_books(fork, tax) : status;
    status = status == QM_OK ? copy_instruments(fork, tax) : status;
    status = status == QM_OK ? copy_sigs(fork, tax) : status;
    status = status == QM_OK ? copy_rows(fork, tax) : status;
    if (status != QM_OK) {
        qm_tax_free(fork);
        return qm_error_set(err, status, "out of memory");
    }
    *out = fork;
    return QM_OK;
}
