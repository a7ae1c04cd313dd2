/* SPDX-License-Identifier: MIT
 *
 * True range and ATR. Definitions: docs/reference/atr.md; Wilder, New Concepts in Technical Trading
 * Systems, 1978.
 */
#include "ta/atr_state.h"

#include <string.h>

/* max(h-l, |h-pc|, |l-pc|), bit for bit. */
static inline double true_range(double high, double low, double before) {
    double top = high > before ? high : before;
    double bottom = low < before ? low : before;
    return top - bottom;
}

void qm_true_range_batch(qm_atr_first first_tr, const double *high, const double *low,
                         const double *close, size_t n, double *out) {
    if (n > 0) {
        out[0] = first_tr == QM_ATR_FIRST_RANGE ? high[0] - low[0] : NAN;
    }
    for (size_t i = 1; i < n; i++) {
        out[i] = true_range(high[i], low[i], close[i - 1]);
    }
}

double qm_true_range_step(qm_true_range_state *s, const double *x) {
    double value = s->bars ? true_range(x[QM_HIGH], x[QM_LOW], s->close)
                           : (s->first == QM_ATR_FIRST_RANGE ? x[QM_HIGH] - x[QM_LOW] : NAN);
    s->close = x[QM_CLOSE];
    s->bars = 1;
    return value;
}

size_t qm_atr_state_size(qm_atr_spec spec) {
    return sizeof(qm_atr_state) +
           (spec.method == QM_ATR_SMA ? window_size((size_t)spec.period) : 0);
}

static void init_decay(decay *d, qm_atr_spec spec) {
    double n = spec.period;
    if (spec.method == QM_ATR_EMA) {
        decay_init(d, 1 - 2 / (n + 1), 2 / (n + 1));
    } else {
        decay_init(d, (n - 1) / n, 1 / n);
    }
}

static window *window_of(qm_atr_state *s) {
    return (window *)(void *)(s + 1);
}

void qm_atr_state_init(qm_atr_state *s, qm_atr_spec spec) {
    *s = (qm_atr_state){.spec = spec, .tr = {.first = spec.first_tr}};
    init_decay(&s->average, spec);
    if (spec.method == QM_ATR_SMA) {
        window_init(window_of(s), (size_t)spec.period, WINDOW_SUM);
    }
}

double qm_atr_state_step(qm_atr_state *s, const double *x) {
    bool first = !s->tr.bars;
    double tr = qm_true_range_step(&s->tr, x);
    if (first && s->spec.first_tr == QM_ATR_FIRST_SKIP) {
        return NAN;
    }
    if (s->spec.method == QM_ATR_SMA) {
        return window_step(window_of(s), tr) / s->spec.period;
    }
    if (s->seen == s->spec.period) {
        return decay_step(&s->average, tr);
    }
    s->seed += tr;
    s->seen++;
    if (s->seen < s->spec.period) {
        return NAN;
    }
    double mean = s->seed / s->spec.period;
    decay_seed(&s->average, mean);
    return mean;
}

/* Four bars a turn, in the order of decay_step. */
static void decay_blocks(const decay *d, const double *high, const double *low, const double *close,
                         size_t n, double *out) {
    const double b1 = d->b[1], b2 = d->b[2], b3 = d->b[3], b4 = d->b[4], k = d->k;
    double a = d->start;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        double t1 = true_range(high[i], low[i], close[i - 1]);
        double t2 = true_range(high[i + 1], low[i + 1], close[i]);
        double t3 = true_range(high[i + 2], low[i + 2], close[i + 1]);
        double t4 = true_range(high[i + 3], low[i + 3], close[i + 2]);
        double r1 = k * t1, r2 = r1 * b1 + k * t2, r3 = r2 * b1 + k * t3, r4 = r3 * b1 + k * t4;
        out[i] = a * b1 + r1;
        out[i + 1] = a * b2 + r2;
        out[i + 2] = a * b3 + r3;
        a = a * b4 + r4;
        out[i + 3] = a;
    }
    decay rest = *d;
    decay_seed(&rest, a);
    for (; i < n; i++) {
        out[i] = decay_step(&rest, true_range(high[i], low[i], close[i - 1]));
    }
}

/* The window of kernel.h without its cells: the tail of the last block is summed again, from the
 * end, out of the bars. */
static double tail_of(const double *high, const double *low, const double *close, size_t from,
                      size_t end) {
    double tail = 0;
    for (size_t i = end; i > from; i--) {
        size_t b = i - 1;
        double tr = b ? true_range(high[b], low[b], close[b - 1]) : high[0] - low[0];
        tail = tr + tail;
    }
    return tail;
}

static void sma_batch(qm_atr_spec spec, const double *high, const double *low, const double *close,
                      size_t n, double *out) {
    size_t p = (size_t)spec.period, skip = spec.first_tr == QM_ATR_FIRST_SKIP;
    double head = 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = NAN;
        if (i < skip) {
            continue;
        }
        size_t at = (i - skip) % p, block = i - at; /* the block's first bar */
        double tr = i ? true_range(high[i], low[i], close[i - 1]) : high[0] - low[0];
        head = at == 0 ? tr : head + tr;
        if (at == p - 1) {
            out[i] = head / (double)p;
        } else if (block >= skip + p) {
            out[i] = (tail_of(high, low, close, block - p + at + 1, block) + head) / (double)p;
        }
    }
}

void qm_atr_batch(qm_atr_spec spec, const double *high, const double *low, const double *close,
                  size_t n, double *out) {
    if (spec.method == QM_ATR_SMA) {
        sma_batch(spec, high, low, close, n, out);
        return;
    }
    /* The seed as qm_atr_state_step sums it, then blocks from the bar behind it. */
    size_t skip = spec.first_tr == QM_ATR_FIRST_SKIP, first = (size_t)spec.period - 1 + skip;
    double sum = 0;
    for (size_t i = 0; i < n && i <= first; i++) {
        double tr = i ? true_range(high[i], low[i], close[i - 1]) : high[0] - low[0];
        sum += i < skip ? 0 : tr;
        out[i] = NAN;
    }
    if (first >= n) {
        return;
    }
    decay average;
    init_decay(&average, spec);
    out[first] = sum / spec.period;
    decay_seed(&average, out[first]);
    size_t rest = first + 1;
    decay_blocks(&average, high + rest, low + rest, close + rest, n - rest, out + rest);
}

void qm_atr_many(qm_atr_spec spec, const double *high, const double *low, const double *close,
                 size_t series, size_t n, size_t stride, double *out) {
    for (size_t i = 0; i < series; i++) {
        size_t at = i * stride;
        qm_atr_batch(spec, high + at, low + at, close + at, n, out + at);
    }
}

size_t qm_atr_check(const double *high, const double *low, const double *close, size_t n) {
    for (size_t i = 0; i < n; i++) {
        bool fine = low[i] > 0 && high[i] >= low[i] && close[i] >= low[i] && close[i] <= high[i] &&
                    high[i] < INFINITY;
        if (!fine) {
            return i;
        }
    }
    return n;
}
