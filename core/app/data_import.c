/* SPDX-License-Identifier: MIT
 *
 * Price files into market.db: each file is read whole, checked, and kept in one transaction or not
 * at all.
 */
#include "app/data.h"
#include "app/write_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FINDINGS_SHOWN = 10, OUTPUT_MAX = 1 << 24 };

static void show_progress(void *data, const char *what, uint64_t done, uint64_t total) {
    const char *path = data;
    if (total > 0) {
        fprintf(stderr, "\r%s: %s %3.0f%%\x1b[K", path, what, 100.0 * (double)done / (double)total);
    }
}

static qm_status is_there(const char *path, qm_error *err) {
    if (strcmp(path, "-") == 0 || access(path, F_OK) == 0) {
        return QM_OK;
    }
    return qm_error_at(err, QM_ENOTFOUND, path, 0, 0, "%s", strerror(errno));
}

qm_status qm_data_save_instrument(qm_desk *desk, const char *symbol, qm_instrument_id *id,
                                  qm_error *err) {
    const qm_instrument *known = qm_instruments_find(desk->instruments, symbol, QM_DATE_NONE);
    qm_status status = QM_OK;
    if (!known) { /* the next number is that of the store, not of when it was opened */
        status = qm_desk_reload_instruments(desk, err);
    }
    if (status != QM_OK) {
        return status;
    }
    size_t before = qm_instruments_count(desk->instruments);
    status = qm_instruments_intern(desk->instruments, symbol, id);
    if (status != QM_OK) {
        return qm_error_set(err, status == QM_EINVAL ? QM_EUSAGE : status,
                            "\"%s\" is no symbol: name one with --symbol", symbol);
    }
    return qm_instruments_count(desk->instruments) > before
               ? qm_market_db_save_instrument(desk->market,
                                              qm_instruments_get(desk->instruments, *id), err)
               : QM_OK;
}

/* One file on its way into the store. */
typedef struct import_job {
    const char *path;
    qm_ohlcv file;
    qm_action_vec actions;
    qm_instrument_id id;
    qm_put_report bars;
    uint64_t new_actions;
} import_job;

/* Bars and actions; inside a transaction. */
static qm_status put(qm_desk *desk, import_job *job, bool replace, qm_error *err) {
    qm_status status =
        qm_market_db_put_bars(desk->market, job->id, &job->file.bars, replace, &job->bars, err);
    for (size_t i = 0; status == QM_OK && i < job->actions.length; i++) {
        qm_action action = job->actions.items[i];
        bool known = false;
        action.instrument = job->id;
        status = qm_market_db_put_action(desk->market, &action, &known, err);
        job->new_actions += !known;
    }
    if (status == QM_OK && qm_interrupted) {
        status = qm_error_set(err, QM_ECANCELLED, "cancelled: nothing of the file was kept");
    }
    return status;
}

static void report(qm_desk *desk, const import_job *r, qm_buf *out) {
    const qm_ohlcv *file = &r->file;
    char tf[QM_TIMEFRAME_BUF];
    uint64_t flagged = file->flagged_open + file->flagged_session;
    qm_buf_printf(out, "%s: %s %s: %llu bars added, %llu known, %llu replaced, %llu flagged",
                  r->path, qm_instruments_get(desk->instruments, r->id)->symbol,
                  qm_timeframe_format(file->bars.tf, tf), (unsigned long long)r->bars.added,
                  (unsigned long long)r->bars.known, (unsigned long long)r->bars.replaced,
                  (unsigned long long)flagged);
    if (r->new_actions > 0) {
        qm_buf_printf(out, ", %llu splits", (unsigned long long)r->new_actions);
    }
    bool same = r->bars.added + r->bars.replaced + r->new_actions == 0;
    qm_buf_puts(out, same ? "; nothing changed\n" : "\n");
    if (file->flagged_open > 0) {
        qm_buf_printf(out, "  %llu bars open outside their low and high: kept as written\n",
                      (unsigned long long)file->flagged_open);
    }
    if (file->flagged_session > 0) {
        qm_buf_printf(out, "  %llu bars stand on days without a session: kept\n",
                      (unsigned long long)file->flagged_session);
    }
    if (!file->has_volume) {
        qm_buf_puts(out, "  no volume column: volume is unknown, not 0\n");
    }
    if (file->has_adjusted) {
        qm_buf_puts(out, "  its adjusted close differs from the close and is not stored: prices "
                         "are kept as traded; tell splits with qm data actions add\n");
    }
}

static qm_status store(qm_desk *desk, const qm_args *args, import_job *job, qm_error *err) {
    char symbol[QM_SYMBOL_MAX];
    const char *named = qm_args_get(args, "symbol", NULL);
    if (!named) {
        qm_symbol_from_path(job->path, symbol);
        /* Cut off, two files could end up as one symbol. */
        if (strlen(symbol) == QM_SYMBOL_MAX - 1) {
            return qm_error_at(err, QM_EUSAGE, job->path, 0, 0,
                               "the file's name is too long for a symbol: name one with --symbol");
        }
    }
    qm_status status = qm_market_db_begin(desk->market, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_data_save_instrument(desk, named ? named : symbol, &job->id, err);
    if (status == QM_OK) {
        status = put(desk, job, qm_args_has(args, "replace"), err);
    }
    if (status == QM_OK) {
        status = qm_market_db_commit(desk->market, err);
    }
    if (status != QM_OK) {
        qm_market_db_rollback(desk->market);
        if (status == QM_EEXISTS && err && !err->file[0]) {
            snprintf(err->file, sizeof err->file, "%s", job->path);
        }
    }
    return status;
}

static qm_status import_file(qm_desk *desk, const qm_args *args, const char *path, qm_buf *out,
                             qm_error *err) {
    qm_progress progress = {.cancel = &qm_interrupted, .data = (void *)path};
    progress.update = isatty(STDERR_FILENO) ? show_progress : NULL;
    import_job job = {.path = path};
    qm_status status = qm_desk_read(path, args, &progress, &job.file, &job.actions, err);
    if (progress.update) {
        fputs("\r\x1b[K", stderr);
    }
    if (status != QM_OK && qm_interrupted) { /* also a read that the signal broke off */
        status = qm_error_at(err, QM_ECANCELLED, path, 0, 0, "cancelled: nothing of it was kept");
    }
    if (status == QM_OK && job.file.bars.n == 0) {
        status = qm_error_at(err, QM_EDATA, path, 0, 0, "the file has no rows");
    }
    if (status == QM_OK) {
        status = store(desk, args, &job, err);
    }
    if (status == QM_OK) {
        size_t count;
        report(desk, &job, out);
        status = qm_data_findings(desk, job.id, out, FINDINGS_SHOWN, &count, err);
    }
    qm_ohlcv_fini(&job.file);
    qm_vec_fini(&job.actions);
    return status;
}

qm_status qm_data_import(const qm_args *args, qm_error *err) {
    char folder[4096];
    qm_desk desk = {0};
    qm_buf out;
    if (args->count < 2) {
        return qm_error_set(err, QM_EUSAGE, "data import: name a file");
    }
    if (args->count > 2 && qm_args_has(args, "symbol")) {
        return qm_error_set(err, QM_EUSAGE, "data import: --symbol goes with one file");
    }
    qm_buf_init(&out, OUTPUT_MAX);
    qm_catch_interrupts();
    qm_desk_folder(args, folder, sizeof folder);
    qm_status status = is_there(args->values[1], err); /* a typo makes no folder */
    if (status == QM_OK) {
        status = qm_make_folder(folder, err);
    }
    if (status == QM_OK) {
        status = qm_data_open(&desk, args, QM_DB_CREATE, err);
    }
    for (int i = 1; status == QM_OK && i < args->count; i++) {
        status = import_file(&desk, args, args->values[i], &out, err);
        if (status == QM_OK) {
            status = qm_print(&out, err);
        }
        qm_buf_clear(&out);
    }
    qm_desk_fini(&desk);
    qm_buf_fini(&out);
    return status;
}
