/* SPDX-License-Identifier: MIT
 *
 * runs.h: a running crew's lines in the journal, one for each strategy: written at the start,
 * filled in at the end. What can't be written is a warning: trading does not wait for its diary.
 */
#ifndef QM_APP_RUNS_H
#define QM_APP_RUNS_H

#include "app/crew.h"

typedef struct qm_runs {
    const qm_crew *crew;
    const char *folder; /* of journal.db */
    QM_VEC(qm_run_row) rows;
} qm_runs;

/* kind: "run" or "demo". */
void qm_runs_begin(qm_runs *runs, const char *kind);
void qm_runs_end(qm_runs *runs);

#endif
