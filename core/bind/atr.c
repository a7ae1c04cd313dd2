/* SPDX-License-Identifier: MIT
 *
 * ctx.atr: the records of docs/reference/atr.md. basic, enhanced, options and matrix take a symbol
 * and return a value, or nil and an error; portfolio takes symbols and returns all of them.
 */
#include "bind/internal.h"

#include "market/atr.h"

static void set_number(lua_State *L, const char *key, double value) {
    qm_push_number(L, value);
    lua_setfield(L, -2, key);
}

static void set_text(lua_State *L, const char *key, const char *value) {
    lua_pushstring(L, value); /* NULL is nil */
    lua_setfield(L, -2, key);
}

static qm_atr_config config_of(lua_State *L, int options) {
    qm_atr_config c = qm_atr_config_default();
    c.as_of = qm_engine_date(qm_bind_engine(L));
    if (lua_istable(L, options)) {
        lua_getfield(L, options, "period");
        lua_getfield(L, options, "lookback");
        c.atr.period = (int)luaL_optinteger(L, -2, c.atr.period);
        c.lookback = (int)luaL_optinteger(L, -1, c.lookback);
        lua_pop(L, 2);
    } else if (!lua_isnoneornil(L, options)) {
        c.atr.period = (int)luaL_checkinteger(L, options);
    }
    luaL_argcheck(L, c.atr.period >= 1 && c.lookback >= 1, options, "must be at least 1");
    return c;
}

static const qm_bars *daily(lua_State *L, int symbol) {
    qm_instrument_id id = qm_check_symbol(L, symbol);
    const qm_series *series =
        qm_ctx_series(qm_bind_engine(L), qm_script_of(L)->index, id, QM_TF_1D);
    if (!series) {
        luaL_error(L, "%s is not in the universe", lua_tostring(L, symbol));
    }
    return &series->bars;
}

static int basic(lua_State *L) {
    qm_error err = {0};
    double value;
    qm_atr_config c = config_of(L, 2);
    if (qm_atr_basic(&c, daily(L, 1), &value, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_pushnumber(L, value);
    return 1;
}

static void push_enhanced(lua_State *L, const qm_atr_enhanced *e) {
    lua_createtable(L, 0, 22);
    set_number(L, "atr", e->atr);
    set_number(L, "atr_pct", e->atr_pct);
    set_number(L, "true_range", e->true_range);
    set_number(L, "percentile", e->percentile);
    set_text(L, "regime", qm_regime_name(e->regime));
    set_text(L, "trend", qm_atr_trend_name(e->trend));
    set_text(L, "cycle", qm_atr_cycle_name(e->cycle));
    if (e->breakout_multiple == e->breakout_multiple) {
        lua_createtable(L, 0, 2);
        set_number(L, "multiple", e->breakout_multiple);
        set_text(L, "direction", e->breakout_up ? "up" : "down");
        lua_setfield(L, -2, "breakout");
    }
    set_number(L, "chandelier_long", e->chandelier_long);
    set_number(L, "chandelier_short", e->chandelier_short);
    set_number(L, "band_upper", e->band_upper);
    set_number(L, "band_lower", e->band_lower);
    set_number(L, "regime_stop", e->regime_stop);
    if (e->scale_out[0] == e->scale_out[0]) {
        lua_createtable(L, 4, 0);
        for (int i = 0; i < 4; i++) {
            lua_pushnumber(L, e->scale_out[i]);
            lua_rawseti(L, -2, i + 1);
        }
        lua_setfield(L, -2, "scale_out");
    }
    set_number(L, "entry_threshold", e->entry_threshold);
    set_number(L, "exhaustion_level", e->exhaustion_level);
    lua_createtable(L, 0, 4);
    set_number(L, "bars", (double)e->bars);
    set_number(L, "gaps", e->gaps);
    set_number(L, "stale_days", e->stale_days);
    set_number(L, "confidence", e->confidence);
    lua_setfield(L, -2, "quality");
}

static int enhanced(lua_State *L) {
    qm_error err = {0};
    qm_atr_enhanced e;
    qm_atr_config c = config_of(L, 2);
    if (qm_atr_enhanced_of(&c, daily(L, 1), &e, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    push_enhanced(L, &e);
    return 1;
}

static int options(lua_State *L) {
    qm_error err = {0};
    qm_atr_options o;
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    qm_date expiry;
    if (qm_date_parse(text, length, &expiry) != QM_OK) {
        return luaL_error(L, "\"%s\" is no date (2007-01-03)", text);
    }
    qm_atr_config c = config_of(L, 3);
    if (qm_atr_options_of(&c, daily(L, 1), expiry, &o, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_createtable(L, 0, 8);
    set_number(L, "atr", o.atr);
    set_text(L, "regime", qm_regime_name(o.regime));
    set_number(L, "sigma_move", o.sigma_move);
    set_number(L, "mean_abs_move", o.mean_abs_move);
    set_number(L, "multiplier", o.multiplier);
    set_number(L, "position_size_factor", o.position_size_factor);
    set_number(L, "sessions", o.sessions);
    return 1;
}

static int matrix(lua_State *L) {
    qm_error err = {0};
    qm_atr_matrix m;
    qm_atr_config c = config_of(L, 2);
    if (qm_atr_matrix_of(&c, daily(L, 1), &m, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_createtable(L, 0, 12);
    set_number(L, "atr", m.atr);
    set_number(L, "distance", m.distance);
    set_number(L, "atr_pct", m.atr_pct);
    lua_pushboolean(L, m.aligned);
    lua_setfield(L, -2, "aligned");
    set_number(L, "position20", m.position20);
    set_number(L, "weekly_atr", m.weekly_atr);
    set_number(L, "sma20", m.sma20);
    set_number(L, "sma50", m.sma50);
    set_number(L, "entry", m.entry);
    set_number(L, "matrix_stop", m.stop);
    lua_createtable(L, 3, 0);
    for (int i = 0; i < 3; i++) {
        lua_pushnumber(L, m.targets[i]);
        lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "targets");
    set_number(L, "risk_reward", m.risk_reward);
    return 1;
}

/* Adds symbol = value to the table at index. */
static void keep(lua_State *L, int table, const char *symbol) {
    lua_setfield(L, table, symbol);
}

/* ctx.atr.portfolio(symbols): { results, errors, summary }; one symbol's bad data stops nothing. */
static int portfolio(lua_State *L) {
    luaL_checktype(L, 1, LUA_TTABLE);
    qm_atr_config c = config_of(L, 2);
    lua_settop(L, 1);
    lua_newtable(L); /* 2: results */
    lua_newtable(L); /* 3: errors */
    lua_Integer n = luaL_len(L, 1), ok = 0, breakouts = 0, wide = 0;
    for (lua_Integer i = 1; i <= n; i++) {
        qm_pulse(L);
        lua_geti(L, 1, i);
        const char *symbol = luaL_checkstring(L, 4);
        qm_error err = {0};
        qm_atr_enhanced e;
        if (qm_atr_enhanced_of(&c, daily(L, 4), &e, &err) == QM_OK) {
            ok++;
            breakouts += e.breakout_multiple == e.breakout_multiple;
            wide += e.regime == QM_REGIME_HIGH || e.regime == QM_REGIME_EXTREME;
            push_enhanced(L, &e);
            keep(L, 2, symbol);
        } else {
            lua_pushstring(L, err.message);
            keep(L, 3, symbol);
        }
        lua_settop(L, 3);
    }
    lua_createtable(L, 0, 5);
    set_number(L, "total", (double)n);
    set_number(L, "ok", (double)ok);
    set_number(L, "failed", (double)(n - ok));
    set_number(L, "breakouts", (double)breakouts);
    set_number(L, "high_volatility", (double)wide);
    lua_createtable(L, 0, 3);
    lua_insert(L, 2);
    lua_setfield(L, 2, "summary");
    lua_setfield(L, 2, "errors");
    lua_setfield(L, 2, "results");
    return 1;
}

void qm_bind_atr(lua_State *L) {
    static const luaL_Reg functions[] = {{"basic", basic},         {"enhanced", enhanced},
                                         {"options", options},     {"matrix", matrix},
                                         {"portfolio", portfolio}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "atr");
}
