/* SPDX-License-Identifier: MIT
 *
 * Files into functions, and require: the library's own modules first, then the strategy's folder.
 */
#include "host/budget.h"
#include "host/embedded.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX_BYTES = 4 << 20 };

/* The whole file as a Lua string on the stack. */
static void push_file(lua_State *L, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        luaL_error(L, "%s: %s", path, strerror(errno));
    }
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    size_t total = 0, got;
    do {
        char *part = luaL_prepbuffsize(&buffer, 8192);
        got = fread(part, 1, 8192, file);
        luaL_addsize(&buffer, got);
        total += got;
    } while (got > 0 && total < FILE_MAX_BYTES);
    bool bad = ferror(file) != 0;
    fclose(file);
    if (bad || total >= FILE_MAX_BYTES) {
        luaL_error(L, "%s: %s", path, bad ? "can't be read" : "is larger than 4 MB");
    }
    luaL_pushresult(&buffer);
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

int qm_line_of_key(lua_State *L, const char *path, const char *key) {
    size_t length = strlen(key);
    int found = 0, line = 1;
    push_file(L, path);
    const char *text = lua_tostring(L, -1);
    for (const char *at = text; found == 0 && length > 0 && *at; at++) {
        line += *at == '\n';
        if (strncmp(at, key, length) == 0 && (at == text || !is_word(at[-1]))) {
            const char *behind = at + length + strspn(at + length, " \t");
            found = behind[0] == '=' && behind[1] != '=' ? line : 0;
        }
    }
    lua_pop(L, 1);
    return found;
}

void qm_load_file(lua_State *L, const char *path) {
    size_t length;
    push_file(L, path);
    const char *text = lua_tolstring(L, -1, &length);
    qm_sha256_update(&qm_script_of(L)->sources, text, length);
    if (length > 0 && text[0] == LUA_SIGNATURE[0]) {
        luaL_error(L, "%s: compiled Lua is not taken, only text", path); /* Lua names no file */
    }
    lua_pushfstring(L, "@%s", path);
    if (qm_load_text(L, text, length, lua_tostring(L, -1)) != LUA_OK) {
        lua_error(L);
    }
    lua_replace(L, -3);
    lua_pop(L, 1);
}

/* "qm" is init, "qm.x" is x. */
static const qm_embedded *find_embedded(const char *name) {
    const char *wanted = strcmp(name, "qm") == 0        ? "init"
                         : strncmp(name, "qm.", 3) == 0 ? name + 3
                                                        : NULL;
    for (const qm_embedded *e = qm_embedded_lua; wanted && e->name; e++) {
        if (strcmp(e->name, wanted) == 0) {
            return e;
        }
    }
    return NULL;
}

void qm_load_embedded(lua_State *L, const char *name) {
    const qm_embedded *e = find_embedded(name);
    lua_pushfstring(L, "=%s", name);
    if (luaL_loadbufferx(L, e->text, e->length, lua_tostring(L, -1), "t") != LUA_OK) {
        lua_error(L);
    }
    lua_remove(L, -2);
}

static void load_from_folder(lua_State *L, const char *name) {
    char path[4096];
    const char *dir = qm_script_of(L)->module_dir;
    int n = snprintf(path, sizeof path, "%s/", dir);
    for (const char *c = name; *c && n < 4000; c++) {
        bool safe = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                    (*c >= '0' && *c <= '9') || *c == '_' || *c == '.';
        if (!safe || (*c == '.' && c[1] == '.')) {
            luaL_error(L, "require: \"%s\" is no module name", name);
        }
        path[n++] = *c == '.' ? '/' : *c;
    }
    snprintf(path + n, sizeof path - (size_t)n, ".lua");
    FILE *file = fopen(path, "rb");
    if (!file) {
        luaL_error(L, "require: no module \"%s\" (looked in the library and for %s)", name, path);
    }
    fclose(file);
    qm_load_file(L, path);
}

static int require(lua_State *L) {
    const char *name = luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1)); /* what is loaded already */
    if (lua_getfield(L, 2, name) != LUA_TNIL) {
        return 1;
    }
    if (find_embedded(name)) {
        qm_load_embedded(L, name);
    } else {
        load_from_folder(L, name);
    }
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_pushboolean(L, 1);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, 2, name);
    return 1;
}

void qm_load_open(lua_State *L) {
    lua_newtable(L);
    lua_pushcclosure(L, require, 1);
    lua_setglobal(L, "require");
}
