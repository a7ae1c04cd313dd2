/* SPDX-License-Identifier: MIT
 *
 * The engine's callbacks into Lua. What a bar costs: the function from the registry, ctx, the
 * reused view, the inputs as plain numbers, one protected call.
 */
#include "host/budget.h"

#include <stdlib.h>
#include <string.h>

static bool begin_call(qm_script *s, script_callback which) {
    if (s->call_ref[which] == LUA_NOREF) {
        return false;
    }
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->call_ref[which]);
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->ctx_ref);
    return true;
}

static void attach(void *self, qm_engine *engine, uint32_t index) {
    qm_script *s = self;
    s->engine = engine;
    s->index = index;
}

/* What runs once may take longer. */
static qm_status patiently(qm_script *s, lua_CFunction f, void *data, qm_error *err) {
    qm_budget_patience(s, true);
    qm_status status = qm_door(s, f, data, err);
    qm_budget_patience(s, false);
    return status;
}

static qm_status call_init(void *self, qm_error *err) {
    qm_script *s = self;
    if (!begin_call(s, CALL_INIT)) {
        return QM_OK;
    }
    qm_budget_patience(s, true);
    qm_status status = qm_door_call(s, 1, 0, err);
    qm_budget_patience(s, false);
    return status;
}

static qm_status call_stop(void *self, qm_error *err) {
    return begin_call(self, CALL_STOP) ? qm_door_call(self, 1, 0, err) : QM_OK;
}

typedef struct request {
    qm_script *script;
    script_callback which;
    const void *data;
    const char *name;
    size_t length;
} request;

/* Callbacks with tables are built inside the door. */
static qm_status through_door(qm_script *s, script_callback which, lua_CFunction f,
                              const void *data, qm_error *err) {
    request r = {.script = s, .which = which, .data = data};
    if (s->call_ref[which] == LUA_NOREF) {
        return QM_OK;
    }
    return qm_door(s, f, &r, err);
}

static request *opened(lua_State *L) {
    request *r = lua_touserdata(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, r->script->call_ref[r->which]);
    lua_rawgeti(L, LUA_REGISTRYINDEX, r->script->ctx_ref);
    return r;
}

static int do_start(lua_State *L) {
    const request *r = opened(L);
    lua_pushstring(L, r->data);
    lua_call(L, 2, 0);
    return 0;
}

static qm_status call_start(void *self, const char *why, qm_error *err) {
    qm_script *s = self;
    request r = {.script = s, .which = CALL_START, .data = why};
    return s->call_ref[CALL_START] == LUA_NOREF ? QM_OK : patiently(s, do_start, &r, err);
}

/* Inputs with names: one reused table. */
static int do_keyed_bar(lua_State *L) {
    request *r = opened(L);
    qm_script *s = r->script;
    const double *inputs = r->data;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->bar_ref);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->keyed_ref);
    int names = lua_gettop(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "qm.keyed");
    for (size_t i = 0; i < s->spec.input_count; i++) {
        lua_rawgeti(L, names, (lua_Integer)i + 1);
        qm_push_number(L, inputs[i]);
        lua_rawset(L, -3);
    }
    lua_remove(L, names);
    lua_call(L, 3, 0);
    return 0;
}

static qm_status call_on_bar(void *self, qm_instrument_id instrument, const qm_bar *bar,
                             const double *inputs, qm_error *err) {
    qm_script *s = self;
    lua_State *L = s->L;
    size_t n = s->spec.input_count;
    if (!lua_checkstack(L, (int)n + 8)) { /* does not raise: this is outside the door */
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    s->bar = bar;
    s->bar_instrument = instrument;
    qm_status status;
    if (s->keyed) {
        status = through_door(s, CALL_ON_BAR, do_keyed_bar, inputs, err);
    } else {
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->call_ref[CALL_ON_BAR]);
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->ctx_ref);
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->bar_ref);
        for (size_t i = 0; i < n; i++) {
            qm_push_number(L, inputs[i]);
        }
        status = qm_door_call(s, (int)n + 2, 0, err);
    }
    s->bar = NULL;
    return status;
}

/* A column of the slice: one value for each symbol, into a reused table. */
static void fill_column(lua_State *L, const qm_slice *slice,
                        const double *(*cell)(const qm_slice *, size_t, size_t), size_t which,
                        size_t old_rows) {
    for (size_t i = 0; i < slice->count; i++) {
        qm_push_number(L, *cell(slice, i, which));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    for (size_t i = slice->count; i < old_rows; i++) {
        lua_pushnil(L);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static const double *price_cell(const qm_slice *slice, size_t i, size_t column) {
    return &slice->bars[i]->x[column];
}
static const double *input_cell(const qm_slice *slice, size_t i, size_t input) {
    return &slice->inputs[i][input];
}

/* The table at a key of the slice, made once. */
static void push_column(lua_State *L, int slice, const char *name, lua_Integer number) {
    if (name) {
        lua_getfield(L, slice, name);
    } else {
        lua_rawgeti(L, slice, number);
    }
    if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushvalue(L, -1);
        if (name) {
            lua_setfield(L, slice, name);
        } else {
            lua_rawseti(L, slice, number);
        }
    }
}

static void fill_symbols(lua_State *L, const qm_slice *slice, size_t old_rows) {
    for (size_t i = 0; i < slice->count; i++) {
        qm_push_symbol(L, slice->instruments[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    for (size_t i = slice->count; i < old_rows; i++) {
        lua_pushnil(L);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
}

static int do_bars(lua_State *L) {
    static const char *const columns[] = {"open", "high", "low", "close", "volume"};
    request *r = opened(L);
    qm_script *s = r->script;
    const qm_slice *data = r->data;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->slice_ref);
    int slice = lua_gettop(L);
    push_column(L, slice, "symbols", 0);
    fill_symbols(L, data, s->slice_rows);
    lua_pop(L, 1);
    for (size_t k = 0; k < QM_COLUMN_COUNT; k++) {
        push_column(L, slice, columns[k], 0);
        fill_column(L, data, price_cell, k, s->slice_rows);
        lua_pop(L, 1);
    }
    for (size_t k = 0; k < s->spec.input_count; k++) {
        push_column(L, slice, NULL, (lua_Integer)k + 1);
        fill_column(L, data, input_cell, k, s->slice_rows);
        lua_pop(L, 1);
    }
    s->slice_rows = data->count;
    qm_push_time(L, data->time);
    lua_setfield(L, slice, "time");
    qm_push_date(L, data->date);
    lua_setfield(L, slice, "date");
    lua_call(L, 2, 0);
    return 0;
}

static qm_status call_on_bars(void *self, const qm_slice *slice, qm_error *err) {
    return through_door(self, CALL_ON_BARS, do_bars, slice, err);
}

static int do_quote(lua_State *L) {
    request *r = opened(L);
    qm_push_quote(L, r->data);
    lua_call(L, 2, 0);
    return 0;
}

static qm_status call_on_quote(void *self, const qm_quote *quote, qm_error *err) {
    return through_door(self, CALL_ON_QUOTE, do_quote, quote, err);
}

static int do_order(lua_State *L) {
    request *r = opened(L);
    qm_push_order(L, r->data);
    lua_call(L, 2, 0);
    return 0;
}

static qm_status call_on_order(void *self, const qm_order *order, qm_error *err) {
    return through_door(self, CALL_ON_ORDER, do_order, order, err);
}

static void set_decimal(lua_State *L, const char *key, qm_decimal value) {
    qm_push_decimal(L, value);
    lua_setfield(L, -2, key);
}

static int do_fill(lua_State *L) {
    request *r = opened(L);
    const qm_fill *fill = r->data;
    lua_createtable(L, 0, 9);
    lua_pushinteger(L, (lua_Integer)fill->order);
    lua_setfield(L, -2, "order");
    qm_push_symbol(L, fill->instrument);
    lua_setfield(L, -2, "symbol");
    lua_pushstring(L, qm_side_name(fill->side));
    lua_setfield(L, -2, "side");
    qm_push_quantity(L, fill->qty);
    lua_setfield(L, -2, "qty");
    set_decimal(L, "price", fill->price);
    set_decimal(L, "fee", fill->fee);
    qm_push_time(L, fill->time);
    lua_setfield(L, -2, "time");
    qm_push_date(L, fill->date);
    lua_setfield(L, -2, "date");
    lua_pushboolean(L, fill->coarse);
    lua_setfield(L, -2, "coarse");
    lua_call(L, 2, 0);
    return 0;
}

static qm_status call_on_fill(void *self, const qm_fill *fill, qm_error *err) {
    return through_door(self, CALL_ON_FILL, do_fill, fill, err);
}

static int do_cash(lua_State *L) {
    request *r = opened(L);
    const qm_cash_flow *flow = r->data;
    const char *kind = flow->kind == QM_TXN_DIVIDEND   ? "dividend"
                       : flow->kind == QM_TXN_INTEREST ? "interest"
                       : flow->amount.raw < 0          ? "withdrawal"
                                                       : "deposit";
    lua_createtable(L, 0, 3);
    lua_pushstring(L, kind);
    lua_setfield(L, -2, "kind");
    if (flow->instrument) {
        qm_push_symbol(L, flow->instrument);
        lua_setfield(L, -2, "symbol");
    }
    set_decimal(L, "amount", flow->amount);
    lua_call(L, 2, 0);
    return 0;
}

static qm_status call_on_cash(void *self, const qm_cash_flow *flow, qm_error *err) {
    return through_door(self, CALL_ON_CASH, do_cash, flow, err);
}

static int do_action(lua_State *L) {
    static const char *const kinds[] = {"split", "dividend", "delisting", "rename"};
    request *r = opened(L);
    const qm_action *action = r->data;
    lua_createtable(L, 0, 6);
    lua_pushstring(L, kinds[action->kind]);
    lua_setfield(L, -2, "kind");
    qm_push_symbol(L, action->instrument);
    lua_setfield(L, -2, "symbol");
    qm_push_date(L, action->ex_date);
    lua_setfield(L, -2, "ex_date");
    lua_pushinteger(L, action->num);
    lua_setfield(L, -2, "num");
    lua_pushinteger(L, action->den);
    lua_setfield(L, -2, "den");
    set_decimal(L, "cash", action->cash);
    lua_call(L, 2, 0);
    return 0;
}

static qm_status call_on_action(void *self, const qm_action *action, qm_error *err) {
    return through_door(self, CALL_ON_ACTION, do_action, action, err);
}

/* A function of the strategy's table by name, with ctx and perhaps data. */
static int do_named(lua_State *L) {
    const request *r = lua_touserdata(L, 1);
    qm_script *s = r->script;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->table_ref);
    if (lua_getfield(L, -1, r->name) != LUA_TFUNCTION) {
        return luaL_error(L, "%s: the strategy has no function \"%s\"", s->path, r->name);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->ctx_ref);
    int count = 1;
    if (r->data) {
        qm_state_decode(L, r->data, r->length);
        count = 2;
    }
    lua_call(L, count, 0);
    return 0;
}

static qm_status call_on_schedule(void *self, size_t schedule, qm_error *err) {
    qm_script *s = self;
    request r = {.script = s, .name = s->schedules.items[schedule].name};
    return qm_door(s, do_named, &r, err);
}

static qm_status call_on_timer(void *self, const char *callback, const char *data, size_t length,
                               qm_error *err) {
    request r = {.script = self, .name = callback, .data = data, .length = length};
    return qm_door(self, do_named, &r, err);
}

enum { STATE_MAX = 64 * 1024 };

static int do_save(lua_State *L) {
    const request *r = lua_touserdata(L, 1);
    qm_script *s = r->script;
    qm_buf *out = (qm_buf *)(uintptr_t)r->data;
    for (int i = 0; i < 4; i++) {
        qm_buf_printf(out, "%016llx", (unsigned long long)s->rng.s[i]);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->ctx_ref);
    lua_getfield(L, -1, "state");
    qm_state_encode(L, -1, out, STATE_MAX);
    return 0;
}

static qm_status save(void *self, qm_buf *out, qm_error *err) {
    request r = {.script = self, .data = out};
    return patiently(self, do_save, &r, err);
}

typedef struct saved_state {
    qm_script *script;
    const char *data;
    size_t length;
    int64_t version;
} saved_state;

enum { GENERATOR = 64 }; /* hexadecimal digits */

static int do_load(lua_State *L) {
    const saved_state *saved = lua_touserdata(L, 1);
    qm_script *s = saved->script;
    if (saved->length < GENERATOR) {
        return luaL_error(L, "the saved state is damaged");
    }
    for (int i = 0; i < 4; i++) {
        char part[17] = "";
        memcpy(part, saved->data + 16 * i, 16);
        s->rng.s[i] = strtoull(part, NULL, 16);
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->ctx_ref);
    if (saved->version != s->spec.version) {
        if (s->call_ref[CALL_MIGRATE] == LUA_NOREF) {
            return luaL_error(L,
                              "%s: the state is of version %d, the file is version %d and has no "
                              "migrate",
                              s->path, (int)saved->version, (int)s->spec.version);
        }
        lua_rawgeti(L, LUA_REGISTRYINDEX, s->call_ref[CALL_MIGRATE]);
        qm_state_decode(L, saved->data + GENERATOR, saved->length - GENERATOR);
        lua_pushinteger(L, saved->version);
        lua_call(L, 2, 1);
    } else {
        qm_state_decode(L, saved->data + GENERATOR, saved->length - GENERATOR);
    }
    if (!lua_istable(L, -1)) {
        return luaL_error(L, "%s: migrate returned a %s, not the state", s->path,
                          luaL_typename(L, -1));
    }
    lua_setfield(L, -2, "state");
    return 0;
}

static qm_status load(void *self, const char *data, size_t length, int64_t version, qm_error *err) {
    saved_state saved = {self, data, length, version};
    return patiently(self, do_load, &saved, err);
}

static void free_script(void *self) {
    qm_script_free(self);
}

const qm_strategy_ops qm_script_operations = {
    .attach = attach,
    .init = call_init,
    .start = call_start,
    .on_bar = call_on_bar,
    .on_bars = call_on_bars,
    .on_order = call_on_order,
    .on_fill = call_on_fill,
    .on_cash = call_on_cash,
    .on_quote = call_on_quote,
    .on_action = call_on_action,
    .on_schedule = call_on_schedule,
    .on_timer = call_on_timer,
    .stop = call_stop,
    .save = save,
    .load = load,
    .free = free_script,
};
