/* SPDX-License-Identifier: MIT
 *
 * ta_list.h: the info table for people and for programs.
 */
#ifndef QM_APP_TA_LIST_H
#define QM_APP_TA_LIST_H

#include "quantmatrix/status.h"

#include <stdbool.h>

/* Prints all rows: name and title, or JSON with everything that the table says. */
qm_status qm_ta_list(bool json, qm_error *err);

#endif
