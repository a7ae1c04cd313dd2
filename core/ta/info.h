/* SPDX-License-Identifier: MIT
 *
 * info.h: the rows of the info table; ta.c lists them in order of name.
 */
#ifndef QM_TA_INFO_H
#define QM_TA_INFO_H

#include "quantmatrix/ta.h"

extern const qm_ta_info qm_ta_info_atr, qm_ta_info_atr_pct, qm_ta_info_atr_percentile,
    qm_ta_info_ema, qm_ta_info_highest, qm_ta_info_lowest, qm_ta_info_sma, qm_ta_info_true_range;

#endif
