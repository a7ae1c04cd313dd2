/* SPDX-License-Identifier: MIT
 *
 * The info table and the forms that every row shares.
 */
#include "ta/info.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

#define ENTRY(row) &qm_ta_info_##row,
#define TALIB_ENTRY(NAME) &qm_talib_##NAME,
static const qm_ta_info *const TABLE[] = {QM_TA_TABLE(ENTRY) NULL};
static const qm_ta_info *const TALIB[] = {QM_TALIB_TABLE(TALIB_ENTRY) NULL};
#define COUNT_OF(table) (sizeof table / sizeof *table - 1)

struct qm_ta {
    const qm_ta_info *info;
    double params[QM_TA_PARAMS_MAX];
    _Alignas(max_align_t) unsigned char state[];
};

static const qm_ta_info *find(const qm_ta_info *const *table, const char *name) {
    while (*table && strcmp((*table)->name, name) != 0) {
        table++;
    }
    return *table;
}

const qm_ta_info *qm_ta_at(size_t index) {
    return index < COUNT_OF(TABLE) ? TABLE[index] : NULL;
}

const qm_ta_info *qm_ta_find(const char *name) {
    return find(TABLE, name);
}

const qm_ta_info *qm_talib_at(size_t index) {
    return index < COUNT_OF(TALIB) ? TALIB[index] : NULL;
}

const qm_ta_info *qm_talib_find(const char *name) {
    return find(TALIB, name);
}

void qm_ta_defaults(const qm_ta_info *info, double *params) {
    for (int i = 0; i < info->param_count; i++) {
        params[i] = info->params[i].fallback;
    }
}

qm_status qm_ta_check(const qm_ta_info *info, const double *params, qm_error *err) {
    for (int i = 0; i < info->param_count; i++) {
        const qm_ta_param *p = &info->params[i];
        if (!(params[i] >= p->min && params[i] <= p->max)) {
            return qm_error_set(err, QM_ERANGE, "%s: %s is %.10g, must be %.10g to %.10g",
                                info->name, p->name, params[i], p->min, p->max);
        }
        if (p->whole && params[i] != floor(params[i])) {
            return qm_error_set(err, QM_ERANGE, "%s: %s is %.10g, must be a whole number",
                                info->name, p->name, params[i]);
        }
    }
    return QM_OK;
}

int qm_ta_param_index(const qm_ta_info *info, const char *name) {
    for (int i = 0; i < info->param_count; i++) {
        if (strcmp(info->params[i].name, name) == 0) {
            return i;
        }
    }
    return -1;
}

int qm_ta_output_index(const qm_ta_info *info, const char *name) {
    for (int i = 0; i < info->output_count; i++) {
        if (strcmp(info->outputs[i], name) == 0) {
            return i;
        }
    }
    return -1;
}

static const char LETTERS[] = "ohlcvs"; /* what a bar is made of, in order */

/* Whether all that the row reads is finite. */
static bool readable(const qm_ta_info *info, const double *x) {
    if (info->input == QM_TA_SERIES) {
        return isfinite(x[0]);
    }
    for (const char *c = info->uses; *c; c++) {
        if (!isfinite(x[strchr(LETTERS, *c) - LETTERS])) {
            return false;
        }
    }
    return true;
}

static bool column_readable(const double *column, size_t n) {
    /* x - x is 0 for what is finite and NaN for the rest. Four sums, since each waits for itself.
     */
    double sum[4] = {0};
    size_t i = 0;
    for (; column && i + 4 <= n; i += 4) {
        for (int k = 0; k < 4; k++) {
            sum[k] += column[i + (size_t)k] - column[i + (size_t)k];
        }
    }
    for (; column && i < n; i++) {
        sum[0] += column[i] - column[i];
    }
    return column && sum[0] + sum[1] + sum[2] + sum[3] == 0;
}

static bool all_readable(const qm_ta_info *info, const qm_ta_columns *bars, const double *series) {
    if (info->input == QM_TA_SERIES) {
        return column_readable(series, bars->n);
    }
    bool fine = true;
    for (const char *c = info->uses; fine && *c; c++) {
        size_t k = (size_t)(strchr(LETTERS, *c) - LETTERS);
        fine = column_readable(k == QM_SESSION ? bars->session : bars->column[k], bars->n);
    }
    return fine;
}

/* The series, or the columns of the bars; one that the row does not read may be missing. */
static void find_columns(const qm_ta_info *info, const qm_ta_columns *bars, const double *series,
                         const double **x) {
    memcpy(x, bars->column, sizeof bars->column);
    x[QM_SESSION] = bars->session;
    if (info->input == QM_TA_SERIES) {
        x[0] = series;
    }
    for (int k = 0; info->input == QM_TA_BARS && k < QM_TA_X_COUNT; k++) {
        if (!strchr(info->uses, LETTERS[k])) {
            x[k] = x[strchr(LETTERS, *info->uses) - LETTERS];
        }
    }
}

/* Step by step, with an eye on breaks. */
static void run_steps(qm_ta *ta, const double *const *x, size_t n, double *const *outputs) {
    double bar[QM_TA_X_COUNT], values[QM_TA_OUTPUTS_MAX];
    int columns = ta->info->input == QM_TA_SERIES ? 1 : QM_TA_X_COUNT;
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < columns; k++) {
            bar[k] = x[k] ? x[k][i] : NAN;
        }
        qm_ta_step(ta, bar, values);
        for (int k = 0; k < ta->info->output_count; k++) {
            if (outputs[k]) {
                outputs[k][i] = values[k];
            }
        }
    }
}

static bool all_wanted(const qm_ta_info *info, double *const *outputs) {
    int k = 0;
    while (k < info->output_count && outputs[k]) {
        k++;
    }
    return k == info->output_count;
}

qm_status qm_ta_batch(const qm_ta_info *info, const double *params, const qm_ta_columns *bars,
                      const double *series, double *const *outputs) {
    bool checked = all_readable(info, bars, series);
    if (info->batch && checked) {
        info->batch(params, bars, series, outputs);
        return QM_OK;
    }
    qm_ta *ta;
    qm_status status = qm_ta_new(info, params, &ta);
    if (status != QM_OK) {
        return status;
    }
    const double *x[QM_TA_X_COUNT];
    find_columns(info, bars, series, x);
    if (info->run && checked && all_wanted(info, outputs)) {
        info->run(ta->state, x, bars->n, outputs);
    } else {
        run_steps(ta, x, bars->n, outputs);
    }
    qm_ta_free(ta);
    return QM_OK;
}

qm_status qm_ta_new(const qm_ta_info *info, const double *params, qm_ta **out) {
    qm_ta *ta = qm_calloc(1, sizeof *ta + info->state_size(params));
    if (!ta) {
        return QM_ENOMEM;
    }
    ta->info = info;
    memcpy(ta->params, params, (size_t)info->param_count * sizeof *params);
    qm_ta_reset(ta);
    *out = ta;
    return QM_OK;
}

void qm_ta_free(qm_ta *ta) {
    qm_free(ta);
}

void qm_ta_reset(qm_ta *ta) {
    ta->info->init(ta->state, ta->params);
}

void qm_ta_step(qm_ta *ta, const double *x, double *outputs) {
    if (readable(ta->info, x)) {
        ta->info->step(ta->state, x, outputs);
        return;
    }
    qm_ta_reset(ta);
    for (int k = 0; k < ta->info->output_count; k++) {
        outputs[k] = NAN;
    }
}
