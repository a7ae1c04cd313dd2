/* SPDX-License-Identifier: MIT */
#include "app/command.h"
#include "host/busted.h"

#include <stdlib.h>
#include <unistd.h>

static qm_status run(const qm_args *args, qm_error *err) {
    const char *arguments[QM_ARGS_MAX + 2];
    int n = 0;
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) { /* so that a spec finds this program */
        program[length] = 0;
        setenv("QM_BIN", program, 0);
    }
    arguments[n++] = "--output=plainTerminal";
    if (args->count == 0) {
        arguments[n++] = "spec";
    }
    for (int i = 0; i < args->count; i++) {
        arguments[n++] = args->values[i];
    }
    return qm_busted_run(n, arguments, err);
}

const qm_command qm_command_test = {
    "test",
    "specs of strategies (busted)",
    "usage: qm test [FOLDER|FILE ...]\n\n"
    "Runs busted inside this program over *_spec.lua (default folder: spec). A spec can start\n"
    "this program, whose path is in QM_BIN, with io.popen to run backtests. Exit code 1: a spec "
    "failed; 69: busted is not\n"
    "installed.\n",
    NULL,
    0,
    -1,
    run};
