/* SPDX-License-Identifier: MIT
 *
 * IBKR's activity statement: lines of a section, a kind of row, and cells whose meaning the latest
 * header of the section says. One section may have several headers; cells are never taken by their
 * place alone.
 */
#include "import/ibkr_internal.h"

#include <stdio.h>
#include <string.h>

#define X(constant, names) names,
static const char *const COLUMNS[] = {IBKR_COLUMN_MAP(X)};
#undef X

static const ibkr_section SECTIONS[] = {
    {"Statement", ibkr_statement_row, 0},
    {"Account Information", ibkr_account_row, 0},
    {"Trades", ibkr_trade_row, QM_FACT_TRADE},
    {"Corporate Actions", ibkr_corporate_row, QM_FACT_CORPORATE_ACTION},
    {"Transfers", ibkr_transfer_row, QM_FACT_TRANSFER},
    {"Grant Activity", ibkr_grant_row, QM_FACT_GRANT},
    {"Dividends", ibkr_cash_row, QM_FACT_DIVIDEND},
    {"Payment In Lieu Of Dividends", ibkr_cash_row, QM_FACT_IN_LIEU},
    {"Withholding Tax", ibkr_cash_row, QM_FACT_WITHHOLDING},
    {"871(m) Withholding", ibkr_cash_row, QM_FACT_WITHHOLDING},
    {"Interest", ibkr_cash_row, QM_FACT_INTEREST},
    {"Bond Interest Received", ibkr_cash_row, QM_FACT_INTEREST},
    {"Bond Interest Paid", ibkr_cash_row, QM_FACT_INTEREST},
    {"Fees", ibkr_cash_row, QM_FACT_FEE},
    {"Other Fees", ibkr_cash_row, QM_FACT_FEE},
    {"Advisor Fees", ibkr_cash_row, QM_FACT_FEE},
    {"Transaction Fees", ibkr_cash_row, QM_FACT_FEE},
    {"Commission Adjustments", ibkr_cash_row, QM_FACT_FEE},
    {"Commission Credits", ibkr_cash_row, QM_FACT_FEE},
    {"Deposits & Withdrawals", ibkr_cash_row, QM_FACT_DEPOSIT},
    {"Cash Report", ibkr_report_row, 0},
    {"Open Positions", ibkr_position_row, 0},
    {"Mark-to-Market Performance Summary", ibkr_prior_row, 0},
    {"Realized & Unrealized Performance Summary", ibkr_realized_row, 0},
    {"Financial Instrument Information", ibkr_instrument_row, 0},
    /* For information: what they say is in the rows or totals above. */
    {"Net Asset Value", NULL, 0},
    {"Change in NAV", NULL, 0},
    {"Month & Year to Date Performance Summary", NULL, 0},
    {"Net Stock Position Summary", NULL, 0},
    {"Forex Balances", NULL, 0},
    {"Interest Accruals", NULL, 0},
    {"Change in Interest Accruals", NULL, 0},
    {"Open Dividend Accruals", NULL, 0},
    {"Change in Dividend Accruals", NULL, 0},
    {"Borrow Fee Details", NULL, 0},
    {"Stock Yield Enhancement Program Securities Lent", NULL, 0},
    {"Stock Yield Enhancement Program Securities Collateral Held at IBKRSS", NULL, 0},
    {"Stock Yield Enhancement Program Securities Lent Activity", NULL, 0},
    {"Stock Yield Enhancement Program Securities Lent Interest Details", NULL, 0},
    {"Codes", NULL, 0},
    {"Notes/Legal Notes", NULL, 0},
    {"Notes", NULL, 0},
};

qm_cell ibkr_get(const ibkr *r, ibkr_column column) {
    int at = r->column[column];
    return at >= 0 && (size_t)at < r->count ? r->cells[at] : (qm_cell){"", 0};
}

const char *ibkr_text(const ibkr *r, ibkr_column column) {
    return qm_maker_text(r->m, ibkr_get(r, column));
}

bool ibkr_number(ibkr *r, ibkr_column column, qm_decimal *out, bool *has) {
    return qm_maker_number(r->m, ibkr_get(r, column), out, has);
}

const char *ibkr_account(const ibkr *r) {
    qm_cell cell = ibkr_get(r, IBKR_ACCOUNT);
    const char *name = qm_cell_says(cell) ? qm_maker_text(r->m, cell) : r->account;
    qm_maker_account(r->m, name);
    return name;
}

qm_asset ibkr_asset(qm_cell cell) {
    static const struct {
        const char *name;
        qm_asset asset;
    } ASSETS[] = {
        {"Stocks", QM_ASSET_STOCK},
        {"Equity and Index Options", QM_ASSET_OPTION},
        {"Futures Options", QM_ASSET_FUTURE_OPTION},
        {"Options On Futures", QM_ASSET_FUTURE_OPTION},
        {"Futures", QM_ASSET_FUTURE},
        {"Forex", QM_ASSET_CASH},
        {"Bonds", QM_ASSET_BOND},
        {"Treasury Bills", QM_ASSET_BOND},
        {"Funds", QM_ASSET_FUND},
        {"Mutual Funds", QM_ASSET_FUND},
        {"Warrants", QM_ASSET_WARRANT},
        {"Structured Products", QM_ASSET_WARRANT},
        {"CFDs", QM_ASSET_CFD},
        {"Crypto", QM_ASSET_CRYPTO},
    };
    cell = qm_cell_trim(cell);
    if (cell.length == 0 || qm_cell_starts(cell, "Total")) {
        return QM_ASSET_NONE;
    }
    for (size_t i = 0; i < sizeof ASSETS / sizeof *ASSETS; i++) {
        if (qm_cell_starts(cell, ASSETS[i].name)) {
            return ASSETS[i].asset;
        }
    }
    return QM_ASSET_OTHER;
}

static void multiplier_key(qm_asset asset, const char *symbol, char *out, size_t size) {
    option_name o;
    if (qm_option_read(qm_cell_of(symbol), &o)) {
        snprintf(out, size, "%d %.*s %d %c %lld", asset, (int)(o.root.length & 0xff), o.root.text,
                 o.expiry, o.right, (long long)o.strike.raw);
    } else {
        snprintf(out, size, "%d %s", asset, symbol);
    }
}

void ibkr_multiplier(ibkr *r, qm_asset asset, const char *symbol, qm_decimal value) {
    char key[256];
    multiplier_key(asset, symbol, key, sizeof key);
    if (value.raw > 0 && qm_map_put(&r->multipliers, key, (uint64_t)value.raw) != QM_OK) {
        r->m->status = QM_ENOMEM;
    }
}

bool ibkr_multiplier_of(const ibkr *r, const qm_fact *fact, qm_decimal *out) {
    char key[256];
    uint64_t raw;
    multiplier_key(fact->asset, fact->symbol, key, sizeof key);
    bool known = qm_map_get(&r->multipliers, key, &raw);
    out->raw = known ? (int64_t)raw : 0;
    return known;
}

/* ---- lines ---- */

/* The cell of a column: the first of its names that the header has. A name that ends in a blank is
 * the beginning of one. */
static int find_column(const ibkr *r, const char *names) {
    while (*names) {
        size_t n = strcspn(names, "|");
        bool begins = names[n - 1] == ' ';
        for (size_t i = 2; i < r->count; i++) {
            qm_cell cell = qm_cell_trim(r->cells[i]);
            if ((cell.length == n || (begins && cell.length > n)) &&
                memcmp(cell.text, names, n) == 0) {
                return (int)i;
            }
        }
        names += n + (names[n] == '|');
    }
    return -1;
}

static void read_header(ibkr *r) {
    for (int c = 0; c < IBKR_COLUMN_COUNT; c++) {
        r->column[c] = find_column(r, COLUMNS[c]);
    }
    r->has_header = true;
    r->fee_currency = "";
    if (r->column[IBKR_FEE] >= 0) {
        qm_cell name = qm_cell_trim(r->cells[r->column[IBKR_FEE]]);
        if (qm_cell_starts(name, "Comm in ")) {
            r->fee_currency = qm_maker_text(r->m, (qm_cell){name.text + 8, name.length - 8});
        }
    }
}

static void enter_section(ibkr *r, qm_cell name) {
    size_t n = name.length < sizeof r->section_name ? name.length : sizeof r->section_name - 1;
    memcpy(r->section_name, name.text, n);
    r->section_name[n] = 0;
    r->section = NULL;
    r->has_header = false;
    r->last_trade = NULL;
    r->running = (qm_total){0};
    r->running_row = 0;
    memset(r->sums, 0, sizeof r->sums);
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++) {
        if (qm_cell_is(name, SECTIONS[i].name)) {
            r->section = &SECTIONS[i];
        }
    }
}

static void read_line(ibkr *r) {
    qm_cell name = r->cells[0], kind = r->count > 1 ? r->cells[1] : (qm_cell){"", 0};
    if (!qm_cell_is(name, r->section_name)) {
        enter_section(r, qm_cell_trim(name));
    }
    if (qm_cell_is(kind, "Header") || qm_cell_is(kind, "Headers")) {
        read_header(r);
        return;
    }
    if (qm_cell_is(kind, "SubTotal") && r->section && r->section->row == ibkr_trade_row) {
        ibkr_trade_total(r);
    }
    if (!qm_cell_is(kind, "Data")) {
        return; /* Total, Notes, and free text */
    }
    r->knows = r->knows || r->section;
    if (!r->section) {
        qm_maker_unknown(r->m, name);
    } else if (r->section->row && !r->has_header) {
        qm_maker_reject(r->m, name, "a row before the header of its section");
    } else if (r->section->row) {
        r->section->row(r);
    }
}

/* ---- the end ---- */

/* Orders and executions are the same money: where executions are told, orders are not kept. */
static void drop_orders(ibkr *r) {
    qm_statement *st = r->m->st;
    qm_map told;
    size_t kept = 0;
    char key[256];
    qm_map_init(&told);
    for (int pass = 0; pass < 2 && r->has_trades; pass++) {
        for (size_t i = 0; i < st->facts.length; i++) {
            qm_fact *f = &st->facts.items[i];
            bool order = strcmp(f->group, "Order") == 0, trade = strcmp(f->group, "Trade") == 0;
            uint64_t value;
            snprintf(key, sizeof key, "%d %s %s %s", f->asset, f->account, f->currency, f->symbol);
            if (pass == 0 && trade && qm_map_put(&told, key, 1) != QM_OK) {
                r->m->status = QM_ENOMEM;
            }
            if (pass == 1 && !(order && qm_map_get(&told, key, &value))) {
                st->facts.items[kept++] = *f;
            }
        }
    }
    st->facts.length = r->has_trades ? kept : st->facts.length;
    for (size_t i = 0; i < st->facts.length; i++) { /* it was only for this */
        qm_fact *f = &st->facts.items[i];
        st->by_order = st->by_order || strcmp(f->group, "Order") == 0;
        f->group = f->kind == QM_FACT_CORPORATE_ACTION ? f->group : "";
    }
    qm_map_fini(&told);
}

/* What the file says of it, else what quantity, price and proceeds make it, when that is whole. */
static void find_multipliers(ibkr *r) {
    qm_statement *st = r->m->st;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < st->facts.length; i++) {
            qm_fact *f = &st->facts.items[i];
            qm_decimal unit, found;
            bool needs = f->asset == QM_ASSET_OPTION || f->asset == QM_ASSET_FUTURE ||
                         f->asset == QM_ASSET_FUTURE_OPTION;
            if (!needs || ibkr_multiplier_of(r, f, &f->multiplier) || pass > 0) {
                continue;
            }
            if (qm_decimal_mul(f->quantity, f->price, QM_ROUND_HALF_EVEN, &unit) == QM_OK &&
                unit.raw != 0 && f->amount.raw % unit.raw == 0 &&
                qm_decimal_from_int(-f->amount.raw / unit.raw, &found) == QM_OK) {
                ibkr_multiplier(r, f->asset, f->symbol, found);
            }
        }
    }
}

qm_status qm_read_ibkr_csv(maker *m, qm_csv *csv, qm_error *err) {
    ibkr r = {.m = m, .account = "", .fee_currency = "", .running_currency = ""};
    qm_status status;
    qm_map_init(&r.multipliers);
    while ((status = qm_csv_next(csv, &r.cells, &r.count, err)) == QM_OK && r.cells &&
           m->status == QM_OK) {
        m->row = qm_csv_row(csv);
        read_line(&r);
    }
    if (status == QM_OK && !r.knows && m->st->unknown.length) {
        status = qm_error_at(err, QM_EDATA, m->file, m->st->unknown.items[0].row, 0,
                             "no section is known, \"%s\" is the first: only statements in English "
                             "are read",
                             m->st->unknown.items[0].name);
    }
    if (status == QM_OK && m->status == QM_OK) {
        drop_orders(&r);
        find_multipliers(&r);
    }
    if (m->st->accounts.length == 0) {
        qm_maker_account(m, r.account);
    }
    qm_map_fini(&r.multipliers);
    return status;
}
