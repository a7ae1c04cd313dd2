/* SPDX-License-Identifier: MIT
 *
 * decisions.h: what strategies decided, wherever it is kept: the daemon's in book.db, those of the
 * newest backtest of each strategy in journal.db. And how a backtest gets there. Main thread.
 */
#ifndef QM_APP_DECISIONS_H
#define QM_APP_DECISIONS_H

#include "app/desk.h"
#include "codec/json.h"
#include "store/journal.h"

typedef int (*qm_each_decision)(void *data, const char *source, const qm_decision_row *row);

/* Those of the daemon, then those of backtests; source is "dca" or "dca backtest 12". Databases
 * that are not there have none. */
qm_status qm_decisions_each(const qm_args *args, const qm_decision_query *query,
                            qm_each_decision each, void *data, qm_error *err);
/* The values of an object in a decision's JSON as text: numbers as they are written by us; ""
 * when missing. */
void qm_decision_text(const qm_json *object, const char *key, char *out, size_t size);
/* One line for people: "min_risk_reward 2.4 < 3", "buy 10 market: reason". out is emptied first. */
void qm_decision_describe(const qm_decision_row *row, qm_buf *out);
/* A day as a range of time: its midnights in New York. */
void qm_decisions_day(qm_date day, qm_decision_query *query);
/* "--since", a date; QM_TIME_NONE without one. */
qm_status qm_decisions_since(const qm_args *args, qm_time *out, qm_error *err);

/* Collects the decisions of a run in memory, at most RECORD_MAX bytes of them. */
typedef struct qm_recorder {
    qm_instruments *instruments;
    qm_run_row row;
    qm_buf text;
    QM_VEC(qm_decision) items; /* json: an offset into text */
    bool full;                 /* there were more than memory was given for */
} qm_recorder;

void qm_recorder_init(qm_recorder *recorder, const char *kind, qm_instruments *instruments);
void qm_recorder_fini(qm_recorder *recorder);
/* An observer's on_decision with the recorder as data. */
void qm_recorder_take(void *recorder, const qm_decision *decision);
/* Fills a row from a sleeve after the run. */
void qm_run_row_end(qm_run_row *row, qm_engine *engine, uint32_t index);
/* Writes row and decisions to FOLDER/journal.db, if the folder exists. */
qm_status qm_recorder_write(qm_recorder *recorder, const char *folder, qm_error *err);

#endif
