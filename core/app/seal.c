/* SPDX-License-Identifier: MIT */
#include "app/seal.h"

#include "app/settings.h"
#include "qm_version.h"

#include <stdio.h>
#include <string.h>

/* Options that decide what a run does, with their defaults. What they are not: how files are read,
 * and how results are shown. */
static const struct {
    const char *name, *fallback;
} DECIDING[] = {{"account", "margin"},
                {"account-type", "taxable"},
                {"cash", "100000"},
                {"commission", "none"},
                {"from", ""},
                {"lots", "fifo"},
                {"path", "pessimistic"},
                {"slippage", "none"},
                {"to", ""}};

/* Options that only show or keep a result. */
static const char *const SHOWING[] = {"json", "report=", "csv=", "check=", "verbose", "no-journal"};

static void finish(qm_sha256 *hash, char out[QM_SHA256_HEX]) {
    uint8_t digest[QM_SHA256_SIZE];
    qm_sha256_final(hash, digest);
    qm_sha256_hex(digest, out);
}

static void add_action(qm_sha256 *hash, const qm_action *a) {
    int64_t numbers[] = {a->kind, a->ex_date, a->pay_date, a->num, a->den, a->cash.raw};
    qm_sha256_update(hash, numbers, sizeof numbers);
    qm_sha256_update(hash, a->text, strlen(a->text) + 1);
}

/* Columns, not rows: the same bytes whatever file they came from. */
static void add_bars(qm_sha256 *hash, const qm_bars *bars) {
    uint64_t shape[] = {qm_timeframe_code(bars->tf), bars->n};
    qm_sha256_update(hash, shape, sizeof shape);
    if (bars->n == 0) {
        return;
    }
    qm_sha256_update(hash, bars->time, bars->n * sizeof *bars->time);
    qm_sha256_update(hash, bars->date, bars->n * sizeof *bars->date);
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        qm_sha256_update(hash, bars->column[k], bars->n * sizeof *bars->column[k]);
    }
}

static void seal_one(const qm_replay *replay, qm_instrument_id id, const qm_bars *bars,
                     qm_seal_data *out) {
    const qm_action *actions;
    size_t n = qm_replay_actions(replay, &actions);
    qm_sha256 hash;
    qm_sha256_init(&hash);
    add_bars(&hash, bars);
    for (size_t i = 0; i < n; i++) {
        if (actions[i].instrument == id) {
            add_action(&hash, &actions[i]);
            out->actions++;
        }
    }
    finish(&hash, out->hash);
    out->bars = bars->n;
    out->first = bars->n ? bars->date[0] : QM_DATE_NONE;
    out->last = bars->n ? bars->date[bars->n - 1] : QM_DATE_NONE;
}

/* In the order in which bars of one time come, which decisions may hang on. */
static qm_status seal_data(const qm_trial *t, qm_seal *out) {
    qm_instrument_id id;
    const qm_bars *bars;
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && (bars = qm_replay_bars(t->desk.replay, i, &id)) != NULL;
         i++) {
        qm_seal_data one = {0};
        strcpy(one.symbol, qm_instruments_get(t->desk.instruments, id)->symbol);
        seal_one(t->desk.replay, id, bars, &one);
        status = qm_vec_push(&out->data, &one);
    }
    return status;
}

static void seal_benchmark(const qm_trial *t, qm_seal *out) {
    const qm_benchmark *b = &t->benchmark;
    qm_sha256 hash;
    if (!t->benchmark_symbol[0]) {
        return;
    }
    qm_sha256_init(&hash);
    if (b->n > 0) {
        qm_sha256_update(&hash, b->dates, b->n * sizeof *b->dates);
        qm_sha256_update(&hash, b->closes, b->n * sizeof *b->closes);
    }
    finish(&hash, out->benchmark);
}

static void add_text(qm_sha256 *hash, const char *name, const char *value) {
    qm_sha256_update(hash, name, strlen(name) + 1);
    qm_sha256_update(hash, value, strlen(value) + 1);
}

static void add_rates(qm_sha256 *hash, const qm_tax_rates *rates) {
    char text[QM_DECIMAL_BUF];
    add_text(hash, "rates", rates->known ? "known" : "none");
    qm_decimal_format(rates->short_term, text);
    add_text(hash, "short_term", text);
    qm_decimal_format(rates->long_term, text);
    add_text(hash, "long_term", text);
    add_text(hash, "separate", rates->separate ? "yes" : "no");
}

static void seal_all(const qm_trial *t, qm_seal *out) {
    qm_tax_rates rates = qm_settings_rates();
    uint64_t seed = QM_TRIAL_SEED;
    qm_sha256 hash;
    qm_sha256_init(&hash);
    add_text(&hash, "version", QM_VERSION);
    add_text(&hash, "source", t->recorder.row.source_hash);
    add_text(&hash, "params", t->recorder.row.params ? t->recorder.row.params : "");
    for (size_t i = 0; i < sizeof DECIDING / sizeof *DECIDING; i++) {
        add_text(&hash, DECIDING[i].name,
                 qm_args_get(t->args, DECIDING[i].name, DECIDING[i].fallback));
    }
    add_text(&hash, "fractional", qm_args_has(t->args, "fractional") ? "yes" : "no");
    add_rates(&hash, &rates);
    qm_sha256_update(&hash, &seed, sizeof seed);
    for (size_t i = 0; i < out->data.length; i++) {
        add_text(&hash, out->data.items[i].symbol, out->data.items[i].hash);
    }
    add_text(&hash, t->benchmark_symbol, out->benchmark);
    finish(&hash, out->hash);
}

qm_status qm_seal_make(const qm_trial *t, qm_seal *out, qm_error *err) {
    *out = (qm_seal){0};
    qm_status status = qm_engine_decision_hash(t->desk.engine, t->index, out->decisions, err);
    if (status == QM_OK && seal_data(t, out) != QM_OK) {
        status = qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    if (status == QM_OK) {
        seal_benchmark(t, out);
        seal_all(t, out);
    }
    return status;
}

void qm_seal_fini(qm_seal *seal) {
    qm_vec_fini(&seal->data);
}

static bool only_shows(const char *option) {
    for (size_t i = 0; i < sizeof SHOWING / sizeof *SHOWING; i++) {
        if (strcmp(SHOWING[i], option) == 0) {
            return true;
        }
    }
    return false;
}

/* As they were given: what the run is made from again. */
void qm_seal_arguments(const qm_args *args, qm_json_writer *w) {
    qm_json_open_array(w);
    qm_json_string(w, args->values[0]);
    for (int i = 0; i < args->option_count; i++) {
        const char *option = args->options[i].name, *value = args->options[i].value;
        char name[80];
        if (only_shows(option)) {
            continue;
        }
        snprintf(name, sizeof name, "--%.*s", (int)strcspn(option, "="), option);
        qm_json_string(w, name);
        if (value) {
            qm_json_string(w, value);
        }
    }
    qm_json_close_array(w);
}

static void put_data(const qm_seal *seal, qm_json_writer *w) {
    qm_json_key(w, "data");
    qm_json_open_array(w);
    for (size_t i = 0; i < seal->data.length; i++) {
        const qm_seal_data *one = &seal->data.items[i];
        qm_json_open_object(w);
        qm_json_put_string(w, "symbol", one->symbol);
        qm_json_put_count(w, "bars", one->bars);
        qm_json_put_count(w, "actions", one->actions);
        qm_json_put_date(w, "first", one->first);
        qm_json_put_date(w, "last", one->last);
        qm_json_put_string(w, "hash", one->hash);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

static void put_rates(qm_json_writer *w) {
    qm_tax_rates rates = qm_settings_rates();
    qm_json_key(w, "rates");
    if (!rates.known) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    qm_json_put_decimal(w, "short_term", rates.short_term);
    qm_json_put_decimal(w, "long_term", rates.long_term);
    qm_json_put_bool(w, "separate", rates.separate);
    qm_json_close_object(w);
}

void qm_seal_json(const qm_seal *seal, const qm_trial *t, qm_json_writer *w) {
    const char *params = t->recorder.row.params ? t->recorder.row.params : "{}";
    qm_json_open_object(w);
    qm_json_put_string(w, "hash", seal->hash);
    qm_json_put_string(w, "version", QM_VERSION);
    qm_json_put_string(w, "strategy", t->args->values[0]);
    qm_json_put_string(w, "source", t->recorder.row.source_hash);
    qm_json_key(w, "params");
    qm_json_raw(w, params, strlen(params));
    qm_json_put_int(w, "seed", QM_TRIAL_SEED);
    put_rates(w);
    qm_json_key(w, "arguments");
    qm_seal_arguments(t->args, w);
    put_data(seal, w);
    qm_json_put_string(w, "benchmark", seal->benchmark[0] ? seal->benchmark : NULL);
    qm_json_put_string(w, "decisions", seal->decisions);
    qm_json_close_object(w);
}
