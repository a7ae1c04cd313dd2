/* SPDX-License-Identifier: MIT */
#include "app/budget.h"
#include "app/command.h"
#include "bind/bind.h"
#include "host/host.h"

static void say(void *data, const char *line) {
    qm_buf_printf(data, "%s\n", line);
}

static qm_status run(const qm_args *args, qm_error *err) {
    qm_instruments *instruments;
    const qm_script_budget *budget;
    qm_status status = qm_budget_use(&budget, err);
    int findings = 0;
    qm_buf out;
    qm_buf_init(&out, 1 << 24);
    if (status != QM_OK) {
        return status;
    }
    status = qm_instruments_new(&instruments);
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    for (int i = 0; i < args->count; i++) {
        qm_script_options o = {.path = args->values[i],
                               .instruments = instruments,
                               .bindings = qm_bindings(),
                               .budget = budget};
        int found = qm_script_check(&o, say, &out);
        if (found == 0) {
            qm_buf_printf(&out, "%s: ok\n", args->values[i]);
        }
        findings += found;
    }
    qm_instruments_free(instruments);
    status = qm_print(&out, err);
    qm_buf_fini(&out);
    return status == QM_OK && findings ? QM_ENO : status;
}

const qm_command qm_command_check = {
    "check",
    "whether strategy files load",
    "usage: qm check FILE.lua ...\n\n"
    "Compiles each file, checks its table, parameters, presets, inputs and schedules.\n"
    "Findings are file:line: text; the exit code is then 1.\n",
    NULL,
    1,
    -1,
    run};
