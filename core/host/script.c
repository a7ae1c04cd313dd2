/* SPDX-License-Identifier: MIT
 *
 * A script's life: a state of its own, the file, ctx; reload and check.
 */
#include "host/budget.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CAP = 64 << 20 };

static const char *const CALLBACKS[CALL_COUNT] = {"init",      "start",    "on_bar",  "on_bars",
                                                  "on_quote",  "on_order", "on_fill", "on_cash",
                                                  "on_action", "migrate",  "stop"};

/* In lua_Alloc, old is a type tag when ptr is NULL. */
static void *allocate(void *data, void *ptr, size_t old, size_t size) {
    qm_script *s = data;
    size_t before = ptr ? old : 0;
    if (size == 0) {
        s->memory -= before;
        qm_free(ptr);
        return NULL;
    }
    bool fits = size <= before || s->memory + (size - before) <= s->memory_cap;
    void *block = fits ? qm_realloc(ptr, size) : NULL;
    if (block) {
        s->memory = s->memory - before + size;
    } else if (s->refused && s->stop == STOP_NONE) { /* also behind a full collection */
        s->stop = STOP_MEMORY;
    }
    if (size > before) {
        s->refused = !block;
    }
    return block;
}

static int traceback(lua_State *L) {
    if (qm_script_of(L)->stop != STOP_NONE) {
        return 1; /* no more code of the script, and perhaps no memory */
    }
    const char *text = lua_tostring(L, 1);
    if (!text && luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL) {
        text = luaL_tolstring(L, 1, NULL);
    } else if (!text) { /* its address would differ from run to run */
        text = lua_pushfstring(L, "(the error is a %s value)", luaL_typename(L, 1));
    }
    luaL_traceback(L, L, text, 1);
    return 1;
}

static int nearest(lua_State *L) {
    const char *known[256] = {0};
    lua_Integer n = luaL_len(L, 2);
    luaL_checkstack(L, (int)n + 4, "too many names");
    for (lua_Integer i = 1; i <= n && i < 256; i++) {
        lua_geti(L, 2, i);
        known[i - 1] = lua_tostring(L, -1);
    }
    const char *text = qm_nearest(L, luaL_checkstring(L, 1), known);
    lua_pushstring(L, text);
    return 1;
}

static void open_library(lua_State *L) {
    qm_script *s = qm_script_of(L);
    qm_sandbox_open(L);
    qm_load_open(L);
    qm_load_embedded(L, "qm.sandbox");
    lua_call(L, 0, 0);
    lua_newtable(L);
    lua_pushcfunction(L, nearest);
    lua_setfield(L, -2, "nearest");
    if (s->bindings) {
        s->bindings->open(L);
    }
    lua_setglobal(L, "qm_native");
    lua_getglobal(L, "require");
    lua_pushliteral(L, "qm");
    lua_call(L, 1, 0);
    /* The reader of the table stays on the stack, and in no cache: it is only needed now. */
    qm_load_embedded(L, "qm.spec");
    lua_call(L, 0, 1);
    lua_pushnil(L);
    lua_setglobal(L, "qm_native");
    qm_sandbox_seal(L);
}

/* What spec.lua needs besides the table. */
static void push_options(lua_State *L, const qm_script_options *o) {
    lua_newtable(L);
    if (o->preset) {
        lua_pushstring(L, o->preset);
        lua_setfield(L, -2, "preset");
    }
    lua_newtable(L);
    for (size_t i = 0; i < o->param_count; i++) {
        lua_newtable(L);
        lua_pushstring(L, o->params[i].name);
        lua_rawseti(L, -2, 1);
        lua_pushstring(L, o->params[i].value);
        lua_rawseti(L, -2, 2);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "sets");
    if (qm_script_of(L)->limit_ms > 0) {
        lua_pushinteger(L, qm_script_of(L)->limit_ms);
        lua_setfield(L, -2, "limit_ms");
    }
    if (o->universe) {
        lua_newtable(L);
        for (size_t i = 0; i < o->universe_count; i++) {
            qm_push_symbol(L, o->universe[i]);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        lua_setfield(L, -2, "universe");
    }
}

static void keep_callbacks(lua_State *L, int table) {
    qm_script *s = qm_script_of(L);
    s->ops = qm_script_operations;
    for (int i = 0; i < CALL_COUNT; i++) {
        s->call_ref[i] = LUA_NOREF;
        if (lua_getfield(L, table, CALLBACKS[i]) == LUA_TFUNCTION) {
            s->call_ref[i] = luaL_ref(L, LUA_REGISTRYINDEX);
        } else {
            lua_pop(L, 1);
        }
    }
    /* What the file does not have costs the engine nothing. */
    s->ops.on_bar = s->call_ref[CALL_ON_BAR] != LUA_NOREF ? s->ops.on_bar : NULL;
    s->ops.on_bars = s->call_ref[CALL_ON_BARS] != LUA_NOREF ? s->ops.on_bars : NULL;
    s->ops.on_quote = s->call_ref[CALL_ON_QUOTE] != LUA_NOREF ? s->ops.on_quote : NULL;
    s->ops.on_order = s->call_ref[CALL_ON_ORDER] != LUA_NOREF ? s->ops.on_order : NULL;
    s->ops.on_fill = s->call_ref[CALL_ON_FILL] != LUA_NOREF ? s->ops.on_fill : NULL;
    s->ops.on_cash = s->call_ref[CALL_ON_CASH] != LUA_NOREF ? s->ops.on_cash : NULL;
    s->ops.on_action = s->call_ref[CALL_ON_ACTION] != LUA_NOREF ? s->ops.on_action : NULL;
}

static void build_ctx(lua_State *L) {
    qm_script *s = qm_script_of(L);
    lua_newtable(L);
    lua_newtable(L);
    lua_setfield(L, -2, "state");
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->params_ref);
    lua_setfield(L, -2, "params");
    if (s->bindings) {
        s->bindings->open_ctx(L);
    }
    s->ctx_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    s->slice_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "qm.keyed");
}

typedef struct building {
    const qm_script_options *options;
} building;

/* What spec.lua found: a text, or a text and the key it is about. */
static int raise_finding(lua_State *L, const char *path) {
    int finding = lua_gettop(L), line = 0;
    if (lua_type(L, finding) == LUA_TTABLE) {
        lua_getfield(L, finding, "key");
        line = qm_line_of_key(L, path, lua_tostring(L, -1));
        lua_getfield(L, finding, "text");
    }
    const char *text = luaL_tolstring(L, -1, NULL);
    return line > 0 ? luaL_error(L, "%s:%d: %s", path, line, text)
                    : luaL_error(L, "%s: %s", path, text);
}

static int build(lua_State *L) {
    const building *b = lua_touserdata(L, 1);
    qm_script *s = qm_script_of(L);
    open_library(L);
    int reader = lua_gettop(L);
    qm_load_file(L, s->path);
    lua_call(L, 0, 1);
    int table = lua_gettop(L);
    lua_pushvalue(L, reader);
    lua_pushvalue(L, table);
    push_options(L, b->options);
    if (lua_pcall(L, 2, 1, 0) != LUA_OK) {
        qm_pulse(L);
        return raise_finding(L, s->path);
    }
    qm_plan_read(L, lua_gettop(L), b->options);
    lua_pushvalue(L, table);
    s->table_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    keep_callbacks(L, table);
    build_ctx(L);
    qm_sandbox_seal(L);
    qm_sandbox_check(L);
    return 0;
}

/* "dir/file.lua" -> "dir". */
static char *folder_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? qm_strndup(path, (size_t)(slash - path)) : qm_strdup(".");
}

static qm_script *fresh_script(const qm_script_options *o) {
    qm_script *s = qm_calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->memory_cap = o->memory_cap ? o->memory_cap : DEFAULT_CAP;
    s->instruments = o->instruments;
    s->bindings = o->bindings;
    s->path = qm_strdup(o->path);
    s->module_dir = o->module_dir ? qm_strdup(o->module_dir) : folder_of(o->path);
    s->preset = qm_strdup(o->preset ? o->preset : "");
    qm_rng_seed(&s->rng, o->seed);
    qm_sha256_init(&s->sources);
    qm_buf_init(&s->scratch, 1 << 24);
    s->L = lua_newstate(allocate, s);
    if (!s->path || !s->module_dir || !s->preset || !s->L) {
        qm_script_free(s);
        return NULL;
    }
    *(qm_script **)lua_getextraspace(s->L) = s;
    s->running = s->L;
    if (o->budget) {
        int64_t limit = o->budget->limit_ms;
        s->watch = qm_watchdog_watch(o->budget->watchdog);
        s->limit_ms = limit;
        s->budget_ns =
            (limit > 0 && limit < QM_CALLBACK_MS ? limit : QM_CALLBACK_MS) * QM_SECOND_NS / 1000;
    }
    lua_pushcfunction(s->L, traceback);
    return s;
}

qm_status qm_script_load(const qm_script_options *options, qm_script **out, qm_error *err) {
    qm_script *s = fresh_script(options);
    if (!s) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    building b = {options};
    qm_budget_patience(s, true);
    qm_status status = qm_door(s, build, &b, err);
    qm_budget_patience(s, false);
    if (status != QM_OK) {
        qm_script_free(s);
        return status;
    }
    lua_gc(s->L, LUA_GCCOLLECT); /* what only the loading needed */
    uint8_t digest[QM_SHA256_SIZE];
    qm_sha256_final(&s->sources, digest);
    qm_sha256_hex(digest, s->source_hash);
    *out = s;
    return QM_OK;
}

void qm_script_free(qm_script *s) {
    if (!s) {
        return;
    }
    if (s->L) {
        lua_close(s->L);
    }
    for (size_t i = 0; i < s->zones.length; i++) {
        qm_tz_free(s->zones.items[i]);
    }
    for (size_t i = 0; i < s->presets.length; i++) {
        qm_free(s->presets.items[i]);
    }
    qm_vec_fini(&s->zones);
    qm_vec_fini(&s->presets);
    qm_vec_fini(&s->universe);
    qm_vec_fini(&s->dates);
    qm_vec_fini(&s->inputs);
    qm_vec_fini(&s->schedules);
    qm_buf_fini(&s->scratch);
    qm_tax_preview_fini(&s->asked);
    qm_vec_fini(&s->found);
    qm_free(s->path);
    qm_free(s->module_dir);
    qm_free(s->preset);
    qm_free(s->params_json);
    qm_free(s);
}

const qm_strategy_spec *qm_script_spec(const qm_script *s) {
    return &s->spec;
}
const qm_strategy_ops *qm_script_ops(const qm_script *s) {
    return &s->ops;
}
const char *qm_script_source_hash(const qm_script *s) {
    return s->source_hash;
}
const char *qm_script_path(const qm_script *s) {
    return s->path;
}
const char *qm_script_params_json(const qm_script *s) {
    return s->params_json;
}
size_t qm_script_memory(const qm_script *s) {
    return s->memory;
}
const char *const *qm_script_presets(const qm_script *s) {
    return (const char *const *)s->presets.items;
}

qm_status qm_script_reload(qm_engine *engine, uint32_t index, const qm_script_options *options,
                           qm_error *err) {
    qm_sleeve_view view = qm_engine_sleeve(engine, index);
    qm_script *old = view.self, *fresh;
    qm_script_options same = *options;
    same.sleeve = view.spec->name;
    qm_buf state;
    qm_buf_init(&state, 1 << 24);
    qm_status status = qm_script_load(&same, &fresh, err);
    if (status != QM_OK) {
        qm_buf_fini(&state);
        return status;
    }
    status = qm_script_operations.save(old, &state, err);
    if (status == QM_OK) {
        status = qm_script_operations.load(fresh, state.data, state.length, old->spec.version, err);
    }
    if (status == QM_OK) {
        fresh->engine = engine;
        fresh->index = index;
        status = qm_engine_swap(engine, index, &fresh->ops, fresh, &fresh->spec, fresh->source_hash,
                                err);
    } else {
        qm_script_free(fresh);
    }
    qm_buf_fini(&state);
    return status;
}

int qm_script_check(const qm_script_options *options, void (*say)(void *data, const char *line),
                    void *data) {
    qm_script_options o = *options;
    qm_error err = {0};
    qm_script *s;
    int findings = 0;
    if (qm_script_load(&o, &s, &err) != QM_OK) {
        say(data, err.message);
        return 1;
    }
    /* Each preset must load as well. */
    for (const char *const *preset = qm_script_presets(s); preset && *preset; preset++) {
        qm_script *other;
        o.preset = *preset;
        if (qm_script_load(&o, &other, &err) != QM_OK) {
            char line[QM_ERROR_TEXT_MAX + 128];
            snprintf(line, sizeof line, "%s (preset %s)", err.message, *preset);
            say(data, line);
            findings++;
        } else {
            qm_script_free(other);
        }
    }
    qm_script_free(s);
    return findings;
}
