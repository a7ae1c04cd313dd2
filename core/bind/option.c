/* SPDX-License-Identifier: MIT
 *
 * qm.option: prices and implied volatility. The fields of an option are those of `qm option`; a
 * field that is missing, unknown or of a wrong type raises, a value out of range is an error that
 * is returned.
 */
#include "bind/internal.h"

#include "quantmatrix/option.h"

#include <math.h>
#include <string.h>

enum { DIVIDENDS_MAX = 64, TREE_STEPS = 1001 };

typedef struct request {
    qm_option option;
    double price;
    qm_dividend dividends[DIVIDENDS_MAX];
    size_t dividend_count;
} request;

static double number_at(lua_State *L, int index, const char *name) {
    qm_decimal exact;
    if (qm_is_decimal(L, index, &exact)) {
        return qm_decimal_to_double(exact);
    }
    if (lua_type(L, index) != LUA_TNUMBER) {
        luaL_error(L, "%s must be a number, not a %s", name, luaL_typename(L, index));
    }
    return lua_tonumber(L, index);
}

static double number_field(lua_State *L, const char *name) {
    if (lua_getfield(L, 1, name) == LUA_TNIL) {
        luaL_error(L, "%s is missing", name);
    }
    double value = number_at(L, -1, name);
    lua_pop(L, 1);
    return value;
}

static void check_names(lua_State *L, bool implied) {
    static const char *const known[] = {"spot", "strike", "days",     "rate",
                                        "div",  "right",  "american", "dividends"};
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1)) {
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
        bool found = strcmp(name, implied ? "price" : "vol") == 0;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
            found = found || strcmp(name, known[i]) == 0;
        }
        if (!found) {
            luaL_error(L, "an option has no field \"%s\" here", name);
        }
    }
}

static void read_dividends(lua_State *L, request *r) {
    if (lua_getfield(L, 1, "dividends") == LUA_TNIL) {
        lua_pop(L, 1);
        return;
    }
    luaL_checktype(L, -1, LUA_TTABLE);
    lua_Integer n = luaL_len(L, -1);
    luaL_argcheck(L, n <= DIVIDENDS_MAX, 1, "too many dividends");
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, -1, i);
        luaL_checktype(L, -1, LUA_TTABLE);
        lua_geti(L, -1, 1);
        lua_geti(L, -2, 2);
        r->dividends[i - 1] = (qm_dividend){number_at(L, -2, "a dividend's days"),
                                            number_at(L, -1, "a dividend's amount")};
        lua_pop(L, 3);
    }
    r->dividend_count = (size_t)n;
    lua_pop(L, 1);
}

static void read_request(lua_State *L, bool implied, request *r) {
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    check_names(L, implied);
    *r = (request){.option = {.spot = number_field(L, "spot"),
                              .strike = number_field(L, "strike"),
                              .days = number_field(L, "days"),
                              .rate = number_field(L, "rate"),
                              .div = number_field(L, "div")}};
    *(implied ? &r->price : &r->option.vol) = number_field(L, implied ? "price" : "vol");
    lua_getfield(L, 1, "right");
    lua_getfield(L, 1, "american");
    const char *right = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "";
    if (strcmp(right, "call") != 0 && strcmp(right, "put") != 0) {
        luaL_error(L, "right must be \"call\" or \"put\"");
    }
    r->option.right = strcmp(right, "call") == 0 ? QM_CALL : QM_PUT;
    r->option.american = lua_toboolean(L, 3);
    lua_settop(L, 1);
    read_dividends(L, r);
}

/* European: the spot without them is priced. American: a tree, the price alone. */
static qm_status price_of(request *r, double *out, int *count, qm_error *err) {
    qm_dividends dividends = {r->dividends, r->dividend_count};
    *count = QM_OPTION_OUTPUT_COUNT;
    if (r->dividend_count > 0 && r->option.american) {
        *count = 1;
        return qm_option_tree(&r->option, &dividends, TREE_STEPS, out, err);
    }
    if (r->dividend_count > 0) {
        *count = QM_OPTION_THETA; /* theta and rho would also have to move the dividends */
    }
    qm_status status = qm_option_escrowed(&r->option, &dividends, &r->option.spot, err);
    return status == QM_OK ? qm_option_price(&r->option, out, err) : status;
}

static int price(lua_State *L) {
    request r;
    double out[QM_OPTION_OUTPUT_COUNT];
    int count;
    qm_error err = {0};
    read_request(L, false, &r);
    if (price_of(&r, out, &count, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_createtable(L, 0, count);
    for (int k = 0; k < count; k++) {
        if (isfinite(out[k])) {
            lua_pushnumber(L, out[k]);
            lua_setfield(L, -2, qm_option_output_name((qm_option_output)k));
        }
    }
    return 1;
}

static int iv(lua_State *L) {
    request r;
    double vol;
    qm_error err = {0};
    read_request(L, true, &r);
    if (r.dividend_count > 0) {
        return luaL_error(L, "iv takes no dividends: use a spot without them");
    }
    if (qm_option_implied(&r.option, r.price, &vol, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_pushnumber(L, vol);
    return 1;
}

static qm_time time_at(lua_State *L, int index) {
    qm_time value = 0;
    luaL_argcheck(L, qm_is_time(L, index, &value), index, "a qm.time is needed");
    return value;
}

static int days(lua_State *L) {
    static const char *const clocks[] = {"calendar", "trading", NULL};
    qm_time now = time_at(L, 1), expiry = time_at(L, 2);
    double value = qm_option_calendar_days(now, expiry);
    qm_error err = {0};
    if (luaL_checkoption(L, 3, "calendar", clocks) == 1 &&
        qm_option_trading_days(now, expiry, &value, &err) != QM_OK) {
        return qm_push_error(L, &err);
    }
    lua_pushnumber(L, value);
    return 1;
}

void qm_bind_option(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"price", price}, {"iv", iv}, {"days", days}, {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_setfield(L, -2, "option");
}
