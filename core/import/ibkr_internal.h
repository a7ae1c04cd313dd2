/* SPDX-License-Identifier: MIT
 *
 * ibkr_internal.h: what the files share that read IBKR's activity statement.
 */
#ifndef QM_IMPORT_IBKR_INTERNAL_H
#define QM_IMPORT_IBKR_INTERNAL_H

#include "import/statement_internal.h"

/* X(constant, names): columns, by any of the names that stand between bars. */
#define IBKR_COLUMN_MAP(X)                                                                         \
    X(DETAIL, "DataDiscriminator")                                                                 \
    X(ASSET, "Asset Category")                                                                     \
    X(CURRENCY, "Currency")                                                                        \
    X(ACCOUNT, "Account")                                                                          \
    X(SYMBOL, "Symbol")                                                                            \
    X(WHEN, "Date/Time|Date|Settle Date|Value Date|Report Date")                                   \
    X(REPORTED, "Report Date")                                                                     \
    X(QUANTITY, "Quantity|Qty")                                                                    \
    X(PRICE, "T. Price|Trade Price|Price|Xfer Price")                                              \
    X(PROCEEDS, "Proceeds")                                                                        \
    X(NOTIONAL, "Notional Value")                                                                  \
    X(FEE, "Comm/Fee|Comm in ")                                                                    \
    X(BASIS, "Basis|Cost Basis")                                                                   \
    X(REALIZED, "Realized P/L|Realized Total")                                                     \
    X(CODE, "Code")                                                                                \
    X(TEXT, "Description")                                                                         \
    X(AMOUNT, "Amount")                                                                            \
    X(SUBTITLE, "Subtitle")                                                                        \
    X(VALUE, "Value|Market Value")                                                                 \
    X(MULTIPLIER, "Mult|Multiplier")                                                               \
    X(PRIOR, "Prior Quantity")                                                                     \
    X(TYPE, "Type")                                                                                \
    X(DIRECTION, "Direction")                                                                      \
    X(CASH, "Cash Amount")                                                                         \
    X(CONID, "Conid")                                                                              \
    X(ISIN, "Security ID")                                                                         \
    X(LABEL, "Currency Summary|Field Name")                                                        \
    X(TOTAL, "Total|Field Value")

#define X(constant, names) IBKR_##constant,
typedef enum ibkr_column { IBKR_COLUMN_MAP(X) IBKR_COLUMN_COUNT } ibkr_column;
#undef X

typedef struct ibkr ibkr;
typedef struct ibkr_section {
    const char *name;
    void (*row)(ibkr *r); /* NULL: for information only, its facts are in other sections */
    qm_fact_kind kind;
} ibkr_section;

/* Of one symbol's trades since the subtotal before. */
typedef struct trade_sum {
    qm_total proceeds, fee;
    int64_t first_row; /* 0: none */
} trade_sum;

struct ibkr {
    maker *m;
    const qm_cell *cells;
    size_t count;
    char section_name[128];
    const ibkr_section *section;   /* NULL: not known */
    int column[IBKR_COLUMN_COUNT]; /* cell of it in the section at hand; -1: none */
    bool has_header;
    const char *account;      /* of rows without one */
    bool knows;               /* a section of the file is known */
    bool consolidated;        /* the statement is of several accounts */
    const char *fee_currency; /* "Comm in USD" */
    bool has_trades;          /* executions, beside orders */
    qm_fact *last_trade;      /* what a closed lot is of; NULL: nothing */
    qm_total running;         /* of the rows since the last total of a cash section */
    int64_t running_row;
    const char *running_currency;
    trade_sum sums[2];  /* of orders, of executions */
    qm_map multipliers; /* asset and name -> raw decimal */
};

/* ibkr_csv.c: a cell by its column; empty where there is none. */
qm_cell ibkr_get(const ibkr *r, ibkr_column column);
const char *ibkr_text(const ibkr *r, ibkr_column column);
bool ibkr_number(ibkr *r, ibkr_column column, qm_decimal *out, bool *has);
const char *ibkr_account(const ibkr *r);
/* "Stocks - Held with ..." too. QM_ASSET_NONE: a total, or nothing. */
qm_asset ibkr_asset(qm_cell cell);
/* From a row that knows it; keyed so that both spellings of an option meet. */
void ibkr_multiplier(ibkr *r, qm_asset asset, const char *symbol, qm_decimal value);
bool ibkr_multiplier_of(const ibkr *r, const qm_fact *fact, qm_decimal *out);

/* ibkr_rows.c: one row of a section. */
void ibkr_trade_row(ibkr *r);
void ibkr_trade_total(ibkr *r); /* SubTotal */
void ibkr_cash_row(ibkr *r);
void ibkr_corporate_row(ibkr *r);
void ibkr_transfer_row(ibkr *r);
void ibkr_grant_row(ibkr *r);
/* ibkr_totals.c */
void ibkr_statement_row(ibkr *r);
void ibkr_account_row(ibkr *r);
void ibkr_report_row(ibkr *r);
void ibkr_position_row(ibkr *r);
void ibkr_prior_row(ibkr *r);
void ibkr_realized_row(ibkr *r);
void ibkr_instrument_row(ibkr *r);

#endif
