/* SPDX-License-Identifier: MIT
 *
 * import_store.h: statements.db as an import uses it: what is stored comes first, so that rows are
 * known by it; what reconciles, or is accepted, is added, each file in one transaction.
 */
#ifndef QM_APP_IMPORT_STORE_H
#define QM_APP_IMPORT_STORE_H

#include "app/command.h"
#include "app/import_view.h"
#include "store/statements.h"

typedef struct import_store {
    char path[4200];
    qm_statement_row_vec rows;
    QM_VEC(qm_statement *) statements; /* of rows */
} import_store;

/* Reads what is stored into the history, as files 0, 1, ...; nothing yet is no error. */
qm_status import_store_open(const char *folder, import_store *out, qm_history *history,
                            qm_error *err);
void import_store_close(import_store *store);
/* Whether these bytes are there; NULL: they are not. */
const qm_statement_row *import_store_find(const import_store *store, const char *hash);
/* Stores those that may be, and says of each what became of it. */
qm_status import_store_put(import_store *store, import_file *files, size_t count, bool accept,
                           qm_error *err);
/* Whether nothing of the file differs, is missing or was rejected. */
bool import_file_is_good(const import_file *file);

/* `qm import list` and `qm import remove ID`. */
qm_status import_store_list(const qm_args *args, const char *folder, qm_error *err);
qm_status import_store_remove(const qm_args *args, const char *folder, qm_error *err);

#endif
