/* SPDX-License-Identifier: MIT */
#include "app/sweep_result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const qm_sweep_objectives[] = {"sharpe",       "total_return",  "cagr", "calmar",
                                           "max_drawdown", "profit_factor", NULL};
enum { BY_SHARPE, BY_RETURN, BY_CAGR, BY_CALMAR, BY_DRAWDOWN, BY_PROFIT_FACTOR };

int qm_sweep_objective_from(const char *name) {
    for (int i = 0; qm_sweep_objectives[i]; i++) {
        if (strcmp(qm_sweep_objectives[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

double qm_sweep_objective(const qm_sweep *s, const qm_sweep_row *row) {
    double drawdown = row->figures[QM_SWEEP_DRAWDOWN];
    if (!row->present || row->error) {
        return NAN;
    }
    switch (s->objective) {
    case BY_RETURN:
        return row->figures[QM_SWEEP_RETURN];
    case BY_CAGR:
        return row->figures[QM_SWEEP_CAGR];
    case BY_CALMAR:
        return drawdown < 0 ? row->figures[QM_SWEEP_CAGR] / -drawdown : NAN;
    case BY_DRAWDOWN:
        return drawdown;
    case BY_PROFIT_FACTOR:
        return row->figures[QM_SWEEP_PROFIT_FACTOR];
    default:
        return row->figures[QM_SWEEP_SHARPE];
    }
}

/* "3,7-9", as a job array takes it. */
static void list_missing(const bool *missing, int64_t tasks, char *out, size_t size) {
    size_t used = 0;
    out[0] = 0;
    for (int64_t i = 0; i < tasks && used + 48 < size; i++) {
        int64_t last = i;
        if (!missing[i]) {
            continue;
        }
        while (last + 1 < tasks && missing[last + 1]) {
            last++;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%lld", used ? "," : "", (long long)i);
        if (last > i) {
            used += (size_t)snprintf(out + used, size - used, "-%lld", (long long)last);
        }
        i = last;
    }
    if (used + 48 >= size) {
        snprintf(out + used, size - used, ",...");
    }
}

static qm_status read_all(qm_sweep_result *r, bool partial, qm_error *err) {
    const qm_sweep *s = r->sweep;
    char text[400];
    bool *missing = qm_calloc((size_t)s->tasks, sizeof *missing);
    qm_status status = missing ? QM_OK : qm_error_set(err, QM_ENOMEM, "out of memory");
    for (int64_t task = 0; status == QM_OK && task < s->tasks; task++) {
        status = qm_sweep_task_read(s, task, r->rows, err);
        if (status == QM_ENOTFOUND) {
            missing[task] = true;
            r->missing++;
            status = QM_OK;
        }
    }
    if (status == QM_OK && r->missing > 0 && !partial) {
        list_missing(missing, s->tasks, text, sizeof text);
        status = qm_error_at(err, QM_EINSUFFICIENT, s->folder, 0, 0,
                             "%lld of %lld tasks have no result: %s (--partial goes without)",
                             (long long)r->missing, (long long)s->tasks, text);
    }
    qm_free(missing);
    for (size_t i = 0; i < r->runs; i++) {
        r->present += r->rows[i].present;
        r->failed += r->rows[i].error != NULL;
    }
    return status;
}

static bool ran(const qm_sweep_row *row) {
    return row->present && !row->error;
}

/* Runs of a set that count: the whole, or the tests of all folds. */
static size_t step(const qm_sweep *s) {
    return s->method == QM_SWEEP_WALK ? 2 : 1;
}
static size_t windows(const qm_sweep *s) {
    return qm_sweep_runs(s) / s->sets;
}

static void pool_sets(qm_sweep_result *r) {
    const qm_sweep *s = r->sweep;
    for (size_t set = 0; set < s->sets; set++) {
        const qm_sweep_row *rows = r->rows + set * windows(s);
        double sum = 0;
        size_t n = 0;
        qm_moments all = {0};
        bool whole = true;
        for (size_t i = step(s) - 1; i < windows(s); i += step(s), n++) {
            whole = whole && ran(&rows[i]);
            sum += qm_sweep_objective(s, &rows[i]);
            all = qm_moments_merge(all, rows[i].returns);
        }
        r->objective[set] = whole ? sum / (double)n : NAN;
        r->returns[set] = whole ? all : (qm_moments){0};
    }
}

static size_t highest(const qm_sweep_result *r, size_t window) {
    size_t best = QM_SWEEP_NONE;
    double most = -INFINITY;
    for (size_t set = 0; set < r->sweep->sets; set++) {
        double value = qm_sweep_objective(r->sweep, &r->rows[set * windows(r->sweep) + window]);
        if (value > most) {
            best = set;
            most = value;
        }
    }
    return best;
}

static qm_status walk(qm_sweep_result *r) {
    const qm_sweep *s = r->sweep;
    double growth = 1;
    for (size_t k = 0; k < (size_t)s->folds; k++) {
        qm_sweep_fold fold = {.set = highest(r, 2 * k), .trained = NAN, .tested = NAN};
        size_t at = (fold.set == QM_SWEEP_NONE ? 0 : fold.set) * windows(s) + 2 * k;
        fold.train = qm_sweep_run_at(s, at);
        fold.test = qm_sweep_run_at(s, at + 1);
        if (fold.set != QM_SWEEP_NONE) {
            fold.trained = qm_sweep_objective(s, &r->rows[at]);
            fold.tested = qm_sweep_objective(s, &r->rows[at + 1]);
        }
        bool good = fold.set != QM_SWEEP_NONE && ran(&r->rows[at + 1]);
        growth *= good ? 1 + r->rows[at + 1].figures[QM_SWEEP_RETURN] : NAN;
        r->chain = qm_moments_merge(r->chain, r->rows[at + 1].returns);
        r->best = fold.set;
        if (qm_vec_push(&r->folds, &fold) != QM_OK) {
            return QM_ENOMEM;
        }
    }
    r->chain_return = growth - 1;
    r->chain = isnan(growth) ? (qm_moments){0} : r->chain;
    return QM_OK;
}

/* A set that never traded has no Sharpe ratio: it is a trial with one of 0. */
static double sharpe_of(const qm_moments *m) {
    double sharpe = qm_moments_sharpe(m);
    return isnan(sharpe) ? 0 : sharpe;
}

static void deflate(qm_sweep_result *r) {
    qm_moments sharpes = {0};
    double most = -INFINITY;
    r->luckiest = QM_SWEEP_NONE;
    r->variance = r->deflated = r->expected_max = NAN;
    for (size_t set = 0; set < r->sweep->sets; set++) {
        double sharpe = sharpe_of(&r->returns[set]);
        if (r->returns[set].n == 0) {
            continue;
        }
        qm_moments_push(&sharpes, sharpe);
        if (sharpe > most && !isnan(qm_moments_sharpe(&r->returns[set]))) {
            most = sharpe;
            r->luckiest = set;
        }
    }
    r->trials = (size_t)sharpes.n;
    if (r->luckiest == QM_SWEEP_NONE) {
        return;
    }
    r->variance = sharpes.n > 1 ? sharpes.m2 / (double)(sharpes.n - 1) : 0;
    r->expected_max = qm_overfit_expected_max(r->variance, r->trials);
    r->deflated = qm_overfit_deflated(&r->returns[r->luckiest], r->expected_max);
}

/* Blocks of one set: the tests of all folds have 16 each in order of time, and every so many
 * neighbours make one of 16. */
static void gather_blocks(const qm_sweep_result *r, size_t set, qm_block *out) {
    const qm_sweep *s = r->sweep;
    size_t count = windows(s) / step(s);
    for (size_t i = 0; i < count * QM_PBO_BLOCKS; i++) {
        size_t window = i / QM_PBO_BLOCKS * step(s) + step(s) - 1;
        const qm_block *from = &r->rows[set * windows(s) + window].blocks[i % QM_PBO_BLOCKS];
        qm_block *to = &out[i / count];
        to->n += from->n;
        to->sum += from->sum;
        to->squares += from->squares;
    }
}

static qm_status cross_validate(qm_sweep_result *r, qm_error *err) {
    qm_block *blocks = qm_calloc((r->trials + 1) * QM_PBO_BLOCKS, sizeof *blocks);
    size_t n = 0;
    if (!blocks) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    for (size_t set = 0; set < r->sweep->sets; set++) {
        if (r->returns[set].n > 0) {
            gather_blocks(r, set, blocks + n++ * QM_PBO_BLOCKS);
        }
    }
    qm_status status = qm_overfit_pbo(blocks, n, &r->pbo);
    qm_free(blocks);
    r->has_pbo = status == QM_OK;
    r->no_pbo = status == QM_OK              ? NULL
                : status == QM_EINSUFFICIENT ? "needs two sets and 32 days"
                                             : "the sets have no common days";
    return status == QM_ENOMEM ? qm_error_set(err, QM_ENOMEM, "out of memory") : QM_OK;
}

qm_status qm_sweep_collect(const qm_sweep *s, bool partial, qm_sweep_result *r, qm_error *err) {
    *r = (qm_sweep_result){
        .sweep = s, .runs = qm_sweep_runs(s), .best = QM_SWEEP_NONE, .chain_return = NAN};
    r->rows = qm_calloc(r->runs, sizeof *r->rows);
    r->objective = qm_calloc(s->sets, sizeof *r->objective);
    r->returns = qm_calloc(s->sets, sizeof *r->returns);
    if (!r->rows || !r->objective || !r->returns) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = read_all(r, partial, err);
    if (status != QM_OK) {
        return status;
    }
    pool_sets(r);
    r->best = highest(r, 0);
    if (s->method == QM_SWEEP_WALK && walk(r) != QM_OK) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    deflate(r);
    return cross_validate(r, err);
}

void qm_sweep_result_fini(qm_sweep_result *r) {
    for (size_t i = 0; r->rows && i < r->runs; i++) {
        qm_sweep_row_fini(&r->rows[i]);
    }
    qm_free(r->rows);
    qm_free(r->objective);
    qm_free(r->returns);
    qm_vec_fini(&r->folds);
}
