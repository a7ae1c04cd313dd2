/* SPDX-License-Identifier: MIT
 *
 * budget.h: the one watchdog of the process, and the configuration's limit. Main thread.
 */
#ifndef QM_APP_BUDGET_H
#define QM_APP_BUDGET_H

#include "host/host.h"

/* Made by the first who asks, behind the settings; valid until qm_budget_release.
 * QM_EUNAVAILABLE. */
qm_status qm_budget_use(const qm_script_budget **out, qm_error *err);
/* When no script is left. */
void qm_budget_release(void);

#endif
