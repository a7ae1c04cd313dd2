/* SPDX-License-Identifier: MIT
 *
 * Each formula that TA-Lib has no vector of, against its definition written out for one bar, from
 * the first bar of the file if need be. And our rows against TA-Lib's where they mean the same.
 */
#include "market.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define O(i) (m->x[QM_OPEN][i])
#define H(i) (m->x[QM_HIGH][i])
#define L(i) (m->x[QM_LOW][i])
#define C(i) (m->x[QM_CLOSE][i])
#define V(i) (m->x[QM_VOLUME][i])
#define S(i) (m->x[QM_SESSION][i])
#define TYPICAL(i) ((H(i) + L(i) + C(i)) / 3)

/* The value of one bar; t is at or behind the warm-up. */
typedef double (*formula)(const market *m, size_t t, const double *p);

static double top(const market *m, size_t t, size_t n) {
    double value = H(t);
    for (size_t i = t + 1 - n; i < t; i++) {
        value = fmax(value, H(i));
    }
    return value;
}
static double bottom(const market *m, size_t t, size_t n) {
    double value = L(t);
    for (size_t i = t + 1 - n; i < t; i++) {
        value = fmin(value, L(i));
    }
    return value;
}
static double mean(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum / (double)n;
}
static double spread(const double *x, size_t n, double divisor) {
    double centre = mean(x, n), sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (x[i] - centre) * (x[i] - centre);
    }
    return sum / divisor;
}
/* From the mean of the first n on, k of each new value. */
static double smoothed(const double *x, size_t t, size_t n, double k) {
    double value = mean(x, n);
    for (size_t i = n; i <= t; i++) {
        value += k * (x[i] - value);
    }
    return value;
}
static double weighted(const double *x, size_t n) {
    double sum = 0, weights = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)(i + 1) * x[i];
        weights += (double)(i + 1);
    }
    return sum / weights;
}
static double true_range(const market *m, size_t i) {
    return i ? fmax(H(i), C(i - 1)) - fmin(L(i), C(i - 1)) : H(0) - L(0);
}
static double atr(const market *m, size_t t, size_t n) {
    double ranges[BARS];
    for (size_t i = 0; i <= t; i++) {
        ranges[i] = true_range(m, i);
    }
    return smoothed(ranges, t, n, 1 / (double)n);
}

static double f_rma(const market *m, size_t t, const double *p) {
    return smoothed(m->x[QM_CLOSE], t, (size_t)p[0], 1 / p[0]);
}
static double f_hma(const market *m, size_t t, const double *p) {
    size_t n = (size_t)p[0], root = (size_t)sqrt(p[0]);
    double raw[BARS];
    for (size_t k = 0; k < root; k++) {
        size_t i = t + 1 - root + k;
        raw[k] = 2 * weighted(&C(i + 1 - n / 2), n / 2) - weighted(&C(i + 1 - n), n);
    }
    return weighted(raw, root);
}
static double f_vwma(const market *m, size_t t, const double *p) {
    double money = 0, volume = 0;
    for (size_t i = t + 1 - (size_t)p[0]; i <= t; i++) {
        money += C(i) * V(i);
        volume += V(i);
    }
    return volume > 0 ? money / volume : mean(&C(t + 1 - (size_t)p[0]), (size_t)p[0]);
}
static double f_donchian(const market *m, size_t t, const double *p) {
    return (top(m, t, (size_t)p[0]) + bottom(m, t, (size_t)p[0])) / 2;
}
static double flow(const market *m, size_t i) {
    return H(i) > L(i) ? V(i) * ((C(i) - L(i)) - (H(i) - C(i))) / (H(i) - L(i)) : 0;
}
static double f_cmf(const market *m, size_t t, const double *p) {
    double flows = 0, volume = 0;
    for (size_t i = t + 1 - (size_t)p[0]; i <= t; i++) {
        flows += flow(m, i);
        volume += V(i);
    }
    return volume > 0 ? flows / volume : 0;
}
static double f_force_index(const market *m, size_t t, const double *p) {
    double force[BARS];
    for (size_t i = 1; i <= t; i++) {
        force[i - 1] = (C(i) - C(i - 1)) * V(i);
    }
    return smoothed(force, t - 1, (size_t)p[0], 2 / (p[0] + 1));
}
static double f_variance(const market *m, size_t t, const double *p) {
    return spread(&C(t + 1 - (size_t)p[0]), (size_t)p[0], p[0] - p[1]);
}
static double f_zscore(const market *m, size_t t, const double *p) {
    double deviation = sqrt(f_variance(m, t, p));
    double distance = C(t) - mean(&C(t + 1 - (size_t)p[0]), (size_t)p[0]);
    return deviation < 1e-9 ? 0 : distance / deviation;
}
static double f_percent_b(const market *m, size_t t, const double *p) {
    const double population[] = {p[0], 0};
    double deviation = sqrt(f_variance(m, t, population));
    double middle = mean(&C(t + 1 - (size_t)p[0]), (size_t)p[0]);
    double lower = middle - p[2] * deviation;
    return deviation < 1e-9 ? 0.5 : (C(t) - lower) / ((p[1] + p[2]) * deviation);
}
static double f_bb_width(const market *m, size_t t, const double *p) {
    const double population[] = {p[0], 0};
    double deviation = sqrt(f_variance(m, t, population));
    return 100 * (p[1] + p[2]) * deviation / mean(&C(t + 1 - (size_t)p[0]), (size_t)p[0]);
}
static double f_percent_rank(const market *m, size_t t, const double *p) {
    double below = 0;
    for (size_t i = t - (size_t)p[0]; i < t; i++) {
        below += C(i) <= C(t);
    }
    return 100 * below / p[0];
}
static double f_hv_close(const market *m, size_t t, const double *p) {
    double returns[BARS];
    size_t n = (size_t)p[0];
    for (size_t k = 0; k < n; k++) {
        size_t i = t + 1 - n + k;
        returns[k] = log(C(i) / C(i - 1));
    }
    return 100 * sqrt(p[1] * spread(returns, n, p[0] - 1));
}
static double f_hv_parkinson(const market *m, size_t t, const double *p) {
    double sum = 0;
    for (size_t i = t + 1 - (size_t)p[0]; i <= t; i++) {
        sum += pow(log(H(i) / L(i)), 2);
    }
    return 100 * sqrt(p[1] * sum / (4 * p[0] * log(2)));
}
static double f_hv_garman_klass(const market *m, size_t t, const double *p) {
    double sum = 0;
    for (size_t i = t + 1 - (size_t)p[0]; i <= t; i++) {
        sum += 0.5 * pow(log(H(i) / L(i)), 2) - (2 * log(2) - 1) * pow(log(C(i) / O(i)), 2);
    }
    return 100 * sqrt(p[1] * fmax(sum, 0) / p[0]);
}
static double way(const market *m, size_t t, size_t n) {
    double sum = 0;
    for (size_t i = t + 1 - n; i <= t; i++) {
        sum += log(H(i) / C(i)) * log(H(i) / O(i)) + log(L(i) / C(i)) * log(L(i) / O(i));
    }
    return sum / (double)n;
}
static double f_hv_rogers_satchell(const market *m, size_t t, const double *p) {
    return 100 * sqrt(p[1] * fmax(way(m, t, (size_t)p[0]), 0));
}
static double f_hv_yang_zhang(const market *m, size_t t, const double *p) {
    double nights[BARS], days[BARS];
    size_t n = (size_t)p[0];
    for (size_t k = 0; k < n; k++) {
        size_t i = t + 1 - n + k;
        nights[k] = log(O(i) / C(i - 1));
        days[k] = log(C(i) / O(i));
    }
    double k = 0.34 / (1.34 + (p[0] + 1) / (p[0] - 1));
    double variance =
        spread(nights, n, p[0] - 1) + k * spread(days, n, p[0] - 1) + (1 - k) * way(m, t, n);
    return 100 * sqrt(p[1] * fmax(variance, 0));
}
static double f_drawdown(const market *m, size_t t, const double *p) {
    (void)p;
    double peak = C(0);
    for (size_t i = 1; i <= t; i++) {
        peak = fmax(peak, C(i));
    }
    return 100 * (C(t) / peak - 1);
}
static double f_deepest(const market *m, size_t t, const double *p) {
    double deepest = 0;
    for (size_t i = 0; i <= t; i++) {
        deepest = fmin(deepest, f_drawdown(m, i, p));
    }
    return deepest;
}
static double f_keltner(const market *m, size_t t, const double *p) {
    return smoothed(m->x[QM_CLOSE], t, (size_t)p[0], 2 / (p[0] + 1)) +
           p[1] * atr(m, t, (size_t)p[2]);
}
/* Both bands are carried forward from the first ATR; the side changes on a close beyond one. */
static double trailing(const market *m, size_t t, const double *p, double *side) {
    size_t first = (size_t)p[0] - 1;
    double up[BARS], down[BARS];
    for (size_t i = first; i <= t; i++) {
        double middle = (H(i) + L(i)) / 2, reach = p[1] * atr(m, i, (size_t)p[0]);
        up[i] = middle + reach;
        down[i] = middle - reach;
        if (i == first) {
            *side = C(i) >= middle ? 1 : -1;
            continue;
        }
        if (!(up[i] < up[i - 1] || C(i - 1) > up[i - 1])) {
            up[i] = up[i - 1];
        }
        if (!(down[i] > down[i - 1] || C(i - 1) < down[i - 1])) {
            down[i] = down[i - 1];
        }
        if (*side > 0 && C(i) < down[i]) {
            *side = -1;
        } else if (*side < 0 && C(i) > up[i]) {
            *side = 1;
        }
    }
    return *side > 0 ? down[t] : up[t];
}
static double f_supertrend(const market *m, size_t t, const double *p) {
    double side;
    return trailing(m, t, p, &side);
}
static double f_direction(const market *m, size_t t, const double *p) {
    double side;
    trailing(m, t, p, &side);
    return side;
}
static double middle_of(const market *m, size_t t, double n) {
    return f_donchian(m, t, &n);
}
static double f_conversion(const market *m, size_t t, const double *p) {
    return middle_of(m, t, p[0]);
}
static double f_base(const market *m, size_t t, const double *p) {
    return middle_of(m, t, p[1]);
}
static double f_lead_a(const market *m, size_t t, const double *p) {
    return (middle_of(m, t, p[0]) + middle_of(m, t, p[1])) / 2;
}
static double f_lead_b(const market *m, size_t t, const double *p) {
    return middle_of(m, t, p[2]);
}
static double f_span_a(const market *m, size_t t, const double *p) {
    return f_lead_a(m, t - (size_t)p[3], p);
}
static double f_span_b(const market *m, size_t t, const double *p) {
    return f_lead_b(m, t - (size_t)p[3], p);
}
static double f_pivot(const market *m, size_t t, const double *p) {
    return p[0] == 2 ? (H(t) + L(t) + 2 * C(t)) / 4 : TYPICAL(t);
}
static double f_classic_r3(const market *m, size_t t, const double *p) {
    return H(t) + 2 * (f_pivot(m, t, p) - L(t));
}
static double f_classic_s1(const market *m, size_t t, const double *p) {
    return 2 * f_pivot(m, t, p) - H(t);
}
static double f_fibonacci_r2(const market *m, size_t t, const double *p) {
    return f_pivot(m, t, p) + 0.618 * (H(t) - L(t));
}
static double f_camarilla_s3(const market *m, size_t t, const double *p) {
    (void)p;
    return C(t) - (H(t) - L(t)) * 1.1 / 4;
}
static double since(const market *m, size_t from, size_t t) {
    double money = 0, volume = 0;
    for (size_t i = from; i <= t; i++) {
        money += TYPICAL(i) * V(i);
        volume += V(i);
    }
    return volume > 0 ? money / volume : TYPICAL(t);
}
static double f_vwap(const market *m, size_t t, const double *p) {
    (void)p;
    size_t from = t;
    while (from > 0 && S(from - 1) == S(t)) {
        from--;
    }
    return since(m, from, t);
}
/* Day 19010 is 2022-01-18, bar 70 the first of it. */
static double f_vwap_anchored(const market *m, size_t t, const double *p) {
    size_t from = p[0] == 0 ? 0 : 10 * SESSION_BARS;
    return t < from ? NAN : since(m, from, t);
}
static double side_of(const market *m, size_t t, const double *p) {
    double fast = mean(&C(t + 1 - (size_t)p[0]), (size_t)p[0]);
    double slow = mean(&C(t + 1 - (size_t)p[1]), (size_t)p[1]);
    return fabs(fast - slow) < 1e-9 ? 0 : fast > slow ? 1 : -1;
}
static double turn(double now, double before) {
    return now != 0 && before != 0 && now != before ? now : 0;
}
static double f_cross(const market *m, size_t t, const double *p) {
    double before = 0;
    for (size_t i = (size_t)p[1] - 1; i < t; i++) {
        double side = side_of(m, i, p);
        before = side != 0 ? side : before;
    }
    return turn(side_of(m, t, p), before);
}
static double f_cross_level(const market *m, size_t t, const double *p) {
    double before = 0;
    for (size_t i = 0; i < t; i++) {
        before = C(i) > p[0] ? 1 : C(i) < p[0] ? -1 : before;
    }
    return turn(C(t) > p[0] ? 1 : C(t) < p[0] ? -1 : 0, before);
}
static double f_atr_percentile(const market *m, size_t t, const double *p) {
    double count = 0, below = 0, now = atr(m, t, (size_t)p[0]) / C(t);
    for (size_t i = t; i + 1 >= (size_t)p[0] && count < p[3]; i--) {
        count++;
        below += i == t || atr(m, i, (size_t)p[0]) / C(i) <= now;
    }
    return 100 * below / count;
}
static double f_correl(const market *m, size_t t, const double *p) {
    size_t n = (size_t)p[0], from = t + 1 - n;
    const double *x = m->x[(int)p[1]] + from, *y = m->x[(int)p[2]] + from;
    double mx = mean(x, n), my = mean(y, n), xy = 0;
    for (size_t i = 0; i < n; i++) {
        xy += (x[i] - mx) * (y[i] - my);
    }
    double both = sqrt(spread(x, n, 1)) * sqrt(spread(y, n, 1));
    return both < 1e-9 ? 0 : xy / both;
}
static double f_beta(const market *m, size_t t, const double *p) {
    size_t n = (size_t)p[0], from = t + 1 - n;
    const double *x = m->x[(int)p[1]] + from, *y = m->x[(int)p[2]] + from;
    double dx[BARS] = {0}, dy[BARS] = {0}, xy = 0;
    for (size_t i = 0; i < n; i++) {
        dx[i] = x[i] / *(x + i - 1) - 1;
        dy[i] = y[i] / *(y + i - 1) - 1;
    }
    double mx = mean(dx, n), my = mean(dy, n);
    for (size_t i = 0; i < n; i++) {
        xy += (dx[i] - mx) * (dy[i] - my);
    }
    return spread(dx, n, 1) < 1e-12 ? 0 : xy / spread(dx, n, 1);
}

static const struct {
    const char *name;
    int output;
    formula of;
    double params[QM_TA_PARAMS_MAX];
} FORMULAS[] = {
    {"rma", 0, f_rma, {14}},
    {"hma", 0, f_hma, {20}},
    {"hma", 0, f_hma, {9}},
    {"vwma", 0, f_vwma, {3}},
    {"donchian", 1, f_donchian, {20}},
    {"cmf", 0, f_cmf, {3}},
    {"force_index", 0, f_force_index, {13}},
    {"variance", 0, f_variance, {20, 1}},
    {"zscore", 0, f_zscore, {20, 1}},
    {"bb_percent_b", 0, f_percent_b, {20, 1.5, 2, 0}},
    {"bb_width", 0, f_bb_width, {20, 1.5, 2, 0}},
    {"percent_rank", 0, f_percent_rank, {50}},
    {"hv_close", 0, f_hv_close, {20, 252}},
    {"hv_parkinson", 0, f_hv_parkinson, {20, 252}},
    {"hv_garman_klass", 0, f_hv_garman_klass, {20, 252}},
    {"hv_rogers_satchell", 0, f_hv_rogers_satchell, {20, 1}},
    {"hv_yang_zhang", 0, f_hv_yang_zhang, {20, 252}},
    {"drawdown", 0, f_drawdown, {0}},
    {"drawdown", 1, f_deepest, {0}},
    {"keltner", 0, f_keltner, {20, 2, 10}},
    {"keltner", 0, f_keltner, {5, 2, 30}},
    {"supertrend", 0, f_supertrend, {10, 1.5}},
    {"supertrend", 1, f_direction, {10, 1.5}},
    {"ichimoku", 0, f_conversion, {9, 26, 52, 26}},
    {"ichimoku", 1, f_base, {9, 26, 52, 26}},
    {"ichimoku", 2, f_span_a, {9, 26, 52, 26}},
    {"ichimoku", 3, f_span_b, {9, 26, 52, 26}},
    {"ichimoku", 3, f_span_b, {9, 26, 5, 0}},
    {"ichimoku", 4, f_lead_a, {9, 26, 52, 26}},
    {"ichimoku", 5, f_lead_b, {9, 26, 52, 26}},
    {"pivots", 0, f_pivot, {0}},
    {"pivots", 0, f_pivot, {2}},
    {"pivots", 2, f_classic_s1, {0}},
    {"pivots", 5, f_classic_r3, {2}},
    {"pivots", 3, f_fibonacci_r2, {1}},
    {"pivots", 6, f_camarilla_s3, {3}},
    {"vwap", 0, f_vwap, {0}},
    {"vwap_anchored", 0, f_vwap_anchored, {0}},
    {"vwap_anchored", 0, f_vwap_anchored, {20220118}},
    {"cross", 0, f_cross, {3, 10, 0}},
    {"cross_level", 0, f_cross_level, {100}},
    {"atr_percentile", 0, f_atr_percentile, {14, 0, 0, 60}},
    {"correl", 0, f_correl, {30, 0, 3}},
    {"beta", 0, f_beta, {60, 1, 3}},
};

static bool near(double a, double b, double tolerance) {
    return (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance * fmax(1, fabs(b));
}

static void test_formulas(void **unused) {
    (void)unused;
    static market m;
    static outputs out;
    qm_rng rng;
    qm_rng_seed(&rng, market_seed());
    market_make(&m, &rng);
    for (size_t f = 0; f < sizeof FORMULAS / sizeof *FORMULAS; f++) {
        const qm_ta_info *info = qm_ta_find(FORMULAS[f].name);
        const double *params = FORMULAS[f].params;
        assert_non_null(info);
        assert_int_equal(qm_ta_check(info, params, NULL), QM_OK);
        assert_int_equal(market_batch(&m, info, params, 0, out), QM_OK);
        /* Roots of rounded zeros keep half of the digits. */
        double tolerance = strncmp(info->name, "hv_", 3) == 0 ? 1e-6 : 1e-9;
        for (size_t t = info->warmup(params); t < BARS; t++) {
            double want = FORMULAS[f].of(&m, t, params), got = out[FORMULAS[f].output][t];
            if (!near(got, want, tolerance)) {
                fail_msg("%s (row %zu of the test) at %zu: %.17g, expected %.17g", info->name, f, t,
                         got, want);
            }
        }
    }
}

/* Ours and TA-Lib's, where the market moves: within the rounding of their sums. */
static const struct {
    const char *name, *lib;
    double params[QM_TA_PARAMS_MAX], lib_params[QM_TA_PARAMS_MAX];
} PAIRS[] = {
    {"ad", "AD"},
    {"adosc", "ADOSC", {3, 10}, {3, 10}},
    {"adx", "ADX", {14}, {14}},
    {"adxr", "ADXR", {14}, {14}},
    {"apo", "APO", {12, 26, 2}, {12, 26, 2}},
    {"aroon", "AROON", {14}, {14}},
    {"aroon_osc", "AROONOSC", {14}, {14}},
    {"atr", "ATR", {14, 0, 1}, {14}},
    {"atr_pct", "NATR", {14, 0, 1}, {14}},
    {"avgprice", "AVGPRICE"},
    {"bbands", "BBANDS", {20, 2, 1, 0}, {20, 2, 1, 0}},
    {"bbands", "BBANDS", {10, 2, 1, 4}, {10, 2, 1, 4}},
    {"beta", "BETA", {5, 1, 2}, {5}},
    {"bop", "BOP"},
    {"cci", "CCI", {20}, {20}},
    {"cmo", "CMO", {14}, {14}},
    {"correl", "CORREL", {30, 1, 2}, {30}},
    {"dema", "DEMA", {10}, {10}},
    {"dx", "DX", {14}, {14}},
    {"ema", "EMA", {20}, {20}},
    {"highest", "MAX", {20}, {20}},
    {"ht_trendline", "HT_TRENDLINE"},
    {"kama", "KAMA", {10}, {10}},
    {"linreg", "LINEARREG", {14}, {14}},
    {"linreg_angle", "LINEARREG_ANGLE", {14}, {14}},
    {"linreg_intercept", "LINEARREG_INTERCEPT", {14}, {14}},
    {"linreg_slope", "LINEARREG_SLOPE", {14}, {14}},
    {"lowest", "MIN", {20}, {20}},
    {"macd", "MACD", {12, 26, 9}, {12, 26, 9}},
    {"medprice", "MEDPRICE"},
    {"mfi", "MFI", {14}, {14}},
    {"midpoint", "MIDPOINT", {14}, {14}},
    {"midprice", "MIDPRICE", {14}, {14}},
    {"minus_di", "MINUS_DI", {14}, {14}},
    {"momentum", "MOM", {10}, {10}},
    {"obv", "OBV"},
    {"plus_di", "PLUS_DI", {14}, {14}},
    {"ppo", "PPO", {12, 26, 1}, {12, 26, 1}},
    {"roc", "ROC", {10}, {10}},
    {"rsi", "RSI", {14}, {14}},
    {"sar", "SAR", {0.02, 0.2}, {0.02, 0.2}},
    {"sma", "SMA", {20}, {20}},
    {"stddev", "STDDEV", {20, 0}, {20, 1}},
    {"stoch", "STOCH", {14, 3, 5, 1}, {14, 3, 1, 5, 1}},
    {"stoch_fast", "STOCHF", {5, 3, 0}, {5, 3, 0}},
    {"stoch_rsi", "STOCHRSI", {14, 5, 1, 3}, {14, 5, 3, 0}},
    {"sum", "SUM", {20}, {20}},
    {"t3", "T3", {5, 0.7}, {5, 0.7}},
    {"tema", "TEMA", {10}, {10}},
    {"trima", "TRIMA", {15}, {15}},
    {"trima", "TRIMA", {16}, {16}},
    {"trix", "TRIX", {15}, {15}},
    {"true_range", "TRANGE", {1}},
    {"tsf", "TSF", {14}, {14}},
    {"typprice", "TYPPRICE"},
    {"ultosc", "ULTOSC", {7, 14, 28}, {28, 7, 14}},
    {"variance", "VAR", {20, 0}, {20, 1}},
    {"wclprice", "WCLPRICE"},
    {"williams_r", "WILLR", {14}, {14}},
    {"wma", "WMA", {20}, {20}},
};

/* Without the stretches in which nothing moves or trades. */
static void wake(market *m, qm_rng *rng) {
    double price = 100;
    market_make(m, rng);
    for (size_t i = 0; i < BARS; i++) {
        double open = price * (1 + 0.01 * qm_rng_normal(rng));
        double close = open * (1 + 0.01 * qm_rng_normal(rng));
        O(i) = open;
        C(i) = close;
        H(i) = fmax(open, close) * (1 + 0.005 * qm_rng_double(rng));
        L(i) = fmin(open, close) * (1 - 0.005 * qm_rng_double(rng));
        V(i) = (double)qm_rng_range(rng, 1000, 100000);
        price = close;
    }
}

static void test_against_talib_rows(void **unused) {
    (void)unused;
    static market made;
    static outputs ours, theirs;
    qm_rng rng;
    qm_rng_seed(&rng, market_seed());
    wake(&made, &rng);
    for (size_t p = 0; p < sizeof PAIRS / sizeof *PAIRS; p++) {
        const qm_ta_info *own = qm_ta_find(PAIRS[p].name), *lib = qm_talib_find(PAIRS[p].lib);
        assert_non_null(own);
        assert_string_equal(own->talib, lib->name);
        size_t first = lib->warmup(PAIRS[p].lib_params);
        assert_int_equal(own->warmup(PAIRS[p].params), first);
        assert_int_equal(market_batch(&made, own, PAIRS[p].params, 0, ours), QM_OK);
        assert_int_equal(market_batch(&made, lib, PAIRS[p].lib_params, 0, theirs), QM_OK);
        for (int k = 0; k < lib->output_count; k++) {
            for (size_t t = first; t < BARS; t++) {
                if (!near(ours[k][t], theirs[k][t], 1e-9)) {
                    fail_msg("%s at %zu: %.17g, TA-Lib's %.17g", own->name, t, ours[k][t],
                             theirs[k][t]);
                }
            }
        }
    }
}

/* Each row is held by a formula here or by TA-Lib's row. */
static void test_all_are_covered(void **unused) {
    (void)unused;
    static const char *const elsewhere[] = {
        "dmi",  /* adx and both indicators in one */
        "mama", /* the steps of ht_trendline's cycle; no second source at hand */
    };
    for (size_t r = 0; qm_ta_at(r); r++) {
        const char *name = qm_ta_at(r)->name;
        bool found = false;
        for (size_t i = 0; i < sizeof FORMULAS / sizeof *FORMULAS; i++) {
            found = found || strcmp(FORMULAS[i].name, name) == 0;
        }
        for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
            found = found || strcmp(PAIRS[i].name, name) == 0;
        }
        for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++) {
            found = found || strcmp(elsewhere[i], name) == 0;
        }
        if (!found) {
            fail_msg("%s has no test of its values", name);
        }
    }
}

static void test_dmi(void **unused) {
    (void)unused;
    static market made;
    static outputs all, one;
    static const char *const parts[] = {"plus_di", "minus_di", "adx"};
    const double params[] = {14};
    qm_rng rng;
    qm_rng_seed(&rng, market_seed());
    market_make(&made, &rng);
    assert_int_equal(market_batch(&made, qm_ta_find("dmi"), params, 0, all), QM_OK);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(market_batch(&made, qm_ta_find(parts[k]), params, 0, one), QM_OK);
        for (size_t t = 27; t < BARS; t++) {
            assert_true(same(all[k][t], one[0][t]));
        }
    }
}

/* A fast and a slow line, and its gauge of the cycle, on a sine of 20 bars: the adaptive average
 * follows the price more closely than its follower does. */
static void test_mama(void **unused) {
    (void)unused;
    static market made;
    static outputs out;
    const double params[] = {0.5, 0.05};
    double near_sum = 0, far_sum = 0;
    made.n = BARS;
    for (size_t i = 0; i < BARS; i++) {
        for (int k = 0; k < QM_TA_X_COUNT; k++) {
            made.x[k][i] = 100 + 10 * sin((double)i * 2 * 3.14159265358979 / 20);
        }
    }
    assert_int_equal(market_batch(&made, qm_ta_find("mama"), params, 0, out), QM_OK);
    for (size_t i = 100; i < BARS; i++) {
        assert_true(out[0][i] > 85 && out[0][i] < 115);
        near_sum += fabs(made.x[QM_CLOSE][i] - out[0][i]);
        far_sum += fabs(made.x[QM_CLOSE][i] - out[1][i]);
    }
    assert_true(near_sum < far_sum);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_against_talib_rows),
        cmocka_unit_test(test_all_are_covered),
        cmocka_unit_test(test_dmi),
        cmocka_unit_test(test_mama),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
