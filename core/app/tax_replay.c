/* SPDX-License-Identifier: MIT
 *
 * Cases of the tax engine: one is replayed and printed, a folder is replayed and compared.
 */
#include "app/taxbook.h"
#include "base/mem.h"
#include "base/vec.h"
#include "codec/stream.h"
#include "tax/case.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_MAX_BYTES = 1 << 28, OUTPUT_MAX = 1 << 28 };

typedef struct run_state {
    const char *path;   /* of the file at hand, as given or found */
    const char *wanted; /* --case */
    size_t passed, failed;
    qm_buf out;
} run_state;

static qm_status read_all(const char *path, qm_buf *text, qm_error *err) {
    qm_stream *stream;
    char block[1 << 14];
    size_t got = 0;
    qm_status status = qm_stream_open(path, &stream, err);
    if (status != QM_OK) {
        return status;
    }
    do {
        status = qm_stream_read(stream, block, sizeof block, &got, err);
        qm_buf_append(text, block, status == QM_OK ? got : 0);
    } while (status == QM_OK && got > 0);
    qm_stream_close(stream);
    if (status == QM_OK && text->status != QM_OK) {
        return qm_error_set(err, QM_EDATA, "%s: larger than %d MB", path, FILE_MAX_BYTES >> 20);
    }
    return status;
}

/* Says which file an error is of. */
static qm_status in_file(const char *path, qm_error *err, qm_status status) {
    if (status != QM_OK && err && !err->file[0]) {
        snprintf(err->file, sizeof err->file, "%s", path);
    }
    return status;
}

static qm_status load(const char *path, qm_json **out, qm_error *err) {
    qm_buf text;
    qm_buf_init(&text, FILE_MAX_BYTES);
    qm_status status = read_all(path, &text, err);
    if (status == QM_OK) {
        status = qm_json_parse(text.data ? text.data : "", text.length, out, err);
    }
    qm_buf_fini(&text);
    return in_file(path, err, status);
}

/* A file is a case or an object with `cases`. */
static size_t case_count(const qm_json *root) {
    const qm_json *list = qm_json_get(root, "cases");
    return list ? qm_json_size(list) : 1;
}

static const qm_json *case_at(const qm_json *root, size_t i) {
    const qm_json *list = qm_json_get(root, "cases");
    return list ? qm_json_at(list, i) : root;
}

static const char *case_id(const qm_json *one) {
    const char *id = qm_json_text(qm_json_get(one, "id"));
    return id ? id : "case";
}

/* Replays one case and appends what came of it. */
static qm_status replay(const qm_json *one, bool tell, qm_buf *out, qm_error *err) {
    qm_tax_case *c;
    qm_tax_replay r = {0};
    qm_status status = qm_tax_case_read(one, &c, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_tax_case_replay(c, &r, err);
    if (status == QM_OK) {
        status = qm_tax_replay_write(c, &r, out);
        if (r.error && tell) {
            fprintf(stderr, "qm: %s: %s\n", case_id(one), r.detail.message);
        }
        qm_tax_replay_fini(&r);
    }
    qm_tax_case_free(c);
    return status;
}

static qm_status print_one(const qm_json *one, qm_error *err) {
    qm_buf out;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_status status = replay(one, true, &out, err);
    if (status == QM_OK) {
        qm_buf_putc(&out, '\n');
        status = qm_print(&out, err);
    }
    qm_buf_fini(&out);
    return status;
}

/* One line for a case, and one for each difference. */
static qm_status compare_one(run_state *s, const qm_json *one, qm_error *err) {
    qm_buf out, why;
    qm_json *got = NULL;
    bool same = false;
    qm_buf_init(&out, OUTPUT_MAX);
    qm_buf_init(&why, OUTPUT_MAX);
    if (!qm_json_get(one, "expect")) {
        return qm_error_set(err, QM_EDATA, "case %s: nothing is expected of it (--json prints it)",
                            case_id(one));
    }
    qm_status status = replay(one, false, &out, err);
    status = status == QM_OK ? qm_json_parse(out.data, out.length, &got, err) : status;
    status = status == QM_OK ? qm_tax_case_compare(one, got, &same, &why) : status;
    if (status == QM_OK) {
        s->passed += same;
        s->failed += !same;
        qm_buf_printf(&s->out, "%s  %s\n", same ? "pass" : "FAIL", case_id(one));
        qm_buf_append(&s->out, why.data, why.length);
    }
    qm_json_free(got);
    qm_buf_fini(&out);
    qm_buf_fini(&why);
    return status;
}

static qm_status run_file(run_state *s, const char *path, qm_error *err) {
    qm_json *root;
    qm_status status = load(path, &root, err);
    if (status != QM_OK) {
        return status;
    }
    for (size_t i = 0; i < case_count(root) && status == QM_OK; i++) {
        const qm_json *one = case_at(root, i);
        if (!s->wanted || strcmp(case_id(one), s->wanted) == 0) {
            status = in_file(path, err, compare_one(s, one, err));
        }
    }
    qm_json_free(root);
    return status;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

typedef QM_VEC(char *) names;

static qm_status list_folder(const char *path, names *out, qm_error *err) {
    DIR *dir = opendir(path);
    const struct dirent *entry;
    qm_status status = QM_OK;
    if (!dir) {
        return qm_error_set(err, QM_EIO, "%s: %s", path, strerror(errno));
    }
    while (status == QM_OK && (entry = readdir(dir)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".json") == 0) {
            size_t size = strlen(path) + length + 2;
            char *full = qm_alloc(size);
            if (full) {
                snprintf(full, size, "%s/%s", path, entry->d_name);
            }
            status = full ? qm_vec_push(out, &full) : QM_ENOMEM;
        }
    }
    closedir(dir);
    if (out->length) {
        qsort(out->items, out->length, sizeof *out->items, by_name);
    }
    return status;
}

static qm_status run_folder(run_state *s, const char *path, qm_error *err) {
    names files = {0};
    qm_status status = list_folder(path, &files, err);
    for (size_t i = 0; i < files.length; i++) {
        status = status == QM_OK ? run_file(s, files.items[i], err) : status;
        qm_free(files.items[i]);
    }
    qm_vec_fini(&files);
    return status;
}

static qm_status compare_all(const char *path, const char *wanted, qm_error *err) {
    run_state s = {.path = path, .wanted = wanted};
    struct stat about;
    qm_buf_init(&s.out, OUTPUT_MAX);
    bool is_folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
    qm_status status = is_folder ? run_folder(&s, path, err) : run_file(&s, path, err);
    if (status == QM_OK && s.passed + s.failed == 0) {
        status = qm_error_set(err, QM_EDATA, "%s: no case%s%s", path, wanted ? " " : "",
                              wanted ? wanted : "");
    }
    if (status == QM_OK) {
        qm_buf_printf(&s.out, "%zu of %zu cases pass\n", s.passed, s.passed + s.failed);
        status = qm_print(&s.out, err);
    }
    if (status == QM_OK && s.failed) {
        status = qm_error_set(err, QM_ENO, "%zu cases fail", s.failed);
    }
    qm_buf_fini(&s.out);
    return status;
}

/* --json prints one case: the only one, or the one that is named. */
static qm_status print_case(const char *path, const char *wanted, bool *done, qm_error *err) {
    qm_json *root;
    qm_status status = load(path, &root, err);
    if (status != QM_OK) {
        return status;
    }
    const qm_json *one = case_count(root) == 1 && !wanted ? case_at(root, 0) : NULL;
    for (size_t i = 0; wanted && !one && i < case_count(root); i++) {
        one = strcmp(case_id(case_at(root, i)), wanted) == 0 ? case_at(root, i) : NULL;
    }
    *done = one != NULL;
    if (one) {
        status = in_file(path, err, print_one(one, err));
    } else if (wanted) {
        status = qm_error_set(err, QM_EDATA, "%s: no case %s", path, wanted);
    }
    qm_json_free(root);
    return status;
}

qm_status qm_tax_cmd_replay(const qm_args *args, qm_error *err) {
    const char *path = args->values[1], *wanted = qm_args_get(args, "case", NULL);
    struct stat about;
    bool done = false;
    if (args->count != 2) {
        return qm_error_set(err, QM_EUSAGE, "tax replay: name one file or folder");
    }
    if (stat(path, &about) != 0) {
        return qm_error_set(err, QM_EDATA, "%s: %s", path, strerror(errno));
    }
    if (qm_args_has(args, "json") && !S_ISDIR(about.st_mode)) {
        qm_status status = print_case(path, wanted, &done, err);
        if (status != QM_OK || done) {
            return status;
        }
    }
    return compare_all(path, wanted, err);
}
