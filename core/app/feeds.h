/* SPDX-License-Identifier: MIT
 *
 * feeds.h: price files that grow while the daemon runs: --feed SYMBOL=FILE.csv or --feed FOLDER
 * (SYMBOL.csv of each symbol that is read). New lines go into market.db and from there, through
 * follow.h, to the strategies. Main thread.
 */
#ifndef QM_APP_FEEDS_H
#define QM_APP_FEEDS_H

#include "app/crew.h"
#include "app/follow.h"
#include "import/tail.h"

typedef struct qm_feed_file {
    char folder[3000], name[256]; /* of the file */
    qm_instrument_id id;
    qm_tail *tail;
} qm_feed_file;

typedef struct qm_feeds {
    qm_desk *desk; /* its market is open for writing */
    qm_follow *follow;
    qm_timeframe tf; /* of the lines */
    QM_VEC(qm_feed_file) items;
    QM_VEC(qm_loop_watch *) watches;
} qm_feeds;

/* The files that --feed names, and what is in them by now, into market.db; of a folder those of the
 * crew's universes, in the first member's timeframe. A file that is not there yet is waited for. */
qm_status qm_feeds_open(qm_feeds *feeds, const qm_args *args, const qm_crew *crew, qm_error *err);
/* From now on, as lines come. */
qm_status qm_feeds_start(qm_feeds *feeds, qm_follow *follow, qm_error *err);
void qm_feeds_fini(qm_feeds *feeds);

#endif
