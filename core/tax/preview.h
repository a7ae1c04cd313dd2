/* SPDX-License-Identifier: MIT
 *
 * preview.h: questions before a trade: what would come of it, by which method, and which losses a
 * sale could take now. Every answer is a fork of the book that was given the trade; the book itself
 * does not change.
 */
#ifndef QM_TAX_PREVIEW_H
#define QM_TAX_PREVIEW_H

#include "base/vec.h"
#include "tax/rates.h"
#include "tax/tax.h"

typedef struct qm_tax_preview {
    QM_VEC(qm_tax_row) rows; /* that the trade would make */
    /* Sums over the rows; gains after wash sales, deferred accounts left out of short and long. */
    qm_tax_gains gains;    /* of the rows and of earlier ones that the trade would amend */
    qm_decimal economic;   /* proceeds - basis of all rows, also in deferred accounts */
    qm_decimal disallowed; /* of the rows' own losses */
    qm_decimal permanent;  /* of disallowed: lost for good */
    qm_decimal washed;     /* losses of earlier sales that the trade would disallow */
    bool no_basis;         /* the basis of a row is not known: its gain is in no sum */
} qm_tax_preview;

/* Adds a gain of a row to the sums of its term; 60/40 for section 1256; rows of deferred accounts,
 * of foreign cash and without a basis are in none. QM_EOVERFLOW. */
qm_status qm_tax_gains_add(qm_tax_gains *sums, const qm_tax_row *row, qm_decimal gain);
/* Those of a year's rows so far. */
qm_status qm_tax_gains_of(const qm_tax *tax, int year, qm_tax_gains *out);
void qm_tax_preview_fini(qm_tax_preview *p);
/* Texts of the rows live as long as tax and event. Errors as of qm_tax_apply. */
qm_status qm_tax_preview_event(const qm_tax *tax, const qm_tax_event *event, qm_tax_preview *out,
                               qm_error *err);

/* A lot that stands below its basis. */
typedef struct qm_tax_harvest {
    qm_tax_lot lot;
    qm_decimal price;
    qm_decimal value, loss; /* loss > 0 */
    qm_decimal deferred;    /* by purchases of the last 30 days */
    qm_decimal permanent, deductible;
    qm_decimal saved; /* deductible x rate of the term; 0 without rates */
    qm_tax_term term;
    qm_date long_term_from;
    qm_date safe_from;      /* first day without a replacement behind it; QM_DATE_NONE: now */
    qm_date not_buy_before; /* the first day on which a purchase is no replacement */
} qm_tax_harvest;
typedef QM_VEC(qm_tax_harvest) qm_tax_harvest_vec;

/* Price of a symbol; false: not known, and the symbol is left out. */
typedef bool (*qm_tax_price)(void *data, const char *symbol, qm_decimal *out);

typedef struct qm_tax_harvest_ask {
    qm_date date;
    const qm_tax_rates *rates;
    qm_tax_price price;
    void *data;
} qm_tax_harvest_ask;

/* Lots of taxable accounts that would bring a loss on a day, the most useful first: what can be
 * deducted at the rate of its term, then the loss, then the lot. QM_ENOMEM, QM_EOVERFLOW. */
qm_status qm_tax_harvest_lots(qm_tax *tax, const qm_tax_harvest_ask *ask, qm_tax_harvest_vec *out,
                              qm_error *err);

#endif
