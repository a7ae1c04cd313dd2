/* SPDX-License-Identifier: MIT */
#include "app/import_view.h"
#include "codec/json.h"

#include <stdio.h>
#include <string.h>

static void put_text(qm_json_writer *w, const char *key, const char *text) {
    qm_json_put_string(w, key, text && *text ? text : NULL);
}

static void open_list(qm_json_writer *w, const char *key) {
    qm_json_key(w, key);
    qm_json_open_array(w);
}

static void put_rejects(qm_json_writer *w, const qm_statement *st) {
    open_list(w, "rejected");
    for (size_t i = 0; st && i < st->rejects.length; i++) {
        const qm_statement_reject *r = &st->rejects.items[i];
        qm_json_open_object(w);
        qm_json_put_int(w, "row", r->row);
        qm_json_put_string(w, "value", r->value);
        put_text(w, "reason", r->reason);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
    open_list(w, "unknown_sections");
    for (size_t i = 0; st && i < st->unknown.length; i++) {
        qm_json_string(w, st->unknown.items[i].name);
    }
    qm_json_close_array(w);
}

static void put_counts(qm_json_writer *w, const qm_reconcile *r) {
    qm_json_key(w, "counts");
    qm_json_open_object(w);
    for (int k = 0; r && k < QM_FACT_COUNT; k++) {
        if (r->counts[k]) {
            qm_json_put_count(w, qm_fact_name((qm_fact_kind)k), r->counts[k]);
        }
    }
    qm_json_close_object(w);
    qm_json_put_count(w, "known", r ? r->known : 0);
}

static void put_money(qm_json_writer *w, const qm_reconcile *r) {
    static const qm_total zero = {0};
    qm_json_key(w, "totals");
    qm_json_open_object(w);
    for (size_t i = 0; r && i < r->money.length; i++) {
        const qm_reconcile_money *m = &r->money.items[i];
        qm_json_key(w, m->currency);
        qm_json_open_object(w);
        for (int k = 0; k < QM_FACT_COUNT; k++) {
            if (qm_total_cmp(m->by_kind[k], zero) != 0) {
                qm_json_put_total(w, qm_fact_name((qm_fact_kind)k), m->by_kind[k]);
            }
        }
        qm_json_put_total(w, "commissions", m->commissions);
        qm_json_put_total(w, "net", m->net);
        qm_json_close_object(w);
    }
    qm_json_close_object(w);
}

/* A symbol that came before in another currency gets the currency behind it. */
static const char *name_of(const char *symbol, const char *currency, bool again, char *out,
                           size_t size) {
    snprintf(out, size, again ? "%s %s" : "%s", symbol, currency);
    return out;
}

static void put_gains(qm_json_writer *w, const qm_reconcile *r) {
    char name[160];
    qm_json_key(w, "realized");
    qm_json_open_object(w);
    for (size_t i = 0; r && i < r->gains.length; i++) {
        const qm_reconcile_gain *g = &r->gains.items[i];
        bool again = false;
        for (size_t k = 0; k < i; k++) {
            again = again || strcmp(r->gains.items[k].symbol, g->symbol) == 0;
        }
        qm_json_key(w, name_of(g->symbol, g->currency, again, name, sizeof name));
        qm_json_open_object(w);
        qm_json_put_known_total(w, "ours", g->has_ours, g->ours);
        qm_json_put_known_total(w, "statement", g->has_statement, g->statement);
        qm_json_close_object(w);
    }
    qm_json_close_object(w);
    qm_json_key(w, "missing_opening_lots");
    qm_json_open_object(w);
    for (size_t i = 0; r && i < r->missing.length; i++) {
        const qm_reconcile_missing *m = &r->missing.items[i];
        bool again = false;
        for (size_t k = 0; k < i; k++) {
            again = again || strcmp(r->missing.items[k].symbol, m->symbol) == 0;
        }
        qm_json_put_decimal(w, name_of(m->symbol, m->currency, again, name, sizeof name),
                            m->quantity);
    }
    qm_json_close_object(w);
}

static void put_line(qm_json_writer *w, const qm_reconcile *r, const qm_reconcile_line *line) {
    char text[QM_RECONCILE_TEXT];
    qm_json_open_object(w);
    put_text(w, "item", line->item);
    put_text(w, "currency", line->currency);
    qm_json_put_known_total(w, "ours", line->has_ours, line->ours);
    qm_json_put_total(w, "statement", line->statement);
    qm_json_put_string(w, "difference",
                       line->has_ours ? qm_reconcile_difference(line, text) : NULL);
    open_list(w, "rows");
    for (size_t k = 0; k < line->row_count; k++) {
        qm_json_int(w, r->rows.items[line->first_row + k]);
    }
    qm_json_close_array(w);
    qm_json_close_object(w);
}

static void put_lines(qm_json_writer *w, const qm_reconcile *r) {
    open_list(w, "reconciliation");
    for (size_t i = 0; r && i < r->lines.length; i++) {
        put_line(w, r, &r->lines.items[i]);
    }
    qm_json_close_array(w);
}

static void put_notes(qm_json_writer *w, const import_file *file, const qm_reconcile *r) {
    char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX];
    open_list(w, "notes");
    for (size_t i = 0; r && i < file->booking->notes.length; i++) {
        const qm_booking_note *n = &file->booking->notes.items[i];
        snprintf(text, sizeof text, "row %lld, %s: %s", (long long)n->row, n->symbol, n->text);
        qm_json_string(w, text);
    }
    if (file->overlaps) {
        snprintf(text, sizeof text,
                 "%s covers the same days in another form: equal facts can't be seen as equal",
                 file->overlaps);
        qm_json_string(w, text);
    }
    qm_json_close_array(w);
    put_text(w, "error", file->error);
    put_text(w, "state", file->state);
}

static void put_entry(qm_json_writer *w, const import_file *file, const qm_reconcile *r,
                      bool first) {
    const qm_statement *st = file->statement;
    qm_json_open_object(w);
    put_text(w, "file", file->path);
    put_text(w, "format", st ? qm_statement_format_name(st->format) : NULL);
    put_text(w, "account", r ? r->account->name : NULL);
    put_counts(w, r);
    put_rejects(w, first ? st : NULL); /* they are of the file, and not told twice */
    put_money(w, r);
    put_gains(w, r);
    put_lines(w, r);
    put_notes(w, file, first ? r : NULL);
    qm_json_close_object(w);
}

void import_write_json(const import_file *files, size_t count, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    open_list(&w, "files");
    for (size_t i = 0; i < count; i++) {
        size_t accounts = files[i].accounts ? files[i].statement->accounts.length : 0;
        for (size_t k = 0; k < accounts; k++) {
            put_entry(&w, &files[i], &files[i].accounts[k], k == 0);
        }
        if (accounts == 0) {
            put_entry(&w, &files[i], NULL, true);
        }
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}
