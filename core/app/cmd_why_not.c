/* SPDX-License-Identifier: MIT
 *
 * Why nothing was bought, or what was: the decisions on one symbol on one day.
 */
#include "app/decisions.h"
#include "base/calendar.h"
#include "base/tz.h"
#include "codec/json.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct answer {
    const char *only; /* strategy, NULL: all */
    bool json;
    qm_table *table;
    qm_json_writer *writer;
    qm_buf text; /* of the decision at hand */
    size_t count;
    qm_status status;
} answer;

static void clock_text(qm_time time, char *out, size_t size) {
    int64_t minutes = qm_tz_to_local(qm_tz_new_york(), time).ns / QM_MINUTE_NS;
    snprintf(out, size, "%02d:%02d", (int)(minutes / 60), (int)(minutes % 60));
}

static int take(void *data, const char *source, const qm_decision_row *row) {
    answer *a = data;
    char clock[16];
    size_t length = a->only ? strlen(a->only) : 0;
    if (a->only &&
        (strncmp(source, a->only, length) != 0 || (source[length] != 0 && source[length] != ' '))) {
        return 0;
    }
    a->count++;
    qm_decision_describe(row, &a->text);
    clock_text(row->time, clock, sizeof clock);
    if (a->json) {
        qm_json_writer *w = a->writer;
        qm_json_open_object(w);
        qm_json_put_string(w, "source", source);
        qm_json_put_time(w, "time", row->time);
        qm_json_put_string(w, "kind", row->kind);
        qm_json_put_string(w, "says", a->text.data);
        qm_json_close_object(w);
        return 0;
    }
    const char *cells[] = {source, clock, row->kind, a->text.data};
    a->status = qm_table_row(a->table, cells);
    return a->status != QM_OK;
}

/* Nothing was decided: what can be said about that. */
static const char *silence(const qm_args *args, const char *symbol, qm_date day) {
    char folder[4096];
    qm_desk desk;
    qm_bars bars;
    qm_decision_query range;
    qm_session session;
    const char *said =
        "no strategy decided anything on it that day: a position that is kept, not in "
        "a universe, still warming up, or not run over it";
    qm_bars_init(&bars, QM_TF_1D);
    qm_decisions_day(day, &range);
    if (qm_calendar_on_or_after(day, &session) && session.date != day) {
        return "it was no trading day";
    }
    qm_status status = qm_desk_init(&desk, NULL);
    if (status == QM_OK) {
        status = qm_desk_open_market(&desk, qm_desk_folder(args, folder, sizeof folder), QM_DB_READ,
                                     NULL);
    }
    const qm_instrument *info =
        status == QM_OK ? qm_instruments_find(desk.instruments, symbol, day) : NULL;
    if (status == QM_OK && !info) {
        said = "no bars of it are stored (qm data import)";
    } else if (status == QM_OK) {
        qm_bar_range days = {range.from, range.to};
        status = qm_market_db_load_bars(desk.market, info->id, &days, &bars, NULL);
        bool daily_only = status == QM_OK && bars.n == 0;
        said = daily_only ? "no daily bar of it is stored for that day" : said;
    }
    qm_bars_fini(&bars);
    qm_desk_fini(&desk);
    return said;
}

static qm_status run(const qm_args *args, qm_error *err) {
    const char *symbol = args->values[0], *text = args->values[1];
    qm_date day;
    if (qm_date_parse(text, strlen(text), &day) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "why-not: \"%s\" is no date (2007-01-03)", text);
    }
    static const char *const headers[] = {"strategy", "time", "kind", "decision"};
    static const bool right[] = {false, false, false, false};
    qm_decision_query query = {.symbol = symbol};
    qm_decisions_day(day, &query);
    qm_buf out;
    qm_json_writer w;
    qm_buf_init(&out, 1 << 28);
    qm_json_writer_init(&w, &out);
    answer a = {.only = qm_args_get(args, "strategy", NULL),
                .json = qm_args_has(args, "json"),
                .writer = &w};
    qm_buf_init(&a.text, 1 << 16);
    qm_status status = qm_table_new(headers, right, 4, &a.table);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    if (a.json) {
        qm_json_open_array(&w);
    }
    status = qm_decisions_each(args, &query, take, &a, err);
    if (status == QM_OK && a.json) {
        qm_json_close_array(&w);
        qm_buf_putc(&out, '\n');
    } else if (status == QM_OK && a.count > 0) {
        status = qm_table_print(a.table, qm_wants_color(), 0, &out);
    } else if (status == QM_OK) {
        qm_buf_printf(&out, "%s %s: %s\n", symbol, text, silence(args, symbol, day));
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_table_free(a.table);
    qm_buf_fini(&a.text);
    qm_buf_fini(&out);
    return status == QM_OK && a.count == 0 ? QM_ENO : status;
}

static const char *const OPTIONS[] = {"data=", "strategy=", "json", NULL};

const qm_command qm_command_why_not = {
    "why-not",
    "why a symbol was not (or was) traded on a day",
    "usage: qm why-not SYMBOL DATE [--strategy NAME] [--data DIR] [--json]\n\n"
    "All decisions on the symbol that day: rules that said no with value and limit, signals,\n"
    "orders and refusals; of the daemon and of the newest backtest of each strategy. Times are\n"
    "New York's. Ends with 1, and says what is known, when nothing was decided.\n",
    OPTIONS,
    2,
    2,
    run};
