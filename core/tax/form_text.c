/* SPDX-License-Identifier: MIT
 *
 * Forms as text for other programs: CSV, TXF, JSON.
 */
#include "codec/json.h"
#include "tax/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CENTS_BUF = 32, PROPERTY_BUF = 160 };

/* "-1234.56" */
static const char *cents_text(int64_t cents, char *out) {
    uint64_t size = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;
    snprintf(out, CENTS_BUF, "%s%llu.%02llu", cents < 0 ? "-" : "",
             (unsigned long long)(size / 100), (unsigned long long)(size % 100));
    return out;
}

/* As on the form: 01/31/2024. */
static const char *us_date(qm_date date, char *out) {
    qm_ymd d = qm_date_to_ymd(date);
    snprintf(out, CENTS_BUF, "%02d/%02d/%04d", d.month, d.day, d.year);
    return out;
}

/* Column (b). A lot whose holding period was inherited is long-term from any date. */
static const char *acquired_text(const qm_tax_row *row, char *out) {
    if (row->acquired == QM_DATE_NONE) {
        return row->term == QM_TAX_LONG_TERM ? "INHERITED" : "";
    }
    return us_date(row->acquired, out);
}

static const char *term_text(const qm_tax_row *row) {
    return row->term == QM_TAX_LONG_TERM ? "LT" : row->term == QM_TAX_SHORT_TERM ? "ST" : "";
}

/* Quoted when it has to be. */
static void put_cell(qm_buf *out, const char *text) {
    if (!strpbrk(text, ",\"\n")) {
        qm_buf_puts(out, text);
        return;
    }
    qm_buf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"') {
            qm_buf_putc(out, '"');
        }
        qm_buf_putc(out, *text);
    }
    qm_buf_putc(out, '"');
}

void qm_tax_form_csv(const qm_tax_form *form, qm_buf *out) {
    qm_buf_puts(out, "box,description,date_acquired,date_sold,proceeds,basis,code,adjustment,gain,"
                     "term,account,sale,lot\n");
    for (size_t i = 0; i < form->rows.length; i++) {
        const qm_tax_form_row *r = &form->rows.items[i];
        char what[PROPERTY_BUF], a[CENTS_BUF], b[CENTS_BUF], c[CENTS_BUF], d[CENTS_BUF];
        char acquired[CENTS_BUF], sold[CENTS_BUF];
        qm_tax_form_property(r->row, what, sizeof what);
        qm_buf_printf(out, "%c,", r->box);
        put_cell(out, what);
        qm_buf_printf(out, ",%s,%s,%s,%s,%s,%s,%s,%s,", acquired_text(r->row, acquired),
                      us_date(r->row->sold, sold), cents_text(r->proceeds, a),
                      r->row->no_basis ? "" : cents_text(r->basis, b), r->code,
                      r->adjustment ? cents_text(r->adjustment, c) : "",
                      r->row->no_basis ? "" : cents_text(r->gain, d), term_text(r->row));
        put_cell(out, r->row->account);
        qm_buf_putc(out, ',');
        put_cell(out, r->row->sale);
        qm_buf_putc(out, ',');
        put_cell(out, r->row->lot);
        qm_buf_putc(out, '\n');
    }
}

/* Reference numbers of TXF V042; the letters from G on have none. */
static int txf_number(char box) {
    static const int numbers[] = {321, 711, 712, 323, 713, 714};
    return box >= 'A' && box <= 'F' ? numbers[box - 'A'] : 0;
}

/* Whole dollars without a point, as the format's own examples have them. */
static const char *txf_amount(int64_t cents, char *out) {
    cents_text(cents, out);
    if (cents % 100 == 0) {
        *strchr(out, '.') = 0;
    }
    return out;
}

static void put_record(const qm_tax_form_row *r, qm_buf *out) {
    char what[PROPERTY_BUF], a[CENTS_BUF], b[CENTS_BUF], c[CENTS_BUF], d[CENTS_BUF], e[CENTS_BUF];
    char qty[QM_DECIMAL_BUF];
    qm_decimal_format(r->row->qty, qty);
    snprintf(what, sizeof what, "%s %s", qty, r->row->symbol);
    qm_buf_printf(out, "TD\r\nN%d\r\nC1\r\nL1\r\nP%s\r\nD%s\r\nD%s\r\n$%s\r\n$%s\r\n$%s\r\n^\r\n",
                  txf_number(r->box), what,
                  r->row->acquired == QM_DATE_NONE ? "" : us_date(r->row->acquired, a),
                  us_date(r->row->sold, b), r->row->no_basis ? "" : txf_amount(r->basis, c),
                  txf_amount(r->proceeds, d), r->adjustment ? txf_amount(r->adjustment, e) : "");
}

qm_status qm_tax_form_txf(const qm_tax_form *form, qm_date made, qm_buf *out, qm_error *err) {
    char today[CENTS_BUF];
    for (size_t i = 0; i < form->rows.length; i++) {
        const qm_tax_form_row *r = &form->rows.items[i];
        if (!txf_number(r->box)) {
            return qm_error_set(err, QM_EINVAL,
                                "TXF has no number for box %c (%s sold as %s): use CSV", r->box,
                                r->row->symbol, r->row->sale);
        }
    }
    qm_buf_printf(out, "V042\r\nAQuantMatrix\r\nD %s\r\n^\r\n", us_date(made, today));
    for (size_t i = 0; i < form->rows.length; i++) {
        put_record(&form->rows.items[i], out);
    }
    return QM_OK;
}

static void put_cents(qm_json_writer *w, const char *key, int64_t cents) {
    char text[CENTS_BUF];
    qm_json_put_string(w, key, cents_text(cents, text));
}

static void put_money(qm_json_writer *w, const char *key, qm_decimal amount) {
    char text[QM_DECIMAL_BUF];
    qm_decimal_format_fixed(amount, 2, QM_ROUND_HALF_UP, text);
    qm_json_put_string(w, key, text);
}

static void put_date(qm_json_writer *w, const char *key, qm_date date) {
    char text[QM_DATE_BUF] = "";
    if (date != QM_DATE_NONE) {
        qm_date_format(date, text);
    }
    qm_json_put_string(w, key, text);
}

static void put_row(qm_json_writer *w, const qm_tax_form_row *r) {
    char text[PROPERTY_BUF];
    const char box[2] = {r->box, 0};
    qm_json_open_object(w);
    qm_json_put_string(w, "box", box);
    qm_tax_form_property(r->row, text, sizeof text);
    qm_json_put_string(w, "description", text);
    put_date(w, "acquired", r->row->acquired);
    put_date(w, "holding", r->row->holding);
    put_date(w, "sold", r->row->sold);
    put_cents(w, "proceeds", r->proceeds);
    if (!r->row->no_basis) {
        put_cents(w, "basis", r->basis);
    }
    qm_json_put_string(w, "code", r->code);
    put_cents(w, "adjustment", r->adjustment);
    if (!r->row->no_basis) {
        put_cents(w, "gain", r->gain);
    }
    qm_json_put_string(w, "term", term_text(r->row));
    qm_json_put_string(w, "account", r->row->account);
    qm_json_put_string(w, "sale", r->row->sale);
    qm_json_put_string(w, "lot", r->row->lot);
    qm_json_close_object(w);
}

static void put_gains(qm_json_writer *w, const char *key, qm_tax_gains gains) {
    qm_json_key(w, key);
    qm_json_open_object(w);
    put_money(w, "st", gains.short_term);
    put_money(w, "lt", gains.long_term);
    qm_json_close_object(w);
}

static void put_line(qm_json_writer *w, const qm_tax_line *line) {
    qm_json_open_object(w);
    qm_json_put_string(w, "line", line->line);
    qm_json_put_count(w, "rows", line->rows);
    put_cents(w, "proceeds", line->proceeds);
    put_cents(w, "basis", line->basis);
    put_cents(w, "adjustment", line->adjustment);
    put_cents(w, "gain", line->gain);
    qm_json_close_object(w);
}

static void put_6781(qm_json_writer *w, const qm_tax_form *form) {
    qm_json_key(w, "form6781");
    qm_json_open_object(w);
    qm_json_key(w, "accounts");
    qm_json_open_array(w);
    for (size_t i = 0; i < form->contracts.length; i++) {
        qm_json_open_object(w);
        qm_json_put_string(w, "account", form->contracts.items[i].account);
        put_money(w, "gain", form->contracts.items[i].gain);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
    put_money(w, "total", form->gain_1256);
    put_money(w, "lt60", form->long_1256);
    put_money(w, "st40", form->short_1256);
    qm_json_close_object(w);
}

void qm_tax_form_json(const qm_tax_form *form, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_int(&w, "year", form->year);
    qm_json_key(&w, "form8949");
    qm_json_open_array(&w);
    for (size_t i = 0; i < form->rows.length; i++) {
        put_row(&w, &form->rows.items[i]);
    }
    qm_json_close_array(&w);
    put_6781(&w, form);
    qm_json_key(&w, "schedule_d");
    qm_json_open_array(&w);
    for (int i = 0; i < QM_TAX_LINES; i++) {
        put_line(&w, &form->lines[i]);
    }
    qm_json_close_array(&w);
    put_gains(&w, "totals", form->totals);
    put_gains(&w, "net", form->net.net);
    put_money(&w, "deducted", form->net.deducted);
    put_gains(&w, "carried", form->net.carried);
    put_cents(&w, "disallowed", form->disallowed);
    put_cents(&w, "permanent", form->permanent);
    qm_json_put_count(&w, "rows_without_basis", form->no_basis);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}
