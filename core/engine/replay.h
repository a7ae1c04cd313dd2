/* SPDX-License-Identifier: MIT
 *
 * replay.h: stored bars and actions as a stream of events in the total order. What the backtest and
 * the accelerated demo run on.
 *
 * A source owns its columns. Opening trades are delivered only for instruments in which somebody
 * has working orders (it asks the simulation), so that the plain bar costs nothing extra. After the
 * last bar of a time comes its SLICE, at the end END.
 */
#ifndef QM_ENGINE_REPLAY_H
#define QM_ENGINE_REPLAY_H

#include "broker/sim/sim.h"
#include "event/event.h"
#include "store/market_db.h"

typedef struct qm_replay qm_replay;

qm_status qm_replay_new(qm_timeframe tf, qm_replay **out);
void qm_replay_free(qm_replay *replay);
/* Takes over the columns (bars is empty afterwards) and copies the actions. One call for each
 * instrument. */
qm_status qm_replay_take(qm_replay *replay, qm_instrument_id instrument, qm_bars *bars,
                         const qm_action *actions, size_t action_count);
/* The simulation whose orders want opening trades; NULL: deliver none. */
void qm_replay_set_sim(qm_replay *replay, const qm_sim *sim);
/* Skips everything before `time`, handing it to `each` (history) in order; each may be NULL. */
qm_status qm_replay_seek(qm_replay *replay, qm_time time,
                         qm_status (*each)(void *data, const qm_event *event), void *data);
/* Back before the first event, without a simulation: for another run over the same bars. */
void qm_replay_rewind(qm_replay *replay);
/* Time of the next event without taking it; QM_TIME_MAX at the end. What it saw is what
 * qm_replay_next then takes: orders must not come or go between the two. */
qm_time qm_replay_peek(const qm_replay *replay);
/* The next event. END again and again at the end. */
void qm_replay_next(qm_replay *replay, qm_event *out);
/* The n-th instrument (0, 1, ...) and its number of bars; false behind the last. */
bool qm_replay_source(const qm_replay *replay, size_t n, qm_instrument_id *id, size_t *bars);
/* All its bars, delivered or not; NULL behind the last instrument. */
const qm_bars *qm_replay_bars(const qm_replay *replay, size_t n, qm_instrument_id *id);
/* All actions of all instruments; returns how many. */
size_t qm_replay_actions(const qm_replay *replay, const qm_action **out);
/* Bars not yet delivered, and all. */
uint64_t qm_replay_left(const qm_replay *replay);
uint64_t qm_replay_total(const qm_replay *replay);
qm_time qm_replay_first(const qm_replay *replay);
qm_time qm_replay_last(const qm_replay *replay);

#endif
