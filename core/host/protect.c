/* SPDX-License-Identifier: MIT
 *
 * pcall, xpcall and coroutines that can't hide a stop (budget.c): each looks at the mark and raises
 * again. They also say which coroutine runs, which the watchdog's handler must know.
 */
#include "host/budget.h"

enum { ALIVE_MAX = 1000, CLOSES_MAX = 16 };

static const char COROUTINES[] = "qm.coroutines"; /* all of them, weakly */

/* A refusal that was not tried again leaves no mark by itself. */
static void note_memory(lua_State *L, int status) {
    qm_script *s = qm_script_of(L);
    if (status == LUA_ERRMEM && s->stop == STOP_NONE) {
        s->stop = STOP_MEMORY;
    }
}

/* ---- pcall, xpcall ---- */

/* extra: values below the results. */
static int finish(lua_State *L, int status, lua_KContext extra) {
    note_memory(L, status);
    if (qm_script_of(L)->stop != STOP_NONE) {
        qm_budget_raise(L);
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int protect_pcall(lua_State *L) {
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return finish(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish), 0);
}

/* The script's handler, unless it must stop: an error of the hook would run it without a hook. */
static int handler(lua_State *L) {
    if (qm_script_of(L)->stop != STOP_NONE) {
        return 1;
    }
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int protect_xpcall(lua_State *L) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handler, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2); /* f, handler, true, f, arguments */
    return finish(L, lua_pcallk(L, lua_gettop(L) - 4, LUA_MULTRET, 2, 2, finish), 2);
}

/* ---- coroutines ---- */

static bool is_alive(lua_State *co) {
    lua_Debug ar;
    switch (lua_status(co)) {
    case LUA_YIELD:
        return true;
    case LUA_OK:
        return lua_getstack(co, 0, &ar) || lua_gettop(co) > 0;
    default:
        return false;
    }
}

static int count_alive(lua_State *L) {
    int count = 0;
    lua_gc(L, LUA_GCCOLLECT);
    lua_getfield(L, LUA_REGISTRYINDEX, COROUTINES);
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        lua_pop(L, 1);
        count += is_alive(lua_tothread(L, -1));
    }
    lua_pop(L, 1);
    return count;
}

static int create(lua_State *L) {
    qm_script *s = qm_script_of(L);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (s->coroutines >= ALIVE_MAX) {
        s->coroutines = count_alive(L); /* who is gone is only known now */
        if (s->coroutines >= ALIVE_MAX) {
            return luaL_error(L, "more than %d coroutines are alive", ALIVE_MAX);
        }
    }
    lua_getfield(L, LUA_REGISTRYINDEX, COROUTINES);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, -1);
    lua_pushboolean(L, 1);
    lua_rawset(L, -4);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    s->coroutines++;
    return 1;
}

static lua_State *check_coroutine(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "thread");
    return co;
}

/* The number of results that were moved to L, or -1 with the error there. */
static int run(lua_State *L, lua_State *co, int arguments) {
    qm_script *s = qm_script_of(L);
    int results = 0;
    if (!lua_checkstack(co, arguments + 1)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, arguments);
    s->running = co;
    int status = s->stop == STOP_NONE ? lua_resume(co, L, arguments, &results) : LUA_OK;
    s->running = L;
    note_memory(L, status);
    qm_pulse(L);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushvalue(co, -1); /* its own stays, for what is still to close */
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

/* Nothing else bounds closes inside one another: they start a count of C calls of their own. */
static int close_pending(lua_State *L, lua_State *co) {
    qm_script *s = qm_script_of(L);
    if (s->closing >= CLOSES_MAX) {
        return luaL_error(L, "coroutines are closed inside one another, more than %d deep",
                          CLOSES_MAX);
    }
    s->closing++;
    s->running = co;
    int status = lua_resetthread(co);
    s->running = L;
    s->closing--;
    note_memory(L, status);
    qm_pulse(L);
    return status;
}

static int resume(lua_State *L) {
    int results = run(L, check_coroutine(L), lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    lua_insert(L, results >= 0 ? -(results + 1) : -2);
    return results >= 0 ? results + 1 : 2;
}

static int call_wrapped(lua_State *L) {
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results = run(L, co, lua_gettop(L));
    if (results >= 0) {
        return results;
    }
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) {
        status = close_pending(L, co);
        lua_xmove(co, L, 1);
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int wrap(lua_State *L) {
    create(L);
    lua_pushcclosure(L, call_wrapped, 1);
    return 1;
}

static int close_coroutine(lua_State *L) {
    lua_State *co = check_coroutine(L);
    lua_Debug ar;
    if (co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &ar))) {
        return luaL_error(L, "cannot close a %s coroutine", co == L ? "running" : "normal");
    }
    if (close_pending(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

void qm_protect_open(lua_State *L) {
    static const luaL_Reg globals[] = {
        {"pcall", protect_pcall}, {"xpcall", protect_xpcall}, {NULL, NULL}};
    static const luaL_Reg coroutines[] = {{"create", create},
                                          {"resume", resume},
                                          {"wrap", wrap},
                                          {"close", close_coroutine},
                                          {NULL, NULL}};
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, COROUTINES);
    lua_pushglobaltable(L);
    luaL_setfuncs(L, globals, 0);
    lua_getfield(L, -1, "coroutine");
    luaL_setfuncs(L, coroutines, 0);
    lua_pop(L, 2);
}
