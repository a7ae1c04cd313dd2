/* SPDX-License-Identifier: MIT
 *
 * lock.h: one process for a database: an advisory lock on a file beside it that also names the
 * process. The lock of a process that was killed goes with it.
 */
#ifndef QM_STORE_LOCK_H
#define QM_STORE_LOCK_H

#include "quantmatrix/status.h"

/* *fd is the held lock. QM_EBUSY names the process; QM_EPERM, QM_EIO. */
qm_status qm_lock_take(const char *path, int *fd, qm_error *err);
void qm_lock_release(int fd);
/* The process that holds the lock, 0 when nobody does. */
int64_t qm_lock_owner(const char *path);

#endif
