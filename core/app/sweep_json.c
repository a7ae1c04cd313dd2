/* SPDX-License-Identifier: MIT */
#include "app/sweep_result.h"

#include <math.h>
#include <string.h>

enum { SESSIONS_A_YEAR = 252 };

static void put_text(qm_json_writer *w, const char *key, const char *value) {
    qm_json_key(w, key);
    qm_json_string(w, value);
}

static void put_number(qm_json_writer *w, const char *key, double value) {
    qm_json_key(w, key);
    qm_json_double(w, value);
}

static void put_count(qm_json_writer *w, const char *key, int64_t value) {
    qm_json_key(w, key);
    qm_json_int(w, value);
}

static void put_date(qm_json_writer *w, const char *key, qm_date value) {
    qm_json_key(w, key);
    qm_json_date(w, value);
}

/* Sets count from 1, as people do; null for none. */
static void put_set(qm_json_writer *w, const char *key, size_t set) {
    qm_json_key(w, key);
    if (set == QM_SWEEP_NONE) {
        qm_json_null(w);
    } else {
        qm_json_int(w, (int64_t)set + 1);
    }
}

void qm_sweep_put_params(const qm_sweep *s, size_t set, qm_json_writer *w) {
    qm_json_key(w, "params");
    qm_json_open_object(w);
    for (size_t i = 0; i < s->axes.length; i++) {
        const char *value = qm_sweep_value(s, set, i);
        qm_json_key(w, s->axes.items[i].name);
        if (s->axes.items[i].numeric) {
            qm_json_raw(w, value, strlen(value));
        } else {
            qm_json_string(w, value);
        }
    }
    qm_json_close_object(w);
}

static void put_row(const qm_sweep_result *r, size_t index, qm_json_writer *w) {
    const qm_sweep_row *row = &r->rows[index];
    qm_sweep_run run = qm_sweep_run_at(r->sweep, index);
    qm_json_open_object(w);
    put_set(w, "set", run.set);
    put_count(w, "fold", run.fold);
    put_text(w, "part", qm_sweep_part_name(run.part));
    put_date(w, "from", run.from);
    put_date(w, "to", run.to);
    qm_sweep_put_params(r->sweep, run.set, w);
    put_text(w, "error", row->error);
    put_number(w, "objective", qm_sweep_objective(r->sweep, row));
    for (int i = 0; i < QM_SWEEP_FIGURES; i++) {
        put_number(w, qm_sweep_figures[i], row->figures[i]);
    }
    put_text(w, "final_equity", row->error ? NULL : row->equity);
    put_text(w, "decision_hash", row->error ? NULL : row->decision_hash);
    qm_json_close_object(w);
}

static void put_best(const qm_sweep_result *r, qm_json_writer *w) {
    qm_json_key(w, "best");
    if (r->best == QM_SWEEP_NONE) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    put_set(w, "set", r->best);
    qm_sweep_put_params(r->sweep, r->best, w);
    double value = r->sweep->method == QM_SWEEP_WALK ? r->folds.items[r->folds.length - 1].trained
                                                     : r->objective[r->best];
    put_number(w, "objective", value);
    qm_json_close_object(w);
}

static void put_walk(const qm_sweep_result *r, qm_json_writer *w) {
    qm_json_key(w, "walk_forward");
    if (r->sweep->method != QM_SWEEP_WALK) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    qm_json_key(w, "folds");
    qm_json_open_array(w);
    for (size_t i = 0; i < r->folds.length; i++) {
        const qm_sweep_fold *f = &r->folds.items[i];
        qm_json_open_object(w);
        put_count(w, "fold", (int64_t)i + 1);
        put_date(w, "train_from", f->train.from);
        put_date(w, "train_to", f->train.to);
        put_date(w, "test_from", f->test.from);
        put_date(w, "test_to", f->test.to);
        put_set(w, "set", f->set);
        put_number(w, "train", f->trained);
        put_number(w, "test", f->tested);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
    put_count(w, "days", r->chain.n);
    put_number(w, "total_return", r->chain_return);
    put_number(w, "sharpe", qm_moments_sharpe(&r->chain) * sqrt(SESSIONS_A_YEAR));
    put_number(w, "probabilistic_sharpe", qm_overfit_deflated(&r->chain, 0));
    qm_json_close_object(w);
}

static void put_overfitting(const qm_sweep_result *r, qm_json_writer *w) {
    double year = sqrt(SESSIONS_A_YEAR);
    const qm_moments none = {0};
    const qm_moments *m = r->luckiest == QM_SWEEP_NONE ? &none : &r->returns[r->luckiest];
    qm_json_key(w, "overfitting");
    qm_json_open_object(w);
    put_count(w, "trials", (int64_t)r->trials);
    put_set(w, "set", r->luckiest);
    put_count(w, "days", m->n);
    put_number(w, "sharpe", qm_moments_sharpe(m) * year);
    put_number(w, "skewness", qm_moments_skewness(m));
    put_number(w, "kurtosis", qm_moments_kurtosis(m));
    put_number(w, "sharpe_deviation", sqrt(r->variance) * year);
    put_number(w, "expected_max_sharpe", r->expected_max * year);
    put_number(w, "deflated_sharpe", r->deflated);
    put_number(w, "pbo", r->has_pbo ? r->pbo.probability : NAN);
    put_number(w, "median_logit", r->has_pbo ? r->pbo.median_logit : NAN);
    put_number(w, "loss_probability", r->has_pbo ? r->pbo.loss : NAN);
    put_count(w, "splits", r->has_pbo ? (int64_t)r->pbo.splits : 0);
    put_text(w, "no_pbo", r->no_pbo);
    qm_json_close_object(w);
}

qm_status qm_sweep_json(const qm_sweep_result *r, qm_buf *out) {
    static const char *const methods[] = {"grid", "random", "walk_forward"};
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    put_text(&w, "plan", r->sweep->plan_hash);
    put_text(&w, "method", methods[r->sweep->method]);
    put_text(&w, "objective", qm_sweep_objectives[r->sweep->objective]);
    qm_json_key(&w, "counts");
    qm_json_open_object(&w);
    put_count(&w, "sets", (int64_t)r->sweep->sets);
    put_count(&w, "runs", (int64_t)r->runs);
    put_count(&w, "done", (int64_t)r->present);
    put_count(&w, "failed", (int64_t)r->failed);
    put_count(&w, "tasks", r->sweep->tasks);
    put_count(&w, "missing_tasks", r->missing);
    qm_json_close_object(&w);
    put_best(r, &w);
    put_walk(r, &w);
    put_overfitting(r, &w);
    qm_json_key(&w, "rows");
    qm_json_open_array(&w);
    for (size_t i = 0; i < r->runs; i++) {
        if (r->rows[i].present) {
            put_row(r, i, &w);
        }
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
    return out->status;
}
