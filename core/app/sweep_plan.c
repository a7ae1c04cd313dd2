/* SPDX-License-Identifier: MIT
 *
 * Sets into runs, and the plan that all tasks of a folder have in common.
 */
#include "app/settings.h"
#include "app/sweep.h"
#include "app/write_file.h"
#include "codec/json.h"
#include "qm_version.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const char *qm_sweep_part_name(qm_sweep_part part) {
    static const char *const names[] = {"whole", "train", "test"};
    return names[part];
}

size_t qm_sweep_runs(const qm_sweep *s) {
    return s->sets * (s->method == QM_SWEEP_WALK ? 2 * (size_t)s->folds : 1);
}

/* folds + 1 blocks of days, as equal as they can be. Fold k tests on block k and trains on all
 * before it, but for the purge. */
qm_sweep_run qm_sweep_run_at(const qm_sweep *s, size_t index) {
    if (s->method != QM_SWEEP_WALK) {
        return (qm_sweep_run){.set = index, .from = s->from, .to = s->to};
    }
    size_t windows = 2 * (size_t)s->folds;
    int64_t days = s->to - s->from + 1, k = (int64_t)(index % windows / 2) + 1;
    qm_date test = s->from + (qm_date)(days * k / (s->folds + 1));
    qm_date next = s->from + (qm_date)(days * (k + 1) / (s->folds + 1));
    qm_sweep_run run = {.set = index / windows, .fold = (int)k};
    if (index % 2 == 0) {
        run.part = QM_SWEEP_TRAIN;
        run.from = s->from;
        run.to = test - 1 - (qm_date)s->purge;
    } else {
        run.part = QM_SWEEP_TEST;
        run.from = test;
        run.to = next - 1;
    }
    return run;
}

/* All that a result depends on, except what the objective chooses. */
void qm_sweep_hash(qm_sweep *s) {
    qm_sha256 hash;
    uint8_t digest[QM_SHA256_SIZE];
    qm_tax_rates rates = qm_settings_rates();
    char text[512];
    int length =
        snprintf(text, sizeof text, "%s %s %s %s %d %lld %lld %d", QM_VERSION, s->spec_hash,
                 s->strategy_hash, s->bars_hash, rates.known, (long long)rates.short_term.raw,
                 (long long)rates.long_term.raw, rates.separate);
    qm_sha256_init(&hash);
    qm_sha256_update(&hash, text, (size_t)length);
    qm_sha256_final(&hash, digest);
    qm_sha256_hex(digest, s->plan_hash);
}

static const char *plan_path(const qm_sweep *s, char *out, size_t size) {
    snprintf(out, size, "%s/plan.json", s->folder);
    return out;
}

static void put_plan(const qm_sweep *s, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_int(&w, "format", 1);
    qm_json_put_string(&w, "program", QM_VERSION);
    qm_json_put_string(&w, "plan", s->plan_hash);
    qm_json_put_string(&w, "specification", s->spec_hash);
    qm_json_put_string(&w, "strategy", s->strategy_hash);
    qm_json_put_string(&w, "bars", s->bars_hash);
    qm_json_put_count(&w, "sets", s->sets);
    qm_json_put_count(&w, "runs", qm_sweep_runs(s));
    qm_json_put_int(&w, "tasks", s->tasks);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}

static qm_status read_plan(const qm_sweep *s, qm_json **out, qm_error *err) {
    char path[4200], text[4096];
    FILE *file = fopen(plan_path(s, path, sizeof path), "rb");
    if (!file) {
        return qm_error_at(err, errno == ENOENT ? QM_ENOTFOUND : QM_EIO, path, 0, 0, "%s",
                           strerror(errno));
    }
    size_t length = fread(text, 1, sizeof text, file);
    bool bad = ferror(file) || length == sizeof text;
    fclose(file);
    if (bad) {
        return qm_error_at(err, QM_EDATA, path, 0, 0, "is no plan");
    }
    return qm_json_parse(text, length, out, err);
}

static bool is_same(const qm_json *plan, const char *key, const char *value) {
    const char *text = qm_json_text(qm_json_get(plan, key));
    return text && strcmp(text, value) == 0;
}

qm_status qm_sweep_claim(const qm_sweep *s, qm_error *err) {
    static const struct {
        const char *key, *what;
        size_t offset;
    } parts[] = {
        {"specification", "the specification is another", offsetof(qm_sweep, spec_hash)},
        {"strategy", "the strategy was changed", offsetof(qm_sweep, strategy_hash)},
        {"bars", "the bars are others", offsetof(qm_sweep, bars_hash)},
        {"plan", "the program or the tax rates are others", offsetof(qm_sweep, plan_hash)}};
    char path[4200];
    qm_buf text;
    qm_json *plan = NULL;
    qm_status status = qm_make_folder(s->folder, err);
    qm_buf_init(&text, 1 << 16);
    put_plan(s, &text);
    if (status == QM_OK) {
        status = qm_write_new(plan_path(s, path, sizeof path), &text, err);
    }
    qm_buf_fini(&text);
    if (status != QM_EEXISTS) {
        return status;
    }
    status = read_plan(s, &plan, err);
    for (size_t i = 0; status == QM_OK && i < sizeof parts / sizeof parts[0]; i++) {
        if (!is_same(plan, parts[i].key, (const char *)s + parts[i].offset)) {
            status = qm_error_at(err, QM_EDATA, path, 0, 0,
                                 "the folder holds another sweep: %s; use --dir", parts[i].what);
        }
    }
    qm_json_free(plan);
    return status;
}

qm_status qm_sweep_recall(qm_sweep *s, qm_error *err) {
    char path[4200];
    qm_json *plan = NULL;
    qm_status status = read_plan(s, &plan, err);
    if (status == QM_OK && !is_same(plan, "specification", s->spec_hash)) {
        status = qm_error_at(err, QM_EDATA, plan_path(s, path, sizeof path), 0, 0,
                             "is of another specification");
    }
    const char *hash = status == QM_OK ? qm_json_text(qm_json_get(plan, "plan")) : NULL;
    if (status == QM_OK && (!hash || strlen(hash) != QM_SHA256_HEX - 1)) {
        status = qm_error_at(err, QM_EDATA, plan_path(s, path, sizeof path), 0, 0, "has no hash");
    }
    if (status == QM_OK) {
        snprintf(s->plan_hash, sizeof s->plan_hash, "%s", hash);
    }
    qm_json_free(plan);
    return status;
}
