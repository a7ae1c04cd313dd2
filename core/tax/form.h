/* SPDX-License-Identifier: MIT
 *
 * form.h: a tax year on paper: Form 8949 by box, Form 6781, Schedule D, and the same as CSV and
 * TXF.
 *
 * Amounts are cents as they stand in the rows, so that forms, rows and executions sum to the same.
 * A row without a basis is listed and counted, and in no sum. Rows of deferred accounts are on no
 * form. Lines are those of the 2024 forms; from 2025 on digital assets have boxes of their own.
 */
#ifndef QM_TAX_FORM_H
#define QM_TAX_FORM_H

#include "base/buf.h"
#include "base/vec.h"
#include "tax/rates.h"
#include "tax/tax.h"

/* What the broker tells the tax office. */
typedef enum qm_tax_reporting {
    QM_TAX_BASIS_REPORTED, /* boxes A, D; digital assets G, J */
    QM_TAX_BASIS_MISSING,  /* B, E; H, K */
    QM_TAX_NO_1099         /* C, F; I, L */
} qm_tax_reporting;

typedef struct qm_tax_form_row {
    const qm_tax_row *row; /* lives as long as the engine, and until its next event */
    char box;              /* 'A' to 'L' */
    const char *code;      /* column (f): "W" or "" */
    int64_t proceeds, basis, adjustment, gain; /* columns (d), (e), (g), (h) in cents */
} qm_tax_form_row;

typedef struct qm_tax_line {
    const char *line;  /* of Schedule D: "1a", "8b", ... */
    const char *boxes; /* whose rows it sums */
    size_t rows;
    int64_t proceeds, basis, adjustment, gain;
} qm_tax_line;
enum { QM_TAX_LINES = 8 };

/* Form 6781 Part I: one line for each account. */
typedef struct qm_tax_1256_line {
    const char *account;
    qm_decimal gain;
} qm_tax_1256_line;

typedef struct qm_tax_form_options {
    int year;
    /* NULL: the broker reports the basis of all. */
    qm_tax_reporting (*reporting)(void *data, const qm_tax_row *row);
    void *data;
    qm_tax_gains carried; /* into the year, <= 0 */
    bool separate;
} qm_tax_form_options;

typedef struct qm_tax_form {
    int year;
    QM_VEC(qm_tax_form_row) rows; /* by box, sold, acquired, as they came */
    qm_tax_line lines[QM_TAX_LINES];
    QM_VEC(qm_tax_1256_line) contracts;
    qm_decimal gain_1256, short_1256, long_1256; /* lines 4 and 11 */
    size_t no_basis;                             /* rows that are in no sum */
    int64_t disallowed, permanent;               /* cents, of the year's rows */
    qm_tax_gains totals;                         /* lines 7 and 15, with what was carried in */
    qm_tax_netting net;
} qm_tax_form;

/* QM_EOVERFLOW, QM_ENOMEM, QM_EINVAL (carried > 0). */
qm_status qm_tax_form_make(const qm_tax *tax, const qm_tax_form_options *options, qm_tax_form *out,
                           qm_error *err);
void qm_tax_form_fini(qm_tax_form *form);

/* "100 sh. XYZ" */
void qm_tax_form_property(const qm_tax_row *row, char *out, size_t size);
/* One line a row of Form 8949, with a header. */
void qm_tax_form_csv(const qm_tax_form *form, qm_buf *out);
/* TXF V042, for other programs. QM_EINVAL: a row has a box that TXF has no number for; nothing is
 * written. made: day of the export. */
qm_status qm_tax_form_txf(const qm_tax_form *form, qm_date made, qm_buf *out, qm_error *err);
void qm_tax_form_json(const qm_tax_form *form, qm_buf *out);

#endif
