/* SPDX-License-Identifier: MIT
 *
 * host.h: Lua strategies: one lua_State each, built from a file, behind the engine's strategy
 * contract.
 *
 * qm_script_load compiles the file in a fresh sandboxed state with its own allocator, runs it,
 * checks the returned table (unknown keys, parameters and their ranges, schedules, callbacks) and
 * produces a qm_strategy_spec. The script then goes to qm_engine_add (which owns it from there on).
 * Every error names file and line. There is one door from C into Lua (host/door.c): a pcall with a
 * traceback.
 */
#ifndef QM_HOST_HOST_H
#define QM_HOST_HOST_H

#include "engine/engine.h"

typedef struct qm_script qm_script;
struct qm_watchdog;

/* How long a call may take. A strategy's own `budget` wins, up to the limit. */
typedef struct qm_script_budget {
    struct qm_watchdog *watchdog; /* of qm_script_watchdog_new; borrowed */
    int64_t limit_ms;             /* of the configuration; 0: none */
} qm_script_budget;

enum { QM_CALLBACK_MS = 1000 }; /* of processor time, unless the strategy says otherwise */

typedef struct qm_script_param { /* one `--set name=value` */
    const char *name;
    const char *value; /* as text; read by the parameter's type: integer, number, string, boolean,
                          mix "SPY:60,QQQ:30" */
} qm_script_param;

typedef struct qm_script_options {
    const char *path;
    const char *sleeve; /* name of the sleeve; NULL: the strategy's (or preset's) own */
    const char *preset; /* NULL: none */
    const qm_script_param *params;
    size_t param_count;
    const qm_instrument_id *universe; /* replaces the file's; NULL: the file's */
    size_t universe_count;
    qm_instruments *instruments;            /* symbols are interned here; borrowed */
    const struct qm_host_binding *bindings; /* qm_bindings() of bind/bind.h */
    const char
        *module_dir; /* where `require` finds the strategy's modules; NULL: the file's folder */
    uint64_t seed;
    size_t memory_cap;              /* bytes; 0: 64 MB */
    const qm_script_budget *budget; /* NULL: calls may take for ever */
} qm_script_options;

/* For the strategies of this thread; to be freed (host/watchdog.h) after them. */
qm_status qm_script_watchdog_new(struct qm_watchdog **out, qm_error *err);

/* QM_ESCRIPT, QM_ENOTFOUND, QM_ERANGE ... with file and line in err. */
qm_status qm_script_load(const qm_script_options *options, qm_script **out, qm_error *err);
void qm_script_free(qm_script *script);
const qm_strategy_spec *qm_script_spec(const qm_script *script);
const qm_strategy_ops *qm_script_ops(
    const qm_script *script); /* its own: NULL where the file has no such function */
const char *qm_script_source_hash(
    const qm_script *script); /* SHA-256 of the file and its modules, hex */
const char *qm_script_path(const qm_script *script);
/* Parameters in force, canonical JSON. */
const char *qm_script_params_json(const qm_script *script);
size_t qm_script_memory(const qm_script *script); /* bytes in use by its state */
/* Names the presets of a loaded file: NULL-terminated, owned by the script. */
const char *const *qm_script_presets(const qm_script *script);

/* Loads options->path beside the running script of the sleeve, copies its state over (migrate when
 * the version differs), and swaps it in. On failure the old one runs on. */
qm_status qm_script_reload(qm_engine *engine, uint32_t index, const qm_script_options *options,
                           qm_error *err);

/* `qm check`: loads the file and each of its presets without running them; findings are handed to
 * `say` as file:line: text. Returns their number. */
int qm_script_check(const qm_script_options *options, void (*say)(void *data, const char *line),
                    void *data);

#endif
