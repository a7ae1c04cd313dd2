/* SPDX-License-Identifier: MIT
 *
 * Indicators over a file: time as written there, 17 digits, an empty cell while undefined.
 */
#include "app/command.h"
#include "app/ta_list.h"
#include "base/mem.h"
#include "import/ohlcv.h"
#include "quantmatrix/ta.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 30 };

typedef struct request {
    const qm_ta_info *info;
    double params[QM_TA_PARAMS_MAX];
    qm_column column;
    const char *form, *path;
    bool talib; /* a function of TA-Lib's table */
} request;

static qm_status no_indicator(const char *name, qm_error *err) {
    const char *known[128] = {0};
    char hint[96];
    for (size_t i = 0; i < 127 && qm_ta_at(i); i++) {
        known[i] = qm_ta_at(i)->name;
    }
    return qm_error_set(err, QM_EUSAGE, "ta: no indicator \"%s\"%s; qm ta list shows them", name,
                        qm_suggest(name, known, hint, sizeof hint));
}

static qm_status set_column(request *r, const char *value, qm_error *err) {
    static const char *const names[] = {"open", "high", "low", "close", "volume", NULL};
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], value) == 0) {
            r->column = (qm_column)i;
            return QM_OK;
        }
    }
    return qm_error_set(err, QM_EUSAGE, "ta: input = \"%s\": use open, high, low, close or volume",
                        value);
}

static qm_status set_param(request *r, const char *name, const char *value, qm_error *err) {
    int at = qm_ta_param_index(r->info, name);
    if (strcmp(name, "input") == 0) {
        return set_column(r, value, err);
    }
    if (at < 0) {
        const char *known[QM_TA_PARAMS_MAX + 2] = {"input"};
        char hint[96];
        for (int i = 0; i < r->info->param_count; i++) {
            known[i + 1] = r->info->params[i].name;
        }
        return qm_error_set(err, QM_EUSAGE, "ta: %s has no parameter \"%s\"%s", r->info->name, name,
                            qm_suggest(name, known, hint, sizeof hint));
    }
    const qm_ta_param *p = &r->info->params[at];
    for (int i = 0; p->choices && p->choices[i]; i++) {
        if (strcmp(p->choices[i], value) == 0) {
            r->params[at] = i;
            return QM_OK;
        }
    }
    char *end;
    double number = strtod(value, &end);
    if (*value == 0 || *end != 0 || p->choices) {
        return qm_error_set(err, QM_EUSAGE, "ta: %s = \"%s\": %s", name, value,
                            p->choices ? "no such choice" : "is no number");
    }
    r->params[at] = number;
    return QM_OK;
}

/* One number of a list, up to a comma or the end; NULL: it is none. */
static const char *read_number(const char *text, double *out) {
    char *end;
    *out = strtod(text, &end);
    return end != text && (*end == ',' || *end == 0) ? end : NULL;
}

/* "12,26,9": all parameters, in TA-Lib's order. */
static qm_status read_list(request *r, const char *text, qm_error *err) {
    int count = 0;
    for (const char *at = text; *at; count++) {
        double value;
        const char *end = read_number(at, &value);
        if (!end || (*end == ',' && end[1] == 0)) {
            return qm_error_set(err, QM_EUSAGE, "ta: %s: parameter %d of \"%s\" is no number",
                                r->info->name, end ? count + 2 : count + 1, text);
        }
        if (count < r->info->param_count) {
            r->params[count] = value;
        }
        at = *end ? end + 1 : end;
    }
    if (count != r->info->param_count) {
        return qm_error_set(err, QM_EUSAGE, "ta: %s: \"%s\" has %d of %d parameters", r->info->name,
                            text, count, r->info->param_count);
    }
    return qm_ta_check(r->info, r->params, err) == QM_OK ? QM_OK : QM_EUSAGE;
}

/* ta --as-talib NAME [P1,P2,...] FILE.csv */
static qm_status read_talib(const qm_args *args, const char *name, request *r, qm_error *err) {
    r->info = qm_talib_find(name);
    if (!r->info) {
        const char *known[128] = {0};
        char hint[96];
        for (size_t i = 0; i < 127 && qm_talib_at(i); i++) {
            known[i] = qm_talib_at(i)->name;
        }
        return qm_error_set(err, QM_EUSAGE, "ta: --as-talib: no function \"%s\"%s", name,
                            qm_suggest(name, known, hint, sizeof hint));
    }
    if (args->count > 2) {
        return qm_error_set(err, QM_EUSAGE, "ta: unexpected argument \"%s\"", args->values[2]);
    }
    static const char *const own[] = {"period", "method", "first-tr", "lookback", "json"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (qm_args_has(args, own[i])) {
            return qm_error_set(err, QM_EUSAGE, "ta: --as-talib takes no --%s", own[i]);
        }
    }
    r->column = QM_CLOSE;
    r->form = qm_args_get(args, "form", "batch");
    r->path = args->values[args->count - 1];
    return read_list(r, args->count == 2 ? args->values[0] : "", err);
}

static qm_status read_request(const qm_args *args, request *r, qm_error *err) {
    static const char *const named[] = {"period", "method", "first_tr", "lookback", NULL};
    static const char *const dashed[] = {"period", "method", "first-tr", "lookback"};
    r->info = qm_ta_find(args->values[0]);
    if (!r->info) {
        return no_indicator(args->values[0], err);
    }
    qm_ta_defaults(r->info, r->params);
    r->column = QM_CLOSE;
    r->form = qm_args_get(args, "form", "batch");
    qm_status status = QM_OK;
    for (int i = 0; status == QM_OK && named[i]; i++) {
        const char *value = qm_args_get(args, dashed[i], NULL);
        if (value) {
            status = set_param(r, named[i], value, err);
        }
    }
    for (int i = 1; status == QM_OK && i < args->count; i++) {
        const char *equals = strchr(args->values[i], '=');
        if (equals && equals - args->values[i] < 32 && !strchr(args->values[i], '/')) {
            char name[33] = "";
            memcpy(name, args->values[i], (size_t)(equals - args->values[i]));
            status = set_param(r, name, equals + 1, err);
        } else if (r->path) {
            return qm_error_set(err, QM_EUSAGE, "ta: unexpected argument \"%s\"", args->values[i]);
        } else {
            r->path = args->values[i];
        }
    }
    if (status == QM_OK && !r->path) {
        return qm_error_set(err, QM_EUSAGE, "ta: name a file (- for standard input)");
    }
    if (status == QM_OK && qm_ta_check(r->info, r->params, err) != QM_OK) {
        return QM_EUSAGE;
    }
    return status;
}

static qm_status by_stream(const request *r, const qm_bars *bars, double *const *out) {
    qm_ta *ta;
    qm_status status = qm_ta_new(r->info, r->params, &ta);
    for (size_t i = 0; status == QM_OK && i < bars->n; i++) {
        double x[QM_TA_X_COUNT], values[QM_TA_OUTPUTS_MAX];
        for (int k = 0; k < QM_COLUMN_COUNT; k++) {
            x[k] = bars->column[k][i];
        }
        x[QM_SESSION] = bars->date[i];
        qm_ta_step(ta, r->info->input == QM_TA_SERIES ? x + r->column : x, values);
        for (int k = 0; k < r->info->output_count; k++) {
            out[k][i] = values[k];
        }
    }
    if (status == QM_OK) {
        qm_ta_free(ta);
    }
    return status;
}

static qm_status by_batch(const request *r, const qm_bars *bars, double *const *out) {
    double *session = qm_calloc(bars->n, sizeof *session);
    if (!session) {
        return QM_ENOMEM;
    }
    qm_ta_columns columns = {.n = bars->n, .session = session};
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        columns.column[k] = bars->column[k];
    }
    for (size_t i = 0; i < bars->n; i++) {
        session[i] = bars->date[i];
    }
    qm_status status = qm_ta_batch(r->info, r->params, &columns, bars->column[r->column], out);
    qm_free(session);
    return status;
}

static qm_status compute(const request *r, const qm_bars *bars, double *const *out, qm_error *err) {
    if (strcmp(r->form, "batch") == 0) {
        return by_batch(r, bars, out);
    }
    if (strcmp(r->form, "stream") == 0) {
        return by_stream(r, bars, out);
    }
    if (strcmp(r->form, "many") == 0 && strcmp(r->info->name, "atr") == 0) {
        qm_atr_spec spec = {(int)r->params[0], (qm_atr_method)r->params[1],
                            (qm_atr_first)r->params[2]};
        qm_atr_many(spec, bars->column[QM_HIGH], bars->column[QM_LOW], bars->column[QM_CLOSE], 1,
                    bars->n, bars->n, out[0]);
        return QM_OK;
    }
    return qm_error_set(err, QM_EUSAGE, "ta: form = \"%s\": use batch, stream or (atr) many",
                        r->form);
}

static void put_rows(const request *r, const qm_ohlcv *file, double *const *values, qm_buf *out) {
    qm_buf_puts(out, r->talib ? "Date" : "time");
    for (int k = 0; k < r->info->output_count; k++) {
        qm_buf_printf(out, ",%s", r->info->outputs[k]);
    }
    qm_buf_putc(out, '\n');
    for (size_t i = 0; i < file->bars.n; i++) {
        qm_buf_puts(out, file->time_text[i]);
        for (int k = 0; k < r->info->output_count; k++) {
            qm_buf_putc(out, ',');
            if (!isnan(values[k][i])) {
                qm_buf_printf(out, "%.17g", values[k][i]);
            }
        }
        qm_buf_putc(out, '\n');
    }
}

/* A file without volumes has zeros there, which would be taken for a market without trades. */
static qm_status need_volume(const request *r, const qm_ohlcv *file, qm_error *err) {
    bool wanted =
        r->info->input == QM_TA_BARS ? strchr(r->info->uses, 'v') != NULL : r->column == QM_VOLUME;
    if (!wanted || file->has_volume) {
        return QM_OK;
    }
    return qm_error_set(err, QM_EDATA, "%s: no column volume, which %s reads", r->path,
                        r->info->name);
}

static qm_status run_over_file(const request *r, qm_error *err) {
    qm_ohlcv_options options = {.keep_text = true};
    qm_ohlcv file;
    double *values[QM_TA_OUTPUTS_MAX] = {0};
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status = qm_ohlcv_read(r->path, &options, &file, err);
    status = status == QM_OK ? need_volume(r, &file, err) : status;
    for (int k = 0; status == QM_OK && k < r->info->output_count; k++) {
        values[k] = qm_calloc(file.bars.n, sizeof **values);
        status = values[k] ? QM_OK : QM_ENOMEM;
    }
    if (status == QM_OK) {
        status = compute(r, &file.bars, values, err);
    }
    if (status == QM_OK) {
        put_rows(r, &file, values, &out);
        status = qm_print(&out, err);
    }
    for (int k = 0; k < QM_TA_OUTPUTS_MAX; k++) {
        qm_free(values[k]);
    }
    qm_buf_fini(&out);
    qm_ohlcv_fini(&file);
    return status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    if (strcmp(args->values[0], "list") == 0 && !qm_args_has(args, "as-talib")) {
        return qm_ta_list(qm_args_has(args, "json"), err);
    }
    const char *talib = qm_args_get(args, "as-talib", NULL);
    request r = {.talib = talib != NULL};
    qm_status status = talib ? read_talib(args, talib, &r, err) : read_request(args, &r, err);
    return status == QM_OK ? run_over_file(&r, err) : status;
}

static const char *const OPTIONS[] = {
    "period=", "method=", "first-tr=", "lookback=", "form=", "as-talib=", "json", NULL};

const qm_command qm_command_ta = {
    "ta",
    "indicators over a price file",
    "usage: qm ta NAME [key=value ...] FILE.csv\n"
    "       qm ta atr [--period 14] [--method wilder|sma|ema] [--first-tr range|skip]\n"
    "                 [--form batch|stream|many] FILE.csv\n"
    "       qm ta --as-talib NAME [P1,P2,...] FILE.csv\n"
    "       qm ta list [--json]\n\n"
    "Prints time,value as CSV: the time as written in the file, an empty value while the\n"
    "indicator is undefined, 17 significant digits. input=close chooses the column of those\n"
    "that take one. A bad row prints nothing and ends with 65. --as-talib takes TA-Lib's name and\n"
    "all its parameters in its order, and counts, seeds and rounds as TA-Lib does.\n",
    OPTIONS,
    1,
    -1,
    run};
