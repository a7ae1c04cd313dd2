/* SPDX-License-Identifier: MIT */
#include "host/config.h"

#include "base/mem.h"

#include <lauxlib.h>
#include <lua.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 10000000, MEMORY_MAX = 16 << 20, DEPTH_MAX = 6 };

typedef struct reading {
    const char *path;
    qm_config_entries *out;
    size_t memory;
    bool no_memory;
} reading;

static void *allocate(void *data, void *ptr, size_t old, size_t size) {
    reading *r = data;
    size_t before = ptr ? old : 0;
    if (size == 0) {
        r->memory -= before;
        qm_free(ptr);
        return NULL;
    }
    if (size > before && r->memory + size - before > MEMORY_MAX) {
        return NULL;
    }
    void *block = qm_realloc(ptr, size);
    r->memory += block ? size - before : 0;
    return block;
}

static void too_long(lua_State *L, lua_Debug *ar) {
    (void)ar;
    luaL_error(L, "%s: the configuration runs too long", *(const char **)lua_getextraspace(L));
}

static void add_value(lua_State *L, reading *r, const char *name) {
    qm_config_entry entry = {0};
    snprintf(entry.name, sizeof entry.name, "%s", name);
    int type = lua_type(L, -1);
    if (type == LUA_TBOOLEAN) {
        snprintf(entry.kind, sizeof entry.kind, "boolean");
        snprintf(entry.value, sizeof entry.value, "%s", lua_toboolean(L, -1) ? "true" : "false");
    } else if (type == LUA_TSTRING || type == LUA_TNUMBER) {
        const char *kind = type == LUA_TSTRING    ? "string"
                           : lua_isinteger(L, -1) ? "integer"
                                                  : "number";
        snprintf(entry.kind, sizeof entry.kind, "%s", kind);
        int length = snprintf(entry.value, sizeof entry.value, "%s", luaL_tolstring(L, -1, NULL));
        lua_pop(L, 1);
        if (length >= (int)sizeof entry.value) {
            luaL_error(L, "%s: the text of %s is longer than %d bytes", r->path, name,
                       (int)sizeof entry.value - 1);
        }
    } else {
        luaL_error(L, "%s: %s is a %s: texts, numbers, booleans and tables only", r->path, name,
                   luaL_typename(L, -1));
    }
    if (qm_vec_push(r->out, &entry) != QM_OK) {
        r->no_memory = true;
        luaL_error(L, "out of memory");
    }
}

static void walk(lua_State *L, reading *r, const char *prefix, int depth) {
    if (depth > DEPTH_MAX) {
        luaL_error(L, "%s: %s is nested too deep", r->path, prefix);
    }
    luaL_checkstack(L, 8, "configuration");
    lua_pushnil(L);
    while (lua_next(L, -2)) {
        char name[128], key[64];
        lua_pushvalue(L, -2);
        if (snprintf(key, sizeof key, "%s", luaL_tolstring(L, -1, NULL)) > 60) {
            luaL_error(L, "%s: the name %s... is too long", r->path, key);
        }
        lua_pop(L, 2);
        if (snprintf(name, sizeof name, "%s%s%s", prefix, prefix[0] ? "." : "", key) >=
            (int)sizeof name) {
            luaL_error(L, "%s: the name %s... is too long", r->path, name);
        }
        if (lua_istable(L, -1)) {
            walk(L, r, name, depth + 1);
        } else {
            add_value(L, r, name);
        }
        lua_pop(L, 1);
    }
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const qm_config_entry *)a)->name, ((const qm_config_entry *)b)->name);
}

static int read(lua_State *L) {
    reading *r = lua_touserdata(L, 1);
    if (luaL_loadfilex(L, r->path, "t") != LUA_OK) {
        return lua_error(L);
    }
    lua_newtable(L); /* the empty environment */
    lua_setupvalue(L, -2, 1);
    lua_sethook(L, too_long, LUA_MASKCOUNT, STEPS_MAX);
    lua_call(L, 0, 1);
    lua_sethook(L, NULL, 0, 0);
    if (!lua_istable(L, -1)) {
        return luaL_error(L, "%s: the file returns a %s, not a table", r->path,
                          luaL_typename(L, -1));
    }
    walk(L, r, "", 0);
    return 0;
}

qm_status qm_config_read(const char *path, qm_config_entries *out, qm_error *err) {
    reading r = {.path = path, .out = out};
    lua_State *L = lua_newstate(allocate, &r);
    if (!L) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    *(const char **)lua_getextraspace(L) = path;
    lua_pushcfunction(L, read);
    lua_pushlightuserdata(L, &r);
    qm_status status = QM_OK;
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        const char *text = lua_tostring(L, -1);
        status = qm_error_set(err, r.no_memory ? QM_ENOMEM : QM_ECONFIG, "%s",
                              text ? text : "the configuration can't be read");
    }
    lua_close(L);
    if (status == QM_OK && out->length > 0) {
        qsort(out->items, out->length, sizeof *out->items, by_name);
    }
    return status;
}
