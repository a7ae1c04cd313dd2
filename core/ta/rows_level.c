/* SPDX-License-Identifier: MIT
 *
 * Levels: the high-water mark, pivots, volume-weighted averages from an anchor on.
 */
#include "quantmatrix/time.h"
#include "ta/rows.h"

#include <math.h>

/* ---- drawdown: percent below the highest value so far, and the deepest of them */
static const char *const DRAWDOWN_OUTPUTS[] = {"now", "deepest"};

typedef struct drawdown_state {
    bool started;
    double peak, deepest;
} drawdown_state;

static size_t drawdown_size(const double *params) {
    (void)params;
    return sizeof(drawdown_state);
}
static void drawdown_init(void *state, const double *params) {
    (void)params;
    *(drawdown_state *)state = (drawdown_state){0};
}
static void drawdown_step(void *state, const double *x, double *out) {
    drawdown_state *s = state;
    s->peak = s->started ? fmax(s->peak, x[0]) : x[0];
    s->started = true;
    out[0] = out[1] = NAN;
    if (s->peak > 0) {
        out[0] = 100 * (x[0] - s->peak) / s->peak;
        s->deepest = fmin(s->deepest, out[0]);
        out[1] = s->deepest;
    }
}
QM_RUN_SERIES(drawdown, 2)

const qm_ta_info qm_ta_info_drawdown = {
    QM_ROW(drawdown, "Drawdown from the highest value so far, in percent, and the deepest",
           QM_TA_SERIES, "statistics"),
    QM_OUTPUTS(DRAWDOWN_OUTPUTS),
    .warmup = qm_warmup_none,
    .state_size = drawdown_size,
    .init = drawdown_init,
    .step = drawdown_step,
    .run = drawdown_run,
    .source = "100 (value / peak - 1); undefined while the peak is not above 0",
};

/* ---- pivots: levels that a finished bar gives for the next one */
static const char *const METHODS[] = {"classic", "fibonacci", "woodie", "camarilla", NULL};
enum { CLASSIC, FIBONACCI, WOODIE, CAMARILLA };
static const qm_ta_param PIVOTS[] = {QM_CHOICE("method", CLASSIC, CAMARILLA, METHODS, "formulas")};
static const char *const PIVOT_OUTPUTS[] = {"p", "r1", "s1", "r2", "s2", "r3", "s3"};

static size_t pivots_size(const double *params) {
    (void)params;
    return sizeof(int);
}
static void pivots_init(void *state, const double *params) {
    *(int *)state = (int)params[0];
}
static void pivots_step(void *state, const double *x, double *out) {
    int method = *(int *)state;
    double high = x[QM_HIGH], low = x[QM_LOW], close = x[QM_CLOSE], range = high - low;
    double pivot = method == WOODIE ? (high + low + 2 * close) / 4 : (high + low + close) / 3;
    out[0] = pivot;
    if (method == CLASSIC || method == WOODIE) {
        out[1] = 2 * pivot - low;
        out[2] = 2 * pivot - high;
        out[3] = pivot + range;
        out[4] = pivot - range;
        out[5] = high + 2 * (pivot - low);
        out[6] = low - 2 * (high - pivot);
        return;
    }
    static const double fibonacci[] = {0.382, 0.618, 1}, camarilla[] = {1.1 / 12, 1.1 / 6, 1.1 / 4};
    const double *part = method == FIBONACCI ? fibonacci : camarilla;
    double from = method == FIBONACCI ? pivot : close;
    for (int i = 0; i < 3; i++) {
        out[1 + 2 * i] = from + part[i] * range;
        out[2 + 2 * i] = from - part[i] * range;
    }
}
QM_RUN_BARS(pivots, 7)

const qm_ta_info qm_ta_info_pivots = {
    QM_BAR_ROW(pivots, "Pivot points of this bar for the next one", "hlc", "channels"),
    QM_PARAMS(PIVOTS),
    QM_OUTPUTS(PIVOT_OUTPUTS),
    .warmup = qm_warmup_none,
    .state_size = pivots_size,
    .init = pivots_init,
    .step = pivots_step,
    .run = pivots_run,
    .source = "floor traders' formulas; intraday, take them with timeframe = \"1d\"",
};

/* ---- vwap: while nothing has traded it is the typical price */
typedef struct vwap_state {
    double from; /* session from which on it counts as yyyymmdd, -1: each session anew */
    double session, money, volume;
} vwap_state;

static size_t vwap_size(const double *params) {
    (void)params;
    return sizeof(vwap_state);
}
static void vwap_init(void *state, const double *params) {
    (void)params;
    *(vwap_state *)state = (vwap_state){.from = -1, .session = NAN};
}
static void vwap_anchored_init(void *state, const double *params) {
    *(vwap_state *)state = (vwap_state){.from = params[0]};
}
static void vwap_add(vwap_state *s, const double *x, double *out) {
    double price = (x[QM_HIGH] + x[QM_LOW] + x[QM_CLOSE]) / 3;
    s->money += price * x[QM_VOLUME];
    s->volume += x[QM_VOLUME];
    out[0] = s->volume > 0 ? s->money / s->volume : price;
}
static void vwap_step(void *state, const double *x, double *out) {
    vwap_state *s = state;
    if (x[QM_SESSION] != s->session) {
        s->session = x[QM_SESSION];
        s->money = s->volume = 0;
    }
    vwap_add(s, x, out);
}
QM_RUN_BARS(vwap, 1)
static void vwap_anchored_step(void *state, const double *x, double *out) {
    vwap_state *s = state;
    qm_ymd day = qm_date_to_ymd((qm_date)x[QM_SESSION]);
    out[0] = NAN;
    if (day.year * 10000.0 + day.month * 100 + day.day >= s->from) {
        vwap_add(s, x, out);
    }
}
QM_RUN_BARS(vwap_anchored, 1)

static const qm_ta_param ANCHOR[] = {
    QM_WHOLE("from", 0, 0, 99991231, "first session that counts: 20240102; 0: the first bar")};

const qm_ta_info qm_ta_info_vwap = {
    QM_BAR_ROW(vwap, "Volume-weighted average price of the session", "hlcvs", "volume"),
    QM_VALUE,
    .warmup = qm_warmup_none,
    .state_size = vwap_size,
    .init = vwap_init,
    .step = vwap_step,
    .run = vwap_run,
    .source = "typical prices weighted with volume; begins anew with each session",
};
const qm_ta_info qm_ta_info_vwap_anchored = {
    QM_BAR_ROW(vwap_anchored, "Volume-weighted average price from a session on", "hlcvs", "volume"),
    QM_PARAMS(ANCHOR),
    QM_VALUE,
    .warmup = qm_warmup_none,
    .state_size = vwap_size,
    .init = vwap_anchored_init,
    .step = vwap_anchored_step,
    .run = vwap_anchored_run,
    .source =
        "Shannon, Maximum Trading Gains With Anchored VWAP, 2023; undefined before its anchor",
};
