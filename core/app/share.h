/* SPDX-License-Identifier: MIT
 *
 * share.h: where the files that ship with the program are.
 */
#ifndef QM_APP_SHARE_H
#define QM_APP_SHARE_H

#include <stdbool.h>
#include <stddef.h>

/* Folder of the strategies that ship: QM_STRATEGIES, ./strategies, the one installed beside the
 * program, or that of the configured prefix. Returns out. */
const char *qm_strategies_folder(char *out, size_t size);

#endif
