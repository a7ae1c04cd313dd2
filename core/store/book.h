/* SPDX-License-Identifier: MIT
 *
 * book.h: book.db: the durable side of a running engine: sleeves, orders, ledger transactions,
 * strategy state, schedules, decisions, equity. WAL, synchronous=FULL.
 *
 * "One event, one transaction": between qm_book_begin and qm_book_commit the engine puts everything
 * that one or more events produced, the cursor among it; only after the commit are orders sent. A
 * second daemon on the same file is refused through a lock file beside it (path + ".lock", flock,
 * holds the PID).
 */
#ifndef QM_STORE_BOOK_H
#define QM_STORE_BOOK_H

#include "base/vec.h"
#include "ledger/ledger.h"
#include "store/market_db.h"
#include "trade/order.h"

typedef struct qm_book qm_book;

enum { QM_BOOK_SCHEMA = 4, QM_NAME_MAX = 64 };

/* QM_EBUSY: another process holds it (the message names its PID); QM_EVERSION; QM_EIO.
 * QM_DB_READ takes no lock. */
qm_status qm_book_open(const char *path, qm_db_open mode, qm_book **out, qm_error *err);
void qm_book_close(qm_book *book);
/* The process that holds the book at this path, 0 when none does. */
int64_t qm_book_owner(const char *path);
qm_status qm_book_begin(qm_book *book, qm_error *err);
qm_status qm_book_commit(qm_book *book, qm_error *err);
void qm_book_rollback(qm_book *book);

/* A sleeve: one running strategy with its money. */
typedef struct qm_sleeve_row {
    char name[QM_NAME_MAX]; /* unique */
    char file[QM_ERROR_FILE_MAX];
    char preset[QM_NAME_MAX];
    char account[16];               /* cash, margin, unlimited */
    char account_name[QM_NAME_MAX]; /* for the tax office, with its type and method */
    char account_type[16];
    char lot_method[16];
    char source_hash[65];
    char *params_json; /* owned, may be NULL */
    char *state;       /* owned: encoded ctx.state and generator, may be NULL */
    size_t state_length;
    int64_t state_version;
    char status[16];           /* running, stopped, faulted */
    char message[256];         /* last fault */
    uint8_t decision_hash[32]; /* of the chain so far */
    uint64_t decisions;
} qm_sleeve_row;
typedef QM_VEC(qm_sleeve_row) qm_sleeve_row_vec;

void qm_sleeve_row_fini(qm_sleeve_row *row);
qm_status qm_book_put_sleeve(qm_book *book, const qm_sleeve_row *row, qm_error *err);
/* In order of name. */
qm_status qm_book_load_sleeves(qm_book *book, qm_sleeve_row_vec *out, qm_error *err);

/* Inserts or updates by id. sleeve: its name. */
qm_status qm_book_put_order(qm_book *book, const char *sleeve, const qm_order *order,
                            qm_error *err);
typedef struct qm_order_row {
    char sleeve[QM_NAME_MAX];
    qm_order order;
} qm_order_row;
typedef QM_VEC(qm_order_row) qm_order_row_vec;
/* All orders in order of id. */
qm_status qm_book_load_orders(qm_book *book, qm_order_row_vec *out, qm_error *err);

qm_status qm_book_put_txn(qm_book *book, const char *sleeve, const qm_txn *txn, qm_error *err);
typedef QM_VEC(qm_txn) qm_txn_vec;
/* In order of seq. */
qm_status qm_book_load_txns(qm_book *book, const char *sleeve, qm_txn_vec *out, qm_error *err);

/* Last occurrence of a schedule, and pending ctx:after / ctx:every timers. */
qm_status qm_book_put_schedule(qm_book *book, const char *sleeve, const char *schedule,
                               qm_time last, qm_error *err);
/* QM_TIME_NONE when there is none. */
qm_status qm_book_get_schedule(qm_book *book, const char *sleeve, const char *schedule,
                               qm_time *last, qm_error *err);
typedef struct qm_timer_row {
    uint64_t id;
    qm_time due;
    int64_t every_ns; /* 0: once */
    char callback[QM_NAME_MAX];
    char *data; /* owned, encoded */
    size_t data_length;
} qm_timer_row;
typedef QM_VEC(qm_timer_row) qm_timer_row_vec;
/* Replaces all timers of the sleeve. */
qm_status qm_book_put_timers(qm_book *book, const char *sleeve, const qm_timer_row *rows,
                             size_t count, qm_error *err);
qm_status qm_book_load_timers(qm_book *book, const char *sleeve, qm_timer_row_vec *out,
                              qm_error *err);

/* kind: intent, cancel, replace, signal, skip, notify, error; json: the canonical text. */
typedef struct qm_decision_row {
    qm_time time;
    const char *kind, *symbol; /* symbol "": none */
    const char *json;
    size_t length;
} qm_decision_row;
qm_status qm_book_put_decision(qm_book *book, const char *sleeve, const qm_decision_row *row,
                               qm_error *err);
/* Which decisions: "" or NULL: all; from <= time < to. */
typedef struct qm_decision_query {
    const char *symbol, *kind;
    qm_time from, to;
} qm_decision_query;
/* Decisions of the question, in order, with the strategy that took them; a non-zero return stops.
 */
qm_status qm_book_each_decision(qm_book *book, const qm_decision_query *query,
                                int (*each)(void *data, const char *strategy,
                                            const qm_decision_row *row),
                                void *data, qm_error *err);
typedef struct qm_equity_row {
    qm_time time;
    qm_total equity, cash;
} qm_equity_row;
qm_status qm_book_put_equity(qm_book *book, const char *sleeve, const qm_equity_row *row,
                             qm_error *err);
typedef QM_VEC(qm_equity_row) qm_equity_row_vec;
qm_status qm_book_load_equity(qm_book *book, const char *sleeve, qm_equity_row_vec *out,
                              qm_error *err);

/* Single values: "cursor_time", "seed", "engine_version", ... QM_ENOTFOUND. value_max with
 * terminator. */
qm_status qm_book_put_value(qm_book *book, const char *key, const char *value, qm_error *err);
qm_status qm_book_get_value(qm_book *book, const char *key, char *value, size_t value_max,
                            qm_error *err);

#endif
