/* SPDX-License-Identifier: MIT
 *
 * budget.h: how a script that must stop (over its budget of time, or its cap of memory) is stopped.
 */
#ifndef QM_HOST_BUDGET_H
#define QM_HOST_BUDGET_H

#include "host/internal.h"

/* budget.c */
void qm_budget_begin(qm_script *s);
void qm_budget_end(qm_script *s);
/* The fault of a script that was stopped. */
qm_status qm_budget_stopped(qm_script *s, qm_error *err);
void qm_budget_memory(qm_script *s);
__attribute__((noreturn)) void qm_budget_raise(lua_State *L);

/* In every loop of C whose length a script chooses: no hook reaches into it. */
static inline void qm_pulse(lua_State *L) {
    if (__builtin_expect(qm_script_of(L)->stop != STOP_NONE, 0)) {
        qm_budget_raise(L);
    }
}

/* protect.c */
void qm_protect_open(lua_State *L);

#endif
