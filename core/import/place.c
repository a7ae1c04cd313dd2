/* SPDX-License-Identifier: MIT
 *
 * From stamps to bars: the timeframe that the data have, and each bar's end.
 */
#include "import/internal.h"

#include <stdlib.h>

/* The smallest distance between two stamps of one session, in minutes: gaps only make it larger. */
static uint16_t minutes_between(const qm_bars *bars) {
    int64_t least = 0;
    for (size_t i = 1; i < bars->n; i++) {
        int64_t distance = bars->time[i] - bars->time[i - 1];
        if (bars->date[i] == bars->date[i - 1] && (least == 0 || distance < least)) {
            least = distance;
        }
    }
    int64_t minutes = least / QM_MINUTE_NS;
    return least % QM_MINUTE_NS == 0 && minutes >= 1 && minutes <= 390 ? (uint16_t)minutes : 0;
}

/* Daily stamps a week apart, all of them. */
static bool is_weekly(const qm_bars *bars) {
    for (size_t i = 1; i < bars->n; i++) {
        if (bars->date[i] - bars->date[i - 1] < 4) {
            return false;
        }
    }
    return bars->n > 8;
}

static qm_status place_intraday(reader *r, qm_error *err) {
    qm_bars *bars = &r->out->bars;
    if (bars->tf.count == 0 || bars->tf.unit != QM_TF_MINUTE) {
        bars->tf = (qm_timeframe){QM_TF_MINUTE, minutes_between(bars)};
    }
    if (bars->tf.count == 0) {
        return qm_error_at(err, QM_EDATA, r->path, 0, 0,
                           "the stamps have no timeframe of whole minutes: name it (--tf 1m)");
    }
    size_t wrong = qm_bars_place_intraday(bars, r->options->stamp_is_end);
    if (wrong < bars->n) {
        return qm_error_at(err, QM_EDATA, r->path, (int64_t)wrong + 2, 0,
                           "two bars end at the same time: is the timeframe right?");
    }
    return QM_OK;
}

qm_status qm_ohlcv_place(reader *r, qm_error *err) {
    qm_bars *bars = &r->out->bars;
    qm_timeframe wanted = r->options->tf;
    qm_status status = QM_OK;
    bars->tf = wanted;
    if (r->intraday) {
        status = place_intraday(r, err);
    } else if (wanted.count == 0) {
        bars->tf = is_weekly(bars) ? QM_TF_1W : QM_TF_1D;
    } else if (wanted.unit == QM_TF_MINUTE) {
        return qm_error_at(err, QM_EDATA, r->path, 0, 0,
                           "the stamps are dates, no times of minutes");
    }
    r->out->flagged_session = 0;
    for (size_t i = 0; i < bars->n; i++) {
        r->out->flagged_session += (bars->flags[i] & QM_BAR_NO_SESSION) != 0;
    }
    return status;
}
