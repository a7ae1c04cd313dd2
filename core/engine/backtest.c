/* SPDX-License-Identifier: MIT */
#include "engine/backtest.h"

enum { PROGRESS_EVERY = 200000 }; /* events: well above ten times a second would show */

typedef struct history {
    qm_engine *engine;
    qm_error *err;
} history;

static qm_status take_history(void *data, const qm_event *event) {
    history *h = data;
    return qm_engine_feed_history(h->engine, event, h->err);
}

static qm_status run(qm_engine *engine, qm_replay *replay, const qm_backtest_options *o,
                     qm_error *err) {
    uint64_t done = 0;
    qm_status status = QM_OK;
    while (status == QM_OK) {
        qm_event event;
        qm_time next = qm_replay_peek(replay);
        if (next == QM_TIME_MAX || next > o->to) {
            break;
        }
        if (o->cancel && *o->cancel) {
            return qm_error_set(err, QM_ECANCELLED, "cancelled");
        }
        qm_replay_next(replay, &event);
        status = qm_engine_dispatch(engine, &event, err);
        if (o->progress && ++done % PROGRESS_EVERY == 0) {
            uint64_t total = qm_replay_total(replay);
            o->progress(o->data, total - qm_replay_left(replay), total);
        }
    }
    return status;
}

qm_status qm_backtest_run(qm_engine *engine, qm_replay *replay, const qm_backtest_options *options,
                          qm_error *err) {
    history h = {engine, err};
    qm_status status = QM_OK;
    qm_time begin = qm_replay_peek(replay);
    qm_instrument_id id;
    size_t bars;
    for (size_t i = 0; status == QM_OK && qm_replay_source(replay, i, &id, &bars); i++) {
        status = qm_engine_expect(engine, id, bars);
    }
    if (begin == QM_TIME_MAX) {
        return qm_error_set(err, QM_EINSUFFICIENT, "there are no bars to run over");
    }
    if (status == QM_OK && options->from != QM_TIME_NONE && options->from > begin) {
        begin = options->from;
        status = qm_replay_seek(replay, begin, take_history, &h);
    }
    if (status == QM_OK) {
        /* Just before the first event, so that what is scheduled at its time still fires. */
        status = qm_engine_start(engine, begin - 1, err);
    }
    qm_replay_set_sim(replay, qm_engine_sim(engine));
    if (status == QM_OK) {
        status = run(engine, replay, options, err);
    }
    if (status == QM_OK || status == QM_ECANCELLED) {
        qm_status finished = qm_engine_finish(engine, status == QM_OK ? err : NULL);
        status = status == QM_OK ? finished : status;
    }
    return status;
}
