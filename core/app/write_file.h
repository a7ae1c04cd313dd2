/* SPDX-License-Identifier: MIT
 *
 * write_file.h: files that are there whole or not at all.
 */
#ifndef QM_APP_WRITE_FILE_H
#define QM_APP_WRITE_FILE_H

#include "app/command.h"

/* A folder and those above it, where they are not there yet; the place that can't be made. */
qm_status qm_make_folder(const char *folder, qm_error *err);
/* That of a file. */
qm_status qm_make_folder_of(const char *path, qm_error *err);
/* Under a name that is free: QM_EEXISTS when it is not, also when another process is first. */
qm_status qm_write_new(const char *path, const qm_buf *text, qm_error *err);
/* In place of what is there. */
qm_status qm_write_over(const char *path, const qm_buf *text, qm_error *err);

#endif
