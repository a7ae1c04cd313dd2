/* SPDX-License-Identifier: MIT
 *
 * events.h: events from a file of JSON lines through an engine, and what the strategies decide as
 * JSON lines on stdout: the engine of the daemon without its clock, feeds and book.
 *
 *     {"seq": 1, "type": "bar", "time": "2024-01-02T21:00:00Z", "symbol": "SPY", "open": 472.16,
 *      "high": 473.67, "low": 470.49, "close": 472.65, "volume": 123623700}
 *     {"event": 1, "time": "2024-01-02T21:00:00Z", "strategy": "mine", "kind": "intent", ...}
 */
#ifndef QM_APP_EVENTS_H
#define QM_APP_EVENTS_H

#include "app/crew.h"

/* Where decisions go. */
typedef struct qm_events_out {
    qm_desk *desk;
    uint64_t event; /* seq of the line at hand */
    qm_buf text;
} qm_events_out;

/* An observer's on_decision; out is the qm_events_out. */
void qm_events_decision(void *out, const qm_decision *decision);
/* One line for each strategy at the end: its decision hash, how much it decided and saw. */
void qm_events_states(qm_events_out *out);
/* A reload that was refused. */
void qm_events_refused(qm_events_out *out, uint32_t strategy);
/* Reads path ("-": standard input, answering line by line) to its end; the crew is installed and
 * not started. QM_EDATA with the line and the value; QM_EIO. */
qm_status qm_events_run(qm_crew *crew, const char *path, qm_events_out *out, qm_error *err);

#endif
