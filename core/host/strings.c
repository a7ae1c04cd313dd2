/* SPDX-License-Identifier: MIT
 *
 * The functions of `string` that could run for long inside C or show an address.
 */
#include "host/budget.h"
#include "host/pattern.h"

#include <string.h>

enum { RESULT_MAX = 1 << 24 };

/* A position from the end is below 0; 0 and what lies before the text are its start. */
static size_t start_of(lua_Integer at, size_t length) {
    if (at > 0) {
        return (size_t)at;
    }
    return at == 0 || at < -(lua_Integer)length ? 1 : length + (size_t)at + 1;
}

/* ---- find, match ---- */

static int push_place(lua_State *L, const char *text, const char *from, size_t length) {
    lua_pushinteger(L, from - text + 1);
    lua_pushinteger(L, from - text + (lua_Integer)length);
    return 2;
}

static int search(lua_State *L, bool find) {
    size_t length, pattern_length;
    const char *text = luaL_checklstring(L, 1, &length);
    const char *pattern = luaL_checklstring(L, 2, &pattern_length);
    size_t start = start_of(luaL_optinteger(L, 3, 1), length) - 1;
    if (start > length) {
        lua_pushnil(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || qm_pattern_is_plain(pattern, pattern_length))) {
        const char *found = memmem(text + start, length - start, pattern, pattern_length);
        if (!found) {
            lua_pushnil(L);
        }
        return found ? push_place(L, text, found, pattern_length) : 1;
    }
    qm_matcher m;
    qm_matcher_init(&m, L, 1, 2);
    bool anchored = *pattern == '^';
    for (const char *at = text + start; at <= m.text_end; at++) {
        const char *end = qm_matcher_match(&m, at, pattern + anchored);
        if (end && find) {
            return push_place(L, text, at, (size_t)(end - at)) +
                   qm_matcher_push_all(&m, NULL, NULL);
        }
        if (end) {
            return qm_matcher_push_all(&m, at, end);
        }
        if (anchored) {
            break;
        }
    }
    lua_pushnil(L);
    return 1;
}

static int find(lua_State *L) {
    return search(L, true);
}

static int match(lua_State *L) {
    return search(L, false);
}

/* ---- gmatch ---- */

/* Upvalues: text, pattern, where to go on, end of the last match (0: none); offsets from 0. */
static int next_match(lua_State *L) {
    qm_matcher m;
    qm_matcher_init(&m, L, lua_upvalueindex(1), lua_upvalueindex(2));
    const char *pattern = lua_tostring(L, lua_upvalueindex(2));
    const char *at = m.text + lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    for (; at <= m.text_end; at++) {
        const char *end = qm_matcher_match(&m, at, pattern);
        if (end && end - m.text != last) {
            lua_pushinteger(L, end - m.text);
            lua_copy(L, -1, lua_upvalueindex(3));
            lua_replace(L, lua_upvalueindex(4));
            return qm_matcher_push_all(&m, at, end);
        }
    }
    lua_pushinteger(L, m.text_end - m.text + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int gmatch(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    luaL_checkstring(L, 2);
    size_t start = start_of(luaL_optinteger(L, 3, 1), length) - 1;
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(start > length ? length + 1 : start));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

/* ---- gsub ---- */

static void add_text(qm_matcher *m, luaL_Buffer *out, const char *from, const char *end) {
    size_t length;
    const char *text = lua_tolstring(m->L, 3, &length), *text_end = text + length;
    while (text < text_end) {
        const char *mark = memchr(text, '%', (size_t)(text_end - text));
        luaL_addlstring(out, text, (size_t)((mark ? mark : text_end) - text));
        if (!mark) {
            return;
        }
        text = mark + 2;
        if (mark[1] == '%') {
            luaL_addchar(out, '%');
        } else if (mark[1] == '0') {
            luaL_addlstring(out, from, (size_t)(end - from));
        } else if (mark[1] >= '1' && mark[1] <= '9') {
            qm_matcher_push(m, mark[1] - '1', from, end);
            luaL_tolstring(m->L, -1, NULL); /* a position is a number */
            lua_remove(m->L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
    }
}

/* What the match becomes; false: it stays as it is. */
static bool add_value(qm_matcher *m, luaL_Buffer *out, const char *from, const char *end) {
    lua_State *L = m->L;
    int type = lua_type(L, 3);
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, qm_matcher_push_all(m, from, end), 1);
    } else if (type == LUA_TTABLE) {
        qm_matcher_push(m, 0, from, end);
        lua_gettable(L, 3);
    } else {
        add_text(m, out, from, end);
        return true;
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, from, (size_t)(end - from));
        return false;
    }
    if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
    luaL_addvalue(out);
    return true;
}

static int gsub(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    const char *pattern = luaL_checkstring(L, 2);
    int type = lua_type(L, 3);
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                         type == LUA_TTABLE,
                     3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
    qm_matcher m;
    luaL_Buffer out;
    qm_budget_room(L, 4 * length);
    qm_matcher_init(&m, L, 1, 2);
    luaL_buffinit(L, &out);
    bool anchored = *pattern == '^', changed = false;
    const char *at = m.text, *last = NULL;
    while (count < most) {
        const char *end = qm_matcher_match(&m, at, pattern + anchored);
        if (end && end != last) {
            count++;
            changed = add_value(&m, &out, at, end) || changed;
            at = last = end;
        } else if (at < m.text_end) {
            luaL_addchar(&out, *at++);
        } else {
            break;
        }
        if (anchored) {
            break;
        }
    }
    if (changed) {
        luaL_addlstring(&out, at, (size_t)(m.text_end - at));
        luaL_pushresult(&out);
    } else {
        lua_pushvalue(L, 1);
    }
    lua_pushinteger(L, count);
    return 2;
}

/* ---- rep, format, pack ---- */

static int rep(lua_State *L) {
    size_t length, gap;
    const char *text = luaL_checklstring(L, 1, &length);
    lua_Integer n = luaL_checkinteger(L, 2);
    const char *between = luaL_optlstring(L, 3, "", &gap);
    if (n <= 0 || length + gap == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (length + gap > RESULT_MAX || n > RESULT_MAX / (lua_Integer)(length + gap)) {
        return luaL_error(L, "string.rep: the result would be longer than %d bytes", RESULT_MAX);
    }
    luaL_Buffer out;
    qm_budget_room(L, 2 * (size_t)n * (length + gap)); /* the buffer and its string */
    char *to = luaL_buffinitsize(L, &out, (size_t)n * (length + gap));
    for (lua_Integer i = 0; i < n; i++) {
        memcpy(to, text, length);
        memcpy(to + length, between, gap);
        to += length + gap;
    }
    luaL_pushresultsize(&out, (size_t)n * (length + gap) - gap);
    return 1;
}

/* The standard function (upvalue 1) with the arguments as they are now. */
static int call_standard(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/* No addresses: %p is refused, and %s gets the text that tostring gives. */
static int format(lua_State *L) {
    size_t length;
    const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
    int arguments = lua_gettop(L), argument = 1;
    while ((text = memchr(text, '%', (size_t)(end - text))) != NULL && ++text < end) {
        if (*text == '%') {
            text++;
            continue;
        }
        text += strspn(text, "-+ #0123456789.");
        argument++;
        if (*text == 'p') {
            return luaL_error(L,
                              "string.format: %%p shows addresses, which differ from run to run");
        }
        if (*text == 's' && argument <= arguments && !lua_isstring(L, argument)) {
            lua_pushcfunction(L, qm_sandbox_tostring);
            lua_pushvalue(L, argument);
            lua_call(L, 1, 1);
            lua_replace(L, argument);
        }
    }
    return call_standard(L);
}

/* Padding is filled in byte by byte, as wide as the format says. */
static int pack(lua_State *L) {
    size_t total = 0, number = 0;
    for (const char *c = luaL_checkstring(L, 1); *c; c++) {
        bool digit = *c >= '0' && *c <= '9';
        number = digit ? 10 * number + (size_t)(*c - '0') : 0;
        total += number;
        if (total > RESULT_MAX) {
            return luaL_error(L, "string.pack: wider than %d bytes", RESULT_MAX);
        }
    }
    return call_standard(L);
}

/* The standard function goes into the closure, and under its name into the hidden table on top. */
static void wrap(lua_State *L, int library, const char *name, lua_CFunction f) {
    lua_getfield(L, library, name);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
    lua_pushcclosure(L, f, 1);
    lua_setfield(L, library, name);
}

/* utf8's functions go over the whole text, without a hook. */
static int bounded_utf8(lua_State *L) {
    size_t length;
    luaL_checklstring(L, 1, &length);
    luaL_argcheck(L, length <= RESULT_MAX, 1, "longer than 16 MB");
    return call_standard(L);
}

/* Where error messages look for the names of functions: a copy that a script does not see, with the
 * standard ones where they are wrapped. */
static void push_hidden(lua_State *L, int library, const char *name) {
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_newtable(L);
    lua_pushnil(L);
    while (lua_next(L, library)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
    }
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, name);
    lua_remove(L, -2);
}

void qm_strings_open(lua_State *L) {
    static const luaL_Reg own[] = {{"find", find}, {"match", match}, {"gmatch", gmatch},
                                   {"gsub", gsub}, {"rep", rep},     {NULL, NULL}};
    int top = lua_gettop(L);
    lua_getglobal(L, "string");
    int library = lua_gettop(L);
    luaL_setfuncs(L, own, 0);
    lua_pushnil(L);
    lua_setfield(L, library, "dump");
    push_hidden(L, library, "string");
    wrap(L, library, "format", format);
    wrap(L, library, "pack", pack);
    lua_getglobal(L, "utf8");
    library = lua_gettop(L);
    push_hidden(L, library, "utf8");
    wrap(L, library, "len", bounded_utf8);
    wrap(L, library, "offset", bounded_utf8);
    wrap(L, library, "codepoint", bounded_utf8);
    lua_settop(L, top);
}
