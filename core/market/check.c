/* SPDX-License-Identifier: MIT */
#include "market/check.h"

#include "base/calendar.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* A close-to-close change beyond these is worth a look; halves and doubles are splits. */
static const double JUMP_UP = 1.8, JUMP_DOWN = 0.6;
/* How near to a simple ratio a jump must be to be called a likely split. */
static const double NEAR = 0.06;

static const struct {
    int num, den;
} RATIOS[] = {{2, 1},  {3, 1},  {4, 1},  {5, 1},  {6, 1},  {7, 1},  {8, 1},  {10, 1},
              {15, 1}, {20, 1}, {25, 1}, {30, 1}, {40, 1}, {50, 1}, {100, 1}};

const char *qm_finding_name(qm_finding_kind kind) {
    static const char *const names[] = {"no_session", "open_outside", "gap",
                                        "split",      "jump",         "zero_volume"};
    return names[kind];
}

typedef struct checker {
    const qm_bars *bars;
    const qm_action *actions;
    size_t action_count;
    qm_finding_vec *out;
} checker;

__attribute__((format(printf, 5, 6))) static qm_status found(const checker *c, qm_finding_kind kind,
                                                             size_t i, double value,
                                                             const char *format, ...) {
    qm_finding finding = {.kind = kind, .date = c->bars->date[i], .index = i, .value = value};
    va_list args;
    va_start(args, format);
    vsnprintf(finding.text, sizeof finding.text, format, args);
    va_end(args);
    return qm_vec_push(c->out, &finding);
}

static bool split_on_record(const checker *c, qm_date after, qm_date until) {
    for (size_t i = 0; i < c->action_count; i++) {
        const qm_action *a = &c->actions[i];
        if (a->kind == QM_ACTION_SPLIT && a->ex_date > after && a->ex_date <= until) {
            return true;
        }
    }
    return false;
}

static qm_status check_jump(const checker *c, size_t i) {
    double ratio = c->bars->column[QM_CLOSE][i] / c->bars->column[QM_CLOSE][i - 1];
    if (ratio > JUMP_DOWN && ratio < JUMP_UP) {
        return QM_OK;
    }
    if (split_on_record(c, c->bars->date[i - 1], c->bars->date[i])) {
        return QM_OK;
    }
    double shares = ratio < 1 ? 1 / ratio : ratio; /* new for one old, or old for one new */
    for (size_t k = 0; k < sizeof RATIOS / sizeof RATIOS[0]; k++) {
        double simple = (double)RATIOS[k].num / RATIOS[k].den;
        if (fabs(shares / simple - 1) <= NEAR) {
            return found(c, QM_FINDING_SPLIT, i, ratio,
                         "jump x%.3g with no split on record: a missing %s %d:%d, or another "
                         "security before this date",
                         ratio, ratio < 1 ? "split" : "reverse split",
                         ratio < 1 ? RATIOS[k].num : RATIOS[k].den,
                         ratio < 1 ? RATIOS[k].den : RATIOS[k].num);
        }
    }
    return found(c, QM_FINDING_JUMP, i, ratio,
                 "jump x%.3g that no simple split explains: another security, or a bad price",
                 ratio);
}

/* Sessions between a bar and the one before it. */
static qm_status check_gap(const checker *c, size_t i) {
    int32_t missing = qm_calendar_count(c->bars->date[i - 1], c->bars->date[i]) - 1;
    if (!qm_calendar_session(c->bars->date[i], NULL)) {
        missing++; /* the bar itself stands on no session */
    }
    if (missing <= 0 || c->bars->tf.unit == QM_TF_WEEK) {
        return QM_OK;
    }
    char from[QM_DATE_BUF];
    qm_date_format(c->bars->date[i - 1], from);
    return found(c, QM_FINDING_GAP, i, missing, "%d session%s without a bar since %s", missing,
                 missing == 1 ? "" : "s", from);
}

/* Bars of the session that begins with bar `first` and ends before `end`. */
static qm_status check_session(const checker *c, size_t first, size_t end) {
    qm_session hours;
    if (c->bars->tf.unit != QM_TF_MINUTE || !qm_calendar_session(c->bars->date[first], &hours)) {
        return QM_OK;
    }
    int64_t span = c->bars->tf.count * QM_MINUTE_NS;
    int64_t all = (hours.close - hours.open + span - 1) / span;
    int64_t missing = all - (int64_t)(end - first);
    return missing * 10 > all ? found(c, QM_FINDING_GAP, first, (double)missing,
                                      "%lld of %lld bars of the session are missing",
                                      (long long)missing, (long long)all)
                              : QM_OK;
}

/* What a day says, at its first bar. */
static qm_status check_day(const checker *c, size_t i) {
    qm_status status = i > 0 ? check_gap(c, i) : QM_OK;
    if (status == QM_OK && !qm_calendar_session(c->bars->date[i], NULL)) {
        status = found(c, QM_FINDING_NO_SESSION, i, 0, "a bar on a day without a session");
    }
    return status;
}

static qm_status check_bar(const checker *c, size_t i) {
    const qm_bars *b = c->bars;
    double open = b->column[QM_OPEN][i];
    qm_status status = QM_OK;
    if (open < b->column[QM_LOW][i] || open > b->column[QM_HIGH][i]) {
        status = found(c, QM_FINDING_OPEN_OUTSIDE, i, open,
                       "open %.10g outside low %.10g and high %.10g", open, b->column[QM_LOW][i],
                       b->column[QM_HIGH][i]);
    }
    if (status == QM_OK && i > 0) {
        status = check_jump(c, i);
    }
    if (status == QM_OK && b->column[QM_VOLUME][i] == 0 && b->tf.unit != QM_TF_MINUTE) {
        status =
            found(c, QM_FINDING_ZERO_VOLUME, i, 0, "volume is 0: nothing can fill in this bar");
    }
    return status;
}

qm_status qm_bars_findings(const qm_bars *bars, const qm_action *actions, size_t action_count,
                           qm_finding_vec *out) {
    checker c = {bars, actions, action_count, out};
    qm_status status = QM_OK;
    for (size_t first = 0, end; status == QM_OK && first < bars->n; first = end) {
        for (end = first + 1; end < bars->n && bars->date[end] == bars->date[first]; end++) {
        }
        status = check_day(&c, first);
        for (size_t i = first; status == QM_OK && i < end; i++) {
            status = check_bar(&c, i);
        }
        status = status == QM_OK ? check_session(&c, first, end) : status;
    }
    return status;
}
