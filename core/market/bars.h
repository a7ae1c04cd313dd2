/* SPDX-License-Identifier: MIT
 *
 * bars.h: bars as columns, timeframes and aggregation.
 *
 * A bar's time is its end: a daily bar ends at its session's close. `date` is the session. Prices
 * and volume are doubles as traded (raw); adjustment is a view (series.h). Columns are oldest
 * first and strictly increasing in time.
 */
#ifndef QM_MARKET_BARS_H
#define QM_MARKET_BARS_H

#include "base/calendar.h"
#include "market/instrument.h"
#include "quantmatrix/ta.h"

typedef enum qm_timeframe_unit { QM_TF_MINUTE, QM_TF_DAY, QM_TF_WEEK } qm_timeframe_unit;

/* 1m, 5m, 60m (= 1h), 1d, 1w. Minutes count from the session's open; the last bar of a session
 * may be shorter. */
typedef struct qm_timeframe {
    uint16_t unit; /* qm_timeframe_unit */
    uint16_t count;
} qm_timeframe;

#define QM_TF_1D ((qm_timeframe){QM_TF_DAY, 1})
#define QM_TF_1W ((qm_timeframe){QM_TF_WEEK, 1})
enum { QM_TIMEFRAME_BUF = 12 };

/* "1m" "15m" "1h" "1d" "1w". QM_EPARSE. */
qm_status qm_timeframe_parse(const char *text, qm_timeframe *out);
const char *qm_timeframe_format(qm_timeframe tf, char out[QM_TIMEFRAME_BUF]);
bool qm_timeframe_equal(qm_timeframe a, qm_timeframe b);
/* A stable code for the store: unit * 65536 + count. */
uint32_t qm_timeframe_code(qm_timeframe tf);

typedef enum qm_bar_flag {
    QM_BAR_NO_SESSION = 1,   /* dated on a day that is no session */
    QM_BAR_OPEN_OUTSIDE = 2, /* open outside [low, high]: as real files have it */
    QM_BAR_OFF_HOURS = 4,    /* intraday stamp outside the session */
    QM_BAR_JUMP = 8          /* suspected missing split or another security */
} qm_bar_flag;

typedef struct qm_bar {
    qm_time time; /* end */
    qm_date date; /* session */
    uint32_t flags;
    double x[QM_COLUMN_COUNT]; /* open, high, low, close, volume */
} qm_bar;

typedef struct qm_bars {
    qm_timeframe tf;
    size_t n, capacity;
    qm_time *time;
    qm_date *date;
    uint8_t *flags;
    double *column[QM_COLUMN_COUNT];
} qm_bars;

void qm_bars_init(qm_bars *bars, qm_timeframe tf);
void qm_bars_fini(qm_bars *bars);
qm_status qm_bars_reserve(qm_bars *bars, size_t n);
/* QM_EDATA when time is not after the last. */
qm_status qm_bars_push(qm_bars *bars, const qm_bar *bar);
void qm_bars_get(const qm_bars *bars, size_t i, qm_bar *out);
void qm_bars_truncate(qm_bars *bars, size_t n);
/* First index with time >= t, n when none. */
size_t qm_bars_find(const qm_bars *bars, qm_time t);
/* When the bar's trading began: the session's open (day and longer) or the start of its minutes. */
qm_time qm_bar_start(qm_timeframe tf, qm_time end, qm_date date);
/* Fills time and date of a bar from a stamp. Daily and longer: stamp is the civil date. */
void qm_bar_place_daily(qm_date date, qm_bar *bar);
/* Intraday: times that are start (or end) stamps become ends; sets dates and the flags of sessions.
 * Returns the first bar that would not end after the one before it, from which on nothing is set;
 * n: none. */
size_t qm_bars_place_intraday(qm_bars *bars, bool stamp_is_end);
/* The checks of a single bar: finite, prices > 0, low <= close <= high, volume >= 0 or NaN
 * (unknown: the file has none). err->column is then the qm_column, for a reader to translate.
 * QM_EDATA with what is wrong and the value; sets QM_BAR_OPEN_OUTSIDE and QM_BAR_NO_SESSION. */
qm_status qm_bar_check(qm_bar *bar, qm_error *err);

/* Streaming aggregation: minutes -> n minutes | day | week, day -> week. Session-aware: no bar
 * spans two sessions; a week is Monday to Sunday by session date. Trades outside the session
 * (QM_BAR_OFF_HOURS) are no part of a day or week. */
typedef struct qm_aggregator {
    qm_timeframe from, to;
    bool open;
    qm_bar bar;     /* in the making */
    qm_time bucket; /* where it belongs: a number that only grows */
} qm_aggregator;

/* QM_EINVAL when `to` is no multiple of `from`. */
qm_status qm_aggregator_init(qm_aggregator *agg, qm_timeframe from, qm_timeframe to);
/* Takes the next bar. When it completes a bar (its own end is the bucket's end: the last minute of
 * the bucket or session, the last session of the week by the calendar), *done is true and *out is
 * it. When it opens a later bucket while the former was still open (missing data), the former comes
 * first in *late (with *has_late). */
void qm_aggregator_step(qm_aggregator *agg, const qm_bar *in, qm_bar *late, bool *has_late,
                        qm_bar *out, bool *done);
/* The bar in the making, if any: end of data. */
bool qm_aggregator_flush(qm_aggregator *agg, qm_bar *out);
/* Whole columns; with_partial keeps the unfinished last bar. */
qm_status qm_bars_aggregate(const qm_bars *in, qm_timeframe to, bool with_partial, qm_bars *out);

#endif
