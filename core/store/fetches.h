/* SPDX-License-Identifier: MIT
 *
 * fetches.h: how far a fetch of prices has come, in market.db: written in the transaction that
 * stores a page, so that after a kill the next run asks for the first page that is not there.
 *
 * A fetch is named by provider, symbol, timeframe and range. It has a row while it is not complete.
 */
#ifndef QM_STORE_FETCHES_H
#define QM_STORE_FETCHES_H

#include "store/market_db.h"

enum { QM_FETCH_NAME_MAX = 64, QM_FETCH_CURSOR_MAX = 2048 };

typedef struct qm_fetch_point {
    char provider[QM_FETCH_NAME_MAX];
    char symbol[QM_SYMBOL_MAX];
    qm_timeframe tf;
    qm_date from, to;
    char config[65]; /* a hash of what the addresses are made from: another makes it void */
    int64_t page;    /* the next page, from 0 */
    char cursor[QM_FETCH_CURSOR_MAX]; /* what the page before gave for it; "" */
    qm_time low, high; /* ends of the earliest and the latest bar that came; QM_TIME_NONE: none */
} qm_fetch_point;

/* The unfinished fetch of provider, symbol and timeframe (filled in by the caller) over exactly
 * from and to, or, when from is QM_DATE_NONE, the oldest over any range. QM_ENOTFOUND, without a
 * message. */
qm_status qm_fetch_load(qm_market_db *db, qm_fetch_point *point, qm_error *err);
/* Inside begin/commit. */
qm_status qm_fetch_save(qm_market_db *db, const qm_fetch_point *point, qm_error *err);
/* A fetch is complete: it and those whose range lies in its range are forgotten. Inside
 * begin/commit. */
qm_status qm_fetch_done(qm_market_db *db, const qm_fetch_point *point, qm_error *err);

#endif
