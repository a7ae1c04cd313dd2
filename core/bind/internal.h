/* SPDX-License-Identifier: MIT
 *
 * internal.h: the modules of this room. Each opener adds its functions to the table on top.
 */
#ifndef QM_BIND_INTERNAL_H
#define QM_BIND_INTERNAL_H

#include "bind/bind.h"
#include "host/budget.h"

void qm_bind_decimal(lua_State *L);
void qm_bind_time(lua_State *L);
void qm_bind_option(lua_State *L);
/* ctx: the table ctx is on top. */
void qm_bind_bar(lua_State *L);
void qm_bind_series(lua_State *L);
void qm_bind_atr(lua_State *L);
void qm_bind_trade(lua_State *L);
void qm_bind_position(lua_State *L);
void qm_bind_record(lua_State *L);
void qm_bind_tax(lua_State *L);
void qm_bind_fields(lua_State *L);

/* The engine of the running script; raises while the file is only loaded. */
qm_engine *qm_bind_engine(lua_State *L);

#endif
