/* SPDX-License-Identifier: MIT
 *
 * Decimals, times, quantities and errors between C and Lua.
 */
#include "host/budget.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char DECIMAL[] = "qm.decimal", TIME[] = "qm.time";

void qm_push_decimal(lua_State *L, qm_decimal value) {
    *(qm_decimal *)lua_newuserdatauv(L, sizeof value, 0) = value;
    luaL_setmetatable(L, DECIMAL);
}

void qm_push_total(lua_State *L, qm_total value) {
    qm_decimal small;
    if (qm_total_to_decimal(value, &small) != QM_OK) {
        luaL_error(L, "the amount is too large for a decimal");
    }
    qm_push_decimal(L, small);
}

void qm_push_time(lua_State *L, qm_time value) {
    *(qm_time *)lua_newuserdatauv(L, sizeof value, 0) = value;
    luaL_setmetatable(L, TIME);
}

void qm_push_date(lua_State *L, qm_date value) {
    char text[QM_DATE_BUF];
    if (value == QM_DATE_NONE) {
        lua_pushnil(L);
    } else {
        lua_pushlstring(L, text, qm_date_format(value, text));
    }
}

void qm_push_quantity(lua_State *L, qm_decimal value) {
    if (qm_decimal_is_whole(value)) {
        lua_pushinteger(L, value.raw / QM_DECIMAL_SCALE);
    } else {
        lua_pushnumber(L, qm_decimal_to_double(value));
    }
}

void qm_push_number(lua_State *L, double value) {
    if (isnan(value)) {
        lua_pushnil(L);
    } else {
        lua_pushnumber(L, value);
    }
}

bool qm_is_decimal(lua_State *L, int index, qm_decimal *out) {
    const qm_decimal *value = luaL_testudata(L, index, DECIMAL);
    if (value) {
        *out = *value;
    }
    return value != NULL;
}

bool qm_is_time(lua_State *L, int index, qm_time *out) {
    const qm_time *value = luaL_testudata(L, index, TIME);
    if (value) {
        *out = *value;
    }
    return value != NULL;
}

static qm_decimal from_integer(lua_State *L, lua_Integer value, const char *what) {
    qm_decimal out = QM_DECIMAL_ZERO;
    if (qm_decimal_from_int(value, &out) != QM_OK) {
        luaL_error(L, "%s = %I is too large", what, value);
    }
    return out;
}

static qm_decimal from_text(lua_State *L, int index, const char *what) {
    size_t length;
    const char *text = lua_tolstring(L, index, &length);
    qm_decimal out = QM_DECIMAL_ZERO;
    qm_status status = qm_decimal_parse(text, length, &out);
    if (status != QM_OK) {
        luaL_error(L, "%s = \"%s\": %s", what, text, qm_status_text(status));
    }
    return out;
}

qm_decimal qm_check_quantity(lua_State *L, int index, const char *what) {
    qm_decimal out = QM_DECIMAL_ZERO;
    if (qm_is_decimal(L, index, &out)) {
        return out;
    }
    if (lua_isinteger(L, index)) {
        return from_integer(L, lua_tointeger(L, index), what);
    }
    if (lua_type(L, index) == LUA_TNUMBER) {
        double value = lua_tonumber(L, index);
        if (qm_decimal_from_double(value, &out) != QM_OK ||
            fabs(qm_decimal_to_double(out) - value) > 1e-12 * fabs(value)) {
            luaL_error(L, "%s = %f is no exact quantity (at most 9 decimals)", what, value);
        }
        return out;
    }
    if (lua_type(L, index) == LUA_TSTRING) {
        return from_text(L, index, what);
    }
    luaL_error(L, "%s must be a number, not a %s", what, luaL_typename(L, index));
    return out;
}

qm_decimal qm_check_money(lua_State *L, int index, const char *what, qm_decimal tick) {
    qm_decimal out = QM_DECIMAL_ZERO;
    if (qm_is_decimal(L, index, &out)) {
        return out;
    }
    if (lua_isinteger(L, index)) {
        return from_integer(L, lua_tointeger(L, index), what);
    }
    if (lua_type(L, index) == LUA_TSTRING) {
        return from_text(L, index, what);
    }
    if (lua_type(L, index) != LUA_TNUMBER) {
        luaL_error(L, "%s must be a decimal, not a %s", what, luaL_typename(L, index));
    }
    double value = lua_tonumber(L, index);
    /* A float becomes money only where it is the very number that the decimal stands for. */
    if (qm_decimal_from_double(value, &out) != QM_OK || qm_decimal_to_double(out) != value ||
        (tick.raw > 0 && out.raw % tick.raw != 0)) {
        char text[QM_DECIMAL_BUF];
        qm_decimal_format(tick, text);
        luaL_error(L, "%s = %f is a float off the tick of %s: use qm.round_to_tick", what, value,
                   text);
    }
    return out;
}

qm_instrument_id qm_check_symbol(lua_State *L, int index) {
    const char *symbol = luaL_checkstring(L, index);
    const qm_instrument *info =
        qm_instruments_find(qm_script_of(L)->instruments, symbol, QM_DATE_NONE);
    if (!info) {
        luaL_error(L, "no instrument \"%s\"", symbol);
    }
    return info->id;
}

void qm_push_symbol(lua_State *L, qm_instrument_id id) {
    const qm_instrument *info = qm_instruments_get(qm_script_of(L)->instruments, id);
    lua_pushstring(L, info ? info->symbol : NULL);
}

static int error_text(lua_State *L) {
    lua_getfield(L, 1, "code");
    lua_getfield(L, 1, "message");
    lua_pushfstring(L, "%s: %s", lua_tostring(L, -2), lua_tostring(L, -1));
    return 1;
}

int qm_push_error(lua_State *L, const qm_error *err) {
    lua_pushnil(L);
    lua_createtable(L, 0, 2);
    lua_pushstring(L, qm_status_name(err->status));
    lua_setfield(L, -2, "code");
    lua_pushstring(L, err->message);
    lua_setfield(L, -2, "message");
    if (luaL_newmetatable(L, "qm.error")) {
        lua_pushcfunction(L, error_text);
        lua_setfield(L, -2, "__tostring");
        lua_pushboolean(L, 0); /* sealed (sandbox.c) */
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
    return 2;
}

/* Order of keys: booleans, numbers, strings. */
static int rank_of(lua_State *L, int index) {
    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        return 0;
    case LUA_TNUMBER:
        return 1;
    case LUA_TSTRING:
        return 2;
    default:
        return 3;
    }
}

static bool key_before(lua_State *L, int a, int b) {
    int x = rank_of(L, a), y = rank_of(L, b);
    if (x != y) {
        return x < y;
    }
    if (x == 0) {
        return !lua_toboolean(L, a) && lua_toboolean(L, b);
    }
    if (x == 1) {
        return lua_compare(L, a, b, LUA_OPLT);
    }
    size_t n, m;
    const char *s = lua_tolstring(L, a, &n), *t = lua_tolstring(L, b, &m);
    int order = memcmp(s, t, n < m ? n : m); /* bytes: no locale */
    return order != 0 ? order < 0 : n < m;
}

/* Heap sort of the sequence on top: no recursion, no extra memory. */
static void sift(lua_State *L, lua_Integer at, lua_Integer end) {
    for (;;) {
        qm_pulse(L);
        lua_Integer child = 2 * at;
        if (child > end) {
            return;
        }
        lua_rawgeti(L, -1, child);
        if (child < end) {
            lua_rawgeti(L, -2, child + 1);
            if (key_before(L, -2, -1)) {
                child++;
                lua_remove(L, -2);
            } else {
                lua_pop(L, 1);
            }
        }
        lua_rawgeti(L, -2, at);
        if (!key_before(L, -1, -2)) {
            lua_pop(L, 2);
            return;
        }
        lua_rawseti(L, -3, child); /* the parent goes down */
        lua_rawseti(L, -2, at);
        at = child;
    }
}

void qm_push_sorted_keys(lua_State *L, int index) {
    index = lua_absindex(L, index);
    lua_Integer n = 0;
    luaL_checkstack(L, 8, "too many values");
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        qm_pulse(L);
        if (rank_of(L, -1) == 3) {
            luaL_error(L, "a key that is a %s has no order: use booleans, numbers or strings",
                       luaL_typename(L, -1));
        }
        lua_pushvalue(L, -1);
        lua_rawseti(L, -3, ++n);
    }
    for (lua_Integer i = n / 2; i >= 1; i--) {
        sift(L, i, n);
    }
    for (lua_Integer end = n; end > 1; end--) {
        lua_rawgeti(L, -1, 1);
        lua_rawgeti(L, -2, end);
        lua_rawseti(L, -3, 1);
        lua_rawseti(L, -2, end);
        sift(L, 1, end - 1);
    }
}

static void put_value(lua_State *L, int index, qm_json_writer *w, int depth);

static void put_table(lua_State *L, int index, qm_json_writer *w, int depth) {
    lua_Integer n = luaL_len(L, index);
    if (depth > 16) {
        luaL_error(L, "tables nested more than 16 deep");
    }
    if (n > 0) {
        qm_json_open_array(w);
        for (lua_Integer i = 1; i <= n; i++) {
            qm_pulse(L);
            lua_geti(L, index, i);
            put_value(L, lua_gettop(L), w, depth + 1);
            lua_pop(L, 1);
        }
        qm_json_close_array(w);
        return;
    }
    qm_push_sorted_keys(L, index);
    int keys = lua_gettop(L);
    qm_json_open_object(w);
    n = (lua_Integer)lua_rawlen(L, keys);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, keys, i);
        lua_pushvalue(L, -1);
        qm_json_key(w, luaL_tolstring(L, -1, NULL));
        lua_pop(L, 2);
        lua_gettable(L, index);
        put_value(L, lua_gettop(L), w, depth + 1);
        lua_pop(L, 1);
    }
    qm_json_close_object(w);
    lua_pop(L, 1);
}

static void put_value(lua_State *L, int index, qm_json_writer *w, int depth) {
    qm_decimal decimal;
    qm_time time;
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        qm_json_null(w);
        return;
    case LUA_TBOOLEAN:
        qm_json_bool(w, lua_toboolean(L, index));
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            qm_json_int(w, lua_tointeger(L, index));
        } else {
            qm_json_double(w, lua_tonumber(L, index));
        }
        return;
    case LUA_TSTRING:
        qm_json_string(w, lua_tostring(L, index));
        return;
    case LUA_TTABLE:
        put_table(L, index, w, depth);
        return;
    default:
        break;
    }
    if (qm_is_decimal(L, index, &decimal)) {
        qm_json_decimal(w, decimal);
    } else if (qm_is_time(L, index, &time)) {
        qm_json_time(w, time);
    } else {
        luaL_error(L, "a %s can't be recorded", luaL_typename(L, index));
    }
}

void qm_json_of(lua_State *L, int index, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    put_value(L, lua_absindex(L, index), &w, 0);
    if (out->status != QM_OK) {
        luaL_error(L, "the record is too long");
    }
}
