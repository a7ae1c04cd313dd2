/* SPDX-License-Identifier: MIT
 *
 * qm.time: instants. Differences are seconds.
 */
#include "bind/internal.h"

#include "base/calendar.h"

#include <string.h>

static qm_time instant(lua_State *L, int index) {
    qm_time value = 0;
    if (!qm_is_time(L, index, &value)) {
        luaL_error(L, "a time is needed, not a %s", luaL_typename(L, index));
    }
    return value;
}

static int to_text(lua_State *L) {
    char text[QM_TIME_BUF];
    lua_pushlstring(L, text, qm_time_format(instant(L, 1), text));
    return 1;
}
static int equal(lua_State *L) {
    lua_pushboolean(L, instant(L, 1) == instant(L, 2));
    return 1;
}
static int less(lua_State *L) {
    lua_pushboolean(L, instant(L, 1) < instant(L, 2));
    return 1;
}
static int at_most(lua_State *L) {
    lua_pushboolean(L, instant(L, 1) <= instant(L, 2));
    return 1;
}
static int subtract(lua_State *L) {
    lua_pushnumber(L, (double)(instant(L, 1) - instant(L, 2)) / 1e9);
    return 1;
}
static int add(lua_State *L) {
    qm_push_time(L, instant(L, 1) + (qm_time)(luaL_checknumber(L, 2) * 1e9));
    return 1;
}

static int new_time(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length);
    qm_time value;
    if (qm_time_parse(text, length, &value) != QM_OK) {
        return luaL_error(L, "\"%s\" is no time (2007-01-03T14:30:00Z)", text);
    }
    qm_push_time(L, value);
    return 1;
}

static qm_date check_date(lua_State *L, int index) {
    size_t length;
    const char *text = luaL_checklstring(L, index, &length);
    qm_date date = 0;
    if (qm_date_parse(text, length, &date) != QM_OK) {
        luaL_error(L, "\"%s\" is no date (2007-01-03)", text);
    }
    return date;
}

/* qm.sessions_between(from, to): exchange sessions after from, up to and with to. */
static int sessions_between(lua_State *L) {
    lua_pushinteger(L, qm_calendar_count(check_date(L, 1), check_date(L, 2)));
    return 1;
}

static const luaL_Reg META[] = {
    {"__tostring", to_text}, {"__eq", equal}, {"__lt", less}, {"__le", at_most},
    {"__sub", subtract},     {"__add", add},  {NULL, NULL},
};

/* qm.date_add("2024-02-28", 2) */
static int date_add(lua_State *L) {
    qm_date date = check_date(L, 1);
    lua_Integer days = luaL_checkinteger(L, 2);
    luaL_argcheck(L, days >= -100000 && days <= 100000, 2, "out of range");
    qm_push_date(L, date + (qm_date)days);
    return 1;
}

void qm_bind_time(lua_State *L) {
    luaL_newmetatable(L, "qm.time");
    luaL_setfuncs(L, META, 0);
    lua_pop(L, 1);
    lua_pushcfunction(L, new_time);
    lua_setfield(L, -2, "time");
    lua_pushcfunction(L, sessions_between);
    lua_setfield(L, -2, "sessions_between");
    lua_pushcfunction(L, date_add);
    lua_setfield(L, -2, "date_add");
}
