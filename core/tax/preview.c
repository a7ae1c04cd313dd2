/* SPDX-License-Identifier: MIT
 *
 * A trade given to a fork, and the difference it makes there.
 */
#include "tax/preview.h"

#include "tax/internal.h"

void qm_tax_preview_fini(qm_tax_preview *p) {
    qm_vec_fini(&p->rows);
}

/* A gain to the sums of its term; deferred accounts and ordinary income are in none. */
qm_status qm_tax_gains_add(qm_tax_gains *sums, const qm_tax_row *row, qm_decimal gain) {
    qm_decimal long_part = gain, short_part = gain;
    qm_status status = QM_OK;
    if (row->no_basis || (row->kind != QM_TAX_CAPITAL && row->kind != QM_TAX_1256)) {
        return QM_OK;
    }
    if (row->kind == QM_TAX_1256) {
        status = qm_tax_sixty_forty(gain, &long_part, &short_part);
    } else {
        *(row->term == QM_TAX_LONG_TERM ? &short_part : &long_part) = QM_DECIMAL_ZERO;
    }
    if (status == QM_OK) {
        status = qm_decimal_add(sums->short_term, short_part, &sums->short_term);
    }
    return status == QM_OK ? qm_decimal_add(sums->long_term, long_part, &sums->long_term) : status;
}

qm_status qm_tax_gains_of(const qm_tax *tax, int year, qm_tax_gains *out) {
    const qm_tax_row *rows;
    size_t n = qm_tax_rows(tax, &rows);
    qm_date from = qm_date_from_ymd(year, 1, 1), to = qm_date_from_ymd(year, 12, 31);
    qm_status status = QM_OK;
    *out = (qm_tax_gains){0};
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        if (rows[i].sold >= from && rows[i].sold <= to) {
            status = qm_tax_gains_add(out, &rows[i], rows[i].gain);
        }
    }
    return status;
}

static qm_status count_new(qm_tax_preview *p, const qm_tax_row *row) {
    qm_decimal plain;
    qm_status status = qm_vec_push(&p->rows, row);
    p->no_basis = p->no_basis || row->no_basis;
    if (status != QM_OK || row->no_basis) {
        return status;
    }
    status = qm_decimal_sub(row->proceeds, row->basis, &plain);
    status = status == QM_OK ? qm_decimal_add(p->economic, plain, &p->economic) : status;
    status =
        status == QM_OK ? qm_decimal_add(p->disallowed, row->disallowed, &p->disallowed) : status;
    status = status == QM_OK ? qm_decimal_add(p->permanent, row->permanent, &p->permanent) : status;
    return status == QM_OK ? qm_tax_gains_add(&p->gains, row, row->gain) : status;
}

/* What the trade took from a loss that was there before. */
static qm_status count_amended(qm_tax_preview *p, const qm_tax_row *row, qm_decimal before) {
    qm_decimal more;
    qm_status status = qm_decimal_sub(row->disallowed, before, &more);
    if (status == QM_OK && more.raw != 0) {
        status = qm_decimal_add(p->washed, more, &p->washed);
        status = status == QM_OK ? qm_tax_gains_add(&p->gains, row, more) : status;
    }
    return status;
}

static qm_status compare(const qm_tax *fork, const qm_decimal *before, size_t known,
                         qm_tax_preview *out) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < fork->rows.length && status == QM_OK; i++) {
        const qm_tax_row *row = &fork->rows.items[i];
        status = i < known ? count_amended(out, row, before[i]) : count_new(out, row);
    }
    return status;
}

/* The fork's texts go with it: what the rows name is known to the base or the event. */
static const char *kept(const qm_tax *tax, const char *text, const char *otherwise) {
    uint64_t known;
    return qm_tax_known(tax, TEXT, text, &known) ? (const char *)(uintptr_t)known : otherwise;
}

static void keep_texts(const qm_tax *tax, const qm_tax_event *event, qm_tax_preview *p) {
    for (size_t i = 0; i < p->rows.length; i++) {
        qm_tax_row *row = &p->rows.items[i];
        row->sale = kept(tax, row->sale, event->id);
        row->lot = kept(tax, row->lot, event->id);
        row->account = kept(tax, row->account, event->account);
        row->symbol = kept(tax, row->symbol, event->symbol);
    }
}

qm_status qm_tax_preview_event(const qm_tax *tax, const qm_tax_event *event, qm_tax_preview *out,
                               qm_error *err) {
    qm_tax *fork;
    *out = (qm_tax_preview){0};
    qm_status status = qm_tax_fork(tax, &fork, err);
    if (status != QM_OK) {
        return status;
    }
    size_t known = fork->rows.length;
    qm_decimal *before = qm_reallocarray(NULL, known + 1, sizeof *before);
    for (size_t i = 0; before && i < known; i++) {
        before[i] = fork->rows.items[i].disallowed;
    }
    status =
        before ? qm_tax_apply(fork, event, err) : qm_error_set(err, QM_ENOMEM, "out of memory");
    if (status == QM_OK) {
        status = compare(fork, before, known, out);
        keep_texts(tax, event, out);
        if (status != QM_OK) {
            qm_error_set(err, status, "%s: %s", event->id, qm_status_text(status));
        }
    }
    if (status != QM_OK) {
        qm_tax_preview_fini(out);
    }
    qm_free(before);
    qm_tax_free(fork);
    return status;
}
