/* SPDX-License-Identifier: MIT
 *
 * An ordinary Lua state (specs are the user's own programs, not strategies in a sandbox). busted
 * ends the process through os.exit; that is caught, so that memory is given back.
 */
#include "host/busted.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include <stdio.h>
#include <string.h>

/* os.exit becomes an error that carries the code. */
static const char RUNNER[] =
    "local codes = {}\n"
    "os.exit = function(code)\n"
    "    codes[1] = code == true and 0 or code == false and 1 or code or 0\n"
    "    error(codes, 0)\n"
    "end\n"
    "package.path = table.concat({ './?.lua', './?/init.lua', './strategies/?.lua',\n"
    "    '/usr/share/lua/5.4/?.lua', '/usr/share/lua/5.4/?/init.lua',\n"
    "    '/usr/share/lua/5.3/?.lua', '/usr/share/lua/5.3/?/init.lua',\n"
    "    '/usr/share/lua/5.1/?.lua', '/usr/share/lua/5.1/?/init.lua', package.path }, ';')\n"
    "if not pcall(require, 'busted.runner') then return 69 end\n"
    "local ok, result = pcall(function()\n"
    "    require('busted.runner') { standalone = false }\n"
    "end)\n"
    "if ok then return 0 end\n"
    "if result == codes then return codes[1] end\n"
    "io.stderr:write(tostring(result), '\\n')\n"
    "return 70\n";

static void push_arguments(lua_State *L, int count, const char *const *arguments) {
    lua_newtable(L);
    lua_pushstring(L, "qm test");
    lua_rawseti(L, -2, 0);
    for (int i = 0; i < count; i++) {
        lua_pushstring(L, arguments[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setglobal(L, "arg");
}

typedef struct call {
    int count;
    const char *const *arguments;
    int code;
} call;

static int run(lua_State *L) {
    call *c = lua_touserdata(L, 1);
    luaL_openlibs(L);
    push_arguments(L, c->count, c->arguments);
    if (luaL_loadbufferx(L, RUNNER, sizeof RUNNER - 1, "=qm test", "t") != LUA_OK) {
        return lua_error(L);
    }
    lua_call(L, 0, 1);
    c->code = (int)luaL_optinteger(L, -1, 70);
    return 0;
}

qm_status qm_busted_run(int count, const char *const *arguments, qm_error *err) {
    call c = {count, arguments, 70};
    lua_State *L = luaL_newstate();
    if (!L) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, &c);
    qm_status status = QM_OK;
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        status = qm_error_set(err, QM_EINTERNAL, "%s", lua_tostring(L, -1));
    } else if (c.code == 69) {
        status = qm_error_set(err, QM_EUNAVAILABLE, "busted is not installed (lua-busted)");
    } else if (c.code != 0) {
        status = QM_ENO;
    }
    lua_close(L);
    fflush(stdout);
    return status;
}
