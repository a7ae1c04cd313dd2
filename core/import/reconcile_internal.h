/* SPDX-License-Identifier: MIT */
#ifndef QM_IMPORT_RECONCILE_INTERNAL_H
#define QM_IMPORT_RECONCILE_INTERNAL_H

#include "import/reconcile.h"

/* What the file's facts say of a holding, and what came of them. */
typedef struct tally {
    qm_total ours, statement;
    bool closed, incomplete, has_statement;
    uint32_t first; /* 1 + fact of the file; `next` goes on */
} tally;

typedef struct work {
    const qm_reconcile_input *in;
    const qm_statement_account *account;
    qm_reconcile *out;
    bool *mine;     /* items of the history that are in this file and account */
    tally *tallies; /* of each holding */
    uint32_t *next; /* of each fact of the file: 1 + the next of its holding */
    qm_status status;
} work;

/* reconcile.c */
void reconcile_add(work *w, qm_total *to, qm_decimal value);
void reconcile_add_total(work *w, qm_total *to, qm_total value);
bool reconcile_is_mine(const work *w, const char *account);
/* Takes the line, without rows; NULL: out of memory. */
qm_reconcile_line *reconcile_line(work *w, qm_reconcile_line *line);
void reconcile_row(work *w, qm_reconcile_line *line, int64_t row);

/* reconcile_money.c */
void reconcile_count(work *w);
void reconcile_cash(work *w);
void reconcile_sums(work *w);

#endif
