/* SPDX-License-Identifier: MIT
 *
 * What a script finds: the language and its safe libraries, with everything replaced that differs
 * from run to run. The rest of the replacements is lua/qm/sandbox.lua.
 */
#include "host/budget.h"

#include "base/log.h"

#include <string.h>

enum { REP_MAX = 1 << 24 };

/* pairs in a fixed order: over a sorted copy of the keys, so that the table may change. */
static int pairs_step(lua_State *L) {
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(2));
    for (;;) {
        i++;
        lua_pushinteger(L, i);
        lua_replace(L, lua_upvalueindex(2));
        if (lua_rawgeti(L, lua_upvalueindex(1), i) == LUA_TNIL) {
            return 1;
        }
        lua_pushvalue(L, -1);
        if (lua_gettable(L, 1) != LUA_TNIL) {
            return 2;
        }
        lua_pop(L, 2); /* removed on the way */
    }
}

static int sandbox_pairs(lua_State *L) {
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    qm_push_sorted_keys(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, pairs_step, 2);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

/* next in the same order: looks the key up in the sorted keys, so a walk with it is quadratic. */
static int sandbox_next(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    qm_push_sorted_keys(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 3), i = 1;
    if (!lua_isnil(L, 2)) {
        for (; i <= n; i++) {
            lua_rawgeti(L, 3, i);
            bool same = lua_rawequal(L, -1, 2);
            lua_pop(L, 1);
            if (same) {
                break;
            }
        }
        i++;
    }
    if (i > n) {
        lua_pushnil(L);
        return 1;
    }
    lua_rawgeti(L, 3, i);
    lua_pushvalue(L, -1);
    lua_gettable(L, 1);
    return 2;
}

/* No addresses: what has no text of its own shows its type. */
static int sandbox_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    int type = lua_type(L, 1);
    bool plain =
        type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING;
    if (!plain && luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL) {
        if (luaL_getmetafield(L, 1, "__name") != LUA_TSTRING) {
            lua_pushstring(L, luaL_typename(L, 1));
        }
        return 1;
    }
    luaL_tolstring(L, 1, NULL);
    return 1;
}

static int sandbox_random(lua_State *L) {
    qm_rng *rng = &qm_script_of(L)->rng;
    int count = lua_gettop(L);
    if (count == 0) {
        lua_pushnumber(L, qm_rng_double(rng));
        return 1;
    }
    lua_Integer low = count > 1 ? luaL_checkinteger(L, 1) : 1;
    lua_Integer high = luaL_checkinteger(L, count > 1 ? 2 : 1);
    luaL_argcheck(L, low <= high, count > 1 ? 2 : 1, "interval is empty");
    lua_pushinteger(L, qm_rng_range(rng, low, high));
    return 1;
}

static int sandbox_randomseed(lua_State *L) {
    qm_rng_seed(&qm_script_of(L)->rng, (uint64_t)luaL_checkinteger(L, 1));
    return 0;
}

/* Text only, from a string only. */
static int sandbox_load(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *name = luaL_optstring(L, 2, "=load");
    if (luaL_loadbufferx(L, text, length, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (lua_gettop(L) > 4 && !lua_isnone(L, 4)) {
        lua_pushvalue(L, 4);
        lua_setupvalue(L, -2, 1);
    }
    return 1;
}

static int sandbox_setmetatable(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_istable(L, 2)) {
        lua_getfield(L, 2, "__gc");
        lua_getfield(L, 2, "__mode");
        luaL_argcheck(L, lua_isnil(L, -2), 2, "__gc is not allowed");
        luaL_argcheck(L, lua_isnil(L, -1), 2, "weak tables are not allowed");
    }
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(L, "cannot change a protected metatable");
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int sandbox_rep(lua_State *L) {
    size_t length, gap;
    luaL_checklstring(L, 1, &length);
    lua_Integer n = luaL_checkinteger(L, 2);
    luaL_optlstring(L, 3, "", &gap);
    if (n > 0 && ((length + gap) > REP_MAX || n > REP_MAX / (lua_Integer)(length + gap + 1))) {
        return luaL_error(L, "string.rep: the result would be longer than %d bytes", REP_MAX);
    }
    lua_settop(L, 3);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 3, 1);
    return 1;
}

static int sandbox_print(lua_State *L) {
    int n = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= n; i++) {
        if (i > 1) {
            luaL_addchar(&buffer, '\t');
        }
        lua_pushcfunction(L, sandbox_tostring);
        lua_pushvalue(L, i);
        lua_call(L, 1, 1);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    qm_log(QM_LOG_INFO, qm_script_of(L)->spec.name, "%s", lua_tostring(L, -1));
    return 0;
}

static void remove_fields(lua_State *L, const char *library, const char *const *names) {
    lua_getglobal(L, library);
    for (; *names; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
    lua_pop(L, 1);
}

static void wrap_rep(lua_State *L) {
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "rep");
    lua_pushcclosure(L, sandbox_rep, 1);
    lua_setfield(L, -2, "rep");
    lua_pop(L, 1);
}

void qm_sandbox_open(lua_State *L) {
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
        {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8}, {LUA_COLIBNAME, luaopen_coroutine},
    };
    static const luaL_Reg replaced[] = {
        {"pairs", sandbox_pairs},
        {"next", sandbox_next},
        {"tostring", sandbox_tostring},
        {"load", sandbox_load},
        {"print", sandbox_print},
        {"setmetatable", sandbox_setmetatable},
        {NULL, NULL},
    };
    static const luaL_Reg random[] = {
        {"random", sandbox_random}, {"randomseed", sandbox_randomseed}, {NULL, NULL}};
    for (size_t i = 0; i < sizeof libraries / sizeof libraries[0]; i++) {
        luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
        lua_pop(L, 1);
    }
    lua_pushglobaltable(L);
    luaL_setfuncs(L, replaced, 0);
    lua_pop(L, 1);
    lua_getglobal(L, "math");
    luaL_setfuncs(L, random, 0);
    lua_pop(L, 1);
    wrap_rep(L);
    qm_protect_open(L);
    remove_fields(L, LUA_GNAME,
                  (const char *const[]){"dofile", "loadfile", "collectgarbage", "warn", NULL});
    remove_fields(L, "string", (const char *const[]){"dump", NULL});
}
