/* SPDX-License-Identifier: MIT */
#include "app/decisions.h"
#include "app/results.h"
#include "app/settings.h"
#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_MAX = 2000000000 };

static qm_status read_money(const char *text, qm_decimal *out, qm_error *err) {
    qm_status status = qm_decimal_parse(text, strlen(text), out);
    if (status != QM_OK || out->raw < 0) {
        return qm_error_set(err, QM_EUSAGE, "--cash \"%s\" is no amount", text);
    }
    return QM_OK;
}

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
    /* A session's day in New York ends before the next day does in UTC. */
    o->from = from == QM_DATE_NONE ? QM_TIME_NONE : qm_time_from_date(from) + 5 * QM_HOUR_NS;
    o->to = to == QM_DATE_NONE ? QM_TIME_MAX : qm_time_from_date(to + 1) + 5 * QM_HOUR_NS - 1;
    return QM_OK;
}

/* Bars from the files that are named, or from the store for what the strategy reads. */
static qm_status load(qm_desk *desk, const qm_args *args, qm_script **script, qm_error *err) {
    static qm_script_param params[QM_ARGS_MAX];
    qm_script_options o = {.path = args->values[0]};
    qm_status status = qm_desk_script_options(desk, args, params, &o, err);
    bool from_files = qm_args_has(args, "bars");
    if (status == QM_OK && !from_files) {
        char folder[4096];
        status =
            qm_desk_open_market(desk, qm_desk_folder(args, folder, sizeof folder), QM_DB_READ, err);
    }
    const char *bars;
    for (int n = 0; status == QM_OK && (bars = qm_args_nth(args, "bars", n)) != NULL; n++) {
        status = qm_desk_take_file(desk, bars, args, err);
    }
    o.universe = from_files ? desk->loaded.items : NULL;
    o.universe_count = from_files ? desk->loaded.length : 0;
    if (status == QM_OK) {
        status = qm_script_load(&o, script, err);
    }
    if (status == QM_OK && !from_files) {
        status = qm_desk_take_for(desk, *script, err);
    }
    return status;
}

/* What the journal says of the run before it starts. */
static void describe(qm_recorder *r, const qm_args *args, const qm_script *script) {
    qm_run_row *row = &r->row;
    const char *params = qm_script_params_json(script);
    snprintf(row->file, sizeof row->file, "%s", args->values[0]);
    snprintf(row->preset, sizeof row->preset, "%s", qm_args_get(args, "preset", ""));
    snprintf(row->source_hash, sizeof row->source_hash, "%s", qm_script_source_hash(script));
    snprintf(row->cash, sizeof row->cash, "%s", qm_args_get(args, "cash", "100000"));
    row->params = params ? qm_strdup(params) : NULL;
}

static qm_status build(qm_desk *desk, const qm_args *args, qm_recorder *recorder, uint32_t *index,
                       qm_error *err) {
    qm_script *script = NULL;
    qm_sim_config sim;
    qm_sleeve_config sleeve = {.broker = "paper",
                               .file = args->values[0],
                               .account_type = qm_args_get(args, "account-type", "taxable"),
                               .fractional = qm_args_has(args, "fractional")};
    const char *account = qm_args_get(args, "account", "margin");
    const char *lots = qm_args_get(args, "lots", "fifo");
    sleeve.method = qm_tax_method_from(lots);
    if (!qm_is_lot_method(sleeve.method)) {
        return qm_error_set(err, QM_EUSAGE, "--lots \"%s\": no such method (fifo, hifo, ...)",
                            lots);
    }
    if (!qm_account_kind_parse(account, &sleeve.account)) {
        return qm_error_set(err, QM_EUSAGE, "--account \"%s\": use cash, margin or unlimited",
                            account);
    }
    qm_status status = read_money(qm_args_get(args, "cash", "100000"), &sleeve.cash, err);
    if (status == QM_OK) {
        status = qm_desk_models(args, &sim, err);
    }
    if (status == QM_OK) {
        status = load(desk, args, &script, err);
    }
    if (status == QM_OK && !desk->replay) {
        status = qm_error_at(err, QM_EINSUFFICIENT, args->values[0], 0, 0,
                             "it reads no symbol: there are no bars to run over");
    }
    qm_engine_config config = {.mode = QM_MODE_BACKTEST,
                               .instruments = desk->instruments,
                               .sim = &sim,
                               .seed = 1,
                               .base_tf = desk->tf,
                               .rates = qm_settings_rates(),
                               .observer = {.on_decision = qm_recorder_take, .data = recorder}};
    if (status == QM_OK) {
        status = qm_engine_new(&config, &desk->engine);
    }
    if (status != QM_OK) {
        qm_script_free(script);
        return status;
    }
    describe(recorder, args, script);
    return qm_engine_add(desk->engine, qm_script_ops(script), script, qm_script_spec(script),
                         &sleeve, index, err);
}

static void show_progress(void *data, uint64_t done, uint64_t total) {
    (void)data;
    fprintf(stderr, "\rbacktest: %3.0f%%", 100.0 * (double)done / (double)total);
}

static qm_status show(const qm_result *r, const qm_args *args, qm_error *err) {
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_report_options options = {.costs = r->costs, .color = qm_wants_color()};
    qm_status status = QM_OK;
    if (qm_args_has(args, "json")) {
        status = qm_result_json(r, &out, err);
    } else {
        qm_buf_printf(&out, "%s\n", qm_result_universe(r));
        if (r->desk->flagged_session > 0) {
            qm_buf_printf(&out, "%llu bars stand on days without a session\n",
                          (unsigned long long)r->desk->flagged_session);
        }
        status = qm_report_text(r->desk->engine, &options, &out);
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_buf_clear(&out);
    const char *path = qm_args_get(args, "report", NULL);
    if (status == QM_OK && path) {
        FILE *file = fopen(path, "w");
        options.title = "Backtest";
        status = qm_report_html(r->desk->engine, &options, &out);
        bool bad = !file || fwrite(out.data, 1, out.length, file) != out.length;
        bad = (file && fclose(file) != 0) || bad;
        status = bad ? qm_error_at(err, QM_EIO, path, 0, 0, "can't be written") : status;
    }
    qm_buf_fini(&out);
    return status;
}

/* A result is shown also when it can't be written down. */
static void write_down(qm_recorder *r, const qm_args *args, const qm_result *result) {
    char folder[4096];
    qm_error err = {0};
    qm_run_row_end(&r->row, result->desk->engine, result->index);
    qm_desk_folder(args, folder, sizeof folder);
    qm_status status = qm_recorder_write(r, folder, &err);
    if (status != QM_OK) {
        fprintf(stderr, "qm: the journal was not written: %s\n", err.message);
    } else if (r->full) {
        fprintf(stderr, "qm: too many decisions: the journal has the first %zu\n", r->items.length);
    }
}

static qm_status run(const qm_args *args, qm_error *err) {
    qm_desk desk;
    qm_recorder recorder;
    qm_result result = {.desk = &desk};
    char costs[160];
    qm_backtest_options options = {.cancel = &qm_interrupted};
    qm_log_configure(
        &(qm_log_config){.level = qm_args_has(args, "verbose") ? QM_LOG_INFO : QM_LOG_WARN});
    const char *commission = qm_args_get(args, "commission", "none");
    const char *slippage = qm_args_get(args, "slippage", "none");
    bool free = strcmp(commission, "none") == 0 && strcmp(slippage, "none") == 0;
    snprintf(costs, sizeof costs, free ? "none" : "commission %s, slippage %s", commission,
             slippage);
    result.costs = costs;
    options.progress = isatty(STDERR_FILENO) ? show_progress : NULL;
    qm_status status = qm_desk_init(&desk, err);
    qm_recorder_init(&recorder, "backtest", desk.instruments);
    if (status == QM_OK) {
        status = read_range(args, &options, err);
    }
    if (status == QM_OK) {
        status = build(&desk, args, &recorder, &result.index, err);
    }
    if (status == QM_OK) {
        qm_catch_interrupts();
        status = qm_backtest_run(desk.engine, desk.replay, &options, err);
        if (options.progress) {
            fprintf(stderr, "\r\x1b[K");
        }
    }
    if (status == QM_OK && !qm_args_has(args, "no-journal")) {
        write_down(&recorder, args, &result);
    }
    if (status == QM_OK) {
        status = show(&result, args, err);
    }
    if (status == QM_OK && qm_engine_sleeve(desk.engine, result.index).fault[0]) {
        status =
            qm_error_set(err, QM_ESCRIPT, "%s", qm_engine_sleeve(desk.engine, result.index).fault);
    }
    qm_recorder_fini(&recorder);
    qm_desk_fini(&desk);
    return status;
}

static const char *const OPTIONS[] = {
    "bars=",       "set=",      "preset=",  "cash=",    "from=",         "to=",
    "commission=", "slippage=", "lots=",    "account=", "account-type=", "fractional",
    "path=",       "json",      "report=",  "data=",    "no-journal",    "tf=",
    "tz=",         "stamp=",    "factors=", "verbose",  "no-budget",     NULL};

const qm_command qm_command_backtest = {
    "backtest",
    "a strategy over history",
    "usage: qm backtest STRATEGY.lua [--bars SYMBOL=FILE ...] [OPTIONS]\n\n"
    "  --bars SYMBOL=FILE   bars from a file (CSV, gzip, zstd, LEAN zip); replaces the universe.\n"
    "                       Without it the store of --data is read\n"
    "  --set NAME=VALUE     a parameter; --preset NAME a set of them\n"
    "  --cash N             100000      --from D --to D   both included; bars before warm up\n"
    "  --commission MODEL   none | per_share:0.005,min=1 | per_contract:0.65 | pct:0.1\n"
    "  --slippage MODEL     none | bps:5 | ticks:1 | range:0.1\n"
    "  --account KIND       cash | margin | unlimited    --account-type taxable | ira\n"
    "  --lots METHOD        how its broker relieves lots: fifo | lifo | hifo | min_tax | ...\n"
    "  --fractional         the account trades fractions\n"
    "  --path P             pessimistic | optimistic | ohlc: the way inside a bar\n"
    "  --tf 1m --tz ZONE --stamp start|end --factors FILE   how the files are read\n"
    "  --json               one object; --report FILE.html writes a page\n"
    "  --no-budget          callbacks may take as long as they want\n"
    "  --no-journal         leaves no trace for qm runs, signals and why-not\n",
    OPTIONS,
    1,
    1,
    run};
