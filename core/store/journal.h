/* SPDX-License-Identifier: MIT
 *
 * journal.h: journal.db: what was run, with which file and parameters, how it ended; and every
 * decision of the newest backtest of each strategy (the daemon's are in book.db). One short
 * transaction at the end of a run, so that several processes share it. Main thread.
 */
#ifndef QM_STORE_JOURNAL_H
#define QM_STORE_JOURNAL_H

#include "store/book.h"

typedef struct qm_journal qm_journal;

enum { QM_JOURNAL_SCHEMA = 1, QM_RUN_TEXT_MAX = 64 };

typedef struct qm_run_row {
    int64_t id;    /* 1, 2, ...; set by put */
    char kind[16]; /* "backtest", "run", "demo" */
    char strategy[QM_NAME_MAX];
    char file[QM_ERROR_FILE_MAX];
    char preset[QM_NAME_MAX];
    char source_hash[65];
    char account[16];
    char *params;                    /* JSON; owned when loaded, may be NULL */
    qm_time started, ended;          /* wall clock; ended QM_TIME_NONE: not yet, or killed */
    qm_time from, to;                /* of the bars; QM_TIME_NONE: none */
    char cash[QM_RUN_TEXT_MAX];      /* opening deposit */
    char equity[QM_RUN_TEXT_MAX];    /* at the end; "" while unknown */
    char state[16];                  /* running, stopped, faulted */
    char message[QM_ERROR_TEXT_MAX]; /* last fault */
    char decision_hash[65];
    int64_t fills, decisions;
} qm_run_row;
typedef QM_VEC(qm_run_row) qm_run_row_vec;

void qm_run_row_fini(qm_run_row *row);

/* QM_EVERSION, QM_EIO, QM_ENOTFOUND (reading: nothing was run yet). */
qm_status qm_journal_open(const char *path, qm_db_open mode, qm_journal **out, qm_error *err);
void qm_journal_close(qm_journal *journal);
qm_status qm_journal_begin(qm_journal *journal, qm_error *err);
qm_status qm_journal_commit(qm_journal *journal, qm_error *err);
void qm_journal_rollback(qm_journal *journal);
/* Inserts (id 0: sets it) or replaces. */
qm_status qm_journal_put_run(qm_journal *journal, qm_run_row *row, qm_error *err);
/* A decision of a run. */
qm_status qm_journal_put_decision(qm_journal *journal, int64_t run, const qm_decision_row *row,
                                  qm_error *err);
/* Forgets the decisions (not the rows) of all runs of a strategy but one. */
qm_status qm_journal_keep_only(qm_journal *journal, const char *strategy, int64_t run,
                               qm_error *err);
/* The newest `limit` runs, oldest first; appended. */
qm_status qm_journal_runs(qm_journal *journal, int64_t limit, qm_run_row_vec *out, qm_error *err);
/* Decisions of the question, in order; a non-zero return stops. */
qm_status qm_journal_each_decision(qm_journal *journal, const qm_decision_query *query,
                                   int (*each)(void *data, const char *source,
                                               const qm_decision_row *row),
                                   void *data, qm_error *err);

#endif
