/* SPDX-License-Identifier: MIT
 *
 * Rows of a Flex query: fields by name, totals, and which level of detail counts.
 */
#include "import/flex_internal.h"

#include <stdio.h>
#include <string.h>

#define X(constant, names) names,
static const char *const FIELDS[] = {FLEX_FIELD_MAP(X)};
#undef X

enum { NAME_LENGTH = 48 };

bool flex_begin(flex *x, maker *m) {
    *x = (flex){.m = m, .account = ""};
    qm_map_init(&x->names);
    for (uint64_t f = 0; f < FLEX_FIELD_COUNT; f++) {
        const char *at = FIELDS[f];
        while (*at) {
            char name[NAME_LENGTH];
            size_t n = strcspn(at, "|");
            memcpy(name, at, n);
            name[n] = 0;
            if (qm_map_put(&x->names, name, f + 1) != QM_OK) {
                m->status = QM_ENOMEM;
                return false;
            }
            at += n + (at[n] == '|');
        }
    }
    return true;
}

void flex_fini(flex *x) {
    qm_map_fini(&x->names);
    qm_vec_fini(&x->levels);
    qm_vec_fini(&x->total_levels);
}

flex_field flex_field_of(const flex *x, qm_cell name) {
    char text[NAME_LENGTH];
    size_t n = 0;
    uint64_t field;
    for (size_t i = 0; i < name.length; i++) {
        char c = name.text[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c + 'a' - 'A');
        }
        if (c < 'a' || c > 'z') {
            continue;
        }
        if (n + 1 >= sizeof text) {
            return FLEX_FIELD_COUNT;
        }
        text[n++] = c;
    }
    text[n] = 0;
    return qm_map_get(&x->names, text, &field) ? (flex_field)(field - 1) : FLEX_FIELD_COUNT;
}

void flex_clear(flex *x) {
    memset(x->cell, 0, sizeof x->cell);
    memset(x->has, 0, sizeof x->has);
    for (int i = 0; i < FLEX_FIELD_COUNT; i++) {
        x->cell[i].text = "";
    }
}

void flex_set(flex *x, flex_field field, qm_cell value) {
    if (!x->has[field] || !qm_cell_says(x->cell[field])) { /* of two names the one that speaks */
        x->cell[field] = value;
        x->has[field] = true;
    }
}

/* ---- totals ---- */

static void add_total(flex *x, const qm_statement_total *t, flex_level level) {
    qm_maker_total(x->m, t);
    if (qm_vec_push(&x->total_levels, &level) != QM_OK) {
        x->m->status = QM_ENOMEM;
    }
}

static const char *text_of(flex *x, flex_field field) {
    return qm_maker_text(x->m, x->cell[field]);
}

static const char *account_of(flex *x) {
    const char *name = qm_cell_says(x->cell[FLEX_ACCOUNT]) ? text_of(x, FLEX_ACCOUNT) : x->account;
    qm_maker_account(x->m, name);
    return name;
}

static qm_asset asset_of(qm_cell cell) {
    static const struct {
        const char *name;
        qm_asset asset;
    } ASSETS[] = {{"STK", QM_ASSET_STOCK},           {"OPT", QM_ASSET_OPTION},
                  {"FUT", QM_ASSET_FUTURE},          {"FOP", QM_ASSET_FUTURE_OPTION},
                  {"FSFOP", QM_ASSET_FUTURE_OPTION}, {"CASH", QM_ASSET_CASH},
                  {"BOND", QM_ASSET_BOND},           {"BILL", QM_ASSET_BOND},
                  {"FUND", QM_ASSET_FUND},           {"WAR", QM_ASSET_WARRANT},
                  {"IOPT", QM_ASSET_WARRANT},        {"CFD", QM_ASSET_CFD},
                  {"CRYPTO", QM_ASSET_CRYPTO}};
    for (size_t i = 0; i < sizeof ASSETS / sizeof *ASSETS; i++) {
        if (qm_cell_is(cell, ASSETS[i].name)) {
            return ASSETS[i].asset;
        }
    }
    return qm_cell_says(cell) ? QM_ASSET_OTHER : QM_ASSET_NONE;
}

void flex_about(flex *x, qm_fact *f) {
    *f = qm_fact_blank();
    f->account = account_of(x);
    f->asset = asset_of(x->cell[FLEX_ASSET]);
    f->symbol = text_of(x, FLEX_SYMBOL);
    f->conid = text_of(x, FLEX_CONID);
    f->isin = text_of(x, FLEX_ISIN);
    f->currency = text_of(x, FLEX_CURRENCY);
    f->codes = text_of(x, FLEX_CODES);
    f->ref = qm_maker_copy(x->m, qm_cell_trim(x->cell[FLEX_TRANSACTION_ID]));
    f->text = qm_maker_copy(x->m, qm_cell_trim(x->cell[FLEX_TEXT]));
}

static void position(flex *x) {
    qm_fact f;
    flex_about(x, &f);
    qm_statement_total t = {.kind = QM_TOTAL_POSITION,
                            .account = f.account,
                            .symbol = f.symbol,
                            .conid = f.conid,
                            .currency = f.currency,
                            .asset = f.asset};
    bool lot = qm_cell_is(x->cell[FLEX_LEVEL], "LOT");
    flex_field units = x->has[FLEX_POSITION] ? FLEX_POSITION : FLEX_QUANTITY;
    if (f.asset == QM_ASSET_CASH || !qm_maker_number(x->m, x->cell[units], &t.value, NULL) ||
        !qm_maker_number(x->m, x->cell[FLEX_POSITION_COST], &t.basis, &t.has_basis)) {
        return;
    }
    qm_statement_account *a = qm_maker_account(x->m, f.account);
    if (a) {
        a->has_positions = true;
    }
    add_total(x, &t, lot ? FLEX_BRIEF : FLEX_FULL);
}

static void cash_report(flex *x) {
    static const struct {
        flex_field field;
        qm_total_kind kind;
        const char *label;
    } PARTS[] = {{FLEX_START, QM_TOTAL_CASH_START, NULL},
                 {FLEX_END, QM_TOTAL_CASH_END, NULL},
                 {FLEX_SALES, QM_TOTAL_CASH_ITEM, "trade"},
                 {FLEX_PURCHASES, QM_TOTAL_CASH_ITEM, "trade"},
                 {FLEX_FEES_PAID, QM_TOTAL_CASH_ITEM, "commissions"},
                 {FLEX_DEPOSITS, QM_TOTAL_CASH_ITEM, "deposit"},
                 {FLEX_DIVIDENDS, QM_TOTAL_CASH_ITEM, "dividend"},
                 {FLEX_IN_LIEU, QM_TOTAL_CASH_ITEM, "payment_in_lieu"},
                 {FLEX_WITHHELD, QM_TOTAL_CASH_ITEM, "withholding"},
                 {FLEX_INTEREST, QM_TOTAL_CASH_ITEM, "interest"},
                 {FLEX_OTHER_FEES, QM_TOTAL_CASH_ITEM, "fee"},
                 {FLEX_ADVISOR_FEES, QM_TOTAL_CASH_ITEM, "fee"}};
    const char *currency = text_of(x, FLEX_CURRENCY);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        qm_statement_total t = {.kind = PARTS[i].kind,
                                .account = account_of(x),
                                .currency = currency,
                                .label = PARTS[i].label};
        bool has;
        if (qm_maker_number(x->m, x->cell[PARTS[i].field], &t.value, &has) && has) {
            add_total(x, &t, FLEX_FULL);
        }
    }
}

static void account_row(flex *x) {
    qm_statement_account *a = qm_maker_account(x->m, account_of(x));
    if (a) {
        a->base_currency = text_of(x, FLEX_CURRENCY);
        a->type = text_of(x, FLEX_CUSTOMER);
    }
}

void flex_row(flex *x, flex_table table, qm_cell name) {
    switch (table) {
    case FLEX_TRADES:
    case FLEX_ORDERS:
        flex_trade(x, table == FLEX_ORDERS);
        break;
    case FLEX_LOTS:
        flex_lot(x);
        break;
    case FLEX_CASH_ROWS:
        flex_cash(x);
        break;
    case FLEX_ACTIONS:
        flex_action(x);
        break;
    case FLEX_TRANSFERS:
        flex_transfer(x);
        break;
    case FLEX_GRANTS:
        flex_grant(x);
        break;
    case FLEX_POSITIONS:
        position(x);
        break;
    case FLEX_CASH_REPORT:
        cash_report(x);
        break;
    case FLEX_ACCOUNT_ROW:
        account_row(x);
        break;
    case FLEX_INFORMATION:
        break;
    case FLEX_UNKNOWN:
        qm_maker_unknown(x->m, name);
        break;
    }
}

/* ---- levels of detail ---- */

/* Kinds that come from one section, so that their levels are of the same money. */
static int section_of(qm_fact_kind kind) {
    return kind == QM_FACT_CORPORATE_ACTION                    ? 1
           : kind <= QM_FACT_EXPIRY                            ? 2
           : kind == QM_FACT_TRANSFER || kind == QM_FACT_GRANT ? 3
                                                               : 4;
}

static void section_key(const qm_fact *f, char *out, size_t size) {
    snprintf(out, size, "%d %s", section_of(f->kind), f->account);
}

static void keep_facts(flex *x) {
    qm_statement *st = x->m->st;
    qm_map full;
    size_t kept = 0;
    char key[256];
    uint64_t value;
    bool brief = false;
    for (size_t i = 0; i < st->facts.length; i++) {
        brief = brief || x->levels.items[i] == FLEX_BRIEF;
    }
    if (!brief) {
        return;
    }
    qm_map_init(&full);
    for (size_t i = 0; i < st->facts.length; i++) {
        section_key(&st->facts.items[i], key, sizeof key);
        if (x->levels.items[i] == FLEX_FULL && qm_map_put(&full, key, 1) != QM_OK) {
            x->m->status = QM_ENOMEM;
        }
    }
    for (size_t i = 0; i < st->facts.length; i++) {
        section_key(&st->facts.items[i], key, sizeof key);
        if (x->levels.items[i] == FLEX_FULL || !qm_map_get(&full, key, &value)) {
            st->by_order = st->by_order || (x->levels.items[i] == FLEX_BRIEF &&
                                            st->facts.items[i].kind == QM_FACT_TRADE);
            st->facts.items[kept++] = st->facts.items[i];
        }
    }
    st->facts.length = kept;
    qm_map_fini(&full);
}

static void merge_position(flex *x, size_t into, size_t i) {
    qm_statement_total *a = &x->m->st->totals.items[into], *b = &x->m->st->totals.items[i];
    if (x->total_levels.items[i] == FLEX_FULL) {
        *a = *b;
        x->total_levels.items[into] = FLEX_FULL;
    } else if (x->total_levels.items[into] == FLEX_BRIEF &&
               (qm_decimal_add(a->value, b->value, &a->value) != QM_OK ||
                qm_decimal_add(a->basis, b->basis, &a->basis) != QM_OK)) {
        x->m->status = QM_EOVERFLOW;
    }
}

/* Lots of a position are its sum where no sum is told, else they are left out. */
static void keep_totals(flex *x) {
    qm_statement *st = x->m->st;
    qm_map known;
    size_t kept = 0;
    char key[512];
    qm_map_init(&known);
    for (size_t i = 0; i < st->totals.length; i++) {
        const qm_statement_total *t = &st->totals.items[i];
        uint64_t at;
        snprintf(key, sizeof key, "%s|%s|%s|%s", t->account, t->conid, t->symbol, t->currency);
        if (t->kind == QM_TOTAL_POSITION && qm_map_get(&known, key, &at)) {
            merge_position(x, (size_t)at, i);
            continue;
        }
        if (t->kind == QM_TOTAL_POSITION && qm_map_put(&known, key, kept) != QM_OK) {
            x->m->status = QM_ENOMEM;
        }
        x->total_levels.items[kept] = x->total_levels.items[i];
        st->totals.items[kept++] = *t;
    }
    st->totals.length = kept;
    qm_map_fini(&known);
}

void flex_end(flex *x) {
    if (x->m->status == QM_OK) {
        keep_facts(x);
        keep_totals(x);
    }
    if (x->m->st->accounts.length == 0) {
        qm_maker_account(x->m, x->account);
    }
}
