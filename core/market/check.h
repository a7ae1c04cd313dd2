/* SPDX-License-Identifier: MIT
 *
 * check.h: data checks over a whole series: what a careful person would see in a chart.
 */
#ifndef QM_MARKET_CHECK_H
#define QM_MARKET_CHECK_H

#include "base/vec.h"
#include "market/actions.h"
#include "market/bars.h"

typedef enum qm_finding_kind {
    QM_FINDING_NO_SESSION,   /* bar on a day that is no session */
    QM_FINDING_OPEN_OUTSIDE, /* open outside [low, high] */
    QM_FINDING_GAP,          /* sessions of the exchange without a bar */
    QM_FINDING_SPLIT,        /* a jump near a whole ratio with no split on record */
    QM_FINDING_JUMP,         /* a jump that no ratio explains: another security? */
    QM_FINDING_ZERO_VOLUME
} qm_finding_kind;

typedef struct qm_finding {
    qm_finding_kind kind;
    qm_date date;
    size_t index;   /* of the bar */
    double value;   /* close/previous close, or sessions missing */
    char text[160]; /* for people */
} qm_finding;

typedef QM_VEC(qm_finding) qm_finding_vec;

/* Bars of any timeframe and their known actions (sorted by date). Appends findings in time order.
 * Inside a day sessions that lack more than a tenth of their bars are gaps, and a volume of 0 is
 * none: minutes without a trade are common. */
qm_status qm_bars_findings(const qm_bars *bars, const qm_action *actions, size_t action_count,
                           qm_finding_vec *out);
const char *qm_finding_name(qm_finding_kind kind);

#endif
