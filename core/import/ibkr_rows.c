/* SPDX-License-Identifier: MIT
 *
 * Rows of the activity statement that are facts.
 */
#include "import/ibkr_internal.h"

#include <string.h>

/* "Total", "Total in USD", "Total Interest in USD": these have no date. */
static bool is_total(const ibkr *r) {
    static const ibkr_column FIRST[] = {IBKR_ASSET, IBKR_SUBTITLE, IBKR_CURRENCY, IBKR_SYMBOL};
    bool total = false;
    for (size_t i = 0; i < sizeof FIRST / sizeof *FIRST; i++) {
        total = total || qm_cell_starts(qm_cell_trim(ibkr_get(r, FIRST[i])), "Total");
    }
    return total && !qm_cell_says(ibkr_get(r, IBKR_WHEN));
}

/* What all rows begin with; false: rejected. */
static bool begin(ibkr *r, qm_fact *f) {
    *f = qm_fact_blank();
    f->kind = r->section->kind;
    f->account = ibkr_account(r);
    f->asset = ibkr_asset(ibkr_get(r, IBKR_ASSET));
    f->currency = ibkr_text(r, IBKR_CURRENCY);
    f->symbol = ibkr_text(r, IBKR_SYMBOL);
    f->codes = ibkr_text(r, IBKR_CODE);
    f->text = qm_maker_copy(r->m, qm_cell_trim(ibkr_get(r, IBKR_TEXT)));
    qm_cell when = ibkr_get(r, IBKR_WHEN);
    if (memchr(when.text, '/', when.length)) { /* a spreadsheet's, where 3/4 may be 4 March */
        qm_maker_reject(r->m, when, "no date as IBKR writes it");
        return false;
    }
    return qm_maker_when(r->m, when, f);
}

/* ---- trades ---- */

static void closed_lot(ibkr *r, const qm_fact *f) {
    const qm_fact *last = r->last_trade;
    if (!last || strcmp(last->symbol, f->symbol) != 0) {
        qm_maker_reject(r->m, ibkr_get(r, IBKR_SYMBOL), "a closed lot without its trade");
        return;
    }
    qm_fact_lot lot = {.opened = f->date,
                       .ns = f->ns,
                       .quantity = f->quantity,
                       .basis = f->basis,
                       .realized = f->realized};
    qm_maker_lot(r->m, &lot);
}

static bool trade_numbers(ibkr *r, qm_fact *f) {
    bool has_proceeds;
    bool ok = ibkr_number(r, IBKR_QUANTITY, &f->quantity, NULL) &&
              ibkr_number(r, IBKR_PRICE, &f->price, NULL) &&
              ibkr_number(r, IBKR_PROCEEDS, &f->amount, &has_proceeds) &&
              ibkr_number(r, IBKR_FEE, &f->fee, NULL) &&
              ibkr_number(r, IBKR_BASIS, &f->basis, &f->has_basis) &&
              ibkr_number(r, IBKR_REALIZED, &f->realized, &f->has_realized);
    if (ok && !has_proceeds && r->column[IBKR_NOTIONAL] >= 0) {
        /* The value that a future stands for: no money moves. */
        f->no_cash = true;
        ok = ibkr_number(r, IBKR_NOTIONAL, &f->amount, NULL);
    }
    return ok;
}

static void sum_trade(ibkr *r, const qm_fact *f, bool order) {
    trade_sum *s = &r->sums[!order];
    if (qm_total_add(&s->proceeds, f->amount) != QM_OK || qm_total_add(&s->fee, f->fee) != QM_OK) {
        r->m->status = QM_EOVERFLOW;
    }
    s->first_row = s->first_row ? s->first_row : r->m->row;
}

/* Subtotals are of one symbol; where orders and executions are told, of either. */
void ibkr_trade_total(ibkr *r) {
    static const struct {
        ibkr_column column;
        const char *label;
    } SUMS[] = {{IBKR_PROCEEDS, "Trades, proceeds"}, {IBKR_FEE, "Trades, fees"}};
    const trade_sum *s = r->sums[1].first_row ? &r->sums[1] : &r->sums[0];
    for (size_t i = 0; i < 2 && s->first_row && r->has_header; i++) {
        qm_statement_total t = {.kind = QM_TOTAL_SECTION,
                                .account = ibkr_account(r),
                                .symbol = ibkr_text(r, IBKR_SYMBOL),
                                .currency = ibkr_text(r, IBKR_CURRENCY),
                                .label = SUMS[i].label,
                                .first_row = s->first_row};
        bool has;
        if (*t.symbol && ibkr_number(r, SUMS[i].column, &t.value, &has) && has &&
            qm_total_to_decimal(i == 0 ? s->proceeds : s->fee, &t.basis) == QM_OK) {
            t.has_basis = true;
            qm_maker_total(r->m, &t);
        }
    }
    memset(r->sums, 0, sizeof r->sums);
}

void ibkr_trade_row(ibkr *r) {
    qm_cell detail = ibkr_get(r, IBKR_DETAIL);
    bool lot = qm_cell_is(detail, "ClosedLot");
    qm_fact f;
    if (!lot && !qm_cell_is(detail, "Order") && !qm_cell_is(detail, "Trade")) {
        qm_maker_reject(r->m, detail, "neither Order, Trade nor ClosedLot");
        return;
    }
    r->last_trade = lot ? r->last_trade : NULL;
    if (!begin(r, &f) || !trade_numbers(r, &f)) {
        return;
    }
    if (lot) {
        closed_lot(r, &f);
        return;
    }
    if (!*f.symbol || !*f.currency || f.quantity.raw == 0) {
        qm_maker_reject(r->m, ibkr_get(r, IBKR_SYMBOL),
                        "a trade needs symbol, currency and quantity");
        return;
    }
    f.fee_currency = r->fee_currency;
    f.group = qm_cell_is(detail, "Order") ? "Order" : "Trade";
    r->has_trades = r->has_trades || qm_cell_is(detail, "Trade");
    if (f.asset == QM_ASSET_CASH) {
        f.kind = QM_FACT_FOREX;
        if (!qm_fact_pair(r->m, &f)) {
            return;
        }
    }
    if (f.asset == QM_ASSET_OPTION || f.asset == QM_ASSET_FUTURE_OPTION) {
        qm_fact_option(r->m, &f);
    }
    qm_fact_codes(&f, qm_cell_of(f.codes));
    sum_trade(r, &f, strcmp(f.group, "Order") == 0);
    qm_maker_fact(r->m, &f);
    if (r->m->status == QM_OK) {
        r->last_trade = &r->m->st->facts.items[r->m->st->facts.length - 1];
    }
}

/* ---- cash ---- */

/* "AAPL(US0378331005) Cash Dividend ...": the symbol in front of the first bracket. */
static const char *symbol_of(ibkr *r, qm_cell text) {
    size_t n = 0;
    while (n < text.length && text.text[n] != '(') {
        n++;
    }
    bool named = n > 0 && n < text.length && n <= 24;
    for (size_t i = 0; i < n && named; i++) {
        char c = text.text[i];
        named =
            (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == ' ' || c == '-';
    }
    return named ? qm_maker_text(r->m, (qm_cell){text.text, n}) : "";
}

static void take_isin(ibkr *r, qm_fact *f) {
    const char *open = strchr(f->text, '('), *close = open ? strchr(open, ')') : NULL;
    if (*f->symbol && close && close - open == 13) {
        f->isin = qm_maker_text(r->m, (qm_cell){open + 1, 12});
    }
}

/* "Total" sums the rows of one currency; "Total in USD" and the like repeat it converted. */
static void cash_total(ibkr *r) {
    qm_statement_total t = {.kind = QM_TOTAL_SECTION,
                            .account = r->account,
                            .label = r->section->name,
                            .currency = r->running_currency,
                            .first_row = r->running_row};
    bool has;
    bool plain = qm_cell_is(ibkr_get(r, IBKR_CURRENCY), "Total") ||
                 qm_cell_is(ibkr_get(r, IBKR_SUBTITLE), "Total");
    if (plain && r->running_row > 0 && ibkr_number(r, IBKR_AMOUNT, &t.value, &has) && has &&
        qm_total_to_decimal(r->running, &t.basis) == QM_OK) {
        t.has_basis = true;
        qm_maker_total(r->m, &t);
    }
    r->running = (qm_total){0};
    r->running_row = 0;
}

void ibkr_cash_row(ibkr *r) {
    qm_fact f;
    bool has;
    if (is_total(r)) {
        cash_total(r);
        return;
    }
    if (!begin(r, &f) || !ibkr_number(r, IBKR_AMOUNT, &f.amount, &has)) {
        return;
    }
    if (!has || !*f.currency) {
        qm_maker_reject(r->m, ibkr_get(r, IBKR_AMOUNT), "an amount and its currency are missing");
        return;
    }
    if (f.kind == QM_FACT_DIVIDEND && qm_cell_has(qm_cell_of(f.text), "payment in lieu")) {
        f.kind = QM_FACT_IN_LIEU;
    }
    if (!*f.symbol) {
        f.symbol = symbol_of(r, qm_cell_of(f.text));
    }
    take_isin(r, &f);
    if (qm_total_add(&r->running, f.amount) != QM_OK) {
        r->m->status = QM_EOVERFLOW;
    }
    r->running_currency = f.currency;
    r->running_row = r->running_row ? r->running_row : r->m->row;
    qm_maker_fact(r->m, &f);
}

/* ---- actions, transfers, grants ---- */

void ibkr_corporate_row(ibkr *r) {
    qm_fact f;
    if (is_total(r)) {
        return;
    }
    if (!begin(r, &f) || !ibkr_number(r, IBKR_QUANTITY, &f.quantity, NULL) ||
        !ibkr_number(r, IBKR_PROCEEDS, &f.amount, NULL) ||
        !ibkr_number(r, IBKR_VALUE, &f.value, NULL) ||
        !ibkr_number(r, IBKR_REALIZED, &f.realized, &f.has_realized)) {
        return;
    }
    f.cancels = qm_codes_have(qm_cell_of(f.codes), "Ca");
    f.group = "";
    qm_corporate_read(r->m, &f);
    qm_maker_fact(r->m, &f);
}

void ibkr_transfer_row(ibkr *r) {
    qm_fact f;
    if (is_total(r)) {
        return;
    }
    if (!begin(r, &f) || !ibkr_number(r, IBKR_QUANTITY, &f.quantity, NULL) ||
        !ibkr_number(r, IBKR_VALUE, &f.value, NULL) ||
        !ibkr_number(r, IBKR_CASH, &f.amount, NULL)) {
        return;
    }
    bool out = qm_cell_is(ibkr_get(r, IBKR_DIRECTION), "Out");
    f.cancels = qm_codes_have(qm_cell_of(f.codes), "Ca");
    /* The direction says the sign, whatever sign the number has; a cancelled one goes back. */
    f.quantity.raw = f.quantity.raw < 0 ? -f.quantity.raw : f.quantity.raw;
    f.quantity.raw = out != f.cancels ? -f.quantity.raw : f.quantity.raw;
    f.text = ibkr_text(r, IBKR_TYPE);
    qm_maker_fact(r->m, &f);
}

void ibkr_grant_row(ibkr *r) {
    qm_fact f;
    if (is_total(r)) {
        return;
    }
    if (!begin(r, &f) || !ibkr_number(r, IBKR_QUANTITY, &f.quantity, NULL) ||
        !ibkr_number(r, IBKR_PRICE, &f.price, NULL) ||
        !ibkr_number(r, IBKR_VALUE, &f.value, NULL)) {
        return;
    }
    f.asset = QM_ASSET_STOCK;
    qm_maker_fact(r->m, &f);
}
