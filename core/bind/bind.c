/* SPDX-License-Identifier: MIT */
#include "bind/internal.h"

static void open_library(lua_State *L) {
    qm_bind_decimal(L);
    qm_bind_time(L);
    qm_bind_option(L);
}

static void open_ctx(lua_State *L) {
    qm_bind_bar(L);
    qm_bind_series(L);
    qm_bind_atr(L);
    qm_bind_trade(L);
    qm_bind_position(L);
    qm_bind_record(L);
    qm_bind_tax(L);
    qm_bind_fields(L);
}

const struct qm_host_binding *qm_bindings(void) {
    static const struct qm_host_binding bindings = {open_library, open_ctx};
    return &bindings;
}

qm_engine *qm_bind_engine(lua_State *L) {
    qm_script *s = qm_script_of(L);
    if (!s->engine) {
        luaL_error(L, "ctx can only be used in a callback");
    }
    return s->engine;
}
