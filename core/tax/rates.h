/* SPDX-License-Identifier: MIT
 *
 * rates.h: what a year's gains cost at the owner's marginal rates, and what is carried over.
 *
 * Short- and long-term gains are netted each by itself, then against each other; of a net loss up
 * to 3,000 (1,500 when married and filing separately) is deducted at the short-term rate,
 * short-term losses first, and the rest is carried over with its character (IRC 1211, 1212). Rates
 * are flat: brackets, the net investment income tax and the states' are the owner's to put in.
 */
#ifndef QM_TAX_RATES_H
#define QM_TAX_RATES_H

#include "quantmatrix/decimal.h"

#include <stdbool.h>

typedef struct qm_tax_rates {
    bool known;                       /* false: no tax is worked out */
    qm_decimal short_term, long_term; /* 0 to 1 */
    bool separate;                    /* married, filing separately */
} qm_tax_rates;

/* Signed sums of a year by term. */
typedef struct qm_tax_gains {
    qm_decimal short_term, long_term;
} qm_tax_gains;

typedef struct qm_tax_netting {
    qm_tax_gains net;     /* after the other term's loss was taken off: never of both signs */
    qm_decimal deducted;  /* from ordinary income, > 0 */
    qm_tax_gains carried; /* into the next year, <= 0 */
} qm_tax_netting;

/* gains: with what was carried into the year (<= 0). QM_EOVERFLOW. */
qm_status qm_tax_net(qm_tax_gains gains, bool separate, qm_tax_netting *out);
/* Tax on a year's gains, in cents; < 0: what the deduction saves. QM_EOVERFLOW. */
qm_status qm_tax_due(qm_tax_gains gains, const qm_tax_rates *rates, qm_decimal *out);
/* What `more` adds to the tax of a year that has `gains` already. */
qm_status qm_tax_due_more(qm_tax_gains gains, qm_tax_gains more, const qm_tax_rates *rates,
                          qm_decimal *out);

#endif
