/* SPDX-License-Identifier: MIT
 *
 * flex_internal.h: rows of a Flex query, whatever they were written in. XML attributes and CSV
 * columns have the same names but for case and marks ("Put/Call", putCall).
 */
#ifndef QM_IMPORT_FLEX_INTERNAL_H
#define QM_IMPORT_FLEX_INTERNAL_H

#include "import/statement_internal.h"

/* X(constant, names in lower case without marks, between bars) */
#define FLEX_FIELD_MAP(X)                                                                          \
    X(ACCOUNT, "accountid|clientaccountid")                                                        \
    X(CURRENCY, "currency|currencyprimary")                                                        \
    X(FX_RATE, "fxratetobase")                                                                     \
    X(ASSET, "assetcategory|assetclass")                                                           \
    X(SYMBOL, "symbol")                                                                            \
    X(TEXT, "actiondescription|description|activitydescription")                                   \
    X(CONID, "conid")                                                                              \
    X(ISIN, "isin")                                                                                \
    X(MULTIPLIER, "multiplier")                                                                    \
    X(STRIKE, "strike")                                                                            \
    X(EXPIRY, "expiry")                                                                            \
    X(RIGHT, "putcall")                                                                            \
    X(UNDERLYING, "underlyingsymbol")                                                              \
    X(TRADE_ID, "tradeid")                                                                         \
    X(TRANSACTION_ID, "transactionid")                                                             \
    X(ORDER_ID, "iborderid")                                                                       \
    X(ACTION_ID, "actionid")                                                                       \
    X(WHEN, "datetime")                                                                            \
    X(DAY, "tradedate|date")                                                                       \
    X(CLOCK, "tradetime")                                                                          \
    X(REPORTED, "reportdate|valuedate")                                                            \
    X(SETTLE, "settledatetarget|settledate")                                                       \
    X(BOOKED, "transactiontype")                                                                   \
    X(QUANTITY, "quantity")                                                                        \
    X(PRICE, "tradeprice|price")                                                                   \
    X(PROCEEDS, "proceeds")                                                                        \
    X(COMMISSION, "ibcommission|commission")                                                       \
    X(COMMISSION_CURRENCY, "ibcommissioncurrency|commissioncurrency")                              \
    X(TAXES, "taxes|tax")                                                                          \
    X(EFFECT, "openclose|opencloseindicator")                                                      \
    X(CODES, "notes|notescodes|code")                                                              \
    X(COST, "cost|costbasis")                                                                      \
    X(REALIZED, "fifopnlrealized|realizedpl")                                                      \
    X(SIDE, "buysell")                                                                             \
    X(LEVEL, "levelofdetail")                                                                      \
    X(TYPE, "type")                                                                                \
    X(AMOUNT, "amount")                                                                            \
    X(VALUE, "value|positionamount")                                                               \
    X(POSITION, "position")                                                                        \
    X(POSITION_COST, "costbasismoney")                                                             \
    X(START, "startingcash")                                                                       \
    X(END, "endingcash")                                                                           \
    X(SALES, "nettradessales")                                                                     \
    X(PURCHASES, "nettradespurchases")                                                             \
    X(FEES_PAID, "commissions")                                                                    \
    X(DEPOSITS, "depositwithdrawals")                                                              \
    X(DIVIDENDS, "dividends")                                                                      \
    X(IN_LIEU, "paymentinlieu")                                                                    \
    X(WITHHELD, "withholdingtax")                                                                  \
    X(INTEREST, "brokerinterest")                                                                  \
    X(OTHER_FEES, "otherfees")                                                                     \
    X(ADVISOR_FEES, "advisorfees")                                                                 \
    X(DIRECTION, "direction")                                                                      \
    X(CASH, "cashtransfer")                                                                        \
    X(OPENED, "opendatetime")                                                                      \
    X(CUSTOMER, "customertype")                                                                    \
    X(FROM, "fromdate")                                                                            \
    X(TO, "todate")

#define X(constant, names) FLEX_##constant,
typedef enum flex_field { FLEX_FIELD_MAP(X) FLEX_FIELD_COUNT } flex_field;
#undef X

/* How much of a row the file tells elsewhere too. */
typedef enum flex_level { FLEX_FULL, FLEX_BRIEF } flex_level;

typedef struct flex {
    maker *m;
    qm_map names; /* of a field -> 1 + field */
    qm_cell cell[FLEX_FIELD_COUNT];
    bool has[FLEX_FIELD_COUNT]; /* the row has the field, even if it says nothing */
    const char *account;        /* of the statement at hand */
    const qm_fact *last_trade;  /* what a closed lot is of */
    bool restated;              /* the last trade came before, with its lots */
    QM_VEC(flex_level) levels;  /* of each fact */
    QM_VEC(flex_level) total_levels;
} flex;

typedef enum flex_table {
    FLEX_TRADES,
    FLEX_LOTS,
    FLEX_ORDERS,
    FLEX_CASH_ROWS,
    FLEX_ACTIONS,
    FLEX_TRANSFERS,
    FLEX_GRANTS,
    FLEX_POSITIONS,
    FLEX_CASH_REPORT,
    FLEX_ACCOUNT_ROW,
    FLEX_INFORMATION, /* what it says is elsewhere */
    FLEX_UNKNOWN
} flex_table;

bool flex_begin(flex *x, maker *m);
void flex_fini(flex *x);
/* The field of a name; FLEX_FIELD_COUNT: none that is used. */
flex_field flex_field_of(const flex *x, qm_cell name);
void flex_clear(flex *x);
void flex_set(flex *x, flex_field field, qm_cell value);
/* Takes the row that is set. name: of the section, when it is not known. */
void flex_row(flex *x, flex_table table, qm_cell name);
/* Levels of detail: of equal money the fullest is kept. */
void flex_end(flex *x);

/* What every row begins with. */
void flex_about(flex *x, qm_fact *f);
/* flex_facts.c */
void flex_trade(flex *x, bool order);
void flex_lot(flex *x);
void flex_cash(flex *x);
void flex_action(flex *x);
void flex_transfer(flex *x);
void flex_grant(flex *x);

#endif
