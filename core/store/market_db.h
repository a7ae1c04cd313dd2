/* SPDX-License-Identifier: MIT
 *
 * market_db.h: market.db: instruments, aliases, corporate actions and bars.
 *
 * Bars are stored raw in chunks of compressed columns (instrument, timeframe, span); a virtual
 * table `bars` (symbol, timeframe, time, date, open, high, low, close, volume, flags) pushes
 * symbol, timeframe and time down to the chunks. One writer at a time; a write is a transaction:
 * begin, put..., commit. Everything can be rebuilt from the imported files. Main thread.
 */
#ifndef QM_STORE_MARKET_DB_H
#define QM_STORE_MARKET_DB_H

#include "base/vec.h"
#include "market/actions.h"
#include "market/bars.h"

typedef struct qm_market_db qm_market_db;
typedef QM_VEC(qm_action) qm_action_vec;

enum { QM_MARKET_DB_SCHEMA = 1 };

typedef enum qm_db_open { QM_DB_READ, QM_DB_WRITE, QM_DB_CREATE } qm_db_open;

/* path ":memory:" works. QM_EVERSION: a newer schema (message says both numbers); QM_EIO, QM_EPERM.
 */
qm_status qm_market_db_open(const char *path, qm_db_open mode, qm_market_db **out, qm_error *err);
void qm_market_db_close(qm_market_db *db);

qm_status qm_market_db_begin(qm_market_db *db, qm_error *err);
/* QM_EFULL when the disk is full: everything since begin is rolled back. */
qm_status qm_market_db_commit(qm_market_db *db, qm_error *err);
void qm_market_db_rollback(qm_market_db *db);

/* Loads all instruments and aliases into an empty registry; ids are kept. */
qm_status qm_market_db_load_instruments(qm_market_db *db, qm_instruments *reg, qm_error *err);
/* Inserts or updates by id (and the alias of its symbol). */
qm_status qm_market_db_save_instrument(qm_market_db *db, const qm_instrument *instrument,
                                       qm_error *err);

typedef struct qm_put_report {
    uint64_t added;
    uint64_t known;    /* there already, equal */
    uint64_t replaced; /* there already, different (only with replace) */
} qm_put_report;

/* Adds bars (sorted) of one instrument. A bar that is there with other values: QM_EEXISTS naming
 * date, old and new value, unless replace. Inside begin/commit. */
qm_status qm_market_db_put_bars(qm_market_db *db, qm_instrument_id instrument, const qm_bars *bars,
                                bool replace, qm_put_report *report, qm_error *err);
qm_status qm_market_db_put_action(qm_market_db *db, const qm_action *action, bool *was_known,
                                  qm_error *err);
/* from <= time < to. */
typedef struct qm_bar_range {
    qm_time from, to;
} qm_bar_range;
#define QM_ALL_BARS ((qm_bar_range){QM_TIME_NONE, QM_TIME_MAX})
/* Bars of the range, appended to out (initialised with the timeframe). */
qm_status qm_market_db_load_bars(qm_market_db *db, qm_instrument_id instrument,
                                 const qm_bar_range *range, qm_bars *out, qm_error *err);
/* Sorted by ex-date; appended. */
qm_status qm_market_db_load_actions(qm_market_db *db, qm_instrument_id instrument,
                                    qm_action_vec *out, qm_error *err);
/* Removes bars and actions of an instrument (and the instrument). */
qm_status qm_market_db_remove(qm_market_db *db, qm_instrument_id instrument, qm_error *err);

typedef struct qm_series_info {
    qm_instrument_id instrument;
    qm_timeframe tf;
    uint64_t bars;
    qm_time first, last;
    uint64_t bytes; /* on disk, compressed */
} qm_series_info;
typedef QM_VEC(qm_series_info) qm_series_info_vec;
qm_status qm_market_db_list(qm_market_db *db, qm_series_info_vec *out, qm_error *err);

/* Any read-only SQL; each row goes to `row` (NULL values are NULL); a non-zero return stops. The
 * first call has names instead of values (header = true). QM_EDATA with SQLite's words for bad SQL.
 */
qm_status qm_market_db_query(qm_market_db *db, const char *sql,
                             int (*row)(void *data, bool header, int count,
                                        const char *const *values),
                             void *data, qm_error *err);

#endif
