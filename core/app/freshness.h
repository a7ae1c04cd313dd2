/* SPDX-License-Identifier: MIT
 *
 * freshness.h: how old the newest bars are, in sessions of the exchange: what a result over prices
 * that end months ago should say before anybody acts on it.
 */
#ifndef QM_APP_FRESHNESS_H
#define QM_APP_FRESHNESS_H

#include "base/buf.h"
#include "base/vec.h"
#include "codec/json.h"
#include "market/bars.h"

typedef struct qm_newest {
    const char *symbol; /* borrowed */
    qm_timeframe tf;
    qm_date date; /* session of the newest bar; QM_DATE_NONE: there is none */
} qm_newest;
typedef QM_VEC(qm_newest) qm_newest_vec;

/* Sessions that are over at `now` and lie after a day. */
int32_t qm_sessions_since(qm_date day, qm_time now);
/* A line for each day on which series end, oldest first: "newest bar 2024-12-31, 478 sessions ago:
 * SPY, QQQ". Sorts the list. */
void qm_newest_text(qm_newest_vec *list, qm_time now, qm_buf *out);
/* An array of {"symbol", "timeframe", "newest", "sessions_ago"}. */
void qm_newest_json(const qm_newest_vec *list, qm_time now, qm_json_writer *w);

#endif
