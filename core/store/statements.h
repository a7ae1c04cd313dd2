/* SPDX-License-Identifier: MIT
 *
 * statements.h: statements.db: the brokers' statements that were imported, byte by byte, and what
 * the import said of each. Facts, lots and rows are a replay of them, so that a better reader makes
 * better books; no one but an import writes here, and it never waits for a running daemon.
 *
 * A file is known by its hash: it is stored once. Main thread.
 */
#ifndef QM_STORE_STATEMENTS_H
#define QM_STORE_STATEMENTS_H

#include "store/market_db.h"

typedef struct qm_statements qm_statements;

enum { QM_STATEMENTS_SCHEMA = 2, QM_STATEMENT_NAME_MAX = 256 };

typedef struct qm_statement_row {
    int64_t id;                       /* 1, 2, ...; set by put */
    qm_time time;                     /* of the import, wall clock */
    char name[QM_STATEMENT_NAME_MAX]; /* of the file, without its folder */
    char hash[65];                    /* SHA-256 of the bytes */
    char format[32];
    char accounts[128]; /* names, with commas between */
    int64_t facts, known, rejected, differences;
    bool accepted; /* stored although it did not reconcile */
    size_t length; /* bytes */
} qm_statement_row;
typedef QM_VEC(qm_statement_row) qm_statement_row_vec;

/* QM_EVERSION, QM_EIO, QM_ENOTFOUND (reading: nothing was imported yet). */
qm_status qm_statements_open(const char *path, qm_db_open mode, qm_statements **out, qm_error *err);
void qm_statements_close(qm_statements *db);
qm_status qm_statements_begin(qm_statements *db, qm_error *err);
qm_status qm_statements_commit(qm_statements *db, qm_error *err);
void qm_statements_rollback(qm_statements *db);
/* Sets row->id and length. report: what the import said, as JSON. QM_EEXISTS: the hash is there. */
qm_status qm_statements_put(qm_statements *db, qm_statement_row *row, const void *data,
                            size_t length, const char *report, qm_error *err);
/* In order of import; appended. */
qm_status qm_statements_list(qm_statements *db, qm_statement_row_vec *out, qm_error *err);
/* The bytes of one, row->length of them; the caller's (qm_free). */
qm_status qm_statements_load(qm_statements *db, const qm_statement_row *row, char **out,
                             qm_error *err);
/* What the import said; the caller's (qm_free). */
qm_status qm_statements_report(qm_statements *db, int64_t id, char **out, qm_error *err);
/* Lot instructions, by their order, that the broker has confirmed. */
qm_status qm_statements_confirm(qm_statements *db, uint64_t order, qm_time time, qm_error *err);
typedef QM_VEC(uint64_t) qm_order_id_vec;
/* In order of id; appended. */
qm_status qm_statements_confirmed(qm_statements *db, qm_order_id_vec *out, qm_error *err);
/* QM_ENOTFOUND. */
qm_status qm_statements_remove(qm_statements *db, int64_t id, qm_error *err);

#endif
