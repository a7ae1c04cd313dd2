/* SPDX-License-Identifier: MIT
 *
 * An order as a Lua table: a picture of it at one moment.
 */
#include "host/internal.h"

static void set_text(lua_State *L, const char *key, const char *text) {
    if (text[0]) {
        lua_pushstring(L, text);
        lua_setfield(L, -2, key);
    }
}

static void set_price(lua_State *L, const char *key, qm_decimal value) {
    if (value.raw != 0) {
        qm_push_decimal(L, value);
        lua_setfield(L, -2, key);
    }
}

void qm_push_order(lua_State *L, const qm_order *o) {
    lua_createtable(L, 0, 16);
    lua_pushinteger(L, (lua_Integer)o->id);
    lua_setfield(L, -2, "id");
    qm_push_symbol(L, o->instrument);
    lua_setfield(L, -2, "symbol");
    set_text(L, "side", qm_side_name(o->side));
    set_text(L, "type", qm_order_type_name(o->type));
    set_text(L, "tif", qm_tif_name(o->tif));
    set_text(L, "state", qm_order_state_name(o->state));
    lua_pushboolean(L, !qm_order_is_open(o) && o->state != QM_ORDER_CREATED);
    lua_setfield(L, -2, "done");
    qm_push_quantity(L, o->qty);
    lua_setfield(L, -2, "qty");
    qm_push_quantity(L, o->filled);
    lua_setfield(L, -2, "filled");
    set_price(L, "amount", o->amount);
    set_price(L, "limit", o->limit);
    set_price(L, "stop", o->stop);
    set_text(L, "reason", o->reason);
    set_text(L, "rule", o->rule);
    set_text(L, "limit_text", o->limit_text);
    set_text(L, "value_text", o->value_text);
}

/* A side without an offer is nil. */
void qm_push_quote(lua_State *L, const qm_quote *quote) {
    lua_createtable(L, 0, 4);
    qm_push_symbol(L, quote->instrument);
    lua_setfield(L, -2, "symbol");
    if (quote->bid.raw > 0) {
        qm_push_decimal(L, quote->bid);
        lua_setfield(L, -2, "bid");
    }
    if (quote->ask.raw > 0) {
        qm_push_decimal(L, quote->ask);
        lua_setfield(L, -2, "ask");
    }
    qm_push_time(L, quote->time);
    lua_setfield(L, -2, "time");
}
