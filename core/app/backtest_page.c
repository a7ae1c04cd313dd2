/* SPDX-License-Identifier: MIT
 *
 * The page of a backtest, with what it was made of.
 */
#include "app/results.h"
#include "qm_version.h"

#include <stdio.h>

enum { PAGE_MAX = 2000000000, FACTS_TEXT_MAX = 4 << 20 };

/* One line for each symbol. */
static void put_data(const qm_seal *seal, qm_buf *out) {
    for (size_t i = 0; i < seal->data.length; i++) {
        const qm_seal_data *one = &seal->data.items[i];
        char first[QM_DATE_BUF] = "", last[QM_DATE_BUF] = "";
        if (one->first != QM_DATE_NONE) {
            qm_date_format(one->first, first);
            qm_date_format(one->last, last);
        }
        qm_buf_printf(out, "%s%s: %zu bars, %zu actions, %s to %s, %.16s", i ? "; " : "",
                      one->symbol, one->bars, one->actions, first, last, one->hash);
    }
}

static qm_status write(const char *path, const qm_buf *text, qm_error *err) {
    FILE *file = fopen(path, "w");
    bool bad = !file || fwrite(text->data, 1, text->length, file) != text->length;
    bad = (file && fclose(file) != 0) || bad;
    return bad ? qm_error_at(err, QM_EIO, path, 0, 0, "can't be written") : QM_OK;
}

qm_status qm_result_page(const qm_result *r, const char *path, qm_report_options options,
                         qm_error *err) {
    const qm_run_row *row = &r->trial->recorder.row;
    qm_buf data, arguments, page;
    qm_json_writer w;
    qm_buf_init(&data, FACTS_TEXT_MAX);
    qm_buf_init(&arguments, FACTS_TEXT_MAX);
    qm_buf_init(&page, PAGE_MAX);
    put_data(r->seal, &data);
    qm_json_writer_init(&w, &arguments);
    qm_seal_arguments(r->trial->args, &w);
    const qm_report_fact facts[] = {
        {"Strategy", r->trial->args->values[0]},
        {"Source, SHA-256", row->source_hash},
        {"Parameters", row->params ? row->params : "{}"},
        {"Arguments", arguments.status == QM_OK ? arguments.data : "too many to show"},
        {"Data", data.status == QM_OK && data.data ? data.data : "too many to show"},
        {"Version", QM_VERSION},
        {"Seal", r->seal->hash}};
    options.title = "Backtest";
    options.facts = facts;
    options.fact_count = sizeof facts / sizeof *facts;
    qm_status status = qm_report_html(r->desk->engine, &options, &page);
    if (status != QM_OK) {
        qm_error_at(err, status, path, 0, 0, "%s", qm_status_text(status));
    }
    status = status == QM_OK ? write(path, &page, err) : status;
    qm_buf_fini(&data);
    qm_buf_fini(&arguments);
    qm_buf_fini(&page);
    return status;
}
