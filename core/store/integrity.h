/* SPDX-License-Identifier: MIT
 *
 * integrity.h: whether a database file is whole.
 */
#ifndef QM_STORE_INTEGRITY_H
#define QM_STORE_INTEGRITY_H

#include "quantmatrix/status.h"

#include <stddef.h>

/* SQLite's quick check of a file, read only. out: what it found, "" when all is well. QM_ENOTFOUND:
 * there is no such file; QM_EVERSION: of a newer schema than `known`; QM_EDATA: damaged; QM_EIO. */
qm_status qm_integrity_check(const char *path, int known, char *out, size_t size);
/* "3.40.1" */
const char *qm_sqlite_version(void);

#endif
