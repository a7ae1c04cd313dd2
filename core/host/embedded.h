/* SPDX-License-Identifier: MIT
 *
 * embedded.h: the Lua half of the library (lua/qm), compiled into the binary. The table is
 * generated at build time and ends with a NULL name. "init" is the module `qm`, "x" is `qm.x`.
 */
#ifndef QM_HOST_EMBEDDED_H
#define QM_HOST_EMBEDDED_H

#include <stddef.h>

typedef struct qm_embedded {
    const char *name;
    const char *text;
    size_t length;
} qm_embedded;

extern const qm_embedded qm_embedded_lua[];

#endif
