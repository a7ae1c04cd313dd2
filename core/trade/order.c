/* SPDX-License-Identifier: MIT */
#include "trade/order.h"

#include <string.h>

static const char *const STATES[] = {
#define X(constant, name) name,
    QM_ORDER_STATE_MAP(X)
#undef X
};
enum { STATE_COUNT = sizeof STATES / sizeof STATES[0] };

static const char *const TYPES[] = {"market",     "limit",          "stop",
                                    "stop_limit", "market_on_open", "market_on_close"};
static const char *const TIFS[] = {"day", "gtc"};

#define TO(state) (1u << QM_ORDER_##state)
/* What each state may become. Final states have no row. An order that the broker's silence made
 * unknown may turn out to be anything. */
static const unsigned ALLOWED[STATE_COUNT] = {
    [QM_ORDER_CREATED] = TO(REFUSED) | TO(PENDING),
    [QM_ORDER_PENDING] = TO(WORKING) | TO(REJECTED) | TO(PARTIALLY_FILLED) | TO(FILLED) |
                         TO(CANCELLING) | TO(CANCELLED) | TO(EXPIRED) | TO(UNKNOWN),
    [QM_ORDER_WORKING] = TO(PARTIALLY_FILLED) | TO(FILLED) | TO(CANCELLING) | TO(CANCELLED) |
                         TO(REPLACING) | TO(EXPIRED) | TO(REJECTED) | TO(UNKNOWN),
    [QM_ORDER_PARTIALLY_FILLED] = TO(PARTIALLY_FILLED) | TO(FILLED) | TO(CANCELLING) |
                                  TO(CANCELLED) | TO(REPLACING) | TO(EXPIRED) | TO(UNKNOWN),
    [QM_ORDER_CANCELLING] = TO(CANCELLED) | TO(FILLED) | TO(PARTIALLY_FILLED) | TO(WORKING) |
                            TO(EXPIRED) | TO(REJECTED) | TO(UNKNOWN),
    [QM_ORDER_REPLACING] = TO(WORKING) | TO(PARTIALLY_FILLED) | TO(FILLED) | TO(CANCELLED) |
                           TO(CANCELLING) | TO(EXPIRED) | TO(REJECTED) | TO(UNKNOWN),
    [QM_ORDER_UNKNOWN] = TO(WORKING) | TO(PARTIALLY_FILLED) | TO(FILLED) | TO(CANCELLED) |
                         TO(REJECTED) | TO(EXPIRED),
};

const char *qm_order_state_name(qm_order_state state) {
    return (unsigned)state < STATE_COUNT ? STATES[state] : "invalid";
}

const char *qm_side_name(qm_side side) {
    return side == QM_BUY ? "buy" : "sell";
}

const char *qm_order_type_name(qm_order_type type) {
    return TYPES[type];
}

const char *qm_tif_name(qm_tif tif) {
    return TIFS[tif];
}

/* Index of text in a table of names, -1. */
static int find_name(const char *const *names, int count, const char *text) {
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], text) == 0) {
            return i;
        }
    }
    return -1;
}

bool qm_order_type_parse(const char *text, qm_order_type *out) {
    int i = find_name(TYPES, sizeof TYPES / sizeof TYPES[0], text);
    if (i >= 0) {
        *out = (qm_order_type)i;
    }
    return i >= 0;
}

bool qm_tif_parse(const char *text, qm_tif *out) {
    int i = find_name(TIFS, sizeof TIFS / sizeof TIFS[0], text);
    if (i >= 0) {
        *out = (qm_tif)i;
    }
    return i >= 0;
}

bool qm_order_state_parse(const char *text, qm_order_state *out) {
    int i = find_name(STATES, STATE_COUNT, text);
    if (i >= 0) {
        *out = (qm_order_state)i;
    }
    return i >= 0;
}

bool qm_order_is_open(const qm_order *order) {
    return order->state != QM_ORDER_CREATED && ALLOWED[order->state] != 0;
}

bool qm_order_may_become(qm_order_state from, qm_order_state to) {
    return (ALLOWED[from] >> to & 1) != 0;
}

qm_status qm_order_become(qm_order *order, qm_order_state to, qm_time time) {
    if (!qm_order_may_become(order->state, to)) {
        return QM_ESTATE;
    }
    order->state = to;
    order->updated = time;
    return QM_OK;
}

qm_decimal qm_order_remaining(const qm_order *order) {
    return (qm_decimal){order->qty.raw > order->filled.raw ? order->qty.raw - order->filled.raw
                                                           : 0};
}

static qm_status wrong(qm_error *err, const char *field, qm_decimal value, const char *why) {
    char text[QM_DECIMAL_BUF];
    qm_decimal_format(value, text);
    return qm_error_set(err, QM_EINVAL, "%s = %s: %s", field, text, why);
}

/* wanted: the type has this price. */
static qm_status check_price(const char *field, qm_decimal value, bool wanted,
                             const qm_instrument *instrument, qm_error *err) {
    if (!wanted) {
        return value.raw == 0 ? QM_OK : wrong(err, field, value, "this order type has none");
    }
    if (value.raw <= 0) {
        return wrong(err, field, value, "must be a positive price");
    }
    if (instrument->tick.raw > 0 && value.raw % instrument->tick.raw != 0) {
        char tick[QM_DECIMAL_BUF];
        char why[64];
        qm_decimal_format(instrument->tick, tick);
        strcpy(why, "is not on the tick of ");
        strcat(why, tick);
        return wrong(err, field, value, why);
    }
    return QM_OK;
}

qm_status qm_order_check(const qm_order *order, const qm_instrument *instrument, qm_error *err) {
    bool by_amount = order->amount.raw != 0;
    if (by_amount == (order->qty.raw != 0)) {
        return by_amount ? wrong(err, "amount", order->amount, "give either qty or amount")
                         : wrong(err, "qty", order->qty, "must be positive, or an amount be given");
    }
    if (order->qty.raw < 0) {
        return wrong(err, "qty", order->qty, "must be positive");
    }
    if (order->amount.raw < 0) {
        return wrong(err, "amount", order->amount, "must be positive");
    }
    if (!order->fractional && !qm_decimal_is_whole(order->qty)) {
        return wrong(err, "qty", order->qty, "the account trades whole units only");
    }
    bool has_limit = order->type == QM_LIMIT || order->type == QM_STOP_LIMIT;
    bool has_stop = order->type == QM_STOP || order->type == QM_STOP_LIMIT;
    qm_status status = check_price("limit", order->limit, has_limit, instrument, err);
    if (status == QM_OK) {
        status = check_price("stop", order->stop, has_stop, instrument, err);
    }
    bool on_auction = order->type == QM_MARKET_ON_OPEN || order->type == QM_MARKET_ON_CLOSE;
    if (status == QM_OK && on_auction && order->tif != QM_DAY) {
        return qm_error_set(err, QM_EINVAL, "tif = %s: a %s order is good for its session only",
                            qm_tif_name(order->tif), qm_order_type_name(order->type));
    }
    return status;
}

qm_status qm_order_units(const qm_order *order, qm_decimal price, qm_rounding rounding,
                         qm_decimal *out) {
    qm_decimal each;
    qm_status status = qm_decimal_amount(QM_DECIMAL_ONE, order->multiplier, price, &each);
    return status == QM_OK ? qm_decimal_div(order->amount, each, rounding, out) : status;
}
