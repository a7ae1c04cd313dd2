/* SPDX-License-Identifier: MIT
 *
 * What came of `qm data get`, for people and for programs.
 */
#include "app/data_get.h"

#include "codec/json.h"
#include "loop/loop.h"

enum { FINDINGS_SHOWN = 10, OUTPUT_MAX = 1 << 24 };

static unsigned long long n(uint64_t value) {
    return value;
}

static void put_text(const get_run *run, const get_result *r, qm_buf *out) {
    char tf[QM_TIMEFRAME_BUF];
    bool same = r->bars.added + r->bars.replaced + r->splits + r->dividends == 0;
    qm_buf_printf(out,
                  "%s %s from %s: %lld %s, %llu bars added, %llu known, %llu replaced, %llu "
                  "flagged",
                  r->symbol, qm_timeframe_format(run->tf, tf), run->provider.name,
                  (long long)r->pages, r->pages == 1 ? "page" : "pages", n(r->bars.added),
                  n(r->bars.known), n(r->bars.replaced), n(r->flagged));
    if (r->splits + r->dividends > 0) {
        qm_buf_printf(out, ", %llu splits, %llu dividends", n(r->splits), n(r->dividends));
    }
    qm_buf_puts(out, r->resumed ? "; gone on where it stopped" : "");
    qm_buf_puts(out, same ? "; nothing changed\n" : "\n");
    if (r->unfinished > 0) {
        qm_buf_printf(out, "  %llu left out: not over yet\n", n(r->unfinished));
    }
    if (r->outside > 0) {
        qm_buf_printf(out, "  %llu left out: not in the range\n", n(r->outside));
    }
    if (!run->provider.page.layout.field[QM_PAGE_VOLUME] && r->rows > 0) {
        qm_buf_puts(out, "  no volume: it is unknown, not 0\n");
    }
}

qm_status qm_get_report_one(get_run *run, const get_result *r, qm_error *err) {
    qm_buf out;
    size_t count;
    const qm_instrument *one = qm_instruments_find(run->desk.instruments, r->symbol, QM_DATE_NONE);
    qm_status status = QM_OK;
    if (r->status != QM_OK && r->pages == 0) {
        return QM_OK; /* the error says it all */
    }
    qm_buf_init(&out, OUTPUT_MAX);
    put_text(run, r, &out);
    if (r->status == QM_OK && one && r->bars.added + r->bars.replaced > 0) {
        status = qm_data_findings(&run->desk, one->id, &out, FINDINGS_SHOWN, &count, err);
    }
    if (status == QM_OK) {
        status = qm_print(&out, r->status == QM_OK ? err : NULL);
    }
    qm_buf_fini(&out);
    return status;
}

static void put_number(qm_json_writer *w, const char *key, uint64_t value) {
    qm_json_key(w, key);
    qm_json_int(w, (int64_t)value);
}

static void put_result(qm_json_writer *w, const get_result *r) {
    qm_json_open_object(w);
    qm_json_key(w, "symbol");
    qm_json_string(w, r->symbol);
    qm_json_key(w, "from");
    qm_json_date(w, r->pages > 0 ? r->from : QM_DATE_NONE);
    qm_json_key(w, "to");
    qm_json_date(w, r->pages > 0 ? r->to : QM_DATE_NONE);
    put_number(w, "pages", (uint64_t)r->pages);
    put_number(w, "rows", r->rows);
    put_number(w, "added", r->bars.added);
    put_number(w, "known", r->bars.known);
    put_number(w, "replaced", r->bars.replaced);
    put_number(w, "flagged", r->flagged);
    put_number(w, "unfinished", r->unfinished);
    put_number(w, "outside", r->outside);
    put_number(w, "splits", r->splits);
    put_number(w, "dividends", r->dividends);
    qm_json_key(w, "resumed");
    qm_json_bool(w, r->resumed);
    qm_json_key(w, "status");
    qm_json_string(w, qm_status_name(r->status));
    qm_json_key(w, "error");
    qm_json_string(w, r->status == QM_OK ? NULL : r->error);
    qm_json_close_object(w);
}

qm_status qm_get_report(get_run *run, const get_result *results, size_t count, qm_error *err) {
    qm_buf out;
    qm_json_writer w;
    char tf[QM_TIMEFRAME_BUF];
    qm_buf_init(&out, OUTPUT_MAX);
    qm_json_writer_init(&w, &out);
    qm_json_open_object(&w);
    qm_json_key(&w, "provider");
    qm_json_string(&w, run->provider.name);
    qm_json_key(&w, "timeframe");
    qm_json_string(&w, qm_timeframe_format(run->tf, tf));
    qm_json_key(&w, "symbols");
    qm_json_open_array(&w);
    for (size_t i = 0; i < count; i++) {
        put_result(&w, &results[i]);
    }
    qm_json_close_array(&w);
    put_number(&w, "requests", run->fetcher.requests);
    put_number(&w, "retries", run->fetcher.retries);
    put_number(&w, "bytes", run->fetcher.bytes);
    qm_json_key(&w, "seconds");
    qm_json_double(&w, (double)(qm_loop_monotonic_ns() - run->began_ns) / 1e9);
    qm_json_close_object(&w);
    qm_buf_putc(&out, '\n');
    qm_status status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}
