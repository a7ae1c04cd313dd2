/* SPDX-License-Identifier: MIT
 *
 * Positions and lots of the strategy's sleeve.
 */
#include "bind/internal.h"

static const qm_ledger *ledger_of(lua_State *L) {
    return qm_engine_sleeve(qm_bind_engine(L), qm_script_of(L)->index).ledger;
}

static void set_decimal(lua_State *L, const char *key, qm_decimal value) {
    qm_push_decimal(L, value);
    lua_setfield(L, -2, key);
}

static int push_lots(lua_State *L, qm_instrument_id id) {
    qm_lot_iter iter = {.instrument = id};
    const qm_lot *lot;
    lua_Integer n = 0;
    lua_newtable(L);
    while ((lot = qm_ledger_next_lot(ledger_of(L), &iter)) != NULL) {
        lua_createtable(L, 0, 5);
        lua_pushinteger(L, (lua_Integer)lot->id);
        lua_setfield(L, -2, "id");
        qm_push_symbol(L, lot->instrument);
        lua_setfield(L, -2, "symbol");
        qm_push_quantity(L, lot->qty);
        lua_setfield(L, -2, "qty");
        set_decimal(L, "basis", lot->basis);
        qm_push_date(L, lot->acquired);
        lua_setfield(L, -2, "acquired");
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

static int lots(lua_State *L) {
    return push_lots(L, lua_isnoneornil(L, 2) ? 0 : qm_check_symbol(L, 2));
}

/* position:lots() */
static int position_lots(lua_State *L) {
    lua_getfield(L, 1, "symbol");
    return push_lots(L, qm_check_symbol(L, -1));
}

/* value and unrealised are nil when the symbol has no price. */
static void push_position(lua_State *L, qm_instrument_id id) {
    qm_script *s = qm_script_of(L);
    qm_position p = qm_ledger_position(ledger_of(L), id);
    qm_decimal value, gain, cost;
    lua_createtable(L, 0, 8);
    qm_push_symbol(L, id);
    lua_setfield(L, -2, "symbol");
    qm_push_quantity(L, p.qty);
    lua_setfield(L, -2, "qty");
    qm_push_quantity(L, p.qty);
    lua_setfield(L, -2, "quantity");
    set_decimal(L, "basis", p.basis);
    qm_decimal units;
    if (p.qty.raw != 0 &&
        qm_decimal_mul_ratio(p.qty, p.multiplier, 1, QM_ROUND_HALF_EVEN, &units) == QM_OK &&
        qm_decimal_div(p.basis, units, QM_ROUND_HALF_EVEN, &cost) == QM_OK) {
        set_decimal(L, "average_cost", cost);
    }
    if (qm_ctx_value(qm_bind_engine(L), s->index, id, &value) == QM_OK) {
        set_decimal(L, "value", value);
        if (qm_decimal_sub(value, p.basis, &gain) == QM_OK) {
            set_decimal(L, "unrealised", gain);
        }
    }
    lua_pushcfunction(L, position_lots);
    lua_setfield(L, -2, "lots");
}

static int position(lua_State *L) {
    push_position(L, qm_check_symbol(L, 2));
    return 1;
}

static int positions(lua_State *L) {
    const qm_position *rows;
    size_t n = qm_ledger_positions(ledger_of(L), &rows);
    lua_createtable(L, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        push_position(L, rows[i].instrument);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

void qm_bind_position(lua_State *L) {
    static const luaL_Reg methods[] = {
        {"position", position}, {"positions", positions}, {"lots", lots}, {NULL, NULL}};
    luaL_setfuncs(L, methods, 0);
}
