/* SPDX-License-Identifier: MIT
 *
 * The daemon: the real clock, the paper broker, bars from the store.
 */
#include "app/crew.h"
#include "app/events.h"
#include "app/feeds.h"
#include "app/follow.h"
#include "app/pulse.h"
#include "app/run_setup.h"
#include "app/runs.h"
#include "app/settings.h"
#include "app/write_file.h"
#include "base/log.h"
#include "engine/live.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WATCHES_MAX = 16, DEBOUNCE_MS = 150 };

typedef struct service {
    qm_desk desk;
    qm_crew crew;
    qm_follow follow;
    qm_runs runs;
    qm_pulse pulse;
    qm_feeds feeds;
    char folder[4096];
    qm_loop *loop;
    qm_live *live;
    qm_loop_signal *signals[3];
    qm_loop_watch *watches[WATCHES_MAX];
    qm_status status;
    qm_error *err;
} service;

static void say(void *data, const char *line) {
    (void)data;
    qm_log(QM_LOG_INFO, "run", "%s", line);
}

static qm_time log_time(void *data) {
    (void)data;
    return qm_loop_now(NULL);
}

static void on_stop(void *data, int number) {
    service *d = data;
    (void)number;
    qm_loop_stop(d->loop);
}

static void on_hangup(void *data, int number) {
    service *d = data;
    (void)number;
    qm_crew_reload_all(&d->crew);
    qm_live_rearm(d->live);
}

static void on_file(void *data, const char *name) {
    service *d = data;
    qm_crew_file_changed(&d->crew, name);
    qm_live_rearm(d->live);
}

static void on_end(void *data, qm_status status, const qm_error *err) {
    service *d = data;
    d->status = status;
    if (err && d->err) {
        *d->err = *err;
    }
    qm_loop_stop(d->loop);
}

static qm_status load(service *d, const qm_args *args, qm_error *err) {
    qm_status status = qm_run_load(&d->crew, args, err);
    if (status == QM_OK) {
        status = qm_feeds_open(&d->feeds, args, &d->crew, err);
    }
    if (status == QM_OK) {
        status = qm_crew_take_bars(&d->crew, err);
    }
    if (status == QM_OK && !d->desk.replay) { /* jobs alone read no bars */
        d->desk.tf = QM_TF_1D;
    }
    return status;
}

static qm_status open_book(service *d, qm_error *err) {
    char path[4200];
    snprintf(path, sizeof path, "%s/book.db", d->folder);
    return qm_book_open(path, QM_DB_CREATE, &d->desk.book, err);
}

static qm_status watch(service *d, qm_error *err) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    qm_status status = QM_OK;
    for (int i = 0; status == QM_OK && i < 3; i++) {
        status =
            qm_loop_signal_new(d->loop, numbers[i], i < 2 ? on_stop : on_hangup, d, &d->signals[i]);
    }
    const char *folder;
    for (size_t i = 0;
         status == QM_OK && i < WATCHES_MAX && (folder = qm_crew_folder(&d->crew, i)) != NULL;
         i++) {
        qm_loop_watch_request r = {folder, DEBOUNCE_MS, on_file, d};
        status = qm_loop_watch_new(d->loop, &r, &d->watches[i], err);
    }
    return status;
}

static qm_status build(service *d, const qm_args *args, qm_error *err) {
    qm_sim_config sim;
    qm_risk_limits limits = {0};
    qm_desk_folder(args, d->folder, sizeof d->folder);
    qm_status status = qm_desk_init(&d->desk, err);
    if (status == QM_OK) {
        bool feed = qm_args_has(args, "feed");
        qm_db_open mode = feed ? QM_DB_CREATE : QM_DB_READ;
        status = feed ? qm_make_folder(d->folder, err) : QM_OK;
        status = status == QM_OK ? qm_desk_open_market(&d->desk, d->folder, mode, err) : status;
    }
    if (status == QM_OK) {
        status = open_book(d, err);
    }
    if (status == QM_OK) {
        status = qm_run_settings(args, &sim, &limits, err);
    }
    if (status == QM_OK) {
        status = load(d, args, err);
    }
    if (status != QM_OK) {
        return status;
    }
    qm_engine_config config = {.mode = QM_MODE_PAPER,
                               .instruments = d->desk.instruments,
                               .sim = &sim,
                               .book = d->desk.book,
                               .limits = limits,
                               .seed = 1,
                               .late_bars = true,
                               .monotonic_ns = qm_loop_monotonic_ns,
                               .base_tf = d->desk.tf,
                               .rates = qm_settings_rates()};
    status = qm_engine_new(&config, &d->desk.engine);
    return status == QM_OK ? qm_crew_install(&d->crew, err)
                           : qm_error_set(err, status, "the book: %s", qm_status_text(status));
}

static qm_status serve(service *d, int64_t began, qm_error *err) {
    qm_status status = qm_loop_new(&d->loop);
    d->follow = (qm_follow){.desk = &d->desk, .loop = d->loop, .on_failure = on_end, .data = d};
    if (status == QM_OK) {
        status = qm_follow_warm(&d->follow, qm_loop_now(d->loop), err);
    }
    qm_live_config config = {
        .loop = d->loop, .engine = d->desk.engine, .on_end = on_end, .data = d};
    if (status == QM_OK) {
        status = qm_live_new(&config, &d->live, err);
    }
    if (status == QM_OK) {
        status = watch(d, err);
    }
    if (status == QM_OK) {
        status = qm_live_start(d->live, err);
    }
    if (status == QM_OK) {
        d->follow.live = d->live;
        status = qm_follow_start(&d->follow, d->folder, err);
    }
    if (status == QM_OK) {
        status = qm_feeds_start(&d->feeds, &d->follow, err);
    }
    if (status != QM_OK) {
        return status;
    }
    qm_log(QM_LOG_INFO, "run", "ready in %.1f ms, process %ld",
           (double)(qm_loop_monotonic_ns() - began) / 1e6, (long)getpid());
    d->runs = (qm_runs){.crew = &d->crew, .folder = d->folder};
    qm_runs_begin(&d->runs, "run");
    d->pulse = (qm_pulse){.crew = &d->crew, .loop = d->loop};
    if (qm_pulse_start(&d->pulse, d->folder) != QM_OK) {
        qm_log(QM_LOG_WARN, "run", "qm status will lack live figures: out of memory");
    }
    qm_loop_run(d->loop);
    qm_status stopped = qm_live_stop(d->live, d->status == QM_OK ? err : NULL);
    qm_runs_end(&d->runs);
    qm_pulse_stop(&d->pulse);
    qm_log(QM_LOG_INFO, "run", "stopped, everything is saved");
    return d->status != QM_OK ? d->status : stopped;
}

/* The bars of the events are of the first strategy's timeframe; a week is made of days. */
static qm_timeframe events_timeframe(const qm_crew *crew) {
    const qm_strategy_spec *spec;
    for (size_t i = 0; (spec = qm_crew_spec(crew, i)) != NULL; i++) {
        if (!spec->job) {
            return spec->tf.unit == QM_TF_WEEK ? QM_TF_1D : spec->tf;
        }
    }
    return QM_TF_1D;
}

/* Events from a file instead of the clock: in memory, nothing is stored. */
static qm_status run_events(service *d, const qm_args *args, const char *path, qm_error *err) {
    qm_sim_config sim;
    qm_risk_limits limits = {0};
    qm_events_out out = {.desk = &d->desk};
    qm_status status = qm_desk_init(&d->desk, err);
    qm_buf_init(&out.text, (size_t)1 << 30);
    status = status == QM_OK ? qm_run_settings(args, &sim, &limits, err) : status;
    status = status == QM_OK ? qm_run_load(&d->crew, args, err) : status;
    if (status == QM_OK) {
        qm_engine_config config = {.mode = QM_MODE_PAPER,
                                   .instruments = d->desk.instruments,
                                   .sim = &sim,
                                   .limits = limits,
                                   .seed = 1,
                                   .base_tf = events_timeframe(&d->crew),
                                   .rates = qm_settings_rates(),
                                   .observer = {.on_decision = qm_events_decision, .data = &out}};
        d->desk.tf = config.base_tf;
        status = qm_engine_new(&config, &d->desk.engine);
        status = status == QM_OK ? qm_crew_install(&d->crew, err)
                                 : qm_error_set(err, status, "%s", qm_status_text(status));
    }
    status = status == QM_OK ? qm_events_run(&d->crew, path, &out, err) : status;
    qm_buf_fini(&out.text);
    return status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    int64_t began = qm_loop_monotonic_ns();
    service d = {.err = err};
    d.feeds.desk = &d.desk;
    d.crew = (qm_crew){.desk = &d.desk, .say = say};
    if (qm_args_has(args, "replay")) {
        return qm_run_replay(args, err);
    }
    if (qm_args_has(args, "speed")) {
        return qm_error_set(err, QM_EUSAGE, "run: --speed goes with --replay");
    }
    const char *events = qm_args_get(args, "events", NULL);
    qm_status status = qm_run_log(args, log_time, NULL, err);
    if (status == QM_OK) {
        status = events ? run_events(&d, args, events, err) : build(&d, args, err);
    }
    if (status == QM_OK && !events) {
        status = serve(&d, began, err);
    }
    for (int i = 0; i < WATCHES_MAX; i++) {
        qm_loop_watch_free(d.watches[i]);
    }
    qm_feeds_fini(&d.feeds);
    qm_follow_fini(&d.follow);
    qm_live_free(d.live);
    qm_loop_free(d.loop);
    qm_crew_fini(&d.crew);
    qm_desk_fini(&d.desk);
    return status;
}

static const char *const OPTIONS[] = {
    "data=",     "set=",    "cash=", "account=", "account-type=", "fractional", "commission=",
    "slippage=", "path=",   "log=",  "feed=",    "tz=",           "stamp=",     "replay=",
    "speed=",    "events=", NULL};

const qm_command qm_command_run = {
    "run",
    "the daemon: strategies on the real clock with the paper broker",
    "usage: qm run STRATEGY.lua... | \"Run ATR Matrix on paper, $100k\" ... [OPTIONS]\n\n"
    "  --data FOLDER   market.db (bars) and book.db (orders, lots, state); one daemon a folder\n"
    "  --cash N --account KIND|NAME --account-type TYPE --fractional --set NAME=VALUE\n"
    "  --commission MODEL --slippage MODEL --log text|json\n"
    "  --feed SYMBOL=FILE.csv | FOLDER   files whose new lines are bars, as they are written\n"
    "  --events FILE.jsonl   events from a file (-: standard input) instead of the clock and the\n"
    "                  store; prints decisions as JSON lines; nothing is kept\n"
    "  --replay FROM..TO   stored bars of those days instead of the clock, in memory only;\n"
    "  --speed N|max       N times as fast as they were, default max. SIGUSR1 pauses and goes on,\n"
    "                      SIGUSR2 takes one step. Ends with the results of a backtest\n\n"
    "A phrase is echoed in full before anything starts. Saving a strategy's file reloads it (also\n"
    "SIGHUP); a version that fails leaves the old one running. SIGTERM or Ctrl-C stops with\n"
    "everything saved; after a kill the next start goes on from the book.\n",
    OPTIONS,
    1,
    -1,
    run};
