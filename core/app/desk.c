/* SPDX-License-Identifier: MIT */
#include "app/desk.h"
#include "app/budget.h"

#include "app/settings.h"
#include "base/tz.h"
#include "bind/bind.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

qm_status qm_desk_init(qm_desk *desk, qm_error *err) {
    memset(desk, 0, sizeof *desk);
    qm_status status = qm_instruments_new(&desk->instruments);
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

void qm_desk_fini(qm_desk *desk) {
    qm_engine_free(desk->engine);
    qm_replay_free(desk->replay);
    qm_book_close(desk->book);
    qm_market_db_close(desk->market);
    qm_instruments_free(desk->instruments);
    qm_vec_fini(&desk->loaded);
    qm_vec_fini(&desk->newest);
}

const char *qm_desk_folder(const qm_args *args, char *out, size_t size) {
    const char *folder = qm_args_get(args, "data", getenv("QM_DATA"));
    if (folder) {
        snprintf(out, size, "%s", folder);
        return out;
    }
    folder = qm_setting("data_dir");
    if (folder) {
        snprintf(out, size, "%s", folder);
        return out;
    }
    const char *base = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    if (base && *base) {
        snprintf(out, size, "%s/quantmatrix", base);
    } else {
        snprintf(out, size, "%s/.local/share/quantmatrix", home ? home : ".");
    }
    return out;
}

qm_status qm_desk_open_market(qm_desk *desk, const char *folder, qm_db_open mode, qm_error *err) {
    char path[4096];
    snprintf(path, sizeof path, "%s/market.db", folder);
    qm_status status = qm_market_db_open(path, mode, &desk->market, err);
    if (status == QM_ENOTFOUND) {
        return qm_error_at(err, QM_EUNAVAILABLE, path, 0, 0,
                           "no prices are stored yet: qm data import FILE.csv --data %s", folder);
    }
    return status == QM_OK ? qm_market_db_load_instruments(desk->market, desk->instruments, err)
                           : status;
}

qm_status qm_desk_reload_instruments(qm_desk *desk, qm_error *err) {
    qm_instruments *fresh;
    qm_status status = qm_instruments_new(&fresh);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    status = qm_market_db_load_instruments(desk->market, fresh, err);
    if (status != QM_OK) {
        qm_instruments_free(fresh);
        return status;
    }
    qm_instruments_free(desk->instruments);
    desk->instruments = fresh;
    return QM_OK;
}

/* The factor file of a LEAN zip: --factors, or factor_files/NAME.csv beside it. */
static const char *factors_for(const char *path, const qm_args *args, char *out, size_t size) {
    const char *named = qm_args_get(args, "factors", NULL);
    if (named) {
        return named;
    }
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    const char *base = path + folder;
    snprintf(out, size, "%.*sfactor_files/%.*s.csv", folder, path, (int)strcspn(base, "."), base);
    return access(out, R_OK) == 0 ? out : NULL;
}

static qm_status file_options(const qm_args *args, qm_ohlcv_options *o, qm_error *err) {
    const char *tf = qm_args_get(args, "tf", NULL);
    const char *stamp = qm_args_get(args, "stamp", "start");
    o->tz = qm_args_get(args, "tz", NULL);
    o->stamp_is_end = strcmp(stamp, "end") == 0;
    if (!o->stamp_is_end && strcmp(stamp, "start") != 0) {
        return qm_error_set(err, QM_EUSAGE, "--stamp \"%s\": use start or end", stamp);
    }
    if (tf && qm_timeframe_parse(tf, &o->tf) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--tf \"%s\": use 1m to 390m, 1h, 1d or 1w", tf);
    }
    return QM_OK;
}

qm_status qm_desk_read(const char *path, const qm_args *args, const qm_progress *progress,
                       qm_ohlcv *out, qm_action_vec *actions, qm_error *err) {
    qm_ohlcv_options options = {.progress = progress};
    char factors[4096];
    *out = (qm_ohlcv){0};
    qm_status status = file_options(args, &options, err);
    if (status != QM_OK) {
        return status;
    }
    if (!qm_lean_is(path)) {
        return qm_ohlcv_read(path, &options, out, err);
    }
    qm_lean_files files = {path, factors_for(path, args, factors, sizeof factors)};
    return qm_lean_read(&files, &options, out, actions, err);
}

/* Bars and actions of one instrument into the replay, which must be of one timeframe. */
static qm_status take(qm_desk *desk, qm_instrument_id id, qm_bars *bars,
                      const qm_action_vec *actions, qm_error *err) {
    char have[QM_TIMEFRAME_BUF], want[QM_TIMEFRAME_BUF];
    qm_status status = QM_OK;
    if (!desk->replay) {
        desk->tf = bars->tf;
        status = qm_replay_new(desk->tf, &desk->replay);
    }
    if (status == QM_OK && !qm_timeframe_equal(desk->tf, bars->tf)) {
        return qm_error_set(err, QM_EDATA, "bars of %s beside bars of %s: use one timeframe",
                            qm_timeframe_format(bars->tf, have),
                            qm_timeframe_format(desk->tf, want));
    }
    qm_newest newest = {.symbol = qm_instruments_get(desk->instruments, id)->symbol,
                        .tf = bars->tf,
                        .date = bars->n > 0 ? bars->date[bars->n - 1] : QM_DATE_NONE};
    if (status == QM_OK) {
        status = qm_replay_take(desk->replay, id, bars, actions->items, actions->length);
    }
    if (status == QM_OK) {
        status = qm_vec_push(&desk->loaded, &id);
    }
    if (status == QM_OK) {
        status = qm_vec_push(&desk->newest, &newest);
    }
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

qm_status qm_desk_take_file(qm_desk *desk, const char *text, const qm_args *args, qm_error *err) {
    const char *equals = strchr(text, '=');
    char symbol[QM_SYMBOL_MAX] = "";
    qm_instrument_id id;
    if (!equals || equals == text || equals - text >= QM_SYMBOL_MAX) {
        return qm_error_set(err, QM_EUSAGE, "--bars \"%s\": use SYMBOL=FILE", text);
    }
    memcpy(symbol, text, (size_t)(equals - text));
    if (qm_instruments_intern(desk->instruments, symbol, &id) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--bars: \"%s\" is no symbol", symbol);
    }
    for (size_t i = 0; i < desk->loaded.length; i++) {
        if (desk->loaded.items[i] == id) {
            return qm_error_set(err, QM_EUSAGE, "--bars: %s is given twice", symbol);
        }
    }
    qm_ohlcv file;
    qm_action_vec actions = {0};
    qm_status status = qm_desk_read(equals + 1, args, NULL, &file, &actions, err);
    if (status == QM_OK) {
        desk->flagged_open += file.flagged_open;
        desk->flagged_session += file.flagged_session;
        status = take(desk, id, &file.bars, &actions, err);
    }
    qm_ohlcv_fini(&file);
    qm_vec_fini(&actions);
    return status;
}

qm_status qm_desk_take_stored(qm_desk *desk, qm_instrument_id id, qm_timeframe tf, qm_error *err) {
    qm_bars bars;
    qm_action_vec actions = {0};
    qm_bars_init(&bars, tf);
    qm_status status = qm_market_db_load_bars(desk->market, id, &QM_ALL_BARS, &bars, err);
    if (status == QM_OK && bars.n == 0 && !desk->may_be_empty) {
        char text[QM_TIMEFRAME_BUF];
        status = qm_error_set(err, QM_EINSUFFICIENT, "no %s bars of %s are stored",
                              qm_timeframe_format(tf, text),
                              qm_instruments_get(desk->instruments, id)->symbol);
    }
    if (status == QM_OK) {
        status = qm_market_db_load_actions(desk->market, id, &actions, err);
    }
    if (status == QM_OK) {
        status = take(desk, id, &bars, &actions, err);
    }
    qm_bars_fini(&bars);
    qm_vec_fini(&actions);
    return status;
}

qm_status qm_desk_newest(qm_desk *desk, qm_newest_vec *out, qm_error *err) {
    qm_series_info_vec list = {0};
    qm_status status = qm_market_db_list(desk->market, &list, err);
    for (size_t i = 0; status == QM_OK && i < list.length; i++) {
        qm_newest one = {
            .symbol = qm_instruments_get(desk->instruments, list.items[i].instrument)->symbol,
            .tf = list.items[i].tf,
            .date = qm_tz_to_local(qm_tz_new_york(), list.items[i].last).date};
        if (qm_vec_push(out, &one) != QM_OK) {
            status = qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    qm_vec_fini(&list);
    return status;
}

static bool is_loaded(const qm_desk *desk, qm_instrument_id id) {
    for (size_t i = 0; i < desk->loaded.length; i++) {
        if (desk->loaded.items[i] == id) {
            return true;
        }
    }
    return false;
}

qm_status qm_desk_take_for(qm_desk *desk, const qm_script *script, qm_error *err) {
    const qm_strategy_spec *spec = qm_script_spec(script);
    qm_timeframe tf = spec->tf.unit == QM_TF_WEEK ? QM_TF_1D : spec->tf;
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < spec->universe_count; i++) {
        if (!is_loaded(desk, spec->universe[i])) {
            status = qm_desk_take_stored(desk, spec->universe[i], tf, err);
        }
    }
    for (size_t i = 0; status == QM_OK && i < spec->input_count; i++) {
        qm_instrument_id id = spec->inputs[i].instrument;
        if (id && !is_loaded(desk, id)) {
            status = qm_desk_take_stored(desk, id, tf, err);
        }
    }
    return status;
}

qm_status qm_desk_models(const qm_args *args, qm_sim_config *out, qm_error *err) {
    static const char *const paths[] = {"pessimistic", "optimistic", "ohlc"};
    const char *path = qm_args_get(args, "path", "pessimistic");
    *out = (qm_sim_config){0};
    qm_status status =
        qm_commission_parse(qm_args_get(args, "commission", "none"), &out->commission, err);
    if (status == QM_OK) {
        status = qm_slippage_parse(qm_args_get(args, "slippage", "none"), &out->slippage, err);
    }
    if (status != QM_OK) {
        return status == QM_EPARSE ? QM_EUSAGE : status;
    }
    for (int i = 0; i < 3; i++) {
        if (strcmp(paths[i], path) == 0) {
            out->path = (qm_path)i;
            return QM_OK;
        }
    }
    return qm_error_set(err, QM_EUSAGE, "--path \"%s\": use pessimistic, optimistic or ohlc", path);
}

qm_status qm_desk_sleeve(const qm_args *args, qm_sleeve_config *out, qm_error *err) {
    const char *account = qm_args_get(args, "account", "margin");
    const char *lots = qm_args_get(args, "lots", "fifo");
    const char *cash = qm_args_get(args, "cash", "100000");
    *out = (qm_sleeve_config){.broker = "paper",
                              .account_type = qm_args_get(args, "account-type", "taxable"),
                              .fractional = qm_args_has(args, "fractional"),
                              .method = qm_tax_method_from(lots)};
    if (!qm_is_lot_method(out->method)) {
        return qm_error_set(err, QM_EUSAGE, "--lots \"%s\": no such method (fifo, hifo, ...)",
                            lots);
    }
    if (!qm_account_kind_parse(account, &out->account)) {
        return qm_error_set(err, QM_EUSAGE, "--account \"%s\": use cash, margin or unlimited",
                            account);
    }
    if (qm_decimal_parse(cash, strlen(cash), &out->cash) != QM_OK || out->cash.raw < 0) {
        return qm_error_set(err, QM_EUSAGE, "--cash \"%s\" is no amount", cash);
    }
    return QM_OK;
}

void qm_desk_range(qm_date from, qm_date to, qm_time *first, qm_time *last) {
    /* A session's day in New York ends before the next day does in UTC. */
    *first = from == QM_DATE_NONE ? QM_TIME_NONE : qm_time_from_date(from) + 5 * QM_HOUR_NS;
    *last = to == QM_DATE_NONE ? QM_TIME_MAX : qm_time_from_date(to + 1) + 5 * QM_HOUR_NS - 1;
}

qm_status qm_desk_script_options(qm_desk *desk, const qm_args *args, qm_script_param *params,
                                 qm_script_options *out, qm_error *err) {
    static char names[QM_ARGS_MAX][64];
    out->instruments = desk->instruments;
    out->bindings = qm_bindings();
    out->preset = qm_args_get(args, "preset", NULL);
    out->params = params;
    out->seed = 1;
    if (!qm_args_has(args, "no-budget")) {
        qm_status status = qm_budget_use(&out->budget, err);
        if (status != QM_OK) {
            return status;
        }
    }
    const char *set;
    for (int n = 0; (set = qm_args_nth(args, "set", n)) != NULL; n++) {
        const char *equals = strchr(set, '=');
        if (!equals || equals == set || equals - set >= 64) {
            return qm_error_set(err, QM_EUSAGE, "--set \"%s\": use name=value", set);
        }
        memcpy(names[n], set, (size_t)(equals - set));
        names[n][equals - set] = 0;
        params[n] = (qm_script_param){names[n], equals + 1};
        out->param_count = (size_t)n + 1;
    }
    return QM_OK;
}
