/* SPDX-License-Identifier: MIT
 *
 * portfolio.h: what `qm portfolio` collects before it shows it.
 */
#ifndef QM_APP_PORTFOLIO_H
#define QM_APP_PORTFOLIO_H

#include "app/taxbook.h"

/* All lots of a symbol in an account. */
typedef struct holding {
    const char *account, *symbol;
    qm_decimal qty, basis, value;
    bool has_basis, priced;
} holding;

/* Dividends and interest of an account in a year. */
typedef struct income {
    const char *account;
    int year;
    qm_decimal dividends, interest;
} income;

/* A strategy's money. */
typedef struct strategy {
    const char *name, *account;
    qm_total equity, deposits;
    double time_weighted, money_weighted; /* the latter a year; NaN: not defined */
} strategy;

typedef struct portfolio {
    qm_taxbook book;
    const char *only; /* --account */
    qm_date today;
    QM_VEC(holding) holdings;
    QM_VEC(income) incomes;
    QM_VEC(strategy) strategies;
} portfolio;

qm_status portfolio_write_text(const portfolio *p, qm_buf *out);
qm_status portfolio_write_json(const portfolio *p, qm_buf *out);

#endif
