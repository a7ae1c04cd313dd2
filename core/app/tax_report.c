/* SPDX-License-Identifier: MIT
 *
 * A tax year on paper: rows of Form 8949, Form 6781 and Schedule D as tables, CSV, JSON or TXF.
 */
#include "app/taxbook.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { OUTPUT_MAX = 1 << 28, CELL = 48 };

static const char *cents(int64_t value, char *out) {
    qm_decimal amount;
    qm_decimal_mul_ratio((qm_decimal){QM_DECIMAL_SCALE / 100}, value, 1, QM_ROUND_DOWN, &amount);
    return qm_cell_money(amount, out);
}

static qm_status put_rows(const qm_tax_form *f, qm_buf *out) {
    static const char *const headers[] = {"box",      "property", "acquired", "sold",
                                          "proceeds", "basis",    "code",     "adjustment",
                                          "gain",     "account",  "sale"};
    static const bool right[] = {false, false, false, false, true, true,
                                 false, true,  true,  false, false};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 11, &table);
    for (size_t i = 0; status == QM_OK && i < f->rows.length; i++) {
        const qm_tax_form_row *r = &f->rows.items[i];
        char box[2] = {r->box, 0}, what[160], text[6][CELL];
        qm_tax_form_property(r->row, what, sizeof what);
        const char *cells[] = {box,
                               what,
                               qm_cell_date(r->row->acquired, text[0]),
                               qm_cell_date(r->row->sold, text[1]),
                               cents(r->proceeds, text[2]),
                               r->row->no_basis ? "unknown" : cents(r->basis, text[3]),
                               r->code,
                               r->adjustment ? cents(r->adjustment, text[4]) : "",
                               r->row->no_basis ? "unknown" : cents(r->gain, text[5]),
                               r->row->account,
                               r->row->sale};
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
        qm_table_free(table);
    }
    return status;
}

static qm_status put_lines(const qm_tax_form *f, qm_buf *out) {
    static const char *const headers[] = {"line",  "rows",       "proceeds",
                                          "basis", "adjustment", "gain"};
    static const bool right[] = {false, true, true, true, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 6, &table);
    for (int i = 0; status == QM_OK && i < QM_TAX_LINES; i++) {
        const qm_tax_line *line = &f->lines[i];
        char rows[CELL], text[4][CELL];
        snprintf(rows, sizeof rows, "%zu", line->rows);
        const char *cells[] = {line->line,
                               rows,
                               cents(line->proceeds, text[0]),
                               cents(line->basis, text[1]),
                               cents(line->adjustment, text[2]),
                               cents(line->gain, text[3])};
        status = line->rows ? qm_table_row(table, cells) : QM_OK;
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
        qm_table_free(table);
    }
    return status;
}

static void put_sum(qm_buf *out, const char *what, qm_decimal value) {
    char text[CELL];
    qm_buf_printf(out, "%-34s %14s\n", what, qm_cell_money(value, text));
}

static void put_sums(const qm_taxbook *book, const qm_tax_form *f, qm_buf *out) {
    qm_decimal due;
    if (f->contracts.length) {
        put_sum(out, "section 1256 (Form 6781)", f->gain_1256);
        put_sum(out, "  60% long-term (line 11)", f->long_1256);
        put_sum(out, "  40% short-term (line 4)", f->short_1256);
    }
    put_sum(out, "net short-term (line 7)", f->totals.short_term);
    put_sum(out, "net long-term (line 15)", f->totals.long_term);
    put_sum(out, "deducted from other income", f->net.deducted);
    put_sum(out, "short-term loss carried over", f->net.carried.short_term);
    put_sum(out, "long-term loss carried over", f->net.carried.long_term);
    if (!book->rates.known) {
        qm_buf_puts(out, "tax: no rates (tax.short_term and tax.long_term in the configuration)\n");
    } else if (qm_tax_due(f->totals, &book->rates, &due) == QM_OK) {
        put_sum(out, "tax at the configured rates", due);
    }
    if (f->disallowed) {
        char text[CELL];
        qm_buf_printf(out, "wash sales deferred %s of losses (code W)\n",
                      cents(f->disallowed, text));
    }
    if (f->permanent) {
        char text[CELL];
        qm_buf_printf(out, "of them %s are lost for good: replaced in a deferred account\n",
                      cents(f->permanent, text));
    }
    if (f->no_basis) {
        qm_buf_printf(out, "%zu rows have no known basis and are in no sum\n", f->no_basis);
    }
}

static qm_status put_text(const qm_taxbook *book, const qm_tax_form *f, const qm_args *args,
                          qm_buf *out) {
    qm_buf_printf(out, "Tax year %d, view of the %s\n\n", f->year,
                  qm_args_get(args, "view", "taxpayer"));
    if (f->rows.length == 0 && f->contracts.length == 0) {
        qm_buf_puts(out, "nothing was sold in a taxable account\n");
    }
    qm_status status = QM_OK;
    if (f->rows.length) {
        qm_buf_puts(out, "Form 8949\n");
        status = put_rows(f, out);
        qm_buf_puts(out, "\nSchedule D\n");
        status = status == QM_OK ? put_lines(f, out) : status;
        qm_buf_putc(out, '\n');
    }
    put_sums(book, f, out);
    return status == QM_OK ? out->status : status;
}

static qm_status read_carry(const qm_args *args, const char *name, qm_decimal *out, qm_error *err) {
    const char *text = qm_args_get(args, name, "0");
    if (qm_decimal_parse(text, strlen(text), out) != QM_OK) {
        return qm_error_set(err, QM_EUSAGE, "--%s \"%s\" is no amount", name, text);
    }
    out->raw = out->raw > 0 ? -out->raw : out->raw; /* a loss, with or without its sign */
    return QM_OK;
}

static qm_status read_options(const qm_args *args, qm_tax_form_options *out, qm_error *err) {
    const char *text = args->count == 2 ? args->values[1] : "";
    char *end;
    long year = strtol(text, &end, 10);
    if (!*text || *end || year < 1990 || year > 2100) {
        return qm_error_set(err, QM_EUSAGE, "tax report: \"%s\" is no year: qm tax report 2024",
                            text);
    }
    if (qm_args_has(args, "csv") + qm_args_has(args, "json") + qm_args_has(args, "txf") > 1) {
        return qm_error_set(err, QM_EUSAGE, "tax report: --csv, --json or --txf: choose one");
    }
    out->year = (int)year;
    qm_status status = read_carry(args, "carry-short", &out->carried.short_term, err);
    return status == QM_OK ? read_carry(args, "carry-long", &out->carried.long_term, err) : status;
}

qm_status qm_tax_cmd_report(const qm_args *args, qm_error *err) {
    qm_taxbook book;
    qm_tax_form form = {0};
    qm_tax_form_options options = {0};
    qm_buf out;
    qm_status status = read_options(args, &options, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_taxbook_open(args, &book, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&out, OUTPUT_MAX);
    options.separate = book.rates.separate;
    status = qm_tax_form_make(book.tax, &options, &form, err);
    if (status == QM_OK && qm_args_has(args, "csv")) {
        qm_tax_form_csv(&form, &out);
    } else if (status == QM_OK && qm_args_has(args, "json")) {
        qm_tax_form_json(&form, &out);
    } else if (status == QM_OK && qm_args_has(args, "txf")) {
        status = qm_tax_form_txf(&form, (qm_date)(time(NULL) / 86400), &out, err);
    } else if (status == QM_OK) {
        status = put_text(&book, &form, args, &out);
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_buf_fini(&out);
    qm_tax_form_fini(&form);
    qm_taxbook_close(&book);
    return status;
}
