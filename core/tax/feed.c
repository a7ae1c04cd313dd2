/* SPDX-License-Identifier: MIT
 *
 * Each kind of transaction as one or two events. What a sleeve holds is counted here, since the
 * cash for a fraction and the end of a delisting are of its own units, not of the account's.
 */
#include "tax/feed.h"

#include "base/calendar.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdio.h>
#include <string.h>

enum { KEY_MAX = 256, CASH_ID_MAX = KEY_MAX + 8 };

typedef struct held {
    qm_decimal qty;
    int64_t multiplier;
} held;

struct qm_tax_feed {
    qm_tax *tax;
    qm_map holdings; /* sleeve and symbol -> index into held */
    QM_VEC(held) held;
    qm_map splits; /* account, symbol and date of those that are booked */
};

qm_status qm_tax_feed_new(qm_tax *tax, qm_tax_feed **out) {
    qm_tax_feed *feed = qm_calloc(1, sizeof *feed);
    if (!feed) {
        return QM_ENOMEM;
    }
    feed->tax = tax;
    qm_map_init(&feed->holdings);
    qm_map_init(&feed->splits);
    *out = feed;
    return QM_OK;
}

void qm_tax_feed_free(qm_tax_feed *feed) {
    if (feed) {
        qm_map_fini(&feed->holdings);
        qm_map_fini(&feed->splits);
        qm_vec_fini(&feed->held);
        qm_free(feed);
    }
}

static qm_status find_held(qm_tax_feed *feed, const qm_tax_source *from, held **out) {
    char key[KEY_MAX];
    uint64_t at;
    snprintf(key, sizeof key, "%s\n%s", from->sleeve, from->symbol);
    if (!qm_map_get(&feed->holdings, key, &at)) {
        held none = {.multiplier = 1};
        at = feed->held.length;
        qm_status status = qm_vec_push(&feed->held, &none);
        status = status == QM_OK ? qm_map_put(&feed->holdings, key, at) : status;
        if (status != QM_OK) {
            return status;
        }
    }
    *out = &feed->held.items[at];
    return QM_OK;
}

static qm_tax_event event_of(const qm_tax_source *from, const qm_txn *txn, const char *id) {
    return (qm_tax_event){.id = id,
                          .date = txn->date,
                          .settle = qm_settlement_date(txn->date),
                          .account = from->account,
                          .has_method = true,
                          .method = from->method,
                          .symbol = from->symbol};
}

/* qty: signed. A sale of a long position never opens a short behind it, and a purchase first
 * covers; what goes beyond opens the other side. */
static qm_status trade(qm_tax_feed *feed, const qm_tax_event *base, qm_decimal qty,
                       const qm_txn *txn, qm_error *err) {
    qm_tax_event e = *base;
    char purchase[64];
    e.kind = qty.raw > 0 ? QM_TAX_DO_COVER : QM_TAX_DO_SELL;
    e.qty.raw = qty.raw > 0 ? qty.raw : -qty.raw;
    e.has_qty = true;
    e.fee = txn->fee;
    if (txn->order) {
        snprintf(purchase, sizeof purchase, "order %llu", (unsigned long long)txn->order);
        e.purchase = purchase;
    }
    qm_status status = qm_decimal_amount(e.qty, txn->multiplier, txn->price, &e.amount);
    return status == QM_OK ? qm_tax_apply(feed->tax, &e, err)
                           : qm_error_set(err, status, "%s: too large to count", e.id);
}

/* Once for an account and day, whoever holds it; then the sleeve's own fraction. */
static qm_status split(qm_tax_feed *feed, const qm_tax_event *base, held *h, const qm_txn *txn,
                       qm_error *err) {
    char key[KEY_MAX], id[CASH_ID_MAX];
    uint64_t known;
    qm_decimal after;
    snprintf(key, sizeof key, "%s\n%s\n%d", base->account, base->symbol, (int)txn->date);
    qm_status status = QM_OK;
    if (!qm_map_get(&feed->splits, key, &known)) {
        qm_tax_event e = *base;
        e.kind = QM_TAX_DO_SPLIT;
        e.num = txn->num;
        e.den = txn->den;
        status = qm_tax_apply(feed->tax, &e, err);
        if (status == QM_OK && qm_map_put(&feed->splits, key, 1) != QM_OK) {
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    if (status != QM_OK) {
        return status;
    }
    status = qm_decimal_mul_ratio(h->qty, txn->num, txn->den, QM_ROUND_HALF_EVEN, &after);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s: too large to count", base->id);
    }
    h->qty = after;
    qm_decimal fraction = {after.raw % QM_DECIMAL_SCALE};
    if (txn->price.raw <= 0 || fraction.raw == 0) {
        return QM_OK;
    }
    snprintf(id, sizeof id, "%s/cash", base->id);
    qm_tax_event sale = *base;
    sale.id = id;
    qm_txn cash = *txn;
    cash.multiplier = h->multiplier;
    cash.order = 0;
    cash.fee = QM_DECIMAL_ZERO;
    h->qty.raw -= fraction.raw;
    return trade(feed, &sale, (qm_decimal){-fraction.raw}, &cash, err);
}

static qm_status delist(qm_tax_feed *feed, const qm_tax_event *base, held *h, const qm_txn *txn,
                        qm_error *err) {
    qm_txn end = *txn;
    qm_decimal qty = {-h->qty.raw};
    if (qty.raw == 0) {
        return QM_OK;
    }
    end.multiplier = h->multiplier;
    end.fee = QM_DECIMAL_ZERO;
    h->qty = QM_DECIMAL_ZERO;
    return trade(feed, base, qty, &end, err);
}

qm_status qm_tax_feed_txn(qm_tax_feed *feed, const qm_tax_source *source, const qm_txn *txn,
                          qm_error *err) {
    char id[KEY_MAX];
    held *h;
    if (txn->kind != QM_TXN_TRADE && txn->kind != QM_TXN_SPLIT && txn->kind != QM_TXN_DELIST) {
        return QM_OK;
    }
    if (find_held(feed, source, &h) != QM_OK) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    snprintf(id, sizeof id, "%s#%llu", source->sleeve, (unsigned long long)txn->seq);
    qm_tax_event base = event_of(source, txn, id);
    if (txn->kind == QM_TXN_SPLIT) {
        return split(feed, &base, h, txn, err);
    }
    if (txn->kind == QM_TXN_DELIST) {
        return delist(feed, &base, h, txn, err);
    }
    h->multiplier = txn->multiplier;
    if (qm_decimal_add(h->qty, txn->qty, &h->qty) != QM_OK) {
        return qm_error_set(err, QM_EOVERFLOW, "%s: too large to count", id);
    }
    return trade(feed, &base, txn->qty, txn, err);
}
