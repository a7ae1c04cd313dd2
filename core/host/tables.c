/* SPDX-License-Identifier: MIT
 *
 * The functions of `table` whose loops a script can make as long as it likes: counts are checked
 * first, and each turn looks whether the script must stop. (sort is lua/qm/sandbox.lua.)
 */
#include "host/budget.h"

#include <limits.h>

enum { COUNT_MAX = 1 << 24 };

static lua_Integer length_of(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    return luaL_len(L, 1);
}

static void check_count(lua_State *L, lua_Integer count, const char *what) {
    if (count > COUNT_MAX) {
        luaL_error(L, "table.%s: more than %d elements", what, COUNT_MAX);
    }
}

static int insert(lua_State *L) {
    lua_Integer end = (lua_Integer)((lua_Unsigned)length_of(L) + 1), at = end;
    if (lua_gettop(L) == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1 < (lua_Unsigned)end, 2, "position out of bounds");
        check_count(L, end - at, "insert");
        for (lua_Integer i = end; i > at; i--) {
            qm_pulse(L);
            lua_geti(L, 1, i - 1);
            lua_seti(L, 1, i);
        }
    } else if (lua_gettop(L) != 2) {
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, at);
    return 0;
}

static int remove_at(lua_State *L) {
    lua_Integer length = length_of(L), at = luaL_optinteger(L, 2, length);
    if (at != length) {
        luaL_argcheck(L, (lua_Unsigned)at - 1 <= (lua_Unsigned)length, 2, "position out of bounds");
        check_count(L, length - at, "remove");
    }
    lua_geti(L, 1, at);
    for (; at < length; at++) {
        qm_pulse(L);
        lua_geti(L, 1, at + 1);
        lua_seti(L, 1, at);
    }
    lua_pushnil(L);
    lua_seti(L, 1, at);
    return 1;
}

/* Backwards where the destination lies behind the start, in the same table. */
static int move(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer from = luaL_checkinteger(L, 2), end = luaL_checkinteger(L, 3);
    lua_Integer to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, target, LUA_TTABLE);
    if (end >= from) {
        luaL_argcheck(L, from > 0 || end < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer n = end - from + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
        check_count(L, n, "move");
        bool back = to > from && to <= end && (target == 1 || lua_compare(L, 1, 5, LUA_OPEQ));
        for (lua_Integer k = 0; k < n; k++) {
            lua_Integer i = back ? n - 1 - k : k;
            qm_pulse(L);
            lua_geti(L, 1, from + i);
            lua_seti(L, target, to + i);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static void add_element(lua_State *L, luaL_Buffer *out, lua_Integer i) {
    qm_pulse(L);
    lua_geti(L, 1, i);
    if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1),
                   i);
    }
    luaL_addvalue(out);
}

static int concat(lua_State *L) {
    size_t gap;
    lua_Integer length = length_of(L);
    const char *between = luaL_optlstring(L, 2, "", &gap);
    lua_Integer i = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, length);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (; i < last; i++) {
        add_element(L, &out, i);
        luaL_addlstring(&out, between, gap);
    }
    if (i == last) {
        add_element(L, &out, i);
    }
    luaL_pushresult(&out);
    return 1;
}

static int unpack(lua_State *L) {
    lua_Integer i = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (i > last) {
        return 0;
    }
    lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)i;
    if (n >= INT_MAX || !lua_checkstack(L, (int)++n)) {
        return luaL_error(L, "too many results to unpack");
    }
    for (lua_Unsigned k = 0; k < n; k++) {
        qm_pulse(L);
        lua_geti(L, 1, (lua_Integer)((lua_Unsigned)i + k));
    }
    return (int)n;
}

void qm_tables_open(lua_State *L) {
    static const luaL_Reg own[] = {{"insert", insert}, {"remove", remove_at}, {"move", move},
                                   {"concat", concat}, {"unpack", unpack},    {NULL, NULL}};
    lua_getglobal(L, "table");
    luaL_setfuncs(L, own, 0);
    lua_pop(L, 1);
}
