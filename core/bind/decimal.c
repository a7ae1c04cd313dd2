/* SPDX-License-Identifier: MIT
 *
 * qm.decimal: exact numbers. With integers they mix, with floats they don't.
 */
#include "bind/internal.h"

#include <string.h>

static qm_decimal operand(lua_State *L, int index) {
    qm_decimal value = QM_DECIMAL_ZERO;
    if (qm_is_decimal(L, index, &value)) {
        return value;
    }
    if (lua_isinteger(L, index)) {
        if (qm_decimal_from_int(lua_tointeger(L, index), &value) != QM_OK) {
            luaL_error(L, "%I is too large for a decimal", lua_tointeger(L, index));
        }
        return value;
    }
    luaL_error(L, "a decimal and a %s don't mix (use qm.decimal, or :number() for analysis)",
               lua_type(L, index) == LUA_TNUMBER ? "float" : luaL_typename(L, index));
    return value;
}

static int result(lua_State *L, qm_status status, qm_decimal value) {
    if (status != QM_OK) {
        return luaL_error(L, "decimal: %s", qm_status_text(status));
    }
    qm_push_decimal(L, value);
    return 1;
}

static int add(lua_State *L) {
    qm_decimal out = QM_DECIMAL_ZERO;
    return result(L, qm_decimal_add(operand(L, 1), operand(L, 2), &out), out);
}
static int subtract(lua_State *L) {
    qm_decimal out = QM_DECIMAL_ZERO;
    return result(L, qm_decimal_sub(operand(L, 1), operand(L, 2), &out), out);
}
static int multiply(lua_State *L) {
    qm_decimal out = QM_DECIMAL_ZERO;
    return result(L, qm_decimal_mul(operand(L, 1), operand(L, 2), QM_ROUND_HALF_EVEN, &out), out);
}
static int divide(lua_State *L) {
    qm_decimal out = QM_DECIMAL_ZERO;
    return result(L, qm_decimal_div(operand(L, 1), operand(L, 2), QM_ROUND_HALF_EVEN, &out), out);
}
static int negate(lua_State *L) {
    qm_decimal out = QM_DECIMAL_ZERO;
    return result(L, qm_decimal_neg(operand(L, 1), &out), out);
}
static int equal(lua_State *L) {
    lua_pushboolean(L, qm_decimal_cmp(operand(L, 1), operand(L, 2)) == 0);
    return 1;
}
static int less(lua_State *L) {
    lua_pushboolean(L, qm_decimal_cmp(operand(L, 1), operand(L, 2)) < 0);
    return 1;
}
static int at_most(lua_State *L) {
    lua_pushboolean(L, qm_decimal_cmp(operand(L, 1), operand(L, 2)) <= 0);
    return 1;
}
static int to_text(lua_State *L) {
    char text[QM_DECIMAL_BUF];
    lua_pushlstring(L, text, qm_decimal_format(operand(L, 1), text));
    return 1;
}
static int number(lua_State *L) {
    lua_pushnumber(L, qm_decimal_to_double(operand(L, 1)));
    return 1;
}
static int is_zero(lua_State *L) {
    lua_pushboolean(L, operand(L, 1).raw == 0);
    return 1;
}

static qm_rounding rounding_of(lua_State *L, int index) {
    static const char *const names[] = {"half_even", "half_up", "toward_zero", "away_from_zero",
                                        "down",      "up",      NULL};
    static const qm_rounding modes[] = {QM_ROUND_HALF_EVEN, QM_ROUND_HALF_UP, QM_ROUND_DOWN,
                                        QM_ROUND_UP,        QM_ROUND_FLOOR,   QM_ROUND_CEIL};
    return modes[luaL_checkoption(L, index, "half_even", names)];
}

static int round_places(lua_State *L) {
    qm_decimal out = QM_DECIMAL_ZERO;
    int places = (int)luaL_checkinteger(L, 2);
    return result(L, qm_decimal_round(operand(L, 1), places, rounding_of(L, 3), &out), out);
}

/* qm.decimal "1.23", qm.decimal(5), or of a decimal. A float is refused. */
static int new_decimal(lua_State *L) {
    size_t length;
    qm_decimal out = QM_DECIMAL_ZERO;
    if (lua_type(L, 1) != LUA_TSTRING) {
        qm_push_decimal(L, operand(L, 1));
        return 1;
    }
    const char *text = lua_tolstring(L, 1, &length);
    qm_status status = qm_decimal_parse(text, length, &out);
    if (status != QM_OK) {
        return luaL_error(L, "decimal \"%s\": %s", text, qm_status_text(status));
    }
    qm_push_decimal(L, out);
    return 1;
}

/* qm.round_to_tick(symbol, x, "down" | "up" | "nearest"): analysis becomes money, with a direction.
 */
static int round_to_tick(lua_State *L) {
    static const char *const names[] = {"down", "up", "nearest", NULL};
    static const qm_rounding modes[] = {QM_ROUND_FLOOR, QM_ROUND_CEIL, QM_ROUND_HALF_EVEN};
    const qm_instrument *info =
        qm_instruments_get(qm_script_of(L)->instruments, qm_check_symbol(L, 1));
    qm_decimal exact = QM_DECIMAL_ZERO, out = QM_DECIMAL_ZERO;
    if (!qm_is_decimal(L, 2, &exact)) {
        qm_status status = qm_decimal_from_double(luaL_checknumber(L, 2), &exact);
        if (status != QM_OK) {
            return luaL_error(L, "round_to_tick: %s", qm_status_text(status));
        }
    }
    qm_rounding mode = modes[luaL_checkoption(L, 3, NULL, names)];
    return result(L, qm_decimal_round_to(exact, info->tick, mode, &out), out);
}

static const luaL_Reg META[] = {
    {"__add", add},     {"__sub", subtract},     {"__mul", multiply},  {"__div", divide},
    {"__unm", negate},  {"__eq", equal},         {"__lt", less},       {"__le", at_most},
    {"number", number}, {"round", round_places}, {"is_zero", is_zero}, {"__tostring", to_text},
    {NULL, NULL},
};

void qm_bind_decimal(lua_State *L) {
    luaL_newmetatable(L, "qm.decimal");
    luaL_setfuncs(L, META, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
    lua_pushcfunction(L, new_decimal);
    lua_setfield(L, -2, "decimal");
    lua_pushcfunction(L, round_to_tick);
    lua_setfield(L, -2, "round_to_tick");
}
