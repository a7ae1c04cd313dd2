/* SPDX-License-Identifier: MIT */
#include "market/bars.h"

#include "base/calendar.h"
#include "base/mem.h"
#include "base/tz.h"

#include <math.h>
#include <string.h>

void qm_bars_init(qm_bars *bars, qm_timeframe tf) {
    *bars = (qm_bars){.tf = tf};
}

void qm_bars_fini(qm_bars *bars) {
    qm_free(bars->time);
    qm_free(bars->date);
    qm_free(bars->flags);
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        qm_free(bars->column[k]);
    }
    qm_bars_init(bars, bars->tf);
}

static bool grow(void **column, size_t n, size_t size) {
    void *moved = qm_reallocarray(*column, n, size);
    *column = moved ? moved : *column;
    return moved != NULL;
}

qm_status qm_bars_reserve(qm_bars *bars, size_t n) {
    if (n <= bars->capacity) {
        return QM_OK;
    }
    size_t want = bars->capacity + bars->capacity / 2 + 16;
    want = want < n ? n : want;
    bool ok = grow((void **)&bars->time, want, sizeof *bars->time) &&
              grow((void **)&bars->date, want, sizeof *bars->date) &&
              grow((void **)&bars->flags, want, sizeof *bars->flags);
    for (int k = 0; ok && k < QM_COLUMN_COUNT; k++) {
        ok = grow((void **)&bars->column[k], want, sizeof *bars->column[k]);
    }
    if (!ok) {
        return QM_ENOMEM;
    }
    bars->capacity = want;
    return QM_OK;
}

qm_status qm_bars_push(qm_bars *bars, const qm_bar *bar) {
    size_t n = bars->n;
    if (n > 0 && bar->time <= bars->time[n - 1]) {
        return QM_EDATA;
    }
    if (n == bars->capacity) {
        qm_status status = qm_bars_reserve(bars, n + 1);
        if (status != QM_OK) {
            return status;
        }
    }
    bars->time[n] = bar->time;
    bars->date[n] = bar->date;
    bars->flags[n] = (uint8_t)bar->flags;
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        bars->column[k][n] = bar->x[k];
    }
    bars->n = n + 1;
    return QM_OK;
}

void qm_bars_get(const qm_bars *bars, size_t i, qm_bar *out) {
    out->time = bars->time[i];
    out->date = bars->date[i];
    out->flags = bars->flags[i];
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        out->x[k] = bars->column[k][i];
    }
}

void qm_bars_truncate(qm_bars *bars, size_t n) {
    bars->n = n < bars->n ? n : bars->n;
}

size_t qm_bars_find(const qm_bars *bars, qm_time t) {
    size_t low = 0, high = bars->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bars->time[middle] < t) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

qm_time qm_bar_start(qm_timeframe tf, qm_time end, qm_date date) {
    qm_session session = qm_calendar_hours(date);
    if (tf.unit == QM_TF_DAY) {
        return session.open;
    }
    if (tf.unit == QM_TF_WEEK) {
        qm_session first;
        qm_date monday = date - (qm_date_weekday(date) + 6) % 7;
        return qm_calendar_on_or_after(monday, &first) && first.date <= date ? first.open
                                                                             : session.open;
    }
    /* The last bar of a session may be shorter than its timeframe. */
    int64_t span = tf.count * QM_MINUTE_NS;
    int64_t since_open = end - session.open;
    if (end == session.close && since_open % span != 0) {
        return end - since_open % span;
    }
    return end - span;
}

void qm_bar_place_daily(qm_date date, qm_bar *bar) {
    qm_session session = qm_calendar_hours(date);
    bar->date = date;
    bar->time = session.close;
}

/* A date of New York while stamps are placed. */
typedef struct place_day {
    qm_date date;
    qm_time from, to; /* its midnights */
    qm_session hours;
    uint8_t flags;
} place_day;

static place_day day_of(qm_time start) {
    const qm_tz *tz = qm_tz_new_york();
    place_day day = {.date = qm_tz_to_local(tz, start).date};
    day.from = qm_tz_from_local(tz, day.date, 0);
    day.to = qm_tz_from_local(tz, day.date + 1, 0);
    day.hours = qm_calendar_hours(day.date);
    day.flags = qm_calendar_session(day.date, NULL) ? 0 : QM_BAR_NO_SESSION;
    return day;
}

size_t qm_bars_place_intraday(qm_bars *bars, bool stamp_is_end) {
    int64_t span = bars->tf.count * QM_MINUTE_NS;
    place_day day = {0};
    qm_time before = INT64_MIN;
    for (size_t i = 0; i < bars->n; i++) {
        qm_time start = bars->time[i] - (stamp_is_end ? span : 0), end = start + span;
        if (start < day.from || start >= day.to) {
            day = day_of(start);
        }
        bool inside = start >= day.hours.open && start < day.hours.close;
        if (start < day.hours.close && end > day.hours.close && !stamp_is_end) {
            end = day.hours.close; /* the short last bar of a session */
        }
        if (end <= before) {
            return i;
        }
        unsigned kept = bars->flags[i] & ~(unsigned)QM_BAR_NO_SESSION;
        bars->time[i] = before = end;
        bars->date[i] = day.date;
        bars->flags[i] = (uint8_t)(kept | day.flags | (inside ? 0 : QM_BAR_OFF_HOURS));
    }
    return bars->n;
}

static qm_status bad(qm_error *err, int column, const char *what, double value) {
    qm_status status = qm_error_set(err, QM_EDATA, "%s: %.17g", what, value);
    if (err) {
        err->column = column; /* index of the column; the reader knows where that is in the file */
    }
    return status;
}

qm_status qm_bar_check(qm_bar *bar, qm_error *err) {
    static const char *const not_price[] = {
        "open is not a positive price", "high is not a positive price",
        "low is not a positive price", "close is not a positive price"};
    for (int k = QM_OPEN; k <= QM_CLOSE; k++) {
        if (!(bar->x[k] > 0) || isinf(bar->x[k])) {
            return bad(err, k, not_price[k], bar->x[k]);
        }
    }
    double high = bar->x[QM_HIGH], low = bar->x[QM_LOW], close = bar->x[QM_CLOSE];
    if (high < low) {
        qm_status status = qm_error_set(err, QM_EDATA, "high %.17g is below low %.17g", high, low);
        if (err) {
            err->column = QM_HIGH;
        }
        return status;
    }
    if (close < low || close > high) {
        qm_status status = qm_error_set(
            err, QM_EDATA, "close %.17g is outside low %.17g and high %.17g", close, low, high);
        if (err) {
            err->column = QM_CLOSE;
        }
        return status;
    }
    if (bar->x[QM_VOLUME] < 0 || isinf(bar->x[QM_VOLUME])) {
        return bad(err, QM_VOLUME, "volume is negative or infinite", bar->x[QM_VOLUME]);
    }
    if (bar->x[QM_OPEN] < low || bar->x[QM_OPEN] > high) {
        bar->flags |= QM_BAR_OPEN_OUTSIDE;
    }
    if (!qm_calendar_session(bar->date, NULL)) {
        bar->flags |= QM_BAR_NO_SESSION;
    }
    return QM_OK;
}
