/* SPDX-License-Identifier: MIT
 *
 * What was run, when, with which file and parameters, and how it ended.
 */
#include "app/decisions.h"
#include "base/tz.h"
#include "codec/json.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN = 20 };

static void put_key(qm_json_writer *w, const char *key, const char *value) {
    qm_json_put_string(w, key, value[0] ? value : NULL);
}

static void put_json(const qm_run_row *r, qm_json_writer *w) {
    qm_json_open_object(w);
    qm_json_put_int(w, "id", r->id);
    put_key(w, "kind", r->kind);
    put_key(w, "strategy", r->strategy);
    put_key(w, "file", r->file);
    put_key(w, "preset", r->preset);
    put_key(w, "source_hash", r->source_hash);
    put_key(w, "account", r->account);
    put_key(w, "params", r->params);
    qm_json_put_time(w, "started", r->started);
    qm_json_put_time(w, "ended", r->ended);
    qm_json_put_time(w, "from", r->from);
    qm_json_put_time(w, "to", r->to);
    put_key(w, "cash", r->cash);
    put_key(w, "equity", r->equity);
    put_key(w, "state", r->state);
    put_key(w, "error", r->message);
    put_key(w, "decision_hash", r->decision_hash);
    qm_json_put_int(w, "fills", r->fills);
    qm_json_put_int(w, "decisions", r->decisions);
    qm_json_close_object(w);
}

/* "2024-03-05 16:00" in New York; "" for none. */
static void moment(qm_time time, bool clock, char *out, size_t size) {
    char day[QM_DATE_BUF];
    out[0] = 0;
    if (time == QM_TIME_NONE) {
        return;
    }
    qm_local local = qm_tz_to_local(qm_tz_new_york(), time);
    int minutes = (int)(local.ns / QM_MINUTE_NS);
    qm_date_format(local.date, day);
    if (clock) {
        snprintf(out, size, "%s %02d:%02d", day, minutes / 60, minutes % 60);
    } else {
        snprintf(out, size, "%s", day);
    }
}

/* A row of the daemon that says "running" when no daemon does: it was killed. */
static const char *state_of(const qm_run_row *r, bool daemon) {
    return strcmp(r->state, "running") == 0 && !daemon ? "cut off" : r->state;
}

static qm_status put_row(const qm_run_row *r, bool daemon, qm_table *table) {
    char id[24], when[40], from[40], to[40], fills[24], equity[64];
    qm_buf money;
    qm_total total;
    qm_buf_init(&money, 256);
    snprintf(id, sizeof id, "%lld", (long long)r->id);
    snprintf(fills, sizeof fills, "%lld", (long long)r->fills);
    moment(r->started, true, when, sizeof when);
    moment(r->from, false, from, sizeof from);
    moment(r->to, false, to, sizeof to);
    snprintf(equity, sizeof equity, "%s", r->equity);
    if (qm_total_parse(r->equity, strlen(r->equity), &total) == QM_OK) {
        qm_put_money(&money, total);
        snprintf(equity, sizeof equity, "%s", money.data);
    }
    qm_buf_fini(&money);
    const char *cells[] = {
        id, when,  r->kind, r->strategy,         from,
        to, fills, equity,  state_of(r, daemon), r->preset[0] ? r->preset : r->file};
    return qm_table_row(table, cells);
}

static qm_status put_table(const qm_run_row_vec *rows, bool daemon, qm_buf *out) {
    static const char *const headers[] = {"run", "started", "kind",   "strategy", "from",
                                          "to",  "fills",   "equity", "state",    "file or preset"};
    static const bool right[] = {true, false, false, false, false, false, true, true, false, false};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 10, &table);
    for (size_t i = 0; status == QM_OK && i < rows->length; i++) {
        status = put_row(&rows->items[i], daemon, table);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
    }
    qm_table_free(table);
    return status;
}

static qm_status read_limit(const qm_args *args, int64_t *out, qm_error *err) {
    const char *text = qm_args_get(args, "last", NULL);
    char *end;
    *out = text ? strtoll(text, &end, 10) : SHOWN;
    if (text && (*end || end == text || *out < 1)) {
        return qm_error_set(err, QM_EUSAGE, "--last \"%s\" is no number above 0", text);
    }
    return QM_OK;
}

static qm_status run(const qm_args *args, qm_error *err) {
    char folder[4000], path[4096];
    int64_t limit;
    qm_run_row_vec rows = {0};
    qm_buf out;
    qm_journal *journal;
    qm_status status = read_limit(args, &limit, err);
    if (status != QM_OK) {
        return status;
    }
    snprintf(path, sizeof path, "%s/journal.db", qm_desk_folder(args, folder, sizeof folder));
    if (access(path, F_OK) != 0) {
        return qm_error_at(err, QM_ENO, path, 0, 0, "nothing was run here yet (qm backtest, run)");
    }
    qm_buf_init(&out, 1 << 28);
    status = qm_journal_open(path, QM_DB_READ, &journal, err);
    if (status == QM_OK) {
        status = qm_journal_runs(journal, limit, &rows, err);
        qm_journal_close(journal);
    }
    if (status == QM_OK && qm_args_has(args, "json")) {
        qm_json_writer w;
        qm_json_writer_init(&w, &out);
        qm_json_open_array(&w);
        for (size_t i = 0; i < rows.length; i++) {
            put_json(&rows.items[i], &w);
        }
        qm_json_close_array(&w);
        qm_buf_putc(&out, '\n');
    } else if (status == QM_OK) {
        snprintf(path, sizeof path, "%s/book.db", folder);
        status = put_table(&rows, qm_book_owner(path) != 0, &out);
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    for (size_t i = 0; i < rows.length; i++) {
        qm_run_row_fini(&rows.items[i]);
    }
    qm_vec_fini(&rows);
    qm_buf_fini(&out);
    return status;
}

static const char *const OPTIONS[] = {"data=", "last=", "json", NULL};

const qm_command qm_command_runs = {
    "runs",
    "what was run, with which file, and how it ended",
    "usage: qm runs [--last N] [--data DIR] [--json]\n\n"
    "Backtests and starts of the daemon, the newest last (20 without --last). --json adds\n"
    "parameters, source and decision hash. Backtests are noted when the data folder exists, "
    "unless\n"
    "--no-journal says not to.\n",
    OPTIONS,
    0,
    0,
    run};
