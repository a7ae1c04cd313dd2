/* SPDX-License-Identifier: MIT
 *
 * Taxes before the trade: ctx:what_if_sell and ctx.tax. Money is decimal; a tax is nil without
 * rates.
 */
#include "bind/internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void set_money(lua_State *L, const char *key, qm_decimal value) {
    qm_push_decimal(L, value);
    lua_setfield(L, -2, key);
}

static void set_text(lua_State *L, const char *key, const char *text) {
    lua_pushstring(L, text);
    lua_setfield(L, -2, key);
}

static void set_date(lua_State *L, const char *key, qm_date date) {
    if (date != QM_DATE_NONE) {
        qm_push_date(L, date);
        lua_setfield(L, -2, key);
    }
}

static const char *term_name(qm_tax_term term) {
    return term == QM_TAX_LONG_TERM ? "long" : term == QM_TAX_SHORT_TERM ? "short" : "unknown";
}

static void push_row(lua_State *L, const qm_tax_row *row) {
    lua_createtable(L, 0, 10);
    set_text(L, "lot", row->lot);
    qm_push_quantity(L, row->qty);
    lua_setfield(L, -2, "qty");
    set_date(L, "acquired", row->acquired);
    set_date(L, "holding", row->holding);
    set_text(L, "term", term_name(row->term));
    set_money(L, "proceeds", row->proceeds);
    if (!row->no_basis) {
        set_money(L, "basis", row->basis);
        set_money(L, "gain", row->gain);
    }
    set_money(L, "disallowed", row->disallowed);
}

/* The tax that it adds to the year so far; nothing without rates. */
static void set_tax(lua_State *L, const qm_tax *tax, const qm_tax_preview *p) {
    qm_engine *e = qm_bind_engine(L);
    const qm_tax_rates *rates = qm_ctx_rates(e);
    qm_tax_gains year;
    qm_decimal added;
    if (rates->known && !p->no_basis &&
        qm_tax_gains_of(tax, qm_date_to_ymd(qm_engine_date(e)).year, &year) == QM_OK &&
        qm_tax_due_more(year, p->gains, rates, &added) == QM_OK) {
        set_money(L, "tax", added);
    }
}

static void push_preview(lua_State *L, const qm_tax *tax, const qm_tax_preview *p) {
    lua_createtable(L, 0, 10);
    set_money(L, "gain", p->economic);
    set_money(L, "short_term", p->gains.short_term);
    set_money(L, "long_term", p->gains.long_term);
    set_money(L, "disallowed", p->disallowed);
    set_money(L, "permanent", p->permanent);
    set_money(L, "washed", p->washed);
    set_tax(L, tax, p);
    lua_createtable(L, (int)p->rows.length, 0);
    for (size_t i = 0; i < p->rows.length; i++) {
        push_row(L, &p->rows.items[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "lots");
}

/* Another account than the sleeve's: its name, and the method that its sleeves have. */
static void set_account(lua_State *L, const char *account, qm_tax_event *event) {
    qm_engine *e = qm_bind_engine(L);
    event->account = account;
    for (uint32_t i = 0; i < qm_engine_count(e); i++) {
        qm_sleeve_view v = qm_engine_sleeve(e, i);
        event->method = strcmp(v.account_name, account) == 0 ? v.method : event->method;
    }
}

/* What comes of an order at a price: a table, or nil and why not. The script keeps the answer until
 * the next question, since making the tables may raise. */
static int ask(lua_State *L, const qm_order *order, qm_decimal price, const char *method,
               const char *account) {
    qm_engine *e = qm_bind_engine(L);
    qm_tax *tax;
    qm_tax_event event;
    qm_tax_preview *p = &qm_script_of(L)->asked;
    qm_error err = {0};
    qm_tax_preview_fini(p);
    qm_status status = qm_ctx_tax(e, &tax, &err);
    if (status == QM_OK) {
        status = qm_ctx_tax_event(e, qm_script_of(L)->index, order, price, &event);
        if (account) {
            set_account(L, account, &event);
        }
        event.method = method ? qm_tax_method_from(method) : event.method;
    }
    status = status == QM_OK ? qm_tax_preview_event(tax, &event, p, &err) : status;
    if (status != QM_OK) {
        qm_error_set(&err, status, "%s", err.message[0] ? err.message : qm_status_text(status));
        return qm_push_error(L, &err);
    }
    push_preview(L, tax, p);
    return 1;
}

static int no_price(lua_State *L, qm_instrument_id id) {
    qm_error err = {0};
    const qm_instrument *info = qm_instruments_get(qm_script_of(L)->instruments, id);
    qm_error_set(&err, QM_ENOTFOUND, "no price of %s is known", info ? info->symbol : "it");
    return qm_push_error(L, &err);
}

static void check_method(lua_State *L, int index, const char *method) {
    qm_tax_method m = qm_tax_method_from(method);
    luaL_argcheck(L, m != QM_TAX_METHOD_COUNT && m != QM_TAX_SPECIFIC, index,
                  "no such method (fifo, lifo, hifo, min_tax, ...)");
}

/* ctx:what_if_sell(symbol, qty [, method]) */
static int what_if_sell(lua_State *L) {
    qm_order order = {.side = QM_SELL, .instrument = qm_check_symbol(L, 2)};
    const char *method = luaL_optstring(L, 4, NULL);
    qm_decimal price;
    qm_time time;
    order.qty = qm_check_quantity(L, 3, "qty");
    luaL_argcheck(L, order.qty.raw > 0, 3, "must be above 0");
    if (method) {
        check_method(L, 4, method);
    }
    if (!qm_ctx_price(qm_bind_engine(L), order.instrument, &price, &time)) {
        return no_price(L, order.instrument);
    }
    return ask(L, &order, price, method, NULL);
}

/* ctx.tax.wash_check{ symbol =, side =, qty = [, price =] } */
static int wash_check(lua_State *L) {
    static const char *const sides[] = {"buy", "sell", NULL};
    qm_order order = {0};
    qm_decimal price;
    qm_time time;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "symbol");
    order.instrument = qm_check_symbol(L, -1);
    lua_getfield(L, 1, "side");
    order.side = luaL_checkoption(L, -1, "buy", sides) ? QM_SELL : QM_BUY;
    lua_getfield(L, 1, "qty");
    order.qty = qm_check_quantity(L, -1, "qty");
    if (order.qty.raw <= 0) {
        return luaL_error(L, "qty must be above 0");
    }
    lua_getfield(L, 1, "price");
    if (!lua_isnil(L, -1)) {
        price = qm_check_money(L, -1, "price", (qm_decimal){QM_DECIMAL_SCALE / 10000});
    } else if (!qm_ctx_price(qm_bind_engine(L), order.instrument, &price, &time)) {
        return no_price(L, order.instrument);
    }
    lua_getfield(L, 1, "account"); /* stays on the stack, and so does the text */
    return ask(L, &order, price, NULL, luaL_optstring(L, -1, NULL));
}

/* ctx.tax.realized([year]): sums of a year's rows; this year without. */
static int realized(lua_State *L) {
    qm_engine *e = qm_bind_engine(L);
    lua_Integer year = luaL_optinteger(L, 1, qm_date_to_ymd(qm_engine_date(e)).year);
    qm_tax *tax;
    qm_tax_gains gains;
    qm_decimal due;
    qm_error err = {0};
    luaL_argcheck(L, year >= 1900 && year <= 9999, 1, "is no year");
    qm_status status = qm_ctx_tax(e, &tax, &err);
    status = status == QM_OK ? qm_tax_gains_of(tax, (int)year, &gains) : status;
    if (status != QM_OK) {
        qm_error_set(&err, status, "%s", err.message[0] ? err.message : qm_status_text(status));
        return qm_push_error(L, &err);
    }
    lua_createtable(L, 0, 3);
    set_money(L, "short_term", gains.short_term);
    set_money(L, "long_term", gains.long_term);
    if (qm_ctx_rates(e)->known && qm_tax_due(gains, qm_ctx_rates(e), &due) == QM_OK) {
        set_money(L, "tax", due);
    }
    return 1;
}

static bool price_of(void *data, const char *symbol, qm_decimal *out) {
    qm_engine *e = data;
    qm_time time;
    const qm_instrument *info = qm_instruments_find(qm_engine_instruments(e), symbol, QM_DATE_NONE);
    return info && qm_ctx_price(e, info->id, out, &time);
}

static void push_candidate(lua_State *L, const qm_tax_harvest *h, bool rates) {
    lua_createtable(L, 0, 14);
    set_text(L, "symbol", h->lot.symbol);
    set_text(L, "account", h->lot.account);
    set_text(L, "lot", h->lot.lot);
    qm_push_quantity(L, h->lot.qty);
    lua_setfield(L, -2, "qty");
    set_date(L, "acquired", h->lot.acquired);
    set_text(L, "term", term_name(h->term));
    set_money(L, "basis", h->lot.basis);
    set_money(L, "value", h->value);
    set_money(L, "loss", h->loss);
    set_money(L, "deferred", h->deferred);
    set_money(L, "permanent", h->permanent);
    set_money(L, "deductible", h->deductible);
    if (rates) {
        set_money(L, "saved", h->saved);
    }
    set_date(L, "safe_from", h->safe_from);
    set_date(L, "not_buy_before", h->not_buy_before);
    set_date(L, "long_term_from", h->long_term_from);
}

/* ctx.tax.harvest(): lots below their basis, the most useful first. */
static int harvest(lua_State *L) {
    qm_engine *e = qm_bind_engine(L);
    qm_tax *tax;
    qm_tax_harvest_vec *found = &qm_script_of(L)->found;
    qm_error err = {0};
    found->length = 0;
    qm_status status = qm_ctx_tax(e, &tax, &err);
    if (status == QM_OK) {
        qm_tax_harvest_ask about = {qm_engine_date(e), qm_ctx_rates(e), price_of, e};
        status = qm_tax_harvest_lots(tax, &about, found, &err);
    }
    if (status != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_createtable(L, (int)found->length, 0);
    for (size_t i = 0; i < found->length; i++) {
        push_candidate(L, &found->items[i], qm_ctx_rates(e)->known);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* The account's lots of a symbol in one row; value is nil without a price, basis when it is not
 * known. */
static void push_holding(lua_State *L, const qm_tax_lot *lot, qm_decimal qty, qm_decimal basis,
                         bool known) {
    qm_engine *e = qm_bind_engine(L);
    qm_decimal price, value;
    lua_createtable(L, 0, 6);
    set_text(L, "symbol", lot->symbol);
    set_text(L, "account", lot->account);
    for (uint32_t i = 0; i < qm_engine_count(e); i++) {
        qm_sleeve_view v = qm_engine_sleeve(e, i);
        if (strcmp(v.account_name, lot->account) == 0) {
            set_text(L, "account_type", v.account_type);
        }
    }
    qm_push_quantity(L, qty);
    lua_setfield(L, -2, "qty");
    if (known) {
        set_money(L, "basis", basis);
    }
    if (price_of(e, lot->symbol, &price) &&
        qm_decimal_mul(qty, price, QM_ROUND_HALF_EVEN, &value) == QM_OK) {
        set_money(L, "value", value);
    }
}

static int by_holding(const void *x, const void *y) {
    const qm_tax_lot *a = x, *b = y;
    int order = strcmp(a->account, b->account);
    return order ? order : strcmp(a->symbol, b->symbol);
}

/* The lots are in a block of Lua's, so that nothing is lost when a table can't be made. */
static qm_status open_lots(lua_State *L, qm_tax_lot **out, size_t *count, qm_error *err) {
    qm_tax *tax;
    qm_tax_lot *lots;
    qm_status status = qm_ctx_tax(qm_bind_engine(L), &tax, err);
    status = status == QM_OK ? qm_tax_open_lots(tax, &lots, count) : status;
    if (status != QM_OK) {
        return status;
    }
    *out = lua_newuserdatauv(L, (*count + 1) * sizeof **out, 0);
    for (size_t i = 0; i < *count; i++) {
        (*out)[i] = lots[i];
    }
    qm_free(lots);
    if (*count > 1) {
        qsort(*out, *count, sizeof **out, by_holding);
    }
    return QM_OK;
}

/* ctx.tax.holdings(): long positions of all accounts of the tax book. */
static int holdings(lua_State *L) {
    qm_tax_lot *lots;
    size_t count;
    lua_Integer n = 0;
    qm_error err = {0};
    if (open_lots(L, &lots, &count, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_newtable(L);
    for (size_t i = 0; i < count;) {
        const qm_tax_lot *first = &lots[i];
        qm_decimal qty = QM_DECIMAL_ZERO, basis = QM_DECIMAL_ZERO;
        bool known = true, fits = true;
        for (; i < count && by_holding(first, &lots[i]) == 0; i++) {
            bool is_long = lots[i].qty.raw > 0;
            known = known && !lots[i].no_basis;
            fits = fits && (!is_long || (qm_decimal_add(qty, lots[i].qty, &qty) == QM_OK &&
                                         qm_decimal_add(basis, lots[i].basis, &basis) == QM_OK));
        }
        if (fits && qty.raw > 0) {
            push_holding(L, first, qty, basis, known);
            lua_rawseti(L, -2, ++n);
        }
    }
    return 1;
}

void qm_bind_tax(lua_State *L) {
    static const luaL_Reg methods[] = {{"what_if_sell", what_if_sell}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"wash_check", wash_check},
                                         {"realized", realized},
                                         {"holdings", holdings},
                                         {"harvest", harvest},
                                         {NULL, NULL}};
    luaL_setfuncs(L, methods, 0);
    lua_newtable(L);
    luaL_setfuncs(L, functions, 0);
    lua_setfield(L, -2, "tax");
}
