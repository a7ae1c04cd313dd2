/* SPDX-License-Identifier: MIT */
#include "ta/ma_running.h"

#include "ta/history.h"

static void *body_of(qm_ma *ma) {
    return ma + 1;
}

void running_init(qm_ma *ma) {
    run_init(body_of(ma), ma->n);
}

double running_sma(qm_ma *ma, double x) {
    return run_sum(body_of(ma), x) / (double)ma->n;
}

/* ---- wma: the plain sum is what the weighted one loses when every weight drops by one */
typedef struct wma_state {
    double weighted, plain, trailing;
    run last;
} wma_state;

size_t running_wma_size(size_t n) {
    return offsetof(wma_state, last) + run_size(n);
}

void running_wma_init(qm_ma *ma) {
    wma_state *s = body_of(ma);
    s->weighted = s->plain = s->trailing = 0;
    run_init(&s->last, ma->n);
}

double running_wma(qm_ma *ma, double x) {
    wma_state *s = body_of(ma);
    double oldest, n = (double)ma->n;
    bool full = run_put(&s->last, x, &oldest);
    s->plain += x;
    if (!full) {
        s->weighted += x * (double)s->last.seen;
        return NAN;
    }
    s->plain -= s->trailing;
    s->weighted += x * n;
    s->trailing = oldest;
    double value = s->weighted / (n * (n + 1) / 2);
    s->weighted -= s->plain;
    return value;
}

/* ---- trima: `older` and `newer` are the sums of the two halves */
typedef struct trima_state {
    double numerator, older, newer, leaving;
    int started;
    history last;
} trima_state;

size_t running_trima_size(size_t n) {
    return offsetof(trima_state, last) + history_size(n);
}

void running_trima_init(qm_ma *ma) {
    trima_state *s = body_of(ma);
    s->numerator = s->older = s->newer = s->leaving = 0;
    s->started = 0;
    history_init(&s->last, ma->n);
}

static void trima_begin(trima_state *s, const double *last, size_t n) {
    size_t middle = (n - 1) / 2;
    for (size_t i = middle + 1; i > 0; i--) {
        s->older += last[i - 1];
        s->numerator += s->older;
    }
    for (size_t i = middle + 1; i < n; i++) {
        s->newer += last[i];
        s->numerator += s->newer;
    }
    s->started = 1;
}

static void trima_shift(trima_state *s, const double *last, size_t n) {
    double middle = last[(n - 1) / 2];
    s->numerator -= s->older;
    s->older -= s->leaving;
    s->older += middle;
    if (n % 2) {
        s->numerator += s->newer;
        s->newer -= middle;
    } else {
        s->newer -= middle;
        s->numerator += s->newer;
    }
    s->newer += last[n - 1];
    s->numerator += last[n - 1];
}

double running_trima(qm_ma *ma, double x) {
    trima_state *s = body_of(ma);
    const double *last = history_step(&s->last, x);
    if (!last) {
        return NAN;
    }
    if (s->started) {
        trima_shift(s, last, ma->n);
    } else {
        trima_begin(s, last, ma->n);
    }
    s->leaving = last[0];
    double half = (double)(ma->n / 2);
    return s->numerator * (1 / (ma->n % 2 ? (half + 1) * (half + 1) : half * (half + 1)));
}

/* ---- kama */
typedef struct kama_state {
    double value, way, trailing;
    int started;
    history last; /* period + 1 */
} kama_state;

size_t running_kama_size(size_t n) {
    return offsetof(kama_state, last) + history_size(n + 1);
}

void running_kama_init(qm_ma *ma) {
    kama_state *s = body_of(ma);
    s->value = s->way = s->trailing = 0;
    s->started = 0;
    history_init(&s->last, ma->n + 1);
}

double running_kama(qm_ma *ma, double x) {
    kama_state *s = body_of(ma);
    size_t n = ma->n;
    const double *last = history_step(&s->last, x);
    if (!last) {
        return NAN;
    }
    if (s->started) {
        s->way -= fabs(s->trailing - last[0]);
        s->way += fabs(x - last[n - 1]);
    } else {
        for (size_t i = 0; i < n; i++) {
            s->way += fabs(last[i] - last[i + 1]);
        }
        s->value = last[n - 1];
        s->started = 1;
    }
    s->trailing = last[0];
    const double slow = 2.0 / 31, fast = 2.0 / 3;
    double gone = x - last[0];
    double ratio = s->way <= gone || talib_zero(s->way) ? 1 : fabs(gone / s->way);
    double k = ratio * (fast - slow) + slow;
    s->value = (x - s->value) * (k * k) + s->value;
    return s->value;
}
