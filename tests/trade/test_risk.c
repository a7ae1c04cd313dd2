/* SPDX-License-Identifier: MIT
 *
 * The gate: what an order opens when others still work, and how large an order by amount is.
 */
#include "trade/risk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct gate {
    const char *what;
    qm_account_kind account;
    int64_t cash, equity, gross; /* money */
    int64_t position, pending;   /* units; pending: open orders on the order's side */
    qm_side side;
    int64_t qty, amount; /* one of them */
    int64_t multiplier, price;
    bool allow_short;
    int64_t max_position; /* 0: none */
    const char *rule;     /* NULL: passes */
} gate;

static const gate GATES[] = {
    {"a buy within cash", QM_ACCOUNT_CASH, 1000, 1000, 0, 0, 0, QM_BUY, 10, 0, 1, 100},
    {"a buy beyond cash", QM_ACCOUNT_CASH, 999, 999, 0, 0, 0, QM_BUY, 10, 0, 1, 100, false, 0,
     "buying_power"},
    {"margin buys twice its equity", QM_ACCOUNT_MARGIN, 1000, 1000, 0, 0, 0, QM_BUY, 20, 0, 1, 100},
    {"and no more", QM_ACCOUNT_MARGIN, 1000, 1000, 0, 0, 0, QM_BUY, 21, 0, 1, 100, false, 0,
     "buying_power"},
    /* Only a reduction is free, and what others close already cannot be closed again. */
    {"a sale of all", QM_ACCOUNT_MARGIN, 0, 0, 0, 100, 0, QM_SELL, 100, 0, 1, 5, true},
    {"of what others leave", QM_ACCOUNT_MARGIN, 0, 0, 0, 100, 60, QM_SELL, 40, 0, 1, 5, true},
    {"of more than others leave", QM_ACCOUNT_MARGIN, 0, 0, 0, 100, 60, QM_SELL, 41, 0, 1, 5, true,
     0, "buying_power"},
    {"a second sale of all", QM_ACCOUNT_MARGIN, 0, 0, 0, 100, 100, QM_SELL, 100, 0, 1, 5, true, 0,
     "buying_power"},
    {"a second sale in a cash account", QM_ACCOUNT_CASH, 9999, 9999, 0, 100, 100, QM_SELL, 100, 0,
     1, 5, true, 0, "no_short"},
    {"a second sale, no short asked for", QM_ACCOUNT_MARGIN, 9999, 9999, 0, 100, 100, QM_SELL, 1, 0,
     1, 5, false, 0, "no_short"},
    {"others oversell already", QM_ACCOUNT_CASH, 9999, 9999, 0, 100, 150, QM_SELL, 1, 0, 1, 5, true,
     0, "no_short"},
    {"a cover of all", QM_ACCOUNT_MARGIN, 0, 0, 0, -100, 0, QM_BUY, 100, 0, 1, 5},
    {"a second cover of all", QM_ACCOUNT_MARGIN, 0, 0, 0, -100, 100, QM_BUY, 100, 0, 1, 5, false, 0,
     "buying_power"},
    {"the position with what still works", QM_ACCOUNT_UNLIMITED, 0, 0, 0, 10, 10, QM_BUY, 10, 0, 1,
     100, false, 3000},
    {"is too large", QM_ACCOUNT_UNLIMITED, 0, 0, 0, 10, 10, QM_BUY, 10, 0, 1, 100, false, 2999,
     "max_position_notional"},
    /* 1000 of contracts of 100 at 5 are 2. */
    {"an amount of contracts", QM_ACCOUNT_MARGIN, 0, 5000, 5000, 10, 0, QM_SELL, 0, 1000, 100, 5},
    {"of all contracts", QM_ACCOUNT_MARGIN, 0, 5000, 5000, 2, 0, QM_SELL, 0, 1000, 100, 5},
    {"of more than are held", QM_ACCOUNT_MARGIN, 0, 5000, 5000, 1, 0, QM_SELL, 0, 1000, 100, 5,
     false, 0, "no_short"},
    {"no price", QM_ACCOUNT_MARGIN, 1000, 1000, 0, 0, 0, QM_BUY, 1, 0, 1, 0, false, 0, "no_price"},
};

static qm_decimal units(int64_t n) {
    return (qm_decimal){n * QM_DECIMAL_SCALE};
}

static void every_order_meets_its_rule(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof GATES / sizeof *GATES; i++) {
        const gate *g = &GATES[i];
        qm_risk_limits limits = {.max_position_notional = units(g->max_position)};
        qm_risk_view view = {.account = g->account,
                             .cash = qm_total_from(units(g->cash)),
                             .equity = qm_total_from(units(g->equity)),
                             .gross = qm_total_from(units(g->gross)),
                             .position = units(g->position),
                             .pending = units(g->pending),
                             .price = units(g->price)};
        qm_order order = {.side = g->side,
                          .qty = units(g->qty),
                          .amount = units(g->amount),
                          .multiplier = g->multiplier,
                          .allow_short = g->allow_short};
        qm_status status = qm_risk_check(&limits, &view, &order);
        const char *rule = status == QM_OK ? "" : order.rule;
        if (strcmp(rule, g->rule ? g->rule : "") != 0) {
            fail_msg("%s: %s \"%s\", limit %s, value %s", g->what, qm_status_name(status), rule,
                     order.limit_text, order.value_text);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_order_meets_its_rule)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
