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

static void put_result(qm_json_writer *w, const get_result *r) {
    qm_json_open_object(w);
    qm_json_put_string(w, "symbol", r->symbol);
    qm_json_put_date(w, "from", r->pages > 0 ? r->from : QM_DATE_NONE);
    qm_json_put_date(w, "to", r->pages > 0 ? r->to : QM_DATE_NONE);
    qm_json_put_int(w, "pages", r->pages);
    qm_json_put_count(w, "rows", r->rows);
    qm_json_put_count(w, "added", r->bars.added);
    qm_json_put_count(w, "known", r->bars.known);
    qm_json_put_count(w, "replaced", r->bars.replaced);
    qm_json_put_count(w, "flagged", r->flagged);
    qm_json_put_count(w, "unfinished", r->unfinished);
    qm_json_put_count(w, "outside", r->outside);
    qm_json_put_count(w, "splits", r->splits);
    qm_json_put_count(w, "dividends", r->dividends);
    qm_json_put_bool(w, "resumed", r->resumed);
    qm_json_put_string(w, "status", qm_status_name(r->status));
    qm_json_put_string(w, "error", r->status == QM_OK ? NULL : r->error);
    qm_json_close_object(w);
}

qm_status qm_get_report(get_run *run, const get_result *results, size_t count, qm_error *err) {
    qm_buf out;
    qm_json_writer w;
    char tf[QM_TIMEFRAME_BUF];
    qm_buf_init(&out, OUTPUT_MAX);
    qm_json_writer_init(&w, &out);
    qm_json_open_object(&w);
    qm_json_put_string(&w, "provider", run->provider.name);
    qm_json_put_string(&w, "timeframe", qm_timeframe_format(run->tf, tf));
    qm_json_key(&w, "symbols");
    qm_json_open_array(&w);
    for (size_t i = 0; i < count; i++) {
        put_result(&w, &results[i]);
    }
    qm_json_close_array(&w);
    qm_json_put_count(&w, "requests", run->fetcher.requests);
    qm_json_put_count(&w, "retries", run->fetcher.retries);
    qm_json_put_count(&w, "bytes", run->fetcher.bytes);
    qm_json_put_double(&w, "seconds", (double)(qm_loop_monotonic_ns() - run->began_ns) / 1e9);
    qm_json_close_object(&w);
    qm_buf_putc(&out, '\n');
    qm_status status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status;
}
