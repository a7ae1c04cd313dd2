/* SPDX-License-Identifier: MIT
 *
 * What a callback costs: an empty one through the door, with and without a budget, against a bare
 * lua_pcall. And how exactly a runaway is stopped.
 */
#include "base/log.h"
#include "bind/bind.h"
#include "host/host.h"
#include "host/watchdog.h"

#include <lauxlib.h>
#include <lua.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 200000, ROUNDS = 101, RUNAWAYS = 21, BUDGET_MS = 20 };

static const char EMPTY[] =
    "return require 'qm'.strategy { name = 'empty', timeframe = '1d', universe = { 'SPY' },\n"
    "  stop = function(ctx) end }\n";
static const char RUNAWAY[] =
    "return require 'qm'.strategy { name = 'runaway', timeframe = '1d', universe = { 'SPY' },\n"
    "  budget = { callback_ms = 20 }, stop = function(ctx) while true do end end }\n";

static double clock_of(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static qm_script *load(const char *text, qm_instruments *instruments,
                       const qm_script_budget *budget) {
    char path[] = "/tmp/qm-bench-XXXXXX";
    int fd = mkstemp(path);
    qm_error err = {0};
    qm_script *script = NULL;
    qm_script_options options = {
        .path = path, .instruments = instruments, .bindings = qm_bindings(), .budget = budget};
    if (fd < 0 || write(fd, text, strlen(text)) < 0 ||
        qm_script_load(&options, &script, &err) != QM_OK) {
        printf("host: %s\n", err.message);
        exit(1);
    }
    close(fd);
    unlink(path);
    return script;
}

static double dispatch(qm_script *script) {
    const qm_strategy_ops *ops = qm_script_ops(script);
    qm_error err;
    double start = clock_of(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < CALLS; i++) {
        if (ops->stop(script, &err) != QM_OK) {
            printf("host: %s\n", err.message);
            exit(1);
        }
    }
    return clock_of(CLOCK_THREAD_CPUTIME_ID) - start;
}

static double bare(lua_State *L) {
    double start = clock_of(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < CALLS; i++) {
        lua_pushvalue(L, 1);
        lua_pushvalue(L, 2);
        lua_pcall(L, 1, 0, 0);
    }
    return clock_of(CLOCK_THREAD_CPUTIME_ID) - start;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

/* Ratios of neighbouring measurements: what the machine does meanwhile is the same for both. */
static void bench_dispatch(qm_script *with, qm_script *without) {
    static double to_bare[ROUNDS], to_free[ROUNDS], ns[ROUNDS];
    lua_State *L = luaL_newstate();
    luaL_loadstring(L, "return function(ctx) end");
    lua_call(L, 0, 1);
    lua_newtable(L);
    for (int i = 0; i < ROUNDS; i++) {
        double a = bare(L), b = dispatch(without), c = dispatch(with);
        to_bare[i] = c / a;
        to_free[i] = c / b;
        ns[i] = c / CALLS * 1e9;
    }
    lua_close(L);
    printf("host: an empty callback %.1f ns, %.2fx a bare lua_pcall (needs under 2x)\n",
           median(ns, ROUNDS), median(to_bare, ROUNDS));
    printf("host: a budget costs %+.1f%% of it (needs at most 2%%)\n",
           100 * (median(to_free, ROUNDS) - 1));
}

static void bench_runaway(qm_script *script) {
    static double late[RUNAWAYS];
    const qm_strategy_ops *ops = qm_script_ops(script);
    for (int i = 0; i < RUNAWAYS; i++) {
        qm_error err = {0};
        double start = clock_of(CLOCK_THREAD_CPUTIME_ID);
        if (ops->stop(script, &err) == QM_OK || !strstr(err.message, "over its budget")) {
            printf("host: a runaway was not stopped: %s\n", err.message);
            exit(1);
        }
        late[i] = 1000 * (clock_of(CLOCK_THREAD_CPUTIME_ID) - start) - BUDGET_MS;
    }
    double middle = median(late, RUNAWAYS);
    printf(
        "host: a runaway is stopped %.2f ms behind its deadline, at worst %.2f (needs under 1)\n",
        middle, late[RUNAWAYS - 1]);
}

int main(void) {
    qm_instruments *instruments;
    qm_watchdog *watchdog;
    qm_error err = {0};
    qm_log_configure(&(qm_log_config){.level = QM_LOG_ERROR});
    if (qm_instruments_new(&instruments) != QM_OK ||
        qm_script_watchdog_new(&watchdog, &err) != QM_OK) {
        printf("host: %s\n", err.message);
        return 1;
    }
    qm_script_budget budget = {.watchdog = watchdog};
    qm_script *with = load(EMPTY, instruments, &budget), *without = load(EMPTY, instruments, NULL);
    qm_script *runaway = load(RUNAWAY, instruments, &budget);
    bench_dispatch(with, without);
    bench_runaway(runaway);
    qm_script_free(with);
    qm_script_free(without);
    qm_script_free(runaway);
    qm_watchdog_free(watchdog);
    qm_instruments_free(instruments);
    return 0;
}
