/* SPDX-License-Identifier: MIT
 *
 * event.h: what the tax engine is told: the raw facts of a broker and the policies of the owner.
 *
 * Facts are never changed; rows and lots follow from them by replay, and another policy is another
 * replay of the same facts. Texts are borrowed for the call. Money is gross in the event's
 * currency; quantities are > 0 (the kind says the direction); options count in what their broker
 * calls one unit, with `contracts` and `multiplier` saying how many shares that is.
 */
#ifndef QM_TAX_EVENT_H
#define QM_TAX_EVENT_H

#include "quantmatrix/decimal.h"
#include "quantmatrix/time.h"

#include <stdbool.h>

/* X(constant, name): how lots are chosen. Order and ties are in relief.c. */
#define QM_TAX_METHOD_MAP(X)                                                                       \
    X(FIFO)                                                                                        \
    X(LIFO)                                                                                        \
    X(HIFO)                                                                                        \
    X(LOFO)                                                                                        \
    X(HC_LT)                                                                                       \
    X(HC_ST)                                                                                       \
    X(LC_LT)                                                                                       \
    X(LC_ST)                                                                                       \
    X(MINTAX)                                                                                      \
    X(MINTAX_RATE)                                                                                 \
    X(MLG)                                                                                         \
    X(MLL)                                                                                         \
    X(MSG)                                                                                         \
    X(MSL)                                                                                         \
    X(SPECIFIC)                                                                                    \
    X(AVERAGE)

typedef enum qm_tax_method {
#define X(name) QM_TAX_##name,
    QM_TAX_METHOD_MAP(X)
#undef X
        QM_TAX_METHOD_COUNT
} qm_tax_method;

#define QM_TAX_KIND_MAP(X)                                                                         \
    X(BUY)                                                                                         \
    X(SELL)                                                                                        \
    X(SHORT)                                                                                       \
    X(COVER)                                                                                       \
    X(CLOSE_WITH)                                                                                  \
    X(EXPIRE)                                                                                      \
    X(EXERCISE)                                                                                    \
    X(ASSIGN)                                                                                      \
    X(MARK1256)                                                                                    \
    X(SPLIT)                                                                                       \
    X(SPINOFF)                                                                                     \
    X(ROC)                                                                                         \
    X(RENAME)                                                                                      \
    X(MERGER_STOCK)                                                                                \
    X(MERGER_CASH)                                                                                 \
    X(MERGER_356)                                                                                  \
    X(CASH_IN_LIEU)                                                                                \
    X(PIL)                                                                                         \
    X(TRANSFER_IN)                                                                                 \
    X(IRA_DISTRIBUTION)

typedef enum qm_tax_kind {
#define X(name) QM_TAX_DO_##name,
    QM_TAX_KIND_MAP(X)
#undef X
        QM_TAX_KIND_COUNT
} qm_tax_kind;

/* Names as above; the count when there is no such name. A method may be written in small letters
 * and with underscores anywhere ("min_tax_rate"). */
qm_tax_method qm_tax_method_from(const char *name);
qm_tax_kind qm_tax_kind_from(const char *name);
const char *qm_tax_kind_name(qm_tax_kind kind);
const char *qm_tax_method_name(qm_tax_method method);

typedef struct qm_tax_config {
    qm_tax_method method;
    bool wash;              /* IRC 1091 is applied */
    bool broker_scope;      /* only the same account and instrument, as on a 1099-B */
    bool granular;          /* lots of one sale may replace each other (same_sale_atomic: false) */
    bool ignore_earlier;    /* lots bought before the units sold are no replacement */
    bool deep_itm_puts;     /* writing one that is flagged is a replacement (Rev. Rul. 85-87) */
    bool tack_date;         /* a replacement's period starts with the old one, not days before */
    bool fx_trade;          /* rates of the trade date instead of the settlement date */
    qm_decimal grain;       /* unit of every split of money; 0: 1e-9 */
    qm_decimal rates[2];    /* MINTAX_RATE: short-term, long-term */
    const char *const *ira; /* tax-deferred accounts, NULL-terminated; NULL: none */
    const char *const *const *identical; /* groups of symbols, each list NULL-terminated */
} qm_tax_config;

/* Units of one lot, by its id. */
typedef struct qm_tax_pick {
    const char *lot;
    qm_decimal qty;
} qm_tax_pick;

/* A lot that comes from elsewhere with its history (transfer, gift, inheritance). */
typedef struct qm_tax_arrival {
    const char *lot; /* NULL: named after the event */
    qm_decimal qty, basis, loss_basis;
    qm_date acquired, holding, gifted; /* QM_DATE_NONE: unknown; holding: as acquired */
    bool no_basis;                     /* unknown, which is not zero */
    bool gift;                         /* loss_basis: lower value at the gift (IRC 1015) */
    bool inherited;                    /* always long-term (IRC 1223(9)) */
} qm_tax_arrival;

typedef struct qm_tax_event {
    const char *id;
    qm_tax_kind kind;
    qm_date date, settle; /* trade date; settlement (QM_DATE_NONE: not told) */
    const char *account, *to_account, *symbol, *new_symbol, *under, *purchase;
    qm_decimal qty, amount, fee, strike;
    qm_decimal parent_price, new_price, parent_value, new_value, parent_fraction, cash;
    bool has_method; /* a sale that names its own method */
    qm_tax_method method;
    bool has_qty, has_cash; /* cash: paid in lieu, or the boot of a merger */
    bool close_only, already_used, section1256, deep_itm;
    char right; /* 'C', 'P' or 0 */
    int64_t num, den, contracts, multiplier;
    const char *currency;      /* NULL: the base currency */
    const char *cash_currency; /* foreign cash that is spent or received; the symbol's own: cash */
    qm_decimal fx_trade, fx_settle; /* base units for one of the currency */
    const qm_tax_pick *picks;
    size_t pick_count;
    const qm_tax_arrival *arrivals;
    size_t arrival_count;
} qm_tax_event;

#endif
