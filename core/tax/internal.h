/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of this room share.
 *
 * A book is an account's position in an instrument; a pile is one side of it: slices in order of
 * (acquired, lot, slice), so that FIFO is the head and LIFO the tail. Slices move: keep indexes.
 */
#ifndef QM_TAX_INTERNAL_H
#define QM_TAX_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "tax/tax.h"

__extension__ typedef __int128 i128;
__extension__ typedef unsigned __int128 u128;

enum { LONG, SHORT };
enum { WASH_DAYS = 30, PIL_DAYS = 45, NONE = 0 };

typedef struct slice {
    uint32_t lot;
    uint32_t plan;        /* place in the close at hand, from 1 */
    uint32_t box;         /* 1 + lot of the short (or put) that suspends the holding period */
    qm_decimal qty;       /* > 0 on both sides */
    qm_decimal basis;     /* long: cost; short: net opening proceeds */
    qm_decimal low_basis; /* gift: for losses */
    qm_decimal wash_added, wash_avail, pil;
    qm_decimal young, old; /* short: units with identical property held up to, over a year */
    qm_date acquired, holding, gifted;
    bool no_basis, gift, inherited;
} slice;

typedef struct pile {
    slice *items;
    size_t length, capacity;
    size_t first; /* slices before it are closed */
} pile;

typedef struct book {
    uint32_t account, instrument;
    pile piles[2];
} book;

typedef struct lot {
    const char *id, *parent, *purchase;
    uint32_t event;
    int64_t unit_num, unit_den; /* shares of the underlying in one unit of an option */
    bool units_known;           /* the event told how many shares an option is for */
    bool deep_itm, boxed;       /* boxed: slices are linked to it */
    qm_total spent;             /* basis that went into rows */
    int64_t spent_cents;        /* the same, as rounded there */
} lot;

typedef struct account {
    const char *name;
    bool ira;
} account;

typedef struct instrument {
    const char *symbol;
    bool section1256, currency;
    char right;
    uint32_t under;         /* 1 + instrument */
    uint32_t sig;           /* group of substantially identical instruments */
    QM_VEC(uint32_t) books; /* 1 + book, by account */
} instrument;

/* A loss that still looks for replacements. */
typedef struct loss {
    uint32_t row, book, lot;
    int side;
    qm_date window, acquired, split;
    qm_decimal units, left; /* not matched yet: units, and the loss on them */
    const char *purchase;
} loss;

typedef struct sig {
    QM_VEC(uint32_t) members; /* instruments: identical ones, and options on them */
    QM_VEC(loss) pending;
} sig;

typedef struct plan_item {
    size_t index; /* where the slice was when the plan was made */
    qm_decimal qty;
} plan_item;

typedef struct plan {
    QM_VEC(plan_item) items;
    size_t at;
} plan;

struct qm_tax {
    const qm_tax *base; /* of a fork: what its texts and names live in; NULL: none */
    uint32_t row_base;  /* number of rows that the fork left with its base */
    qm_tax_config config;
    bool broken;
    qm_date date;
    uint32_t events;
    qm_tax_watch watch;
    void *watch_context;
    qm_map texts, accounts_by_name, symbols;
    QM_VEC(account) accounts;
    QM_VEC(instrument) instruments;
    QM_VEC(sig) sigs;
    QM_VEC(book) books;
    QM_VEC(lot) lots;
    QM_VEC(qm_tax_row) rows;
    QM_VEC(qm_tax_item) items;
    QM_VEC(loss) losses; /* of the close at hand, which wash.c has not seen */
    const char *event_id;
    qm_total cash;
    qm_total sale; /* money of the execution at hand that is in rows, and its cents */
    int64_t sale_cents;
};

/* What a close is. */
typedef struct closing {
    const qm_tax_event *event;
    uint32_t book;
    int side;
    qm_decimal qty;
    qm_decimal money; /* long: net proceeds; short: cost of the cover */
    qm_tax_method method;
    const qm_tax_pick *picks;
    size_t pick_count;
    qm_date delivered; /* short: holding period of what is delivered; 0: bought for it */
    bool has_delivered;
} closing;

typedef struct parts {
    slice *items;
    size_t length, capacity;
} parts;

/* amounts.c */
/* a x part / whole to the grain, ties away from zero. */
qm_status qm_tax_share(const qm_tax *tax, qm_decimal a, qm_decimal part, qm_decimal whole,
                       qm_decimal *out);
/* The same between two marks of a running sum: the parts of all steps sum to a. */
typedef struct running {
    qm_decimal total, whole, done, given;
} running;
qm_status qm_tax_step(const qm_tax *tax, running *r, qm_decimal units, qm_decimal *out);
/* a x num / den to 1e-9, and the same in running steps. */
qm_status qm_tax_scale(qm_decimal a, int64_t num, int64_t den, qm_decimal *out);
qm_decimal qm_tax_min(qm_decimal a, qm_decimal b);
/* -1, 0, 1: a x b against c x d. */
int qm_tax_compare_products(u128 a, u128 b, u128 c, u128 d);
int64_t qm_tax_cents(qm_total value);

/* names.c */
typedef enum name_kind { TEXT, ACCOUNT, SYMBOL } name_kind;
/* In the engine or what it was forked from. */
bool qm_tax_known(const qm_tax *tax, name_kind kind, const char *name, uint64_t *out);
qm_status qm_tax_text(qm_tax *tax, const char *text, const char **out);
qm_status qm_tax_account(qm_tax *tax, const char *name, uint32_t *out);
qm_status qm_tax_instrument(qm_tax *tax, const char *symbol, uint32_t *out);
/* The instrument of the event with what the event says about it. */
qm_status qm_tax_describe(qm_tax *tax, const qm_tax_event *event, uint32_t *out);
qm_status qm_tax_book(qm_tax *tax, uint32_t account, uint32_t instrument, uint32_t *out);
qm_status qm_tax_rename(qm_tax *tax, const qm_tax_event *event);

/* lots.c */
qm_status qm_tax_new_lot(qm_tax *tax, const qm_tax_event *event, const lot *made, uint32_t *out);
/* In its place by (acquired, lot). */
qm_status qm_tax_put(pile *p, const slice *s);
/* Cuts the first `units` off slice `index` into a slice of their own, which takes its place. */
qm_status qm_tax_cut(const qm_tax *tax, pile *p, size_t index, qm_decimal units);
qm_status qm_tax_take(const qm_tax *tax, slice *s, qm_decimal units, slice *out);
void qm_tax_sweep(pile *p);
qm_status qm_tax_held(const pile *p, qm_decimal *out);
void qm_tax_tell(const qm_tax *tax, qm_tax_effect_kind kind, uint32_t index);

/* relief.c, average.c */
qm_status qm_tax_plan(qm_tax *tax, const closing *c, plan *out);
qm_status qm_tax_average(qm_tax *tax, pile *p, qm_decimal sold);

/* close.c */
qm_status qm_tax_close(qm_tax *tax, const closing *c);
/* The next slice of a plan; NULL when the plan is done. room: units to take from it. */
slice *qm_tax_next(pile *p, plan *what, qm_decimal *room);
void qm_tax_took(plan *what, qm_decimal units);
/* Takes what the plan names out of the pile, without rows. The caller frees out->items. */
qm_status qm_tax_pull(qm_tax *tax, const closing *c, parts *out);
qm_tax_row qm_tax_row_of(const qm_tax *tax, const qm_tax_event *event, uint32_t book,
                         const slice *part);
/* Fills gain and cents; window: the date that the 30 days of a wash sale count from. */
qm_status qm_tax_add_row(qm_tax *tax, qm_tax_row *row, uint32_t of, const slice *part,
                         qm_date window);
/* Before the first row of an execution. */
void qm_tax_begin_execution(qm_tax *tax);

/* trade.c */
typedef struct opening {
    const qm_tax_event *event;
    uint32_t book;
    int side;
    qm_decimal qty, money;
    const char *id; /* NULL: the event's */
} opening;
qm_status qm_tax_open(qm_tax *tax, const opening *o);
/* Closes the other side as far as it goes and opens the rest. */
qm_status qm_tax_cross(qm_tax *tax, const opening *o);
qm_status qm_tax_convert(const qm_tax *tax, const qm_tax_event *event, qm_decimal money,
                         qm_decimal *out);
qm_status qm_tax_trade(qm_tax *tax, const qm_tax_event *event);

/* wash.c */
/* Matches what is in tax->losses and keeps the rest pending. */
qm_status qm_tax_wash_losses(qm_tax *tax);
qm_status qm_tax_wash_open(qm_tax *tax, uint32_t book, int side, uint32_t lot);
qm_status qm_tax_wash_split(qm_tax *tax, uint32_t instrument, const qm_tax_event *event);

/* box.c: shorts against identical property, IRC 1233 */
qm_status qm_tax_box_short(qm_tax *tax, uint32_t book, int side, uint32_t lot);
qm_status qm_tax_box_buy(qm_tax *tax, uint32_t book, uint32_t lot);
qm_status qm_tax_box_release(qm_tax *tax, uint32_t short_lot, qm_decimal units, qm_date date);
qm_status qm_tax_close_with(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_pil(qm_tax *tax, const qm_tax_event *event);

/* option.c, actions.c, exchange.c, transfer.c */
qm_status qm_tax_expire(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_exercise(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_mark(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_split(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_roc(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_fraction(qm_tax *tax, const qm_tax_event *event, uint32_t book, int side);
qm_status qm_tax_spinoff(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_merger(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_transfer_in(qm_tax *tax, const qm_tax_event *event);
qm_status qm_tax_distribution(qm_tax *tax, const qm_tax_event *event);

#endif
