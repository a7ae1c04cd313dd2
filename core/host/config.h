/* SPDX-License-Identifier: MIT
 *
 * config.h: a configuration file: Lua that runs in an empty environment and returns a table, as a
 * flat list of dotted names and values. No Lua type in sight.
 */
#ifndef QM_HOST_CONFIG_H
#define QM_HOST_CONFIG_H

#include "base/vec.h"
#include "quantmatrix/status.h"

typedef struct qm_config_entry {
    char name[128];   /* "limits.max_order_notional", "universe.growth.1" */
    char kind[12];    /* string, integer, number, boolean */
    char value[1024]; /* as text */
} qm_config_entry;
typedef QM_VEC(qm_config_entry) qm_config_entries;

/* Entries in order of name. QM_ECONFIG with file and line: syntax, a value that is no plain one, a
 * name or text that is too long, a file that runs too long (10 million steps) or takes more than 16
 * MB. */
qm_status qm_config_read(const char *path, qm_config_entries *out, qm_error *err);

#endif
