/* SPDX-License-Identifier: MIT */
#include "app/crew.h"
#include "app/compare.h"
#include "app/share.h"

#include "base/mem.h"
#include "bind/bind.h"
#include "loop/loop.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMPARED_BARS = 250 };

struct qm_member {
    char path[4096], folder[4096];
    qm_phrase phrase;
    char set_text[QM_PHRASE_SETS][128];
    qm_script_param params[2 * QM_PHRASE_SETS];
    size_t param_count;
    qm_instrument_id *universe;
    size_t universe_count;
    qm_sleeve_config sleeve;
    qm_script *script; /* until it is installed */
    qm_script *spare;  /* the version that runs, fresh: what a new one is compared with */
    uint32_t index;
    char hash[QM_SHA256_HEX];
    qm_last_reload last;
};

__attribute__((format(printf, 2, 3))) static void say(const qm_crew *crew, const char *format,
                                                      ...) {
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (crew->say) {
        crew->say(crew->data, line);
    }
}

static void member_free(qm_member *m) {
    if (m) {
        qm_script_free(m->script);
        qm_script_free(m->spare);
        qm_free(m->universe);
        qm_free(m);
    }
}

void qm_crew_fini(qm_crew *crew) {
    for (size_t i = 0; i < crew->members.length; i++) {
        member_free(crew->members.items[i]);
    }
    qm_vec_fini(&crew->members);
}

static qm_status resolve(qm_member *m, const qm_crew_request *r, qm_error *err) {
    char share[3000];
    if (!qm_phrase_is(r->what)) {
        snprintf(m->path, sizeof m->path, "%s", r->what);
        snprintf(m->phrase.broker, sizeof m->phrase.broker, "paper");
        return QM_OK;
    }
    qm_status status = qm_phrase_parse(r->what, &m->phrase, err);
    if (status == QM_OK && strcmp(m->phrase.broker, "paper") != 0) {
        return qm_error_set(err, QM_EUNAVAILABLE, "run: no connection to %s yet: use \"on paper\"",
                            m->phrase.broker);
    }
    if (status == QM_OK) {
        snprintf(m->path, sizeof m->path, "%s/%s.lua",
                 r->folder ? r->folder : qm_strategies_folder(share, sizeof share),
                 m->phrase.strategy);
    }
    return status;
}

static void add_param(qm_member *m, const char *name, const char *value) {
    m->params[m->param_count++] = (qm_script_param){name, value};
}

static qm_status fill_params(qm_member *m, const qm_crew_request *r, qm_error *err) {
    for (int i = 0; i < m->phrase.set_count; i++) {
        add_param(m, m->phrase.sets[i].name, m->phrase.sets[i].value);
    }
    for (int i = 0; i < r->set_count; i++) {
        snprintf(m->set_text[i], sizeof m->set_text[i], "%s", r->sets[i]);
        char *equals = strchr(m->set_text[i], '=');
        if (!equals) {
            return qm_error_set(err, QM_EUSAGE, "--set \"%s\": use name=value", r->sets[i]);
        }
        *equals = 0;
        add_param(m, m->set_text[i], equals + 1);
    }
    return QM_OK;
}

/* The phrase's own symbols win over the request's. */
static qm_status fill_universe(qm_crew *crew, qm_member *m, const qm_crew_request *r,
                               qm_error *err) {
    size_t count = m->phrase.symbol_count ? (size_t)m->phrase.symbol_count : r->universe_count;
    if (count == 0) {
        return QM_OK;
    }
    m->universe = qm_calloc(count, sizeof *m->universe);
    if (!m->universe) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    m->universe_count = count;
    for (size_t i = 0; i < count; i++) {
        if (!m->phrase.symbol_count) {
            m->universe[i] = r->universe[i];
        } else if (qm_instruments_intern(crew->desk->instruments, m->phrase.symbols[i],
                                         &m->universe[i]) != QM_OK) {
            return qm_error_set(err, QM_EUSAGE, "run: \"%s\" is no symbol", m->phrase.symbols[i]);
        }
    }
    return QM_OK;
}

static qm_script_options options_of(const qm_crew *crew, const qm_member *m) {
    return (qm_script_options){.path = m->path,
                               .preset = m->phrase.preset[0] ? m->phrase.preset : NULL,
                               .params = m->params,
                               .param_count = m->param_count,
                               .universe = m->universe,
                               .universe_count = m->universe_count,
                               .instruments = crew->desk->instruments,
                               .bindings = qm_bindings(),
                               .seed = 1,
                               .budget = crew->budget};
}

static void keep_spare(const qm_script_options *o, qm_member *m) {
    if (qm_script_load(o, &m->spare, NULL) != QM_OK) {
        m->spare = NULL;
    }
}

static qm_status load_member(qm_crew *crew, qm_member *m, const qm_crew_request *r, qm_error *err) {
    qm_status status = resolve(m, r, err);
    if (status == QM_OK) {
        status = fill_params(m, r, err);
    }
    if (status == QM_OK) {
        status = fill_universe(crew, m, r, err);
    }
    if (status != QM_OK) {
        return status;
    }
    const char *slash = strrchr(m->path, '/');
    snprintf(m->folder, sizeof m->folder, "%.*s", slash ? (int)(slash - m->path) : 1,
             slash ? m->path : ".");
    m->sleeve = r->sleeve;
    if (m->phrase.has_capital) {
        m->sleeve.cash = m->phrase.capital;
    }
    qm_script_options o = options_of(crew, m);
    status = qm_script_load(&o, &m->script, err);
    if (status == QM_OK) {
        snprintf(m->hash, sizeof m->hash, "%s", qm_script_source_hash(m->script));
        keep_spare(&o, m);
    }
    return status;
}

qm_status qm_crew_load(qm_crew *crew, const qm_crew_request *request, qm_error *err) {
    qm_member *m = qm_calloc(1, sizeof *m);
    if (m) {
        m->last.time = QM_TIME_NONE;
    }
    qm_status status = m ? load_member(crew, m, request, err) : QM_ENOMEM;
    if (status == QM_OK) {
        char echo[512], cash[QM_DECIMAL_BUF];
        qm_decimal_format(m->sleeve.cash, cash);
        qm_phrase_echo(&m->phrase, echo, sizeof echo);
        if (m->phrase.strategy[0]) {
            say(crew, "%s -> %s", request->what, echo);
        } else {
            say(crew, "%s -> broker paper, capital %s", m->path, cash);
        }
        status = qm_vec_push(&crew->members, &m);
    }
    if (status != QM_OK) {
        member_free(m);
    }
    return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
}

qm_status qm_crew_take_bars(qm_crew *crew, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < crew->members.length; i++) {
        status = qm_desk_take_for(crew->desk, crew->members.items[i]->script, err);
    }
    return status;
}

qm_status qm_crew_install(qm_crew *crew, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < crew->members.length; i++) {
        qm_member *m = crew->members.items[i];
        qm_script *script = m->script;
        m->sleeve.file = m->path;
        m->sleeve.preset = m->phrase.preset;
        m->sleeve.params_json = qm_script_params_json(script);
        m->sleeve.source_hash = m->hash;
        m->script = NULL; /* the engine's from here on, also when it refuses */
        status = qm_engine_add(crew->desk->engine, qm_script_ops(script), script,
                               qm_script_spec(script), &m->sleeve, &m->index, err);
    }
    return status;
}

const qm_strategy_spec *qm_crew_spec(const qm_crew *crew, size_t n) {
    return n < crew->members.length ? qm_script_spec(crew->members.items[n]->script) : NULL;
}

bool qm_crew_describe(const qm_crew *crew, size_t n, uint32_t *index, qm_run_row *row) {
    if (n >= crew->members.length) {
        return false;
    }
    const qm_member *m = crew->members.items[n];
    *index = m->index;
    snprintf(row->file, sizeof row->file, "%.*s", (int)sizeof row->file - 1, m->path);
    snprintf(row->preset, sizeof row->preset, "%s", m->phrase.preset);
    snprintf(row->source_hash, sizeof row->source_hash, "%s", m->hash);
    qm_decimal_format(m->sleeve.cash, row->cash);
    return true;
}

/* What the new file (fresh, used up) would have decided otherwise. */
static void say_difference(qm_crew *crew, qm_member *m, qm_script *fresh) {
    qm_compare_request r = {.engine = crew->desk->engine,
                            .index = m->index,
                            .before = m->spare,
                            .after = fresh,
                            .sleeve = m->sleeve,
                            .bars = COMPARED_BARS};
    qm_buf line;
    qm_buf_init(&line, 1 << 16);
    r.sleeve.params_json = NULL; /* they went with the version that was replaced */
    m->spare = NULL;
    qm_compare(crew->desk, &r, &line);
    say(crew, "%s: %s", qm_engine_sleeve(crew->desk->engine, m->index).spec->name,
        line.data ? line.data : "");
    qm_buf_fini(&line);
}

static void reload(qm_crew *crew, qm_member *m, bool always) {
    qm_error err = {0};
    qm_script *trial = NULL;
    qm_script_options o = options_of(crew, m);
    const char *name = qm_engine_sleeve(crew->desk->engine, m->index).spec->name;
    qm_status status = qm_script_load(&o, &trial, &err);
    bool same = status == QM_OK && strcmp(m->hash, qm_script_source_hash(trial)) == 0;
    if (status == QM_OK) {
        snprintf(m->hash, sizeof m->hash, "%s", qm_script_source_hash(trial));
    }
    if (status == QM_OK && (!same || always)) {
        status = qm_script_reload(crew->desk->engine, m->index, &o, &err);
    }
    if (status != QM_OK || !same || always) {
        m->last.time = qm_loop_now(NULL);
        m->last.ok = status == QM_OK;
        snprintf(m->last.message, sizeof m->last.message, "%s",
                 status == QM_OK ? "state carried over" : err.message);
    }
    if (status != QM_OK) {
        say(crew, "%s not reloaded, the old version runs on: %s", name, err.message);
    } else if (!same || always) {
        qm_sleeve_view view = qm_engine_sleeve(crew->desk->engine, m->index);
        say(crew, "%s reloaded from %s: generation %llu, state carried over", view.spec->name,
            m->path, (unsigned long long)view.generation);
    }
    if (status == QM_OK && !same && m->spare) {
        say_difference(crew, m, trial);
        keep_spare(&o, m);
        trial = NULL;
    }
    qm_script_free(trial);
}

void qm_crew_file_changed(qm_crew *crew, const char *name) {
    size_t length = strlen(name);
    if (length < 4 || strcmp(name + length - 4, ".lua") != 0) {
        return;
    }
    /* Any file may be required by any strategy: the hash over all sources tells. */
    for (size_t i = 0; i < crew->members.length; i++) {
        reload(crew, crew->members.items[i], false);
    }
}

void qm_crew_reload_all(qm_crew *crew) {
    for (size_t i = 0; i < crew->members.length; i++) {
        reload(crew, crew->members.items[i], true);
    }
}

bool qm_crew_look(const qm_crew *crew, size_t n, uint32_t *index, size_t *memory,
                  const qm_last_reload **last) {
    if (n >= crew->members.length) {
        return false;
    }
    const qm_member *m = crew->members.items[n];
    *index = m->index;
    *memory = qm_script_memory(qm_engine_sleeve(crew->desk->engine, m->index).self);
    *last = &m->last;
    return true;
}

static bool is_first_of_folder(const qm_crew *crew, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (strcmp(crew->members.items[i]->folder, crew->members.items[index]->folder) == 0) {
            return false;
        }
    }
    return true;
}

const char *qm_crew_folder(const qm_crew *crew, size_t n) {
    for (size_t i = 0; i < crew->members.length; i++) {
        if (is_first_of_folder(crew, i) && n-- == 0) {
            return crew->members.items[i]->folder;
        }
    }
    return NULL;
}
