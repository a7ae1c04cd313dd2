/* SPDX-License-Identifier: MIT
 *
 * desk.h: what a backtest, the daemon and the demo put on the table before they start: instruments,
 * bars, models, scripts, an engine. Owns all of it.
 */
#ifndef QM_APP_DESK_H
#define QM_APP_DESK_H

#include "app/command.h"
#include "app/freshness.h"
#include "engine/backtest.h"
#include "host/host.h"
#include "import/ohlcv.h"

typedef struct qm_desk {
    qm_instruments *instruments;
    qm_market_db *market; /* NULL: bars come from files */
    qm_book *book;        /* NULL: memory only */
    qm_replay *replay;
    qm_engine *engine;
    qm_timeframe tf; /* of the bars; count 0: none yet */
    QM_VEC(qm_instrument_id) loaded;
    qm_newest_vec newest; /* of the loaded ones, in their order */
    uint64_t flagged_open, flagged_session;
    bool may_be_empty; /* a symbol without stored bars is no error: a feed will bring them */
} qm_desk;

qm_status qm_desk_init(qm_desk *desk, qm_error *err);
void qm_desk_fini(qm_desk *desk);

/* Folder of the databases: --data, QM_DATA, or the user's data folder. Static storage of out. */
const char *qm_desk_folder(const qm_args *args, char *out, size_t size);
/* Opens FOLDER/market.db and loads its instruments. */
qm_status qm_desk_open_market(qm_desk *desk, const char *folder, qm_db_open mode, qm_error *err);
/* Reads the instruments of market.db again: another process may have added some. Pointers to those
 * before become invalid: not with an engine. */
qm_status qm_desk_reload_instruments(qm_desk *desk, qm_error *err);
/* "SYMBOL=FILE": reads the file's bars (and, beside a LEAN zip, its splits) into the replay. */
qm_status qm_desk_take_file(qm_desk *desk, const char *text, const qm_args *args, qm_error *err);
/* Bars of an instrument from market.db into the replay. QM_EINSUFFICIENT: there are none. */
qm_status qm_desk_take_stored(qm_desk *desk, qm_instrument_id id, qm_timeframe tf, qm_error *err);
/* The newest bar of each series in market.db, appended; symbols are borrowed from the desk. */
qm_status qm_desk_newest(qm_desk *desk, qm_newest_vec *out, qm_error *err);
/* Bars for all that a script reads: the universe and the instruments of its inputs. */
qm_status qm_desk_take_for(qm_desk *desk, const qm_script *script, qm_error *err);
/* Commission, slippage and path from the arguments. */
qm_status qm_desk_models(const qm_args *args, qm_sim_config *out, qm_error *err);
/* The sleeve of a backtest from --cash, --account, --account-type, --lots and --fractional. */
qm_status qm_desk_sleeve(const qm_args *args, qm_sleeve_config *out, qm_error *err);
/* The times of days, both included; QM_DATE_NONE: not bounded (QM_TIME_NONE, QM_TIME_MAX). */
void qm_desk_range(qm_date from, qm_date to, qm_time *first, qm_time *last);
/* Reads a CSV or LEAN file with the options --tf --tz --stamp --factors. */
qm_status qm_desk_read(const char *path, const qm_args *args, const qm_progress *progress,
                       qm_ohlcv *out, qm_action_vec *actions, qm_error *err);
/* Options of a script from its path and the arguments --set and --preset; params is storage for at
 * most QM_ARGS_MAX. */
qm_status qm_desk_script_options(qm_desk *desk, const qm_args *args, qm_script_param *params,
                                 qm_script_options *out, qm_error *err);

#endif
