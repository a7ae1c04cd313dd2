/* SPDX-License-Identifier: MIT */
#include "app/sweep_result.h"
#include "base/log.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 2000000000, WORKERS_MAX = 1024 };

static qm_status read_number(const char *what, const char *text, int64_t most, int64_t *out,
                             qm_error *err) {
    char *end;
    long long value = strtoll(text, &end, 10);
    if (!*text || *end || value < 0 || value > most) {
        return qm_error_set(err, QM_EUSAGE, "%s \"%s\": must be 0 to %lld", what, text,
                            (long long)most);
    }
    *out = value;
    return QM_OK;
}

/* Which task to run: --task, or what the scheduler gave this process; -1: none, so the pool. */
static qm_status find_task(const qm_args *args, const qm_sweep *s, int64_t *out, qm_error *err) {
    static const char *const names[] = {"SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX",
                                        "OMPI_COMM_WORLD_RANK"};
    const char *text = qm_args_get(args, "task", NULL), *from = "--task";
    *out = -1;
    if (!text && qm_args_has(args, "workers")) {
        return QM_OK;
    }
    for (int i = 0; !qm_args_has(args, "task") && i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && text && strcmp(value, text) != 0) {
            return qm_error_set(err, QM_EUSAGE, "%s is %s, but %s is %s: say which with --task",
                                from, text, names[i], value);
        }
        if (value && !text) {
            text = value;
            from = names[i];
        }
    }
    return text ? read_number(from, text, s->tasks - 1, out, err) : QM_OK;
}

/* As many as this process may use processors: what a scheduler or a container leaves it. */
static int processors(void) {
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n;
}

static qm_status show_plan(const qm_sweep *s, const qm_desk *desk, bool json, qm_error *err) {
    static const char *const methods[] = {"grid", "random", "walk forward"};
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    if (json) {
        qm_json_writer w;
        qm_json_writer_init(&w, &out);
        qm_json_open_object(&w);
        qm_json_put_string(&w, "plan", s->plan_hash);
        const struct {
            const char *key;
            int64_t value;
        } counts[] = {{"sets", (int64_t)s->sets},
                      {"runs", (int64_t)qm_sweep_runs(s)},
                      {"tasks", s->tasks},
                      {"bars", (int64_t)qm_replay_total(desk->replay)}};
        for (size_t i = 0; i < 4; i++) {
            qm_json_put_int(&w, counts[i].key, counts[i].value);
        }
        qm_json_key(&w, "list");
        qm_json_open_array(&w);
        for (size_t set = 0; set < s->sets; set++) {
            qm_json_open_object(&w);
            qm_json_put_count(&w, "set", set + 1);
            qm_sweep_put_params(s, set, &w);
            qm_json_close_object(&w);
        }
        qm_json_close_array(&w);
        qm_json_close_object(&w);
        qm_buf_putc(&out, '\n');
    } else {
        qm_buf_printf(&out, "plan %.12s: %s, %zu sets, %zu runs in %lld tasks (0 to %lld)\n",
                      s->plan_hash, methods[s->method], s->sets, qm_sweep_runs(s),
                      (long long)s->tasks, (long long)s->tasks - 1);
        qm_buf_printf(&out, "instruments: %zu; bars: %llu; results go to %s\n", desk->loaded.length,
                      (unsigned long long)qm_replay_total(desk->replay), s->folder);
        for (size_t i = 0; s->method == QM_SWEEP_WALK && i < 2 * (size_t)s->folds; i++) {
            qm_sweep_run run = qm_sweep_run_at(s, i);
            char from[QM_DATE_BUF], to[QM_DATE_BUF];
            qm_date_format(run.from, from);
            qm_date_format(run.to, to);
            qm_buf_printf(&out, "fold %d %-5s  %s to %s\n", run.fold, qm_sweep_part_name(run.part),
                          from, to);
        }
    }
    qm_status status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}

static qm_status collect(const qm_args *args, const qm_sweep *s, qm_error *err) {
    qm_sweep_result result;
    qm_sweep_picture picture = {0};
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status = qm_sweep_collect(s, qm_args_has(args, "partial"), &result, err);
    if (status == QM_OK) {
        status = qm_sweep_draw(&result, qm_args_get(args, "x", NULL), qm_args_get(args, "y", NULL),
                               &picture, err);
    }
    if (status == QM_OK) {
        status = qm_sweep_store(&result, &picture, err);
    }
    if (status == QM_OK) {
        status = qm_args_has(args, "json") ? qm_sweep_json(&result, &out)
                                           : qm_sweep_text(&result, &picture, &out);
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    if (status == QM_OK && result.present > 0 && result.failed == result.present) {
        status = qm_error_set(err, QM_ESCRIPT, "every run failed");
    }
    qm_buf_fini(&out);
    qm_sweep_picture_fini(&picture);
    qm_sweep_result_fini(&result);
    return status;
}

static qm_status run_task(const qm_sweep *s, qm_desk *desk, int64_t task, qm_error *err) {
    char path[4200], text[4300];
    qm_error why = {0};
    bool known = qm_sweep_task_read(s, task, NULL, &why) == QM_OK;
    qm_status status = known ? QM_OK : qm_sweep_task(s, desk, task, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf out;
    qm_buf_init(&out, sizeof text);
    qm_buf_printf(&out, "task %lld: %s%s\n", (long long)task,
                  qm_sweep_task_path(s, task, path, sizeof path), known ? " was there" : "");
    status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}

static qm_status run_all(const qm_args *args, const qm_sweep *s, qm_desk *desk, qm_error *err) {
    int64_t workers = processors();
    const char *text = qm_args_get(args, "workers", NULL);
    qm_status status = text ? read_number("--workers", text, WORKERS_MAX, &workers, err) : QM_OK;
    if (status == QM_OK && workers == 0) {
        return qm_error_set(err, QM_EUSAGE, "--workers 0: must be at least 1");
    }
    if (status == QM_OK) {
        status = qm_sweep_pool(s, desk, (int)workers, err);
    }
    return status == QM_OK ? collect(args, s, err) : status;
}

static qm_status work(const qm_args *args, qm_sweep *s, qm_desk *desk, qm_error *err) {
    char data[4096];
    int64_t task = -1;
    bool plan = strcmp(args->values[0], "plan") == 0;
    if (qm_args_has(args, "workers") && qm_args_has(args, "task")) {
        return qm_error_set(err, QM_EUSAGE, "--workers is of the pool, --task of one task");
    }
    if (strcmp(args->values[0], "collect") == 0) {
        qm_status status = qm_sweep_recall(s, err);
        return status == QM_OK ? collect(args, s, err) : status;
    }
    qm_status status = plan ? QM_OK : find_task(args, s, &task, err);
    if (status == QM_OK) {
        status = qm_sweep_load(s, desk, qm_desk_folder(args, data, sizeof data), err);
    }
    if (status != QM_OK || plan) {
        return status == QM_OK ? show_plan(s, desk, qm_args_has(args, "json"), err) : status;
    }
    status = qm_sweep_claim(s, err);
    if (status != QM_OK) {
        return status;
    }
    qm_catch_interrupts();
    return task >= 0 ? run_task(s, desk, task, err) : run_all(args, s, desk, err);
}

static qm_status run(const qm_args *args, qm_error *err) {
    static const char *const verbs[] = {"plan", "run", "collect", NULL};
    qm_sweep sweep;
    qm_desk desk;
    char hint[96];
    bool known = false;
    for (int i = 0; verbs[i]; i++) {
        known = known || strcmp(verbs[i], args->values[0]) == 0;
    }
    if (!known) {
        return qm_error_set(err, QM_EUSAGE, "sweep \"%s\": use plan, run or collect%s",
                            args->values[0], qm_suggest(args->values[0], verbs, hint, sizeof hint));
    }
    /* A strategy that warns would do so once a set: its errors are in the rows. */
    qm_log_configure(&(qm_log_config){.level = QM_LOG_ERROR});
    qm_status status = qm_desk_init(&desk, err);
    qm_status read = qm_sweep_read(&sweep, args->values[1], qm_args_get(args, "dir", NULL), err);
    if (status == QM_OK) {
        status = read == QM_OK ? work(args, &sweep, &desk, err) : read;
    }
    qm_sweep_fini(&sweep);
    qm_desk_fini(&desk);
    return status;
}

static const char *const OPTIONS[] = {"workers=", "task=", "dir=", "data=", "json",
                                      "partial",  "x=",    "y=",   NULL};

const qm_command qm_command_sweep = {
    "sweep",
    "a strategy over many parameter sets",
    "usage: qm sweep plan|run|collect SPEC.lua [OPTIONS]\n\n"
    "  plan                 checks the specification and says what would run\n"
    "  run                  all tasks in a pool of processes, then collect; run again resumes\n"
    "  run --task N         one task, N from 0; N also comes from SLURM_ARRAY_TASK_ID,\n"
    "                       JOB_COMPLETION_INDEX or OMPI_COMM_WORLD_RANK\n"
    "  collect              the results of all tasks: table, surface, overfitting, sweep.db\n\n"
    "  --workers N          processes of the pool; without it one for each processor\n"
    "  --dir FOLDER         of the results; without it SPEC.sweep beside SPEC.lua\n"
    "  --data FOLDER        of the store, for bars = \"store\"\n"
    "  --partial            collect also when tasks are missing\n"
    "  --x NAME --y NAME    the parameters of the surface\n"
    "  --json               one object\n",
    OPTIONS,
    2,
    2,
    run};
