/* SPDX-License-Identifier: MIT
 *
 * One version of a strategy: its callbacks, and what it reads of each symbol.
 */
#include "engine/internal.h"

#include "base/mem.h"

#include <math.h>

void qm_binding_free(binding *bound) {
    if (!bound) {
        return;
    }
    if (bound->ops->free) {
        bound->ops->free(bound->self);
    }
    qm_free(bound->subs);
    qm_free(bound->sources);
    qm_free(bound->values);
    qm_free(bound->slice_ids);
    qm_free(bound->slice_bars);
    qm_free(bound->slice_inputs);
    qm_free(bound);
}

bool qm_binding_has(const binding *bound, qm_instrument_id id) {
    for (size_t i = 0; i < bound->spec.universe_count; i++) {
        if (bound->spec.universe[i] == id) {
            return true;
        }
    }
    return false;
}

bool qm_subscription_member(const subscription *sub, qm_date day) {
    bool in = sub->dates_count == 0;
    for (size_t i = 0; !in && i < sub->dates_count; i++) {
        in = sub->dates[i].from <= day && day <= sub->dates[i].to;
    }
    return in;
}

bool qm_binding_member(const binding *bound, qm_instrument_id id, qm_date day) {
    for (size_t i = 0; i < bound->spec.universe_count; i++) {
        if (bound->subs[i].instrument == id) {
            return qm_subscription_member(&bound->subs[i], day);
        }
    }
    return false;
}

static qm_status allocate(binding *bound) {
    size_t symbols = bound->spec.universe_count, cells = symbols * bound->spec.input_count;
    bound->subs = qm_calloc(symbols + 1, sizeof *bound->subs);
    bound->sources = qm_calloc(cells + 1, sizeof *bound->sources);
    bound->values = qm_calloc(cells + 1, sizeof *bound->values);
    bound->slice_ids = qm_calloc(symbols + 1, sizeof *bound->slice_ids);
    bound->slice_bars = qm_calloc(symbols + 1, sizeof *bound->slice_bars);
    bound->slice_inputs = qm_calloc(symbols + 1, sizeof *bound->slice_inputs);
    bool ok = bound->subs && bound->sources && bound->values && bound->slice_ids &&
              bound->slice_bars && bound->slice_inputs;
    return ok ? QM_OK : QM_ENOMEM;
}

/* Where the value of one input of one symbol will stand. */
static qm_status find_source(qm_engine *e, const qm_strategy_spec *spec, qm_instrument_id symbol,
                             const qm_input_spec *input, const double **out) {
    qm_timeframe tf = input->tf.count ? input->tf : spec->tf;
    feed *f;
    qm_tap *tap;
    qm_status status =
        qm_engine_need_feed(e, input->instrument ? input->instrument : symbol, tf, &f);
    if (status == QM_OK) {
        status = qm_series_tap(f->series, input->info, input->params, input->column, &tap);
    }
    if (status == QM_OK) {
        *out = &tap->value[input->output];
    }
    return status;
}

static qm_status subscribe(sleeve *owner, binding *bound, size_t index) {
    const qm_strategy_spec *spec = &bound->spec;
    size_t inputs = spec->input_count;
    subscription *sub = &bound->subs[index];
    *sub = (subscription){.owner = owner,
                          .instrument = spec->universe[index],
                          .count = inputs,
                          .source = bound->sources + index * inputs,
                          .values = bound->values + index * inputs};
    for (size_t i = 0; i < spec->dates_count; i++) {
        if (spec->dates[i].instrument == sub->instrument) {
            sub->dates = sub->dates_count ? sub->dates : &spec->dates[i];
            sub->dates_count++;
        }
    }
    feed *f;
    qm_status status = qm_engine_need_feed(owner->engine, sub->instrument, spec->tf, &f);
    for (size_t i = 0; status == QM_OK && i < inputs; i++) {
        status =
            find_source(owner->engine, spec, sub->instrument, &spec->inputs[i], &sub->source[i]);
    }
    return status;
}

qm_status qm_binding_new(sleeve *owner, const new_binding *from, binding **out, qm_error *err) {
    binding *bound = qm_calloc(1, sizeof *bound);
    if (!bound) {
        if (from->ops->free) {
            from->ops->free(from->self);
        }
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    *bound = (binding){.ops = from->ops, .self = from->self, .spec = *from->spec};
    qm_status status = allocate(bound);
    for (size_t i = 0; status == QM_OK && i < bound->spec.universe_count; i++) {
        status = subscribe(owner, bound, i);
        if (status != QM_OK) {
            char have[QM_TIMEFRAME_BUF], want[QM_TIMEFRAME_BUF];
            qm_error_set(err, status, "%s: timeframe %s from bars of %s: %s", bound->spec.name,
                         qm_timeframe_format(bound->spec.tf, want),
                         qm_timeframe_format(owner->engine->config.base_tf, have),
                         status == QM_EINVAL ? "no multiple of it, or an input is not"
                                             : qm_status_text(status));
        }
    }
    if (status != QM_OK) {
        qm_binding_free(bound);
        return status;
    }
    *out = bound;
    return QM_OK;
}
