/* SPDX-License-Identifier: MIT
 *
 * The fields of ctx that are computed when asked for, and the account.
 */
#include "bind/internal.h"

#include <string.h>

static qm_sleeve_view view_of(lua_State *L) {
    return qm_engine_sleeve(qm_bind_engine(L), qm_script_of(L)->index);
}

static void push_now(lua_State *L) {
    qm_push_time(L, qm_engine_now(qm_bind_engine(L)));
}
static void push_date(lua_State *L) {
    qm_push_date(L, qm_engine_date(qm_bind_engine(L)));
}
static void push_cash(lua_State *L) {
    qm_push_total(L, qm_ledger_cash(view_of(L).ledger));
}
static void push_equity(lua_State *L) {
    qm_push_total(L, qm_engine_equity(qm_bind_engine(L), qm_script_of(L)->index));
}
static void push_buying_power(lua_State *L) {
    qm_push_total(L, qm_ctx_buying_power(qm_bind_engine(L), qm_script_of(L)->index));
}
static void push_reserve(lua_State *L) {
    qm_push_decimal(L, qm_ctx_reserve(qm_bind_engine(L), qm_script_of(L)->index));
}
static void push_name(lua_State *L) {
    lua_pushstring(L, qm_script_of(L)->spec.name);
}
static void push_mode(lua_State *L) {
    static const char *const names[] = {"backtest", "paper", "live"};
    lua_pushstring(L, names[qm_engine_mode(qm_bind_engine(L))]);
}
static void push_account(lua_State *L) {
    qm_sleeve_view view = view_of(L);
    lua_createtable(L, 0, 4);
    lua_pushstring(L, view.account_type);
    lua_setfield(L, -2, "type");
    lua_pushstring(L, view.broker);
    lua_setfield(L, -2, "broker");
    lua_pushstring(L, qm_account_kind_name(view.account));
    lua_setfield(L, -2, "kind");
    lua_pushboolean(L, view.fractional);
    lua_setfield(L, -2, "fractional");
}

static const struct {
    const char *name;
    void (*push)(lua_State *L);
} FIELDS[] = {
    {"now", push_now},       {"date", push_date},       {"cash", push_cash},
    {"equity", push_equity}, {"name", push_name},       {"buying_power", push_buying_power},
    {"mode", push_mode},     {"account", push_account}, {"reserve", push_reserve},
};

static int get_field(lua_State *L) {
    const char *name = luaL_checkstring(L, 2);
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++) {
        if (strcmp(FIELDS[i].name, name) == 0) {
            FIELDS[i].push(L);
            return 1;
        }
    }
    return luaL_error(L, "ctx has no field \"%s\"", name);
}

/* ctx.state may be given a new table; the rest of ctx is the host's. */
static int set_field(lua_State *L) {
    return luaL_error(L, "ctx.%s can't be set: keep what you need in ctx.state",
                      luaL_tolstring(L, 2, NULL));
}

/* ctx:universe(): the symbols that are in it today, in order of instrument. */
static int universe(lua_State *L) {
    const qm_script *s = qm_script_of(L);
    lua_Integer n = 0;
    lua_createtable(L, (int)s->spec.universe_count, 0);
    for (size_t i = 0; i < s->spec.universe_count; i++) {
        if (qm_ctx_member(qm_bind_engine(L), s->index, s->spec.universe[i])) {
            qm_push_symbol(L, s->spec.universe[i]);
            lua_rawseti(L, -2, ++n);
        }
    }
    return 1;
}

static void push_total_field(lua_State *L, const char *key, qm_total value) {
    qm_push_total(L, value);
    lua_setfield(L, -2, key);
}

/* ctx:strategies(): a row for each strategy of the engine: what a summary needs. */
static int strategies(lua_State *L) {
    qm_engine *e = qm_bind_engine(L);
    lua_newtable(L);
    for (uint32_t i = 0; i < qm_engine_count(e); i++) {
        qm_sleeve_view v = qm_engine_sleeve(e, i);
        const qm_equity_row *curve;
        size_t n = qm_engine_equity_curve(e, i, &curve);
        lua_newtable(L);
        lua_pushstring(L, v.spec->name);
        lua_setfield(L, -2, "name");
        lua_pushboolean(L, v.spec->job);
        lua_setfield(L, -2, "job");
        push_total_field(L, "equity", qm_engine_equity(e, i));
        push_total_field(L, "cash", qm_ledger_cash(v.ledger));
        push_total_field(L, "fees", qm_ledger_fees(v.ledger));
        push_total_field(L, "before", n > 1 ? curve[n - 2].equity : qm_ledger_deposits(v.ledger));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* ctx:instrument(symbol) */
static int instrument(lua_State *L) {
    const qm_instrument *info =
        qm_instruments_get(qm_script_of(L)->instruments, qm_check_symbol(L, 2));
    static const char *const kinds[] = {"stock", "etf", "index", "option"};
    lua_createtable(L, 0, 8);
    lua_pushstring(L, info->symbol);
    lua_setfield(L, -2, "symbol");
    lua_pushstring(L, kinds[info->kind]);
    lua_setfield(L, -2, "type");
    qm_push_decimal(L, info->tick);
    lua_setfield(L, -2, "tick");
    lua_pushinteger(L, info->multiplier);
    lua_setfield(L, -2, "multiplier");
    if (info->sector[0]) {
        lua_pushstring(L, info->sector);
        lua_setfield(L, -2, "sector");
    }
    if (info->market_cap_musd.raw > 0) {
        lua_pushnumber(L, 1e6 * qm_decimal_to_double(info->market_cap_musd));
        lua_setfield(L, -2, "market_cap");
    }
    return 1;
}

void qm_bind_fields(lua_State *L) {
    static const luaL_Reg methods[] = {{"universe", universe},
                                       {"instrument", instrument},
                                       {"strategies", strategies},
                                       {NULL, NULL}};
    luaL_setfuncs(L, methods, 0);
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, get_field);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, set_field);
    lua_setfield(L, -2, "__newindex");
    lua_setmetatable(L, -2);
}
