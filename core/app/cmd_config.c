/* SPDX-License-Identifier: MIT */
#include "app/command.h"
#include "app/settings.h"

#include <string.h>

static qm_status run(const qm_args *args, qm_error *err) {
    char storage[4096];
    const char *path =
        args->count > 1 ? args->values[1] : qm_settings_path(storage, sizeof storage);
    bool show = strcmp(args->values[0], "show") == 0;
    if (!show && strcmp(args->values[0], "check") != 0) {
        return qm_error_set(err, QM_EUSAGE, "config: no \"%s\": use check or show",
                            args->values[0]);
    }
    qm_config_entries entries = {0};
    qm_buf out;
    int findings = 0;
    qm_buf_init(&out, 1 << 24);
    qm_status status = qm_settings_read(path, &entries, &out, &findings, err);
    for (size_t i = 0; status == QM_OK && show && i < entries.length; i++) {
        qm_buf_printf(&out, "%s = %s\n", entries.items[i].name, entries.items[i].value);
    }
    if (status == QM_OK && findings == 0 && !show) {
        qm_buf_printf(&out, "%s: ok, %zu values\n", path, entries.length);
    }
    if (status == QM_OK) {
        status = qm_print(&out, err);
    }
    if (status == QM_OK && findings > 0) {
        status = qm_error_set(err, QM_ECONFIG, "%s: %d findings", path, findings);
    }
    qm_buf_fini(&out);
    qm_vec_fini(&entries);
    return status;
}

const qm_command qm_command_config = {
    "config",
    "check or show the configuration file",
    "usage: qm config check|show [FILE.lua]\n\n"
    "The file is Lua that runs in an empty environment and returns a table. Money is text. The\n"
    "default is QM_CONFIG, or ~/.config/quantmatrix/config.lua. Findings end with 78.\n",
    NULL,
    1,
    2,
    run};
