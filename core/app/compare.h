/* SPDX-License-Identifier: MIT
 *
 * compare.h: what a new version of a strategy's file would have decided otherwise. Main thread.
 */
#ifndef QM_APP_COMPARE_H
#define QM_APP_COMPARE_H

#include "app/desk.h"

typedef struct qm_compare_request {
    const qm_engine *engine; /* where the strategy runs: its bars are taken */
    uint32_t index;
    qm_script *before, *after; /* both fresh; used up */
    qm_sleeve_config sleeve;   /* of the running one */
    size_t bars;               /* the newest bars to compare over */
} qm_compare_request;

/* One line, in full sentences: version, parameters, decisions only before, only now, the first
 * that differs. Also when nothing can be compared: then why. */
void qm_compare(const qm_desk *desk, const qm_compare_request *request, qm_buf *out);

#endif
