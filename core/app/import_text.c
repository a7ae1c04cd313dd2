/* SPDX-License-Identifier: MIT */
#include "app/command.h"
#include "app/import_view.h"
#include "report/report.h"

#include <stdio.h>

static qm_status put_table(const import_file *files, size_t count, qm_buf *out) {
    static const char *const headers[] = {"file",  "format",   "account", "facts",
                                          "known", "rejected", "differ",  "missing"};
    static const bool right[] = {false, false, false, true, true, true, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 8, &table);
    if (status != QM_OK) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        const qm_statement *st = files[i].statement;
        size_t accounts = files[i].accounts ? st->accounts.length : 0;
        for (size_t k = 0; k < accounts && status == QM_OK; k++) {
            const qm_reconcile *r = &files[i].accounts[k];
            uint64_t facts = 0, differ = 0;
            char text[5][24];
            for (int n = 0; n < QM_FACT_COUNT; n++) {
                facts += r->counts[n];
            }
            for (size_t n = 0; n < r->lines.length; n++) {
                differ += r->lines.items[n].differs;
            }
            const uint64_t numbers[] = {facts, r->known, k == 0 ? st->rejects.length : 0, differ,
                                        r->missing.length};
            for (int n = 0; n < 5; n++) {
                snprintf(text[n], sizeof text[n], "%llu", (unsigned long long)numbers[n]);
            }
            const char *cells[] = {files[i].path,
                                   qm_statement_format_name(st->format),
                                   *r->account->name ? r->account->name : "-",
                                   text[0],
                                   text[1],
                                   text[2],
                                   text[3],
                                   text[4]};
            status = qm_table_row(table, cells);
        }
    }
    status = status == QM_OK ? qm_table_print(table, qm_wants_color(), 0, out) : status;
    qm_table_free(table);
    return status;
}

static void put_differences(const qm_reconcile *r, qm_buf *out) {
    for (size_t i = 0; i < r->lines.length; i++) {
        const qm_reconcile_line *line = &r->lines.items[i];
        char ours[QM_TOTAL_BUF], statement[QM_TOTAL_BUF], difference[QM_RECONCILE_TEXT];
        if (!line->differs) {
            continue;
        }
        qm_total_format(line->ours, ours);
        qm_total_format(line->statement, statement);
        qm_buf_printf(out, "  %s%s%s: ours %s, statement %s", line->item,
                      *line->currency ? " " : "", line->currency,
                      line->has_ours ? ours : "not known", statement);
        if (line->has_ours) {
            qm_buf_printf(out, ", difference %s", qm_reconcile_difference(line, difference));
        }
        for (size_t k = 0; k < line->row_count && k < 12; k++) {
            qm_buf_printf(out, "%s%lld", k == 0 ? " (rows " : ", ",
                          (long long)r->rows.items[line->first_row + k]);
        }
        qm_buf_puts(out, line->row_count > 12 ? ", ...)\n" : line->row_count ? ")\n" : "\n");
    }
}

static void put_details(const import_file *file, qm_buf *out) {
    const qm_statement *st = file->statement;
    qm_buf_printf(out, "\n%s\n", file->path);
    if (file->state) {
        qm_buf_printf(out, "  %s\n", file->state);
    }
    for (size_t i = 0; i < st->rejects.length; i++) {
        const qm_statement_reject *r = &st->rejects.items[i];
        qm_buf_printf(out, "  row %lld rejected: \"%s\": %s\n", (long long)r->row, r->value,
                      r->reason);
    }
    for (size_t i = 0; i < st->unknown.length; i++) {
        qm_buf_printf(out, "  section not known: %s (row %lld, %lld rows)\n",
                      st->unknown.items[i].name, (long long)st->unknown.items[i].row,
                      (long long)st->unknown.items[i].rows);
    }
    for (size_t i = 0; i < file->booking->notes.length; i++) {
        const qm_booking_note *n = &file->booking->notes.items[i];
        qm_buf_printf(out, "  row %lld, %s: %s\n", (long long)n->row, n->symbol, n->text);
    }
    if (file->overlaps) {
        qm_buf_printf(out, "  %s covers the same days in another form\n", file->overlaps);
    }
    for (size_t k = 0; k < st->accounts.length; k++) {
        const qm_reconcile *r = &file->accounts[k];
        for (size_t i = 0; i < r->missing.length; i++) {
            qm_buf_printf(out, "  opened before the statement: %s ", r->missing.items[i].symbol);
            qm_buf_put_decimal(out, r->missing.items[i].quantity);
            qm_buf_putc(out, '\n');
        }
        put_differences(r, out);
    }
}

qm_status import_write_text(const import_file *files, size_t count, qm_buf *out) {
    qm_status status = put_table(files, count, out);
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        if (files[i].accounts) {
            put_details(&files[i], out);
        } else {
            qm_buf_printf(out, "\n%s\n  not read: %s\n", files[i].path, files[i].error);
        }
    }
    return status == QM_OK ? out->status : status;
}
