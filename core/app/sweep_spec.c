/* SPDX-License-Identifier: MIT
 *
 * The specification from file to plan: what must and what can't stand together.
 */
#include "app/sweep.h"

#include "app/sweep_result.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 4 << 20 };

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The first line on which `word =` or `["word"] =` stands; 0: none. */
static int line_of(const char *text, const char *word) {
    size_t length = strlen(word);
    int line = 1;
    for (const char *at = text; *at && length > 0; at++) {
        line += *at == '\n';
        if (strncmp(at, word, length) == 0 && (at == text || !is_word(at[-1]))) {
            const char *behind = at + length;
            behind += strspn(behind, "'\"] \t");
            if (behind[0] == '=' && behind[1] != '=') {
                return line;
            }
        }
    }
    return 0;
}

static int find_line(const char *path, const char *name) {
    char word[128];
    const char *dot = strrchr(name, '.');
    snprintf(word, sizeof word, "%s", dot ? dot + 1 : name);
    if (dot && word[strspn(word, "0123456789")] == 0) { /* of a list: the list's name */
        snprintf(word, sizeof word, "%.*s", (int)(dot - name), name);
        dot = strrchr(word, '.');
        memmove(word, dot ? dot + 1 : word, strlen(dot ? dot + 1 : word) + 1);
    }
    FILE *file = fopen(path, "rb");
    char *text = file ? qm_calloc(1, FILE_MAX_BYTES + 1) : NULL;
    size_t got = text ? fread(text, 1, FILE_MAX_BYTES, file) : 0;
    int line = got > 0 ? line_of(text, word) : 0;
    qm_free(text);
    if (file) {
        fclose(file);
    }
    return line;
}

qm_status qm_sweep_wrong(const qm_sweep *s, const char *name, qm_error *err, const char *format,
                         ...) {
    char text[QM_ERROR_TEXT_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return qm_error_at(err, QM_ECONFIG, s->path, name ? find_line(s->path, name) : 0, 0, "%s%s%s",
                       name ? name : "", name ? ": " : "", text);
}

const char *qm_sweep_keep(qm_sweep *s, const char *text) {
    char *copy = qm_strdup(text);
    if (copy && qm_vec_push(&s->texts, &copy) != QM_OK) {
        qm_free(copy);
        copy = NULL;
    }
    return copy;
}

static bool has(const qm_config_entries *entries, const char *name) {
    for (size_t i = 0; i < entries->length; i++) {
        if (strncmp(entries->items[i].name, name, strlen(name)) == 0) {
            return true;
        }
    }
    return false;
}

/* What must and what can't stand together. */
static qm_status check(const qm_sweep *s, const qm_config_entries *entries, qm_error *err) {
    static const char *const needed[] = {"strategy", "bars", "params", "method"};
    for (int i = 0; i < 4; i++) {
        if (!has(entries, needed[i])) {
            return qm_sweep_wrong(s, NULL, err, "%s is missing", needed[i]);
        }
    }
    bool walk = s->method == QM_SWEEP_WALK;
    if (s->method == QM_SWEEP_RANDOM && s->samples == 0) {
        return qm_sweep_wrong(s, "method", err, "random needs samples");
    }
    if (s->method == QM_SWEEP_GRID && (s->samples != 0 || has(entries, "seed"))) {
        return qm_sweep_wrong(s, s->samples ? "samples" : "seed", err, "a grid draws nothing");
    }
    if (walk && (s->from == QM_DATE_NONE || s->to == QM_DATE_NONE || s->folds == 0)) {
        return qm_sweep_wrong(s, "method", err, "walk_forward needs from, to and folds");
    }
    if (!walk && (s->folds != 0 || s->purge >= 0)) {
        return qm_sweep_wrong(s, s->folds ? "folds" : "purge", err, "only walk_forward has it");
    }
    if (s->from != QM_DATE_NONE && s->to != QM_DATE_NONE && s->from > s->to) {
        return qm_sweep_wrong(s, "from", err, "lies after to");
    }
    int64_t block = walk ? (s->to - s->from + 1) / (s->folds + 1) : 0;
    if (walk && block <= (s->purge > 0 ? s->purge : 0)) {
        return qm_sweep_wrong(s, "folds", err,
                              "the first training of %lld days is not longer than the purge",
                              (long long)block);
    }
    return QM_OK;
}

/* The specification without paths: those may differ from machine to machine. The objective only
 * chooses among results. */
static void hash_entries(qm_sweep *s, const qm_config_entries *entries) {
    qm_sha256 hash;
    uint8_t digest[QM_SHA256_SIZE];
    qm_sha256_init(&hash);
    for (size_t i = 0; i < entries->length; i++) {
        const qm_config_entry *e = &entries->items[i];
        bool path = strncmp(e->name, "bars.", 5) == 0 || strcmp(e->name, "strategy") == 0 ||
                    strcmp(e->name, "factors") == 0;
        if (strcmp(e->name, "objective") == 0) {
            continue;
        }
        qm_sha256_update(&hash, e->name, strlen(e->name) + 1);
        qm_sha256_update(&hash, e->kind, strlen(e->kind) + 1);
        qm_sha256_update(&hash, e->value, path ? 0 : strlen(e->value) + 1);
    }
    for (size_t i = 0; i < s->cells.length; i++) {
        qm_sha256_update(&hash, s->cells.items[i], strlen(s->cells.items[i]) + 1);
    }
    qm_sha256_final(&hash, digest);
    qm_sha256_hex(digest, s->spec_hash);
}

static qm_status use(qm_sweep *s, const qm_config_entries *entries, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t i = 0; status == QM_OK && i < entries->length; i++) {
        status = qm_sweep_take(s, &entries->items[i], err);
    }
    if (status == QM_OK) {
        status = check(s, entries, err);
    }
    s->purge = s->purge < 0 ? 0 : s->purge;
    if (status == QM_OK) {
        status = qm_sweep_axes(s, entries, err);
    }
    if (status == QM_OK) {
        status = qm_sweep_sets(s, err);
    }
    if (status != QM_OK) {
        return status;
    }
    int64_t runs = (int64_t)qm_sweep_runs(s);
    if (runs > QM_SWEEP_RUNS_MAX) {
        return qm_sweep_wrong(s, "folds", err, "%lld runs: at most %d", (long long)runs,
                              QM_SWEEP_RUNS_MAX);
    }
    s->tasks = s->tasks == 0 ? QM_SWEEP_TASKS : s->tasks;
    s->tasks = s->tasks < runs ? s->tasks : runs;
    hash_entries(s, entries);
    return QM_OK;
}

qm_status qm_sweep_read(qm_sweep *s, const char *path, const char *folder, qm_error *err) {
    qm_config_entries entries = {0};
    *s = (qm_sweep){.from = QM_DATE_NONE, .to = QM_DATE_NONE, .purge = -1};
    s->objective = qm_sweep_objective_from("sharpe");
    size_t length = strlen(path);
    bool lua = length > 4 && strcmp(path + length - 4, ".lua") == 0;
    if (length > sizeof s->path - 64 || (folder && strlen(folder) > sizeof s->folder - 64)) {
        return qm_error_set(err, QM_EUSAGE, "%s: the path is too long", path);
    }
    snprintf(s->path, sizeof s->path, "%s", path);
    if (folder) {
        snprintf(s->folder, sizeof s->folder, "%s", folder);
    } else {
        snprintf(s->folder, sizeof s->folder, "%.*s.sweep", (int)(lua ? length - 4 : length), path);
    }
    s->args = qm_calloc(1, sizeof *s->args);
    if (!s->args) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = qm_config_read(path, &entries, err);
    if (status == QM_OK) {
        status = use(s, &entries, err);
    }
    qm_vec_fini(&entries);
    return status;
}

void qm_sweep_fini(qm_sweep *s) {
    for (size_t i = 0; i < s->texts.length; i++) {
        qm_free(s->texts.items[i]);
    }
    for (size_t i = 0; i < s->axes.length; i++) {
        qm_vec_fini(&s->axes.items[i].values); /* the texts are the sweep's */
    }
    qm_vec_fini(&s->texts);
    qm_vec_fini(&s->axes);
    qm_vec_fini(&s->cells);
    qm_free(s->args);
}
