/* SPDX-License-Identifier: MIT
 *
 * internal.h: the inside of a script, for the rooms that may include lua.h (host and bind).
 */
#ifndef QM_HOST_INTERNAL_H
#define QM_HOST_INTERNAL_H

#include "base/calendar.h"
#include "base/rng.h"
#include "codec/json.h"
#include "engine/context.h"
#include "host/host.h"
#include "host/watchdog.h"

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

typedef enum script_callback {
    CALL_INIT,
    CALL_START,
    CALL_ON_BAR,
    CALL_ON_BARS,
    CALL_ON_QUOTE,
    CALL_ON_ORDER,
    CALL_ON_FILL,
    CALL_ON_CASH,
    CALL_ON_ACTION,
    CALL_MIGRATE,
    CALL_STOP,
    CALL_COUNT
} script_callback;

/* Opens what bind adds to a fresh state; the table `qm` is on top of the stack. */
struct qm_host_binding {
    void (*open)(lua_State *L);
    void (*open_ctx)(lua_State *L); /* the table ctx is on top */
};

/* Why a script must not go on. Set until the door: whoever catches errors raises again. */
typedef enum qm_stop { STOP_NONE, STOP_MEMORY, STOP_TIME } qm_stop;

enum { QM_PATIENCE = 10 }; /* times the budget for loading, init, start and migrate */

struct qm_script {
    lua_State *L;
    lua_State *volatile running; /* the coroutine that runs; read by the watchdog's handler */
    volatile int stop;           /* a qm_stop */
    size_t memory, memory_cap;
    bool refused;    /* the last request for memory */
    bool eager;      /* collection runs more often */
    qm_watch *watch; /* NULL: no budgets */
    int64_t call_ns, budget_ns,
        limit_ms;                /* of this call, a callback, the configuration (0: none) */
    int64_t day_ns, day_used_ns; /* of all callbacks of a session's day; 0: no budget */
    int64_t call_began_ns;
    qm_date day;
    bool day_binds, patient; /* the day has less left; QM_PATIENCE holds */
    char trace[320];         /* where it was stopped */
    size_t place;            /* length of the innermost place, with which it begins */
    int coroutines, closing; /* how many at most are alive, are being closed */
    qm_engine *engine;       /* NULL before attach */
    uint32_t index;
    qm_instruments *instruments;
    const struct qm_host_binding *bindings;
    char *path, *module_dir, *name, *preset, *params_json;
    char source_hash[QM_SHA256_HEX];
    qm_sha256 sources; /* of the file and its modules, as they are loaded */
    qm_strategy_spec spec;
    qm_strategy_ops ops;
    QM_VEC(qm_instrument_id) universe;
    QM_VEC(qm_member_dates) dates;
    QM_VEC(qm_input_spec) inputs;
    QM_VEC(qm_schedule) schedules;
    QM_VEC(qm_tz *) zones;
    QM_VEC(char *) presets; /* NULL-terminated */
    qm_rng rng;
    int table_ref, ctx_ref, bar_ref, slice_ref, keyed_ref, params_ref; /* in the registry */
    int call_ref[CALL_COUNT];                                          /* LUA_NOREF: none */
    bool keyed;                                                        /* inputs have names */
    /* The bar of the call at hand; NULL outside. */
    const qm_bar *bar;
    qm_instrument_id bar_instrument;
    size_t slice_rows;    /* of the reused slice tables */
    qm_tax_preview asked; /* answers that Lua's tables are made from */
    qm_tax_harvest_vec found;
    qm_buf scratch;
};

qm_script *qm_script_of(lua_State *L);

/* door.c: the one way in. f runs protected with data as light userdata; its error goes to err. */
qm_status qm_door(qm_script *s, lua_CFunction f, void *data, qm_error *err);
/* Calls the function and n arguments that are on the stack; nothing is left there. */
qm_status qm_door_call(qm_script *s, int arguments, int results, qm_error *err);

/* sandbox.c */
void qm_sandbox_open(lua_State *L);
/* load.c: compiles a file as text and leaves its function on the stack; raises. */
/* The first line of a file on which `key =` stands; 0: none. A guess that is nearly always right.
 */
int qm_line_of_key(lua_State *L, const char *path, const char *key);
void qm_load_file(lua_State *L, const char *path);
/* A module of the library (it must exist) as a function on the stack. */
void qm_load_embedded(lua_State *L, const char *name);
void qm_load_open(lua_State *L); /* require */
/* spec.c: reads the plan that lua/qm/spec.lua made. Raise. */
void qm_plan_read(lua_State *L, int plan, const qm_script_options *options);
void qm_input_read(lua_State *L, int input, qm_input_spec *out);
/* Raises with the place of the strategy's file. */
__attribute__((noreturn)) void qm_script_raise(lua_State *L, const char *format, ...);
/* The same, about a key of the file: with its line. */
__attribute__((noreturn)) void qm_script_raise_at(lua_State *L, const char *key, const char *format,
                                                  ...);
/* " (did you mean x?)" or "" for a name that is not in a NULL-terminated list. */
const char *qm_nearest(lua_State *L, const char *name, const char *const *known);

extern const qm_strategy_ops qm_script_operations; /* calls.c */

/* state.c: ctx.state and the generator. Raise. */
void qm_state_encode(lua_State *L, int index, qm_buf *out, size_t maximum);
void qm_state_decode(lua_State *L, const char *data, size_t length);

/* values.c: what C and Lua share. */
void qm_push_decimal(lua_State *L, qm_decimal value);
void qm_push_total(lua_State *L, qm_total value); /* raises when it is too large */
void qm_push_time(lua_State *L, qm_time value);
void qm_push_date(lua_State *L, qm_date value);        /* nil for none */
void qm_push_quantity(lua_State *L, qm_decimal value); /* integer when whole, else float */
void qm_push_number(lua_State *L, double value);       /* nil for NaN */
bool qm_is_decimal(lua_State *L, int index, qm_decimal *out);
bool qm_is_time(lua_State *L, int index, qm_time *out);
qm_decimal qm_check_quantity(lua_State *L, int index, const char *what); /* raises naming it */
/* Money or a price: decimal, text, integer, or a float that is exactly on `tick`. Raises. */
qm_decimal qm_check_money(lua_State *L, int index, const char *what, qm_decimal tick);
qm_instrument_id qm_check_symbol(lua_State *L, int index);
void qm_push_symbol(lua_State *L, qm_instrument_id id);
void qm_push_order(lua_State *L, const qm_order *order); /* order.c, as it is now */
void qm_push_quote(lua_State *L, const qm_quote *quote);
/* nil, err with code and message. Returns 2. */
int qm_push_error(lua_State *L, const qm_error *err);
/* A Lua value as canonical JSON (sorted keys, exact decimals as text). Raises. */
void qm_json_of(lua_State *L, int index, qm_buf *out);
/* Sorted keys of the table at index: pushes a sequence. Raises for other keys. */
void qm_push_sorted_keys(lua_State *L, int index);

/* universe.c: symbol,from,to into the script's universe and dates. QM_EDATA with row and column. */
qm_status qm_universe_read(qm_script *script, const char *name, qm_error *err);

#endif
