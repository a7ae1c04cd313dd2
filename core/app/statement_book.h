/* SPDX-License-Identifier: MIT
 *
 * statement_book.h: what the imported statements (statements.db) bring to the tax book: events in
 * order, of all accounts. What can't be booked for tax is said, never made up: amounts in a foreign
 * currency without a rate, rows that the readers rejected, lots of unknown basis. Main thread.
 */
#ifndef QM_APP_STATEMENT_BOOK_H
#define QM_APP_STATEMENT_BOOK_H

#include "import/statement_tax.h"
#include "store/statements.h"

/* An account as its statements name it. */
typedef struct qm_statement_book_account {
    const char *name;
    bool deferred;            /* an IRA, by the statement or the configuration */
    const qm_statement *base; /* the one that reaches furthest: its positions count */
} qm_statement_book_account;

typedef struct qm_statement_book {
    qm_statement_row_vec rows;
    QM_VEC(qm_statement *) statements; /* of rows */
    qm_history history;
    QM_VEC(qm_booking *) bookings;
    QM_VEC(qm_statement_book_account) accounts;
    QM_VEC(qm_tax_event) events; /* by date, then time of day, account and order */
    QM_VEC(char *) texts;        /* and other blocks that the events point to */
    QM_VEC(char *) warnings;
    qm_map ids;       /* short names of events that are taken */
    qm_status status; /* of the sink: the first failure */
} qm_statement_book;

/* A stored statement, read again. QM_EDATA: its file can't be read any more. */
qm_status qm_statement_stored(qm_statements *db, const qm_statement_row *row, qm_statement **out,
                              qm_error *err);

/* FOLDER/statements.db; none is an empty book. QM_EDATA: a stored file can't be read any more. */
qm_status qm_statement_book_open(const char *folder, qm_statement_book *out, qm_error *err);
void qm_statement_book_close(qm_statement_book *book);

/* Whether a broker's or the owner's word for an account's type means that taxes wait. */
bool qm_is_deferred_type(const char *type);

#endif
