/* SPDX-License-Identifier: MIT
 *
 * Money: by kind of fact, against the cash that the statement reports, and the statement's own
 * sums.
 */
#include "import/reconcile_internal.h"

#include <stdio.h>
#include <string.h>

static qm_reconcile_money *money_of(work *w, const char *currency) {
    for (size_t i = 0; i < w->out->money.length; i++) {
        if (strcmp(w->out->money.items[i].currency, currency) == 0) {
            return &w->out->money.items[i];
        }
    }
    qm_reconcile_money made = {.currency = currency};
    if (qm_vec_push(&w->out->money, &made) != QM_OK) {
        w->status = QM_ENOMEM;
        return NULL;
    }
    return &w->out->money.items[w->out->money.length - 1];
}

static void add_money(work *w, const char *currency, qm_fact_kind kind, qm_decimal value) {
    qm_reconcile_money *m = value.raw ? money_of(w, currency) : NULL;
    if (m) {
        reconcile_add(w, &m->by_kind[kind], value);
        reconcile_add(w, &m->net, value);
    }
}

void reconcile_count(work *w) {
    for (size_t i = 0; i < w->in->statement->facts.length; i++) {
        const qm_fact *f = &w->in->statement->facts.items[i];
        qm_reconcile_money *fees;
        if (!reconcile_is_mine(w, f->account)) {
            continue;
        }
        w->out->counts[f->kind]++;
        w->out->known += w->in->known[i];
        add_money(w, f->currency, f->kind, f->no_cash ? QM_DECIMAL_ZERO : f->amount);
        if (f->kind == QM_FACT_FOREX) {
            add_money(w, f->underlying, f->kind, f->quantity);
        }
        fees = f->fee.raw ? money_of(w, f->fee_currency) : NULL;
        if (fees) {
            reconcile_add(w, &fees->commissions, f->fee);
            reconcile_add(w, &fees->net, f->fee);
        }
    }
}

static const qm_statement_total *find_cash(const work *w, qm_total_kind kind,
                                           const char *currency) {
    for (size_t i = 0; i < w->in->statement->totals.length; i++) {
        const qm_statement_total *t = &w->in->statement->totals.items[i];
        if (t->kind == kind && reconcile_is_mine(w, t->account) &&
            strcmp(t->currency, currency) == 0) {
            return t;
        }
    }
    return NULL;
}

static bool is_base(const char *currency) {
    return strcmp(currency, "BASE_SUMMARY") == 0;
}

/* A sum in base currency is that of the only currency, when all is told to be base. */
static const char *only_currency(const work *w) {
    const qm_statement *st = w->in->statement;
    for (size_t i = 0; i < st->totals.length; i++) {
        const qm_statement_total *t = &st->totals.items[i];
        if (t->kind == QM_TOTAL_CASH_END && reconcile_is_mine(w, t->account) &&
            !is_base(t->currency)) {
            return NULL; /* it is told by currency */
        }
    }
    for (size_t i = 0; i < st->facts.length; i++) {
        if (reconcile_is_mine(w, st->facts.items[i].account) &&
            st->facts.items[i].fx_rate.raw != QM_DECIMAL_SCALE) {
            return NULL;
        }
    }
    return w->out->money.length == 1 ? w->out->money.items[0].currency : NULL;
}

/* Which part of the cash it is, where the statement tells its parts. */
static void part_lines(work *w, const qm_statement_total *end, const qm_reconcile_money *m) {
    for (int kind = 0; kind <= QM_FACT_COUNT; kind++) {
        bool fees = kind == QM_FACT_COUNT;
        const char *name = fees ? "commissions" : qm_fact_name((qm_fact_kind)kind);
        qm_reconcile_line line = {.currency = m->currency,
                                  .ours = fees ? m->commissions : m->by_kind[kind],
                                  .has_ours = true};
        bool told = false;
        for (size_t i = 0; i < w->in->statement->totals.length; i++) {
            const qm_statement_total *t = &w->in->statement->totals.items[i];
            if (t->kind == QM_TOTAL_CASH_ITEM && reconcile_is_mine(w, t->account) &&
                strcmp(t->currency, end->currency) == 0 && strcmp(t->label, name) == 0) {
                reconcile_add(w, &line.statement, t->value);
                told = true;
            }
        }
        snprintf(line.item, sizeof line.item, "cash: %s", name);
        if (told) {
            reconcile_line(w, &line);
        }
    }
}

void reconcile_cash(work *w) {
    for (size_t i = 0; i < w->in->statement->totals.length && w->status == QM_OK; i++) {
        const qm_statement_total *end = &w->in->statement->totals.items[i];
        if (end->kind != QM_TOTAL_CASH_END || !reconcile_is_mine(w, end->account)) {
            continue;
        }
        const char *currency = is_base(end->currency) ? only_currency(w) : end->currency;
        const qm_statement_total *start = find_cash(w, QM_TOTAL_CASH_START, end->currency);
        const qm_reconcile_money *m = currency && start ? money_of(w, currency) : NULL;
        if (m) {
            qm_reconcile_line line = {.item = "cash",
                                      .currency = currency,
                                      .ours = qm_total_from(start->value),
                                      .statement = qm_total_from(end->value),
                                      .has_ours = true};
            reconcile_add_total(w, &line.ours, m->net);
            qm_reconcile_money parts = *m;
            const qm_reconcile_line *made = reconcile_line(w, &line);
            if (made && made->differs) {
                part_lines(w, end, &parts);
            }
        }
    }
}

/* Sums that the statement prints over its own rows. */
void reconcile_sums(work *w) {
    for (size_t i = 0; i < w->in->statement->totals.length; i++) {
        const qm_statement_total *t = &w->in->statement->totals.items[i];
        bool section = t->kind == QM_TOTAL_SECTION;
        qm_reconcile_line line = {.currency = t->currency,
                                  .ours = qm_total_from(t->basis),
                                  .statement = qm_total_from(t->value),
                                  .has_ours = true};
        if ((!section && t->kind != QM_TOTAL_ROW) || !reconcile_is_mine(w, t->account)) {
            continue;
        }
        snprintf(line.item, sizeof line.item, section ? "sum of %s%s%s" : "%s of row%s%s", t->label,
                 *t->symbol ? ", " : "", t->symbol);
        qm_reconcile_line *made = reconcile_line(w, &line);
        if (made && made->differs) {
            if (section) {
                reconcile_row(w, made, t->first_row);
            }
            reconcile_row(w, made, t->row);
        }
    }
}
