/* SPDX-License-Identifier: MIT
 *
 * Indicators in batch form against the loop that one would write from the definition: windows
 * summed anew at each bar, recurrences as they stand. Values are compared first; then the ratio of
 * the times, and the geometric mean of all.
 */
#include "base/rng.h"
#include "quantmatrix/ta.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N = 100000, ROUNDS = 15 };
static double o[N], h[N], l[N], c[N], v[N], ours[QM_TA_OUTPUTS_MAX][N], plain[N], scratch[3][N];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void make_bars(void) {
    qm_rng rng;
    double price = 100;
    qm_rng_seed(&rng, 1);
    for (int i = 0; i < N; i++) {
        o[i] = price;
        c[i] = price * (1 + 0.01 * (qm_rng_double(&rng) - 0.5));
        h[i] = fmax(o[i], c[i]) * (1 + 0.005 * qm_rng_double(&rng));
        l[i] = fmin(o[i], c[i]) * (1 - 0.005 * qm_rng_double(&rng));
        v[i] = (double)qm_rng_range(&rng, 1000, 100000);
        price = c[i];
    }
}

/* ---- pieces */

/* A period that the compiler does not know, as in any library. */
static int given(int n) {
    volatile int hidden = n;
    return hidden;
}
static double mean(const double *x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum / n;
}
static double deviation(const double *x, int n, double divisor) {
    double centre = mean(x, n), sum = 0;
    for (int i = 0; i < n; i++) {
        sum += (x[i] - centre) * (x[i] - centre);
    }
    return sqrt(sum / divisor);
}
static double highest(const double *x, int n) {
    double top = x[0];
    for (int i = 1; i < n; i++) {
        top = x[i] > top ? x[i] : top;
    }
    return top;
}
static double lowest(const double *x, int n) {
    double bottom = x[0];
    for (int i = 1; i < n; i++) {
        bottom = x[i] < bottom ? x[i] : bottom;
    }
    return bottom;
}
/* from: the first defined value of x. */
static void smooth(const double *x, int from, int n, double k, double *out) {
    double value = mean(x + from, n);
    out[from + n - 1] = value;
    for (int i = from + n; i < N; i++) {
        value += k * (x[i] - value);
        out[i] = value;
    }
}
static double range(int i) {
    return i ? fmax(h[i], c[i - 1]) - fmin(l[i], c[i - 1]) : h[0] - l[0];
}
static double typical(int i) {
    return (h[i] + l[i] + c[i]) / 3;
}
static double flow(int i) {
    return h[i] > l[i] ? ((c[i] - l[i]) - (h[i] - c[i])) / (h[i] - l[i]) * v[i] : 0;
}

/* ---- the loops: the first output to plain[], others that the row has to scratch[] */
#define EACH(first, expression)                                                                    \
    for (int i = (first); i < N; i++) {                                                            \
        plain[i] = expression;                                                                     \
    }

static void p_sma(void) {
    const int n = given(20);
    EACH(n - 1, mean(c + i - n + 1, n))
}
static void p_ema(void) {
    const int n = given(20);
    smooth(c, 0, n, 2.0 / (n + 1), plain);
}
static void p_rma(void) {
    const int n = given(14);
    smooth(c, 0, n, 1.0 / n, plain);
}
static void p_wma(void) {
    const int n = given(20);
    for (int i = n - 1; i < N; i++) {
        double sum = 0;
        for (int k = 0; k < n; k++) {
            sum += (k + 1) * c[i - n + 1 + k];
        }
        plain[i] = sum / (n * (n + 1) / 2);
    }
}
static void p_dema(void) {
    const int n = given(20);
    smooth(c, 0, n, 2.0 / (n + 1), scratch[0]);
    smooth(scratch[0], n - 1, n, 2.0 / (n + 1), scratch[1]);
    EACH(2 * (n - 1), 2 * scratch[0][i] - scratch[1][i])
}
static void p_tema(void) {
    const int n = given(20);
    smooth(c, 0, n, 2.0 / (n + 1), scratch[0]);
    smooth(scratch[0], n - 1, n, 2.0 / (n + 1), scratch[1]);
    smooth(scratch[1], 2 * (n - 1), n, 2.0 / (n + 1), scratch[2]);
    EACH(3 * (n - 1), 3 * scratch[0][i] - 3 * scratch[1][i] + scratch[2][i])
}
static void p_kama(void) {
    const int n = given(10);
    double value = c[n - 1];
    for (int i = n; i < N; i++) {
        double way = 0;
        for (int k = i - n + 1; k <= i; k++) {
            way += fabs(c[k] - c[k - 1]);
        }
        double k = fabs(c[i] - c[i - n]) / way * (2.0 / 3 - 2.0 / 31) + 2.0 / 31;
        value += k * k * (c[i] - value);
        plain[i] = value;
    }
}
static void p_vwma(void) {
    const int n = given(20);
    for (int i = n - 1; i < N; i++) {
        double money = 0, volume = 0;
        for (int k = i - n + 1; k <= i; k++) {
            money += c[k] * v[k];
            volume += v[k];
        }
        plain[i] = money / volume;
    }
}
static void p_highest(void) {
    const int n = given(20);
    EACH(n - 1, highest(c + i - n + 1, n))
}
static void p_stddev(void) {
    const int n = given(20);
    EACH(n - 1, deviation(c + i - n + 1, n, n))
}
static void p_zscore(void) {
    const int n = given(20);
    EACH(n - 1, (c[i] - mean(c + i - n + 1, n)) / deviation(c + i - n + 1, n, n))
}
static void p_bbands(void) {
    const int n = given(20);
    for (int i = n - 1; i < N; i++) {
        double reach = 2 * deviation(c + i - n + 1, n, n);
        scratch[0][i] = mean(c + i - n + 1, n);
        plain[i] = scratch[0][i] + reach;
        scratch[1][i] = scratch[0][i] - reach;
    }
}
static void p_donchian(void) {
    const int n = given(20);
    for (int i = n - 1; i < N; i++) {
        plain[i] = highest(h + i - n + 1, n);
        scratch[0][i] = lowest(l + i - n + 1, n);
        scratch[1][i] = (plain[i] + scratch[0][i]) / 2;
    }
}
static void p_williams_r(void) {
    const int n = given(14);
    for (int i = n - 1; i < N; i++) {
        double top = highest(h + i - n + 1, n), bottom = lowest(l + i - n + 1, n);
        plain[i] = -100 * (top - c[i]) / (top - bottom);
    }
}
static void p_stoch(void) {
    const int n = given(14);
    const int m = given(3);
    for (int i = n - 1; i < N; i++) {
        double top = highest(h + i - n + 1, n), bottom = lowest(l + i - n + 1, n);
        scratch[0][i] = 100 * (c[i] - bottom) / (top - bottom);
    }
    EACH(n + 1, mean(scratch[0] + i - m + 1, m))
    for (int i = n + 3; i < N; i++) {
        scratch[1][i] = mean(plain + i - m + 1, m);
    }
}
static void p_rsi(void) {
    const int n = given(14);
    for (int i = 1; i < N; i++) {
        scratch[0][i] = c[i] > c[i - 1] ? c[i] - c[i - 1] : 0;
        scratch[1][i] = c[i] < c[i - 1] ? c[i - 1] - c[i] : 0;
    }
    smooth(scratch[0], 1, n, 1.0 / n, plain);
    smooth(scratch[1], 1, n, 1.0 / n, scratch[2]);
    EACH(n, 100 * plain[i] / (plain[i] + scratch[2][i]))
}
static void p_macd(void) {
    smooth(c, 14, 12, 2.0 / 13, scratch[0]);
    smooth(c, 0, 26, 2.0 / 27, scratch[1]);
    EACH(25, scratch[0][i] - scratch[1][i])
    smooth(plain, 25, 9, 2.0 / 10, scratch[2]);
    for (int i = 33; i < N; i++) {
        scratch[0][i] = plain[i] - scratch[2][i];
    }
}
static void p_roc(void) {
    const int n = given(10);
    EACH(n, 100 * (c[i] / c[i - n] - 1))
}
static void p_cci(void) {
    const int n = given(20);
    for (int i = n - 1; i < N; i++) {
        double sum = 0, away = 0;
        for (int k = i - n + 1; k <= i; k++) {
            sum += typical(k);
        }
        for (int k = i - n + 1; k <= i; k++) {
            away += fabs(typical(k) - sum / n);
        }
        plain[i] = (typical(i) - sum / n) / (0.015 * away / n);
    }
}
static void p_mfi(void) {
    const int n = given(14);
    for (int i = n; i < N; i++) {
        double in = 0, all = 0;
        for (int k = i - n + 1; k <= i; k++) {
            double money = typical(k) * v[k];
            in += typical(k) > typical(k - 1) ? money : 0;
            all += typical(k) != typical(k - 1) ? money : 0;
        }
        plain[i] = 100 * in / all;
    }
}
static void p_obv(void) {
    double total = v[0];
    plain[0] = total;
    for (int i = 1; i < N; i++) {
        total += c[i] > c[i - 1] ? v[i] : c[i] < c[i - 1] ? -v[i] : 0;
        plain[i] = total;
    }
}
static void p_ad(void) {
    double total = 0;
    for (int i = 0; i < N; i++) {
        total += flow(i);
        plain[i] = total;
    }
}
static void p_cmf(void) {
    const int n = given(20);
    for (int i = n - 1; i < N; i++) {
        double flows = 0, volume = 0;
        for (int k = i - n + 1; k <= i; k++) {
            flows += flow(k);
            volume += v[k];
        }
        plain[i] = flows / volume;
    }
}
static void p_atr(void) {
    const int n = given(14);
    EACH(0, range(i))
    memcpy(scratch[0], plain, sizeof plain);
    smooth(scratch[0], 0, n, 1.0 / n, plain);
}
static void p_keltner(void) {
    EACH(0, range(i))
    smooth(plain, 0, 10, 1.0 / 10, scratch[0]);
    smooth(c, 0, 20, 2.0 / 21, scratch[1]);
    for (int i = 19; i < N; i++) {
        plain[i] = scratch[1][i] + 2 * scratch[0][i];
        scratch[2][i] = scratch[1][i] - 2 * scratch[0][i];
    }
}
static void p_adx(void) {
    const int n = given(14);
    double plus = 0, minus = 0, all = 0, sum = 0, adx = 0;
    for (int i = 1; i < N; i++) {
        double up = h[i] - h[i - 1], down = l[i - 1] - l[i];
        double keep = i < n ? 1 : (n - 1.0) / n;
        plus = plus * keep + (up > 0 && up > down ? up : 0);
        minus = minus * keep + (down > 0 && down > up ? down : 0);
        all = all * keep + range(i);
        if (i < n) {
            continue;
        }
        double dx = 100 * fabs(plus / all - minus / all) / (plus / all + minus / all);
        sum += i < 2 * n ? dx : 0;
        adx = i < 2 * n ? sum / n : (adx * (n - 1) + dx) / n;
        plain[i] = adx;
    }
}
static void p_aroon(void) {
    const int n = given(14);
    for (int i = n; i < N; i++) {
        int at = 0;
        for (int k = 1; k <= n; k++) {
            at = l[i - n + k] <= l[i - n + at] ? k : at;
        }
        plain[i] = 100.0 * at / n;
        at = 0;
        for (int k = 1; k <= n; k++) {
            at = h[i - n + k] >= h[i - n + at] ? k : at;
        }
        scratch[0][i] = 100.0 * at / n;
    }
}
static void p_linreg(void) {
    const int n = given(14);
    for (int i = n - 1; i < N; i++) {
        double x = 0, y = 0, xx = 0, xy = 0;
        for (int k = 0; k < n; k++) {
            x += k;
            y += c[i - n + 1 + k];
            xx += (double)k * k;
            xy += k * c[i - n + 1 + k];
        }
        double slope = (n * xy - x * y) / (n * xx - x * x);
        plain[i] = (y - slope * x) / n + slope * (n - 1);
    }
}
static void p_percent_rank(void) {
    const int n = given(100);
    for (int i = n; i < N; i++) {
        int below = 0;
        for (int k = i - n; k < i; k++) {
            below += c[k] <= c[i];
        }
        plain[i] = 100.0 * below / n;
    }
}
static void p_hv_close(void) {
    const int n = given(20);
    EACH(1, log(c[i] / c[i - 1]))
    memcpy(scratch[0], plain, sizeof plain);
    EACH(n, 100 * sqrt(252) * deviation(scratch[0] + i - n + 1, n, n - 1))
}
static void p_hv_parkinson(void) {
    const int n = given(20);
    EACH(0, log(h[i] / l[i]) * log(h[i] / l[i]) / (4 * log(2)))
    memcpy(scratch[0], plain, sizeof plain);
    EACH(n - 1, 100 * sqrt(252 * mean(scratch[0] + i - n + 1, n)))
}
static void p_drawdown(void) {
    double peak = c[0], deepest = 0;
    for (int i = 0; i < N; i++) {
        peak = c[i] > peak ? c[i] : peak;
        plain[i] = 100 * (c[i] / peak - 1);
        deepest = plain[i] < deepest ? plain[i] : deepest;
        scratch[0][i] = deepest;
    }
}

static const struct {
    const char *name;
    void (*loop)(void);
} CASES[] = {
    {"sma", p_sma},
    {"ema", p_ema},
    {"rma", p_rma},
    {"wma", p_wma},
    {"dema", p_dema},
    {"tema", p_tema},
    {"kama", p_kama},
    {"vwma", p_vwma},
    {"highest", p_highest},
    {"stddev", p_stddev},
    {"zscore", p_zscore},
    {"bbands", p_bbands},
    {"donchian", p_donchian},
    {"williams_r", p_williams_r},
    {"stoch", p_stoch},
    {"rsi", p_rsi},
    {"macd", p_macd},
    {"roc", p_roc},
    {"cci", p_cci},
    {"mfi", p_mfi},
    {"obv", p_obv},
    {"ad", p_ad},
    {"cmf", p_cmf},
    {"atr", p_atr},
    {"keltner", p_keltner},
    {"adx", p_adx},
    {"aroon", p_aroon},
    {"linreg", p_linreg},
    {"percent_rank", p_percent_rank},
    {"hv_close", p_hv_close},
    {"hv_parkinson", p_hv_parkinson},
    {"drawdown", p_drawdown},
};

static void run_ours(const qm_ta_info *info) {
    const qm_ta_columns bars = {.column = {o, h, l, c, v}, .n = N};
    double params[QM_TA_PARAMS_MAX], *outputs[QM_TA_OUTPUTS_MAX];
    qm_ta_defaults(info, params);
    for (int k = 0; k < QM_TA_OUTPUTS_MAX; k++) {
        outputs[k] = ours[k];
    }
    if (qm_ta_batch(info, params, &bars, c, outputs) != QM_OK) {
        exit(1);
    }
}

/* The first output; of stoch too, although ours is defined later. */
static int same_values(const qm_ta_info *info) {
    double params[QM_TA_PARAMS_MAX];
    qm_ta_defaults(info, params);
    for (size_t i = info->warmup(params); i < N; i++) {
        if (!(fabs(ours[0][i] - plain[i]) <= 1e-8 * fmax(1, fabs(plain[i])))) {
            printf("%s differs at %zu: %.17g %.17g\n", info->name, i, ours[0][i], plain[i]);
            return 0;
        }
    }
    return 1;
}

int main(void) {
    double logs = 0;
    int count = sizeof CASES / sizeof *CASES;
    make_bars();
    for (int i = 0; i < count; i++) {
        const qm_ta_info *info = qm_ta_find(CASES[i].name);
        double best = 1e9, best_plain = 1e9;
        run_ours(info);
        CASES[i].loop();
        if (!same_values(info)) {
            return 1;
        }
        for (int k = 0; k < ROUNDS; k++) {
            double t0 = now();
            run_ours(info);
            double t1 = now();
            CASES[i].loop();
            double t2 = now();
            best = fmin(best, t1 - t0);
            best_plain = fmin(best_plain, t2 - t1);
        }
        printf("%-14s %5.1f ns a bar, %.2fx of the plain loop\n", info->name, best / N * 1e9,
               best_plain / best);
        logs += log(best_plain / best);
    }
    printf("ta: geometric mean over %d indicators %.2fx of the plain loops\n", count,
           exp(logs / count));
    return 0;
}
