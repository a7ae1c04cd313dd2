/* SPDX-License-Identifier: MIT
 *
 * The plan that lua/qm/spec.lua makes of a strategy's table, read into the engine's specification.
 */
#include "host/internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static lua_Integer integer_field(lua_State *L, int table, const char *key) {
    lua_getfield(L, table, key);
    lua_Integer value = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return value;
}

static bool boolean_field(lua_State *L, int table, const char *key) {
    lua_getfield(L, table, key);
    bool value = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return value;
}

static void check(lua_State *L, qm_status status, const char *what) {
    if (status != QM_OK) {
        qm_script_raise(L, "%s: %s", what, qm_status_text(status));
    }
}

static void read_universe(lua_State *L, int plan) {
    qm_script *s = qm_script_of(L);
    lua_getfield(L, plan, "universe");
    lua_Integer n = luaL_len(L, -1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, -1, i);
        const char *symbol = lua_tostring(L, -1);
        qm_instrument_id id = 0;
        if (!symbol || qm_instruments_intern(s->instruments, symbol, &id) != QM_OK) {
            qm_script_raise_at(L, "universe", "universe: \"%s\" is no symbol",
                               symbol ? symbol : "?");
        }
        for (size_t k = 0; k < s->universe.length; k++) {
            if (s->universe.items[k] == id) {
                qm_script_raise_at(L, "universe", "universe: %s is named twice", symbol);
            }
        }
        check(L, qm_vec_push(&s->universe, &id), "universe");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    lua_getfield(L, plan, "universe_file");
    const char *file = lua_tostring(L, -1);
    qm_error err = {0};
    if (file && qm_universe_read(s, file, &err) != QM_OK) {
        char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
        qm_script_raise_at(L, "universe", "universe: %s", qm_error_format(&err, text, sizeof text));
    }
    lua_pop(L, 1);
    /* In order of instrument, as the engine calls. */
    qm_instrument_id *ids = s->universe.items;
    for (size_t i = 1; i < s->universe.length; i++) {
        for (size_t k = i; k > 0 && ids[k - 1] > ids[k]; k--) {
            qm_instrument_id other = ids[k];
            ids[k] = ids[k - 1];
            ids[k - 1] = other;
        }
    }
}

static qm_column column_of(lua_State *L, const char *name) {
    static const char *const names[] = {"open", "high", "low", "close", "volume", NULL};
    for (int i = 0; names[i]; i++) {
        if (name && strcmp(names[i], name) == 0) {
            return (qm_column)i;
        }
    }
    qm_script_raise(L, "input: no column \"%s\"", name ? name : "?");
}

/* The value at the top as the parameter; choices by name. */
static double param_value(lua_State *L, const qm_ta_info *info, const qm_ta_param *p) {
    if (p->choices && lua_type(L, -1) == LUA_TSTRING) {
        for (int i = 0; p->choices[i]; i++) {
            if (strcmp(p->choices[i], lua_tostring(L, -1)) == 0) {
                return i;
            }
        }
        qm_script_raise(L, "%s: %s = \"%s\" is no choice", info->name, p->name,
                        lua_tostring(L, -1));
    }
    if (!lua_isnumber(L, -1)) {
        qm_script_raise(L, "%s: %s must be a number", info->name, p->name);
    }
    return lua_tonumber(L, -1);
}

static bool is_input_option(const char *key) {
    return strcmp(key, "timeframe") == 0 || strcmp(key, "symbol") == 0 || strcmp(key, "input") == 0;
}

/* Arguments by place and by name. */
static void read_args(lua_State *L, int args, qm_input_spec *in) {
    qm_ta_defaults(in->info, in->params);
    qm_push_sorted_keys(L, args);
    lua_Integer n = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, -1, i);
        int at = lua_isinteger(L, -1) ? (int)lua_tointeger(L, -1) - 1
                                      : qm_ta_param_index(in->info, lua_tostring(L, -1));
        if (lua_type(L, -1) == LUA_TSTRING && is_input_option(lua_tostring(L, -1))) {
            lua_pop(L, 1);
            continue;
        }
        if (at < 0 || at >= in->info->param_count) {
            qm_script_raise(L, "%s: no parameter %s (it has %d)", in->info->name,
                            luaL_tolstring(L, -1, NULL), in->info->param_count);
        }
        lua_gettable(L, args);
        in->params[at] = param_value(L, in->info, &in->info->params[at]);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    qm_error err = {0};
    if (qm_ta_check(in->info, in->params, &err) != QM_OK) {
        qm_script_raise(L, "%s", err.message);
    }
}

static void read_options(lua_State *L, int args, qm_input_spec *in) {
    lua_getfield(L, args, "input");
    if (!lua_isnil(L, -1)) {
        in->column = column_of(L, lua_tostring(L, -1));
    }
    lua_getfield(L, args, "timeframe");
    if (!lua_isnil(L, -1) && qm_timeframe_parse(luaL_checkstring(L, -1), &in->tf) != QM_OK) {
        qm_script_raise(L, "input: no timeframe \"%s\"", lua_tostring(L, -1));
    }
    lua_getfield(L, args, "symbol");
    if (!lua_isnil(L, -1)) {
        check(L,
              qm_instruments_intern(qm_script_of(L)->instruments, luaL_checkstring(L, -1),
                                    &in->instrument),
              "input: symbol");
    }
    lua_pop(L, 3);
}

void qm_input_read(lua_State *L, int input, qm_input_spec *in) {
    input = lua_absindex(L, input);
    *in = (qm_input_spec){.column = QM_CLOSE};
    lua_pushliteral(L, "column");
    if (lua_rawget(L, input) != LUA_TNIL) {
        in->column = column_of(L, lua_tostring(L, -1));
        lua_pop(L, 1);
        return;
    }
    lua_pop(L, 1);
    lua_pushliteral(L, "ta");
    lua_rawget(L, input);
    const char *name = luaL_checkstring(L, -1);
    in->info = qm_ta_find(name);
    if (!in->info) {
        const char *known[128] = {0};
        for (size_t i = 0; i < 127 && qm_ta_at(i); i++) {
            known[i] = qm_ta_at(i)->name;
        }
        qm_script_raise(L, "no indicator \"%s\"%s", name, qm_nearest(L, name, known));
    }
    lua_pushliteral(L, "args");
    lua_rawget(L, input);
    int args = lua_gettop(L);
    read_args(L, args, in);
    read_options(L, args, in);
    lua_pushliteral(L, "output");
    if (lua_rawget(L, input) != LUA_TNIL) {
        in->output = qm_ta_output_index(in->info, lua_tostring(L, -1));
        if (in->output < 0) {
            qm_script_raise(L, "%s has no output \"%s\"", name, lua_tostring(L, -1));
        }
    }
    lua_pop(L, 3);
}

static void read_inputs(lua_State *L, int plan) {
    qm_script *s = qm_script_of(L);
    lua_getfield(L, plan, "inputs");
    lua_Integer n = luaL_len(L, -1);
    if (n > QM_INPUTS_MAX) {
        qm_script_raise(L, "%d inputs, at most %d", (int)n, QM_INPUTS_MAX);
    }
    for (lua_Integer i = 1; i <= n; i++) {
        qm_input_spec in;
        lua_rawgeti(L, -1, i);
        qm_input_read(L, -1, &in);
        check(L, qm_vec_push(&s->inputs, &in), "inputs");
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    lua_getfield(L, plan, "names");
    s->keyed = lua_istable(L, -1);
    s->keyed_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}

static void read_zone(lua_State *L, int at, qm_schedule *out) {
    qm_script *s = qm_script_of(L);
    lua_getfield(L, at, "tz");
    if (!lua_isnil(L, -1)) {
        qm_tz *tz;
        qm_error err = {0};
        const char *name = luaL_checkstring(L, -1);
        if (qm_tz_load(name, &tz, &err) != QM_OK) {
            qm_script_raise(L, "schedule %s: %s", out->name, err.message);
        }
        if (qm_vec_push(&s->zones, &tz) != QM_OK) {
            qm_tz_free(tz);
            luaL_error(L, "out of memory");
        }
        out->tz = tz;
        snprintf(out->tz_name, sizeof out->tz_name, "%s", name);
    }
    lua_pop(L, 1);
}

static void read_schedule(lua_State *L, int at) {
    qm_script *s = qm_script_of(L);
    qm_error err = {0};
    qm_schedule out = {.kind = (qm_schedule_kind)integer_field(L, at, "kind"),
                       .minutes = (int)integer_field(L, at, "minutes"),
                       .days = (unsigned)integer_field(L, at, "days"),
                       .in_session = boolean_field(L, at, "in_session"),
                       .missed =
                           boolean_field(L, at, "run_missed") ? QM_MISSED_RUN : QM_MISSED_SKIP,
                       .grace_ns = integer_field(L, at, "grace") * QM_SECOND_NS};
    lua_getfield(L, at, "name");
    snprintf(out.name, sizeof out.name, "%s", luaL_checkstring(L, -1));
    lua_pop(L, 1);
    read_zone(L, at, &out);
    if (out.kind == QM_SCHEDULE_AT) {
        lua_getfield(L, at, "time");
        const char *time = lua_tostring(L, -1);
        if (!time || qm_minute_of_day_parse(time, &out.minutes) != QM_OK) {
            qm_script_raise(L, "schedule %s: \"%s\" is no time of day (15:45)", out.name,
                            time ? time : "nil");
        }
        lua_pop(L, 1);
    } else if (out.kind == QM_SCHEDULE_CRON) {
        lua_getfield(L, at, "cron");
        if (qm_cron_parse(luaL_checkstring(L, -1), &out.cron, &err) != QM_OK) {
            qm_script_raise(L, "schedule %s: %s", out.name, err.message);
        }
        lua_pop(L, 1);
    } else if (out.kind == QM_SCHEDULE_EVERY && out.minutes < 1) {
        qm_script_raise(L, "schedule %s: minutes = %d: must be at least 1", out.name, out.minutes);
    }
    check(L, qm_vec_push(&s->schedules, &out), "schedule");
}

static void read_schedules(lua_State *L, int plan) {
    lua_getfield(L, plan, "schedules");
    lua_Integer n = luaL_len(L, -1);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, -1, i);
        read_schedule(L, lua_gettop(L));
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_presets(lua_State *L, int plan) {
    qm_script *s = qm_script_of(L);
    lua_getfield(L, plan, "presets");
    lua_Integer n = luaL_len(L, -1);
    for (lua_Integer i = 1; i <= n + 1; i++) {
        lua_rawgeti(L, -1, i);
        char *name = i <= n ? qm_strdup(lua_tostring(L, -1)) : NULL;
        if ((i <= n && !name) || qm_vec_push(&s->presets, &name) != QM_OK) {
            qm_free(name);
            luaL_error(L, "out of memory");
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void read_params(lua_State *L, int plan) {
    qm_script *s = qm_script_of(L);
    lua_getfield(L, plan, "params");
    qm_buf_clear(&s->scratch);
    qm_json_of(L, -1, &s->scratch);
    s->params_json = qm_strdup(s->scratch.data);
    if (!s->params_json) {
        luaL_error(L, "out of memory");
    }
    s->params_ref = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Missing ones keep the defaults. Without a watchdog there are none. */
static void read_budget(lua_State *L, int plan) {
    qm_script *s = qm_script_of(L);
    lua_Integer callback = integer_field(L, plan, "callback_ms");
    if (s->watch && callback > 0) {
        s->budget_ns = callback * QM_SECOND_NS / 1000;
    }
    s->day_ns = s->watch ? integer_field(L, plan, "day_ms") * QM_SECOND_NS / 1000 : 0;
}

void qm_plan_read(lua_State *L, int plan, const qm_script_options *options) {
    qm_script *s = qm_script_of(L);
    plan = lua_absindex(L, plan);
    qm_strategy_spec *spec = &s->spec;
    lua_getfield(L, plan, "name");
    snprintf(spec->name, sizeof spec->name, "%s",
             options->sleeve ? options->sleeve : lua_tostring(L, -1));
    lua_getfield(L, plan, "timeframe");
    const char *tf = lua_tostring(L, -1);
    if (!tf || qm_timeframe_parse(tf, &spec->tf) != QM_OK) {
        qm_script_raise_at(L, "timeframe", "timeframe = \"%s\": use 1m to 390m, 1h, 1d or 1w",
                           tf ? tf : "?");
    }
    lua_pop(L, 2);
    spec->version = integer_field(L, plan, "version");
    spec->job = boolean_field(L, plan, "job");
    spec->early = boolean_field(L, plan, "early");
    spec->on_fault = (qm_fault_policy)integer_field(L, plan, "on_fault");
    read_budget(L, plan);
    read_universe(L, plan);
    read_inputs(L, plan);
    read_schedules(L, plan);
    read_presets(L, plan);
    read_params(L, plan);
    spec->universe = s->universe.items;
    spec->universe_count = s->universe.length;
    spec->dates = s->dates.items;
    spec->dates_count = s->dates.length;
    spec->inputs = s->inputs.items;
    spec->input_count = s->inputs.length;
    spec->schedules = s->schedules.items;
    spec->schedule_count = s->schedules.length;
}
