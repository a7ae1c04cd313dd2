/* SPDX-License-Identifier: MIT
 *
 * statement_tax.h: facts of statements into the tax engine.
 *
 * A history is the union of facts by id, so that files may overlap. A booking replays what one
 * statement's accounts did up to its last day: qm_tax_event out of facts, FIFO, no wash sales, each
 * amount in its own currency, which is what a broker's own figures are.
 *
 * Lots from before the first fact are not invented: units that were closed, or are held at the end,
 * beyond what the facts opened are `missing`. They take part as units of unknown basis, oldest
 * first, and what closes them is `incomplete` instead of a gain.
 */
#ifndef QM_IMPORT_STATEMENT_TAX_H
#define QM_IMPORT_STATEMENT_TAX_H

#include "base/map.h"
#include "import/statement.h"
#include "tax/tax.h"

enum { QM_BOOKING_SYMBOL = 64 };

typedef struct qm_history_item {
    const qm_fact *fact;
    const qm_statement *statement;
    uint32_t file;
    int64_t order; /* of facts of one time */
} qm_history_item;

/* Borrows its statements. Initialise with {0}. */
typedef struct qm_history {
    QM_VEC(qm_history_item) items; /* in order of time after qm_history_sort */
    qm_map ids;                    /* id -> index into items, after qm_history_sort */
} qm_history;

/* known: one for each fact of the statement; set where an earlier file had it. QM_ENOMEM. */
qm_status qm_history_add(qm_history *history, const qm_statement *statement, uint32_t file,
                         bool *known);
qm_status qm_history_sort(qm_history *history);
void qm_history_fini(qm_history *history);

/* What is held of an instrument in an account. */
typedef struct qm_holding {
    const char *account, *symbol, *currency;
    qm_asset asset;
    qm_decimal held[2];     /* long, short: both >= 0 */
    qm_decimal missing[2];  /* opened before the facts begin, in units of that time */
    qm_decimal transferred; /* came in without its lots */
    qm_decimal unknown;     /* short units of unknown proceeds that are still open */
    int64_t num, den;       /* units now for one at the beginning */
    bool tainted;           /* its cost is not known, also not by lot */
    bool unbooked;          /* an action on it could not be booked: its units may be off */
    bool has_basis;
    qm_decimal basis; /* of all open lots; of shorts < 0 */
    char *key;        /* in the engine */
} qm_holding;

/* What came of a fact of the history. */
typedef struct qm_outcome {
    uint32_t holding; /* 1 + index; 0: not about an instrument, or of another account */
    bool closed;      /* there is a gain */
    bool incomplete;  /* which is not known, or not all of it */
} qm_outcome;

/* A realised slice: of which item and holding. */
typedef struct qm_booking_row {
    uint32_t item, holding;
    bool incomplete;
    qm_decimal gain;
} qm_booking_row;

/* Something that could not be booked. */
typedef struct qm_booking_note {
    int64_t row;
    const char *symbol;
    char text[160];
} qm_booking_note;

typedef struct qm_booking {
    QM_VEC(qm_holding) holdings;
    QM_VEC(qm_outcome) outcomes; /* one for each item of the history */
    QM_VEC(qm_booking_row) rows;
    QM_VEC(qm_booking_note) notes;
    qm_map keys; /* account, asset, currency and symbol, or conid -> holding */
} qm_booking;

/* Hears each event that was booked, with the holding that it is of; symbols in it are keys of
 * holdings (qm_booking_symbol). */
typedef struct qm_booking_sink {
    void (*take)(void *data, const qm_booking *booking, const qm_holding *holding,
                 const qm_fact *fact, const qm_tax_event *event); /* fact NULL: held before */
    void *data;
} qm_booking_sink;

/* The history must be sorted. QM_ENOMEM, QM_EOVERFLOW. */
qm_status qm_booking_run(const qm_history *history, const qm_statement *statement, qm_booking **out,
                         qm_error *err);
qm_status qm_booking_run_to(const qm_history *history, const qm_statement *statement,
                            const qm_booking_sink *sink, qm_booking **out, qm_error *err);
/* The holding of a key in an event; NULL: a name that no holding has. */
const qm_holding *qm_booking_of_key(const qm_booking *booking, const char *key);
/* A symbol for all brokers: of an option "ROOT YYMMDDC00123000", else as written. Returns out. */
const char *qm_booking_symbol(const qm_holding *holding, char out[QM_BOOKING_SYMBOL]);
void qm_booking_free(qm_booking *booking);
/* The holding that a total is of; NULL: none. */
const qm_holding *qm_booking_find(const qm_booking *booking, const qm_statement_total *total);

#endif
