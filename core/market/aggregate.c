/* SPDX-License-Identifier: MIT */
#include "base/calendar.h"
#include "market/bars.h"

#include <math.h>

qm_status qm_aggregator_init(qm_aggregator *agg, qm_timeframe from, qm_timeframe to) {
    bool fits = to.unit > from.unit || (to.unit == from.unit && to.count % from.count == 0);
    if (!fits || from.count == 0 || to.count == 0) {
        return QM_EINVAL;
    }
    *agg = (qm_aggregator){.from = from, .to = to};
    return QM_OK;
}

static qm_date monday_of(qm_date date) {
    return date - (qm_date_weekday(date) + 6) % 7;
}

/* Start of the n minutes, counted from the session's open, that hold the bar's last moment. */
static qm_time minute_bucket(qm_timeframe to, const qm_bar *bar, qm_time open) {
    int64_t span = to.count * QM_MINUTE_NS, since = bar->time - 1 - open;
    int64_t index = since >= 0 ? since / span : -((-since + span - 1) / span);
    return open + index * span;
}

/* The last session of its week: the next one by the calendar is in another. */
static bool ends_week(qm_date date) {
    qm_session next;
    return !qm_calendar_on_or_after(date + 1, &next) || monday_of(next.date) != monday_of(date);
}

static bool ends_day(const qm_aggregator *agg, const qm_bar *bar, const qm_session *session) {
    return agg->from.unit >= QM_TF_DAY || bar->time >= session->close;
}

static void merge(qm_bar *into, const qm_bar *bar) {
    into->time = bar->time;
    into->date = bar->date;
    into->flags |= bar->flags;
    into->x[QM_HIGH] = fmax(into->x[QM_HIGH], bar->x[QM_HIGH]);
    into->x[QM_LOW] = fmin(into->x[QM_LOW], bar->x[QM_LOW]);
    into->x[QM_CLOSE] = bar->x[QM_CLOSE];
    into->x[QM_VOLUME] += bar->x[QM_VOLUME];
}

void qm_aggregator_step(qm_aggregator *agg, const qm_bar *in, qm_bar *late, bool *has_late,
                        qm_bar *out, bool *done) {
    *has_late = *done = false;
    if (agg->to.unit != QM_TF_MINUTE && (in->flags & QM_BAR_OFF_HOURS)) {
        return;
    }
    qm_session session = qm_calendar_hours(in->date);
    qm_time bucket;
    bool ends;
    if (agg->to.unit == QM_TF_MINUTE) {
        bucket = minute_bucket(agg->to, in, session.open);
        ends = in->time == bucket + agg->to.count * QM_MINUTE_NS || in->time == session.close;
    } else if (agg->to.unit == QM_TF_DAY) {
        bucket = in->date;
        ends = ends_day(agg, in, &session);
    } else {
        bucket = monday_of(in->date);
        ends = ends_day(agg, in, &session) && ends_week(in->date);
    }
    if (agg->open && agg->bucket != bucket) {
        *late = agg->bar;
        *has_late = true;
        agg->open = false;
    }
    if (agg->open) {
        merge(&agg->bar, in);
    } else {
        agg->bar = *in;
        agg->bucket = bucket;
        agg->open = true;
    }
    if (ends) {
        *out = agg->bar;
        *done = true;
        agg->open = false;
    }
}

bool qm_aggregator_flush(qm_aggregator *agg, qm_bar *out) {
    bool open = agg->open;
    if (open) {
        *out = agg->bar;
    }
    agg->open = false;
    return open;
}

qm_status qm_bars_aggregate(const qm_bars *in, qm_timeframe to, bool with_partial, qm_bars *out) {
    qm_aggregator agg;
    qm_status status = qm_aggregator_init(&agg, in->tf, to);
    qm_bar bar, late, whole;
    bool has_late, done;
    for (size_t i = 0; status == QM_OK && i < in->n; i++) {
        qm_bars_get(in, i, &bar);
        qm_aggregator_step(&agg, &bar, &late, &has_late, &whole, &done);
        if (has_late) {
            status = qm_bars_push(out, &late);
        }
        if (status == QM_OK && done) {
            status = qm_bars_push(out, &whole);
        }
    }
    if (status == QM_OK && with_partial && qm_aggregator_flush(&agg, &whole)) {
        status = qm_bars_push(out, &whole);
    }
    return status;
}
