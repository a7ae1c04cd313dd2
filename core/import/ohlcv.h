/* SPDX-License-Identifier: MIT
 *
 * ohlcv.h: price files into bars: CSV (plain, gzip, zstd) and the LEAN layout (zip, prices x
 * 10000).
 *
 * The header names the columns (date | time | timestamp | datetime, open, high, low, close, volume,
 * adj close, in any case and order; "AAPL.Open" counts as open). Any fault stops the reading with
 * file, row, column and value, and nothing is kept. Adjusted close is read and reported but not
 * stored as a price.
 */
#ifndef QM_IMPORT_OHLCV_H
#define QM_IMPORT_OHLCV_H

#include "market/actions.h"
#include "market/bars.h"
#include "store/market_db.h"

typedef struct qm_progress {
    void (*update)(void *data, const char *what, uint64_t done, uint64_t total);
    void *data;
    const volatile int *cancel; /* NULL, or non-zero: stop with QM_ECANCELLED */
} qm_progress;

typedef struct qm_ohlcv_options {
    qm_timeframe tf;             /* unit and count 0: found from the data (all stamps dates: 1d) */
    bool stamp_is_end;           /* intraday stamps: default start */
    const char *tz;              /* zone of stamps without an offset; NULL: America/New_York */
    const qm_progress *progress; /* may be NULL */
    bool keep_text;              /* keep the time cell of each row as written (qm ta) */
} qm_ohlcv_options;

typedef struct qm_ohlcv {
    qm_bars bars;
    char **time_text; /* with keep_text: bars.n strings */
    size_t text_count, text_capacity;
    uint64_t flagged_open, flagged_session; /* kept, but odd */
    bool has_adjusted; /* the file has an adjusted close that differs from the close somewhere */
    bool has_volume;
} qm_ohlcv;

/* out must be fini'd also after an error. */
qm_status qm_ohlcv_read(const char *path, const qm_ohlcv_options *options, qm_ohlcv *out,
                        qm_error *err);
/* The same from text in memory: a header and rows. name: for messages. */
qm_status qm_ohlcv_read_text(const char *name, const void *text, size_t length,
                             const qm_ohlcv_options *options, qm_ohlcv *out, qm_error *err);
void qm_ohlcv_fini(qm_ohlcv *ohlcv);

typedef struct qm_lean_files {
    const char *zip;     /* daily or minute trade bars */
    const char *factors; /* NULL: none */
} qm_lean_files;
/* Splits found in the factor file are appended to actions (without instrument ids). Its price
 * factors stand for dividends only approximately and are left out. */
qm_status qm_lean_read(const qm_lean_files *files, const qm_ohlcv_options *options, qm_ohlcv *out,
                       qm_action_vec *actions, qm_error *err);
/* Whether a path looks like such a file (a zip archive). */
bool qm_lean_is(const char *path);

/* "dir/spy.csv.gz" -> "SPY": the symbol that a file name suggests. */
void qm_symbol_from_path(const char *path, char out[QM_SYMBOL_MAX]);

#endif
