/* SPDX-License-Identifier: MIT
 *
 * backtest.h: the driver that runs an engine over a replay as fast as it goes.
 */
#ifndef QM_ENGINE_BACKTEST_H
#define QM_ENGINE_BACKTEST_H

#include "engine/engine.h"
#include "engine/replay.h"

typedef struct qm_backtest_options {
    qm_time from; /* first time that strategies see; bars before warm up; QM_TIME_NONE: all */
    qm_time to;   /* last, inclusive; QM_TIME_MAX: all */
    const volatile int *cancel; /* non-zero: stop after the event at hand (QM_ECANCELLED) */
    void (*progress)(void *data, uint64_t done,
                     uint64_t total); /* about ten times a second; may be NULL */
    void *data;
} qm_backtest_options;

/* Runs to the end (and finishes the engine). Both stay the caller's. */
qm_status qm_backtest_run(qm_engine *engine, qm_replay *replay, const qm_backtest_options *options,
                          qm_error *err);

#endif
