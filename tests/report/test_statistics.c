/* SPDX-License-Identifier: MIT
 *
 * Statistics of returns against figures worked out by hand and against plain second
 * implementations.
 */
#include "report/statistics.h"

#include "base/mem.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_near(double got, double want) {
    if (!(fabs(got - want) <= 1e-10 * fmax(1, fabs(want)))) {
        fail_msg("%.15g, expected %.15g", got, want);
    }
}

/* 20 returns: ten of +2%, nine of -1%, one of -5%. Sum 0.06, mean 0.003. */
static void twenty(double r[20]) {
    for (int i = 0; i < 20; i++) {
        r[i] = i == 7 ? -0.05 : i % 2 == 0 ? 0.02 : -0.01;
    }
}

static void test_by_hand(void **state) {
    (void)state;
    double r[20];
    twenty(r);
    assert_near(qm_stat_mean(r, 20), 0.003);
    /* Squares: 10 x 0.0004 + 9 x 0.0001 + 0.0025 = 0.0074; less 20 x 0.000009 = 0.00722. */
    assert_near(qm_stat_deviation(r, 20), sqrt(0.00722 / 19));
    assert_near(qm_stat_sharpe(r, 20), 0.003 / sqrt(0.00722 / 19) * sqrt(252));
    /* Below 0: 9 x 0.0001 + 0.0025 = 0.0034, over all 20. */
    assert_near(qm_stat_sortino(r, 20), 0.003 / sqrt(0.0034 / 20) * sqrt(252));
    assert_true(isnan(qm_stat_sharpe(r, 19)));
    assert_true(isnan(qm_stat_sortino(r, 19)));
    qm_stat_tail tail;
    assert_int_equal(qm_stat_measure_tail(r, 20, &tail), QM_OK);
    /* Sorted: -0.05, -0.01 x 9, 0.02 x 10. Rank 0.05 x 19 = 0.95: -0.05 + 0.95 x 0.04 = -0.012. */
    assert_near(tail.var, 0.012);
    assert_near(tail.cvar, 0.05); /* only one is at or below it */
    assert_near(tail.ratio, 0.02 / 0.012);
    assert_int_equal(qm_stat_measure_tail(r, 19, &tail), QM_OK);
    assert_true(isnan(tail.var) && isnan(tail.cvar) && isnan(tail.ratio));
}

static void test_quantile(void **state) {
    (void)state;
    static const double v[] = {1, 2, 4, 8};
    assert_near(qm_stat_quantile(v, 4, 0), 1);
    assert_near(qm_stat_quantile(v, 4, 1), 8);
    assert_near(qm_stat_quantile(v, 4, 0.5), 3);
    assert_near(qm_stat_quantile(v, 4, 0.9), 6.8); /* rank 2.7 */
    assert_near(qm_stat_quantile(v, 1, 0.9), 1);
    assert_true(isnan(qm_stat_quantile(v, 0, 0.5)));
}

static void test_relative(void **state) {
    (void)state;
    double r[60], b[60];
    qm_rng rng;
    qm_rng_seed(&rng, 5);
    for (int i = 0; i < 60; i++) { /* a straight line: all of it is alpha and beta */
        b[i] = 0.01 * qm_rng_normal(&rng);
        r[i] = 0.0002 + 1.5 * b[i];
    }
    qm_stat_relative x = qm_stat_measure_relative(r, b, 60);
    assert_near(x.beta, 1.5);
    assert_near(x.alpha, 0.0002 * 252);
    assert_near(x.correlation, 1);
    /* The active return is 0.0002 + b/2. */
    double active[60];
    for (int i = 0; i < 60; i++) {
        r[i] += 0.003 * qm_rng_normal(&rng);
        active[i] = r[i] - b[i];
    }
    x = qm_stat_measure_relative(r, b, 60);
    assert_near(x.tracking_error, qm_stat_deviation(active, 60) * sqrt(252));
    assert_near(x.information_ratio, qm_stat_sharpe(active, 60));
    /* Beta by the raw sums of products. */
    double sr = 0, sb = 0, srb = 0, sbb = 0;
    for (int i = 0; i < 60; i++) {
        sr += r[i], sb += b[i], srb += r[i] * b[i], sbb += b[i] * b[i];
    }
    double beta = (60 * srb - sr * sb) / (60 * sbb - sb * sb);
    assert_true(fabs(x.beta - beta) < 1e-9);
    assert_true(fabs(x.alpha - 252 * (sr - beta * sb) / 60) < 1e-9);
    memset(b, 0, sizeof b);
    assert_true(isnan(qm_stat_measure_relative(r, b, 60).beta)); /* it does not move */
    assert_true(isnan(qm_stat_measure_relative(r, b, 19).information_ratio));
}

static void test_irr(void **state) {
    (void)state;
    qm_date d = qm_date_from_ymd(2020, 1, 1);
    /* 1,000 becomes 1,210 in two years of 365.25 days less half a day. */
    qm_stat_flow one[] = {{d, 1000}};
    assert_near(qm_stat_irr(one, 1, 1210, d + 730), pow(1.21, 365.25 / 730) - 1);
    /* 1,000 at 10% for two years and 1,000 for one: 1,210 + 1,100, in years of 365.25 days. */
    qm_stat_flow two[] = {{d, 1000}, {d + 1461, 1000}};
    double end = 1000 * pow(1.1, 8) + 1000 * pow(1.1, 4);
    assert_near(qm_stat_irr(two, 2, end, d + 2922), 0.1);
    /* With 500 taken out on the way, and a loss. */
    qm_stat_flow out[] = {{d, 1000}, {d + 1461, -500}};
    end = 1000 * pow(0.9, 8) - 500 * pow(0.9, 4);
    assert_near(qm_stat_irr(out, 2, end, d + 2922), -0.1);
    /* In, out, in: 10% and 20% in four years both fit. Neither is the return. */
    qm_stat_flow many[] = {{d, 100}, {d + 1461, -230}, {d + 2922, 132}};
    assert_true(isnan(qm_stat_irr(many, 3, 0, d + 2922)));
    assert_true(isnan(qm_stat_irr(one, 1, 0, d + 730)));
    assert_true(isnan(qm_stat_irr(NULL, 0, 100, d)));
}

static void test_bootstrap(void **state) {
    (void)state;
    double r[250];
    qm_rng rng;
    qm_rng_seed(&rng, 9);
    for (int i = 0; i < 250; i++) {
        r[i] = 0.0005 + 0.01 * qm_rng_normal(&rng);
    }
    qm_stat_bootstrap a = {.resamples = 4000, .seed = 1}, b = a, c = {.resamples = 4000, .seed = 2};
    assert_int_equal(qm_stat_measure_bootstrap(r, 250, &a), QM_OK);
    assert_int_equal(qm_stat_measure_bootstrap(r, 250, &b), QM_OK);
    assert_int_equal(qm_stat_measure_bootstrap(r, 250, &c), QM_OK);
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(a.sharpe.low != c.sharpe.low); /* the seed is used */
    assert_int_equal(a.block, 6);              /* cube root of 250: 6.3 */
    /* Returns without memory: the Sharpe ratio's error is near sqrt(252 / n) (Lo 2002), 1.0 here,
     * so that the interval is about 3.9 wide and holds the ratio of the sample. */
    double sharpe = qm_stat_sharpe(r, 250);
    assert_true(a.sharpe.low < sharpe && sharpe < a.sharpe.high);
    double width = a.sharpe.high - a.sharpe.low;
    assert_true(width > 3.3 && width < 4.6);
    /* Log growth: n x mean log return, give or take 1.96 x deviation x sqrt(n). */
    double logs[250];
    for (int i = 0; i < 250; i++) {
        logs[i] = log(1 + r[i]);
    }
    double half = 1.96 * qm_stat_deviation(logs, 250) * sqrt(250);
    double low = log(1 + a.total_return.low), high = log(1 + a.total_return.high);
    assert_true(fabs((high - low) / (2 * half) - 1) < 0.15);
    assert_true(fabs((low + high) / 2 - 250 * qm_stat_mean(logs, 250)) < 0.15 * half);
    /* What repeats in runs has wider intervals than its days one by one would give. */
    double slow[250];
    for (int i = 0; i < 250; i++) {
        slow[i] = (i / 10) % 2 ? 0.011 : -0.01;
    }
    qm_stat_bootstrap d = {.resamples = 2000, .seed = 1};
    assert_int_equal(qm_stat_measure_bootstrap(slow, 250, &d), QM_OK);
    assert_true(d.sharpe.high - d.sharpe.low > 1.3 * width);
    qm_stat_bootstrap few = {.resamples = 100, .seed = 1};
    assert_int_equal(qm_stat_measure_bootstrap(r, 19, &few), QM_OK);
    assert_true(isnan(few.sharpe.low) && isnan(few.total_return.high));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_by_hand),
                                       cmocka_unit_test(test_quantile),
                                       cmocka_unit_test(test_relative), cmocka_unit_test(test_irr),
                                       cmocka_unit_test(test_bootstrap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
