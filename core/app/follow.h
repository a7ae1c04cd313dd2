/* SPDX-License-Identifier: MIT
 *
 * follow.h: the bars that market.db gets while the daemon runs. What an import adds to it is handed
 * to the engine as it arrives, each bar once: the book knows the newest that was seen. Main thread.
 */
#ifndef QM_APP_FOLLOW_H
#define QM_APP_FOLLOW_H

#include "app/desk.h"
#include "engine/live.h"

typedef struct qm_followed {
    qm_instrument_id id;
    qm_time known; /* the newest bar that the book has seen; QM_TIME_MAX: none */
    qm_time last;  /* the newest bar that the engine has; QM_TIME_NONE: none */
    qm_date date;  /* its session */
} qm_followed;

typedef struct qm_follow {
    qm_desk *desk;
    qm_loop *loop;
    qm_live *live;
    /* A bar that the engine could not take: it has failed. */
    void (*on_failure)(void *data, qm_status status, const qm_error *err);
    void *data;
    QM_VEC(qm_followed) items;
    qm_loop_watch *watch;
    qm_loop_timer *timer;
} qm_follow;

/* The desk's replay to the engine as history: to `now`, or, of an instrument that the book knows,
 * to its last bar. The replay is freed. */
qm_status qm_follow_warm(qm_follow *follow, qm_time now, qm_error *err);
/* Hands over what is newer, and from then on what comes into FOLDER/market.db. */
qm_status qm_follow_start(qm_follow *follow, const char *folder, qm_error *err);
/* Looks now: something has been stored. */
void qm_follow_look(qm_follow *follow);
void qm_follow_fini(qm_follow *follow);

#endif
