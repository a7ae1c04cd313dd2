/* SPDX-License-Identifier: MIT
 *
 * Rows of a year into boxes, boxes into lines, lines into a netted result.
 */
#include "tax/form.h"

#include "tax/preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Line, boxes; short-term first. Rows without adjustment of A and D are summed directly. */
static const struct {
    const char *line, *boxes;
    bool adjusted;
} LINES[QM_TAX_LINES] = {
    {"1a", "A", false}, {"1b", "AG", true}, {"2", "BH", true}, {"3", "CI", true},
    {"8a", "D", false}, {"8b", "DJ", true}, {"9", "EK", true}, {"10", "FL", true},
};

void qm_tax_form_fini(qm_tax_form *form) {
    qm_vec_fini(&form->rows);
    qm_vec_fini(&form->contracts);
}

/* "BTC/USD": a pair with the dollar is a digital asset; foreign cash is another kind of row. */
static bool is_digital(const qm_tax_row *row) {
    size_t length = strlen(row->symbol);
    return length > 4 && strcmp(row->symbol + length - 4, "/USD") == 0;
}

static char box_of(const qm_tax_form_options *o, const qm_tax_row *row) {
    qm_tax_reporting how =
        o->reporting ? o->reporting(o->data, row) : (qm_tax_reporting)QM_TAX_BASIS_REPORTED;
    if (row->no_basis && how == QM_TAX_BASIS_REPORTED) {
        how = QM_TAX_BASIS_MISSING;
    }
    bool digital = o->year >= 2025 && is_digital(row);
    return (char)((digital ? 'G' : 'A') + (row->term == QM_TAX_LONG_TERM ? 3 : 0) + (int)how);
}

static qm_status add_row(const qm_tax_form_options *o, const qm_tax_row *row, qm_tax_form *f) {
    qm_tax_form_row made = {.row = row,
                            .box = box_of(o, row),
                            .code = row->disallowed_cents ? "W" : "",
                            .proceeds = row->proceeds_cents,
                            .basis = row->basis_cents,
                            .adjustment = row->disallowed_cents};
    made.gain = made.proceeds - made.basis + made.adjustment;
    f->no_basis += row->no_basis;
    f->disallowed += row->disallowed_cents;
    qm_decimal cents;
    if (qm_decimal_round(row->permanent, 2, QM_ROUND_HALF_UP, &cents) == QM_OK) {
        f->permanent += cents.raw / (QM_DECIMAL_SCALE / 100);
    }
    return qm_vec_push(&f->rows, &made);
}

static qm_status add_1256(const qm_tax_row *row, qm_tax_form *f) {
    size_t at = 0;
    while (at < f->contracts.length && strcmp(f->contracts.items[at].account, row->account) != 0) {
        at++;
    }
    if (at == f->contracts.length) {
        qm_tax_1256_line made = {row->account, QM_DECIMAL_ZERO};
        qm_status status = qm_vec_push(&f->contracts, &made);
        if (status != QM_OK) {
            return status;
        }
    }
    qm_decimal *sum = &f->contracts.items[at].gain;
    qm_status status = qm_decimal_add(*sum, row->gain, sum);
    return status == QM_OK ? qm_decimal_add(f->gain_1256, row->gain, &f->gain_1256) : status;
}

static int by_box(const void *x, const void *y) {
    const qm_tax_form_row *a = x, *b = y;
    if (a->box != b->box) {
        return a->box < b->box ? -1 : 1;
    }
    if (a->row->sold != b->row->sold) {
        return a->row->sold < b->row->sold ? -1 : 1;
    }
    if (a->row->acquired != b->row->acquired) {
        return a->row->acquired < b->row->acquired ? -1 : 1;
    }
    return (a->row > b->row) - (a->row < b->row); /* of one array: as they came */
}

static void sum_lines(qm_tax_form *f) {
    for (int i = 0; i < QM_TAX_LINES; i++) {
        qm_tax_line *line = &f->lines[i];
        *line = (qm_tax_line){.line = LINES[i].line, .boxes = LINES[i].boxes};
        for (size_t k = 0; k < f->rows.length; k++) {
            const qm_tax_form_row *row = &f->rows.items[k];
            bool direct = (row->box == 'A' || row->box == 'D') && row->adjustment == 0;
            if (!strchr(line->boxes, row->box) || direct == LINES[i].adjusted ||
                row->row->no_basis) {
                continue;
            }
            line->rows++;
            line->proceeds += row->proceeds;
            line->basis += row->basis;
            line->adjustment += row->adjustment;
            line->gain += row->gain;
        }
    }
}

static qm_status add_cents(qm_decimal *sum, int64_t cents) {
    qm_decimal amount;
    qm_status status = qm_decimal_mul_ratio((qm_decimal){QM_DECIMAL_SCALE / 100}, cents, 1,
                                            QM_ROUND_DOWN, &amount);
    return status == QM_OK ? qm_decimal_add(*sum, amount, sum) : status;
}

static qm_status sum_up(const qm_tax_form_options *o, qm_tax_form *f) {
    qm_decimal rounded;
    sum_lines(f);
    f->totals = o->carried;
    qm_status status = qm_decimal_round(f->gain_1256, 2, QM_ROUND_HALF_UP, &rounded);
    status = status == QM_OK ? qm_tax_sixty_forty(rounded, &f->long_1256, &f->short_1256) : status;
    for (int i = 0; i < QM_TAX_LINES && status == QM_OK; i++) {
        status = add_cents(i < QM_TAX_LINES / 2 ? &f->totals.short_term : &f->totals.long_term,
                           f->lines[i].gain);
    }
    if (status == QM_OK) {
        status = qm_decimal_add(f->totals.short_term, f->short_1256, &f->totals.short_term);
    }
    if (status == QM_OK) {
        status = qm_decimal_add(f->totals.long_term, f->long_1256, &f->totals.long_term);
    }
    return status == QM_OK ? qm_tax_net(f->totals, o->separate, &f->net) : status;
}

qm_status qm_tax_form_make(const qm_tax *tax, const qm_tax_form_options *options, qm_tax_form *out,
                           qm_error *err) {
    const qm_tax_row *rows;
    size_t count = qm_tax_rows(tax, &rows);
    qm_date from = qm_date_from_ymd(options->year, 1, 1);
    qm_date to = qm_date_from_ymd(options->year, 12, 31);
    qm_status status = QM_OK;
    *out = (qm_tax_form){.year = options->year};
    if (options->carried.short_term.raw > 0 || options->carried.long_term.raw > 0) {
        return qm_error_set(err, QM_EINVAL, "what is carried over is a loss: not above zero");
    }
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        if (rows[i].sold < from || rows[i].sold > to) {
            continue;
        }
        if (rows[i].kind == QM_TAX_1256) {
            status = add_1256(&rows[i], out);
        } else if (rows[i].kind == QM_TAX_CAPITAL) {
            status = add_row(options, &rows[i], out);
        }
    }
    if (out->rows.length) {
        qsort(out->rows.items, out->rows.length, sizeof *out->rows.items, by_box);
    }
    status = status == QM_OK ? sum_up(options, out) : status;
    if (status != QM_OK) {
        qm_tax_form_fini(out);
        return qm_error_set(err, status, "%d: %s", options->year, qm_status_text(status));
    }
    return QM_OK;
}

void qm_tax_form_property(const qm_tax_row *row, char *out, size_t size) {
    char qty[QM_DECIMAL_BUF];
    qm_decimal_format(row->qty, qty);
    bool is_share = !strchr(row->symbol, ' ') && !strchr(row->symbol, '/');
    snprintf(out, size, "%s %s%s", qty, is_share ? "sh. " : "", row->symbol);
}
