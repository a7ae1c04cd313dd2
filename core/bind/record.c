/* SPDX-License-Identifier: MIT
 *
 * What a strategy puts on record: signals, skips, notifications, log lines; and its timers.
 */
#include "bind/internal.h"

#include "base/log.h"

#include <stdio.h>

#include <string.h>

/* The symbol of a record, 0 without one. */
static qm_instrument_id symbol_of(lua_State *L, int table) {
    lua_getfield(L, table, "symbol");
    qm_instrument_id id = lua_isnil(L, -1) ? 0 : qm_check_symbol(L, -1);
    lua_pop(L, 1);
    return id;
}

static int record(lua_State *L, qm_decision_kind kind) {
    qm_script *s = qm_script_of(L);
    qm_engine *e = qm_bind_engine(L);
    luaL_checktype(L, 2, LUA_TTABLE);
    qm_instrument_id id = symbol_of(L, 2);
    qm_buf_clear(&s->scratch);
    qm_json_of(L, 2, &s->scratch);
    qm_status status = qm_ctx_record(e, s->index, kind, id, &s->scratch);
    if (status != QM_OK) {
        return luaL_error(L, "%s", qm_status_text(status));
    }
    return 0;
}

static int signal(lua_State *L) {
    return record(L, QM_DECISION_SIGNAL);
}

/* Also to the log, until there is an outbox. */
static int notify(lua_State *L) {
    record(L, QM_DECISION_NOTIFY);
    qm_script *s = qm_script_of(L);
    lua_getfield(L, 2, "text");
    lua_getfield(L, 2, "title");
    const char *text = lua_tostring(L, -2), *title = lua_tostring(L, -1);
    qm_log(QM_LOG_INFO, s->spec.name, "%s%s%s", title ? title : "", title && text ? ": " : "",
           text    ? text
           : title ? ""
                   : s->scratch.data);
    return 0;
}

/* A number, decimal or text as text; NULL for nil. Stays on the stack. */
static const char *text_field(lua_State *L, const char *key) {
    lua_getfield(L, 2, key);
    if (lua_isnil(L, -1)) {
        return NULL;
    }
    if (lua_type(L, -1) == LUA_TNUMBER && !lua_isinteger(L, -1)) {
        char text[32];
        snprintf(text, sizeof text, "%.6g", lua_tonumber(L, -1));
        return lua_pushstring(L, text);
    }
    return luaL_tolstring(L, -1, NULL);
}

static int skip(lua_State *L) {
    luaL_checktype(L, 2, LUA_TTABLE);
    qm_skip_note note = {.instrument = symbol_of(L, 2)};
    note.rule = text_field(L, "rule");
    note.value = text_field(L, "value");
    note.limit = text_field(L, "limit");
    if (!note.rule || strlen(note.rule) >= QM_RULE_MAX) {
        return luaL_error(L, "ctx:skip needs a rule of at most %d characters", QM_RULE_MAX - 1);
    }
    qm_status status = qm_ctx_skip(qm_bind_engine(L), qm_script_of(L)->index, &note);
    return status == QM_OK ? 0 : luaL_error(L, "%s", qm_status_text(status));
}

/* ctx:after(seconds, "callback", data) and ctx:every(seconds, ...): the timer's id. */
static int timer(lua_State *L, bool repeat) {
    qm_script *s = qm_script_of(L);
    double seconds = luaL_checknumber(L, 2);
    const char *callback = luaL_checkstring(L, 3);
    luaL_argcheck(L, seconds > 0 && seconds < 3e9, 2, "must be above 0");
    lua_settop(L, 4); /* data, or nil */
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->table_ref);
    if (lua_getfield(L, -1, callback) != LUA_TFUNCTION) {
        return luaL_error(L, "the strategy has no function \"%s\"", callback);
    }
    qm_timer_request request = {
        .after_ns = (int64_t)(seconds * 1e9), .repeat = repeat, .callback = callback};
    if (!lua_isnil(L, 4)) {
        qm_buf_clear(&s->scratch);
        qm_state_encode(L, 4, &s->scratch, 4096);
        request.data = s->scratch.data;
        request.length = s->scratch.length;
    }
    uint64_t id;
    qm_status status = qm_ctx_timer(qm_bind_engine(L), s->index, &request, &id);
    if (status != QM_OK) {
        return luaL_error(L, "timer: %s", qm_status_text(status));
    }
    lua_pushinteger(L, (lua_Integer)id);
    return 1;
}

static int after(lua_State *L) {
    return timer(L, false);
}
static int every(lua_State *L) {
    return timer(L, true);
}
static int cancel_timer(lua_State *L) {
    uint64_t id = (uint64_t)luaL_checkinteger(L, 2);
    lua_pushboolean(L, qm_ctx_timer_cancel(qm_bind_engine(L), qm_script_of(L)->index, id));
    return 1;
}

/* ctx.log.info(format, ...) */
static int write_log(lua_State *L) {
    qm_log_level level = (qm_log_level)lua_tointeger(L, lua_upvalueindex(1));
    int n = lua_gettop(L);
    lua_getglobal(L, "string");
    lua_getfield(L, -1, "format");
    lua_remove(L, -2);
    lua_insert(L, 1);
    lua_call(L, n, 1);
    qm_log(level, qm_script_of(L)->spec.name, "%s", luaL_checkstring(L, -1));
    return 0;
}

/* ctx:transfer(amount, "reserve"): true, or nil and why not. */
static int transfer(lua_State *L) {
    qm_error err = {0};
    qm_decimal amount = qm_check_money(L, 2, "amount", (qm_decimal){QM_DECIMAL_SCALE / 100});
    const char *to = luaL_checkstring(L, 3);
    luaL_argcheck(L, strcmp(to, "reserve") == 0, 3, "must be \"reserve\"");
    luaL_argcheck(L, amount.raw != 0, 2, "must not be 0");
    qm_status status = qm_ctx_transfer(qm_bind_engine(L), qm_script_of(L)->index, amount, &err);
    if (status == QM_EINSUFFICIENT) {
        return qm_push_error(L, &err);
    }
    if (status != QM_OK) {
        return luaL_error(L, "%s", err.message);
    }
    lua_pushboolean(L, 1);
    return 1;
}

void qm_bind_record(lua_State *L) {
    static const luaL_Reg methods[] = {{"signal", signal},     {"notify", notify},
                                       {"skip", skip},         {"after", after},
                                       {"every", every},       {"cancel_timer", cancel_timer},
                                       {"transfer", transfer}, {NULL, NULL}};
    static const char *const levels[] = {"debug", "info", "warn", "error"};
    luaL_setfuncs(L, methods, 0);
    lua_newtable(L);
    for (int i = 0; i < 4; i++) {
        lua_pushinteger(L, i);
        lua_pushcclosure(L, write_log, 1);
        lua_setfield(L, -2, levels[i]);
    }
    lua_setfield(L, -2, "log");
}
