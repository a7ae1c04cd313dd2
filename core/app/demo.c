/* SPDX-License-Identifier: MIT
 *
 * qm demo: made-up prices through the ordinary import, the daemon's loop on an accelerated clock,
 * three strategies on the paper broker, one of them replaced half-way.
 */
#include "app/crew.h"
#include "app/demo_view.h"
#include "app/share.h"
#include "app/synth.h"
#include "app/write_file.h"
#include "base/calendar.h"
#include "base/log.h"
#include "engine/live.h"
#include "report/report.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEED = 20240229, DEBOUNCE_MS = 60 };

typedef struct demo {
    qm_desk desk;
    qm_crew crew;
    qm_demo_view view;
    qm_loop *loop;
    qm_live *live;
    qm_loop_watch *watch;
    qm_loop_signal *signals[2];
    char folder[3000];
    qm_time half; /* when the file is replaced */
    bool replaced;
    qm_status status;
    qm_error *err;
} demo;

static const char *path_in(const demo *d, const char *name) {
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", d->folder, name);
    return path;
}

/* A whole file as text (qm_buf), or back. */
static qm_status read_text(const char *path, qm_buf *out, qm_error *err) {
    FILE *file = fopen(path, "r");
    char part[4096];
    size_t got;
    while (file && (got = fread(part, 1, sizeof part, file)) > 0) {
        qm_buf_append(out, part, got);
    }
    bool bad = !file || ferror(file) || !out->data;
    if (file) {
        fclose(file);
    }
    return bad ? qm_error_at(err, QM_EIO, path, 0, 0, "can't be read") : out->status;
}

static qm_status write_text(const char *path, const char *text, size_t length, qm_error *err) {
    FILE *file = fopen(path, "w");
    bool bad = !file || fwrite(text, 1, length, file) != length;
    bad = (file && fclose(file) != 0) || bad;
    return bad ? qm_error_at(err, errno == ENOSPC ? QM_EFULL : QM_EIO, path, 0, 0, "%s",
                             strerror(errno))
               : QM_OK;
}

static qm_status copy_strategy(const demo *d, const char *name, qm_error *err) {
    char from[4096], share[3000];
    snprintf(from, sizeof from, "%s/%s", qm_strategies_folder(share, sizeof share), name);
    qm_buf text;
    qm_buf_init(&text, 1 << 20);
    qm_status status = read_text(from, &text, err);
    if (status == QM_OK) {
        status = write_text(path_in(d, name), text.data, text.length, err);
    }
    qm_buf_fini(&text);
    return status;
}

static qm_status prepare_folder(demo *d, qm_error *err) {
    static const char *const old[] = {"market.db", "market.db-wal", "market.db-shm",
                                      "book.db",   "book.db-wal",   "book.db-shm"};
    qm_status status = qm_make_folder(d->folder, err);
    if (status == QM_OK) {
        status = qm_make_folder(path_in(d, "prices"), err);
    }
    if (status == QM_OK) { /* the lock first: another demo may be running here */
        status = qm_book_open(path_in(d, "book.db"), QM_DB_CREATE, &d->desk.book, err);
        qm_book_close(d->desk.book);
        d->desk.book = NULL;
    }
    for (size_t i = 0; status == QM_OK && i < sizeof old / sizeof old[0]; i++) {
        unlink(path_in(d, old[i]));
    }
    if (status == QM_OK) {
        status = copy_strategy(d, "atr_matrix.lua", err);
    }
    return status == QM_OK ? copy_strategy(d, "dca.lua", err) : status;
}

typedef struct action_list {
    qm_synth_action items[1024];
    size_t count;
} action_list;

static void keep_action(void *data, const qm_synth_action *action) {
    action_list *list = data;
    if (list->count < sizeof list->items / sizeof list->items[0]) {
        list->items[list->count++] = *action;
    }
}

/* One generated file through the ordinary reader into the store. */
static qm_status import_one(demo *d, const qm_synth_instrument *what, const action_list *actions,
                            qm_error *err) {
    char path[4096];
    qm_ohlcv_options options = {0};
    qm_ohlcv file;
    qm_put_report report = {0};
    qm_instrument_id id;
    snprintf(path, sizeof path, "%s/prices/%s.csv", d->folder, what->symbol);
    qm_status status = qm_ohlcv_read(path, &options, &file, err);
    if (status == QM_OK) {
        status = qm_instruments_intern(d->desk.instruments, what->symbol, &id);
    }
    if (status == QM_OK) {
        qm_instrument *info = qm_instruments_edit(d->desk.instruments, id);
        snprintf(info->name, sizeof info->name, "%s (synthetic)", what->name);
        status = qm_market_db_save_instrument(d->desk.market, info, err);
    }
    if (status == QM_OK) {
        status = qm_market_db_put_bars(d->desk.market, id, &file.bars, false, &report, err);
    }
    for (size_t i = 0; status == QM_OK && i < actions->count; i++) {
        const qm_synth_action *a = &actions->items[i];
        bool known;
        if (strcmp(a->symbol, what->symbol) == 0) {
            qm_action action = {.instrument = id,
                                .kind = a->split ? QM_ACTION_SPLIT : QM_ACTION_DIVIDEND,
                                .ex_date = a->date,
                                .pay_date = a->split ? QM_DATE_NONE : a->date + 14,
                                .num = a->split ? a->split : 1,
                                .den = 1,
                                .cash = a->dividend};
            status = qm_market_db_put_action(d->desk.market, &action, &known, err);
        }
    }
    qm_ohlcv_fini(&file);
    return status;
}

static qm_status make_data(demo *d, qm_error *err) {
    static action_list actions;
    char prices[4096];
    snprintf(prices, sizeof prices, "%s/prices", d->folder);
    qm_synth_request request = {.directory = prices,
                                .seed = SEED,
                                .from = qm_date_from_ymd(2020, 1, 2),
                                .to = qm_date_from_ymd(2024, 12, 31),
                                .on_action = keep_action,
                                .data = &actions};
    actions.count = 0;
    qm_status status = qm_synth_write(&request, err);
    if (status == QM_OK) {
        status = qm_desk_open_market(&d->desk, d->folder, QM_DB_CREATE, err);
    }
    if (status == QM_OK) {
        status = qm_market_db_begin(d->desk.market, err);
    }
    size_t count;
    const qm_synth_instrument *all = qm_synth_instruments(&count);
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        status = import_one(d, &all[i], &actions, err);
    }
    if (status == QM_OK) {
        status = qm_market_db_commit(d->desk.market, err);
        qm_demo_say(&d->view, "%zu synthetic instruments, 5 years of daily bars, in %s/market.db",
                    count, d->folder);
    }
    return status;
}

static void say(void *data, const char *line) {
    demo *d = data;
    qm_demo_say(&d->view, "%s", line);
}

/* Stocks for the matrix: all but the funds, which pay for being held. */
static size_t stocks(const demo *d, qm_instrument_id *out) {
    size_t count, n = 0;
    const qm_synth_instrument *all = qm_synth_instruments(&count);
    for (size_t i = 0; i < count; i++) {
        if (!strstr(all[i].name, "Fund")) {
            out[n++] = qm_instruments_find(d->desk.instruments, all[i].symbol, QM_DATE_NONE)->id;
        }
    }
    return n;
}

static qm_status hire(demo *d, qm_error *err) {
    qm_instrument_id ids[64];
    static const struct {
        const char *phrase, *mix;
    } phrases[] = {
        {"Run ATR Matrix on paper, $100k", NULL},
        {"Run Conservative DCA on paper, $25k, monthly rebalancing", "mix=ZTOT:60,ZWLD:30,ZBND:10"},
        {"Run Aggressive DCA on paper, $50k, growth allocation", "mix=ZTEC:50,ZTOT:30,ZWLD:20"},
    };
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < 3; i++) {
        qm_crew_request r = {.what = phrases[i].phrase,
                             .folder = d->folder,
                             .sleeve = {.account = QM_ACCOUNT_MARGIN,
                                        .broker = "paper",
                                        .account_type = "taxable",
                                        .fractional = true}};
        if (phrases[i].mix) {
            r.sets[r.set_count++] = phrases[i].mix;
        } else {
            r.universe = ids;
            r.universe_count = stocks(d, ids);
        }
        status = qm_crew_load(&d->crew, &r, err);
    }
    return status == QM_OK ? qm_crew_take_bars(&d->crew, err) : status;
}

/* The edit that a person would make: more positions at once. */
static void replace_file(demo *d) {
    static const char from[] = "max_positions = qm.integer { default = 10",
                      to[] = "max_positions = qm.integer { default = 12";
    qm_buf text;
    qm_error err = {0};
    d->replaced = true;
    qm_buf_init(&text, 1 << 20);
    if (read_text(path_in(d, "atr_matrix.lua"), &text, &err) == QM_OK) {
        char *at = strstr(text.data, from);
        if (at) {
            memcpy(at, to, sizeof to - 1);
        }
        qm_demo_say(&d->view, "saving %s with max_positions 12 instead of 10",
                    path_in(d, "atr_matrix.lua"));
        write_text(path_in(d, "atr_matrix.lua"), text.data, text.length, &err);
    }
    qm_buf_fini(&text);
}

static void on_step(void *data, qm_time time) {
    demo *d = data;
    if (!d->replaced && time >= d->half) {
        replace_file(d);
    }
    qm_demo_step(&d->view, d->desk.engine);
}

static void on_end(void *data, qm_status status, const qm_error *err) {
    demo *d = data;
    d->status = status;
    if (err && d->err) {
        *d->err = *err;
    }
    qm_loop_stop(d->loop);
}

static void on_signal(void *data, int number) {
    demo *d = data;
    (void)number;
    qm_demo_say(&d->view, "stopped by hand");
    qm_loop_stop(d->loop);
}

static void on_file(void *data, const char *name) {
    demo *d = data;
    qm_crew_file_changed(&d->crew, name);
}

static qm_status start_engine(demo *d, qm_error *err) {
    qm_sim_config sim = {
        .commission = {QM_COMMISSION_PER_SHARE, {QM_DECIMAL_SCALE / 200}, {QM_DECIMAL_SCALE}, {0}}};
    qm_status status = qm_book_open(path_in(d, "book.db"), QM_DB_CREATE, &d->desk.book, err);
    if (status != QM_OK) {
        return status;
    }
    qm_engine_config config = {.mode = QM_MODE_PAPER,
                               .instruments = d->desk.instruments,
                               .sim = &sim,
                               .book = d->desk.book,
                               .seed = SEED,
                               .base_tf = d->desk.tf};
    status = qm_engine_new(&config, &d->desk.engine);
    return status == QM_OK ? qm_crew_install(&d->crew, err)
                           : qm_error_set(err, status, "%s", qm_status_text(status));
}

static qm_status play(demo *d, double speed, qm_error *err) {
    qm_status status = qm_loop_new(&d->loop);
    qm_live_config config = {.loop = d->loop,
                             .engine = d->desk.engine,
                             .replay = d->desk.replay,
                             .days_per_second = speed,
                             .on_step = on_step,
                             .on_end = on_end,
                             .data = d};
    qm_loop_watch_request watch = {d->folder, DEBOUNCE_MS, on_file, d};
    if (status == QM_OK) {
        status = qm_live_new(&config, &d->live, err);
    }
    if (status == QM_OK) {
        status = qm_loop_signal_new(d->loop, SIGINT, on_signal, d, &d->signals[0]);
    }
    if (status == QM_OK) {
        status = qm_loop_signal_new(d->loop, SIGTERM, on_signal, d, &d->signals[1]);
    }
    if (status == QM_OK) {
        status = qm_loop_watch_new(d->loop, &watch, &d->watch, err);
    }
    if (status == QM_OK) {
        status = qm_live_start(d->live, err);
    }
    if (status == QM_OK) {
        qm_loop_run(d->loop);
        qm_demo_end(&d->view);
        qm_status stopped = qm_live_stop(d->live, err);
        status = d->status != QM_OK ? d->status : stopped;
    }
    return status;
}

static qm_status finish(demo *d, qm_error *err) {
    qm_report_options options = {.title = "QuantMatrix demo",
                                 .synthetic = true,
                                 .costs = "commission per_share:0.005,min=1",
                                 .color = qm_wants_color(),
                                 .lot_rows = 5};
    qm_buf out;
    qm_buf_init(&out, 1 << 28);
    qm_status status = qm_report_text(d->desk.engine, &options, &out);
    if (status == QM_OK) {
        qm_buf_printf(
            &out,
            "\nThe report: %s/report.html\n\nWhat to type next:\n"
            "  qm data list --data %s\n"
            "  qm data sql \"select date, close from bars where symbol = 'ZKEL' limit 5\" "
            "--data %s\n"
            "  qm backtest strategies/atr_matrix.lua --bars ZKEL=%s/prices/ZKEL.csv\n"
            "  qm help backtest\n",
            d->folder, d->folder, d->folder, d->folder);
        status = qm_print(&out, err);
    }
    qm_buf_clear(&out);
    if (status == QM_OK) {
        status = qm_report_html(d->desk.engine, &options, &out);
    }
    if (status == QM_OK) {
        status = write_text(path_in(d, "report.html"), out.data, out.length, err);
    }
    qm_buf_fini(&out);
    return status;
}

static void close_demo(demo *d) {
    qm_loop_watch_free(d->watch);
    qm_live_free(d->live);
    qm_loop_free(d->loop);
    qm_crew_fini(&d->crew);
    qm_desk_fini(&d->desk);
}

static qm_status run(const qm_args *args, qm_error *err) {
    demo d = {.err = err};
    char *end;
    const char *speed_text = qm_args_get(args, "speed", "450");
    double speed = strtod(speed_text, &end);
    if (*end || end == speed_text || !(speed >= 0)) {
        return qm_error_set(err, QM_EUSAGE, "--speed \"%s\" is no number of days a second",
                            speed_text);
    }
    snprintf(d.folder, sizeof d.folder, "%s", qm_args_get(args, "dir", "demo"));
    d.crew = (qm_crew){.desk = &d.desk, .say = say, .data = &d};
    d.half = qm_time_from_date(qm_date_from_ymd(2022, 7, 1));
    qm_log_configure(&(qm_log_config){.level = QM_LOG_WARN});
    qm_demo_begin(&d.view);
    qm_status status = prepare_folder(&d, err);
    if (status == QM_OK) {
        status = qm_desk_init(&d.desk, err);
    }
    if (status == QM_OK) {
        status = make_data(&d, err);
    }
    if (status == QM_OK) {
        status = hire(&d, err);
    }
    if (status == QM_OK) {
        status = start_engine(&d, err);
    }
    if (status == QM_OK) {
        status = play(&d, speed, err);
    }
    if (status == QM_OK) {
        status = finish(&d, err);
    }
    close_demo(&d);
    return status;
}

static const char *const OPTIONS[] = {"dir=", "speed=", NULL};

const qm_command qm_command_demo = {
    "demo",
    "the whole thing on made-up prices, in seconds",
    "usage: qm demo [--dir FOLDER] [--speed DAYS_A_SECOND]\n\n"
    "Writes synthetic prices of 30 instruments, imports them, runs three strategies on the paper\n"
    "broker over five years on an accelerated clock, replaces one strategy file half-way, and\n"
    "leaves market.db, book.db and report.html in FOLDER (default: demo). --speed 0 is as fast as\n"
    "it goes. Ctrl-C stops early with everything saved.\n",
    OPTIONS,
    0,
    0,
    run};
