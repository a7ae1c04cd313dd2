/* SPDX-License-Identifier: MIT */
#include "app/trial.h"

#include "app/settings.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static qm_status read_day(const qm_args *args, const char *name, qm_date *out, qm_error *err) {
    const char *text = qm_args_get(args, name, NULL);
    *out = QM_DATE_NONE;
    if (text && qm_date_parse(text, strlen(text), out) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--%s \"%s\" is no date (2007-01-03)", name, text);
    }
    return QM_OK;
}

static qm_status read_range(const qm_args *args, qm_backtest_options *o, qm_error *err) {
    qm_date from, to;
    qm_status status = read_day(args, "from", &from, err);
    if (status == QM_OK) {
        status = read_day(args, "to", &to, err);
    }
    if (status != QM_OK) {
        return status;
    }
    if (from != QM_DATE_NONE && to != QM_DATE_NONE && from > to) {
        return qm_error_set(err, QM_EUSAGE, "--from lies after --to");
    }
    qm_desk_range(from, to, &o->from, &o->to);
    return QM_OK;
}

static qm_status read_sleeve(qm_trial *t, qm_error *err) {
    qm_status status = qm_desk_sleeve(t->args, &t->sleeve, err);
    t->sleeve.file = t->args->values[0];
    return status == QM_OK ? qm_desk_models(t->args, &t->sim, err) : status;
}

static void name_costs(qm_trial *t) {
    const char *commission = qm_args_get(t->args, "commission", "none");
    const char *slippage = qm_args_get(t->args, "slippage", "none");
    bool none = strcmp(commission, "none") == 0 && strcmp(slippage, "none") == 0;
    snprintf(t->costs, sizeof t->costs, none ? "none" : "commission %s, slippage %s", commission,
             slippage);
}

static qm_status load_script(qm_trial *t, qm_script **out, qm_error *err) {
    static qm_script_param params[QM_ARGS_MAX];
    qm_script_options o = {.path = t->args->values[0]};
    qm_status status = qm_desk_script_options(&t->desk, t->args, params, &o, err);
    if (status == QM_OK && qm_args_has(t->args, "bars")) {
        o.universe = t->desk.loaded.items;
        o.universe_count = t->desk.loaded.length;
    }
    return status == QM_OK ? qm_script_load(&o, out, err) : status;
}

/* Bars from the files that are named, or from the store for what the strategy reads. */
static qm_status load(qm_trial *t, qm_script **script, qm_error *err) {
    qm_desk *desk = &t->desk;
    const char *bars;
    qm_status status = QM_OK;
    if (!qm_args_has(t->args, "bars")) {
        char folder[4096];
        qm_desk_folder(t->args, folder, sizeof folder);
        status = qm_desk_open_market(desk, folder, QM_DB_READ, err);
        status = status == QM_OK ? load_script(t, script, err) : status;
        return status == QM_OK ? qm_desk_take_for(desk, *script, err) : status;
    }
    for (int n = 0; status == QM_OK && (bars = qm_args_nth(t->args, "bars", n)) != NULL; n++) {
        status = qm_desk_take_file(desk, bars, t->args, err);
    }
    return status == QM_OK ? load_script(t, script, err) : status;
}

/* Closes by session, in units of the last: earlier ones are divided by the splits that follow. */
static void adjust(qm_trial *t, const qm_action_vec *actions) {
    qm_bars *bars = &t->benchmark_file.bars;
    double *closes = bars->column[QM_CLOSE];
    size_t kept = 0;
    for (size_t i = 0; i < bars->n; i++) {
        double price = closes[i];
        for (size_t k = 0; k < actions->length; k++) {
            const qm_action *a = &actions->items[k];
            bool later = a->kind == QM_ACTION_SPLIT && a->ex_date > bars->date[i];
            price *= later ? (double)a->den / (double)a->num : 1;
        }
        bool same_session = kept > 0 && bars->date[kept - 1] == bars->date[i];
        kept -= same_session;
        bars->date[kept] = bars->date[i];
        closes[kept++] = price;
    }
    t->benchmark = (qm_benchmark){t->benchmark_symbol, bars->date, closes, kept};
}

static qm_status load_benchmark(qm_trial *t, qm_error *err) {
    const char *text = qm_args_get(t->args, "benchmark", NULL);
    const char *equals = text ? strchr(text, '=') : NULL;
    if (!text) {
        return QM_OK;
    }
    if (!equals || equals == text || equals - text >= QM_SYMBOL_MAX) {
        return qm_error_set(err, QM_EUSAGE, "--benchmark \"%s\": use SYMBOL=FILE", text);
    }
    qm_action_vec actions = {0};
    qm_status status = qm_desk_read(equals + 1, t->args, NULL, &t->benchmark_file, &actions, err);
    if (status == QM_OK) {
        snprintf(t->benchmark_symbol, sizeof t->benchmark_symbol, "%.*s", (int)(equals - text),
                 text);
        adjust(t, &actions);
    }
    qm_vec_fini(&actions);
    return status;
}

/* What the journal says of the run before it starts. */
static void describe(qm_trial *t, const qm_script *script) {
    qm_run_row *row = &t->recorder.row;
    const char *params = qm_script_params_json(script);
    snprintf(row->file, sizeof row->file, "%s", t->args->values[0]);
    snprintf(row->preset, sizeof row->preset, "%s", qm_args_get(t->args, "preset", ""));
    snprintf(row->source_hash, sizeof row->source_hash, "%s", qm_script_source_hash(script));
    snprintf(row->cash, sizeof row->cash, "%s", qm_args_get(t->args, "cash", "100000"));
    row->params = params ? qm_strdup(params) : NULL;
}

/* Takes the script. */
static qm_status make_engine(qm_trial *t, qm_script *script, const qm_check_run *run,
                             qm_engine **out, uint32_t *index, qm_error *err) {
    qm_sim_config sim = t->sim;
    qm_engine_config config = {.mode = QM_MODE_BACKTEST,
                               .instruments = t->desk.instruments,
                               .sim = &sim,
                               .seed = QM_TRIAL_SEED,
                               .base_tf = t->desk.tf,
                               .rates = qm_settings_rates(),
                               .observer = run->observer};
    sim.path = run->other_path ? run->path : sim.path;
    qm_status status = qm_engine_new(&config, out);
    if (status != QM_OK) {
        qm_script_free(script);
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    return qm_engine_add(*out, qm_script_ops(script), script, qm_script_spec(script), &t->sleeve,
                         index, err);
}

qm_status qm_trial_make(void *data, const qm_check_run *run, qm_engine **out, uint32_t *index,
                        qm_error *err) {
    qm_trial *t = data;
    qm_script *script = NULL;
    qm_status status = load_script(t, &script, err);
    return status == QM_OK ? make_engine(t, script, run, out, index, err) : status;
}

static qm_status build(qm_trial *t, qm_error *err) {
    qm_script *script = NULL;
    qm_check_run run = {.observer = {.on_decision = qm_recorder_take, .data = &t->recorder}};
    qm_status status = load(t, &script, err);
    if (status == QM_OK && !t->desk.replay) {
        status = qm_error_at(err, QM_EINSUFFICIENT, t->args->values[0], 0, 0,
                             "it reads no symbol: there are no bars to run over");
    }
    status = status == QM_OK ? load_benchmark(t, err) : status;
    if (status != QM_OK) {
        qm_script_free(script);
        return status;
    }
    describe(t, script);
    return make_engine(t, script, &run, &t->desk.engine, &t->index, err);
}

static void show_progress(void *data, uint64_t done, uint64_t total) {
    (void)data;
    fprintf(stderr, "\rbacktest: %3.0f%%", 100.0 * (double)done / (double)total);
}

qm_status qm_trial_run(qm_trial *t, const qm_args *args, qm_error *err) {
    memset(t, 0, sizeof *t);
    t->args = args;
    t->options.cancel = &qm_interrupted;
    t->options.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
    name_costs(t);
    qm_status status = qm_desk_init(&t->desk, err);
    qm_recorder_init(&t->recorder, "backtest", t->desk.instruments);
    status = status == QM_OK ? read_range(args, &t->options, err) : status;
    status = status == QM_OK ? read_sleeve(t, err) : status;
    status = status == QM_OK ? build(t, err) : status;
    if (status == QM_OK) {
        qm_catch_interrupts();
        status = qm_backtest_run(t->desk.engine, t->desk.replay, &t->options, err);
        if (t->options.progress) {
            fprintf(stderr, "\r\x1b[K");
        }
    }
    return status;
}

void qm_trial_fini(qm_trial *t) {
    qm_recorder_fini(&t->recorder);
    qm_ohlcv_fini(&t->benchmark_file);
    qm_desk_fini(&t->desk);
}
