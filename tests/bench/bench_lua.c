/* SPDX-License-Identifier: MIT
 *
 * A strategy in Lua, 1e6 bars: on_bar with two native inputs, orders, fills, lots and equity at
 * every bar, against an empty lua_pcall for each bar.
 */
#include "base/calendar.h"
#include "base/log.h"
#include "base/rng.h"
#include "bind/bind.h"
#include "engine/backtest.h"
#include "host/host.h"

#include <lauxlib.h>
#include <lua.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BARS = 1000000, ROUNDS = 5 };

static const char SCRIPT[] =
    "local qm = require 'qm'\n"
    "return qm.strategy { name = 'cross', timeframe = '1m', universe = { 'SPY' },\n"
    "  inputs = { qm.ta.sma(10), qm.ta.sma(30) },\n"
    "  on_bar = function(ctx, bar, fast, slow)\n"
    "    local state = ctx.state\n"
    "    local up = fast > slow\n"
    "    if up ~= state.up then\n"
    "      state.up = up\n"
    "      if up then ctx:buy { 'SPY', qty = 10 }\n"
    "      elseif state.held then ctx:sell { 'SPY', qty = 10 } end\n"
    "      state.held = up or nil\n"
    "    end\n"
    "  end }\n";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Minutes of ordinary sessions. */
static void make_bars(qm_bars *bars) {
    qm_rng rng;
    qm_session s;
    qm_date date = qm_date_from_ymd(2005, 1, 3);
    double price = 100;
    qm_rng_seed(&rng, 5);
    qm_bars_init(bars, (qm_timeframe){QM_TF_MINUTE, 1});
    while (bars->n < BARS && qm_calendar_on_or_after(date, &s)) {
        for (qm_time t = s.open + QM_MINUTE_NS; t <= s.close && bars->n < BARS; t += QM_MINUTE_NS) {
            double open = round(100 * price) / 100;
            price *= exp(0.0008 * qm_rng_normal(&rng));
            double close = round(100 * price) / 100;
            qm_bar bar = {.time = t, .date = s.date};
            bar.x[QM_OPEN] = open;
            bar.x[QM_CLOSE] = close;
            bar.x[QM_HIGH] = fmax(open, close) + 0.02;
            bar.x[QM_LOW] = fmin(open, close) - 0.02;
            bar.x[QM_VOLUME] = 1000;
            qm_bars_push(bars, &bar);
        }
        date = s.date + 1;
    }
}

static double run_strategy(const char *path, size_t *fills) {
    qm_instruments *instruments;
    qm_instrument_id id;
    qm_replay *replay;
    qm_engine *engine;
    qm_script *script;
    qm_bars bars;
    qm_error err = {0};
    uint32_t index;
    qm_instruments_new(&instruments);
    qm_instruments_intern(instruments, "SPY", &id);
    make_bars(&bars);
    qm_timeframe tf = bars.tf;
    qm_replay_new(tf, &replay);
    qm_replay_take(replay, id, &bars, NULL, 0);
    qm_sim_config sim = {.commission = {QM_COMMISSION_PER_SHARE, {5000000}, {0}, {0}}};
    qm_engine_config config = {.instruments = instruments, .sim = &sim, .base_tf = tf};
    qm_script_options options = {
        .path = path, .instruments = instruments, .bindings = qm_bindings()};
    qm_sleeve_config sleeve = {.account = QM_ACCOUNT_MARGIN, .cash = {100000 * QM_DECIMAL_SCALE}};
    qm_backtest_options o = {.from = QM_TIME_NONE, .to = QM_TIME_MAX};
    if (qm_script_load(&options, &script, &err) || qm_engine_new(&config, &engine) ||
        qm_engine_add(engine, qm_script_ops(script), script, qm_script_spec(script), &sleeve,
                      &index, &err)) {
        printf("lua: %s\n", err.message);
        exit(1);
    }
    double start = now();
    if (qm_backtest_run(engine, replay, &o, &err) != QM_OK) {
        printf("lua: %s\n", err.message);
        exit(1);
    }
    double time = now() - start;
    const qm_fill *rows;
    *fills = qm_engine_fills(engine, &rows);
    static bool told;
    if (!told) {
        told = true;
        printf("lua: a loaded strategy takes %.1f KB (needs under 64)\n",
               (double)qm_script_memory(script) / 1024);
    }
    qm_engine_free(engine);
    qm_replay_free(replay);
    qm_instruments_free(instruments);
    return time;
}

static double empty_calls(void) {
    lua_State *L = luaL_newstate();
    luaL_loadstring(L, "return function() end");
    lua_call(L, 0, 1);
    double start = now();
    for (int i = 0; i < BARS; i++) {
        lua_pushvalue(L, 1);
        lua_pcall(L, 0, 0, 0);
    }
    double time = now() - start;
    lua_close(L);
    return time;
}

int main(void) {
    char path[] = "/tmp/qm-bench-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, SCRIPT, sizeof SCRIPT - 1) != (ssize_t)sizeof SCRIPT - 1) {
        return 1;
    }
    qm_log_configure(&(qm_log_config){.level = QM_LOG_ERROR});
    double best = 1e9, empty = 1e9;
    size_t fills = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double time = run_strategy(path, &fills), calls = empty_calls();
        best = time < best ? time : best;
        empty = calls < empty ? calls : empty;
    }
    printf("lua: %.2f million bars/s with %.1f fills per 100 bars (needs at least 3)\n",
           BARS / best / 1e6, 100.0 * (double)fills / BARS);
    printf("lua: %.1fx the cost of an empty lua_pcall per bar (needs at most 8x)\n", best / empty);
    unlink(path);
    close(fd);
    return 0;
}
