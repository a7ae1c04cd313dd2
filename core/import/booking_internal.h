/* SPDX-License-Identifier: MIT
 *
 * booking_internal.h: a booking while it runs. The first of two passes only counts units, which
 * shows how many are missing; the second starts with these and books.
 */
#ifndef QM_IMPORT_BOOKING_INTERNAL_H
#define QM_IMPORT_BOOKING_INTERNAL_H

#include "import/statement_tax.h"

enum { LONG, SHORT };

typedef struct booker {
    const qm_history *history;
    const qm_statement *statement;
    qm_booking *out;
    qm_tax *tax; /* NULL in the first pass */
    qm_error *err;
    const qm_booking_sink *sink; /* NULL: nobody listens */
    bool *done;                  /* of each item: it was booked with another, or cancelled */
    QM_VEC(uint32_t) item;       /* of each event of the engine */
    qm_status status;            /* the first failure sticks */
} booker;

/* What an instrument is known by. */
typedef struct named {
    const char *account, *symbol, *currency, *conid;
    qm_asset asset;
} named;

/* booking_key.c: the holding of that name, made when it is new; NULL: out of memory. */
qm_holding *booking_holding(booker *b, const named *of);
named booking_named(const qm_fact *fact);
/* From now on the name means that holding; false: it is known already. */
bool booking_alias(booker *b, const named *of, const qm_holding *holding);

/* booking.c */
void booking_note(booker *b, uint32_t i, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Gives the event to the engine; does nothing in the first pass. */
void booking_apply(booker *b, uint32_t i, qm_tax_event *event);
qm_tax_event booking_event(const booker *b, uint32_t i, const qm_holding *h, qm_tax_kind kind);
/* Units of a side that a close needs: what is not there is missing, and there from then on. */
void booking_need(booker *b, qm_holding *h, int side, qm_decimal units);
/* Short units that are not known are covered first: what is left of the event is about the rest. */
void booking_cover_unknown(booker *b, uint32_t i, qm_holding *h, qm_tax_event *e);
void booking_add(booker *b, qm_decimal *to, qm_decimal units);
/* A trade, or a delivery that no option explains. */
void booking_trade(booker *b, uint32_t i);
void booking_book(booker *b, uint32_t i);
/* Items of the same account and date as item i: from the first to one behind the last. */
void booking_day(const booker *b, uint32_t i, uint32_t *first, uint32_t *last);
bool booking_is_of(const booker *b, uint32_t i);

/* booking_lots.c: as booking_apply, with the lots that the statement names for a close. */
void booking_close(booker *b, uint32_t i, qm_tax_event *event);

/* booking_option.c */
void booking_option(booker *b, uint32_t i);
/* The option that delivers this comes first, when it is in the facts of the day. */
void booking_delivery(booker *b, uint32_t i);
/* booking_corporate.c */
void booking_corporate(booker *b, uint32_t i);
void booking_transfer(booker *b, uint32_t i);

#endif
