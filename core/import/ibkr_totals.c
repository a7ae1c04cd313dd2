/* SPDX-License-Identifier: MIT
 *
 * Rows of the activity statement that say whose it is and what it sums up to.
 */
#include "import/ibkr_internal.h"

#include <string.h>

/* "January 1, 2025 - August 22, 2025", or one day. */
static void take_period(ibkr *r, qm_cell text) {
    const char *dash = memmem(text.text, text.length, " - ", 3);
    cell_time from, to;
    qm_cell first = {text.text, dash ? (size_t)(dash - text.text) : text.length};
    qm_cell last = dash ? (qm_cell){dash + 3, text.length - first.length - 3} : first;
    if (!qm_cell_when(first, &from) || !qm_cell_when(last, &to)) {
        qm_maker_reject(r->m, text, "no period");
        return;
    }
    qm_statement_account *a = qm_maker_account(r->m, r->account);
    if (a) {
        a->from = from.date;
        a->to = to.date;
    }
}

void ibkr_statement_row(ibkr *r) {
    qm_cell label = ibkr_get(r, IBKR_LABEL);
    if (qm_cell_is(label, "BrokerName")) {
        r->account = ""; /* another statement begins */
    } else if (qm_cell_is(label, "Period")) {
        take_period(r, qm_cell_trim(ibkr_get(r, IBKR_TOTAL)));
    }
}

/* The period came before the account's name. */
static void name_account(ibkr *r, const char *name) {
    qm_statement_account *unnamed = qm_maker_account(r->m, r->account);
    qm_date from = unnamed ? unnamed->from : QM_DATE_NONE,
            to = unnamed ? unnamed->to : QM_DATE_NONE;
    if (unnamed && unnamed == &r->m->st->accounts.items[r->m->st->accounts.length - 1] &&
        !*unnamed->name) {
        r->m->st->accounts.length--;
    }
    r->account = name;
    qm_statement_account *a = qm_maker_account(r->m, name);
    if (a && from != QM_DATE_NONE) {
        a->from = a->from == QM_DATE_NONE || from < a->from ? from : a->from;
        a->to = a->to == QM_DATE_NONE || to > a->to ? to : a->to;
    }
}

void ibkr_account_row(ibkr *r) {
    qm_cell label = ibkr_get(r, IBKR_LABEL);
    const char *value = ibkr_text(r, IBKR_TOTAL);
    if (qm_cell_is(label, "Account")) {
        name_account(r, value);
        return;
    }
    r->consolidated = r->consolidated || qm_cell_is(label, "Accounts Included");
    qm_statement_account *a = qm_maker_account(r->m, r->account);
    if (a && qm_cell_is(label, "Customer Type")) {
        a->type = value;
    } else if (a && qm_cell_is(label, "Base Currency")) {
        a->base_currency = value;
    }
}

/* Which kind of fact a line of the cash report sums up; NULL: none that is held against it. */
static const char *cash_part(qm_cell label) {
    static const struct {
        const char *label, *kind;
    } PARTS[] = {{"Commissions", "commissions"},
                 {"Trades (Sales)", "trade"},
                 {"Trades (Purchase)", "trade"},
                 {"Deposits", "deposit"},
                 {"Withdrawals", "deposit"},
                 {"Deposits & Withdrawals", "deposit"},
                 {"Dividends", "dividend"},
                 {"Payment In Lieu of Dividends", "payment_in_lieu"},
                 {"Withholding Tax", "withholding"},
                 {"Broker Interest Paid and Received", "interest"},
                 {"Other Fees", "fee"},
                 {"Account Transfers", "transfer"}};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        if (qm_cell_is(label, PARTS[i].label)) {
            return PARTS[i].kind;
        }
    }
    return NULL;
}

void ibkr_report_row(ibkr *r) {
    qm_cell label = ibkr_get(r, IBKR_LABEL);
    qm_statement_total t = {.kind = QM_TOTAL_CASH_ITEM, .label = cash_part(label)};
    bool has;
    if (r->consolidated && !qm_cell_says(ibkr_get(r, IBKR_ACCOUNT))) {
        qm_maker_unknown(r->m, qm_cell_of("Cash Report of several accounts"));
        return;
    }
    t.account = ibkr_account(r);
    t.currency = ibkr_text(r, IBKR_CURRENCY);
    if (qm_cell_is(label, "Starting Cash")) {
        t.kind = QM_TOTAL_CASH_START;
    } else if (qm_cell_is(label, "Ending Cash")) {
        t.kind = QM_TOTAL_CASH_END;
    }
    if ((t.label || t.kind != QM_TOTAL_CASH_ITEM) && ibkr_number(r, IBKR_TOTAL, &t.value, &has) &&
        has && !qm_cell_is(ibkr_get(r, IBKR_CURRENCY), "Base Currency Summary")) {
        qm_maker_total(r->m, &t);
    }
}

/* What rows about one instrument begin with; false: a total, or of another kind. */
static bool about(ibkr *r, qm_statement_total *t) {
    t->account = ibkr_account(r);
    t->asset = ibkr_asset(ibkr_get(r, IBKR_ASSET));
    t->symbol = ibkr_text(r, IBKR_SYMBOL);
    t->currency = ibkr_text(r, IBKR_CURRENCY);
    return t->asset != QM_ASSET_NONE && t->asset != QM_ASSET_CASH && *t->symbol;
}

void ibkr_position_row(ibkr *r) {
    qm_statement_total t = {.kind = QM_TOTAL_POSITION};
    qm_decimal multiplier;
    if (!qm_cell_is(ibkr_get(r, IBKR_DETAIL), "Summary") || !about(r, &t) ||
        !ibkr_number(r, IBKR_QUANTITY, &t.value, NULL) ||
        !ibkr_number(r, IBKR_BASIS, &t.basis, &t.has_basis) ||
        !ibkr_number(r, IBKR_MULTIPLIER, &multiplier, NULL)) {
        return;
    }
    ibkr_multiplier(r, t.asset, t.symbol, multiplier);
    qm_statement_account *a = qm_maker_account(r->m, t.account);
    if (a) {
        a->has_positions = true;
    }
    qm_maker_total(r->m, &t);
}

void ibkr_prior_row(ibkr *r) {
    qm_statement_total t = {.kind = QM_TOTAL_PRIOR_POSITION};
    if (about(r, &t) && ibkr_number(r, IBKR_PRIOR, &t.value, NULL) && t.value.raw != 0) {
        qm_maker_total(r->m, &t);
    }
}

void ibkr_realized_row(ibkr *r) {
    qm_statement_total t = {.kind = QM_TOTAL_REALIZED};
    bool has;
    if (about(r, &t) && ibkr_number(r, IBKR_REALIZED, &t.value, &has) && has) {
        qm_maker_total(r->m, &t);
    }
}

void ibkr_instrument_row(ibkr *r) {
    qm_asset asset = ibkr_asset(ibkr_get(r, IBKR_ASSET));
    qm_decimal multiplier;
    if (asset == QM_ASSET_NONE || !ibkr_number(r, IBKR_MULTIPLIER, &multiplier, NULL)) {
        return;
    }
    ibkr_multiplier(r, asset, ibkr_text(r, IBKR_SYMBOL), multiplier);
    ibkr_multiplier(r, asset, ibkr_text(r, IBKR_TEXT), multiplier);
}
