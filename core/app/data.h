/* SPDX-License-Identifier: MIT
 *
 * data.h: the parts of `qm data`, one function a subcommand. The arguments are those behind
 * "data"; values[0] is the subcommand's own name.
 */
#ifndef QM_APP_DATA_H
#define QM_APP_DATA_H

#include "app/desk.h"

qm_status qm_data_import(const qm_args *args, qm_error *err);
qm_status qm_data_export(const qm_args *args, qm_error *err);
qm_status qm_data_sql(const qm_args *args, qm_error *err);
qm_status qm_data_actions(const qm_args *args, qm_error *err);
qm_status qm_data_get(const qm_args *args, qm_error *err);
qm_status qm_data_instruments(const qm_args *args, qm_error *err);

/* Opens the market.db that the arguments name; desk must be fini'd also after an error. */
qm_status qm_data_open(qm_desk *desk, const qm_args *args, qm_db_open mode, qm_error *err);
/* QM_ENOTFOUND naming the symbol. */
qm_status qm_data_find(const qm_desk *desk, const char *symbol, qm_instrument_id *out,
                       qm_error *err);
/* The id of a symbol, which is stored when it is new; inside a transaction. QM_EUSAGE: no symbol.
 */
qm_status qm_data_save_instrument(qm_desk *desk, const char *symbol, qm_instrument_id *id,
                                  qm_error *err);
/* What a careful look over the stored daily bars of an instrument finds; appended. */
qm_status qm_data_findings(qm_desk *desk, qm_instrument_id id, qm_buf *out, size_t most,
                           size_t *count, qm_error *err);

#endif
