/* SPDX-License-Identifier: MIT
 *
 * import_view.h: what an import of statements came to, for people and for programs.
 */
#ifndef QM_APP_IMPORT_VIEW_H
#define QM_APP_IMPORT_VIEW_H

#include "base/buf.h"
#include "import/reconcile.h"

/* One file of the command; the first failure of a file is its own. */
typedef struct import_file {
    const char *path;
    qm_statement *statement; /* NULL: it could not be read */
    bool *known;
    qm_booking *booking;
    qm_reconcile *accounts; /* one for each account of the statement */
    char error[QM_ERROR_FILE_MAX + QM_ERROR_TEXT_MAX];
    qm_buf text;          /* its bytes, decompressed */
    char hash[65];        /* of them */
    const char *state;    /* what became of it: "stored", "dry run", ... */
    const char *overlaps; /* another file that may hold the same facts under other ids */
} import_file;

void import_write_json(const import_file *files, size_t count, qm_buf *out);
qm_status import_write_text(const import_file *files, size_t count, qm_buf *out);

#endif
