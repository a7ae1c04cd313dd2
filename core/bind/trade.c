/* SPDX-License-Identifier: MIT
 *
 * Orders: ctx:buy, sell, order, target, cancel, replace, orders, find_order, size.
 */
#include "bind/internal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const KEYS[] = {"qty",  "amount",  "type",       "limit", "stop",
                                   "tif",  "reason",  "short",      "side",  "symbol",
                                   "lots", "max_tax", "avoid_wash", NULL};

static int known_key(const char *key) {
    for (int i = 0; KEYS[i]; i++) {
        if (strcmp(KEYS[i], key) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Every key of the request is one that an order has. */
static void check_keys(lua_State *L, int table) {
    lua_pushnil(L);
    while (lua_next(L, table)) {
        lua_pop(L, 1);
        bool symbol = lua_isinteger(L, -1) && lua_tointeger(L, -1) == 1;
        bool fine = symbol || (lua_type(L, -1) == LUA_TSTRING && known_key(lua_tostring(L, -1)));
        if (!fine) {
            lua_pushvalue(L, -1);
            const char *key = luaL_tolstring(L, -1, NULL);
            luaL_error(L, "an order has no \"%s\"%s", key, qm_nearest(L, key, KEYS));
        }
    }
}

static qm_decimal money_field(lua_State *L, int table, const char *key, qm_decimal tick) {
    qm_decimal value = QM_DECIMAL_ZERO;
    lua_getfield(L, table, key);
    if (!lua_isnil(L, -1)) {
        value = qm_check_money(L, -1, key, tick);
        if (value.raw == 0) {
            luaL_error(L, "%s = 0: leave it out, or give a price", key);
        }
    }
    lua_pop(L, 1);
    return value;
}

static void read_names(lua_State *L, int table, qm_order *order) {
    lua_getfield(L, table, "type");
    if (!lua_isnil(L, -1)) {
        const char *type = luaL_checkstring(L, -1);
        if (!qm_order_type_parse(type, &order->type)) {
            luaL_error(L,
                       "type = \"%s\": use market, limit, stop, stop_limit, market_on_open or "
                       "market_on_close",
                       type);
        }
    } else { /* the prices say what it is */
        order->type = order->limit.raw && order->stop.raw ? QM_STOP_LIMIT
                      : order->limit.raw                  ? QM_LIMIT
                      : order->stop.raw                   ? QM_STOP
                                                          : QM_MARKET;
    }
    lua_getfield(L, table, "tif");
    if (!lua_isnil(L, -1) && !qm_tif_parse(luaL_checkstring(L, -1), &order->tif)) {
        luaL_error(L, "tif = \"%s\": use day or gtc", lua_tostring(L, -1));
    }
    lua_getfield(L, table, "reason");
    snprintf(order->reason, sizeof order->reason, "%s", luaL_optstring(L, -1, ""));
    lua_getfield(L, table, "short");
    order->allow_short = lua_toboolean(L, -1);
    lua_pop(L, 4);
}

static void read_tax(lua_State *L, int table, qm_order *order) {
    lua_getfield(L, table, "lots");
    if (!lua_isnil(L, -1)) {
        qm_tax_method method = qm_tax_method_from(luaL_checkstring(L, -1));
        if (method == QM_TAX_METHOD_COUNT || method == QM_TAX_SPECIFIC) {
            luaL_error(L, "lots = \"%s\": no such method (fifo, lifo, hifo, min_tax, ...)",
                       lua_tostring(L, -1));
        }
        order->lots = qm_tax_method_name(method);
    }
    lua_getfield(L, table, "max_tax");
    if (!lua_isnil(L, -1)) {
        order->has_max_tax = true;
        order->max_tax = qm_check_money(L, -1, "max_tax", (qm_decimal){QM_DECIMAL_SCALE / 100});
    }
    lua_getfield(L, table, "avoid_wash");
    order->avoid_wash = lua_toboolean(L, -1);
    lua_pop(L, 3);
}

static void read_request(lua_State *L, int table, qm_order *order) {
    luaL_checktype(L, table, LUA_TTABLE);
    check_keys(L, table);
    lua_rawgeti(L, table, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_getfield(L, table, "symbol");
    }
    order->instrument = qm_check_symbol(L, -1);
    lua_pop(L, 1);
    qm_decimal tick = qm_instruments_get(qm_script_of(L)->instruments, order->instrument)->tick;
    lua_getfield(L, table, "qty");
    if (!lua_isnil(L, -1)) {
        order->qty = qm_check_quantity(L, -1, "qty");
        if (order->qty.raw <= 0) {
            luaL_error(L, "qty = %s: must be above 0", luaL_tolstring(L, -1, NULL));
        }
    }
    lua_pop(L, 1);
    order->amount = money_field(L, table, "amount", (qm_decimal){QM_DECIMAL_SCALE / 100});
    order->limit = money_field(L, table, "limit", tick);
    order->stop = money_field(L, table, "stop", tick);
    read_names(L, table, order);
    read_tax(L, table, order);
}

static int send(lua_State *L, qm_order *request) {
    const qm_order *order;
    qm_error err = {0};
    qm_script *s = qm_script_of(L);
    if (qm_ctx_order(qm_bind_engine(L), s->index, request, &order, &err) != QM_OK) {
        return luaL_error(L, "%s", err.message);
    }
    qm_push_order(L, order);
    return 1;
}

static int buy(lua_State *L) {
    qm_order order = {.side = QM_BUY};
    read_request(L, 2, &order);
    return send(L, &order);
}

static int sell(lua_State *L) {
    qm_order order = {.side = QM_SELL};
    read_request(L, 2, &order);
    return send(L, &order);
}

/* ctx:order{ "SPY", side = "buy", ... } */
static int order(lua_State *L) {
    static const char *const sides[] = {"buy", "sell", NULL};
    luaL_checktype(L, 2, LUA_TTABLE);
    lua_getfield(L, 2, "side");
    qm_order request = {.side = luaL_checkoption(L, -1, NULL, sides) ? QM_SELL : QM_BUY};
    lua_pop(L, 1);
    read_request(L, 2, &request);
    return send(L, &request);
}

static uint64_t check_order(lua_State *L, int index) {
    if (lua_istable(L, index)) {
        lua_getfield(L, index, "id");
        uint64_t id = (uint64_t)luaL_checkinteger(L, -1);
        lua_pop(L, 1);
        return id;
    }
    return (uint64_t)luaL_checkinteger(L, index);
}

/* What may happen (it is filled already) is nil, err; misuse raises. */
static int answer(lua_State *L, qm_status status, const qm_error *err) {
    if (status == QM_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    if (status == QM_EINVAL) {
        return luaL_error(L, "%s", err->message);
    }
    return qm_push_error(L, err);
}

static int cancel(lua_State *L) {
    qm_error err = {0};
    qm_status status =
        qm_ctx_cancel(qm_bind_engine(L), qm_script_of(L)->index, check_order(L, 2), &err);
    return answer(L, status, &err);
}

static int replace(lua_State *L) {
    qm_script *s = qm_script_of(L);
    qm_engine *e = qm_bind_engine(L);
    uint64_t id = check_order(L, 2);
    const qm_order *known = qm_ctx_find_order(e, s->index, id);
    qm_error err = {0};
    if (!known) {
        qm_error_set(&err, QM_ENOTFOUND, "no order %llu", (unsigned long long)id);
        return qm_push_error(L, &err);
    }
    luaL_checktype(L, 3, LUA_TTABLE);
    check_keys(L, 3);
    qm_decimal tick = qm_instruments_get(s->instruments, known->instrument)->tick;
    qm_order_change change = {.limit = money_field(L, 3, "limit", tick),
                              .stop = money_field(L, 3, "stop", tick)};
    lua_getfield(L, 3, "qty");
    if (!lua_isnil(L, -1)) {
        change.qty = qm_check_quantity(L, -1, "qty");
    }
    return answer(L, qm_ctx_replace(e, s->index, id, &change, &err), &err);
}

static int orders(lua_State *L) {
    qm_script *s = qm_script_of(L);
    const qm_order_book *book = qm_engine_orders(qm_bind_engine(L));
    size_t cursor = 0;
    lua_Integer n = 0;
    const qm_order *o;
    lua_newtable(L);
    while ((o = qm_order_book_next_open(book, s->index, &cursor)) != NULL) {
        qm_push_order(L, o);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

static int find_order(lua_State *L) {
    const qm_order *o =
        qm_ctx_find_order(qm_bind_engine(L), qm_script_of(L)->index, check_order(L, 2));
    if (!o) {
        lua_pushnil(L);
    } else {
        qm_push_order(L, o);
    }
    return 1;
}

/* ctx:size{ risk, entry, stop, max_weight }: whole units and the bound that held. */
typedef struct sizing {
    double risk, entry, stop, max_weight;
} sizing;

static double number_field(lua_State *L, int table, const char *key, bool needed) {
    lua_getfield(L, table, key);
    qm_decimal exact;
    double value = NAN;
    if (qm_is_decimal(L, -1, &exact)) {
        value = qm_decimal_to_double(exact);
    } else if (!lua_isnil(L, -1)) {
        value = luaL_checknumber(L, -1);
    } else if (needed) {
        luaL_error(L, "ctx:size needs %s", key);
    }
    lua_pop(L, 1);
    return value;
}

static int size(lua_State *L) {
    qm_script *s = qm_script_of(L);
    qm_engine *e = qm_bind_engine(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    sizing z = {number_field(L, 2, "risk", false), number_field(L, 2, "entry", true),
                number_field(L, 2, "stop", false), number_field(L, 2, "max_weight", false)};
    double equity = qm_total_to_double(qm_engine_equity(e, s->index));
    double power = qm_total_to_double(qm_ctx_buying_power(e, s->index));
    double cash = qm_total_to_double(qm_ledger_cash(qm_engine_sleeve(e, s->index).ledger));
    double best = floor((power < cash ? power : cash) / z.entry);
    const char *bound = "cash";
    if (!(z.entry > 0)) {
        return luaL_error(L, "ctx:size: entry must be above 0");
    }
    if (!isnan(z.risk)) {
        if (!(z.entry > z.stop)) {
            return luaL_error(L, "ctx:size: stop must be given and below entry");
        }
        double units = floor(z.risk * equity / (z.entry - z.stop));
        bound = units < best ? "risk" : bound;
        best = units < best ? units : best;
    }
    if (!isnan(z.max_weight)) {
        double units = floor(z.max_weight * equity / z.entry);
        bound = units < best ? "max_weight" : bound;
        best = units < best ? units : best;
    }
    lua_pushinteger(L, best > 0 ? (lua_Integer)best : 0);
    lua_pushstring(L, bound);
    return 2;
}

/* ctx:target(symbol, weight): an order towards a share of the equity. Working orders count, so that
 * a second call changes nothing. */
static int target(lua_State *L) {
    qm_script *s = qm_script_of(L);
    qm_engine *e = qm_bind_engine(L);
    qm_instrument_id id = qm_check_symbol(L, 2);
    double weight = luaL_checknumber(L, 3);
    qm_decimal price, working, amount;
    qm_time time;
    luaL_argcheck(L, weight >= 0 && weight <= 1, 3, "must be 0 to 1");
    if (!qm_ctx_price(e, id, &price, &time)) {
        qm_error err = {0};
        qm_error_set(&err, QM_ENOTFOUND, "%s has no price yet", lua_tostring(L, 2));
        return qm_push_error(L, &err);
    }
    qm_sleeve_view view = qm_engine_sleeve(e, s->index);
    qm_ctx_working(e, s->index, id, &working, &amount);
    double each =
        qm_decimal_to_double(price) * (double)qm_instruments_get(s->instruments, id)->multiplier;
    double wanted = weight * qm_total_to_double(qm_engine_equity(e, s->index)) / each;
    double have = qm_decimal_to_double(qm_ledger_position(view.ledger, id).qty) +
                  qm_decimal_to_double(working) + qm_decimal_to_double(amount) / each;
    double units =
        view.fractional ? floor(fabs(wanted - have) * 1e6) / 1e6 : floor(fabs(wanted - have));
    if (units <= 0) {
        lua_pushnil(L);
        return 1;
    }
    qm_order request = {.instrument = id, .side = wanted > have ? QM_BUY : QM_SELL};
    snprintf(request.reason, sizeof request.reason, "target %.4g", weight);
    if (qm_decimal_from_double(units, &request.qty) != QM_OK) {
        return luaL_error(L, "ctx:target: the quantity is too large");
    }
    return send(L, &request);
}

void qm_bind_trade(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"buy", buy},       {"sell", sell},       {"order", order},
        {"cancel", cancel}, {"replace", replace}, {"orders", orders},
        {"target", target}, {"size", size},       {"find_order", find_order},
        {NULL, NULL}};
    luaL_setfuncs(L, methods, 0);
}
