/* SPDX-License-Identifier: MIT
 *
 * Results for people, and in the folder: the database and the picture.
 */
#include "app/sweep_result.h"
#include "app/write_file.h"
#include "report/report.h"
#include "store/sweep_db.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOP = 10, SESSIONS_A_YEAR = 252, PICTURE_MAX = 16 << 20 };

typedef char cell[64];

static const char *put_number(cell out, double value, const char *format) {
    if (isnan(value)) {
        return "n/a";
    }
    snprintf(out, sizeof(cell), format, value);
    return out;
}

static const char *put_share(cell out, double value) {
    return put_number(out, 100 * value, "%+.2f%%");
}

static const char *put_set(const qm_sweep *s, size_t set, char *out, size_t size) {
    size_t used = 0;
    out[0] = 0;
    for (size_t i = 0; i < s->axes.length && used < size; i++) {
        used += (size_t)snprintf(out + used, size - used, "%s%s=%s", i ? " " : "",
                                 s->axes.items[i].name, qm_sweep_value(s, set, i));
    }
    return out;
}

typedef struct ranked {
    double value;
    size_t set;
} ranked;

static int by_value(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->value != y->value) {
        return x->value > y->value ? -1 : 1;
    }
    return (x->set > y->set) - (x->set < y->set);
}

static qm_status put_ranks(const qm_sweep_result *r, const ranked *sets, size_t n, qm_buf *out) {
    static const char *const headers[] = {"set",    "parameters", "objective",
                                          "return", "drawdown",   "trades"};
    static const bool right[] = {true, false, true, true, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 6, &table);
    if (status != QM_OK) {
        return status;
    }
    for (size_t i = 0; status == QM_OK && i < n; i++) {
        const qm_sweep_row *row = &r->rows[sets[i].set];
        cell cells[5];
        char params[256];
        snprintf(cells[0], sizeof(cell), "%zu", sets[i].set + 1);
        const char *const texts[] = {cells[0],
                                     put_set(r->sweep, sets[i].set, params, sizeof params),
                                     put_number(cells[1], sets[i].value, "%.4f"),
                                     put_share(cells[2], row->figures[QM_SWEEP_RETURN]),
                                     put_share(cells[3], row->figures[QM_SWEEP_DRAWDOWN]),
                                     put_number(cells[4], row->figures[QM_SWEEP_TRADES], "%.0f")};
        status = qm_table_row(table, texts);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
    }
    qm_table_free(table);
    return status;
}

static qm_status put_top(const qm_sweep_result *r, qm_buf *out) {
    ranked *sets = qm_calloc(r->sweep->sets, sizeof *sets);
    size_t n = 0;
    if (!sets) {
        return QM_ENOMEM;
    }
    for (size_t i = 0; i < r->sweep->sets; i++) {
        if (!isnan(r->objective[i])) {
            sets[n++] = (ranked){r->objective[i], i};
        }
    }
    qsort(sets, n, sizeof *sets, by_value);
    qm_status status = put_ranks(r, sets, n < TOP ? n : TOP, out);
    qm_free(sets);
    return status;
}

static qm_status put_folds(const qm_sweep_result *r, qm_buf *out) {
    static const char *const headers[] = {"fold",   "trained to", "tested",
                                          "chosen", "train",      "test"};
    static const bool right[] = {true, false, false, false, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 6, &table);
    if (status != QM_OK) {
        return status;
    }
    for (size_t i = 0; status == QM_OK && i < r->folds.length; i++) {
        const qm_sweep_fold *f = &r->folds.items[i];
        char from[QM_DATE_BUF], to[QM_DATE_BUF], until[QM_DATE_BUF], params[256] = "none";
        cell cells[4];
        qm_date_format(f->train.to, until);
        qm_date_format(f->test.from, from);
        qm_date_format(f->test.to, to);
        snprintf(cells[0], sizeof(cell), "%zu", i + 1);
        snprintf(cells[1], sizeof(cell), "%s to %s", from, to);
        if (f->set != QM_SWEEP_NONE) {
            put_set(r->sweep, f->set, params, sizeof params);
        }
        const char *const texts[] = {cells[0],
                                     until,
                                     cells[1],
                                     params,
                                     put_number(cells[2], f->trained, "%.4f"),
                                     put_number(cells[3], f->tested, "%.4f")};
        status = qm_table_row(table, texts);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
    }
    qm_table_free(table);
    cell a, b, c;
    qm_buf_printf(out,
                  "out of sample: return %s, Sharpe %s, probability that its true Sharpe is above "
                  "0: %s\n",
                  put_share(a, r->chain_return),
                  put_number(b, qm_moments_sharpe(&r->chain) * sqrt(SESSIONS_A_YEAR), "%.2f"),
                  put_number(c, qm_overfit_deflated(&r->chain, 0), "%.3f"));
    return status;
}

static void put_overfitting(const qm_sweep_result *r, qm_buf *out) {
    double year = sqrt(SESSIONS_A_YEAR);
    cell a, b, c;
    qm_buf_puts(out, "\nOverfitting\n");
    if (r->luckiest == QM_SWEEP_NONE) {
        qm_buf_puts(out, "no set ran\n");
        return;
    }
    qm_buf_printf(out, "highest Sharpe of %zu trials: %s (set %zu); expected of luck alone: %s\n",
                  r->trials,
                  put_number(a, qm_moments_sharpe(&r->returns[r->luckiest]) * year, "%.2f"),
                  r->luckiest + 1, put_number(b, r->expected_max * year, "%.2f"));
    qm_buf_printf(out, "deflated Sharpe ratio: %s\n", put_number(c, r->deflated, "%.3f"));
    if (r->has_pbo) {
        qm_buf_printf(out, "probability of backtest overfitting: %.3f; of a loss: %.3f\n",
                      r->pbo.probability, r->pbo.loss);
    } else {
        qm_buf_printf(out, "probability of backtest overfitting: n/a: %s\n", r->no_pbo);
    }
}

qm_status qm_sweep_text(const qm_sweep_result *r, const qm_sweep_picture *picture, qm_buf *out) {
    qm_buf_printf(out, "plan %.12s: %zu sets, %zu of %zu runs, %zu failed\n", r->sweep->plan_hash,
                  r->sweep->sets, r->present, r->runs, r->failed);
    for (size_t i = 0, shown = 0; i < r->runs && shown < 3; i++) {
        if (r->rows[i].error) {
            qm_buf_printf(out, "set %zu: %s\n", qm_sweep_run_at(r->sweep, i).set + 1,
                          r->rows[i].error);
            shown++;
        }
    }
    qm_buf_puts(out, "\n");
    qm_status status = r->sweep->method == QM_SWEEP_WALK ? put_folds(r, out) : put_top(r, out);
    qm_buf_puts(out, "\n");
    qm_surface_text(&picture->surface, qm_wants_color(), out);
    put_overfitting(r, out);
    return status == QM_OK ? out->status : status;
}

static qm_status put_run(qm_sweep_db *db, const qm_sweep_result *r, size_t index, qm_error *err) {
    const qm_sweep_row *row = &r->rows[index];
    qm_sweep_run run = qm_sweep_run_at(r->sweep, index);
    char first[QM_DATE_BUF], last[QM_DATE_BUF];
    qm_sweep_db_run out = {.run = (int64_t)index + 1,
                           .set = (int64_t)run.set + 1,
                           .fold = run.fold,
                           .part = qm_sweep_part_name(run.part),
                           .error = row->error,
                           .decision_hash = row->error ? NULL : row->decision_hash,
                           .final_equity = row->error ? NULL : row->equity};
    if (run.from != QM_DATE_NONE) {
        qm_date_format(run.from, first);
        out.first = first;
    }
    if (run.to != QM_DATE_NONE) {
        qm_date_format(run.to, last);
        out.last = last;
    }
    out.figures[0] = qm_sweep_objective(r->sweep, row);
    memcpy(out.figures + 1, row->figures, sizeof row->figures);
    return qm_sweep_db_put(db, &out, err);
}

static qm_status fill(qm_sweep_db *db, const qm_sweep_result *r, qm_error *err) {
    const qm_sweep *s = r->sweep;
    qm_status status = qm_sweep_db_note(db, "plan", s->plan_hash, err);
    if (status == QM_OK) {
        status = qm_sweep_db_note(db, "objective", qm_sweep_objectives[s->objective], err);
    }
    for (size_t i = 0; status == QM_OK && i < s->sets * s->axes.length; i++) {
        const qm_sweep_axis *axis = &s->axes.items[i % s->axes.length];
        status = qm_sweep_db_param(db, (int64_t)(i / s->axes.length) + 1, axis->name,
                                   s->cells.items[i], axis->numeric, err);
    }
    for (size_t i = 0; status == QM_OK && i < r->runs; i++) {
        status = r->rows[i].present ? put_run(db, r, i, err) : QM_OK;
    }
    return status;
}

static qm_status store_db(const qm_sweep_result *r, qm_error *err) {
    char path[4200], beside[4300];
    qm_sweep_db *db = NULL;
    snprintf(path, sizeof path, "%s/sweep.db", r->sweep->folder);
    snprintf(beside, sizeof beside, "%s.%ld.tmp", path, (long)getpid());
    unlink(beside);
    qm_status status = qm_sweep_db_open(beside, &db, err);
    if (status == QM_OK) {
        status = fill(db, r, err);
    }
    if (status == QM_OK) {
        status = qm_sweep_db_finish(db, err);
    } else {
        qm_sweep_db_free(db);
    }
    if (status == QM_OK && rename(beside, path) != 0) {
        status = qm_error_at(err, QM_EIO, path, 0, 0, "%s", strerror(errno));
    }
    unlink(beside);
    return status;
}

qm_status qm_sweep_store(const qm_sweep_result *r, const qm_sweep_picture *picture, qm_error *err) {
    char path[4200];
    qm_buf svg;
    qm_status status = store_db(r, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&svg, PICTURE_MAX);
    qm_surface_svg(&picture->surface, &svg);
    snprintf(path, sizeof path, "%s/surface.svg", r->sweep->folder);
    status = qm_write_over(path, &svg, err);
    qm_buf_fini(&svg);
    return status;
}
