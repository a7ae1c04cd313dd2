/* SPDX-License-Identifier: MIT
 *
 * book_internal.h: what the files of book.db share.
 */
#ifndef QM_STORE_BOOK_INTERNAL_H
#define QM_STORE_BOOK_INTERNAL_H

#include "store/book.h"
#include "store/db.h"

/* Numbers of the cached statements. */
enum {
    BK_PUT_SLEEVE,
    BK_LOAD_SLEEVES,
    BK_PUT_ORDER,
    BK_LOAD_ORDERS,
    BK_PUT_TXN,
    BK_LOAD_TXNS,
    BK_PUT_SCHEDULE,
    BK_GET_SCHEDULE,
    BK_DROP_TIMERS,
    BK_PUT_TIMER,
    BK_LOAD_TIMERS,
    BK_PUT_DECISION,
    BK_BY_SYMBOL,
    BK_BY_KIND,
    BK_PUT_EQUITY,
    BK_LOAD_EQUITY,
    BK_PUT_VALUE,
    BK_GET_VALUE,
};

struct qm_book {
    qm_db db;
    int lock; /* -1: none */
};

/* Binds the question to ?1 to ?4 (symbol, from, to, kind) and walks rows of source, time, kind,
 * symbol, json. */
qm_status qm_decisions_walk(qm_db *db, sqlite3_stmt *statement, const qm_decision_query *query,
                            int (*each)(void *data, const char *source, const qm_decision_row *row),
                            void *data, qm_error *err);

#endif
