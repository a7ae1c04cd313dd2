/* SPDX-License-Identifier: MIT
 *
 * What a script finds: the language and its safe libraries, with everything replaced that differs
 * from run to run. The rest of the replacements is lua/qm/sandbox.lua.
 */
#include "host/budget.h"

#include "base/log.h"

#include <string.h>

enum { PIECE = 4096 };

static const char METATABLES[] = "qm.metatables"; /* that a script has set, weakly */

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
int qm_sandbox_tostring(lua_State *L) {
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

typedef struct pieces {
    const char *text;
    size_t left;
} pieces;

/* The parser may take long: between two pieces it can be stopped. */
static const char *next_piece(lua_State *L, void *data, size_t *size) {
    pieces *p = data;
    qm_pulse(L);
    const char *piece = p->text;
    *size = p->left < PIECE ? p->left : PIECE;
    p->text += *size;
    p->left -= *size;
    return piece;
}

int qm_load_text(lua_State *L, const char *text, size_t length, const char *name) {
    pieces p = {text, length};
    int status = lua_load(L, next_piece, &p, name, "t");
    if (status != LUA_OK) {
        qm_pulse(L);
    }
    return status;
}

/* Text only, from a string only. */
static int sandbox_load(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *name = luaL_optstring(L, 2, text);
    lua_settop(L, lua_gettop(L) < 4 ? 3 : 4);
    if (qm_load_text(L, text, length, name) != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return 2;
    }
    if (lua_gettop(L) > 4) {
        lua_pushvalue(L, 4);
        lua_setupvalue(L, -2, 1);
    }
    return 1;
}

/* Raw, as the collector reads it. */
static void refuse_key(lua_State *L, int metatable, const char *key, const char *what) {
    metatable = lua_absindex(L, metatable);
    lua_pushstring(L, key);
    if (lua_rawget(L, metatable) != LUA_TNIL) {
        luaL_error(L, "setmetatable: %s not allowed", what);
    }
    lua_pop(L, 1);
}

static void refuse_keys(lua_State *L, int metatable) {
    refuse_key(L, metatable, "__gc", "__gc is");
    refuse_key(L, metatable, "__mode", "weak tables are");
}

static int sandbox_setmetatable(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(L, "cannot change a protected metatable");
    }
    if (lua_istable(L, 2)) {
        refuse_keys(L, 2);
        lua_getfield(L, LUA_REGISTRYINDEX, METATABLES);
        lua_pushvalue(L, 2);
        lua_pushboolean(L, 1);
        lua_rawset(L, -3);
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

/* Keys that came into a metatable only after it was set. */
void qm_sandbox_check(lua_State *L) {
    lua_getfield(L, LUA_REGISTRYINDEX, METATABLES);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        refuse_keys(L, -1);
    }
    lua_pop(L, 1);
}

/* A metatable of the library: its methods stay reachable, itself does not, since a __gc in it would
 * run where no hook reaches. */
static void seal(lua_State *L, int metatable) {
    lua_pushboolean(L, 0);
    lua_setfield(L, metatable, "__metatable");
    lua_getfield(L, metatable, "__index");
    bool itself = lua_rawequal(L, -1, metatable);
    lua_pop(L, 1);
    if (!itself) {
        return;
    }
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, metatable)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        if (strncmp(lua_tostring(L, -2), "__", 2) == 0) {
            lua_pop(L, 2);
        } else {
            lua_rawset(L, -4);
        }
    }
    lua_setfield(L, metatable, "__index");
}

void qm_sandbox_seal(lua_State *L) {
    lua_pushnil(L);
    while (lua_next(L, LUA_REGISTRYINDEX)) {
        if (lua_istable(L, -1) && lua_type(L, -2) == LUA_TSTRING) {
            lua_pushliteral(L, "__name"); /* luaL_newmetatable has set it */
            if (lua_rawget(L, -2) == LUA_TSTRING) {
                seal(L, lua_gettop(L) - 1);
            }
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
}

static int sandbox_print(lua_State *L) {
    int n = lua_gettop(L);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    for (int i = 1; i <= n; i++) {
        if (i > 1) {
            luaL_addchar(&buffer, '\t');
        }
        lua_pushcfunction(L, qm_sandbox_tostring);
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

void qm_sandbox_open(lua_State *L) {
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},       {LUA_STRLIBNAME, luaopen_string},
        {LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8}, {LUA_COLIBNAME, luaopen_coroutine},
    };
    static const luaL_Reg replaced[] = {
        {"pairs", sandbox_pairs},
        {"next", sandbox_next},
        {"tostring", qm_sandbox_tostring},
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
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, METATABLES);
    qm_protect_open(L);
    qm_strings_open(L);
    qm_tables_open(L);
    remove_fields(L, LUA_GNAME,
                  (const char *const[]){"dofile", "loadfile", "collectgarbage", "warn", NULL});
}
