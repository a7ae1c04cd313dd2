/* SPDX-License-Identifier: MIT
 *
 * Signals with their life and what came of them: target, stop, or the end of their time.
 */
#include "app/decisions.h"
#include "base/calendar.h"
#include "base/tz.h"
#include "codec/json.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TARGETS_MAX = 8 };

typedef struct signal_row {
    char source[QM_NAME_MAX + 40];
    char symbol[QM_SYMBOL_MAX];
    char kind[32], reason[128], expires[32];
    qm_time time, end; /* end: of its life; QM_TIME_MAX: none */
    double strength, price, stop, targets[TARGETS_MAX];
    int target_count;
    char outcome[64];
    qm_date ended; /* QM_DATE_NONE: open */
} signal_row;
typedef QM_VEC(signal_row) signal_rows;

/* Stored bars of the symbol that was looked at last. */
typedef struct history {
    qm_desk desk;
    bool open;
    char symbol[QM_SYMBOL_MAX];
    qm_bars bars;
} history;

static double number_of(const qm_json *object, const char *key) {
    char text[64], *end;
    qm_decision_text(object, key, text, sizeof text);
    double value = strtod(text, &end);
    return text[0] && !*end ? value : (double)NAN;
}

/* "1 session", "3 sessions", "6 h", "2 d" from a time on. Sessions end at their close. */
static qm_time life_of(const char *text, qm_time from) {
    char *unit;
    long n = strtol(text, &unit, 10);
    unit += strspn(unit, " ");
    if (unit == text || n <= 0 || n > 100000) {
        return QM_TIME_MAX;
    }
    if (strncmp(unit, "session", 7) == 0) {
        /* The session under way, or the next, is the first. */
        qm_date first = qm_calendar_session_of(from + 1);
        return qm_calendar_hours(qm_calendar_add(first, (int)n - 1)).close;
    }
    return unit[0] == 'h'   ? from + n * QM_HOUR_NS
           : unit[0] == 'd' ? from + n * QM_DAY_NS
                            : QM_TIME_MAX;
}

static int take(void *data, const char *source, const qm_decision_row *row) {
    signal_rows *rows = data;
    qm_json *root;
    signal_row s = {.time = row->time, .ended = QM_DATE_NONE};
    if (qm_json_parse(row->json, row->length, &root, NULL) != QM_OK) {
        return 0;
    }
    snprintf(s.source, sizeof s.source, "%s", source);
    snprintf(s.symbol, sizeof s.symbol, "%s", row->symbol);
    qm_decision_text(root, "kind", s.kind, sizeof s.kind);
    qm_decision_text(root, "reason", s.reason, sizeof s.reason);
    qm_decision_text(root, "expires", s.expires, sizeof s.expires);
    s.strength = number_of(root, "strength");
    s.price = number_of(root, "price");
    s.stop = number_of(root, "stop");
    const qm_json *targets = qm_json_get(root, "targets");
    for (size_t i = 0; i < qm_json_size(targets) && i < TARGETS_MAX; i++) {
        if (qm_json_number(qm_json_at(targets, i), &s.targets[s.target_count])) {
            s.target_count++;
        }
    }
    s.end = life_of(s.expires, s.time);
    qm_json_free(root);
    return qm_vec_push(rows, &s) != QM_OK;
}

static const qm_bars *bars_of(history *h, const char *symbol) {
    if (!h->open) {
        return NULL;
    }
    if (strcmp(h->symbol, symbol) != 0) {
        snprintf(h->symbol, sizeof h->symbol, "%s", symbol);
        h->bars.n = 0;
        const qm_instrument *info = qm_instruments_find(h->desk.instruments, symbol, QM_DATE_NONE);
        if (info) {
            qm_market_db_load_bars(h->desk.market, info->id, &QM_ALL_BARS, &h->bars, NULL);
        }
    }
    return &h->bars;
}

/* Targets above the price are reached from below; those below it (shorts) from above. */
static int targets_reached(const signal_row *s, const qm_bars *bars, size_t i) {
    int reached = 0;
    for (int k = 0; k < s->target_count; k++) {
        bool above = s->targets[k] >= s->price;
        bool hit = above ? bars->column[QM_HIGH][i] >= s->targets[k]
                         : bars->column[QM_LOW][i] <= s->targets[k];
        reached = hit ? k + 1 : reached;
    }
    return reached;
}

static bool is_stopped(const signal_row *s, const qm_bars *bars, size_t i) {
    bool below = s->stop <= s->price;
    return s->stop == s->stop && s->price == s->price &&
           (below ? bars->column[QM_LOW][i] <= s->stop : bars->column[QM_HIGH][i] >= s->stop);
}

/* In one bar the stop counts first: which came first is not known. */
static void judge(signal_row *s, const qm_bars *bars) {
    qm_time last = QM_TIME_NONE;
    for (size_t i = 0; bars && i < bars->n; i++) {
        last = bars->time[i];
        if (last <= s->time) {
            continue;
        }
        if (last > s->end) {
            break;
        }
        bool stopped = is_stopped(s, bars, i);
        int reached = stopped ? 0 : targets_reached(s, bars, i);
        if (stopped || reached > 0) {
            s->ended = bars->date[i];
            snprintf(s->outcome, sizeof s->outcome, stopped ? "stopped" : "target %d", reached);
            return;
        }
    }
    bool over = last != QM_TIME_NONE && s->end != QM_TIME_MAX && last >= s->end;
    snprintf(s->outcome, sizeof s->outcome, "%s", over ? "expired" : "open");
    if (over) {
        s->ended = qm_tz_to_local(qm_tz_new_york(), s->end).date;
    }
}

static void put_json(const signal_row *s, qm_json_writer *w) {
    qm_json_open_object(w);
    qm_json_put_string(w, "source", s->source);
    qm_json_put_time(w, "time", s->time);
    qm_json_put_string(w, "symbol", s->symbol);
    qm_json_put_string(w, "kind", s->kind);
    qm_json_put_double(w, "strength", s->strength);
    qm_json_put_double(w, "price", s->price);
    qm_json_put_double(w, "stop", s->stop);
    qm_json_key(w, "targets");
    qm_json_open_array(w);
    for (int i = 0; i < s->target_count; i++) {
        qm_json_double(w, s->targets[i]);
    }
    qm_json_close_array(w);
    qm_json_put_time(w, "expires", s->end == QM_TIME_MAX ? QM_TIME_NONE : s->end);
    qm_json_put_string(w, "outcome", s->outcome);
    qm_json_put_date(w, "ended", s->ended);
    qm_json_put_string(w, "reason", s->reason);
    qm_json_close_object(w);
}

static void number_text(double value, int decimals, char *out, size_t size) {
    out[0] = 0;
    if (value == value) {
        snprintf(out, size, "%.*f", decimals, value);
    }
}

static qm_status put_row(const signal_row *s, qm_table *table) {
    char day[QM_DATE_BUF], ended[QM_DATE_BUF] = "", price[40], stop[40], target[40], strength[40];
    qm_date_format(qm_tz_to_local(qm_tz_new_york(), s->time).date, day);
    if (s->ended != QM_DATE_NONE) {
        qm_date_format(s->ended, ended);
    }
    number_text(s->price, 2, price, sizeof price);
    number_text(s->stop, 2, stop, sizeof stop);
    number_text(s->target_count ? s->targets[0] : (double)NAN, 2, target, sizeof target);
    number_text(s->strength, 2, strength, sizeof strength);
    const char *cells[] = {day,   s->source, s->symbol, s->kind,    strength,
                           price, stop,      target,    s->outcome, ended};
    return qm_table_row(table, cells);
}

static qm_status put_table(const signal_rows *rows, qm_buf *out) {
    static const char *const headers[] = {"date",  "strategy", "symbol", "kind",    "strength",
                                          "price", "stop",     "target", "outcome", "on"};
    static const bool right[] = {false, false, false, false, true, true, true, true, false, false};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 10, &table);
    for (size_t i = 0; status == QM_OK && i < rows->length; i++) {
        status = put_row(&rows->items[i], table);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
    }
    qm_table_free(table);
    return status;
}

static qm_status put(const qm_args *args, const signal_rows *rows, qm_buf *out) {
    qm_json_writer w;
    if (!qm_args_has(args, "json") && rows->length > 0) {
        return put_table(rows, out);
    }
    if (!qm_args_has(args, "json")) {
        qm_buf_puts(out, "no signals\n");
        return out->status;
    }
    qm_json_writer_init(&w, out);
    qm_json_open_array(&w);
    for (size_t i = 0; i < rows->length; i++) {
        put_json(&rows->items[i], &w);
    }
    qm_json_close_array(&w);
    qm_buf_putc(out, '\n');
    return out->status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    char folder[4096];
    history h = {0};
    signal_rows rows = {0};
    qm_buf out;
    qm_decision_query query = {
        .symbol = args->count ? args->values[0] : "", .kind = "signal", .to = QM_TIME_MAX};
    qm_buf_init(&out, 1 << 28);
    qm_bars_init(&h.bars, QM_TF_1D);
    qm_status status = qm_decisions_since(args, &query.from, err);
    if (status == QM_OK) {
        status = qm_decisions_each(args, &query, take, &rows, err);
    }
    if (status == QM_OK) {
        status = qm_desk_init(&h.desk, err);
        qm_desk_folder(args, folder, sizeof folder);
        h.open = qm_desk_open_market(&h.desk, folder, QM_DB_READ, NULL) == QM_OK;
    }
    for (size_t i = 0; i < rows.length; i++) {
        judge(&rows.items[i], bars_of(&h, rows.items[i].symbol));
    }
    if (status == QM_OK) {
        status = put(args, &rows, &out);
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_bars_fini(&h.bars);
    qm_desk_fini(&h.desk);
    qm_vec_fini(&rows);
    qm_buf_fini(&out);
    return status;
}

static const char *const OPTIONS[] = {"data=", "since=", "json", NULL};

const qm_command qm_command_signals = {
    "signals",
    "signals with their life and outcome",
    "usage: qm signals [SYMBOL] [--since DATE] [--data DIR] [--json]\n\n"
    "Signals of the daemon's strategies and of the newest backtest of each. The outcome is judged\n"
    "by the daily bars after the signal, within its life: stopped (counts first in a bar that has\n"
    "both), target N, expired, or open while the bars end before its life does.\n",
    OPTIONS,
    0,
    1,
    run};
