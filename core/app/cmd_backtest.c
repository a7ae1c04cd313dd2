/* SPDX-License-Identifier: MIT */
#include "app/results.h"
#include "app/trial.h"
#include "base/log.h"
#include "loop/loop.h"

#include <stdio.h>
#include <string.h>

enum { OUTPUT_MAX = 2000000000 };

/* From a copy, since it is put in order. */
static void put_newest(const qm_desk *desk, qm_buf *out) {
    qm_newest_vec list = {0};
    for (size_t i = 0; i < desk->newest.length; i++) {
        if (qm_vec_push(&list, &desk->newest.items[i]) != QM_OK) {
            out->status = QM_ENOMEM;
        }
    }
    qm_newest_text(&list, qm_loop_now(NULL), out);
    qm_vec_fini(&list);
}

static qm_status print_text(const qm_result *r, const qm_report_options *options, qm_buf *out) {
    qm_buf_printf(out, "%s\n", qm_result_universe(r));
    if (r->desk->flagged_session > 0) {
        qm_buf_printf(out, "%llu bars stand on days without a session\n",
                      (unsigned long long)r->desk->flagged_session);
    }
    put_newest(r->desk, out);
    qm_status status = qm_report_text(r->desk->engine, options, out);
    qm_checks_text(r->checks, out);
    qm_buf_printf(out, "\nSeal\n%s\n", r->seal->hash);
    return status == QM_OK ? out->status : status;
}

static qm_status show(const qm_result *r, const qm_args *args, qm_error *err) {
    qm_buf out;
    qm_report_options options = {
        .costs = r->costs, .color = qm_wants_color(), .benchmark = r->benchmark};
    const char *page = qm_args_get(args, "report", NULL), *csv = qm_args_get(args, "csv", NULL);
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status =
        qm_args_has(args, "json") ? qm_result_json(r, &out, err) : print_text(r, &options, &out);
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_buf_fini(&out);
    status = status == QM_OK && page ? qm_result_page(r, page, options, err) : status;
    return status == QM_OK && csv ? qm_result_csv(r, csv, err) : status;
}

/* Seals, checks and shows a run. QM_ENO: a check found something. */
static qm_status finish(qm_trial *t, qm_error *err) {
    qm_seal seal;
    qm_checks checks = {0};
    qm_status status = qm_seal_make(t, &seal, err);
    status = status == QM_OK ? qm_checks_run(t, &checks, err) : status;
    if (status == QM_OK) {
        qm_result result = qm_trial_result(t, &seal, checks.asked ? &checks : NULL);
        status = show(&result, t->args, err);
    }
    qm_seal_fini(&seal);
    return status == QM_OK && checks.asked && !checks.ok ? QM_ENO : status;
}

/* A result is shown also when it can't be written down. */
static void write_down(qm_trial *t) {
    char folder[4096];
    qm_error err = {0};
    qm_recorder *r = &t->recorder;
    qm_run_row_end(&r->row, t->desk.engine, t->index);
    qm_desk_folder(t->args, folder, sizeof folder);
    qm_status status = qm_recorder_write(r, folder, &err);
    if (status != QM_OK) {
        fprintf(stderr, "qm: the journal was not written: %s\n", err.message);
    } else if (r->full) {
        fprintf(stderr, "qm: too many decisions: the journal has the first %zu\n", r->items.length);
    }
}

static qm_status run(const qm_args *args, qm_error *err) {
    qm_trial trial;
    qm_log_configure(
        &(qm_log_config){.level = qm_args_has(args, "verbose") ? QM_LOG_INFO : QM_LOG_WARN});
    qm_checks asked;
    qm_status status = qm_checks_read(args, &asked, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_trial_run(&trial, args, err);
    if (status == QM_OK && !qm_args_has(args, "no-journal")) {
        write_down(&trial);
    }
    if (status == QM_OK) {
        status = finish(&trial, err);
    }
    if ((status == QM_OK || status == QM_ENO) &&
        qm_engine_sleeve(trial.desk.engine, trial.index).fault[0]) {
        status = qm_error_set(err, QM_ESCRIPT, "%s",
                              qm_engine_sleeve(trial.desk.engine, trial.index).fault);
    }
    qm_trial_fini(&trial);
    return status;
}

static const char *const OPTIONS[] = {
    "bars=",     "set=",       "preset=",    "cash=",         "from=",      "to=",    "commission=",
    "slippage=", "lots=",      "account=",   "account-type=", "fractional", "path=",  "json",
    "report=",   "data=",      "no-journal", "tf=",           "tz=",        "stamp=", "factors=",
    "verbose",   "benchmark=", "check=",     "csv=",          "no-budget",  NULL};

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
    "  --benchmark SYMBOL=FILE   what the run is compared with, by its closes\n"
    "  --check C            lookahead | warmup | bounds: runs again over other data; may be\n"
    "                       repeated; ends with 1 when one finds something\n"
    "  --json               one object; --report FILE.html writes a page, --csv DIR tables\n"
    "  --no-budget          callbacks may take as long as they want\n"
    "  --no-journal         leaves no trace for qm runs, signals and why-not\n",
    OPTIONS,
    1,
    1,
    run};
