/* SPDX-License-Identifier: MIT */
#include "app/budget.h"

#include "app/settings.h"
#include "host/watchdog.h"

#include <stdlib.h>

static qm_script_budget budget;

qm_status qm_budget_use(const qm_script_budget **out, qm_error *err) {
    const char *limit = qm_setting("limits.callback_ms");
    qm_status status = QM_OK;
    if (!budget.watchdog) {
        budget.limit_ms = limit ? strtoll(limit, NULL, 10) : 0;
        status = qm_script_watchdog_new(&budget.watchdog, err);
    }
    if (status == QM_OK) {
        *out = &budget;
    }
    return status;
}

void qm_budget_release(void) {
    qm_watchdog_free(budget.watchdog);
    budget.watchdog = NULL;
}
