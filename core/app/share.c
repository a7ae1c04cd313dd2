/* SPDX-License-Identifier: MIT */
#include "app/share.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef QM_SHARE
#define QM_SHARE "/usr/local/share/quantmatrix"
#endif

static bool has_strategies(const char *folder) {
    char path[4200];
    snprintf(path, sizeof path, "%s/atr_matrix.lua", folder);
    return access(path, R_OK) == 0;
}

/* PREFIX/bin/qm -> PREFIX/share/quantmatrix/strategies: wherever it was installed to. */
static bool beside_program(char *out, size_t size) {
    char program[3000];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) {
        return false;
    }
    program[length] = 0;
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(program, '/');
        if (!slash) {
            return false;
        }
        *slash = 0;
    }
    snprintf(out, size, "%s/share/quantmatrix/strategies", program);
    if (!has_strategies(out)) { /* SOURCE/build/PRESET/qm: not installed at all */
        snprintf(out, size, "%s/../strategies", program);
    }
    return has_strategies(out);
}

const char *qm_strategies_folder(char *out, size_t size) {
    const char *named = getenv("QM_STRATEGIES");
    if (named && *named) {
        snprintf(out, size, "%s", named);
    } else if (has_strategies("strategies")) {
        snprintf(out, size, "strategies");
    } else if (!beside_program(out, size)) {
        snprintf(out, size, "%s/strategies", QM_SHARE);
    }
    return out;
}
