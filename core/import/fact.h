/* SPDX-License-Identifier: MIT
 *
 * fact.h: one row of a broker's statement.
 *
 * A fact stands alone: every text is in it, "" where the file says nothing, and every number is
 * exact. `id` is stable over files: equal rows of one file are counted ("...#2"), so that the union
 * of ids over overlapping files has each row as often as the file that has it most often.
 * Signs are the account's: quantity > 0 comes in, amount > 0 is money that comes in, fee < 0 is
 * paid. Amount is gross of the fee. Dates and times are the wall clock of New York; a file without
 * a zone is taken to mean that.
 * Texts belong to the statement.
 */
#ifndef QM_IMPORT_FACT_H
#define QM_IMPORT_FACT_H

#include "quantmatrix/decimal.h"
#include "quantmatrix/time.h"

#include <stdbool.h>

/* X(constant, name) */
#define QM_FACT_MAP(X)                                                                             \
    X(TRADE, "trade")                                                                              \
    X(FOREX, "forex")           /* quantity of `symbol`'s first currency for amount */             \
    X(EXERCISE, "exercise")     /* of a long option; its delivery is a trade of its own */         \
    X(ASSIGNMENT, "assignment") /* of a short option */                                            \
    X(EXPIRY, "expiry")                                                                            \
    X(DIVIDEND, "dividend")                                                                        \
    X(IN_LIEU, "payment_in_lieu")                                                                  \
    X(WITHHOLDING, "withholding")                                                                  \
    X(INTEREST, "interest")                                                                        \
    X(FEE, "fee")                                                                                  \
    X(DEPOSIT, "deposit") /* amount < 0: withdrawal */                                             \
    X(CORPORATE_ACTION, "corporate_action")                                                        \
    X(TRANSFER, "transfer")                                                                        \
    X(GRANT, "grant")                                                                              \
    X(MARK, "mark_to_market") /* of a future, in cash */                                           \
    X(ADJUSTMENT, "adjustment")

#define QM_ASSET_MAP(X)                                                                            \
    X(NONE, "")                                                                                    \
    X(STOCK, "stock")                                                                              \
    X(OPTION, "option")                                                                            \
    X(FUTURE, "future")                                                                            \
    X(FUTURE_OPTION, "future_option")                                                              \
    X(CASH, "cash")                                                                                \
    X(BOND, "bond")                                                                                \
    X(FUND, "fund")                                                                                \
    X(WARRANT, "warrant")                                                                          \
    X(CFD, "cfd")                                                                                  \
    X(CRYPTO, "crypto")                                                                            \
    X(OTHER, "other")

#define QM_CORPORATE_MAP(X)                                                                        \
    X(NONE, "")                                                                                    \
    X(SPLIT, "split")   /* forward, reverse */                                                     \
    X(RENAME, "rename") /* new symbol, CUSIP or ISIN */                                            \
    X(MERGER, "merger") /* for stock, cash or both */                                              \
    X(SPINOFF, "spinoff")                                                                          \
    X(OTHER, "other") /* known as an action, but not what it does to lots */

#define X(constant, name) QM_FACT_##constant,
typedef enum qm_fact_kind { QM_FACT_MAP(X) QM_FACT_COUNT } qm_fact_kind;
#undef X
#define X(constant, name) QM_ASSET_##constant,
typedef enum qm_asset { QM_ASSET_MAP(X) QM_ASSET_COUNT } qm_asset;
#undef X
#define X(constant, name) QM_CORPORATE_##constant,
typedef enum qm_corporate_kind { QM_CORPORATE_MAP(X) QM_CORPORATE_COUNT } qm_corporate_kind;
#undef X

typedef struct qm_fact {
    const char *id, *account, *symbol, *conid, *isin;
    const char *underlying; /* of an option; of an action: what it is of; of a currency pair: EUR */
    const char *currency, *fee_currency;
    const char *codes; /* as written */
    const char *text;  /* description, as written */
    const char *group; /* legs of one corporate action have the same */
    const char *ref;   /* the broker's own id of the transaction */
    const char *order; /* of the order that it fills; fills of one order are one purchase */
    qm_fact_kind kind;
    qm_asset asset;
    qm_corporate_kind action;
    int64_t row;
    qm_date date, settle;          /* settle: QM_DATE_NONE: not told */
    int64_t ns;                    /* since midnight; -1: only the date is known */
    qm_date expiry;                /* of an option or future; QM_DATE_NONE */
    char right;                    /* 'C', 'P' or 0 */
    qm_decimal strike, multiplier; /* 0: not known */
    qm_decimal quantity, price, amount, fee;
    qm_decimal basis, realized; /* as printed */
    qm_decimal value;           /* of what a corporate action or transfer moves, as printed */
    qm_decimal fx_rate;         /* base units for one of the currency; 0: not told */
    int64_t num, den;           /* a corporate action's new units for old; 0: not told */
    bool has_basis, has_realized;
    bool opens, closes;       /* as the row says; neither: it does not say */
    bool delivery;            /* of an exercised or assigned option */
    bool cancels;             /* an earlier row with the opposite sign */
    bool no_cash;             /* amount is a value, not money that moved */
    uint32_t lots, lot_count; /* the lots that the row closed, in `lots` of the statement */
} qm_fact;

/* A lot that a closing row consumed, as the statement says. */
typedef struct qm_fact_lot {
    int64_t row;
    qm_date opened;
    int64_t ns; /* -1: only the date */
    qm_decimal quantity, basis, realized;
    const char *ref; /* transaction that opened it; "": not told */
} qm_fact_lot;

const char *qm_fact_name(qm_fact_kind kind);
const char *qm_asset_name(qm_asset asset);
const char *qm_corporate_name(qm_corporate_kind action);

#endif
