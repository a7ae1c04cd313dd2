/* SPDX-License-Identifier: MIT
 *
 * The tax book of a running engine: a replay of the sleeves' ledgers, made when somebody asks and
 * then kept up to date. It changes nothing that is booked or decided by itself.
 */
#include "engine/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void qm_engine_drop_tax(qm_engine *e) {
    qm_tax_feed_free(e->tax_feed);
    qm_tax_free(e->tax);
    e->tax_feed = NULL;
    e->tax = NULL;
    for (size_t i = 0; i < e->sleeves.length; i++) {
        e->sleeves.items[i]->txns_taxed = 0;
    }
}

static qm_status make(qm_engine *e, qm_error *err) {
    QM_VEC(const char *) ira = {0};
    const char *end = NULL;
    qm_status status = QM_OK;
    for (size_t i = 0; i < e->sleeves.length && status == QM_OK; i++) {
        const sleeve *s = e->sleeves.items[i];
        const char *name = s->account_name;
        status = strcmp(s->account_type, "ira") == 0 ? qm_vec_push(&ira, &name) : QM_OK;
    }
    status = status == QM_OK ? qm_vec_push(&ira, &end) : status;
    if (status == QM_OK) {
        qm_tax_config config = {.wash = true,
                                .ira = ira.items,
                                .rates = {e->config.rates.short_term, e->config.rates.long_term}};
        status = qm_tax_new(&config, &e->tax, err);
    }
    status = status == QM_OK ? qm_tax_feed_new(e->tax, &e->tax_feed) : status;
    qm_vec_fini(&ira);
    if (status != QM_OK) {
        qm_engine_drop_tax(e);
    }
    return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
}

/* A transaction that the tax book does not have yet. */
typedef struct fresh {
    const sleeve *owner;
    const qm_txn *txn;
} fresh;

static int in_order(const void *x, const void *y) {
    const fresh *a = x, *b = y;
    if (a->txn->time != b->txn->time) {
        return a->txn->time < b->txn->time ? -1 : 1;
    }
    int names =
        a->owner == b->owner ? 0 : strcmp(a->owner->bound->spec.name, b->owner->bound->spec.name);
    return names ? names : (a->txn->seq > b->txn->seq) - (a->txn->seq < b->txn->seq);
}

typedef QM_VEC(fresh) fresh_vec;

static qm_status collect(qm_engine *e, fresh_vec *out) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < e->sleeves.length; i++) {
        sleeve *s = e->sleeves.items[i];
        const qm_txn *txns;
        size_t n = qm_ledger_txns(s->ledger, &txns);
        for (size_t k = s->txns_taxed; k < n && status == QM_OK; k++) {
            fresh one = {s, &txns[k]};
            status = qm_vec_push(out, &one);
        }
        s->txns_taxed = n;
    }
    if (out->length) {
        qsort(out->items, out->length, sizeof *out->items, in_order);
    }
    return status;
}

static qm_status catch_up(qm_engine *e, qm_error *err) {
    fresh_vec list = {0};
    qm_status status = collect(e, &list);
    for (size_t i = 0; i < list.length && status == QM_OK; i++) {
        const fresh *f = &list.items[i];
        const qm_instrument *info = qm_instruments_get(e->config.instruments, f->txn->instrument);
        qm_tax_source source = {f->owner->bound->spec.name, f->owner->account_name,
                                info ? info->symbol : "", f->owner->method};
        status = qm_tax_feed_txn(e->tax_feed, &source, f->txn, err);
    }
    qm_vec_fini(&list);
    return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
}

qm_status qm_ctx_tax(qm_engine *e, qm_tax **out, qm_error *err) {
    qm_status status = e->tax ? QM_OK : make(e, err);
    status = status == QM_OK ? catch_up(e, err) : status;
    if (status != QM_OK) {
        qm_engine_drop_tax(e);
        return status;
    }
    *out = e->tax;
    return QM_OK;
}

const qm_tax_rates *qm_ctx_rates(const qm_engine *e) {
    return &e->config.rates;
}

qm_status qm_ctx_tax_event(const qm_engine *e, uint32_t index, const qm_order *order,
                           qm_decimal price, qm_tax_event *out) {
    const sleeve *s = qm_engine_at(e, index);
    const qm_instrument *info = qm_instruments_get(e->config.instruments, order->instrument);
    *out = (qm_tax_event){.id = "ask",
                          .kind = order->side == QM_BUY ? QM_TAX_DO_COVER : QM_TAX_DO_SELL,
                          .date = qm_engine_date(e),
                          .settle = QM_DATE_NONE,
                          .account = s->account_name,
                          .symbol = info ? info->symbol : "",
                          .qty = order->qty,
                          .has_qty = true,
                          .has_method = true,
                          .method = s->method,
                          .close_only = order->side == QM_SELL && !order->allow_short};
    return qm_decimal_amount(order->qty, info ? info->multiplier : 1, price, &out->amount);
}

static void refuse(qm_order *order, const char *rule, const char *value, const char *limit) {
    snprintf(order->rule, sizeof order->rule, "%s", rule);
    snprintf(order->value_text, sizeof order->value_text, "%s", value);
    snprintf(order->limit_text, sizeof order->limit_text, "%s", limit);
}

static void refuse_money(qm_order *order, const char *rule, qm_decimal value, qm_decimal limit) {
    char a[QM_DECIMAL_BUF], b[QM_DECIMAL_BUF];
    qm_decimal_format_fixed(value, 2, QM_ROUND_HALF_UP, a);
    qm_decimal_format_fixed(limit, 2, QM_ROUND_HALF_UP, b);
    refuse(order, rule, a, b);
}

/* The tax that the previewed rows add to the year. */
static qm_status tax_of(const qm_engine *e, const qm_tax *tax, const qm_tax_preview *p,
                        qm_decimal *out) {
    qm_tax_gains year;
    qm_status status = qm_tax_gains_of(tax, qm_date_to_ymd(qm_engine_date(e)).year, &year);
    return status == QM_OK ? qm_tax_due_more(year, p->gains, &e->config.rates, out) : status;
}

/* By the preview at the price that the order is valued at; what can't be worked out is refused. */
static void judge(sleeve *s, qm_order *order, const qm_tax *tax, const qm_tax_preview *p) {
    qm_decimal washed, added;
    char text[QM_DECIMAL_BUF];
    if (qm_decimal_add(p->disallowed, p->washed, &washed) != QM_OK) {
        washed.raw = INT64_MAX;
    }
    qm_decimal_format_fixed(order->max_tax, 2, QM_ROUND_HALF_UP, text);
    if (order->avoid_wash && washed.raw > 0) {
        refuse_money(order, "avoid_wash", washed, QM_DECIMAL_ZERO);
    } else if (order->has_max_tax && (p->no_basis || !s->engine->config.rates.known)) {
        refuse(order, "max_tax", p->no_basis ? "no basis" : "no rates", text);
    } else if (order->has_max_tax && tax_of(s->engine, tax, p, &added) != QM_OK) {
        refuse(order, "max_tax", "too large to count", text);
    } else if (order->has_max_tax && added.raw > order->max_tax.raw) {
        refuse_money(order, "max_tax", added, order->max_tax);
    }
}

bool qm_order_refused_by_tax(sleeve *s, qm_order *order) {
    qm_engine *e = s->engine;
    const char *rule = order->avoid_wash ? "avoid_wash" : "max_tax";
    qm_decimal price = qm_order_price(e, order);
    qm_order asked = *order;
    qm_tax *tax;
    qm_tax_event event;
    qm_tax_preview p;
    qm_error err = {0};
    if (!order->avoid_wash && !order->has_max_tax) {
        return false;
    }
    if (price.raw <= 0 ||
        (asked.qty.raw == 0 && qm_order_units(order, price, QM_ROUND_UP, &asked.qty) != QM_OK)) {
        refuse(order, rule, "no price", "");
        return true;
    }
    qm_status status = qm_ctx_tax(e, &tax, &err);
    status = status == QM_OK ? qm_ctx_tax_event(e, s->index, &asked, price, &event) : status;
    status = status == QM_OK ? qm_tax_preview_event(tax, &event, &p, &err) : status;
    if (status != QM_OK) {
        refuse(order, rule, qm_status_text(status), "");
        return true;
    }
    judge(s, order, tax, &p);
    qm_tax_preview_fini(&p);
    return order->rule[0] != 0;
}
