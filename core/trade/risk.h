/* SPDX-License-Identifier: MIT
 *
 * risk.h: the gate that every order passes before it is sent. Pure: all that it needs is handed in.
 *
 * Account kinds: cash (buys within settled cash, no shorts), margin (Regulation T: half of the
 * value to open, shorts allowed), unlimited (no buying power check). An order that only reduces a
 * position is never refused for buying power; what other open orders close already it cannot
 * reduce again.
 */
#ifndef QM_TRADE_RISK_H
#define QM_TRADE_RISK_H

#include "trade/order.h"

typedef enum qm_account_kind {
    QM_ACCOUNT_CASH,
    QM_ACCOUNT_MARGIN,
    QM_ACCOUNT_UNLIMITED
} qm_account_kind;

/* 0: no limit. */
typedef struct qm_risk_limits {
    qm_decimal max_order_notional;
    qm_decimal max_position_notional;
} qm_risk_limits;

/* The sleeve's state as the gate needs it. */
typedef struct qm_risk_view {
    qm_account_kind account;
    qm_total cash;      /* settled and unsettled */
    qm_total unsettled; /* sale proceeds not yet settled (cash accounts) */
    qm_total equity;
    qm_total gross;        /* sum of |position value| */
    qm_total pending_buys; /* notional of open orders that add exposure */
    qm_decimal position;   /* signed, of the order's instrument */
    qm_decimal pending;    /* qty of other open orders of the instrument, on the order's side */
    qm_decimal price;      /* what the order would be valued at: limit, stop, or last; > 0 */
} qm_risk_view;

/* QM_OK, or QM_EREFUSED with order->rule, limit_text and value_text filled (the state is the
 * caller's to change). Rules: no_price, no_short, max_order_notional, max_position_notional,
 * buying_power, settled_cash. */
qm_status qm_risk_check(const qm_risk_limits *limits, const qm_risk_view *view, qm_order *order);
/* What is left of a position for an order on `side` to close, when `pending` units of open orders
 * on that side come first. */
qm_decimal qm_risk_closable(qm_decimal position, qm_side side, qm_decimal pending);
/* What could still be bought: cash: settled cash less pending buys; margin: 2 x equity - gross -
 * pending. */
qm_total qm_risk_buying_power(const qm_risk_view *view);
bool qm_account_kind_parse(const char *text, qm_account_kind *out);
const char *qm_account_kind_name(qm_account_kind kind);

#endif
