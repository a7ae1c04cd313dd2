/* SPDX-License-Identifier: MIT */
#include "app/data.h"
#include "codec/json.h"
#include "market/check.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 28 };

qm_status qm_data_open(qm_desk *desk, const qm_args *args, qm_db_open mode, qm_error *err) {
    char folder[4096];
    qm_status status = qm_desk_init(desk, err);
    return status == QM_OK
               ? qm_desk_open_market(desk, qm_desk_folder(args, folder, sizeof folder), mode, err)
               : status;
}

qm_status qm_data_find(const qm_desk *desk, const char *symbol, qm_instrument_id *out,
                       qm_error *err) {
    const qm_instrument *found = qm_instruments_find(desk->instruments, symbol, QM_DATE_NONE);
    if (!found) {
        return qm_error_set(err, QM_ENOTFOUND,
                            "no symbol \"%s\" is stored; qm data list shows them", symbol);
    }
    *out = found->id;
    return QM_OK;
}

typedef struct data_findings {
    qm_buf *out;
    size_t most, count; /* lines to print; found so far */
} data_findings;

static qm_status put_findings(const qm_instrument *one, const qm_bars *bars,
                              const qm_action_vec *actions, data_findings *f) {
    qm_finding_vec found = {0};
    char tf[QM_TIMEFRAME_BUF], date[QM_DATE_BUF];
    bool daily = qm_timeframe_equal(bars->tf, QM_TF_1D);
    qm_status status = qm_bars_findings(bars, actions->items, actions->length, &found);
    qm_timeframe_format(bars->tf, tf);
    for (size_t i = 0; i < found.length && f->count + i < f->most; i++) {
        qm_date_format(found.items[i].date, date);
        qm_buf_printf(f->out, "  %s%s%s %s %s: %s\n", one->symbol, daily ? "" : " ",
                      daily ? "" : tf, date, qm_finding_name(found.items[i].kind),
                      found.items[i].text);
    }
    f->count += found.length;
    qm_vec_fini(&found);
    return status;
}

/* Every timeframe that is stored of the instrument. */
static qm_status find_all(qm_desk *desk, const qm_instrument *one, data_findings *f,
                          qm_error *err) {
    qm_series_info_vec list = {0};
    qm_action_vec actions = {0};
    qm_status status = qm_market_db_list(desk->market, &list, err);
    if (status == QM_OK) {
        status = qm_market_db_load_actions(desk->market, one->id, &actions, err);
    }
    for (size_t i = 0; status == QM_OK && i < list.length; i++) {
        qm_bars bars;
        if (list.items[i].instrument != one->id) {
            continue;
        }
        qm_bars_init(&bars, list.items[i].tf);
        status = qm_bars_reserve(&bars, list.items[i].bars);
        if (status == QM_OK) {
            status = qm_market_db_load_bars(desk->market, one->id, &QM_ALL_BARS, &bars, err);
        }
        if (status == QM_OK) {
            status = put_findings(one, &bars, &actions, f);
        }
        qm_bars_fini(&bars);
    }
    qm_vec_fini(&list);
    qm_vec_fini(&actions);
    return status;
}

qm_status qm_data_findings(qm_desk *desk, qm_instrument_id id, qm_buf *out, size_t most,
                           size_t *count, qm_error *err) {
    const qm_instrument *one = qm_instruments_get(desk->instruments, id);
    data_findings f = {out, most, 0};
    qm_status status = find_all(desk, one, &f, err);
    *count = f.count;
    if (f.count > most) {
        qm_buf_printf(out, "  and %zu more: qm data check %s\n", f.count - most, one->symbol);
    }
    return status == QM_OK || (err && err->message[0])
               ? status
               : qm_error_set(err, status, "%s", qm_status_text(status));
}

static void put_series(const qm_series_info *s, const char *symbol, qm_json_writer *w) {
    char tf[QM_TIMEFRAME_BUF];
    qm_json_open_object(w);
    qm_json_put_string(w, "symbol", symbol);
    qm_json_put_string(w, "timeframe", qm_timeframe_format(s->tf, tf));
    qm_json_put_count(w, "bars", s->bars);
    qm_json_put_time(w, "first", s->first);
    qm_json_put_time(w, "last", s->last);
    qm_json_put_count(w, "bytes", s->bytes);
    qm_json_close_object(w);
}

static qm_status put_list_row(const qm_series_info *s, const char *symbol, qm_table *table) {
    char tf[QM_TIMEFRAME_BUF], bars[24], bytes[24], first[QM_DATE_BUF], last[QM_DATE_BUF];
    qm_date_format(qm_time_utc_date(s->first), first);
    qm_date_format(qm_time_utc_date(s->last), last);
    snprintf(bars, sizeof bars, "%llu", (unsigned long long)s->bars);
    snprintf(bytes, sizeof bytes, "%llu", (unsigned long long)s->bytes);
    const char *const cells[] = {symbol, qm_timeframe_format(s->tf, tf), bars, first, last, bytes};
    return qm_table_row(table, cells);
}

static qm_status print_list(qm_desk *desk, bool json, qm_buf *out, qm_error *err) {
    static const char *const headers[] = {"symbol", "tf", "bars", "first", "last", "bytes"};
    static const bool right[] = {false, false, true, false, false, true};
    qm_series_info_vec list = {0};
    qm_json_writer w;
    qm_table *table = NULL;
    qm_json_writer_init(&w, out);
    qm_status status = qm_market_db_list(desk->market, &list, err);
    if (status == QM_OK && json) {
        qm_json_open_array(&w);
    } else if (status == QM_OK) {
        status = qm_table_new(headers, right, 6, &table);
    }
    for (size_t i = 0; status == QM_OK && i < list.length; i++) {
        const qm_series_info *s = &list.items[i];
        const char *symbol = qm_instruments_get(desk->instruments, s->instrument)->symbol;
        if (json) {
            put_series(s, symbol, &w);
        } else {
            status = put_list_row(s, symbol, table);
        }
    }
    if (status == QM_OK && json) {
        qm_json_close_array(&w);
        qm_buf_putc(out, '\n');
    } else if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
    }
    qm_table_free(table);
    qm_vec_fini(&list);
    return status;
}

static qm_status list(const qm_args *args, qm_error *err) {
    qm_desk desk = {0};
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status =
        args->count > 1
            ? qm_error_set(err, QM_EUSAGE, "data list: unexpected argument \"%s\"", args->values[1])
            : qm_data_open(&desk, args, QM_DB_READ, err);
    if (status == QM_OK) {
        status = print_list(&desk, qm_args_has(args, "json"), &out, err);
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    qm_desk_fini(&desk);
    return status;
}

static bool is_named(const qm_args *args, const char *symbol) {
    for (int i = 1; i < args->count; i++) {
        if (strcmp(args->values[i], symbol) == 0) {
            return true;
        }
    }
    return args->count == 1;
}

static qm_status check(const qm_args *args, qm_error *err) {
    qm_desk desk = {0};
    qm_buf out;
    size_t total = 0;
    qm_instrument_id id = 0;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status = qm_data_open(&desk, args, QM_DB_READ, err);
    for (int i = 1; status == QM_OK && i < args->count; i++) {
        status = qm_data_find(&desk, args->values[i], &id, err);
    }
    size_t count = status == QM_OK ? qm_instruments_count(desk.instruments) : 0;
    for (size_t i = 1; status == QM_OK && i <= count; i++) {
        const qm_instrument *one = qm_instruments_get(desk.instruments, (qm_instrument_id)i);
        size_t found = 0;
        if (one && is_named(args, one->symbol)) {
            status = qm_data_findings(&desk, one->id, &out, SIZE_MAX, &found, err);
        }
        total += found;
    }
    if (status == QM_OK) {
        qm_buf_printf(&out, "%zu findings\n", total);
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    qm_desk_fini(&desk);
    return status == QM_OK && total > 0 ? QM_ENO : status;
}

/* All that are named, or none of them. */
static qm_status remove_named(qm_desk *desk, const qm_args *args, qm_error *err) {
    qm_status status = qm_market_db_begin(desk->market, err);
    if (status != QM_OK) {
        return status;
    }
    for (int i = 1; status == QM_OK && i < args->count; i++) {
        qm_instrument_id id = 0;
        status = qm_data_find(desk, args->values[i], &id, err);
        if (status == QM_OK) {
            status = qm_market_db_remove(desk->market, id, err);
        }
    }
    if (status == QM_OK) {
        status = qm_market_db_commit(desk->market, err);
    }
    if (status != QM_OK) {
        qm_market_db_rollback(desk->market);
    }
    return status;
}

static qm_status remove_symbols(const qm_args *args, qm_error *err) {
    qm_desk desk = {0};
    if (args->count < 2) {
        return qm_error_set(err, QM_EUSAGE, "data remove: name a symbol");
    }
    qm_status status = qm_data_open(&desk, args, QM_DB_WRITE, err);
    if (status == QM_OK) {
        status = remove_named(&desk, args, err);
    }
    qm_desk_fini(&desk);
    return status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    static const struct {
        const char *name;
        qm_status (*run)(const qm_args *args, qm_error *err);
    } table[] = {{"import", qm_data_import},
                 {"get", qm_data_get},
                 {"list", list},
                 {"check", check},
                 {"sql", qm_data_sql},
                 {"export", qm_data_export},
                 {"actions", qm_data_actions},
                 {"instruments", qm_data_instruments},
                 {"remove", remove_symbols}};
    const char *names[sizeof table / sizeof *table + 1] = {0};
    char hint[96];
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        names[i] = table[i].name;
        if (strcmp(table[i].name, args->values[0]) == 0) {
            return table[i].run(args, err);
        }
    }
    return qm_error_set(err, QM_EUSAGE, "data: no \"%s\"%s; qm help data", args->values[0],
                        qm_suggest(args->values[0], names, hint, sizeof hint));
}

static const char *const OPTIONS[] = {"symbol=", "tf=",  "timeframe=", "provider=", "from=",
                                      "to=",     "tz=",  "stamp=",     "factors=",  "replace",
                                      "csv",     "json", "data=",      NULL};

const qm_command qm_command_data = {
    "data",
    "price data: import, fetch, look, check, export",
    "usage: qm data import FILE ... [--symbol S] [--tf TF] [--tz ZONE] [--stamp start|end]\n"
    "                      [--factors FILE] [--replace]\n"
    "       qm data get SYMBOL ... [--provider NAME] [--timeframe TF] [--from D] [--to D]\n"
    "                      [--replace] [--json]\n"
    "       qm data list [--json]\n"
    "       qm data check [SYMBOL ...]\n"
    "       qm data sql \"SELECT ...\" [--csv | --json]\n"
    "       qm data export SYMBOL [--tf TF]\n"
    "       qm data actions [SYMBOL]\n"
    "       qm data actions add SYMBOL split DATE NEW:OLD\n"
    "       qm data actions add SYMBOL dividend DATE AMOUNT [DATE_PAID]\n"
    "       qm data actions add SYMBOL delist DATE [PRICE]\n"
    "       qm data instruments [list | import FILE.csv]\n"
    "       qm data remove SYMBOL ...\n\n"
    "A file (CSV, gzip, zstd, LEAN zip) is imported whole or not at all. The symbol comes from\n"
    "the file's name. The same file again changes nothing; bars that differ from stored ones\n"
    "are an error, unless --replace. get asks a provider that the configuration describes, page\n"
    "by page, from the last stored bar on or over --from to --to (both included); what was broken\n"
    "off goes on where it stopped. sql reads the table bars (symbol, timeframe, time, date, open,\n"
    "high, low, close, volume, flags). check ends with 1 when there are findings.\n"
    "--data DIR is the folder of market.db; else QM_DATA, else the user's data folder.\n",
    OPTIONS,
    1,
    -1,
    run};
