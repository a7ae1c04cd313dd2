/* SPDX-License-Identifier: MIT
 *
 * The one door from C into Lua: a protected call with a traceback. The message handler stays at the
 * bottom of the stack.
 */
#include "host/budget.h"

#include "base/suggest.h"

#include <stdio.h>
#include <string.h>

enum { HANDLER = 1 };

/* Splits "file:line: message\nstack traceback:..." into place and message. */
static qm_status translate(qm_script *s, int code, qm_error *err) {
    size_t length;
    const char *text = lua_tolstring(s->L, -1, &length);
    qm_status status = QM_ESCRIPT;
    if (code == LUA_ERRMEM && s->stop == STOP_NONE) {
        s->stop = STOP_MEMORY;
    }
    if (s->stop != STOP_NONE) {
        status = qm_budget_stopped(s, err);
    } else if (err) {
        const char *newline = text ? strchr(text, '\n') : NULL;
        int line = newline ? (int)(newline - text) : (int)length;
        qm_error_set(err, status, "%.*s", text ? line : 7, text ? text : "unknown");
    }
    lua_settop(s->L, HANDLER);
    return status;
}

qm_status qm_door_call(qm_script *s, int arguments, int results, qm_error *err) {
    qm_watch *watch = s->watch;
    bool day = s->day_ns > 0 && !s->patient;
    if (day) {
        qm_budget_day_begin(s);
    }
    if (watch) {
        qm_watch_begin(watch, s, s->call_ns);
    }
    int code = lua_pcall(s->L, arguments, results, HANDLER);
    if (watch) {
        qm_watch_end(watch);
    }
    if (day) {
        qm_budget_day_end(s);
    }
    if (__builtin_expect(s->memory > s->memory_cap / 2, 0)) {
        qm_budget_memory(s);
    }
    return code == LUA_OK && s->stop == STOP_NONE ? QM_OK : translate(s, code, err);
}

qm_status qm_door(qm_script *s, lua_CFunction f, void *data, qm_error *err) {
    lua_pushcfunction(s->L, f); /* a light C function: no memory is needed */
    lua_pushlightuserdata(s->L, data);
    return qm_door_call(s, 1, 0, err);
}

qm_script *qm_script_of(lua_State *L) {
    return *(qm_script **)lua_getextraspace(L);
}

void qm_script_raise(lua_State *L, const char *format, ...) {
    va_list args;
    va_start(args, format);
    lua_pushfstring(L, "%s: ", qm_script_of(L)->path);
    lua_pushvfstring(L, format, args);
    va_end(args);
    lua_concat(L, 2);
    lua_error(L);
    __builtin_unreachable();
}

void qm_script_raise_at(lua_State *L, const char *key, const char *format, ...) {
    const char *path = qm_script_of(L)->path;
    int line = qm_line_of_key(L, path, key);
    if (line > 0) {
        lua_pushfstring(L, "%s:%d: ", path, line);
    } else {
        lua_pushfstring(L, "%s: ", path);
    }
    va_list args;
    va_start(args, format);
    lua_pushvfstring(L, format, args);
    va_end(args);
    lua_concat(L, 2);
    lua_error(L);
    __builtin_unreachable();
}

const char *qm_nearest(lua_State *L, const char *name, const char *const *known) {
    const char *best = qm_nearest_name(name, known);
    return best ? lua_pushfstring(L, " (did you mean \"%s\"?)", best) : "";
}
