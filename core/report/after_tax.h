/* SPDX-License-Identifier: MIT
 *
 * after_tax.h: what a run is worth to who pays taxes: the three lines that US funds report (before
 * taxes; after taxes on distributions and realised gains; after taxes and liquidation), under a
 * method of lot relief. A replay of the sleeve's transactions; decisions stay those of the run.
 *
 * A year's tax leaves on 15 April of the next: the investor's stake shrinks by tax / equity there,
 * and grows on with the strategy. What is realised and not yet paid at the end is taken off too.
 * Dividends are qualified for the part of the lots that passes the 61-day test (IRC 1(h)(11)(B)) by
 * the end of the run; other income is ordinary. Losses are netted and carried over as in rates.h.
 */
#ifndef QM_REPORT_AFTER_TAX_H
#define QM_REPORT_AFTER_TAX_H

#include "engine/engine.h"

typedef struct qm_after_tax_year {
    int year;
    qm_tax_gains gains;                     /* of the year's rows */
    qm_decimal qualified, ordinary, washed; /* income by kind; losses that wash sales deferred */
    qm_decimal tax;                         /* 0 without rates */
} qm_after_tax_year;

typedef struct qm_after_tax {
    qm_tax_method method;
    bool taxed;        /* rates are known, and the account is taxable */
    bool deferred;     /* an IRA: pays nothing */
    double before;     /* total returns, as fractions */
    double after_held; /* after taxes on income and realised gains */
    double after_sold; /* and with everything sold on the last day */
    double drag;       /* a year's return lost to taxes while held; NaN: too short a run */
    qm_tax_gains gains, unrealised;
    qm_decimal washed, tax, tax_sold; /* sums over the years; of the liquidation */
    QM_VEC(qm_after_tax_year) years;
} qm_after_tax;

/* QM_EINSUFFICIENT: the run has no equity curve; errors as of the tax engine. */
qm_status qm_report_after_tax(const qm_engine *engine, uint32_t index, qm_tax_method method,
                              qm_after_tax *out, qm_error *err);
void qm_after_tax_fini(qm_after_tax *result);
/* Filled sales that asked for other lots than the account's method takes: they need an election. */
size_t qm_after_tax_elections(const qm_engine *engine, uint32_t index);
/* The methods that are shown side by side, the account's first. Returns how many. */
enum { QM_AFTER_TAX_METHODS = 6 };
int qm_after_tax_methods(qm_tax_method first, bool rates, qm_tax_method out[QM_AFTER_TAX_METHODS]);

#endif
