/* SPDX-License-Identifier: MIT
 *
 * The kinds of moving average. Each has its own body behind the common head.
 */
#include "ta/ma.h"

#include "ta/hilbert.h"
#include "ta/history.h"
#include "ta/kernel.h"
#include "ta/ma_running.h"
#include "ta/smooth.h"

const char *const qm_ma_names[] = {"sma",  "ema",  "wma", "dema", "tema", "trima",
                                   "kama", "mama", "t3",  "rma",  "hma",  NULL};

static void *body_of(qm_ma *ma) {
    return ma + 1;
}

static size_t less_one(size_t n) {
    return n - 1;
}

/* ---- sma */
static void sma_init(qm_ma *ma) {
    window_init(body_of(ma), ma->n, WINDOW_SUM);
}
static double sma_step(qm_ma *ma, double x) {
    return window_step(body_of(ma), x) / (double)ma->n;
}

/* ---- ema, dema, tema, t3: averages of averages */
static size_t size_of_1(size_t n) {
    (void)n;
    return sizeof(smooth);
}
static size_t size_of_2(size_t n) {
    (void)n;
    return 2 * sizeof(smooth);
}
static size_t size_of_3(size_t n) {
    (void)n;
    return 3 * sizeof(smooth);
}
static size_t size_of_6(size_t n) {
    (void)n;
    return 6 * sizeof(smooth);
}
static size_t twice_less_one(size_t n) {
    return 2 * (n - 1);
}
static size_t thrice_less_one(size_t n) {
    return 3 * (n - 1);
}
static size_t six_times_less_one(size_t n) {
    return 6 * (n - 1);
}
static void init_stages(qm_ma *ma) {
    smooth *stage = body_of(ma);
    size_t count = (ma->size - sizeof *ma) / sizeof *stage;
    for (size_t i = 0; i < count; i++) {
        smooth_init(&stage[i], ma->n);
    }
}
static double ema_step(qm_ma *ma, double x) {
    return smooth_step(body_of(ma), x);
}
static void rma_init(qm_ma *ma) {
    smooth *stage = body_of(ma);
    smooth_init(stage, ma->n);
    stage->k = 1 / (double)ma->n;
}
static double dema_step(qm_ma *ma, double x) {
    double e[2];
    return smooth_chain(body_of(ma), 2, x, e) ? 2 * e[0] - e[1] : NAN;
}
static double tema_step(qm_ma *ma, double x) {
    double e[3];
    return smooth_chain(body_of(ma), 3, x, e) ? e[2] + (3 * e[0] - 3 * e[1]) : NAN;
}
static double t3_step(qm_ma *ma, double x) {
    smooth *stage = body_of(ma);
    double e[6], v = ma->v, square = v * v;
    for (int i = 0; i < 6; i++) {
        x = e[i] = smooth_blend(&stage[i], x);
        if (!smooth_defined(&stage[i])) {
            return NAN;
        }
    }
    double c1 = -square * v, c2 = 3 * (square - c1);
    double c3 = -6 * square - 3 * (v - c1), c4 = 1 + 3 * v - c1 + 3 * square;
    return c1 * e[5] + c2 * e[4] + c3 * e[3] + c4 * e[2];
}

/* ---- wma, hma */
static double weighted(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i] * (double)(i + 1);
    }
    return sum / ((double)n * ((double)n + 1) / 2);
}
static void wma_init(qm_ma *ma) {
    history_init(body_of(ma), ma->n);
}
static double wma_step(qm_ma *ma, double x) {
    const double *last = history_step(body_of(ma), x);
    return last ? weighted(last, ma->n) : NAN;
}
/* Whole part of the square root. */
static size_t root(size_t n) {
    size_t r = 1;
    while ((r + 1) * (r + 1) <= n) {
        r++;
    }
    return r;
}
static size_t hma_size(size_t n) {
    return history_size(n) + history_size(root(n));
}
static size_t hma_warmup(size_t n) {
    return n - 1 + root(n) - 1;
}
static void hma_init(qm_ma *ma) {
    history *last = body_of(ma);
    history_init(last, ma->n);
    history_init(history_end(last), root(ma->n));
}
static double hma_step(qm_ma *ma, double x) {
    history *outer = body_of(ma);
    const double *last = history_step(outer, x);
    if (!last) {
        return NAN;
    }
    size_t half = ma->n / 2;
    double raw = 2 * weighted(last + ma->n - half, half) - weighted(last, ma->n);
    history *inner = history_end(outer);
    last = history_step(inner, raw);
    return last ? weighted(last, inner->n) : NAN;
}

/* ---- trima: the mean of means over both halves */
static size_t trima_half(size_t n) {
    return (n + 1) / 2;
}
static size_t trima_size(size_t n) {
    return window_size(trima_half(n)) + window_size(n / 2 + 1);
}
static void trima_init(qm_ma *ma) {
    window *first = body_of(ma);
    window_init(first, trima_half(ma->n), WINDOW_SUM);
    window_init(window_end(first), ma->n / 2 + 1, WINDOW_SUM);
}
static double trima_step(qm_ma *ma, double x) {
    window *first = body_of(ma), *second = window_end(first);
    double sum = window_step(first, x);
    if (!first->full) {
        return NAN;
    }
    return window_step(second, sum) / ((double)first->n * (double)second->n);
}

/* ---- kama */
typedef struct kama_state {
    double value;
    history last; /* period + 1 */
} kama_state;

static size_t kama_size(size_t n) {
    return sizeof(kama_state) + 2 * (n + 1) * sizeof(double);
}
static size_t kama_warmup(size_t n) {
    return n;
}
static void kama_init(qm_ma *ma) {
    kama_state *s = body_of(ma);
    s->value = NAN;
    history_init(&s->last, ma->n + 1);
}
/* The way from end to end against the way that was gone. */
static double efficiency(const double *x, size_t n) {
    double way = 0, gone = x[n] - x[0];
    for (size_t i = 1; i <= n; i++) {
        way += fabs(x[i - 1] - x[i]);
    }
    return way <= gone || way == 0 ? 1 : fabs(gone / way);
}
static double kama_next(double before, const double *last, size_t n) {
    const double slow = 2.0 / 31, fast = 2.0 / 3;
    double k = efficiency(last, n) * (fast - slow) + slow;
    return (last[n] - before) * (k * k) + before;
}
static double kama_step(qm_ma *ma, double x) {
    kama_state *s = body_of(ma);
    bool first = !s->last.full;
    const double *last = history_step(&s->last, x);
    if (!last) {
        return NAN;
    }
    s->value = kama_next(first ? last[ma->n - 1] : s->value, last, ma->n);
    return s->value;
}

/* ---- mama */
static size_t mama_size(size_t n) {
    (void)n;
    return sizeof(mama_state);
}
static size_t mama_warmup(size_t n) {
    (void)n;
    return MAMA_WARMUP;
}
static void mama_start(qm_ma *ma) {
    mama_init(body_of(ma), 0.5, 0.05);
}
static double mama_value(qm_ma *ma, double x) {
    double values[2];
    mama_step(body_of(ma), x, values);
    return values[0];
}

/* ---- runs: without a call for each step, or straight from the values themselves */
#define RUN(kind)                                                                                  \
    static void kind##_run(qm_ma *ma, const double *x, size_t n, double *out) {                    \
        for (size_t i = 0; i < n; i++) {                                                           \
            out[i] = kind##_step(ma, x[i]);                                                        \
        }                                                                                          \
    }
RUN(sma)
RUN(ema)
RUN(dema)
RUN(tema)
RUN(trima)
RUN(t3)
RUN(hma)

static void wma_run(qm_ma *ma, const double *x, size_t n, double *out) {
    for (size_t i = 0; i < n; i++) {
        out[i] = i + 1 < ma->n ? NAN : weighted(x + i + 1 - ma->n, ma->n);
    }
}
static void kama_run(qm_ma *ma, const double *x, size_t n, double *out) {
    double value = n >= ma->n ? x[ma->n - 1] : NAN;
    for (size_t i = 0; i < n; i++) {
        if (i >= ma->n) {
            value = kama_next(value, x + i - ma->n, ma->n);
        }
        out[i] = i < ma->n ? NAN : value;
    }
}

static const struct kind {
    size_t (*size)(size_t n);
    size_t (*warmup)(size_t n);
    void (*init)(qm_ma *ma);
    double (*step)(qm_ma *ma, double x);
    void (*run)(qm_ma *ma, const double *x, size_t n, double *out); /* NULL: step by step */
} KINDS[] = {
    [QM_MA_SMA] = {window_size, less_one, sma_init, sma_step, sma_run},
    [QM_MA_EMA] = {size_of_1, less_one, init_stages, ema_step, ema_run},
    [QM_MA_WMA] = {history_size, less_one, wma_init, wma_step, wma_run},
    [QM_MA_DEMA] = {size_of_2, twice_less_one, init_stages, dema_step, dema_run},
    [QM_MA_TEMA] = {size_of_3, thrice_less_one, init_stages, tema_step, tema_run},
    [QM_MA_TRIMA] = {trima_size, less_one, trima_init, trima_step, trima_run},
    [QM_MA_KAMA] = {kama_size, kama_warmup, kama_init, kama_step, kama_run},
    [QM_MA_MAMA] = {mama_size, mama_warmup, mama_start, mama_value, NULL},
    [QM_MA_T3] = {size_of_6, six_times_less_one, init_stages, t3_step, t3_run},
    [QM_MA_RMA] = {size_of_1, less_one, rma_init, ema_step, ema_run},
    [QM_MA_HMA] = {hma_size, hma_warmup, hma_init, hma_step, hma_run},
    [QM_MA_RUNNING_SMA] = {run_size, less_one, running_init, running_sma, NULL},
    [QM_MA_RUNNING_WMA] = {running_wma_size, less_one, running_wma_init, running_wma, NULL},
    [QM_MA_RUNNING_TRIMA] = {running_trima_size, less_one, running_trima_init, running_trima, NULL},
    [QM_MA_RUNNING_KAMA] = {running_kama_size, kama_warmup, running_kama_init, running_kama, NULL},
};

int qm_ma_talib(int type) {
    static const int kinds[] = {QM_MA_RUNNING_SMA,  QM_MA_EMA,  QM_MA_RUNNING_WMA,
                                QM_MA_DEMA,         QM_MA_TEMA, QM_MA_RUNNING_TRIMA,
                                QM_MA_RUNNING_KAMA, QM_MA_MAMA, QM_MA_T3};
    return kinds[type];
}

size_t qm_ma_size(int kind, size_t n) {
    return sizeof(qm_ma) + (n == 1 ? 0 : KINDS[kind].size(n));
}

size_t qm_ma_warmup(int kind, size_t n) {
    return n == 1 ? 0 : KINDS[kind].warmup(n);
}

void qm_ma_init(qm_ma *ma, int kind, size_t n) {
    *ma = (qm_ma){.kind = kind, .n = n, .size = qm_ma_size(kind, n), .v = 0.7};
    if (n > 1) {
        KINDS[kind].init(ma);
    }
}

double qm_ma_step(qm_ma *ma, double x) {
    return ma->n == 1 ? x : KINDS[ma->kind].step(ma, x);
}

void qm_ma_run(qm_ma *ma, const double *x, size_t n, double *out) {
    if (ma->n > 1 && KINDS[ma->kind].run) {
        KINDS[ma->kind].run(ma, x, n, out);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = qm_ma_step(ma, x[i]);
    }
}
