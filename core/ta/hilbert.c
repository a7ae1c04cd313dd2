/* SPDX-License-Identifier: MIT */
#include "ta/hilbert.h"

#include <math.h>

static const double PI = 3.14159265358979323846;

void hilbert_init(hilbert_state *s, size_t warm) {
    *s = (hilbert_state){.warm = warm};
}

/* The four-bar weighted average, 4 3 2 1, newest heaviest. Both sums run. */
static double front_average(hilbert_state *s, double price) {
    size_t bar = s->bars++;
    if (bar < 3) {
        s->sub += price;
        s->sum += price * (double)(bar + 1);
    } else {
        s->sub += price;
        s->sub -= s->leaving;
        s->sum += price * 4;
        s->leaving = s->recent[2];
    }
    s->recent[2] = s->recent[1];
    s->recent[1] = s->recent[0];
    s->recent[0] = price;
    if (bar < 3) {
        return 0;
    }
    double value = s->sum * 0.1;
    s->sum -= s->sub;
    return value;
}

static double transform(hilbert_filter *f, double input, int set, int at, double gain) {
    const double a = 0.0962, b = 0.5769;
    double tap = a * input, value = -f->cell[set][at];
    f->cell[set][at] = tap;
    value += tap;
    value -= f->before[set];
    f->before[set] = b * f->input[set];
    value += f->before[set];
    f->input[set] = input;
    return value * gain;
}

/* The period from the angle between this bar's phasor and the last one's, held within bounds. */
static double next_period(const hilbert_state *s) {
    double last = s->period, period = last;
    if (s->im != 0 && s->re != 0) {
        period = 360 / (atan(s->im / s->re) * (180 / PI));
    }
    if (period > 1.5 * last) {
        period = 1.5 * last;
    }
    if (period < 0.67 * last) {
        period = 0.67 * last;
    }
    period = period < 6 ? 6 : period > 50 ? 50 : period;
    return 0.2 * period + 0.8 * last;
}

bool hilbert_step(hilbert_state *s, double price, hilbert_parts *out) {
    size_t bar = s->bars;
    double smoothed = front_average(s, price);
    if (bar < s->warm) {
        return false;
    }
    int set = bar % 2 != 0, at = s->at;
    double gain = 0.075 * s->period + 0.54;
    double detrended = transform(&s->detrender, smoothed, set, at, gain);
    double q1 = transform(&s->q1, detrended, set, at, gain);
    double in_phase = s->delayed[set][1];
    double ji = transform(&s->ji, in_phase, set, at, gain);
    double jq = transform(&s->jq, q1, set, at, gain);
    if (set == 0) {
        s->at = at == 2 ? 0 : at + 1;
    }
    double q2 = 0.2 * (q1 + ji) + 0.8 * s->q2, i2 = 0.2 * (in_phase - jq) + 0.8 * s->i2;
    s->delayed[!set][1] = s->delayed[!set][0];
    s->delayed[!set][0] = detrended;
    s->re = 0.2 * (i2 * s->i2 + q2 * s->q2) + 0.8 * s->re;
    s->im = 0.2 * (i2 * s->q2 - q2 * s->i2) + 0.8 * s->im;
    s->q2 = q2;
    s->i2 = i2;
    s->period = next_period(s);
    *out = (hilbert_parts){in_phase, q1, s->period};
    return true;
}

enum { MAMA_FRONT = 12, TRENDLINE_FRONT = 37 };

void mama_init(mama_state *s, double fast, double slow) {
    *s = (mama_state){.fast = fast, .slow = slow};
    hilbert_init(&s->cycle, MAMA_FRONT);
}

void mama_step(mama_state *s, double price, double *values) {
    hilbert_parts parts;
    size_t bar = s->cycle.bars;
    values[0] = values[1] = NAN;
    if (!hilbert_step(&s->cycle, price, &parts)) {
        return;
    }
    double phase = parts.in_phase != 0 ? atan(parts.quadrature / parts.in_phase) * (180 / PI) : 0;
    double delta = s->phase - phase, alpha = s->fast;
    s->phase = phase;
    if (delta > 1) {
        alpha = s->fast / delta;
        alpha = alpha < s->slow ? s->slow : alpha;
    }
    s->mama = alpha * price + (1 - alpha) * s->mama;
    s->fama = 0.5 * alpha * s->mama + (1 - 0.5 * alpha) * s->fama;
    if (bar >= MAMA_WARMUP) {
        values[0] = s->mama;
        values[1] = s->fama;
    }
}

void trendline_init(trendline_state *s) {
    *s = (trendline_state){0};
    hilbert_init(&s->cycle, TRENDLINE_FRONT);
}

static double cycle_mean(const trendline_state *s, size_t bar, int length) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
        sum += s->price[(bar - (size_t)i) % TRENDLINE_CYCLE];
    }
    return length > 0 ? sum / length : sum;
}

double trendline_step(trendline_state *s, double price) {
    hilbert_parts parts;
    size_t bar = s->cycle.bars;
    s->price[bar % TRENDLINE_CYCLE] = price;
    if (!hilbert_step(&s->cycle, price, &parts)) {
        return NAN;
    }
    s->smooth_period = 0.33 * parts.period + 0.67 * s->smooth_period;
    double period = s->smooth_period + 0.5; /* NaN, after a NaN price, counts as no bars */
    double mean = isnan(period) ? NAN : cycle_mean(s, bar, (int)period);
    double value = (4 * mean + 3 * s->before[0] + 2 * s->before[1] + s->before[2]) / 10;
    s->before[2] = s->before[1];
    s->before[1] = s->before[0];
    s->before[0] = mean;
    return bar >= TRENDLINE_WARMUP ? value : NAN;
}
