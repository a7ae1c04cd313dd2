/* SPDX-License-Identifier: MIT
 *
 * The view of the bar at hand: one userdata, valid during the call.
 */
#include "bind/internal.h"

#include <string.h>

static int get(lua_State *L) {
    qm_script *s = qm_script_of(L);
    const char *key = luaL_checkstring(L, 2);
    const qm_bar *bar = s->bar;
    if (!bar) {
        return luaL_error(L, "a bar is valid during its callback only: copy the numbers you need");
    }
    static const char *const columns[] = {"open", "high", "low", "close", "volume"};
    for (int i = 0; i < QM_COLUMN_COUNT; i++) {
        if (strcmp(columns[i], key) == 0) {
            qm_push_number(L, bar->x[i]);
            return 1;
        }
    }
    if (strcmp(key, "symbol") == 0) {
        qm_push_symbol(L, s->bar_instrument);
    } else if (strcmp(key, "date") == 0) {
        qm_push_date(L, bar->date);
    } else if (strcmp(key, "time") == 0) {
        qm_push_time(L, bar->time);
    } else {
        return luaL_error(L, "a bar has no field \"%s\"", key);
    }
    return 1;
}

void qm_bind_bar(lua_State *L) {
    qm_script *s = qm_script_of(L);
    lua_newuserdatauv(L, 0, 0);
    luaL_newmetatable(L, "qm.bar");
    lua_pushcfunction(L, get);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    s->bar_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}
