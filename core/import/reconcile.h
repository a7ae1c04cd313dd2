/* SPDX-License-Identifier: MIT
 *
 * reconcile.h: what came of a statement's facts against what the statement says: positions and
 * their cost, realised gains, cash, its own sums. One account of one file.
 *
 * Money differs when it differs by half a cent or more, since brokers round the cost of parts of
 * a lot; quantities differ when they are not equal.
 */
#ifndef QM_IMPORT_RECONCILE_H
#define QM_IMPORT_RECONCILE_H

#include "import/statement_tax.h"

enum { QM_RECONCILE_ITEM_MAX = 120, QM_RECONCILE_TEXT = QM_TOTAL_BUF };

typedef struct qm_reconcile_line {
    char item[QM_RECONCILE_ITEM_MAX];
    const char *currency; /* "": units */
    qm_total ours, statement;
    bool has_ours; /* false: not known, as lots are missing */
    bool differs;
    size_t first_row, row_count; /* in `rows`: the rows behind a difference */
} qm_reconcile_line;

/* Money of one currency, by kind of fact. */
typedef struct qm_reconcile_money {
    const char *currency;
    qm_total by_kind[QM_FACT_COUNT], commissions, net;
} qm_reconcile_money;

typedef struct qm_reconcile_gain {
    const char *symbol, *currency;
    qm_total ours, statement;
    bool has_ours, has_statement;
} qm_reconcile_gain;

typedef struct qm_reconcile_missing {
    const char *symbol, *currency;
    qm_decimal quantity; /* < 0: short */
} qm_reconcile_missing;

typedef struct qm_reconcile {
    const qm_statement_account *account;
    uint64_t counts[QM_FACT_COUNT], known;
    QM_VEC(qm_reconcile_money) money;
    QM_VEC(qm_reconcile_gain) gains;
    QM_VEC(qm_reconcile_missing) missing;
    QM_VEC(qm_reconcile_line) lines;
    QM_VEC(int64_t) rows;
    bool reconciled; /* nothing differs and nothing is missing */
} qm_reconcile;

/* history: sorted; known: of qm_history_add. out must be fini'd also after an error. Texts are
 * those of the statement and of the booking. QM_ENOMEM, QM_EOVERFLOW. */
typedef struct qm_reconcile_input {
    const qm_history *history;
    const qm_statement *statement;
    const qm_booking *booking;
    const bool *known;
} qm_reconcile_input;
qm_status qm_reconcile_account(const qm_reconcile_input *in, const qm_statement_account *account,
                               qm_reconcile *out);
void qm_reconcile_fini(qm_reconcile *r);
/* Ours less theirs: money in cents, units exactly. Returns out. */
const char *qm_reconcile_difference(const qm_reconcile_line *line, char out[QM_RECONCILE_TEXT]);

#endif
