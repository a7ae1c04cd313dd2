/* SPDX-License-Identifier: MIT
 *
 * tax.h: tax lots of a US individual: which lots a sale closes, what it earns and in which term,
 * wash sales, options, shorts and corporate actions. Federal rules; no advice.
 *
 * A qm_tax is a pure function of the events that it was given, in order of their dates: no clock,
 * no files, no doubles. qm_tax_apply books one event; rows and open lots are its effects. A later
 * event may amend an earlier row (a purchase after a loss, IRC 1091), which raises its version.
 * Lots are of an account; wash sales are of the taxpayer. Money is exact to 1e-9; a split of money
 * is rounded to the configured grain, half away from zero, and its parts always sum to the whole.
 *
 * One thread at a time. Texts and arrays that are handed out belong to the engine and live until
 * it is freed; arrays move with the next apply.
 */
#ifndef QM_TAX_TAX_H
#define QM_TAX_TAX_H

#include "tax/event.h"

typedef struct qm_tax qm_tax;

typedef enum qm_tax_term { QM_TAX_SHORT_TERM, QM_TAX_LONG_TERM, QM_TAX_TERM_UNKNOWN } qm_tax_term;

/* What kind of income a row is. */
typedef enum qm_tax_class {
    QM_TAX_CAPITAL,  /* Form 8949 */
    QM_TAX_DEFERRED, /* inside an IRA: for profit and loss only */
    QM_TAX_1256,     /* Form 6781: 60/40, no term, no wash sale */
    QM_TAX_988       /* foreign cash: ordinary */
} qm_tax_class;

/* One realised slice of a lot. */
typedef struct qm_tax_row {
    const char *sale, *lot, *account, *symbol;
    uint32_t event;   /* as applied, from 0 */
    uint32_t version; /* 1; raised by each amendment */
    qm_tax_class kind;
    bool is_short, no_basis; /* no_basis: basis and gain are not known and 0 here */
    qm_decimal qty;          /* > 0 */
    qm_date acquired;        /* of a short: its opening; QM_DATE_NONE: unknown */
    qm_date holding;         /* where the holding period starts */
    qm_date traded, sold;    /* sold: tax date; a short's loss is of its settlement */
    qm_decimal proceeds, basis;
    qm_decimal disallowed; /* by a wash sale; permanent: the part that no lot got back */
    qm_decimal permanent;
    qm_decimal gain; /* proceeds - basis + disallowed: column (h) of Form 8949 */
    /* The same in cents: over an execution and over a lot's life they sum to the rounded whole. */
    int64_t proceeds_cents, basis_cents, disallowed_cents;
    qm_tax_term term;
} qm_tax_row;

/* What is open of a lot; slices of a lot differ in holding period or wash state. */
typedef struct qm_tax_lot {
    const char *lot, *account, *symbol, *purchase;
    uint32_t seq;   /* of the lot, in order of creation */
    qm_decimal qty; /* < 0: short */
    qm_decimal basis;
    qm_decimal wash_added, wash_avail; /* in the basis from wash sales; units that may replace */
    qm_date acquired, holding;
    bool no_basis;
} qm_tax_lot;

/* Income that is no row. */
typedef enum qm_tax_item_kind {
    QM_TAX_IRA_INCOME,         /* value of a distribution */
    QM_TAX_INVESTMENT_INTEREST /* payment in lieu on a short of more than 45 days, IRC 263(h) */
} qm_tax_item_kind;

typedef struct qm_tax_item {
    qm_tax_item_kind kind;
    const char *event, *symbol;
    qm_date date;
    qm_decimal amount;
} qm_tax_item;

/* One change, as it happens. row or lot (an index into rows, the seq of a lot) by kind. */
typedef enum qm_tax_effect_kind {
    QM_TAX_ROW_NEW,
    QM_TAX_ROW_AMEND,
    QM_TAX_LOT_NEW,
    QM_TAX_LOT_ADJUST, /* basis or holding period */
    QM_TAX_LOT_CLOSE
} qm_tax_effect_kind;
typedef void (*qm_tax_watch)(void *context, qm_tax_effect_kind kind, uint32_t index);

/* Copies what it needs of config. QM_EINVAL names what is wrong; QM_ENOMEM. */
qm_status qm_tax_new(const qm_tax_config *config, qm_tax **out, qm_error *err);
void qm_tax_free(qm_tax *tax);
/* Calls watch for each effect from now on; it may not call the engine. NULL: no longer. */
void qm_tax_set_watch(qm_tax *tax, qm_tax_watch watch, void *context);

/* Books an event; dates may not go back (QM_EINVAL). QM_ELOTS: too few units to close. QM_EINVAL,
 * QM_ENOTFOUND: a fact is missing or impossible. After QM_EOVERFLOW and QM_ENOMEM the book is
 * broken and answers QM_ESTATE; after any other error it is as it was. */
qm_status qm_tax_apply(qm_tax *tax, const qm_tax_event *event, qm_error *err);

/* A second engine that goes on from here by itself: what would come of an event is seen by giving
 * it to a fork. Its first question is about its own rows: those that may still change and new ones.
 * It borrows from tax, which may not change and has to outlive it. QM_ESTATE (broken), QM_ENOMEM.
 */
qm_status qm_tax_fork(const qm_tax *tax, qm_tax **out, qm_error *err);

/* Questions. */
size_t qm_tax_rows(const qm_tax *tax, const qm_tax_row **out);
size_t qm_tax_items(const qm_tax *tax, const qm_tax_item **out);
/* Open slices in order of lot and slice. QM_ENOMEM. The array is the caller's (qm_free). */
qm_status qm_tax_open_lots(qm_tax *tax, qm_tax_lot **out, size_t *count);
/* Date of the last event; QM_DATE_NONE: there was none. */
qm_date qm_tax_date(const qm_tax *tax);
/* Money that was paid for opening (< 0) and got for closing: all trades, net of fees. */
qm_total qm_tax_net_cash(const qm_tax *tax);

/* The order in which a method relieves lots, for books that keep lots of their own. Lots come in
 * order of acquisition; order gets their indexes. QM_ENOMEM. */
typedef struct qm_tax_sale {
    qm_tax_method method;
    bool is_short; /* what is closed */
    qm_date date;
    qm_decimal qty, money;
    qm_decimal rates[2];
} qm_tax_sale;
typedef struct qm_tax_held_lot {
    qm_decimal qty, basis; /* qty > 0 */
    qm_date holding;
} qm_tax_held_lot;
qm_status qm_tax_relief_order(const qm_tax_sale *sale, const qm_tax_held_lot *lots, size_t count,
                              size_t *order);

/* First day on which a sale is long-term: the day after acquisition, a calendar year later; a 29
 * February that does not exist is 1 March (Rev. Rul. 66-7). */
qm_date qm_tax_first_long_term(qm_date holding);
qm_tax_term qm_tax_term_of(qm_date holding, qm_date sold);
/* Section 1256: 60 % long-term, rounded to cents; the rest is short-term. */
qm_status qm_tax_sixty_forty(qm_decimal gain, qm_decimal *long_term, qm_decimal *short_term);

#endif
