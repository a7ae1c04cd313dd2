/* SPDX-License-Identifier: MIT
 *
 * busted.h: specs of strategies, run by busted inside this program, so that they need no other Lua.
 */
#ifndef QM_HOST_BUSTED_H
#define QM_HOST_BUSTED_H

#include "quantmatrix/status.h"

/* Runs busted over the arguments (folders, files, its options). QM_OK: all passed, QM_ENO: some did
 * not, QM_EUNAVAILABLE: busted is not installed. */
qm_status qm_busted_run(int count, const char *const *arguments, qm_error *err);

#endif
