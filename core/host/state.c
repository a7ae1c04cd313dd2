/* SPDX-License-Identifier: MIT
 *
 * ctx.state as text, and back. Canonical: keys in a fixed order, floats exactly, so that equal
 * states are equal bytes.
 *
 *   n f t     nil, false, true          i123;      integer       d0x1.8p+1;  float
 *   s3:abc    string                    m123;      decimal, 1e-9 T123;       time, ns
 *   {kv...}   table
 */
#include "host/internal.h"

#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 32 };

typedef struct encoder {
    lua_State *L;
    qm_buf *out;
    size_t maximum;
    int depth;
    const char *path[DEPTH_MAX + 1]; /* names of the keys above */
} encoder;

static void refuse(const encoder *e, const char *what) {
    luaL_Buffer b;
    luaL_buffinit(e->L, &b);
    luaL_addstring(&b, "ctx.state");
    for (int i = 0; i < e->depth && i <= DEPTH_MAX; i++) {
        luaL_addchar(&b, '.');
        luaL_addstring(&b, e->path[i]);
    }
    luaL_addstring(&b, ": ");
    luaL_addstring(&b, what);
    luaL_pushresult(&b);
    lua_error(e->L);
}

static void encode(encoder *e, int index);

static void encode_table(encoder *e, int index) {
    lua_State *L = e->L;
    if (e->depth >= DEPTH_MAX) {
        refuse(e, "tables nested too deep, or a table inside itself");
    }
    luaL_checkstack(L, 8, "ctx.state");
    qm_push_sorted_keys(L, index);
    int keys = lua_gettop(L);
    lua_Integer n = (lua_Integer)lua_rawlen(L, keys);
    qm_buf_putc(e->out, '{');
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, keys, i);
        encode(e, lua_gettop(L));
        lua_pushvalue(L, -1);
        e->path[e->depth] = luaL_tolstring(L, -1, NULL); /* stays on the stack while it is used */
        lua_insert(L, -2);
        lua_pop(L, 1);
        lua_pushvalue(L, -2);
        lua_rawget(L, index);
        e->depth++;
        encode(e, lua_gettop(L));
        e->depth--;
        lua_pop(L, 3);
    }
    qm_buf_putc(e->out, '}');
    lua_pop(L, 1);
}

static void encode(encoder *e, int index) {
    lua_State *L = e->L;
    qm_decimal decimal;
    qm_time time;
    size_t length;
    const char *text;
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        qm_buf_putc(e->out, 'n');
        break;
    case LUA_TBOOLEAN:
        qm_buf_putc(e->out, lua_toboolean(L, index) ? 't' : 'f');
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            qm_buf_printf(e->out, "i%lld;", (long long)lua_tointeger(L, index));
        } else {
            qm_buf_printf(e->out, "d%a;", lua_tonumber(L, index));
        }
        break;
    case LUA_TSTRING:
        text = lua_tolstring(L, index, &length);
        qm_buf_printf(e->out, "s%zu:", length);
        qm_buf_append(e->out, text, length);
        break;
    case LUA_TTABLE:
        encode_table(e, index);
        break;
    default:
        if (qm_is_decimal(L, index, &decimal)) {
            qm_buf_printf(e->out, "m%lld;", (long long)decimal.raw);
        } else if (qm_is_time(L, index, &time)) {
            qm_buf_printf(e->out, "T%lld;", (long long)time);
        } else {
            lua_pushfstring(L, "a %s can't be saved", luaL_typename(L, index));
            refuse(e, lua_tostring(L, -1));
        }
    }
    if (e->out->length > e->maximum || e->out->status != QM_OK) {
        lua_pushfstring(L, "more than %d bytes", (int)e->maximum);
        refuse(e, lua_tostring(L, -1));
    }
}

void qm_state_encode(lua_State *L, int index, qm_buf *out, size_t maximum) {
    encoder e = {.L = L, .out = out, .maximum = out->length + maximum};
    encode(&e, lua_absindex(L, index));
}

typedef struct decoder {
    lua_State *L;
    const char *at, *end;
} decoder;

static void damaged(decoder *d) {
    luaL_error(d->L, "the saved state is damaged");
}

/* Text of a number up to ';'. */
static const char *number_text(decoder *d, char *out, size_t size) {
    size_t n = 0;
    while (d->at < d->end && *d->at != ';' && *d->at != ':' && n + 1 < size) {
        out[n++] = *d->at++;
    }
    out[n] = 0;
    if (d->at == d->end || n == 0) {
        damaged(d);
    }
    d->at++;
    return out;
}

static void decode(decoder *d, int depth) {
    char text[64];
    lua_State *L = d->L;
    luaL_checkstack(L, 4, "ctx.state");
    if (d->at == d->end || depth > DEPTH_MAX) {
        damaged(d);
    }
    switch (*d->at++) {
    case 'n':
        lua_pushnil(L);
        return;
    case 't':
    case 'f':
        lua_pushboolean(L, d->at[-1] == 't');
        return;
    case 'i':
        lua_pushinteger(L, strtoll(number_text(d, text, sizeof text), NULL, 10));
        return;
    case 'd':
        lua_pushnumber(L, strtod(number_text(d, text, sizeof text), NULL));
        return;
    case 'm':
        qm_push_decimal(L, (qm_decimal){strtoll(number_text(d, text, sizeof text), NULL, 10)});
        return;
    case 'T':
        qm_push_time(L, strtoll(number_text(d, text, sizeof text), NULL, 10));
        return;
    case 's': {
        size_t length = strtoull(number_text(d, text, sizeof text), NULL, 10);
        if (length > (size_t)(d->end - d->at)) {
            damaged(d);
        }
        lua_pushlstring(L, d->at, length);
        d->at += length;
        return;
    }
    case '{':
        lua_newtable(L);
        while (d->at < d->end && *d->at != '}') {
            decode(d, depth + 1);
            decode(d, depth + 1);
            lua_rawset(L, -3);
        }
        if (d->at++ == d->end) {
            damaged(d);
        }
        return;
    default:
        damaged(d);
    }
}

void qm_state_decode(lua_State *L, const char *data, size_t length) {
    decoder d = {L, data, data + length};
    decode(&d, 0);
    if (d.at != d.end) {
        damaged(&d);
    }
}
