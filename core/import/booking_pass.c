/* SPDX-License-Identifier: MIT
 *
 * Both passes over a history, and what comes of them.
 */
#include "import/booking_internal.h"

#include <string.h>

/* A cancelled row and its cancellation are nothing. */
static void cancel(booker *b) {
    const qm_history_item *items = b->history->items.items;
    for (uint32_t i = 0; i < b->history->items.length; i++) {
        const qm_fact *f = items[i].fact;
        uint32_t k = f->cancels && booking_is_of(b, i) ? i : 0;
        while (k-- > 0) {
            const qm_fact *g = items[k].fact;
            if (!b->done[k] && !g->cancels && g->kind == f->kind && g->price.raw == f->price.raw &&
                g->quantity.raw == -f->quantity.raw && strcmp(g->symbol, f->symbol) == 0 &&
                strcmp(g->account, f->account) == 0 &&
                (f->kind != QM_FACT_CORPORATE_ACTION || strcmp(g->text, f->text) == 0)) {
                b->done[k] = b->done[i] = true;
                break;
            }
        }
    }
}

static void pass(booker *b, qm_date first) {
    size_t count = b->history->items.length;
    memset(b->done, 0, count * sizeof *b->done);
    for (size_t k = 0; k < b->out->holdings.length; k++) {
        qm_holding *h = &b->out->holdings.items[k];
        h->num = h->den = 1;
        h->held[LONG] = h->missing[LONG];
        h->held[SHORT] = h->unknown = h->missing[SHORT];
        if (b->tax && h->missing[LONG].raw > 0) {
            qm_tax_arrival a = {.qty = h->missing[LONG],
                                .acquired = QM_DATE_NONE,
                                .holding = QM_DATE_NONE,
                                .gifted = QM_DATE_NONE,
                                .no_basis = true};
            qm_tax_event e = {.id = "before",
                              .kind = QM_TAX_DO_TRANSFER_IN,
                              .date = first,
                              .settle = QM_DATE_NONE,
                              .account = "account",
                              .symbol = h->key,
                              .arrivals = &a,
                              .arrival_count = 1};
            qm_error err;
            uint32_t none = UINT32_MAX;
            b->status = b->status == QM_OK ? qm_tax_apply(b->tax, &e, &err) : b->status;
            if (qm_vec_push(&b->item, &none) != QM_OK) {
                b->status = QM_ENOMEM;
            } else if (b->status == QM_OK && b->sink) {
                b->sink->take(b->sink->data, b->out, h, NULL, &e);
            }
        }
    }
    cancel(b);
    for (uint32_t i = 0; i < count && b->status == QM_OK; i++) {
        if (!b->done[i] && booking_is_of(b, i)) {
            booking_book(b, i);
        }
    }
}

/* What is held at the end beyond what the facts brought came before them. */
static void held_before(booker *b) {
    for (size_t i = 0; i < b->statement->totals.length && b->status == QM_OK; i++) {
        const qm_statement_total *t = &b->statement->totals.items[i];
        named of = {t->account, t->symbol, t->currency, t->conid, t->asset};
        if (t->kind != QM_TOTAL_POSITION || t->value.raw == 0) {
            continue;
        }
        qm_holding *h = booking_holding(b, &of);
        int side = t->value.raw > 0 ? LONG : SHORT;
        if (h && !h->unbooked) {
            booking_need(b, h, side, (qm_decimal){side == LONG ? t->value.raw : -t->value.raw});
        }
    }
}

/* Without open positions, what the statement says was held before. */
static void prior_positions(booker *b) {
    for (size_t i = 0; i < b->statement->totals.length; i++) {
        const qm_statement_total *t = &b->statement->totals.items[i];
        int side = t->value.raw > 0 ? LONG : SHORT;
        qm_decimal units = {side == LONG ? t->value.raw : -t->value.raw};
        for (size_t k = 0; t->kind == QM_TOTAL_PRIOR_POSITION && k < b->out->holdings.length; k++) {
            qm_holding *h = &b->out->holdings.items[k];
            if (h->asset == t->asset && strcmp(h->symbol, t->symbol) == 0 &&
                strcmp(h->account, t->account) == 0 && h->missing[side].raw < units.raw &&
                h->missing[!side].raw == 0) {
                h->missing[side] = units;
            }
        }
    }
}

static void collect_rows(booker *b) {
    const qm_tax_row *rows;
    size_t count = qm_tax_rows(b->tax, &rows);
    for (size_t i = 0; i < count; i++) {
        uint32_t at = b->item.items[rows[i].event];
        if (at == UINT32_MAX) {
            continue;
        }
        uint64_t index;
        qm_booking_row row = {at, 0, rows[i].no_basis, rows[i].gain};
        b->out->outcomes.items[at].closed = true;
        if (qm_map_get(&b->out->keys, rows[i].symbol, &index)) {
            row.holding = (uint32_t)index;
            row.incomplete = row.incomplete || b->out->holdings.items[index].tainted;
        }
        if (qm_vec_push(&b->out->rows, &row) != QM_OK) {
            b->status = QM_ENOMEM;
            return;
        }
    }
}

static void collect_lots(booker *b) {
    qm_tax_lot *lots = NULL;
    size_t count = 0;
    if (qm_tax_open_lots(b->tax, &lots, &count) != QM_OK) {
        b->status = QM_ENOMEM;
        return;
    }
    for (size_t k = 0; k < b->out->holdings.length; k++) {
        b->out->holdings.items[k].has_basis =
            !b->out->holdings.items[k].tainted && b->out->holdings.items[k].unknown.raw == 0;
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t index;
        if (!qm_map_get(&b->out->keys, lots[i].symbol, &index)) {
            continue;
        }
        qm_holding *h = &b->out->holdings.items[index];
        h->has_basis = h->has_basis && !lots[i].no_basis;
        qm_decimal part = {lots[i].qty.raw < 0 ? -lots[i].basis.raw : lots[i].basis.raw};
        booking_add(b, &h->basis, part);
    }
    qm_free(lots);
}

static qm_date first_day(const booker *b) {
    for (uint32_t i = 0; i < b->history->items.length; i++) {
        if (booking_is_of(b, i)) {
            return b->history->items.items[i].fact->date;
        }
    }
    return 0;
}

static void run(booker *b) {
    qm_tax_config config = {.method = QM_TAX_FIFO};
    bool positions = false;
    pass(b, 0);
    for (size_t k = 0; k < b->statement->accounts.length; k++) {
        positions = positions || b->statement->accounts.items[k].has_positions;
    }
    if (positions) {
        held_before(b);
    } else {
        prior_positions(b);
    }
    b->status = b->status == QM_OK ? qm_tax_new(&config, &b->tax, b->err) : b->status;
    if (b->status == QM_OK) {
        memset(b->out->outcomes.items, 0, b->out->outcomes.length * sizeof *b->out->outcomes.items);
        for (size_t k = 0; k < b->out->holdings.length; k++) {
            b->out->holdings.items[k].tainted = false;
        }
        pass(b, first_day(b));
    }
    if (b->status == QM_OK) {
        collect_rows(b);
        collect_lots(b);
    }
}

qm_status qm_booking_run(const qm_history *history, const qm_statement *statement, qm_booking **out,
                         qm_error *err) {
    return qm_booking_run_to(history, statement, NULL, out, err);
}

qm_status qm_booking_run_to(const qm_history *history, const qm_statement *statement,
                            const qm_booking_sink *sink, qm_booking **out, qm_error *err) {
    size_t count = history->items.length;
    booker b = {.history = history, .statement = statement, .err = err, .sink = sink};
    b.out = qm_calloc(1, sizeof *b.out);
    b.done = qm_calloc(count + 1, sizeof *b.done);
    if (!b.out || !b.done || qm_vec_reserve(&b.out->outcomes, count + 1) != QM_OK) {
        b.status = QM_ENOMEM;
    }
    if (b.status == QM_OK) {
        b.out->outcomes.length = count;
        memset(b.out->outcomes.items, 0, (count + 1) * sizeof *b.out->outcomes.items);
        run(&b);
    }
    qm_tax_free(b.tax);
    qm_free(b.done);
    qm_vec_fini(&b.item);
    if (b.status == QM_OK) {
        *out = b.out;
        return QM_OK;
    }
    qm_booking_free(b.out);
    return qm_error_set(err, b.status, "%s", qm_status_text(b.status));
}

void qm_booking_free(qm_booking *b) {
    if (!b) {
        return;
    }
    for (size_t k = 0; k < b->holdings.length; k++) {
        qm_free(b->holdings.items[k].key);
    }
    qm_vec_fini(&b->holdings);
    qm_vec_fini(&b->outcomes);
    qm_vec_fini(&b->notes);
    qm_vec_fini(&b->rows);
    qm_map_fini(&b->keys);
    qm_free(b);
}
