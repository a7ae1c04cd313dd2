/* SPDX-License-Identifier: MIT
 *
 * The life of a sleeve: installed, begun, swapped, stopped, freed.
 */
#include "engine/internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

void qm_sleeve_free(sleeve *s) {
    if (!s) {
        return;
    }
    qm_binding_free(s->bound);
    qm_ledger_free(s->ledger);
    for (size_t i = 0; i < s->timers.length; i++) {
        qm_free(s->timers.items[i].data);
    }
    qm_vec_fini(&s->timers);
    qm_vec_fini(&s->holdings);
    qm_vec_fini(&s->unsettled);
    qm_vec_fini(&s->dividends);
    qm_vec_fini(&s->curve);
    qm_vec_fini(&s->agenda);
    qm_vec_fini(&s->funnel);
    qm_buf_fini(&s->log);
    qm_free(s->latency);
    qm_free(s->file);
    qm_free(s->preset);
    qm_free(s->params_json);
    qm_free(s->account_type);
    qm_free(s->account_name);
    qm_free(s->broker);
    qm_free(s);
}

static char *copy_of(const char *text, const char *fallback, bool *ok) {
    char *copy = qm_strdup(text ? text : fallback);
    *ok = *ok && copy;
    return copy;
}

static qm_status fill_in(sleeve *s, const qm_sleeve_config *config) {
    bool ok = true;
    s->account = config->account;
    s->fractional = config->fractional;
    s->opening = config->cash;
    s->file = copy_of(config->file, "", &ok);
    s->preset = copy_of(config->preset, "", &ok);
    s->params_json = copy_of(config->params_json, "{}", &ok);
    s->account_type = copy_of(config->account_type, "taxable", &ok);
    s->account_name = copy_of(config->account_name, "main", &ok);
    s->broker = copy_of(config->broker, "paper", &ok);
    s->method = config->method;
    snprintf(s->source_hash, sizeof s->source_hash, "%s",
             config->source_hash ? config->source_hash : "");
    qm_buf_init(&s->log, (size_t)1 << 32);
    s->state = QM_RUN_READY;
    s->due = QM_TIME_MAX;
    s->generation = 1;
    s->row_dirty = true;
    qm_status status = qm_ledger_new(&s->ledger);
    if (status == QM_OK) {
        qm_sleeve_choose_relief(s);
    }
    return ok ? status : QM_ENOMEM;
}

static qm_status enter_lists(qm_engine *e, sleeve *s) {
    qm_status status = qm_vec_reserve(&e->sleeves, e->sleeves.length + 1);
    if (status == QM_OK) {
        status = qm_vec_push(&e->by_name, &s);
    }
    if (status != QM_OK) {
        return status;
    }
    e->sleeves.items[e->sleeves.length++] = s;
    sleeve **items = e->by_name.items;
    for (size_t i = e->by_name.length - 1;
         i > 0 && strcmp(items[i - 1]->bound->spec.name, items[i]->bound->spec.name) > 0; i--) {
        sleeve *other = items[i];
        items[i] = items[i - 1];
        items[i - 1] = other;
    }
    return QM_OK;
}

static bool name_is_taken(const qm_engine *e, const char *name) {
    for (size_t i = 0; i < e->sleeves.length; i++) {
        if (strcmp(e->sleeves.items[i]->bound->spec.name, name) == 0) {
            return true;
        }
    }
    return false;
}

qm_status qm_engine_add(qm_engine *e, const qm_strategy_ops *ops, void *self,
                        const qm_strategy_spec *spec, const qm_sleeve_config *config,
                        uint32_t *index, qm_error *err) {
    sleeve *s = qm_calloc(1, sizeof *s);
    new_binding from = {ops, self, spec};
    qm_status status = s ? QM_OK : QM_ENOMEM;
    if (status == QM_OK && name_is_taken(e, spec->name)) {
        status = qm_error_set(err, QM_EEXISTS, "a strategy named %s runs already", spec->name);
    }
    if (status != QM_OK) {
        if (ops->free) {
            ops->free(self);
        }
        qm_free(s);
        return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
    }
    s->engine = e;
    s->index = (uint32_t)e->sleeves.length;
    status = qm_binding_new(s, &from, &s->bound, err);
    if (status == QM_OK) {
        status = fill_in(s, config);
    }
    if (status == QM_OK) {
        status = enter_lists(e, s);
    }
    if (status != QM_OK) {
        qm_sleeve_free(s);
        return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
    }
    *index = s->index;
    qm_engine_drop_tax(e);
    qm_engine_relink(e);
    if (ops->attach) {
        ops->attach(self, e, s->index);
    }
    status = qm_sleeve_load(s, err);
    return status == QM_OK && e->started ? qm_sleeve_begin(s, err) : status;
}

static void call_init(sleeve *s) {
    const qm_strategy_ops *ops = s->bound->ops;
    if (ops->init) {
        qm_error *err = qm_engine_enter(s->engine, s);
        qm_engine_leave(s->engine, s, ops->init(s->bound->self, err));
    }
}

static void call_start(sleeve *s, const char *why) {
    const qm_strategy_ops *ops = s->bound->ops;
    if (s->state == QM_RUN_RUNNING && ops->start) {
        qm_error *err = qm_engine_enter(s->engine, s);
        qm_engine_leave(s->engine, s, ops->start(s->bound->self, why, err));
    }
}

qm_status qm_sleeve_begin(sleeve *s, qm_error *err) {
    qm_engine *e = s->engine;
    if (!s->known) {
        qm_txn opening = {.kind = QM_TXN_CASH,
                          .time = e->now,
                          .date = qm_engine_date(e),
                          .multiplier = 1,
                          .amount = s->opening};
        if (s->opening.raw > 0 && qm_sleeve_book(s, &opening) != QM_OK) {
            *err = e->failure;
            return e->failed;
        }
    }
    s->state = QM_RUN_RUNNING;
    s->begun = true;
    s->row_dirty = true;
    qm_status status = qm_sleeve_refresh(s);
    if (status == QM_OK) {
        status = qm_sleeve_plan(s);
    }
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    if (!s->known) {
        call_init(s);
    }
    call_start(s, s->known ? "restart" : "start");
    qm_engine_find_due(e);
    return QM_OK;
}

/* Subscriptions that were warm stay so: an input does not become unknown by a new version. */
qm_status qm_engine_swap(qm_engine *e, uint32_t index, const qm_strategy_ops *ops, void *self,
                         const qm_strategy_spec *spec, const char *source_hash, qm_error *err) {
    sleeve *s = qm_engine_at(e, index);
    if (e->current || strcmp(spec->name, s->bound->spec.name) != 0) {
        if (ops->free) {
            ops->free(self);
        }
        return qm_error_set(err, QM_ESTATE, "%s can't take the place of %s now", spec->name,
                            s->bound->spec.name);
    }
    new_binding from = {ops, self, spec};
    binding *fresh;
    qm_status status = qm_binding_new(s, &from, &fresh, err);
    if (status != QM_OK) {
        return status;
    }
    binding *old = s->bound;
    s->bound = fresh;
    status = qm_sleeve_plan(s);
    if (status != QM_OK) {
        s->bound = old;
        qm_binding_free(fresh);
        qm_sleeve_plan(s);
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    qm_engine_relink(e);
    qm_binding_free(old);
    if (ops->attach) {
        ops->attach(self, e, index);
    }
    snprintf(s->source_hash, sizeof s->source_hash, "%s", source_hash ? source_hash : "");
    s->generation++;
    s->row_dirty = s->ran = true;
    e->dirty = true;
    if (s->state == QM_RUN_FAULTED) { /* a mended file runs again */
        s->state = QM_RUN_RUNNING;
        s->fault[0] = 0;
    }
    if (s->begun) {
        call_start(s, "reload");
    }
    qm_engine_find_due(e);
    return e->pending.length == 0 ? qm_engine_settle(e, true) : e->failed;
}
