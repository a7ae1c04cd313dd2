/* SPDX-License-Identifier: MIT
 *
 * Parabolic stop and reverse. Wilder, New Concepts in Technical Trading Systems, 1978.
 */
#include "ta/rows.h"

#include <math.h>
#include <stdbool.h>

static const qm_ta_param SAR[] = {QM_REAL("acceleration", 0.02, 0, 3e37, "first factor and step"),
                                  QM_REAL("maximum", 0.2, 0, 3e37, "largest factor")};

typedef struct sar_state {
    double step, most, factor, stop, extreme, high, low;
    int bars; /* 2: from the third on */
    bool is_long;
} sar_state;

static size_t sar_size(const double *params) {
    (void)params;
    return sizeof(sar_state);
}
static void sar_init(void *state, const double *params) {
    double step = fmin(params[0], params[1]);
    *(sar_state *)state = (sar_state){.step = step, .most = params[1], .factor = step};
}

/* Long at first, unless the second bar moved further down than up. */
static void sar_begin(sar_state *s, double high, double low) {
    double up = high - s->high, down = s->low - low;
    s->is_long = !(down > 0 && up < down);
    s->extreme = s->is_long ? high : low;
    s->stop = s->is_long ? s->low : s->high;
    /* The bar before the second one is the second one itself, as TA-Lib has it. */
    s->high = high;
    s->low = low;
}

/* The stop never enters the range of this bar or of the one before. */
static double held(const sar_state *s, double stop, double high, double low) {
    return s->is_long ? fmin(stop, fmin(s->low, low)) : fmax(stop, fmax(s->high, high));
}

static void sar_step(void *state, const double *x, double *out) {
    sar_state *s = state;
    double high = x[QM_HIGH], low = x[QM_LOW];
    out[0] = NAN;
    if (s->bars == 0) {
        s->high = high;
        s->low = low;
        s->bars = 1;
        return;
    }
    if (s->bars == 1) {
        sar_begin(s, high, low);
        s->bars = 2;
    }
    if (s->is_long ? low <= s->stop : high >= s->stop) {
        s->is_long = !s->is_long;
        s->stop = held(s, s->extreme, high, low);
        s->factor = s->step;
        s->extreme = s->is_long ? high : low;
        out[0] = s->stop;
    } else {
        out[0] = s->stop;
        if (s->is_long ? high > s->extreme : low < s->extreme) {
            s->extreme = s->is_long ? high : low;
            s->factor = fmin(s->factor + s->step, s->most);
        }
    }
    s->stop = held(s, s->stop + s->factor * (s->extreme - s->stop), high, low);
    s->high = high;
    s->low = low;
}
QM_RUN_BARS(sar, 1)

const qm_ta_info qm_ta_info_sar = {
    QM_BAR_ROW(sar, "Parabolic stop and reverse", "hl", "trend"),
    QM_PARAMS(SAR),
    QM_VALUE,
    .warmup = qm_warmup_one,
    .state_size = sar_size,
    .init = sar_init,
    .step = sar_step,
    .run = sar_run,
    .talib = "SAR",
    .source = "Wilder, New Concepts in Technical Trading Systems, 1978; first side as in TA-Lib",
};
const qm_ta_info qm_talib_SAR = {
    QM_LIB_BARS(SAR, "hl"),  QM_PARAMS(SAR),         QM_LIB_OUTPUT,
    .warmup = qm_warmup_one, .state_size = sar_size, .init = sar_init,
    .step = sar_step,        .run = sar_run,         .source = "ta-lib.org",
};
