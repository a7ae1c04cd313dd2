/* SPDX-License-Identifier: MIT
 *
 * What happens to a script that must stop: over its budget of time or its cap of memory.
 *
 * The mark in script->stop is the truth; the error that is raised only carries the script out to
 * the door. Whoever catches errors inside (pcall, xpcall, coroutines) looks at the mark and raises
 * again, so that no code of the script can go on. The hook stays installed until the door, so that
 * a __close on the way out ends with its first instruction.
 */
#include "host/budget.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TRACE_LEVELS = 6 };

/* The place of each level of the running coroutine, without taking memory: there may be none. */
static void note_place(lua_State *L) {
    qm_script *s = qm_script_of(L);
    lua_Debug ar;
    size_t n = 0;
    for (int level = 0, told = 0; told < TRACE_LEVELS && lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sln", &ar);
        if (ar.currentline <= 0) {
            continue;
        }
        int more =
            snprintf(s->trace + n, sizeof s->trace - n, "%s%s:%d%s%s", n ? ", " : "", ar.short_src,
                     ar.currentline, ar.name ? " in " : "", ar.name ? ar.name : "");
        if (more < 0 || n + (size_t)more >= sizeof s->trace) {
            s->trace[n] = 0;
            return;
        }
        n += (size_t)more;
        if (told++ == 0) {
            s->place = strlen(ar.short_src) + 1 + (size_t)snprintf(NULL, 0, "%d", ar.currentline);
        }
    }
}

void qm_budget_raise(lua_State *L) {
    qm_script *s = qm_script_of(L);
    if (!s->trace[0]) {
        note_place(L);
    }
    lua_pushlightuserdata(L, NULL);
    lua_error(L);
    __builtin_unreachable();
}

/* Also left behind on a coroutine of an earlier call. */
static void on_instruction(lua_State *L, lua_Debug *ar) {
    (void)ar;
    if (qm_script_of(L)->stop != STOP_NONE) {
        qm_budget_raise(L);
    }
    lua_sethook(L, NULL, 0, 0);
}

/* In the watchdog's signal handler. lua_sethook is made for that, on the coroutine that runs. */
static void late(void *subject) {
    qm_script *s = subject;
    if (s->stop == STOP_NONE) {
        s->stop = STOP_TIME;
    }
    lua_sethook(s->running, on_instruction, LUA_MASKCOUNT, 1);
}

qm_status qm_script_watchdog_new(qm_watchdog **out, qm_error *err) {
    return qm_watchdog_new(late, out, err);
}

/* ---- the door's side ---- */

static int64_t processor_ns(void) {
    struct timespec t = {0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * QM_SECOND_NS + t.tv_nsec;
}

/* The call may take what the day has left, when that is less. */
void qm_budget_day_begin(qm_script *s) {
    qm_date day = s->engine ? qm_calendar_session_of(qm_engine_now(s->engine)) : 0;
    if (day != s->day) {
        s->day = day;
        s->day_used_ns = 0;
    }
    int64_t left = s->day_ns - s->day_used_ns;
    s->day_binds = left < s->budget_ns;
    s->call_ns = !s->day_binds ? s->budget_ns : left > 0 ? left : 1;
    s->call_began_ns = processor_ns();
}

void qm_budget_day_end(qm_script *s) {
    s->day_used_ns += processor_ns() - s->call_began_ns;
    /* By many calls, each of them too short to be seen. */
    if (s->day_used_ns > s->day_ns && s->stop == STOP_NONE) {
        s->day_binds = true;
        s->stop = STOP_TIME;
    }
}

/* Loading, init, start and migrate run once: they may take longer, and no day counts them. Nor what
 * saves the state, or a day that is used up could not be mended. */
void qm_budget_patience(qm_script *s, bool patient) {
    s->patient = patient;
    s->day_binds = false;
    s->call_ns = patient ? QM_PATIENCE * s->budget_ns : s->budget_ns;
}

/* The mark goes with the error that it has become: the next call (of a state that is saved for a
 * mended file) starts clean. */
qm_status qm_budget_stopped(qm_script *s, qm_error *err) {
    qm_stop stop = (qm_stop)s->stop;
    int64_t ns = s->day_binds ? s->day_ns : s->call_ns;
    lua_sethook(s->L, NULL, 0, 0);
    s->stop = STOP_NONE;
    if (stop == STOP_MEMORY) {
        s->trace[0] = 0;
        return qm_error_at(err, QM_ENOMEM, s->path, 0, 0,
                           "out of memory: the strategy's cap is %zu bytes", s->memory_cap);
    }
    const char *at = s->trace[0] ? s->trace : s->path;
    size_t place = s->trace[0] ? s->place : strlen(at);
    qm_status status = qm_error_set(
        err, QM_ESCRIPT, "%.*s: over its budget: more than %lld ms of processor time %s (%s)",
        (int)place, at, (long long)(ns * 1000 / QM_SECOND_NS),
        s->day_binds ? "in one day" : "in one call", at);
    s->trace[0] = 0;
    return status;
}

/* A buffer of luaL_Buffer takes its memory past the collector. */
void qm_budget_room(lua_State *L, size_t bytes) {
    const qm_script *s = qm_script_of(L);
    if (s->memory + bytes > s->memory_cap && s->memory_cap > 0) {
        lua_gc(L, LUA_GCCOLLECT);
    }
}

/* Near the cap each cycle of collection must begin long before memory has doubled. */
void qm_budget_memory(qm_script *s) {
    size_t soft = s->memory_cap / 5 * 4;
    if (!s->eager && s->memory > soft) {
        s->eager = true;
        lua_gc(s->L, LUA_GCINC, 110, 400, 0);
        lua_gc(s->L, LUA_GCSTEP, 0); /* and at once */
    } else if (s->eager && s->memory < soft / 2) {
        s->eager = false;
        lua_gc(s->L, LUA_GCINC, 200, 100, 0);
    }
}
