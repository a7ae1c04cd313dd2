/* SPDX-License-Identifier: MIT
 *
 * What may stand in a specification: a table of its keys.
 */
#include "app/sweep.h"
#include "app/sweep_result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* name: as in a command's table of options, with "=" for one with a value. */
static qm_status give(qm_sweep *s, const char *name, const char *value, qm_error *err) {
    const char *kept = qm_sweep_keep(s, value);
    if (!kept) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    if (s->args->option_count == QM_ARGS_MAX) {
        return qm_error_set(err, QM_ECONFIG, "more than %d files of bars", QM_ARGS_MAX);
    }
    s->args->options[s->args->option_count].name = name;
    s->args->options[s->args->option_count++].value = kept;
    return QM_OK;
}

/* A path that stands in the specification starts at its folder. */
static void beside(const qm_sweep *s, const char *name, char *out, size_t size) {
    const char *slash = strrchr(s->path, '/');
    int folder = slash && name[0] != '/' ? (int)(slash - s->path) + 1 : 0;
    snprintf(out, size, "%.*s%s", folder, s->path, name);
}

typedef qm_status (*taker)(qm_sweep *s, const qm_config_entry *entry, const char *option,
                           qm_error *err);

static qm_status take_option(qm_sweep *s, const qm_config_entry *e, const char *option,
                             qm_error *err) {
    return give(s, option, e->value, err);
}

static qm_status take_flag(qm_sweep *s, const qm_config_entry *e, const char *option,
                           qm_error *err) {
    return strcmp(e->value, "true") == 0 ? give(s, option, "", err) : QM_OK;
}

static qm_status take_strategy(qm_sweep *s, const qm_config_entry *e, const char *option,
                               qm_error *err) {
    char path[4096 + sizeof e->value];
    (void)option;
    beside(s, e->value, path, sizeof path);
    s->args->values[0] = qm_sweep_keep(s, path);
    s->args->count = 1;
    return s->args->values[0] ? QM_OK : qm_error_set(err, QM_ENOMEM, "out of memory");
}

static qm_status take_path(qm_sweep *s, const qm_config_entry *e, const char *option,
                           qm_error *err) {
    char path[4096 + sizeof e->value];
    beside(s, e->value, path, sizeof path);
    return give(s, option, path, err);
}

static qm_status take_bars(qm_sweep *s, const qm_config_entry *e, const char *option,
                           qm_error *err) {
    char path[4096 + sizeof e->value], text[sizeof path + sizeof e->name];
    beside(s, e->value, path, sizeof path);
    snprintf(text, sizeof text, "%s=%s", e->name + strlen("bars."), path);
    return give(s, option, text, err);
}

static qm_status take_store(qm_sweep *s, const qm_config_entry *e, const char *option,
                            qm_error *err) {
    (void)option;
    return strcmp(e->value, "store") == 0
               ? QM_OK
               : qm_sweep_wrong(s, e->name, err,
                                "\"%s\": use \"store\" or { SYMBOL = \"file.csv\" }", e->value);
}

static qm_status take_method(qm_sweep *s, const qm_config_entry *e, const char *option,
                             qm_error *err) {
    static const char *const names[] = {"grid", "random", "walk_forward", NULL};
    char hint[96];
    (void)option;
    for (int i = 0; names[i]; i++) {
        if (strcmp(names[i], e->value) == 0) {
            s->method = (qm_sweep_method)i;
            return QM_OK;
        }
    }
    return qm_sweep_wrong(s, e->name, err, "\"%s\": use grid, random or walk_forward%s", e->value,
                          qm_suggest(e->value, names, hint, sizeof hint));
}

static qm_status take_objective(qm_sweep *s, const qm_config_entry *e, const char *option,
                                qm_error *err) {
    char hint[96];
    (void)option;
    s->objective = qm_sweep_objective_from(e->value);
    return s->objective >= 0
               ? QM_OK
               : qm_sweep_wrong(s, e->name, err, "no objective \"%s\"%s", e->value,
                                qm_suggest(e->value, qm_sweep_objectives, hint, sizeof hint));
}

static qm_status take_count(qm_sweep *s, const qm_config_entry *e, const char *option,
                            qm_error *err) {
    static const struct {
        const char *name;
        size_t offset;
        int64_t least, most;
    } counts[] = {{"samples", offsetof(qm_sweep, samples), 1, QM_SWEEP_RUNS_MAX},
                  {"seed", offsetof(qm_sweep, seed), INT64_MIN, INT64_MAX},
                  {"folds", offsetof(qm_sweep, folds), 1, 1000},
                  {"purge", offsetof(qm_sweep, purge), 0, 100000},
                  {"tasks", offsetof(qm_sweep, tasks), 1, QM_SWEEP_RUNS_MAX}};
    (void)option;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        int64_t value = strtoll(e->value, NULL, 10); /* an integer by its kind */
        if (strcmp(counts[i].name, e->name) != 0) {
            continue;
        }
        if (value < counts[i].least || value > counts[i].most) {
            return qm_sweep_wrong(s, e->name, err, "%s: must be %lld to %lld", e->value,
                                  (long long)counts[i].least, (long long)counts[i].most);
        }
        *(int64_t *)(void *)((char *)s + counts[i].offset) = value;
    }
    return QM_OK;
}

static qm_status take_date(qm_sweep *s, const qm_config_entry *e, const char *option,
                           qm_error *err) {
    qm_date *out = e->name[0] == 'f' ? &s->from : &s->to;
    (void)option;
    return qm_date_parse(e->value, strlen(e->value), out) == QM_OK
               ? QM_OK
               : qm_sweep_wrong(s, e->name, err, "\"%s\" is no date (2007-01-03)", e->value);
}

/* The axes are read together (sweep_axis.c). */
static qm_status take_nothing(qm_sweep *s, const qm_config_entry *e, const char *option,
                              qm_error *err) {
    (void)s, (void)e, (void)option, (void)err;
    return QM_OK;
}

static const struct {
    const char *name;  /* a star at the end stands for anything */
    const char *kinds; /* that the value may have */
    taker take;
    const char *option;
} SCHEMA[] = {
    {"strategy", "string", take_strategy, NULL},
    {"preset", "string", take_option, "preset="},
    {"bars", "string", take_store, NULL},
    {"bars.*", "string", take_bars, "bars="},
    {"tf", "string", take_option, "tf="},
    {"tz", "string", take_option, "tz="},
    {"stamp", "string", take_option, "stamp="},
    {"factors", "string", take_path, "factors="},
    {"params.*", "string, integer, number or boolean", take_nothing, NULL},
    {"method", "string", take_method, NULL},
    {"samples", "integer", take_count, NULL},
    {"seed", "integer", take_count, NULL},
    {"folds", "integer", take_count, NULL},
    {"purge", "integer", take_count, NULL},
    {"tasks", "integer", take_count, NULL},
    {"from", "string", take_date, NULL},
    {"to", "string", take_date, NULL},
    {"cash", "string or integer", take_option, "cash="},
    {"account", "string", take_option, "account="},
    {"account_type", "string", take_option, "account-type="},
    {"lots", "string", take_option, "lots="},
    {"fractional", "boolean", take_flag, "fractional"},
    {"path", "string", take_option, "path="},
    {"costs.commission", "string", take_option, "commission="},
    {"costs.slippage", "string", take_option, "slippage="},
    {"objective", "string", take_objective, NULL},
};
enum { ROWS = sizeof SCHEMA / sizeof SCHEMA[0] };

static bool matches(const char *pattern, const char *name) {
    size_t length = strlen(pattern);
    bool star = pattern[length - 1] == '*';
    return star ? strncmp(pattern, name, length - 1) == 0 : strcmp(pattern, name) == 0;
}

static qm_status unknown(const qm_sweep *s, const char *name, qm_error *err) {
    const char *names[ROWS + 3] = {0};
    char hint[96];
    int n = 0;
    names[n++] = "params";
    names[n++] = "costs";
    for (int i = 0; i < ROWS; i++) {
        if (SCHEMA[i].name[strlen(SCHEMA[i].name) - 1] != '*') {
            names[n++] = SCHEMA[i].name;
        }
    }
    /* Of what is nested in an unknown table, the table is what is wrong. */
    char word[128];
    snprintf(word, sizeof word, "%.*s",
             strncmp(name, "costs.", 6) == 0 ? (int)strlen(name) : (int)strcspn(name, "."), name);
    return qm_sweep_wrong(s, word, err, "no such key%s",
                          qm_suggest(word, names, hint, sizeof hint));
}

qm_status qm_sweep_take(qm_sweep *s, const qm_config_entry *e, qm_error *err) {
    for (int i = 0; i < ROWS; i++) {
        if (!matches(SCHEMA[i].name, e->name)) {
            continue;
        }
        if (!strstr(SCHEMA[i].kinds, e->kind)) {
            return qm_sweep_wrong(s, e->name, err, "%s (%s): must be a %s", e->value, e->kind,
                                  SCHEMA[i].kinds);
        }
        return SCHEMA[i].take(s, e, SCHEMA[i].option, err);
    }
    return unknown(s, e->name, err);
}
