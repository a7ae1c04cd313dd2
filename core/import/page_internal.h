/* SPDX-License-Identifier: MIT
 *
 * page_internal.h: what bars and events out of a provider's answers share. Internal to the room.
 */
#ifndef QM_IMPORT_PAGE_INTERNAL_H
#define QM_IMPORT_PAGE_INTERNAL_H

#include "import/page.h"
#include "import/stamp.h"

/* The stamp of a row; *form is UNKNOWN before the first. */
qm_status qm_page_stamp(qm_page_time time, qm_stamp_form *form, qm_cell cell, qm_stamp *out,
                        qm_error *err);

#endif
