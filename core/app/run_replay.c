/* SPDX-License-Identifier: MIT
 *
 * `qm run --replay`: the daemon's machinery over stored bars at a chosen speed: reload on save,
 * pause and single steps. All is in memory: the book of a real run is not touched. The decisions
 * are those of a backtest over the same days.
 */
#include "app/run_setup.h"
#include "app/settings.h"
#include "base/log.h"
#include "engine/live.h"
#include "report/report.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIGNALS = 5, WATCHES_MAX = 16, DEBOUNCE_MS = 150, OUTPUT_MAX = 1 << 28 };

typedef struct player {
    qm_desk desk;
    qm_crew crew;
    qm_time from, to;
    double days_per_second; /* 0: as fast as possible */
    qm_loop *loop;
    qm_live *live;
    qm_loop_signal *signals[SIGNALS];
    qm_loop_watch *watches[WATCHES_MAX];
    qm_status status;
    qm_error *err;
} player;

static void say(void *data, const char *line) {
    (void)data;
    qm_log(QM_LOG_INFO, "replay", "%s", line);
}

/* Lines of the log have the time of the bars. */
static qm_time log_time(void *data) {
    const player *p = data;
    return p->desk.engine && p->live ? qm_engine_now(p->desk.engine) : qm_loop_now(NULL);
}

static void say_where(const player *p, const char *what) {
    char time[QM_TIME_BUF];
    qm_time_format(qm_engine_now(p->desk.engine), time);
    qm_log(QM_LOG_INFO, "replay", "%s at %s", what, time);
}

static void on_end(void *data, qm_status status, const qm_error *err) {
    player *p = data;
    p->status = status;
    if (err && p->err) {
        *p->err = *err;
    }
    qm_loop_stop(p->loop);
}

static void on_step(void *data, qm_time time) {
    const player *p = data;
    (void)time;
    if (qm_live_is_paused(p->live)) {
        say_where(p, "step");
    }
}

static void on_signal(void *data, int number) {
    player *p = data;
    switch (number) {
    case SIGHUP:
        qm_crew_reload_all(&p->crew);
        break;
    case SIGUSR1:
        qm_live_pause(p->live, !qm_live_is_paused(p->live));
        say_where(p, qm_live_is_paused(p->live) ? "paused" : "goes on");
        break;
    case SIGUSR2:
        qm_live_step(p->live);
        break;
    default:
        say_where(p, "stopped");
        qm_loop_stop(p->loop);
        break;
    }
}

static void on_file(void *data, const char *name) {
    player *p = data;
    qm_crew_file_changed(&p->crew, name);
}

/* FROM..TO, both included; either may be left out. */
static qm_status read_range(player *p, const char *text, qm_error *err) {
    const char *dots = strstr(text, "..");
    qm_date from = QM_DATE_NONE, to = QM_DATE_NONE;
    bool fine = dots != NULL;
    if (fine && dots > text) {
        fine = qm_date_parse(text, (size_t)(dots - text), &from) == QM_OK;
    }
    if (fine && dots[2]) {
        fine = qm_date_parse(dots + 2, strlen(dots + 2), &to) == QM_OK;
    }
    if (!fine) {
        return qm_error_set(err, QM_EUSAGE,
                            "--replay \"%s\": use FROM..TO with dates (2024-01-02..2024-06-28)",
                            text);
    }
    if (from != QM_DATE_NONE && to != QM_DATE_NONE && from > to) {
        return qm_error_set(err, QM_EUSAGE, "--replay \"%s\": it ends before it begins", text);
    }
    qm_desk_range(from, to, &p->from, &p->to);
    return QM_OK;
}

static qm_status read_speed(player *p, const char *text, qm_error *err) {
    char *end;
    double times = strtod(text, &end);
    if (strcmp(text, "max") == 0) {
        return QM_OK;
    }
    if (end == text || *end || !(times > 0) || times > 1e9) {
        return qm_error_set(err, QM_EUSAGE,
                            "--speed \"%s\": use a number above 0 (1: as fast as it was) or max",
                            text);
    }
    p->days_per_second = times / 86400;
    return QM_OK;
}

static qm_status build(player *p, const qm_args *args, qm_error *err) {
    char folder[4096];
    qm_sim_config sim;
    qm_risk_limits limits = {0};
    qm_desk_folder(args, folder, sizeof folder);
    qm_status status = qm_desk_init(&p->desk, err);
    if (status == QM_OK) {
        status = qm_desk_open_market(&p->desk, folder, QM_DB_READ, err);
    }
    if (status == QM_OK) {
        status = qm_run_settings(args, &sim, &limits, err);
    }
    if (status == QM_OK) {
        status = qm_run_load(&p->crew, args, err);
    }
    if (status == QM_OK) {
        status = qm_crew_take_bars(&p->crew, err);
    }
    if (status == QM_OK && !p->desk.replay) {
        status = qm_error_set(err, QM_EINSUFFICIENT, "nothing reads a symbol: there is no replay");
    }
    if (status != QM_OK) {
        return status;
    }
    if (qm_replay_last(p->desk.replay) < p->from || qm_replay_first(p->desk.replay) > p->to) {
        return qm_error_set(err, QM_EINSUFFICIENT, "no bars are stored of these days");
    }
    qm_engine_config config = {.mode = QM_MODE_PAPER,
                               .instruments = p->desk.instruments,
                               .sim = &sim,
                               .limits = limits,
                               .seed = 1,
                               .base_tf = p->desk.tf,
                               .rates = qm_settings_rates()};
    status = qm_engine_new(&config, &p->desk.engine);
    return status == QM_OK ? qm_crew_install(&p->crew, err)
                           : qm_error_set(err, status, "%s", qm_status_text(status));
}

static qm_status watch(player *p, qm_error *err) {
    static const int numbers[SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};
    qm_status status = QM_OK;
    for (int i = 0; status == QM_OK && i < SIGNALS; i++) {
        status = qm_loop_signal_new(p->loop, numbers[i], on_signal, p, &p->signals[i]);
    }
    const char *folder;
    for (size_t i = 0;
         status == QM_OK && i < WATCHES_MAX && (folder = qm_crew_folder(&p->crew, i)) != NULL;
         i++) {
        qm_loop_watch_request r = {folder, DEBOUNCE_MS, on_file, p};
        status = qm_loop_watch_new(p->loop, &r, &p->watches[i], err);
    }
    return status;
}

static qm_status play(player *p, qm_error *err) {
    qm_status status = qm_loop_new(&p->loop);
    qm_live_config config = {.loop = p->loop,
                             .engine = p->desk.engine,
                             .replay = p->desk.replay,
                             .days_per_second = p->days_per_second,
                             .from = p->from,
                             .to = p->to,
                             .on_step = on_step,
                             .on_end = on_end,
                             .data = p};
    if (status == QM_OK) {
        status = qm_live_new(&config, &p->live, err);
    }
    if (status == QM_OK) {
        status = watch(p, err);
    }
    if (status == QM_OK) {
        status = qm_live_start(p->live, err);
    }
    if (status != QM_OK) {
        return status;
    }
    qm_log(QM_LOG_INFO, "replay", "ready, process %ld", (long)getpid());
    qm_loop_run(p->loop);
    qm_status stopped = qm_live_stop(p->live, p->status == QM_OK ? err : NULL);
    return p->status != QM_OK ? p->status : stopped;
}

static const char *model(const qm_args *args, const char *name) {
    const char *set = qm_setting(name);
    return qm_args_get(args, name, set ? set : "none");
}

static qm_status show(const player *p, const qm_args *args, qm_error *err) {
    char costs[200];
    qm_report_options options = {.costs = costs, .color = qm_wants_color()};
    snprintf(costs, sizeof costs, "commission %.80s, slippage %.80s", model(args, "commission"),
             model(args, "slippage"));
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status = qm_report_text(p->desk.engine, &options, &out);
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    return status;
}

qm_status qm_run_replay(const qm_args *args, qm_error *err) {
    player p = {.err = err};
    p.crew = (qm_crew){.desk = &p.desk, .say = say};
    if (qm_args_has(args, "feed")) {
        return qm_error_set(err, QM_EUSAGE, "run: --replay goes without --feed");
    }
    qm_status status = read_range(&p, qm_args_get(args, "replay", ""), err);
    if (status == QM_OK) {
        status = read_speed(&p, qm_args_get(args, "speed", "max"), err);
    }
    if (status == QM_OK) {
        status = qm_run_log(args, log_time, &p, err);
    }
    if (status == QM_OK) {
        status = build(&p, args, err);
    }
    if (status == QM_OK) {
        status = play(&p, err);
    }
    if (status == QM_OK) {
        status = show(&p, args, err);
    }
    for (int i = 0; i < WATCHES_MAX; i++) {
        qm_loop_watch_free(p.watches[i]);
    }
    qm_live_free(p.live);
    qm_loop_free(p.loop);
    qm_crew_fini(&p.crew);
    qm_desk_fini(&p.desk);
    qm_log_configure(&(qm_log_config){0});
    return status;
}
