/* SPDX-License-Identifier: MIT */
#include "import/ohlcv.h"

#include "base/mem.h"
#include "import/internal.h"

#include <string.h>

void qm_ohlcv_fini(qm_ohlcv *o) {
    for (size_t i = 0; i < o->text_count; i++) {
        qm_free(o->time_text[i]);
    }
    qm_free(o->time_text);
    qm_bars_fini(&o->bars);
    *o = (qm_ohlcv){0};
}

static qm_status open_reader(reader *r, qm_error *err) {
    qm_status status = r->stream ? QM_OK : qm_stream_open(r->path, &r->stream, err);
    if (status == QM_OK) {
        status = qm_csv_new(r->stream, r->path, 0, &r->csv);
        if (status != QM_OK) {
            return qm_error_set(err, status, "%s", qm_status_text(status));
        }
    }
    r->tz = qm_tz_new_york();
    const char *name = r->options->tz;
    if (status == QM_OK && name && strcmp(name, "America/New_York") != 0) {
        status = qm_tz_load(name, &r->tz_owned, err);
        r->tz = r->tz_owned;
    }
    return status;
}

static void close_reader(reader *r) {
    qm_csv_free(r->csv);
    qm_stream_close(r->stream);
    qm_tz_free(r->tz_owned);
}

static qm_status tick(const reader *r, qm_error *err) {
    const qm_progress *p = r->options->progress;
    if (!p) {
        return QM_OK;
    }
    if (p->cancel && *p->cancel) {
        return qm_error_at(err, QM_ECANCELLED, r->path, 0, 0, "cancelled, nothing is kept");
    }
    if (p->update) {
        p->update(p->data, r->path, qm_stream_position(r->stream), qm_stream_size(r->stream));
    }
    return QM_OK;
}

enum { TICK_EVERY = 1024, SHORT_LINE = 40 };

static qm_status read_rows(reader *r, qm_error *err) {
    const qm_cell *cells;
    size_t count, rows = 0;
    qm_status status = qm_csv_next(r->csv, &cells, &count, err);
    if (status == QM_OK && !cells) {
        return qm_error_at(err, QM_EDATA, r->path, 0, 0, "the file is empty");
    }
    if (status == QM_OK) {
        status = qm_layout_find(r, cells, count, err);
    }
    if (status == QM_OK) {
        /* A wish: pages that no row reaches are never touched, and rows grow without it too. */
        (void)qm_bars_reserve(&r->out->bars, qm_stream_size(r->stream) / SHORT_LINE);
    }
    while (status == QM_OK) {
        status = qm_csv_next(r->csv, &cells, &count, err);
        if (status != QM_OK || !cells) {
            break;
        }
        status = qm_row_read(r, cells, count, err);
        if (status == QM_OK) {
            status = qm_rows_fast(r, err);
        }
        if (status == QM_OK && (rows++ % TICK_EVERY == 0)) {
            status = tick(r, err);
        }
    }
    return status;
}

/* path and stream (NULL: to be opened) are the caller's. */
static qm_status read_all(reader *r, qm_ohlcv *out, qm_error *err) {
    r->out = out;
    *out = (qm_ohlcv){0};
    qm_bars_init(&out->bars, r->options->tf);
    qm_status status = open_reader(r, err);
    if (status == QM_OK) {
        status = read_rows(r, err);
    }
    if (status == QM_OK && out->bars.n == 0) {
        status = qm_error_at(err, QM_EDATA, r->path, 0, 0, "the file has a header but no rows");
    }
    if (status == QM_OK) {
        status = qm_ohlcv_place(r, err);
    }
    close_reader(r);
    return status;
}

qm_status qm_ohlcv_read(const char *path, const qm_ohlcv_options *options, qm_ohlcv *out,
                        qm_error *err) {
    reader r = {.path = path, .options = options};
    return read_all(&r, out, err);
}

qm_status qm_ohlcv_read_text(const char *name, const void *text, size_t length,
                             const qm_ohlcv_options *options, qm_ohlcv *out, qm_error *err) {
    reader r = {.path = name, .options = options};
    qm_status status = qm_stream_open_memory(name, text, length, &r.stream, err);
    if (status != QM_OK) {
        *out = (qm_ohlcv){0};
        return status;
    }
    return read_all(&r, out, err);
}

void qm_symbol_from_path(const char *path, char out[QM_SYMBOL_MAX]) {
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    size_t n = 0;
    for (; base[n] && base[n] != '.' && n + 1 < QM_SYMBOL_MAX; n++) {
        char c = base[n];
        out[n] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
    }
    out[n] = 0;
}
