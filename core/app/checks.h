/* SPDX-License-Identifier: MIT
 *
 * checks.h: the checks of engine/check.h that were asked for with --check, over a trial that has
 * run.
 */
#ifndef QM_APP_CHECKS_H
#define QM_APP_CHECKS_H

#include "app/trial.h"
#include "codec/json.h"

typedef struct qm_checks {
    bool asked, ok; /* any; all of them */
    bool has_lookahead, has_warmup, has_bounds;
    qm_check_lookahead lookahead;
    qm_check_warmup warmup;
    qm_check_bounds bounds;
    qm_total equity; /* of the run */
    bool within;     /* it lies within the bounds */
} qm_checks;

/* QM_EUSAGE: --check names none. */
qm_status qm_checks_read(const qm_args *args, qm_checks *out, qm_error *err);
qm_status qm_checks_run(qm_trial *trial, qm_checks *checks, qm_error *err);
/* The object "checks" of a result; NULL writes null. */
void qm_checks_json(const qm_checks *checks, qm_json_writer *w);
/* For people; nothing for NULL. */
void qm_checks_text(const qm_checks *checks, qm_buf *out);

#endif
