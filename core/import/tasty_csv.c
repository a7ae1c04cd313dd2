/* SPDX-License-Identifier: MIT
 *
 * tastytrade's list of transactions. Five layouts have been seen; cells are found by the header's
 * names, which may come again in the middle where files were joined. Rows may be shorter than the
 * header. The newest row is first.
 *
 * Times carry the offset of the user's browser and are turned into New York's; the oldest layout
 * has none, and its clock is taken as it stands.
 */
#include "import/statement_internal.h"

#include "base/tz.h"

#include <stdio.h>
#include <string.h>

/* X(constant, names) */
#define TASTY_COLUMN_MAP(X)                                                                        \
    X(WHEN, "Date|Date/Time")                                                                      \
    X(TYPE, "Type|Transaction Code")                                                               \
    X(SUBTYPE, "Sub Type|Transaction Subcode")                                                     \
    X(ACTION, "Action")                                                                            \
    X(SIDE, "Buy/Sell")                                                                            \
    X(EFFECT, "Open/Close")                                                                        \
    X(SYMBOL, "Symbol")                                                                            \
    X(CLASS, "Instrument Type")                                                                    \
    X(TEXT, "Description")                                                                         \
    X(AMOUNT, "Value|Amount")                                                                      \
    X(QUANTITY, "Quantity")                                                                        \
    X(PRICE, "Average Price|Price")                                                                \
    X(COMMISSION, "Commissions")                                                                   \
    X(FEES, "Fees")                                                                                \
    X(MULTIPLIER, "Multiplier")                                                                    \
    X(ROOT, "Root Symbol")                                                                         \
    X(UNDERLYING, "Underlying Symbol")                                                             \
    X(EXPIRY, "Expiration Date")                                                                   \
    X(STRIKE, "Strike Price|Strike")                                                               \
    X(RIGHT, "Call or Put|Call/Put")                                                               \
    X(ORDER, "Order #")                                                                            \
    X(TOTAL, "Total")                                                                              \
    X(CURRENCY, "Currency")                                                                        \
    X(ACCOUNT, "Account Reference")

#define X(constant, names) TASTY_##constant,
typedef enum tasty_column { TASTY_COLUMN_MAP(X) TASTY_COLUMN_COUNT } tasty_column;
#undef X
#define X(constant, names) names,
static const char *const COLUMNS[] = {TASTY_COLUMN_MAP(X)};
#undef X

typedef struct tasty {
    maker *m;
    const qm_cell *cells;
    size_t count;
    int column[TASTY_COLUMN_COUNT];
    bool has_header;
} tasty;

static qm_cell get(const tasty *t, tasty_column column) {
    int at = t->column[column];
    return at >= 0 && (size_t)at < t->count ? t->cells[at] : (qm_cell){"", 0};
}

static const char *text_of(const tasty *t, tasty_column column) {
    qm_cell cell = get(t, column);
    return qm_cell_says(cell) ? qm_maker_text(t->m, cell) : "";
}

static bool number(const tasty *t, tasty_column column, qm_decimal *out) {
    return qm_maker_number(t->m, get(t, column), out, NULL);
}

static bool is_header(const tasty *t) {
    return t->count > 3 &&
           (qm_cell_is(t->cells[0], "Date") || qm_cell_is(t->cells[0], "Date/Time"));
}

static int find_column(const tasty *t, const char *names) {
    while (*names) {
        size_t n = strcspn(names, "|");
        for (size_t i = 0; i < t->count; i++) {
            qm_cell cell = qm_cell_trim(t->cells[i]);
            if (cell.length == n && memcmp(cell.text, names, n) == 0) {
                return (int)i;
            }
        }
        names += n + (names[n] == '|');
    }
    return -1;
}

/* ---- parts of a row ---- */

static bool take_when(const tasty *t, qm_fact *f) {
    cell_time when;
    qm_cell cell = get(t, TASTY_WHEN);
    if (!qm_cell_when(cell, &when) || when.ns < 0) {
        qm_maker_reject(t->m, cell, "no date and time");
        return false;
    }
    f->date = when.date;
    f->ns = when.ns;
    if (when.has_zone) {
        qm_time utc = qm_time_from_date(when.date) + when.ns - when.offset_ns;
        qm_local local = qm_tz_to_local(qm_tz_new_york(), utc);
        f->date = local.date;
        f->ns = local.ns;
    }
    return true;
}

/* Value + commissions + fees is what moved. The first layout prints costs above zero. */
static bool take_money(const tasty *t, qm_fact *f) {
    qm_decimal commission, fees;
    if (!number(t, TASTY_AMOUNT, &f->amount) || !number(t, TASTY_COMMISSION, &commission) ||
        !number(t, TASTY_FEES, &fees)) {
        return false;
    }
    if (t->column[TASTY_SIDE] >= 0) {
        qm_decimal_neg(fees, &fees);
    }
    if (qm_decimal_add(commission, fees, &f->fee) != QM_OK) {
        qm_maker_reject(t->m, get(t, TASTY_FEES), "a number too large to be exact");
        return false;
    }
    return true;
}

/* The newest layout prints the sum too. */
static void check_total(const tasty *t, const qm_fact *f) {
    qm_statement_total s = {.kind = QM_TOTAL_ROW,
                            .account = f->account,
                            .symbol = f->symbol,
                            .currency = f->currency,
                            .label = "Total",
                            .has_basis = true};
    bool has;
    if (qm_maker_number(t->m, get(t, TASTY_TOTAL), &s.value, &has) && has &&
        qm_decimal_add(f->amount, f->fee, &s.basis) == QM_OK && s.value.raw != s.basis.raw) {
        qm_maker_total(t->m, &s);
    }
}

static qm_asset class_of(const tasty *t) {
    static const struct {
        const char *name;
        qm_asset asset;
    } CLASSES[] = {{"Equity", QM_ASSET_STOCK},
                   {"Equity Option", QM_ASSET_OPTION},
                   {"Future", QM_ASSET_FUTURE},
                   {"Future Option", QM_ASSET_FUTURE_OPTION},
                   {"Cryptocurrency", QM_ASSET_CRYPTO},
                   {"Bond", QM_ASSET_BOND},
                   {"Fixed Income Security", QM_ASSET_BOND},
                   {"Warrant", QM_ASSET_WARRANT}};
    qm_cell cell = get(t, TASTY_CLASS), symbol = qm_cell_trim(get(t, TASTY_SYMBOL));
    for (size_t i = 0; i < sizeof CLASSES / sizeof *CLASSES; i++) {
        if (qm_cell_is(cell, CLASSES[i].name)) {
            return CLASSES[i].asset;
        }
    }
    if (symbol.length == 0) {
        return QM_ASSET_NONE;
    }
    /* The first layout has no class. */
    bool option = qm_cell_says(get(t, TASTY_STRIKE)),
         future = symbol.text[0] == '/' || symbol.text[0] == '.';
    return option   ? (future ? QM_ASSET_FUTURE_OPTION : QM_ASSET_OPTION)
           : future ? QM_ASSET_FUTURE
           : memchr(symbol.text, '/', symbol.length) ? QM_ASSET_CRYPTO
           : qm_cell_says(cell)                      ? QM_ASSET_OTHER
                                                     : QM_ASSET_STOCK;
}

/* The first layout names only the underlying: its symbol is made as the others write it. */
static void name_option(const tasty *t, qm_fact *f) {
    char text[32];
    if (f->asset == QM_ASSET_OPTION && f->expiry != QM_DATE_NONE && f->right && f->strike.raw > 0 &&
        t->column[TASTY_SIDE] >= 0 && strlen(f->symbol) <= 6) {
        qm_ymd d = qm_date_to_ymd(f->expiry);
        snprintf(text, sizeof text, "%-6s%02d%02d%02d%c%08lld", f->symbol, d.year % 100, d.month,
                 d.day, f->right, (long long)(f->strike.raw / (QM_DECIMAL_SCALE / 1000)));
        f->underlying = f->symbol;
        f->symbol = qm_maker_text(t->m, qm_cell_of(text));
    }
}

static bool take_instrument(const tasty *t, qm_fact *f) {
    cell_time expiry;
    qm_cell when = get(t, TASTY_EXPIRY), right = qm_cell_trim(get(t, TASTY_RIGHT));
    f->symbol = text_of(t, TASTY_SYMBOL);
    f->asset = class_of(t);
    f->underlying = text_of(t, TASTY_UNDERLYING);
    if (qm_cell_says(when)) {
        if (!qm_cell_when(when, &expiry)) {
            qm_maker_reject(t->m, when, "no date");
            return false;
        }
        f->expiry = expiry.date;
    }
    f->right = right.length > 0 && (*right.text == 'C' || *right.text == 'P') ? *right.text : 0;
    if (!number(t, TASTY_STRIKE, &f->strike) || !number(t, TASTY_MULTIPLIER, &f->multiplier)) {
        return false;
    }
    if (f->asset == QM_ASSET_OPTION) {
        name_option(t, f);
        qm_fact_option(t->m, f);
        f->multiplier.raw = f->multiplier.raw ? f->multiplier.raw : 100 * QM_DECIMAL_SCALE;
    }
    f->no_cash = false;
    return true;
}

/* Sign and effect of a quantity, which the file prints without a sign. */
static void take_side(const tasty *t, qm_fact *f) {
    qm_cell action = get(t, TASTY_ACTION), side = get(t, TASTY_SIDE), effect = get(t, TASTY_EFFECT);
    bool sells = qm_cell_starts(action, "SELL") || qm_cell_is(side, "Sell");
    f->opens = qm_cell_has(action, "_TO_OPEN") || qm_cell_is(effect, "Open");
    f->closes = qm_cell_has(action, "_TO_CLOSE") || qm_cell_is(effect, "Close");
    qm_decimal_abs(f->quantity, &f->quantity);
    if (sells) {
        f->quantity.raw = -f->quantity.raw;
    }
}

static bool has_side(const tasty *t) {
    return qm_cell_says(get(t, TASTY_ACTION)) || qm_cell_says(get(t, TASTY_SIDE));
}

/* ---- kinds of row ---- */

typedef struct word {
    const char *text;
    qm_fact_kind kind;
} word;

static bool find_word(qm_cell in, const word *words, size_t count, qm_fact_kind *out) {
    for (size_t i = 0; i < count; i++) {
        if (qm_cell_has(in, words[i].text)) {
            *out = words[i].kind;
            return true;
        }
    }
    return false;
}

/* By sub type, or by description where the layout has none. */
static bool money_kind(const tasty *t, qm_fact *f) {
    static const word WORDS[] = {
        {"mark to market", QM_FACT_MARK},
        {"interest", QM_FACT_INTEREST},
        {"in lieu", QM_FACT_IN_LIEU},
        {"balance adjustment", QM_FACT_ADJUSTMENT},
        {"fee adjustment", QM_FACT_ADJUSTMENT},
        {"dividend", QM_FACT_DIVIDEND},
        {"withdrawal", QM_FACT_DEPOSIT},
        {"deposit", QM_FACT_DEPOSIT},
        {"lending income", QM_FACT_INTEREST},
        {"wire", QM_FACT_DEPOSIT},
        {"acat", QM_FACT_TRANSFER},
        {"transfer", QM_FACT_DEPOSIT},
        {"fee", QM_FACT_FEE},
        {"ach ", QM_FACT_DEPOSIT},
    };
    qm_cell sub = get(t, TASTY_SUBTYPE), text = get(t, TASTY_TEXT);
    size_t count = sizeof WORDS / sizeof *WORDS;
    bool found = (qm_cell_says(sub) && find_word(sub, WORDS, count, &f->kind)) ||
                 find_word(text, WORDS, count, &f->kind);
    if (!found && *f->symbol) { /* the company's name: a dividend, or the tax on it */
        f->kind = QM_FACT_DIVIDEND;
        found = true;
    }
    if (f->kind == QM_FACT_DIVIDEND && f->amount.raw < 0) {
        f->kind = f->asset == QM_ASSET_STOCK ? QM_FACT_WITHHOLDING : f->kind;
    }
    return found;
}

/* Receive Deliver: options that end, what they deliver, and corporate actions. */
static bool deliver_kind(const tasty *t, qm_fact *f) {
    static const word ENDS[] = {
        {"assign", QM_FACT_ASSIGNMENT}, {"exercise", QM_FACT_EXERCISE}, {"expir", QM_FACT_EXPIRY}};
    static const struct {
        const char *text;
        qm_corporate_kind action;
    } ACTIONS[] = {{"split", QM_CORPORATE_SPLIT},
                   {"symbol change", QM_CORPORATE_RENAME},
                   {"name change", QM_CORPORATE_RENAME},
                   {"merger", QM_CORPORATE_MERGER}};
    qm_cell sub = get(t, TASTY_SUBTYPE), text = get(t, TASTY_TEXT);
    char group[128];
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        if (qm_cell_has(sub, ACTIONS[i].text) || qm_cell_has(text, ACTIONS[i].text)) {
            f->kind = QM_FACT_CORPORATE_ACTION;
            f->action = ACTIONS[i].action;
            f->no_cash = true; /* both legs are at cost */
            /* Shares and each series of options are closed and opened on their own. */
            snprintf(group, sizeof group, "%d %lld %s %s %d %d", f->date, (long long)f->ns,
                     ACTIONS[i].text, qm_asset_name(f->asset), f->expiry, f->right);
            f->group = qm_maker_text(t->m, qm_cell_of(group));
            return true;
        }
    }
    bool ends = find_word(qm_cell_says(sub) ? sub : text, ENDS, 3, &f->kind) ||
                find_word(text, ENDS, 3, &f->kind);
    if (!has_side(t)) {
        return ends;
    }
    f->delivery = ends || f->asset == QM_ASSET_STOCK; /* by an option, if one ends then */
    f->kind = QM_FACT_TRADE;
    if (qm_cell_has(sub, "acat") || qm_cell_has(text, "acat") || qm_cell_has(text, "transfer") ||
        (f->amount.raw == 0 && f->quantity.raw > 0)) {
        /* Units whose cost is elsewhere: a price here is that of the day, not what was paid. */
        f->kind = QM_FACT_TRANSFER;
        f->value = f->amount;
        f->no_cash = true;
    }
    return true;
}

static bool take_kind(const tasty *t, qm_fact *f) {
    qm_cell type = get(t, TASTY_TYPE);
    f->kind = QM_FACT_TRADE;
    bool known = qm_cell_is(type, "Trade")             ? has_side(t)
                 : qm_cell_is(type, "Receive Deliver") ? deliver_kind(t, f)
                 : qm_cell_is(type, "Money Movement")  ? money_kind(t, f)
                                                       : false;
    if (!known) {
        qm_cell named = qm_cell_says(get(t, TASTY_TEXT)) ? get(t, TASTY_TEXT) : type;
        qm_maker_reject(t->m, named, "a kind of row that is not known");
    }
    if (f->asset == QM_ASSET_FUTURE) {
        f->price = QM_DECIMAL_ZERO; /* the column holds money, not the future's price */
    }
    return known;
}

static void read_row(tasty *t) {
    qm_fact f = qm_fact_blank();
    f.account = text_of(t, TASTY_ACCOUNT);
    f.currency = text_of(t, TASTY_CURRENCY);
    f.currency = *f.currency ? f.currency : "USD";
    f.text = qm_maker_copy(t->m, qm_cell_trim(get(t, TASTY_TEXT)));
    qm_cell order = get(t, TASTY_ORDER);
    f.codes = qm_cell_says(order) ? qm_maker_copy(t->m, qm_cell_trim(order)) : "";
    f.order = f.codes;
    if (!take_when(t, &f) || !take_money(t, &f) || !take_instrument(t, &f) ||
        !number(t, TASTY_QUANTITY, &f.quantity) || !number(t, TASTY_PRICE, &f.price)) {
        return;
    }
    take_side(t, &f);
    if (!take_kind(t, &f)) {
        return;
    }
    qm_decimal_abs(f.price, &f.price);
    if (f.kind == QM_FACT_TRADE && (f.quantity.raw == 0 || !*f.symbol)) {
        qm_maker_reject(t->m, get(t, TASTY_QUANTITY), "a trade needs symbol and quantity");
        return;
    }
    qm_maker_account(t->m, f.account);
    check_total(t, &f);
    qm_maker_fact(t->m, &f);
}

qm_status qm_read_tasty_csv(maker *m, qm_csv *csv, qm_error *err) {
    tasty t = {.m = m};
    qm_status status;
    m->st->newest_first = true;
    while ((status = qm_csv_next(csv, &t.cells, &t.count, err)) == QM_OK && t.cells &&
           m->status == QM_OK) {
        m->row = qm_csv_row(csv);
        if (is_header(&t)) {
            for (int c = 0; c < TASTY_COLUMN_COUNT; c++) {
                t.column[c] = find_column(&t, COLUMNS[c]);
            }
        } else {
            read_row(&t);
        }
    }
    if (m->st->accounts.length == 0) {
        qm_maker_account(m, "");
    }
    return status;
}
