/* SPDX-License-Identifier: MIT
 *
 * Rows of a Flex query that are facts.
 */
#include "import/flex_internal.h"

#include <string.h>

static bool number(flex *x, flex_field field, qm_decimal *out, bool *has) {
    return qm_maker_number(x->m, x->cell[field], out, has);
}

static bool is(const flex *x, flex_field field, const char *text) {
    return qm_cell_is(x->cell[field], text);
}

static void take(flex *x, qm_fact *f, flex_level level) {
    if (qm_maker_fact(x->m, f) && qm_vec_push(&x->levels, &level) != QM_OK) {
        x->m->status = QM_ENOMEM;
    }
}

/* The time in one field, or date and time in two, or a date alone. */
static bool when(flex *x, qm_fact *f) {
    cell_time clock;
    char text[40];
    if (qm_cell_says(x->cell[FLEX_WHEN])) {
        return qm_maker_when(x->m, x->cell[FLEX_WHEN], f);
    }
    flex_field day = qm_cell_says(x->cell[FLEX_DAY]) ? FLEX_DAY : FLEX_REPORTED;
    if (!qm_maker_when(x->m, x->cell[day], f)) {
        return false;
    }
    qm_cell time = qm_cell_trim(x->cell[FLEX_CLOCK]);
    if (qm_cell_says(time) && f->ns < 0 && time.length < 20) {
        memcpy(text, "20000101 ", 9);
        memcpy(text + 9, time.text, time.length);
        if (!qm_cell_when((qm_cell){text, 9 + time.length}, &clock)) {
            qm_maker_reject(x->m, time, "no time");
            return false;
        }
        f->ns = clock.ns;
    }
    return true;
}

static bool optional_date(flex *x, flex_field field, qm_date *out) {
    cell_time t;
    if (!qm_cell_says(x->cell[field])) {
        return true;
    }
    if (!qm_cell_when(x->cell[field], &t)) {
        qm_maker_reject(x->m, x->cell[field], "no date");
        return false;
    }
    *out = t.date;
    return true;
}

/* ---- trades ---- */

static bool instrument(flex *x, qm_fact *f) {
    qm_cell right = qm_cell_trim(x->cell[FLEX_RIGHT]);
    f->right = right.length > 0 && (*right.text == 'C' || *right.text == 'P') ? *right.text : 0;
    if (f->right) {
        f->underlying = qm_maker_text(x->m, x->cell[FLEX_UNDERLYING]);
    }
    if (!number(x, FLEX_MULTIPLIER, &f->multiplier, NULL) ||
        !number(x, FLEX_STRIKE, &f->strike, NULL) || !optional_date(x, FLEX_EXPIRY, &f->expiry)) {
        return false;
    }
    if (f->asset == QM_ASSET_OPTION || f->asset == QM_ASSET_FUTURE_OPTION) {
        qm_fact_option(x->m, f);
    }
    return true;
}

/* What a row without proceeds was traded for. */
static bool work_out(flex *x, qm_fact *f) {
    qm_decimal amount;
    int64_t multiplier = f->multiplier.raw ? f->multiplier.raw / QM_DECIMAL_SCALE : 1;
    if (x->has[FLEX_PROCEEDS]) {
        return true;
    }
    if ((f->multiplier.raw && !qm_decimal_is_whole(f->multiplier)) || multiplier < 1 ||
        qm_decimal_amount(f->quantity, multiplier, f->price, &amount) != QM_OK) {
        qm_maker_reject(x->m, x->cell[FLEX_PRICE], "no proceeds, and none can be worked out");
        return false;
    }
    f->amount.raw = -amount.raw;
    return true;
}

static bool money(flex *x, qm_fact *f) {
    qm_decimal taxes;
    if (!number(x, FLEX_QUANTITY, &f->quantity, NULL) || !number(x, FLEX_PRICE, &f->price, NULL) ||
        !number(x, FLEX_PROCEEDS, &f->amount, NULL) || !number(x, FLEX_COMMISSION, &f->fee, NULL) ||
        !number(x, FLEX_TAXES, &taxes, NULL) || !number(x, FLEX_COST, &f->basis, &f->has_basis) ||
        !number(x, FLEX_REALIZED, &f->realized, &f->has_realized) ||
        !number(x, FLEX_FX_RATE, &f->fx_rate, NULL)) {
        return false;
    }
    if (qm_decimal_add(f->fee, taxes, &f->fee) != QM_OK) {
        qm_maker_reject(x->m, x->cell[FLEX_TAXES], "a number too large to be exact");
        return false;
    }
    /* Some layouts print units without a sign; a cancellation has the opposite one. */
    f->cancels = qm_cell_has(x->cell[FLEX_SIDE], "(Ca.)");
    if (qm_cell_starts(qm_cell_trim(x->cell[FLEX_SIDE]), "SELL") && !f->cancels &&
        f->quantity.raw > 0) {
        f->quantity.raw = -f->quantity.raw;
    }
    return work_out(x, f);
}

void flex_trade(flex *x, bool order) {
    qm_fact f;
    qm_cell level = qm_cell_trim(x->cell[FLEX_LEVEL]);
    x->last_trade = NULL;
    x->restated = false;
    order = order || qm_cell_is(level, "ORDER");
    if (qm_cell_is(level, "CLOSED_LOT")) {
        flex_lot(x);
        return;
    }
    if (qm_cell_is(level, "SYMBOL_SUMMARY") || qm_cell_is(level, "ASSET_SUMMARY") ||
        qm_cell_is(level, "WASH_SALE")) {
        return; /* sums; and wash sales, which a broker's own gains do not follow */
    }
    if (level.length > 0 && !order && !qm_cell_is(level, "EXECUTION")) {
        qm_maker_reject(x->m, level, "a level of detail that is not known");
        return;
    }
    flex_about(x, &f);
    if (!when(x, &f) || !instrument(x, &f) || !money(x, &f) ||
        !optional_date(x, FLEX_SETTLE, &f.settle)) {
        return;
    }
    if (!*f.symbol || !*f.currency || f.quantity.raw == 0) {
        qm_maker_reject(x->m, x->cell[FLEX_SYMBOL], "a trade needs symbol, currency and quantity");
        return;
    }
    f.ref = *f.ref ? f.ref : qm_maker_text(x->m, x->cell[FLEX_TRADE_ID]);
    f.ref = order ? "" : f.ref;
    f.order = qm_maker_text(x->m, x->cell[FLEX_ORDER_ID]);
    f.fee_currency = qm_maker_text(x->m, x->cell[FLEX_COMMISSION_CURRENCY]);
    f.kind = f.asset == QM_ASSET_CASH ? QM_FACT_FOREX : QM_FACT_TRADE;
    if (f.kind == QM_FACT_FOREX && !qm_fact_pair(x->m, &f)) {
        return;
    }
    f.no_cash = f.asset == QM_ASSET_FUTURE;
    f.opens = qm_codes_have(x->cell[FLEX_EFFECT], "O");
    f.closes = qm_codes_have(x->cell[FLEX_EFFECT], "C");
    qm_fact_codes(&f, qm_cell_of(f.codes));
    size_t before = x->m->st->facts.length;
    take(x, &f, order ? FLEX_BRIEF : FLEX_FULL);
    x->restated = x->m->st->facts.length == before;
    x->last_trade = x->restated ? NULL : &x->m->st->facts.items[before];
}

/* Units are above zero also of a sale's lot. */
void flex_lot(flex *x) {
    qm_fact_lot lot = {.ns = -1};
    cell_time opened;
    if (x->restated) {
        return;
    }
    if (!x->last_trade || !is(x, FLEX_SYMBOL, x->last_trade->symbol)) {
        qm_maker_reject(x->m, x->cell[FLEX_SYMBOL], "a closed lot without its trade");
        return;
    }
    if (!number(x, FLEX_QUANTITY, &lot.quantity, NULL) || !number(x, FLEX_COST, &lot.basis, NULL) ||
        !number(x, FLEX_REALIZED, &lot.realized, NULL)) {
        return;
    }
    if (!qm_cell_when(x->cell[FLEX_OPENED], &opened)) {
        qm_maker_reject(x->m, x->cell[FLEX_OPENED], "no date");
        return;
    }
    lot.opened = opened.date;
    lot.ns = opened.ns;
    lot.ref = qm_maker_text(x->m, x->cell[FLEX_TRANSACTION_ID]);
    qm_maker_lot(x->m, &lot);
}

/* ---- cash ---- */

static bool cash_kind(qm_cell type, qm_fact_kind *out) {
    static const struct {
        const char *name;
        qm_fact_kind kind;
    } TYPES[] = {{"Dividends", QM_FACT_DIVIDEND},
                 {"Payment In Lieu Of Dividends", QM_FACT_IN_LIEU},
                 {"Withholding Tax", QM_FACT_WITHHOLDING},
                 {"871(m) Withholding", QM_FACT_WITHHOLDING},
                 {"Broker Interest Paid", QM_FACT_INTEREST},
                 {"Broker Interest Received", QM_FACT_INTEREST},
                 {"Bond Interest Paid", QM_FACT_INTEREST},
                 {"Bond Interest Received", QM_FACT_INTEREST},
                 {"Other Fees", QM_FACT_FEE},
                 {"Broker Fees", QM_FACT_FEE},
                 {"Advisor Fees", QM_FACT_FEE},
                 {"Commission Adjustments", QM_FACT_FEE},
                 {"Deposits/Withdrawals", QM_FACT_DEPOSIT},
                 {"Deposits & Withdrawals", QM_FACT_DEPOSIT},
                 {"Price Adjustments", QM_FACT_ADJUSTMENT},
                 {"Other Income", QM_FACT_ADJUSTMENT}};
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (qm_cell_is(type, TYPES[i].name)) {
            *out = TYPES[i].kind;
            return true;
        }
    }
    return false;
}

static flex_level level_of(const flex *x) {
    return is(x, FLEX_LEVEL, "SUMMARY") ? FLEX_BRIEF : FLEX_FULL;
}

void flex_cash(flex *x) {
    qm_fact f;
    bool has;
    flex_about(x, &f);
    if (!cash_kind(x->cell[FLEX_TYPE], &f.kind)) {
        qm_maker_reject(x->m, x->cell[FLEX_TYPE], "a kind of cash that is not known");
        return;
    }
    if (!when(x, &f) || !optional_date(x, FLEX_SETTLE, &f.settle) ||
        !number(x, FLEX_AMOUNT, &f.amount, &has) || !number(x, FLEX_FX_RATE, &f.fx_rate, NULL)) {
        return;
    }
    if (!has || !*f.currency) {
        qm_maker_reject(x->m, x->cell[FLEX_AMOUNT], "an amount and its currency are missing");
        return;
    }
    take(x, &f, level_of(x));
}

/* ---- actions, transfers, grants ---- */

/* IBKR's two letters say it better than the text, which gives the ratio. */
static void action_type(const flex *x, qm_fact *f) {
    static const struct {
        const char *type;
        qm_corporate_kind action;
    } TYPES[] = {{"FS", QM_CORPORATE_SPLIT},
                 {"RS", QM_CORPORATE_SPLIT},
                 {"TC", QM_CORPORATE_MERGER},
                 {"SO", QM_CORPORATE_SPINOFF},
                 {"IC", QM_CORPORATE_RENAME}};
    bool several = f->action == QM_CORPORATE_OTHER && f->num == 0 && is(x, FLEX_TYPE, "TC") &&
                   qm_cell_has(qm_cell_of(f->text), " with ");
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES && !several; i++) {
        if (is(x, FLEX_TYPE, TYPES[i].type)) {
            f->action = TYPES[i].action;
        }
    }
}

void flex_action(flex *x) {
    qm_fact f;
    flex_about(x, &f);
    f.kind = QM_FACT_CORPORATE_ACTION;
    f.group = qm_maker_text(x->m, x->cell[FLEX_ACTION_ID]);
    if (!when(x, &f) || !number(x, FLEX_QUANTITY, &f.quantity, NULL) ||
        !number(x, FLEX_PROCEEDS, &f.amount, NULL) || !number(x, FLEX_VALUE, &f.value, NULL) ||
        !number(x, FLEX_REALIZED, &f.realized, &f.has_realized)) {
        return;
    }
    f.cancels = qm_codes_have(qm_cell_of(f.codes), "Ca");
    qm_corporate_read(x->m, &f);
    action_type(x, &f);
    take(x, &f, level_of(x));
}

void flex_transfer(flex *x) {
    qm_fact f;
    flex_about(x, &f);
    f.kind = QM_FACT_TRANSFER;
    if (!when(x, &f) || !number(x, FLEX_QUANTITY, &f.quantity, NULL) ||
        !number(x, FLEX_CASH, &f.amount, NULL) || !number(x, FLEX_VALUE, &f.value, NULL)) {
        return;
    }
    bool out = is(x, FLEX_DIRECTION, "OUT") || is(x, FLEX_DIRECTION, "Out");
    f.cancels = qm_codes_have(qm_cell_of(f.codes), "Ca");
    f.quantity.raw = f.quantity.raw < 0 ? -f.quantity.raw : f.quantity.raw;
    f.quantity.raw = out != f.cancels ? -f.quantity.raw : f.quantity.raw;
    take(x, &f, FLEX_FULL);
}

void flex_grant(flex *x) {
    qm_fact f;
    flex_about(x, &f);
    f.kind = QM_FACT_GRANT;
    if (when(x, &f) && number(x, FLEX_QUANTITY, &f.quantity, NULL) &&
        number(x, FLEX_PRICE, &f.price, NULL) && number(x, FLEX_VALUE, &f.value, NULL)) {
        take(x, &f, FLEX_FULL);
    }
}
