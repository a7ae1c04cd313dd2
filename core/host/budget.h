/* SPDX-License-Identifier: MIT
 *
 * budget.h: how a script that must stop (over its budget of time, or its cap of memory) is stopped.
 */
#ifndef QM_HOST_BUDGET_H
#define QM_HOST_BUDGET_H

#include "host/internal.h"

/* budget.c */
void qm_budget_day_begin(qm_script *s);
void qm_budget_day_end(qm_script *s);
void qm_budget_patience(qm_script *s, bool patient);
/* The fault of a script that was stopped. */
qm_status qm_budget_stopped(qm_script *s, qm_error *err);
void qm_budget_memory(qm_script *s);
/* Collects when so much is not free: before a large buffer. */
void qm_budget_room(lua_State *L, size_t bytes);
__attribute__((noreturn)) void qm_budget_raise(lua_State *L);

/* In every loop of C whose length a script chooses: no hook reaches into it. */
static inline void qm_pulse(lua_State *L) {
    if (__builtin_expect(qm_script_of(L)->stop != STOP_NONE, 0)) {
        qm_budget_raise(L);
    }
}

/* What replaces functions of the standard libraries: protect.c, strings.c, tables.c. */
void qm_protect_open(lua_State *L);
void qm_strings_open(lua_State *L);
void qm_tables_open(lua_State *L);
/* sandbox.c: as luaL_loadbufferx, of text, but it can be stopped. */
int qm_load_text(lua_State *L, const char *text, size_t length, const char *name);
int qm_sandbox_tostring(lua_State *L);
/* Closes the way to the metatables of the library's own types. */
void qm_sandbox_seal(lua_State *L);
/* Raises when a metatable has got a key that is not allowed. */
void qm_sandbox_check(lua_State *L);

#endif
