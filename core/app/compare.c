/* SPDX-License-Identifier: MIT */
#include "app/compare.h"

#include "app/decisions.h"
#include "base/tz.h"
#include "codec/json.h"
#include "engine/backtest.h"
#include "engine/context.h"

#include <stdlib.h>
#include <string.h>

enum { WARMUP_BARS = 600 };

/* The bars of the running strategy, the newest ones. from: where the comparison begins. */
static qm_status copy_bars(const qm_desk *desk, const qm_compare_request *r,
                           const qm_strategy_spec *spec, qm_replay *replay, qm_time *from) {
    qm_status status = QM_OK;
    *from = QM_TIME_MAX;
    for (size_t i = 0; status == QM_OK && i < spec->universe_count; i++) {
        const qm_series *series = qm_ctx_series(r->engine, r->index, spec->universe[i], desk->tf);
        qm_bars bars;
        if (!series || series->bars.n == 0) {
            continue;
        }
        size_t n = series->bars.n, most = r->bars + WARMUP_BARS;
        qm_bars_init(&bars, series->bars.tf);
        for (size_t k = n > most ? n - most : 0; status == QM_OK && k < n; k++) {
            qm_bar bar;
            qm_bars_get(&series->bars, k, &bar);
            status = qm_bars_push(&bars, &bar);
        }
        qm_time first = series->bars.time[n > r->bars ? n - r->bars : 0];
        *from = first < *from ? first : *from;
        if (status == QM_OK) {
            status = qm_replay_take(replay, spec->universe[i], &bars, NULL, 0);
        }
        qm_bars_fini(&bars);
    }
    return status;
}

/* Takes the script. */
static qm_status run_one(const qm_desk *desk, const qm_compare_request *r, qm_script *script,
                         qm_recorder *recorder) {
    qm_replay *replay = NULL;
    qm_engine *engine = NULL;
    qm_sim_config sim = {0};
    qm_time from;
    uint32_t index;
    qm_engine_config config = {.mode = QM_MODE_BACKTEST,
                               .instruments = desk->instruments,
                               .sim = &sim,
                               .seed = 1,
                               .base_tf = desk->tf,
                               .observer = {.on_decision = qm_recorder_take, .data = recorder}};
    qm_status status = qm_replay_new(config.base_tf, &replay);
    if (status == QM_OK) {
        status = copy_bars(desk, r, qm_script_spec(script), replay, &from);
    }
    if (status == QM_OK) {
        status = qm_engine_new(&config, &engine);
    }
    if (status == QM_OK) {
        status = qm_engine_add(engine, qm_script_ops(script), script, qm_script_spec(script),
                               &r->sleeve, &index, NULL);
    } else {
        qm_script_free(script);
    }
    if (status == QM_OK) {
        qm_backtest_options options = {.from = from, .to = QM_TIME_MAX};
        status = qm_backtest_run(engine, replay, &options, NULL);
    }
    qm_engine_free(engine);
    qm_replay_free(replay);
    return status;
}

/* What makes two decisions the same: all of their text, when and about what. */
typedef struct mark {
    uint64_t hash;
} mark;
typedef QM_VEC(mark) marks;

static uint64_t mixed(uint64_t hash, const void *data, size_t length) {
    const uint8_t *at = data;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ at[i]) * 0x100000001b3u; /* FNV-1a */
    }
    return hash;
}

static int by_hash(const void *x, const void *y) {
    const mark *a = x, *b = y;
    return (a->hash > b->hash) - (a->hash < b->hash);
}

static qm_status mark_all(const qm_recorder *r, marks *out) {
    const char *json = r->text.data;
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < r->items.length; i++) {
        const qm_decision *d = &r->items.items[i];
        uint64_t hash = mixed(0xcbf29ce484222325u, &d->time, sizeof d->time);
        hash = mixed(hash, &d->kind, sizeof d->kind);
        hash = mixed(hash, &d->instrument, sizeof d->instrument);
        /* Without the number of the order, which counts what came before. */
        const char *id = strstr(json, "\"order\":");
        size_t head = id ? (size_t)(id - json) : d->length;
        size_t tail = id ? head + strcspn(id, ",}") : d->length;
        mark m = {mixed(mixed(hash, json, head), json + tail, d->length - tail)};
        status = qm_vec_push(out, &m);
        json += d->length + 1;
    }
    return status;
}

/* Elements of a that b has not, both sorted; each occurrence counts. */
static size_t only_in(const marks *a, const marks *b) {
    size_t count = 0, k = 0;
    for (size_t i = 0; i < a->length; i++) {
        while (k < b->length && b->items[k].hash < a->items[i].hash) {
            k++;
        }
        if (k < b->length && b->items[k].hash == a->items[i].hash) {
            k++;
        } else {
            count++;
        }
    }
    return count;
}

static void put_decision(const qm_recorder *r, size_t n, qm_buf *out) {
    const char *json = r->text.data;
    if (n >= r->items.length) {
        qm_buf_puts(out, "nothing");
        return;
    }
    for (size_t i = 0; i < n; i++) {
        json += r->items.items[i].length + 1;
    }
    const qm_decision *d = &r->items.items[n];
    const qm_instrument *info = qm_instruments_get(r->instruments, d->instrument);
    char day[QM_DATE_BUF];
    qm_buf text;
    qm_buf_init(&text, 1 << 16);
    qm_decision_row row = {
        .time = d->time, .kind = qm_decision_kind_name(d->kind), .json = json, .length = d->length};
    qm_decision_describe(&row, &text);
    qm_date_format(qm_tz_to_local(qm_tz_new_york(), d->time).date, day);
    qm_buf_printf(out, "%s %s %s %s", day, info ? info->symbol : "-", row.kind,
                  text.data ? text.data : "");
    qm_buf_fini(&text);
}

static void put_difference(const qm_recorder *before, const qm_recorder *after, size_t bars,
                           qm_buf *out) {
    marks a = {0}, b = {0};
    size_t first = 0;
    if (mark_all(before, &a) != QM_OK || mark_all(after, &b) != QM_OK) {
        qm_buf_puts(out, "; no memory to compare decisions");
    } else {
        while (first < a.length && first < b.length && a.items[first].hash == b.items[first].hash) {
            first++;
        }
        bool same = first == a.length && first == b.length;
        if (a.length > 0) {
            qsort(a.items, a.length, sizeof *a.items, by_hash);
        }
        if (b.length > 0) {
            qsort(b.items, b.length, sizeof *b.items, by_hash);
        }
        qm_buf_printf(out, "; over the last %zu bars %zu decisions before, %zu now", bars, a.length,
                      b.length);
        if (same) {
            qm_buf_puts(out, ", all the same");
        } else {
            qm_buf_printf(out, ": %zu only before, %zu only now; first: ", only_in(&a, &b),
                          only_in(&b, &a));
            put_decision(before, first, out);
            qm_buf_puts(out, " -> ");
            put_decision(after, first, out);
        }
    }
    qm_vec_fini(&a);
    qm_vec_fini(&b);
}

static void put_parameters(const char *before, const char *after, qm_buf *out) {
    qm_json *a = NULL, *b = NULL;
    if (!before || !after || qm_json_parse(before, strlen(before), &a, NULL) != QM_OK ||
        qm_json_parse(after, strlen(after), &b, NULL) != QM_OK) {
        qm_json_free(a);
        return;
    }
    for (size_t i = 0; i < qm_json_size(b); i++) {
        char was[96], is[96];
        const char *name = qm_json_name(qm_json_at(b, i));
        qm_decision_text(a, name, was, sizeof was);
        qm_decision_text(b, name, is, sizeof is);
        if (strcmp(was, is) != 0) {
            qm_buf_printf(out, ", %s %s -> %s", name, was[0] ? was : "(new)", is);
        }
    }
    for (size_t i = 0; i < qm_json_size(a); i++) {
        const char *name = qm_json_name(qm_json_at(a, i));
        if (!qm_json_get(b, name)) {
            qm_buf_printf(out, ", %s gone", name);
        }
    }
    qm_json_free(a);
    qm_json_free(b);
}

void qm_compare(const qm_desk *desk, const qm_compare_request *r, qm_buf *out) {
    qm_recorder before, after;
    long long old = qm_script_spec(r->before)->version, new = qm_script_spec(r->after)->version;
    bool bars = qm_script_spec(r->after)->universe_count > 0;
    if (old == new) {
        qm_buf_printf(out, "version %lld", new);
    } else {
        qm_buf_printf(out, "version %lld -> %lld", old, new);
    }
    put_parameters(qm_script_params_json(r->before), qm_script_params_json(r->after), out);
    if (!bars) { /* a job that only schedules */
        qm_script_free(r->before);
        qm_script_free(r->after);
        return;
    }
    qm_recorder_init(&before, "compare", desk->instruments);
    qm_recorder_init(&after, "compare", desk->instruments);
    qm_status first = run_one(desk, r, r->before, &before);
    qm_status second = run_one(desk, r, r->after, &after);
    if (first == QM_OK && second == QM_OK) {
        put_difference(&before, &after, r->bars, out);
    } else {
        qm_buf_printf(out, "; decisions can't be compared: %s",
                      qm_status_text(first != QM_OK ? first : second));
    }
    qm_recorder_fini(&before);
    qm_recorder_fini(&after);
}
