/* SPDX-License-Identifier: MIT
 *
 * case.h: cases of the tax engine as JSON: a configuration, events and what should come of them.
 *
 *     {"id": "X", "config": {"method": "FIFO"}, "events": [{"id": "b", "date": "2024-01-02",
 *      "type": "BUY", "acct": "T1", "sym": "X", "qty": "10", "amount": "100.00"}],
 *      "expect": {"realized": [...], "open": [...], "misc": {...}}}
 *
 * Amounts are decimal strings. A key that is not known is an error that names it. Events are
 * applied by date; inside a day by time when all events of the day have one, else as they stand.
 */
#ifndef QM_TAX_CASE_H
#define QM_TAX_CASE_H

#include "codec/json.h"
#include "tax/tax.h"

/* A case as read. It borrows texts from the tree, which has to outlive it. */
typedef struct qm_tax_case qm_tax_case;

/* QM_EDATA, QM_EPARSE: message says which case, event, key and value. QM_ENOMEM. */
qm_status qm_tax_case_read(const qm_json *one, qm_tax_case **out, qm_error *err);
void qm_tax_case_free(qm_tax_case *c);
/* May be changed before a replay: another policy over the same events. */
qm_tax_config *qm_tax_case_config(qm_tax_case *c);
/* Events in the order in which they are applied. */
size_t qm_tax_case_events(const qm_tax_case *c, const qm_tax_event **out);

/* The engine after the events of a case; it stops at the first event that can't be booked. */
typedef struct qm_tax_replay {
    qm_tax *tax;
    const char *error; /* NULL, or the status' name, e.g. "insufficient_lots" */
    qm_error detail;
} qm_tax_replay;

/* QM_ENOMEM, QM_EINVAL (the configuration); an event that fails is in out->error. */
qm_status qm_tax_case_replay(const qm_tax_case *c, qm_tax_replay *out, qm_error *err);
void qm_tax_replay_fini(qm_tax_replay *replay);
/* {"realized": [...], "open": [...], "error": null}; with section 1256 contracts also "form6781",
 * with ordinary income and interest "ordinary". Rows come in the order of the case's events. */
qm_status qm_tax_replay_write(const qm_tax_case *c, const qm_tax_replay *replay, qm_buf *out);

/* Compares the output of qm_tax_replay_write with the case's `expect`, at the expected decimals or
 * within `tol`. Appends one line for each difference to why. */
qm_status qm_tax_case_compare(const qm_json *one, const qm_json *got, bool *same, qm_buf *why);

#endif
