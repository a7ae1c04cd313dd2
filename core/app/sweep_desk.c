/* SPDX-License-Identifier: MIT
 *
 * Bars once, then one engine after the other over them.
 */
#include "app/settings.h"
#include "app/sweep.h"
#include "codec/json.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const qm_sweep_figures[] = {"total_return", "cagr",          "volatility", "sharpe",
                                        "max_drawdown", "profit_factor", "trades",     "days"};

void qm_sweep_row_fini(qm_sweep_row *row) {
    qm_free(row->error);
}

typedef struct hashing {
    qm_sha256 hash;
    const qm_desk *desk;
} hashing;

static qm_status hash_event(void *data, const qm_event *event) {
    hashing *h = data;
    const qm_instrument *info = qm_instruments_get(h->desk->instruments, event->instrument);
    qm_sha256_update(&h->hash, info->symbol, strlen(info->symbol) + 1);
    qm_sha256_update(&h->hash, &event->time, sizeof event->time);
    if (event->kind == QM_EVENT_BAR) {
        qm_sha256_update(&h->hash, &event->u.bar.date, sizeof event->u.bar.date);
        qm_sha256_update(&h->hash, event->u.bar.x, sizeof event->u.bar.x);
    } else {
        const qm_action *a = &event->u.action;
        int64_t fields[] = {a->kind, a->ex_date, a->pay_date, a->num, a->den, a->cash.raw};
        qm_sha256_update(&h->hash, fields, sizeof fields);
        qm_sha256_update(&h->hash, a->text, strlen(a->text) + 1);
    }
    return QM_OK;
}

static qm_status hash_bars(qm_sweep *s, qm_desk *desk) {
    hashing h = {.desk = desk};
    uint8_t digest[QM_SHA256_SIZE];
    char tf[QM_TIMEFRAME_BUF];
    qm_sha256_init(&h.hash);
    qm_timeframe_format(desk->tf, tf);
    qm_sha256_update(&h.hash, tf, strlen(tf));
    qm_status status = qm_replay_seek(desk->replay, QM_TIME_MAX, hash_event, &h);
    qm_replay_rewind(desk->replay);
    qm_sha256_final(&h.hash, digest);
    qm_sha256_hex(digest, s->bars_hash);
    return status;
}

static void script_options(const qm_sweep *s, qm_desk *desk, qm_script_options *o) {
    bool from_files = qm_args_has(s->args, "bars");
    qm_desk_script_options(desk, s->args, NULL, o, NULL); /* no --set: can't fail */
    o->path = s->args->values[0];
    o->universe = from_files ? desk->loaded.items : NULL;
    o->universe_count = from_files ? desk->loaded.length : 0;
}

/* A parameter that the strategy does not have would fail in every set: said once, here. One that
 * has no value by itself is known by being taken. */
static qm_status check_names(const qm_sweep *s, const qm_script *script,
                             const qm_script_options *options, qm_error *err) {
    const char *json = qm_script_params_json(script);
    qm_json *params = NULL;
    qm_status status = qm_json_parse(json ? json : "{}", json ? strlen(json) : 2, &params, err);
    for (size_t i = 0; status == QM_OK && i < s->axes.length; i++) {
        const char *known = s->axes.items[i].name;
        qm_script_param param = {known, qm_sweep_value(s, 0, i)};
        qm_script_options o = *options;
        qm_script *trial = NULL;
        qm_error failure = {0};
        char name[80];
        o.params = &param;
        o.param_count = 1;
        snprintf(name, sizeof name, "params.%s", known);
        if (!qm_json_get(params, known) && qm_script_load(&o, &trial, &failure) != QM_OK) {
            status = qm_sweep_wrong(s, name, err, "%s", failure.message);
        }
        qm_script_free(trial);
    }
    qm_json_free(params);
    return status;
}

/* The specification's values were read as options of a command, whose errors begin with the name
 * of the option. */
static qm_status as_config(const qm_sweep *s, qm_status status, qm_error *err) {
    char text[QM_ERROR_TEXT_MAX], name[32];
    if (status != QM_EUSAGE || !err) {
        return status;
    }
    bool named = strncmp(err->message, "--", 2) == 0;
    snprintf(text, sizeof text, "%s", err->message + (named ? 2 : 0));
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, " :"), text);
    named = named || strcmp(name, "commission") == 0 || strcmp(name, "slippage") == 0;
    const char *rest = text + (named ? strlen(name) : 0);
    for (char *at = strchr(name, '-'); at; at = strchr(at, '-')) {
        *at = '_';
    }
    return qm_sweep_wrong(s, named ? name : NULL, err, "%s", rest + strspn(rest, " :"));
}

static qm_status load_bars(const qm_sweep *s, qm_desk *desk, const char *data, qm_error *err) {
    qm_status status = QM_OK;
    const char *bars;
    for (int n = 0; status == QM_OK && (bars = qm_args_nth(s->args, "bars", n)) != NULL; n++) {
        status = qm_desk_take_file(desk, bars, s->args, err);
    }
    return status == QM_OK && desk->loaded.length == 0
               ? qm_desk_open_market(desk, data, QM_DB_READ, err)
               : status;
}

qm_status qm_sweep_load(qm_sweep *s, qm_desk *desk, const char *data, qm_error *err) {
    qm_script_options o = {0};
    qm_script *script = NULL;
    qm_sim_config sim;
    qm_sleeve_config sleeve;
    qm_status status = qm_desk_sleeve(s->args, &sleeve, err);
    if (status == QM_OK) {
        status = qm_desk_models(s->args, &sim, err);
    }
    if (status == QM_OK) {
        status = load_bars(s, desk, data, err);
    }
    if (status == QM_OK) {
        script_options(s, desk, &o);
        status = qm_script_load(&o, &script, err);
    }
    if (status == QM_OK) {
        snprintf(s->strategy_hash, sizeof s->strategy_hash, "%s", qm_script_source_hash(script));
        status = check_names(s, script, &o, err);
    }
    if (status == QM_OK && desk->market) {
        status = qm_desk_take_for(desk, script, err);
        qm_market_db_close(desk->market); /* a connection must not cross a fork */
        desk->market = NULL;
    }
    if (status == QM_OK && !desk->replay) {
        status = qm_error_at(err, QM_EINSUFFICIENT, s->args->values[0], 0, 0,
                             "it reads no symbol: there are no bars to run over");
    }
    if (status == QM_OK) {
        status = hash_bars(s, desk);
    }
    qm_script_free(script);
    qm_sweep_hash(s);
    return as_config(s, status, err);
}

/* Every set reads the files of the strategy anew. One that was saved meanwhile is another plan;
 * that a set alone fails to load, or loads other modules, is not. */
static qm_status check_source(const qm_sweep *s, qm_desk *desk, qm_error *err) {
    qm_script_options o = {0};
    qm_script *script = NULL;
    script_options(s, desk, &o);
    bool same = qm_script_load(&o, &script, NULL) == QM_OK &&
                strcmp(qm_script_source_hash(script), s->strategy_hash) == 0;
    qm_script_free(script);
    return same ? QM_OK
                : qm_error_at(err, QM_EUNAVAILABLE, o.path, 0, 0,
                              "the strategy was changed while its sweep ran");
}

static qm_status start(const qm_sweep *s, qm_desk *desk, size_t set, uint32_t *index,
                       qm_error *err) {
    qm_script_options o = {0};
    qm_script *script = NULL;
    qm_sim_config sim;
    qm_sleeve_config sleeve;
    qm_script_param *params = qm_calloc(s->axes.length, sizeof *params);
    if (!params) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < s->axes.length; i++) {
        params[i] = (qm_script_param){s->axes.items[i].name, qm_sweep_value(s, set, i)};
    }
    script_options(s, desk, &o);
    o.params = params;
    o.param_count = s->axes.length;
    qm_status status = qm_script_load(&o, &script, err);
    qm_free(params);
    if (status != QM_OK || strcmp(qm_script_source_hash(script), s->strategy_hash) != 0) {
        qm_status source = check_source(s, desk, err);
        status = source == QM_OK ? status : source;
    }
    if (status != QM_OK) {
        qm_script_free(script);
        return status;
    }
    qm_desk_sleeve(s->args, &sleeve, NULL); /* both were checked with the bars */
    qm_desk_models(s->args, &sim, NULL);
    sleeve.file = s->args->values[0];
    qm_engine_config config = {.mode = QM_MODE_BACKTEST,
                               .instruments = desk->instruments,
                               .sim = &sim,
                               .seed = 1,
                               .base_tf = desk->tf,
                               .rates = qm_settings_rates()};
    status = qm_engine_new(&config, &desk->engine);
    if (status != QM_OK) {
        qm_script_free(script);
        return status;
    }
    return qm_engine_add(desk->engine, qm_script_ops(script), script, qm_script_spec(script),
                         &sleeve, index, err);
}

/* Bars are loaded for what the strategy reads as it stands: a set that reads more has none of it.
 */
static qm_status check_bars(const qm_desk *desk, uint32_t index, qm_error *err) {
    const qm_strategy_spec *spec = qm_engine_sleeve(desk->engine, index).spec;
    for (size_t i = 0; i < spec->universe_count + spec->input_count; i++) {
        qm_instrument_id id = i < spec->universe_count
                                  ? spec->universe[i]
                                  : spec->inputs[i - spec->universe_count].instrument;
        bool there = id == 0;
        for (size_t k = 0; !there && k < desk->loaded.length; k++) {
            there = desk->loaded.items[k] == id;
        }
        if (!there) {
            return qm_error_set(err, QM_EINSUFFICIENT,
                                "no bars of %s: only what the strategy reads with its own "
                                "parameters is loaded",
                                qm_instruments_get(desk->instruments, id)->symbol);
        }
    }
    return QM_OK;
}

static qm_status measure(const qm_desk *desk, uint32_t index, qm_sweep_row *row, qm_error *err) {
    qm_metrics m;
    qm_daily_vec days = {0};
    qm_status status = qm_report_daily(desk->engine, index, &days);
    if (status == QM_OK) {
        status = qm_report_metrics_of(desk->engine, index, &days, &m);
    }
    if (status == QM_OK) {
        status = qm_engine_decision_hash(desk->engine, index, row->decision_hash, err);
    }
    for (size_t i = 0; status == QM_OK && i < days.length; i++) {
        double r = days.items[i].growth / (i ? days.items[i - 1].growth : 1) - 1;
        qm_block *block = &row->blocks[i * QM_PBO_BLOCKS / days.length];
        qm_moments_push(&row->returns, r);
        block->n++;
        block->sum += r;
        block->squares += r * r;
    }
    if (status == QM_OK) {
        const double figures[QM_SWEEP_FIGURES] = {m.total_return,   m.cagr,         m.volatility,
                                                  m.sharpe,         m.max_drawdown, m.profit_factor,
                                                  (double)m.trades, (double)m.days};
        memcpy(row->figures, figures, sizeof figures);
        qm_total_format(qm_engine_equity(desk->engine, index), row->equity);
    }
    qm_vec_fini(&days);
    return status;
}

/* What would befall any set, or this one at another time. A strategy's own cap of memory is a place
 * in a file, and its error. */
static bool is_of_the_machine(qm_status status, const qm_error *err) {
    return status == QM_ECANCELLED || status == QM_EUNAVAILABLE || status == QM_EIO ||
           status == QM_EFULL || status == QM_EPERM || (status == QM_ENOMEM && !err->file[0]);
}

/* The error without the folder of the specification, which may differ from machine to machine. */
static qm_status keep_error(const qm_sweep *s, const qm_error *failure, qm_sweep_row *row) {
    char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32], *at;
    const char *slash = strrchr(s->path, '/');
    size_t length = slash ? (size_t)(slash - s->path) + 1 : 0;
    char folder[4096] = "";
    memcpy(folder, s->path, length);
    qm_error_format(failure, text, sizeof text);
    while (length > 0 && (at = strstr(text, folder)) != NULL) {
        memmove(at, at + length, strlen(at + length) + 1);
    }
    row->error = qm_strdup(text);
    return row->error ? QM_OK : QM_ENOMEM;
}

qm_status qm_sweep_one(const qm_sweep *s, qm_desk *desk, size_t number, qm_sweep_row *out,
                       qm_error *err) {
    qm_sweep_run run = qm_sweep_run_at(s, number);
    qm_backtest_options options = {.cancel = &qm_interrupted};
    qm_error failure = {0};
    uint32_t index = 0;
    *out = (qm_sweep_row){.present = true};
    for (int i = 0; i < QM_SWEEP_FIGURES; i++) {
        out->figures[i] = NAN;
    }
    qm_desk_range(run.from, run.to, &options.from, &options.to);
    qm_replay_rewind(desk->replay);
    qm_status status = start(s, desk, run.set, &index, &failure);
    if (status == QM_OK) {
        status = check_bars(desk, index, &failure);
    }
    if (status == QM_OK) {
        status = qm_backtest_run(desk->engine, desk->replay, &options, &failure);
    }
    if (status == QM_OK && qm_engine_sleeve(desk->engine, index).fault[0]) {
        status =
            qm_error_set(&failure, QM_ESCRIPT, "%s", qm_engine_sleeve(desk->engine, index).fault);
    }
    if (status == QM_OK) {
        status = measure(desk, index, out, &failure);
    }
    qm_engine_free(desk->engine);
    desk->engine = NULL;
    if (status != QM_OK && !failure.message[0]) {
        qm_error_set(&failure, status, "%s", qm_status_text(status));
    }
    if (status != QM_OK && is_of_the_machine(status, &failure)) {
        if (err) {
            *err = failure;
        }
        return status;
    }
    return status == QM_OK ? QM_OK : keep_error(s, &failure, out);
}
