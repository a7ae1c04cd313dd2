/* SPDX-License-Identifier: MIT */
#include "app/sweep_result.h"

#include <math.h>
#include <string.h>

enum { SESSIONS_A_YEAR = 252 };

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
    qm_json_put_int(w, "fold", run.fold);
    qm_json_put_string(w, "part", qm_sweep_part_name(run.part));
    qm_json_put_date(w, "from", run.from);
    qm_json_put_date(w, "to", run.to);
    qm_sweep_put_params(r->sweep, run.set, w);
    qm_json_put_string(w, "error", row->error);
    qm_json_put_double(w, "objective", qm_sweep_objective(r->sweep, row));
    for (int i = 0; i < QM_SWEEP_FIGURES; i++) {
        qm_json_put_double(w, qm_sweep_figures[i], row->figures[i]);
    }
    qm_json_put_string(w, "final_equity", row->error ? NULL : row->equity);
    qm_json_put_string(w, "decision_hash", row->error ? NULL : row->decision_hash);
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
    qm_json_put_double(w, "objective", value);
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
        qm_json_put_count(w, "fold", i + 1);
        qm_json_put_date(w, "train_from", f->train.from);
        qm_json_put_date(w, "train_to", f->train.to);
        qm_json_put_date(w, "test_from", f->test.from);
        qm_json_put_date(w, "test_to", f->test.to);
        put_set(w, "set", f->set);
        qm_json_put_double(w, "train", f->trained);
        qm_json_put_double(w, "test", f->tested);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
    qm_json_put_int(w, "days", r->chain.n);
    qm_json_put_double(w, "total_return", r->chain_return);
    qm_json_put_double(w, "sharpe", qm_moments_sharpe(&r->chain) * sqrt(SESSIONS_A_YEAR));
    qm_json_put_double(w, "probabilistic_sharpe", qm_overfit_deflated(&r->chain, 0));
    qm_json_close_object(w);
}

static void put_overfitting(const qm_sweep_result *r, qm_json_writer *w) {
    double year = sqrt(SESSIONS_A_YEAR);
    const qm_moments none = {0};
    const qm_moments *m = r->luckiest == QM_SWEEP_NONE ? &none : &r->returns[r->luckiest];
    qm_json_key(w, "overfitting");
    qm_json_open_object(w);
    qm_json_put_count(w, "trials", r->trials);
    put_set(w, "set", r->luckiest);
    qm_json_put_int(w, "days", m->n);
    qm_json_put_double(w, "sharpe", qm_moments_sharpe(m) * year);
    qm_json_put_double(w, "skewness", qm_moments_skewness(m));
    qm_json_put_double(w, "kurtosis", qm_moments_kurtosis(m));
    qm_json_put_double(w, "sharpe_deviation", sqrt(r->variance) * year);
    qm_json_put_double(w, "expected_max_sharpe", r->expected_max * year);
    qm_json_put_double(w, "deflated_sharpe", r->deflated);
    qm_json_put_double(w, "pbo", r->has_pbo ? r->pbo.probability : NAN);
    qm_json_put_double(w, "median_logit", r->has_pbo ? r->pbo.median_logit : NAN);
    qm_json_put_double(w, "loss_probability", r->has_pbo ? r->pbo.loss : NAN);
    qm_json_put_int(w, "splits", r->has_pbo ? (int64_t)r->pbo.splits : 0);
    qm_json_put_string(w, "no_pbo", r->no_pbo);
    qm_json_close_object(w);
}

qm_status qm_sweep_json(const qm_sweep_result *r, qm_buf *out) {
    static const char *const methods[] = {"grid", "random", "walk_forward"};
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_string(&w, "plan", r->sweep->plan_hash);
    qm_json_put_string(&w, "method", methods[r->sweep->method]);
    qm_json_put_string(&w, "objective", qm_sweep_objectives[r->sweep->objective]);
    qm_json_key(&w, "counts");
    qm_json_open_object(&w);
    qm_json_put_count(&w, "sets", r->sweep->sets);
    qm_json_put_count(&w, "runs", r->runs);
    qm_json_put_count(&w, "done", r->present);
    qm_json_put_count(&w, "failed", r->failed);
    qm_json_put_int(&w, "tasks", r->sweep->tasks);
    qm_json_put_int(&w, "missing_tasks", r->missing);
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
