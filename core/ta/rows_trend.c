/* SPDX-License-Identifier: MIT
 *
 * Bands of average true range, and Ichimoku's lines.
 */
#include "ta/atr_state.h"
#include "ta/history.h"
#include "ta/rows.h"
#include "ta/smooth.h"

#define MULTIPLE(start) QM_REAL("multiple", start, 0, 1000, "average true ranges")
#define ATR_PERIOD(start) QM_WHOLE("atr", start, 1, QM_TA_PERIOD_MAX, "bars of the true range")

static qm_atr_spec wilder(double period) {
    return (qm_atr_spec){.period = (int)period};
}

/* ---- Keltner channel */
static const qm_ta_param KELTNER[] = {QM_PERIOD(20, 1), MULTIPLE(2), ATR_PERIOD(10)};
static const char *const BAND_OUTPUTS[] = {"upper", "middle", "lower"};

typedef struct keltner_state {
    double multiple;
    smooth middle;
    qm_atr_state atr;
} keltner_state;

static size_t keltner_warmup(const double *params) {
    return (size_t)fmax(params[0], params[2]) - 1;
}
static size_t keltner_size(const double *params) {
    (void)params;
    return sizeof(keltner_state);
}
static void keltner_init(void *state, const double *params) {
    keltner_state *s = state;
    s->multiple = params[1];
    smooth_init(&s->middle, (size_t)params[0]);
    qm_atr_state_init(&s->atr, wilder(params[2]));
}
static void keltner_step(void *state, const double *x, double *out) {
    keltner_state *s = state;
    double middle = smooth_step(&s->middle, x[QM_CLOSE]);
    double reach = s->multiple * qm_atr_state_step(&s->atr, x);
    bool defined = !isnan(middle) && !isnan(reach);
    out[0] = defined ? middle + reach : NAN;
    out[1] = defined ? middle : NAN;
    out[2] = defined ? middle - reach : NAN;
}
QM_RUN_BARS(keltner, 3)

const qm_ta_info qm_ta_info_keltner = {
    QM_BAR_ROW(keltner, "Keltner channel", "hlc", "channels"),
    QM_PARAMS(KELTNER),
    QM_OUTPUTS(BAND_OUTPUTS),
    QM_FORMS(keltner),
    .source = "Keltner, 1960, as Raschke uses it: average of closes, bands of Wilder's ATR",
};

/* ---- supertrend */
static const qm_ta_param SUPERTREND[] = {QM_PERIOD(10, 1), MULTIPLE(3)};
static const char *const SUPERTREND_OUTPUTS[] = {"value", "direction"};

typedef struct supertrend_state {
    double multiple, upper, lower, close;
    int direction; /* 0: not yet known */
    qm_atr_state atr;
} supertrend_state;

static size_t supertrend_size(const double *params) {
    (void)params;
    return sizeof(supertrend_state);
}
static void supertrend_init(void *state, const double *params) {
    supertrend_state *s = state;
    *s = (supertrend_state){.multiple = params[1]};
    qm_atr_state_init(&s->atr, wilder(params[0]));
}
/* A band only moves towards the price, until the close before lay beyond it. */
static void supertrend_step(void *state, const double *x, double *out) {
    supertrend_state *s = state;
    double middle = (x[QM_HIGH] + x[QM_LOW]) / 2, close = x[QM_CLOSE];
    double atr = qm_atr_state_step(&s->atr, x), reach = s->multiple * atr;
    out[0] = out[1] = NAN;
    if (isnan(atr)) {
        return;
    }
    double upper = middle + reach, lower = middle - reach;
    if (s->direction == 0) {
        s->direction = close >= middle ? 1 : -1;
    } else {
        upper = s->close > s->upper ? upper : fmin(upper, s->upper);
        lower = s->close < s->lower ? lower : fmax(lower, s->lower);
        s->direction = s->direction > 0 ? (close < lower ? -1 : 1) : (close > upper ? 1 : -1);
    }
    s->upper = upper;
    s->lower = lower;
    s->close = close;
    out[0] = s->direction > 0 ? lower : upper;
    out[1] = s->direction;
}
QM_RUN_BARS(supertrend, 2)

const qm_ta_info qm_ta_info_supertrend = {
    QM_BAR_ROW(supertrend, "Supertrend: a trailing band; direction 1 up, -1 down", "hlc", "trend"),
    QM_PARAMS(SUPERTREND),
    QM_OUTPUTS(SUPERTREND_OUTPUTS),
    .warmup = qm_warmup_period_less,
    .state_size = supertrend_size,
    .init = supertrend_init,
    .step = supertrend_step,
    .run = supertrend_run,
    .source = "Seban; Wilder's ATR; up at first when the close is at or above the bar's middle",
};

/* ---- Ichimoku: middles of channels; the cloud over a bar was known `shift` bars before */
static const qm_ta_param ICHIMOKU[] = {
    QM_WHOLE("conversion", 9, 1, QM_TA_PERIOD_MAX, "bars of the conversion line (tenkan)"),
    QM_WHOLE("base", 26, 1, QM_TA_PERIOD_MAX, "bars of the base line (kijun)"),
    QM_WHOLE("span", 52, 1, QM_TA_PERIOD_MAX, "bars of leading span B"),
    QM_WHOLE("shift", 26, 0, QM_TA_PERIOD_MAX, "bars by which the spans lead")};
static const char *const ICHIMOKU_OUTPUTS[] = {"conversion", "base",   "span_a",
                                               "span_b",     "lead_a", "lead_b"};

/* Six windows, then two histories. */
static size_t ichimoku_warmup(const double *params) {
    return (size_t)(fmax(params[0], fmax(params[1], params[2])) - 1 + params[3]);
}
static size_t ichimoku_size(const double *params) {
    return 2 * window_size((size_t)params[0]) + 2 * window_size((size_t)params[1]) +
           2 * window_size((size_t)params[2]) + 2 * history_size((size_t)params[3] + 1);
}
static void ichimoku_init(void *state, const double *params) {
    window *part = state;
    for (int i = 0; i < 6; i++, part = window_end(part)) {
        window_init(part, (size_t)params[i / 2], i % 2 ? WINDOW_MIN : WINDOW_MAX);
    }
    history *delayed = (void *)part;
    history_init(delayed, (size_t)params[3] + 1);
    history_init(history_end(delayed), (size_t)params[3] + 1);
}
static double before(history *h, double x) {
    const double *last = isnan(x) ? NULL : history_step(h, x);
    return last ? last[0] : NAN;
}
static void ichimoku_step(void *state, const double *x, double *out) {
    window *part = state;
    double line[3];
    for (int i = 0; i < 3; i++) {
        double top = window_step(part, x[QM_HIGH]);
        part = window_end(part);
        line[i] = (top + window_step(part, x[QM_LOW])) / 2;
        part = window_end(part);
    }
    history *delayed = (void *)part;
    double lead_a = (line[0] + line[1]) / 2, lead_b = line[2];
    double span_a = before(delayed, lead_a), span_b = before(history_end(delayed), lead_b);
    bool defined = !isnan(span_a) && !isnan(span_b);
    const double values[] = {line[0], line[1], span_a, span_b, lead_a, lead_b};
    for (int i = 0; i < 6; i++) {
        out[i] = defined ? values[i] : NAN;
    }
}
QM_RUN_BARS(ichimoku, 6)

const qm_ta_info qm_ta_info_ichimoku = {
    QM_BAR_ROW(ichimoku, "Ichimoku: lines, the cloud over this bar (span) and the one ahead (lead)",
               "hl", "trend"),
    QM_PARAMS(ICHIMOKU),
    QM_OUTPUTS(ICHIMOKU_OUTPUTS),
    QM_FORMS(ichimoku),
    .source = "Hosoda, 1969; the lagging span is the close itself, drawn earlier",
};
