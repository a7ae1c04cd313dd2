/* SPDX-License-Identifier: MIT
 *
 * Ours against theirs, line by line.
 */
#include "import/reconcile_internal.h"

#include <stdio.h>
#include <string.h>

enum { HALF_CENT = 5000000 };

void reconcile_add(work *w, qm_total *to, qm_decimal value) {
    if (qm_total_add(to, value) != QM_OK) {
        w->status = QM_EOVERFLOW;
    }
}

void reconcile_add_total(work *w, qm_total *to, qm_total value) {
    if (qm_total_add_total(to, value) != QM_OK) {
        w->status = QM_EOVERFLOW;
    }
}

bool reconcile_is_mine(const work *w, const char *account) {
    return strcmp(account, w->account->name) == 0;
}

/* ---- lines ---- */

void reconcile_row(work *w, qm_reconcile_line *line, int64_t row) {
    if (qm_vec_push(&w->out->rows, &row) != QM_OK) {
        w->status = QM_ENOMEM;
        return;
    }
    line->row_count++;
}

static qm_total minus(qm_total a, qm_total b) {
    b.lo = ~b.lo + 1;
    b.hi = ~b.hi + (b.lo == 0);
    qm_total_add_total(&a, b); /* of two totals far from the limits */
    return a;
}

static bool differ(const qm_reconcile_line *line) {
    qm_total d = minus(line->ours, line->statement);
    int64_t bound = *line->currency ? HALF_CENT : 1;
    return qm_total_cmp(d, qm_total_from((qm_decimal){bound})) >= 0 ||
           qm_total_cmp(d, qm_total_from((qm_decimal){-bound})) <= 0;
}

const char *qm_reconcile_difference(const qm_reconcile_line *line, char out[QM_RECONCILE_TEXT]) {
    qm_total d = minus(line->ours, line->statement);
    if (*line->currency) {
        qm_total_format_fixed(d, 2, QM_ROUND_HALF_UP, out);
    } else {
        qm_total_format(d, out);
    }
    return out;
}

/* Facts of a holding: all that move units, or only those that close. */
static void add_rows_of(work *w, qm_reconcile_line *line, size_t holding, bool closing) {
    for (uint32_t at = w->tallies[holding].first; at; at = w->next[at - 1]) {
        const qm_fact *f = &w->in->statement->facts.items[at - 1];
        uint64_t item;
        if (qm_map_get(&w->in->history->ids, f->id, &item) &&
            (!closing || w->in->booking->outcomes.items[item].closed)) {
            reconcile_row(w, line, f->row);
        }
    }
}

qm_reconcile_line *reconcile_line(work *w, qm_reconcile_line *line) {
    line->differs = !line->has_ours || differ(line);
    line->first_row = w->out->rows.length;
    if (qm_vec_push(&w->out->lines, line) != QM_OK) {
        w->status = QM_ENOMEM;
        return NULL;
    }
    return &w->out->lines.items[w->out->lines.length - 1];
}

static void position_line(work *w, const qm_holding *h, const qm_statement_total *t) {
    size_t index = (size_t)(h - w->in->booking->holdings.items);
    qm_reconcile_line line = {.currency = "", .has_ours = true};
    snprintf(line.item, sizeof line.item, "position %s", t ? t->symbol : h->symbol);
    reconcile_add(w, &line.ours, h->held[0]);
    reconcile_add(w, &line.ours, (qm_decimal){-h->held[1].raw});
    line.statement = qm_total_from(t ? t->value : QM_DECIMAL_ZERO);
    qm_reconcile_line *made = reconcile_line(w, &line);
    if (made && made->differs) {
        add_rows_of(w, made, index, false);
    }
    if (!t || !t->has_basis || !h->has_basis || (made && made->differs)) {
        return;
    }
    qm_reconcile_line cost = {.currency = h->currency,
                              .ours = qm_total_from(h->basis),
                              .statement = qm_total_from(t->basis),
                              .has_ours = true};
    snprintf(cost.item, sizeof cost.item, "cost of %s", t->symbol);
    made = reconcile_line(w, &cost);
    if (made && made->differs) {
        add_rows_of(w, made, index, false);
    }
}

static void position_lines(work *w) {
    const qm_booking *b = w->in->booking;
    bool *listed = qm_calloc(b->holdings.length + 1, sizeof *listed);
    if (!listed) {
        w->status = QM_ENOMEM;
        return;
    }
    for (size_t i = 0; i < w->in->statement->totals.length; i++) {
        const qm_statement_total *t = &w->in->statement->totals.items[i];
        const qm_holding *h = t->kind == QM_TOTAL_POSITION && reconcile_is_mine(w, t->account)
                                  ? qm_booking_find(b, t)
                                  : NULL;
        if (h) {
            listed[h - b->holdings.items] = true;
            position_line(w, h, t);
        }
    }
    for (size_t k = 0; w->account->has_positions && k < b->holdings.length; k++) {
        const qm_holding *h = &b->holdings.items[k];
        if (!listed[k] && reconcile_is_mine(w, h->account) && h->held[0].raw != h->held[1].raw) {
            position_line(w, h, NULL);
        }
    }
    qm_free(listed);
}

/* ---- realised gains ---- */

/* The summary by symbol, which is in base currency: against the rows, or where they print none. */
static void summary_gain(work *w, const qm_holding *h, qm_reconcile_gain *g) {
    for (size_t i = 0; i < w->in->statement->totals.length; i++) {
        const qm_statement_total *t = &w->in->statement->totals.items[i];
        if (t->kind == QM_TOTAL_REALIZED && reconcile_is_mine(w, t->account) &&
            t->asset == h->asset && strcmp(t->symbol, h->symbol) == 0 &&
            strcmp(w->account->base_currency, h->currency) == 0) {
            qm_reconcile_line line = {.currency = h->currency,
                                      .ours = g->statement,
                                      .statement = qm_total_from(t->value),
                                      .has_ours = true};
            snprintf(line.item, sizeof line.item, "rows and summary of realized %s", h->symbol);
            if (g->has_statement && differ(&line)) {
                reconcile_line(w, &line);
            }
            g->statement = g->has_statement ? g->statement : line.statement;
            g->has_statement = true;
        }
    }
}

static void gain_lines(work *w) {
    const qm_booking *b = w->in->booking;
    for (size_t k = 0; k < b->holdings.length && w->status == QM_OK; k++) {
        const qm_holding *h = &b->holdings.items[k];
        const tally *t = &w->tallies[k];
        qm_reconcile_gain g = {h->symbol,    h->currency,    t->ours,
                               t->statement, !t->incomplete, t->has_statement};
        if (!reconcile_is_mine(w, h->account)) {
            continue;
        }
        summary_gain(w, h, &g);
        if (!t->closed && qm_total_cmp(g.statement, (qm_total){0}) == 0) {
            continue;
        }
        if (qm_vec_push(&w->out->gains, &g) != QM_OK) {
            w->status = QM_ENOMEM;
        }
        if (g.has_statement) {
            qm_reconcile_line line = {.currency = h->currency,
                                      .ours = g.ours,
                                      .statement = g.statement,
                                      .has_ours = g.has_ours};
            snprintf(line.item, sizeof line.item, "realized %s", h->symbol);
            qm_reconcile_line *made = reconcile_line(w, &line);
            if (made && made->differs) {
                add_rows_of(w, made, k, true);
            }
        }
    }
}

static void missing_lots(work *w) {
    for (size_t k = 0; k < w->in->booking->holdings.length; k++) {
        const qm_holding *h = &w->in->booking->holdings.items[k];
        qm_decimal units = {h->missing[0].raw - h->missing[1].raw};
        qm_reconcile_missing m = {h->symbol, h->currency, units};
        if (qm_decimal_add(units, h->transferred, &m.quantity) != QM_OK) {
            w->status = QM_EOVERFLOW;
        }
        if (reconcile_is_mine(w, h->account) && m.quantity.raw != 0 &&
            qm_vec_push(&w->out->missing, &m) != QM_OK) {
            w->status = QM_ENOMEM;
        }
    }
}

/* Facts of the file to their holdings, backwards, so that each list is in order of the file. */
static void tally_facts(work *w) {
    for (size_t i = w->in->statement->facts.length; i-- > 0;) {
        const qm_fact *f = &w->in->statement->facts.items[i];
        uint64_t item;
        if (!reconcile_is_mine(w, f->account) || !qm_map_get(&w->in->history->ids, f->id, &item)) {
            continue;
        }
        const qm_outcome *o = &w->in->booking->outcomes.items[item];
        w->mine[item] = true;
        if (o->holding) {
            tally *t = &w->tallies[o->holding - 1];
            w->next[i] = t->first;
            t->first = (uint32_t)i + 1;
            t->closed = t->closed || o->closed;
            t->incomplete = t->incomplete || o->incomplete;
            t->has_statement = t->has_statement || f->has_realized;
            reconcile_add(w, &t->statement, f->realized);
        }
    }
    for (size_t i = 0; i < w->in->booking->rows.length; i++) {
        const qm_booking_row *row = &w->in->booking->rows.items[i];
        if (w->mine[row->item]) {
            tally *t = &w->tallies[row->holding];
            t->closed = true;
            t->incomplete = t->incomplete || row->incomplete;
            reconcile_add(w, &t->ours, row->gain);
        }
    }
}

static void compare(work *w) {
    tally_facts(w);
    reconcile_count(w);
    reconcile_cash(w);
    position_lines(w);
    gain_lines(w);
    reconcile_sums(w);
    missing_lots(w);
    w->out->reconciled = w->out->missing.length == 0;
    for (size_t i = 0; i < w->out->lines.length; i++) {
        w->out->reconciled = w->out->reconciled && !w->out->lines.items[i].differs;
    }
}

qm_status qm_reconcile_account(const qm_reconcile_input *in, const qm_statement_account *account,
                               qm_reconcile *out) {
    work w = {.in = in, .account = account, .out = out};
    *out = (qm_reconcile){.account = account};
    w.mine = qm_calloc(in->history->items.length + 1, sizeof *w.mine);
    w.tallies = qm_calloc(in->booking->holdings.length + 1, sizeof *w.tallies);
    w.next = qm_calloc(in->statement->facts.length + 1, sizeof *w.next);
    if (w.mine && w.tallies && w.next) {
        compare(&w);
    } else {
        w.status = QM_ENOMEM;
    }
    qm_free(w.mine);
    qm_free(w.tallies);
    qm_free(w.next);
    return w.status;
}

void qm_reconcile_fini(qm_reconcile *r) {
    qm_vec_fini(&r->money);
    qm_vec_fini(&r->gains);
    qm_vec_fini(&r->missing);
    qm_vec_fini(&r->lines);
    qm_vec_fini(&r->rows);
}
