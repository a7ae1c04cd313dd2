/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "quantmatrix/ta.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 3000 };
static double open[N], high[N], low[N], closes[N], volume[N];

static void make_bars(uint64_t seed) {
    qm_rng rng;
    double price = 100;
    qm_rng_seed(&rng, seed);
    for (int i = 0; i < N; i++) {
        open[i] = price * (1 + 0.004 * qm_rng_normal(&rng));
        closes[i] = open[i] * (1 + 0.01 * qm_rng_normal(&rng));
        high[i] = fmax(open[i], closes[i]) * (1 + 0.004 * fabs(qm_rng_normal(&rng)));
        low[i] = fmin(open[i], closes[i]) * (1 - 0.004 * fabs(qm_rng_normal(&rng)));
        volume[i] = (double)qm_rng_range(&rng, 1000, 100000);
        price = closes[i];
    }
}

static bool same(double a, double b) {
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

/* The hand vector of docs/reference/atr.md. */
static void test_hand_vector(void **state) {
    (void)state;
    const double h[] = {110, 112, 108, 115, 113}, l[] = {105, 107, 102, 109, 110};
    const double c[] = {108, 111, 105, 114, 112}, tr[] = {5, 5, 9, 10, 4};
    double out[5];
    qm_true_range_batch(QM_ATR_FIRST_RANGE, h, l, c, 5, out);
    for (int i = 0; i < 5; i++) {
        assert_true(out[i] == tr[i]);
    }
    qm_atr_batch((qm_atr_spec){3, QM_ATR_WILDER, QM_ATR_FIRST_RANGE}, h, l, c, 5, out);
    assert_true(isnan(out[0]) && isnan(out[1]));
    assert_true(fabs(out[2] - 6.333333) < 1e-6);
    assert_true(fabs(out[3] - 7.555556) < 1e-6);
    assert_true(fabs(out[4] - 6.370370) < 1e-6);
    qm_atr_batch((qm_atr_spec){3, QM_ATR_SMA, QM_ATR_FIRST_RANGE}, h, l, c, 5, out);
    assert_true(fabs(out[4] - 7.666667) < 1e-6);
}

/* The definition, one bar after the other. */
static void plain_atr(qm_atr_spec spec, size_t n, double *out) {
    size_t skip = spec.first_tr == QM_ATR_FIRST_SKIP, p = (size_t)spec.period;
    double tr[N], atr = 0;
    for (size_t i = 0; i < n; i++) {
        tr[i] = i ? fmax(high[i] - low[i],
                         fmax(fabs(high[i] - closes[i - 1]), fabs(low[i] - closes[i - 1])))
                  : high[0] - low[0];
        out[i] = NAN;
        if (i + 1 < p + skip) {
            continue;
        }
        if (i + 1 == p + skip || spec.method == QM_ATR_SMA) {
            double sum = 0;
            for (size_t k = i + 1 - p; k <= i; k++) {
                sum += tr[k];
            }
            atr = sum / (double)p;
        } else if (spec.method == QM_ATR_WILDER) {
            atr = (atr * (double)(p - 1) + tr[i]) / (double)p;
        } else {
            double alpha = 2 / ((double)p + 1);
            atr = atr + alpha * (tr[i] - atr);
        }
        out[i] = atr;
    }
}

/* Batch, streaming and many-series give the same bits; the plain recurrence agrees within 1e-12. */
static void test_forms(void **state) {
    (void)state;
    static double batch[N], many[2 * N], plain[N], two_high[2 * N], two_low[2 * N],
        two_close[2 * N];
    const qm_ta_info *info = qm_ta_find("atr");
    make_bars(11);
    for (int k = 0; k < 2; k++) {
        memcpy(two_high + k * N, high, sizeof high);
        memcpy(two_low + k * N, low, sizeof low);
        memcpy(two_close + k * N, closes, sizeof closes);
    }
    static const int periods[] = {1, 2, 3, 14, 50, 200, 2999, 3000, 3001};
    for (size_t p = 0; p < sizeof periods / sizeof periods[0]; p++) {
        for (int m = 0; m < 3; m++) {
            for (int f = 0; f < 2; f++) {
                qm_atr_spec spec = {periods[p], (qm_atr_method)m, (qm_atr_first)f};
                const double params[QM_TA_PARAMS_MAX] = {periods[p], m, f};
                qm_atr_batch(spec, high, low, closes, N, batch);
                qm_atr_many(spec, two_high, two_low, two_close, 2, N, N, many);
                plain_atr(spec, N, plain);
                qm_ta *ta;
                assert_int_equal(qm_ta_new(info, params, &ta), QM_OK);
                size_t first = info->warmup(params);
                for (size_t i = 0; i < N; i++) {
                    const double x[] = {open[i], high[i], low[i], closes[i], volume[i]};
                    double value;
                    qm_ta_step(ta, x, &value);
                    assert_true(same(value, batch[i]));
                    assert_true(same(many[N + i], batch[i]));
                    assert_int_equal(isnan(batch[i]), i < first);
                    assert_true(isnan(batch[i]) ||
                                fabs(batch[i] - plain[i]) <= 1e-12 * fabs(plain[i]));
                }
                qm_ta_free(ta);
            }
        }
    }
}

static void test_flat_prices(void **state) {
    (void)state;
    double flat[30], out[30];
    for (int i = 0; i < 30; i++) {
        flat[i] = 50;
    }
    qm_atr_batch((qm_atr_spec){14, QM_ATR_WILDER, QM_ATR_FIRST_RANGE}, flat, flat, flat, 30, out);
    assert_true(out[13] == 0 && out[29] == 0);
    assert_int_equal(qm_atr_check(flat, flat, flat, 30), 30);
    flat[7] = NAN;
    assert_int_equal(qm_atr_check(flat, flat, flat, 30), 7);
    flat[7] = 0;
    assert_int_equal(qm_atr_check(flat, flat, flat, 30), 7);
}

static void test_bad_parameters(void **state) {
    (void)state;
    qm_error err;
    const qm_ta_info *info = qm_ta_find("sma");
    assert_int_equal(qm_ta_check(info, (const double[]){0}, &err), QM_ERANGE);
    assert_non_null(strstr(err.message, "period is 0"));
    assert_int_equal(qm_ta_check(info, (const double[]){2.5}, &err), QM_ERANGE);
    assert_int_equal(qm_ta_check(info, (const double[]){NAN}, &err), QM_ERANGE);
    assert_null(qm_ta_find("nothing"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hand_vector),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_flat_prices),
        cmocka_unit_test(test_bad_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
