/* SPDX-License-Identifier: MIT
 *
 * stamp.h: dates and times as price files write them. A file keeps one form, found from its first
 * row. Internal to the room.
 */
#ifndef QM_IMPORT_STAMP_H
#define QM_IMPORT_STAMP_H

#include "codec/csv.h"

/* A year outside of these is a slip of the pen, not a date. */
enum { QM_STAMP_FIRST_YEAR = 1800, QM_STAMP_LAST_YEAR = 2200 };

typedef enum qm_stamp_form {
    QM_STAMP_UNKNOWN,
    QM_STAMP_YMD,     /* 2007-01-03, 2007/01/03, 2007.01.03 */
    QM_STAMP_COMPACT, /* 20070103 */
    QM_STAMP_MDY,     /* 01/03/2007, 1/3/2007: month first */
    QM_STAMP_D_MON_Y, /* 3-Jan-2007, 3 Jan 07 */
    QM_STAMP_MON_D_Y, /* Jan 3, 2007 */
    QM_STAMP_SECONDS, /* since 1970, UTC */
    QM_STAMP_MILLIS
} qm_stamp_form;

typedef struct qm_stamp {
    qm_date date;
    int64_t ns; /* since midnight */
    bool has_time;
    bool has_offset; /* then offset_ns is local minus UTC */
    int64_t offset_ns;
} qm_stamp;

/* The form of a text; UNKNOWN when it has none of these. */
qm_stamp_form qm_stamp_form_of(qm_cell cell);
/* A clock time may follow the date: 14:30, 14:30:05.5, 2:30 PM, with Z or +hh:mm. false when the
 * text is no stamp of the form. */
bool qm_stamp_read(qm_stamp_form form, qm_cell cell, qm_stamp *out);
const char *qm_stamp_form_name(qm_stamp_form form);

#endif
