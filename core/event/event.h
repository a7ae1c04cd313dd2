/* SPDX-License-Identifier: MIT
 *
 * event.h: what happens, in one total order: time, rank, instrument, sequence.
 *
 * At equal time: corporate action, order or fill, bar or quote, slice, schedule or timer, reload;
 * then instrument; then sequence. The opening trade of a bar that starts at a time comes after all
 * of that: what ended before it belongs to the bar before.
 */
#ifndef QM_EVENT_EVENT_H
#define QM_EVENT_EVENT_H

#include "market/actions.h"
#include "market/bars.h"

#define QM_EVENT_MAP(X)                                                                            \
    X(ACTION, "action", 0) /* split, dividend, delisting: at the open of its ex-date */            \
    X(CASH, "cash", 1)     /* deposit, withdrawal, paid dividend */                                \
    X(ORDER, "order", 1)   /* state change of an order, or a fill */                               \
    X(BAR, "bar", 2)       /* a completed bar */                                                   \
    X(QUOTE, "quote", 2)   /* bid and ask */                                                       \
    X(SLICE, "slice", 3)   /* all symbols of one time are in */                                    \
    X(SCHEDULE, "schedule", 4)                                                                     \
    X(TIMER, "timer", 4)                                                                           \
    X(RELOAD, "reload", 5)                                                                         \
    X(OPEN, "open", 6) /* first trade of a bar: its price is known, the rest is not */             \
    X(END, "end", 7)   /* end of data */

typedef enum qm_event_kind {
#define X(constant, name, rank) QM_EVENT_##constant,
    QM_EVENT_MAP(X)
#undef X
} qm_event_kind;

typedef struct qm_event {
    qm_event_kind kind;
    qm_time time;
    qm_instrument_id instrument; /* 0: none */
    uint64_t seq;
    union {
        qm_bar bar; /* BAR */
        struct {
            qm_date date;
            double price;
            double volume; /* of the bar to come, NaN when unknown: rule 4 of the fills */
        } open;            /* OPEN */
        struct {
            qm_decimal bid, ask; /* 0: none on that side */
        } quote;                 /* QUOTE */
        qm_action action;        /* ACTION */
        struct {
            qm_decimal amount; /* > 0: deposit, < 0: withdrawal */
            uint32_t strategy; /* whose sleeve: its index in the engine */
        } cash;                /* CASH */
    } u;
} qm_event;

int qm_event_rank(qm_event_kind kind);
const char *qm_event_name(qm_event_kind kind);
/* < 0, 0, > 0: the total order. */
int qm_event_compare(const qm_event *a, const qm_event *b);

#endif
