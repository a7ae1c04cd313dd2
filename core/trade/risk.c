/* SPDX-License-Identifier: MIT */
#include "trade/risk.h"

#include <stdio.h>
#include <string.h>

static const char *const ACCOUNTS[] = {"cash", "margin", "unlimited"};

bool qm_account_kind_parse(const char *text, qm_account_kind *out) {
    for (int i = 0; i < 3; i++) {
        if (strcmp(ACCOUNTS[i], text) == 0) {
            *out = (qm_account_kind)i;
            return true;
        }
    }
    return false;
}

const char *qm_account_kind_name(qm_account_kind kind) {
    return ACCOUNTS[kind];
}

static qm_total minus(qm_total a, qm_total b) {
    uint64_t lo = 0 - b.lo;
    qm_total negative = {.lo = lo, .hi = (int64_t)(~(uint64_t)b.hi + (lo == 0))};
    qm_total_add_total(&a, negative); /* far from 1.7e29: cannot overflow */
    return a;
}

qm_total qm_risk_buying_power(const qm_risk_view *view) {
    if (view->account == QM_ACCOUNT_CASH) {
        return minus(minus(view->cash, view->unsettled), view->pending_buys);
    }
    qm_total twice = view->equity;
    qm_total_add_total(&twice, view->equity);
    return minus(minus(twice, view->gross), view->pending_buys);
}

static qm_status refuse(qm_order *order, const char *rule, const char *limit, const char *value) {
    snprintf(order->rule, sizeof order->rule, "%s", rule);
    snprintf(order->limit_text, sizeof order->limit_text, "%s", limit);
    snprintf(order->value_text, sizeof order->value_text, "%s", value);
    return QM_EREFUSED;
}

static qm_status refuse_decimal(qm_order *order, const char *rule, qm_decimal limit,
                                qm_decimal value) {
    char a[QM_DECIMAL_BUF], b[QM_DECIMAL_BUF];
    qm_decimal_format(limit, a);
    qm_decimal_format(value, b);
    return refuse(order, rule, a, b);
}

static qm_status refuse_total(qm_order *order, const char *rule, qm_total limit, qm_total value) {
    char a[QM_TOTAL_BUF], b[QM_TOTAL_BUF];
    qm_total_format_fixed(limit, 2, QM_ROUND_FLOOR, a);
    qm_total_format_fixed(value, 2, QM_ROUND_CEIL, b);
    return refuse(order, rule, a, b);
}

qm_decimal qm_risk_closable(qm_decimal position, qm_side side, qm_decimal pending) {
    int64_t held = side == QM_SELL ? position.raw : -position.raw;
    return (qm_decimal){held > pending.raw ? held - pending.raw : 0};
}

/* The order's size in units and money, and the part that opens or adds. */
typedef struct sizing {
    qm_decimal qty;
    qm_decimal notional;  /* of the whole order */
    qm_decimal opens;     /* money of the part that does not close a position */
    qm_decimal resulting; /* |position| x price after it and the pending ones */
} sizing;

static qm_status measure(const qm_risk_view *view, const qm_order *order, sizing *out) {
    qm_status status;
    out->qty = order->qty;
    if (order->amount.raw > 0) {
        status = qm_order_units(order, view->price, QM_ROUND_DOWN, &out->qty);
        out->notional = order->amount;
    } else {
        status = qm_decimal_amount(order->qty, order->multiplier, view->price, &out->notional);
    }
    if (status != QM_OK) {
        return status;
    }
    int64_t moved, after;
    if (__builtin_add_overflow(out->qty.raw, view->pending.raw, &moved) ||
        __builtin_add_overflow(view->position.raw, order->side == QM_BUY ? moved : -moved,
                               &after)) {
        return QM_EOVERFLOW;
    }
    int64_t closable = qm_risk_closable(view->position, order->side, view->pending).raw;
    int64_t opening = out->qty.raw > closable ? out->qty.raw - closable : 0;
    status = qm_decimal_amount((qm_decimal){opening}, order->multiplier, view->price, &out->opens);
    if (status == QM_OK && opening == out->qty.raw) {
        out->opens = out->notional;
    }
    if (status == QM_OK) {
        status = qm_decimal_amount((qm_decimal){after < 0 ? -after : after}, order->multiplier,
                                   view->price, &out->resulting);
    }
    return status;
}

/* A sale may not reach below zero, other sales that still work counted in. */
static qm_status check_short(const qm_risk_view *view, const sizing *s, qm_order *order) {
    if (order->side != QM_SELL || order->allow_short) {
        return QM_OK;
    }
    qm_decimal available = qm_risk_closable(view->position, QM_SELL, view->pending);
    return s->qty.raw > available.raw ? refuse_decimal(order, "no_short", available, s->qty)
                                      : QM_OK;
}

static qm_status check_power(const qm_risk_view *view, const sizing *s, qm_order *order) {
    if (view->account == QM_ACCOUNT_UNLIMITED || s->opens.raw == 0) {
        return QM_OK;
    }
    if (view->account == QM_ACCOUNT_CASH && order->side == QM_SELL) {
        return refuse_decimal(order, "no_short", QM_DECIMAL_ZERO, s->qty); /* a cash account */
    }
    qm_total power = qm_risk_buying_power(view), need = qm_total_from(s->opens);
    if (qm_total_cmp(need, power) <= 0) {
        return QM_OK;
    }
    /* Cash that is there but not settled yet has a rule of its own. */
    bool settled = view->account == QM_ACCOUNT_CASH &&
                   qm_total_cmp(need, minus(view->cash, view->pending_buys)) <= 0;
    return refuse_total(order, settled ? "settled_cash" : "buying_power", power, need);
}

qm_status qm_risk_check(const qm_risk_limits *limits, const qm_risk_view *view, qm_order *order) {
    if (view->price.raw <= 0) {
        return refuse(order, "no_price", "a price", "none");
    }
    sizing s;
    if (measure(view, order, &s) != QM_OK) {
        return refuse(order, "max_order_notional", "9223372036", "more than can be counted");
    }
    qm_status status = check_short(view, &s, order);
    if (status == QM_OK && s.opens.raw > 0) {
        if (limits->max_order_notional.raw > 0 && s.notional.raw > limits->max_order_notional.raw) {
            return refuse_decimal(order, "max_order_notional", limits->max_order_notional,
                                  s.notional);
        }
        if (limits->max_position_notional.raw > 0 &&
            s.resulting.raw > limits->max_position_notional.raw) {
            return refuse_decimal(order, "max_position_notional", limits->max_position_notional,
                                  s.resulting);
        }
    }
    return status == QM_OK ? check_power(view, &s, order) : status;
}
