/* SPDX-License-Identifier: MIT
 *
 * ctx:bars, ctx:price, ctx:quote and ctx.ta: what is known of a symbol now.
 */
#include "bind/internal.h"

#include <math.h>
#include <string.h>

typedef struct column_view {
    const qm_series *series;
    qm_column column;
} column_view;

static const qm_series *check_series(lua_State *L, int symbol, int timeframe) {
    qm_script *s = qm_script_of(L);
    qm_instrument_id id = qm_check_symbol(L, symbol);
    qm_timeframe tf = {0, 0};
    if (!lua_isnoneornil(L, timeframe) &&
        qm_timeframe_parse(luaL_checkstring(L, timeframe), &tf) != QM_OK) {
        luaL_error(L, "no timeframe \"%s\"", lua_tostring(L, timeframe));
    }
    const qm_series *series = qm_ctx_series(qm_bind_engine(L), s->index, id, tf);
    if (!series) {
        luaL_error(L, "%s is not in the universe: declare an input with symbol = \"%s\"",
                   lua_tostring(L, symbol), lua_tostring(L, symbol));
    }
    return series;
}

/* column[i]: 0 is the newest completed bar. */
static int column_get(lua_State *L) {
    const column_view *v = luaL_checkudata(L, 1, "qm.column");
    size_t n = v->series->bars.n;
    if (!lua_isinteger(L, 2)) {
        return luaL_error(L, "a column is read by whole numbers: column[0] is the newest bar");
    }
    lua_Integer i = lua_tointeger(L, 2);
    if (i < 0 || (size_t)i >= n) {
        lua_pushnil(L);
    } else {
        qm_push_number(L, v->series->bars.column[v->column][n - 1 - (size_t)i]);
    }
    return 1;
}

static int column_length(lua_State *L) {
    const column_view *v = luaL_checkudata(L, 1, "qm.column");
    lua_pushinteger(L, (lua_Integer)v->series->bars.n);
    return 1;
}

static int series_get(lua_State *L) {
    static const char *const names[] = {"open", "high", "low", "close", "volume"};
    const qm_series *series = *(const qm_series **)luaL_checkudata(L, 1, "qm.series");
    const char *key = luaL_checkstring(L, 2);
    for (int i = 0; i < QM_COLUMN_COUNT; i++) {
        if (strcmp(names[i], key) == 0) {
            column_view *v = lua_newuserdatauv(L, sizeof *v, 0);
            *v = (column_view){series, (qm_column)i};
            luaL_setmetatable(L, "qm.column");
            return 1;
        }
    }
    return luaL_error(L, "a series has no column \"%s\"", key);
}

static int series_length(lua_State *L) {
    const qm_series *series = *(const qm_series **)luaL_checkudata(L, 1, "qm.series");
    lua_pushinteger(L, (lua_Integer)series->bars.n);
    return 1;
}

static int bars(lua_State *L) {
    const qm_series *series = check_series(L, 2, 3);
    *(const qm_series **)lua_newuserdatauv(L, sizeof series, 0) = series;
    luaL_setmetatable(L, "qm.series");
    return 1;
}

/* ctx:price(symbol): the last price and its age in seconds; nil when there is none. */
static int price(lua_State *L) {
    qm_decimal value;
    qm_time time;
    qm_engine *e = qm_bind_engine(L);
    if (!qm_ctx_price(e, qm_check_symbol(L, 2), &value, &time)) {
        lua_pushnil(L);
        return 1;
    }
    qm_push_decimal(L, value);
    lua_pushnumber(L, (double)(qm_engine_now(e) - time) / 1e9);
    return 2;
}

/* The last quote with its age in seconds; nil when there was none. */
static int quote(lua_State *L) {
    qm_engine *e = qm_bind_engine(L);
    qm_quote last;
    if (!qm_ctx_quote(e, qm_check_symbol(L, 2), &last)) {
        lua_pushnil(L);
        return 1;
    }
    qm_push_quote(L, &last);
    lua_pushnumber(L, (double)(qm_engine_now(e) - last.time) / 1e9);
    return 2;
}

/* ctx.ta.NAME(symbol, ...): an input bound to a symbol, at its current value. */
static int ta_value(lua_State *L) {
    qm_script *s = qm_script_of(L);
    qm_input_spec in;
    const qm_tap *tap;
    qm_instrument_id id = qm_check_symbol(L, 1);
    int n = lua_gettop(L);
    bool by_name = lua_istable(L, 2);
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_setfield(L, -2, "ta");
    if (by_name) {
        lua_pushvalue(L, 2);
    } else {
        lua_createtable(L, n, 0);
        for (int i = 2; i <= n; i++) {
            lua_pushvalue(L, i);
            lua_rawseti(L, -2, i - 1);
        }
    }
    lua_setfield(L, -2, "args");
    qm_input_read(L, -1, &in);
    in.instrument = id;
    qm_status status = qm_ctx_tap(qm_bind_engine(L), s->index, &in, &tap);
    if (status != QM_OK) {
        return luaL_error(L, "ctx.ta: %s: %s", lua_tostring(L, 1), qm_status_text(status));
    }
    for (int i = 0; i < in.info->output_count; i++) {
        qm_push_number(L, tap->value[i]);
    }
    return in.info->output_count;
}

static int ta_get(lua_State *L) {
    const char *name = luaL_checkstring(L, 2);
    if (!qm_ta_find(name)) {
        return luaL_error(L, "no indicator \"%s\"", name);
    }
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, ta_value, 1);
    return 1;
}

static void make_meta(lua_State *L, const char *name, lua_CFunction get, lua_CFunction length) {
    luaL_newmetatable(L, name);
    lua_pushcfunction(L, get);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, length);
    lua_setfield(L, -2, "__len");
    lua_pop(L, 1);
}

void qm_bind_series(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"bars", bars}, {"price", price}, {"quote", quote}, {NULL, NULL}};
    luaL_setfuncs(L, methods, 0);
    make_meta(L, "qm.series", series_get, series_length);
    make_meta(L, "qm.column", column_get, column_length);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, ta_get);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_setfield(L, -2, "ta");
}
