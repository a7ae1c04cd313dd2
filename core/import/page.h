/* SPDX-License-Identifier: MIT
 *
 * page.h: one page of a provider's answer into bars, splits or dividends, whole or not at all.
 *
 * Bars pass through the reader of price files (ohlcv.h), so that they are checked as an import is.
 * Of a daily or weekly bar only the date counts, as it is written, of an epoch the date in UTC.
 * Errors have the row in the answer and name the field; err->file is left empty.
 */
#ifndef QM_IMPORT_PAGE_H
#define QM_IMPORT_PAGE_H

#include "import/ohlcv.h"
#include "import/records.h"

typedef enum qm_page_time {
    QM_PAGE_TEXT, /* dates and times in one of the forms that price files have */
    QM_PAGE_SECONDS,
    QM_PAGE_MILLIS
} qm_page_time;

enum { QM_PAGE_STAMP, QM_PAGE_OPEN, QM_PAGE_HIGH, QM_PAGE_LOW, QM_PAGE_CLOSE, QM_PAGE_VOLUME };

typedef struct qm_page_options {
    qm_records_layout layout; /* fields by the numbers above; no volume: unknown */
    qm_page_time time;
    bool newest_first;
    qm_timeframe tf;
    bool stamp_is_end;
    const char *tz; /* of stamps without an offset; NULL: America/New_York */
} qm_page_options;

typedef struct qm_page {
    qm_ohlcv ohlcv; /* oldest first; no bars: the page is empty */
    qm_buf next;    /* what the next page needs; "" or NULL: nothing */
} qm_page;

/* out must be fini'd also after an error. */
qm_status qm_page_read(const char *body, size_t length, const qm_page_options *options,
                       qm_page *out, qm_error *err);
void qm_page_fini(qm_page *page);

/* Fields of splits and dividends. A split has either a ratio (new for old: "4:1", 4, 0.125) or both
 * numbers. */
enum {
    QM_ACTION_DATE,
    QM_ACTION_RATIO,
    QM_ACTION_NEW,
    QM_ACTION_OLD,
    QM_ACTION_CASH,
    QM_ACTION_PAID
};

typedef struct qm_action_options {
    qm_records_layout layout; /* fields by the numbers above */
    qm_page_time time;
    qm_action_kind kind; /* split or dividend */
} qm_action_options;

/* Appended to out, without instrument. Two dividends of one ex-date that are paid on one day are
 * summed; what can't be told apart (the same amount twice) is QM_EDATA. */
qm_status qm_actions_read(const char *body, size_t length, const qm_action_options *options,
                          qm_action_vec *out, qm_error *err);

#endif
