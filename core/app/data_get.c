/* SPDX-License-Identifier: MIT
 *
 * Prices from a provider into market.db: which provider, which symbols, which range, and the
 * summary.
 */
#include "app/data_get.h"

#include "app/settings.h"
#include "app/write_file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/tz.h"
#include "codec/json.h"
#include "loop/loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The provider that is named, or the only one. */
static qm_status choose_provider(get_run *run, const char *named, qm_error *err) {
    const qm_config_entries *all = qm_settings_all();
    char names[32][QM_PROVIDER_NAME_MAX], hint[96];
    const char *known[33] = {0};
    size_t count = 0;
    while (count < 32 && qm_provider_name(all, count, names[count])) {
        known[count] = names[count];
        if (named && strcmp(named, names[count]) == 0) {
            return qm_provider_read(all, named, &run->provider, err);
        }
        count++;
    }
    if (count == 0) {
        char path[4096];
        return qm_error_set(err, QM_ECONFIG,
                            "no provider is described in %s: see docs/guide/data.md",
                            qm_settings_path(path, sizeof path));
    }
    if (named) {
        return qm_error_set(err, QM_EUSAGE, "no provider \"%s\"%s", named,
                            qm_suggest(named, known, hint, sizeof hint));
    }
    return count == 1 ? qm_provider_read(all, names[0], &run->provider, err)
                      : qm_error_set(err, QM_EUSAGE,
                                     "%zu providers are described, %s and others: name one with "
                                     "--provider",
                                     count, names[0]);
}

/* The key, and the header that holds it. A key with a line's end would forge headers. */
static qm_status read_key(get_run *run, qm_error *err) {
    const qm_provider *p = &run->provider;
    qm_provider_values v = {.key = ""};
    if (p->key_env) {
        const char *key = getenv(p->key_env);
        if (!key || !*key) {
            return qm_error_set(err, QM_ECONFIG,
                                "provider %s: its key is expected in the environment variable %s",
                                p->name, p->key_env);
        }
        for (const char *at = key; *at; at++) {
            if ((unsigned char)*at < 0x20 || *at == 0x7f) {
                return qm_error_set(err, QM_ECONFIG, "provider %s: %s holds a control character",
                                    p->name, p->key_env);
            }
        }
        run->key = v.key = key;
    }
    if (p->header) {
        qm_buf line;
        qm_buf_init(&line, 1 << 14);
        qm_provider_expand(p, p->header, &v, false, &line);
        run->header = line.status == QM_OK ? qm_buf_take(&line, NULL) : NULL;
        qm_buf_fini(&line);
        return run->header ? QM_OK : qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    return QM_OK;
}

static qm_status read_day(const qm_args *args, const char *option, qm_date *out, qm_error *err) {
    const char *text = qm_args_get(args, option, NULL);
    *out = QM_DATE_NONE;
    if (text && qm_date_parse(text, strlen(text), out) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--%s: \"%s\" is no date (2007-01-03)", option, text);
    }
    return QM_OK;
}

static qm_status read_request(get_run *run, const qm_args *args, qm_error *err) {
    const char *tf = qm_args_get(args, "timeframe", qm_args_get(args, "tf", "1d"));
    if (args->count < 2) {
        return qm_error_set(err, QM_EUSAGE, "data get: name a symbol");
    }
    for (int i = 1; i < args->count; i++) {
        if (!qm_symbol_valid(args->values[i])) {
            return qm_error_set(err, QM_EUSAGE, "data get: \"%s\" is no symbol", args->values[i]);
        }
        for (int k = 1; k < i; k++) {
            if (strcmp(args->values[i], args->values[k]) == 0) {
                return qm_error_set(err, QM_EUSAGE, "data get: %s is given twice", args->values[i]);
            }
        }
    }
    if (qm_timeframe_parse(tf, &run->tf) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--timeframe \"%s\": use 1m to 390m, 1h, 1d or 1w", tf);
    }
    qm_status status = read_day(args, "from", &run->from, err);
    if (status == QM_OK) {
        status = read_day(args, "to", &run->to, err);
    }
    if (status == QM_OK && run->from != QM_DATE_NONE &&
        run->from > (run->to == QM_DATE_NONE ? run->today : run->to)) {
        status = qm_error_set(err, QM_EUSAGE, "data get: --from is later than %s",
                              run->to == QM_DATE_NONE ? "today" : "--to");
    }
    return status;
}

static void say_wait(void *data, int64_t ms, const char *why) {
    const get_run *run = data;
    if (run->shows_progress) {
        fprintf(stderr, "\r%s %s: waits %.1f s\x1b[K", run->provider.name, why, (double)ms / 1000);
    }
}

static void set_limits(get_run *run) {
    const qm_provider *p = &run->provider;
    run->fetcher = (qm_fetcher){.http = run->http,
                                .tries = (int)p->tries,
                                .first_ms = p->first_wait_ms,
                                .max_ms = p->max_wait_s * 1000,
                                .interval_ns = p->per_minute > 0 ? QM_MINUTE_NS / p->per_minute : 0,
                                .on_wait = say_wait,
                                .data = run};
    qm_rng_seed(&run->fetcher.rng, qm_fnv1a(p->name, strlen(p->name)));
}

static qm_status prepare(get_run *run, const qm_args *args, qm_error *err) {
    char folder[4096];
    run->now = qm_loop_now(NULL);
    run->today = qm_tz_to_local(qm_tz_new_york(), run->now).date;
    run->began_ns = qm_loop_monotonic_ns();
    run->replace = qm_args_has(args, "replace");
    run->shows_progress = isatty(STDERR_FILENO) == 1;
    qm_status status = read_request(run, args, err);
    if (status == QM_OK) {
        status = choose_provider(run, qm_args_get(args, "provider", NULL), err);
    }
    if (status == QM_OK) {
        status = qm_provider_timeframe(&run->provider, run->tf, &run->tf_word, err);
    }
    if (status == QM_OK) {
        status = read_key(run, err);
    }
    if (status == QM_OK) {
        status = qm_http_new(&run->http, err);
    }
    if (status == QM_OK) {
        set_limits(run);
        status = qm_make_folder(qm_desk_folder(args, folder, sizeof folder), err);
    }
    return status == QM_OK ? qm_data_open(&run->desk, args, QM_DB_CREATE, err) : status;
}

/* One symbol's fault leaves the others alone; a provider, a disk or a user that stops ends it. */
static bool ends_all(qm_status status) {
    return status != QM_OK && qm_status_exit_code(status) != 65;
}

static qm_status get_all(get_run *run, const qm_args *args, get_result *results, size_t *done,
                         qm_error *err) {
    bool json = qm_args_has(args, "json");
    size_t count = (size_t)args->count - 1;
    qm_status worst = QM_OK, status = QM_OK;
    for (size_t i = 0; i < count && !ends_all(status); i++) {
        qm_error trouble = {0};
        results[i].symbol = args->values[i + 1];
        status = qm_get_symbol(run, &results[i], &trouble);
        results[i].status = status;
        *done = i + 1;
        if (run->shows_progress) {
            fputs("\r\x1b[K", stderr);
        }
        if (status != QM_OK) {
            qm_error_format(&trouble, results[i].error, sizeof results[i].error);
            worst = worst == QM_OK || ends_all(status) ? status : worst;
        }
        if (status != QM_OK && count > 1) {
            fprintf(stderr, "qm: %s\n", results[i].error);
        } else if (status != QM_OK && err) {
            *err = trouble;
        }
        qm_status printed = json ? QM_OK : qm_get_report_one(run, &results[i], err);
        if (printed != QM_OK) {
            return printed;
        }
    }
    size_t bad = count - *done;
    for (size_t i = 0; i < *done; i++) {
        bad += results[i].status != QM_OK;
    }
    return worst != QM_OK && count > 1
               ? qm_error_set(err, worst, "%zu of %zu symbols are not complete", bad, count)
               : worst;
}

qm_status qm_data_get(const qm_args *args, qm_error *err) {
    get_run run = {0};
    get_result *results = NULL;
    size_t done = 0;
    qm_catch_interrupts();
    qm_status status = prepare(&run, args, err);
    if (status == QM_OK) {
        results = qm_calloc((size_t)args->count, sizeof *results);
        status = results ? get_all(&run, args, results, &done, err)
                         : qm_error_set(err, QM_ENOMEM, "out of memory");
        if (results && qm_args_has(args, "json")) {
            qm_status printed = qm_get_report(&run, results, done, status == QM_OK ? err : NULL);
            status = status == QM_OK ? printed : status;
        }
    }
    qm_free(results);
    qm_free(run.header);
    qm_http_free(run.http);
    qm_desk_fini(&run.desk);
    return status;
}
