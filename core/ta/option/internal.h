/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of this folder share.
 */
#ifndef QM_TA_OPTION_INTERNAL_H
#define QM_TA_OPTION_INTERNAL_H

#include "quantmatrix/option.h"

#define QM_OPTION_MONEY_MIN 1e-100
#define QM_OPTION_MONEY_MAX 1e100
#define QM_OPTION_DAYS_MAX 1e6
#define QM_OPTION_VOL_MAX 1e6
#define QM_OPTION_GROWTH_MAX 600.0

/* qm_option_check without vol. */
qm_status qm_option_check_market(const qm_option *option, qm_error *err);
/* All outputs of a European option that has been checked. */
void qm_option_european(const qm_option *option, double out[QM_OPTION_OUTPUT_COUNT]);
/* American options that have been checked: all outputs, or the price alone. QM_ENOMEM, and
 * QM_ERANGE where only the tree would do but can't; vol: QM_ENO when no volatility above 0 gives
 * the price. */
qm_status qm_option_american(const qm_option *option, double out[QM_OPTION_OUTPUT_COUNT]);
qm_status qm_option_american_value(const qm_option *option, double *price);
qm_status qm_option_american_implied(const qm_option *option, double price, double *vol);
/* The columns from `at` on, at most a block. */
qm_option_columns qm_option_columns_from(const qm_option_columns *options, size_t at);

#endif
