/* SPDX-License-Identifier: MIT
 *
 * A result, run again from what it records, and what is different now.
 */
#include "app/results.h"
#include "base/log.h"
#include "codec/stream.h"
#include "qm_version.h"

#include <stdio.h>
#include <string.h>

enum { RESULT_MAX = 2000000000, WHAT_MAX = 160 };

extern const qm_command qm_command_backtest;

/* One line of the answer. */
typedef struct finding {
    const char *part; /* "version", "strategy", ... */
    char name[WHAT_MAX], was[WHAT_MAX], is[WHAT_MAX];
    bool ok;
} finding;

typedef struct verdict {
    QM_VEC(finding) items;
    bool ok;
    qm_status status;
} verdict;

static void find(verdict *v, const char *part, const char *name, const char *was, const char *is) {
    finding f = {.part = part, .ok = strcmp(was, is) == 0};
    snprintf(f.name, sizeof f.name, "%s", name);
    snprintf(f.was, sizeof f.was, "%s", was);
    snprintf(f.is, sizeof f.is, "%s", is);
    v->ok = v->ok && f.ok;
    v->status = v->status == QM_OK ? qm_vec_push(&v->items, &f) : v->status;
}

static const char *text_of(const qm_json *object, const char *key) {
    const char *text = qm_json_text(qm_json_get(object, key));
    return text ? text : "";
}

/* A value as text, for people: numbers and strings; else what it is. */
static void show_value(const qm_json *value, char out[WHAT_MAX]) {
    double number;
    const char *text = value ? qm_json_text(value) : NULL;
    if (text) {
        snprintf(out, WHAT_MAX, "%s", text);
    } else if (value && qm_json_number(value, &number)) {
        snprintf(out, WHAT_MAX, "%.17g", number);
    } else {
        snprintf(out, WHAT_MAX, "%s",
                 !value                     ? "nothing"
                 : qm_json_is_array(value)  ? "a list"
                 : qm_json_is_object(value) ? "an object"
                 : qm_json_is_true(value)   ? "true"
                 : qm_json_is_false(value)  ? "false"
                                            : "null");
    }
}

/* The first place where two trees differ: its path is left in `path`. */
static bool same_tree(const qm_json *was, const qm_json *is, qm_buf *path, finding *out) {
    size_t length = path->length;
    bool list = qm_json_is_array(was), branch = list || qm_json_is_object(was);
    if (!was || !is || !branch || list != qm_json_is_array(is) ||
        qm_json_is_object(was) != qm_json_is_object(is)) {
        show_value(was, out->was);
        show_value(is, out->is);
        const char *a = was ? qm_json_text(was) : NULL, *b = is ? qm_json_text(is) : NULL;
        return !branch && (a && b ? strcmp(a, b) : strcmp(out->was, out->is)) == 0;
    }
    if (list && qm_json_size(was) != qm_json_size(is)) {
        snprintf(out->was, WHAT_MAX, "%zu rows", qm_json_size(was));
        snprintf(out->is, WHAT_MAX, "%zu rows", qm_json_size(is));
        return false;
    }
    const qm_json *other = list ? qm_json_first(is) : NULL;
    size_t row = 1;
    for (const qm_json *item = qm_json_first(was); item; item = qm_json_next(item), row++) {
        if (list) {
            qm_buf_printf(path, "[%zu]", row);
        } else {
            other = qm_json_get(is, qm_json_name(item));
            qm_buf_printf(path, "%s%s", length ? "." : "", qm_json_name(item));
        }
        if (path->status != QM_OK || !same_tree(item, other, path, out)) {
            return false;
        }
        path->length = length;
        path->data[length] = 0;
        other = list ? qm_json_next(other) : NULL;
    }
    return true;
}

static void compare_tree(verdict *v, const char *part, const qm_json *was, const qm_json *is) {
    finding f = {.part = part, .ok = true};
    qm_buf path;
    qm_buf_init(&path, 4096);
    qm_buf_puts(&path, "");
    f.ok = same_tree(was, is, &path, &f);
    if (f.ok) {
        f.was[0] = f.is[0] = 0;
    } else {
        snprintf(f.name, sizeof f.name, "%s", path.data ? path.data : "");
    }
    v->ok = v->ok && f.ok;
    v->status = v->status == QM_OK ? qm_vec_push(&v->items, &f) : v->status;
    qm_buf_fini(&path);
}

static const qm_json *data_of(const qm_json *seal, const char *symbol) {
    const qm_json *one = qm_json_first(qm_json_get(seal, "data"));
    while (one && strcmp(text_of(one, "symbol"), symbol) != 0) {
        one = qm_json_next(one);
    }
    return one;
}

/* "1258 bars to 2024-12-31, hash 12345678" */
static void describe_data(const qm_json *one, char out[WHAT_MAX]) {
    double bars = 0, actions = 0;
    if (!one) {
        snprintf(out, WHAT_MAX, "nothing");
        return;
    }
    qm_json_number(qm_json_get(one, "bars"), &bars);
    qm_json_number(qm_json_get(one, "actions"), &actions);
    snprintf(out, WHAT_MAX, "%.0f bars, %.0f actions, %s to %s, %s", bars, actions,
             text_of(one, "first"), text_of(one, "last"), text_of(one, "hash"));
}

static void compare_data(verdict *v, const qm_json *was, const qm_json *is) {
    char a[WHAT_MAX], b[WHAT_MAX];
    const qm_json *one = qm_json_first(qm_json_get(was, "data"));
    for (; one; one = qm_json_next(one)) {
        const char *symbol = text_of(one, "symbol");
        describe_data(one, a);
        describe_data(data_of(is, symbol), b);
        find(v, "data", symbol, a, b);
    }
    for (one = qm_json_first(qm_json_get(is, "data")); one; one = qm_json_next(one)) {
        if (!data_of(was, text_of(one, "symbol"))) {
            describe_data(one, b);
            find(v, "data", text_of(one, "symbol"), "nothing", b);
        }
    }
}

/* What is no cause of its own: the seal over all causes, the decisions and figures that follow. */
static void compare(verdict *v, const qm_json *was, const qm_json *is) {
    static const char *const results[] = {"summary", "equity",       "orders", "fills",
                                          "lots",    "realized",     "funnel", "metrics",
                                          "tax",     "decision_hash"};
    const qm_json *a = qm_json_get(was, "seal"), *b = qm_json_get(is, "seal");
    find(v, "version", "", text_of(a, "version"), text_of(b, "version"));
    find(v, "strategy", text_of(a, "strategy"), text_of(a, "source"), text_of(b, "source"));
    compare_tree(v, "parameters", qm_json_get(a, "params"), qm_json_get(b, "params"));
    compare_tree(v, "seed", qm_json_get(a, "seed"), qm_json_get(b, "seed"));
    compare_tree(v, "tax rates", qm_json_get(a, "rates"), qm_json_get(b, "rates"));
    compare_data(v, a, b);
    if (qm_json_text(qm_json_get(a, "benchmark")) || qm_json_text(qm_json_get(b, "benchmark"))) {
        find(v, "benchmark", "", text_of(a, "benchmark"), text_of(b, "benchmark"));
    }
    find(v, "seal", "", text_of(a, "hash"), text_of(b, "hash"));
    find(v, "decisions", "", text_of(a, "decisions"), text_of(b, "decisions"));
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        compare_tree(v, results[i], qm_json_get(was, results[i]), qm_json_get(is, results[i]));
    }
}

static void put_json(const verdict *v, const char *path, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_bool(&w, "ok", v->ok);
    qm_json_put_string(&w, "file", path);
    qm_json_key(&w, "parts");
    qm_json_open_array(&w);
    for (size_t i = 0; i < v->items.length; i++) {
        const finding *f = &v->items.items[i];
        qm_json_open_object(&w);
        qm_json_put_string(&w, "part", f->part);
        qm_json_put_string(&w, "name", f->name[0] ? f->name : NULL);
        qm_json_put_bool(&w, "ok", f->ok);
        qm_json_put_string(&w, "was", f->ok ? NULL : f->was);
        qm_json_put_string(&w, "is", f->ok ? NULL : f->is);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}

static void put_text(const verdict *v, const char *path, qm_buf *out) {
    qm_buf_printf(out, "%s: %s\n", path, v->ok ? "the same again" : "CHANGED");
    for (size_t i = 0; i < v->items.length; i++) {
        const finding *f = &v->items.items[i];
        if (!f->ok) {
            qm_buf_printf(out, "%s%s%s\n  was  %s\n  is   %s\n", f->part, f->name[0] ? " " : "",
                          f->name, f->was, f->is);
        }
    }
}

static qm_status read_result(const char *path, qm_json **out, qm_error *err) {
    qm_stream *stream = NULL;
    qm_buf text;
    size_t got = 1;
    qm_buf_init(&text, RESULT_MAX);
    qm_buf_puts(&text, "");
    qm_status status = qm_stream_open(path, &stream, err);
    while (status == QM_OK && got > 0) {
        char block[65536];
        status = qm_stream_read(stream, block, sizeof block, &got, err);
        qm_buf_append(&text, block, status == QM_OK ? got : 0);
    }
    if (stream) {
        qm_stream_close(stream);
    }
    status = status == QM_OK ? text.status : status;
    if (status == QM_OK && qm_json_parse(text.data, text.length, out, err) != QM_OK) {
        status = qm_error_at(err, QM_EDATA, path, 0, 0, "it is no JSON");
    }
    qm_buf_fini(&text);
    return status;
}

/* The arguments of a backtest as they are recorded. */
static qm_status read_arguments(const qm_json *result, const qm_args *own, const char *path,
                                qm_args *out, qm_error *err) {
    const qm_json *list = qm_json_get(qm_json_get(result, "seal"), "arguments");
    QM_VEC(const char *) words = {0};
    qm_status status = QM_OK;
    const qm_json *item = list && qm_json_is_array(list) ? qm_json_first(list) : NULL;
    for (; item && status == QM_OK; item = qm_json_next(item)) {
        const char *word = qm_json_text(item);
        status = word ? qm_vec_push(&words, &word) : QM_EDATA;
    }
    if (status == QM_OK && qm_args_has(own, "data")) {
        const char *more[] = {"--data", qm_args_get(own, "data", "")};
        status = qm_vec_push(&words, &more[0]);
        status = status == QM_OK ? qm_vec_push(&words, &more[1]) : status;
    }
    if (status == QM_EDATA || (status == QM_OK && words.length == 0)) {
        status =
            qm_error_at(err, QM_EDATA, path, 0, 0,
                        "it has no seal with arguments: is it a result of qm backtest --json?");
    } else if (status == QM_OK) {
        status =
            qm_args_read(&qm_command_backtest, (int)words.length, (char **)words.items, out, err);
    }
    qm_vec_fini(&words);
    return status;
}

/* Runs it again and says what the result is now, as a tree. */
static qm_status run_again(const qm_args *args, qm_json **out, qm_error *err) {
    qm_trial trial;
    qm_seal seal = {0};
    qm_buf text;
    qm_buf_init(&text, RESULT_MAX);
    qm_status status = qm_trial_run(&trial, args, err);
    status = status == QM_OK ? qm_seal_make(&trial, &seal, err) : status;
    if (status == QM_OK) {
        qm_result result = qm_trial_result(&trial, &seal, NULL);
        status = qm_result_json(&result, &text, err);
        status = status == QM_OK ? text.status : status;
    }
    status = status == QM_OK ? qm_json_parse(text.data, text.length, out, err) : status;
    qm_buf_fini(&text);
    qm_seal_fini(&seal);
    qm_trial_fini(&trial);
    return status;
}

static qm_status answer(const verdict *v, const qm_args *args, qm_error *err) {
    qm_buf out;
    qm_buf_init(&out, RESULT_MAX);
    if (qm_args_has(args, "json")) {
        put_json(v, args->values[0], &out);
    } else {
        put_text(v, args->values[0], &out);
    }
    qm_status status = v->status == QM_OK ? qm_print(&out, err) : v->status;
    qm_buf_fini(&out);
    return status == QM_OK && !v->ok ? QM_ENO : status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    static qm_args again;
    const char *path = args->values[0];
    qm_json *was = NULL, *is = NULL;
    verdict v = {.ok = true};
    qm_log_configure(&(qm_log_config){.level = QM_LOG_WARN});
    qm_status status = read_result(path, &was, err);
    status = status == QM_OK ? read_arguments(was, args, path, &again, err) : status;
    status = status == QM_OK ? run_again(&again, &is, err) : status;
    if (status == QM_OK) {
        compare(&v, was, is);
        status = answer(&v, args, err);
    }
    qm_vec_fini(&v.items);
    qm_json_free(was);
    qm_json_free(is);
    return status;
}

static const char *const OPTIONS[] = {"json", "data=", NULL};

const qm_command qm_command_verify = {
    "verify",
    "a result again, and what is different now",
    "usage: qm verify RESULT.json [--data DIR] [--json]\n\n"
    "Runs the backtest of a result (qm backtest --json > RESULT.json) again from what its seal\n"
    "records and names what is different: version, strategy, parameters, data, decisions, "
    "figures.\n"
    "Ends with 1 when anything is. Paths are those of the backtest, from the current folder.\n",
    OPTIONS,
    1,
    1,
    run};
