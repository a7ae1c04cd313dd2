/* SPDX-License-Identifier: MIT
 *
 * Figures of the papers, a plain second way of computing each, and cases whose answer is known.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "report/overfit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("%.17g, expected %.17g", got, want);
    }
}

/* Moments of n returns whose Sharpe ratio, skewness and kurtosis are these. */
static qm_moments moments_of(int64_t n, double sharpe, double skewness, double kurtosis) {
    double m2 = (double)(n - 1);
    return (qm_moments){n, sharpe, m2, skewness * pow(m2, 1.5) / sqrt((double)n),
                        kurtosis * m2 * m2 / (double)n};
}

static void test_moments(void **state) {
    (void)state;
    static const double values[] = {0.01, -0.02, 0.005, 0.03, -0.011, 0.0, 0.007, -0.004};
    double mean = 0, m2 = 0, m3 = 0, m4 = 0;
    for (int i = 0; i < 8; i++) {
        mean += values[i] / 8;
    }
    for (int i = 0; i < 8; i++) {
        double d = values[i] - mean;
        m2 += d * d;
        m3 += d * d * d;
        m4 += d * d * d * d;
    }
    for (int cut = 0; cut <= 8; cut++) {
        qm_moments a = {0}, b = {0};
        for (int i = 0; i < 8; i++) {
            qm_moments_push(i < cut ? &a : &b, values[i]);
        }
        qm_moments all = qm_moments_merge(a, b);
        assert_int_equal(all.n, 8);
        near(all.mean, mean, 1e-17);
        near(all.m2, m2, 1e-17);
        near(all.m3, m3, 1e-18);
        near(all.m4, m4, 1e-20);
        near(qm_moments_sharpe(&all), mean / sqrt(m2 / 7), 1e-14);
        near(qm_moments_skewness(&all), m3 / 8 / pow(m2 / 8, 1.5), 1e-13);
        near(qm_moments_kurtosis(&all), m4 / 8 / (m2 / 8 * m2 / 8), 1e-13);
    }
}

static void test_no_spread(void **state) {
    (void)state;
    qm_moments same = {0}, one = {0};
    for (int i = 0; i < 1000; i++) {
        qm_moments_push(&same, 0.0001);
    }
    qm_moments_push(&one, 0.5);
    assert_true(isnan(qm_moments_sharpe(&same)));
    assert_true(isnan(qm_moments_sharpe(&one)));
    assert_true(isnan(qm_overfit_deflated(&same, 0)));
}

static void test_quantile(void **state) {
    (void)state;
    near(qm_normal_quantile(0.5), 0, 1e-15);
    near(qm_normal_quantile(0.975), 1.959963984540054, 1e-14);
    near(qm_normal_quantile(0.025), -1.959963984540054, 1e-14);
    near(qm_normal_quantile(1e-10), -6.361340902404056, 1e-13);
    assert_true(isnan(qm_normal_quantile(0)) && isnan(qm_normal_quantile(1)));
}

/* The numerical example of Bailey and Lopez de Prado (2014): 5 years of 250 days, an annual Sharpe
 * ratio of 2.5, the best of 100 whose annual Sharpe ratios have a variance of 1/2. */
static void test_deflated(void **state) {
    (void)state;
    qm_moments m = moments_of(1250, 2.5 / sqrt(250), -3, 10);
    double variance = 0.5 / 250, benchmark = qm_overfit_expected_max(variance, 100);
    near(benchmark, 0.1132, 5e-5);
    near(qm_overfit_deflated(&m, benchmark), 0.9004, 5e-5);
    near(qm_overfit_deflated(&m, qm_overfit_expected_max(variance, 46)), 0.9505, 5e-5);
    qm_moments normal = moments_of(1250, 2.5 / sqrt(250), 0, 3);
    near(qm_overfit_deflated(&normal, qm_overfit_expected_max(variance, 88)), 0.9505, 5e-5);
    assert_true(qm_overfit_expected_max(variance, 1) == 0);
    assert_true(isnan(qm_overfit_expected_max(variance, 0)));
    assert_true(isnan(qm_overfit_expected_max(NAN, 5)));
}

enum { DAYS = QM_PBO_BLOCKS * 5, SETS_MAX = 7 };

static void to_blocks(double returns[][DAYS], size_t sets, qm_block *out) {
    memset(out, 0, sets * QM_PBO_BLOCKS * sizeof *out);
    for (size_t i = 0; i < sets; i++) {
        for (size_t d = 0; d < DAYS; d++) {
            qm_block *b = &out[i * QM_PBO_BLOCKS + d * QM_PBO_BLOCKS / DAYS];
            b->n++;
            b->sum += returns[i][d];
            b->squares += returns[i][d] * returns[i][d];
        }
    }
}

/* The paper's algorithm word by word over the days themselves. */
static double plain_sharpe(const double *returns, unsigned chosen) {
    double sum = 0, squares = 0, n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t d = 0; d < DAYS; d++) {
            if (chosen >> (d * QM_PBO_BLOCKS / DAYS) & 1) {
                n += pass == 0;
                sum += pass == 0 ? returns[d] : 0;
                squares += pass == 1 ? (returns[d] - sum / n) * (returns[d] - sum / n) : 0;
            }
        }
    }
    return sum / n / sqrt(squares / (n - 1));
}

static qm_pbo plain_pbo(double returns[][DAYS], size_t sets) {
    qm_pbo out = {0};
    for (unsigned chosen = 0; chosen < 1U << QM_PBO_BLOCKS; chosen++) {
        if (__builtin_popcount(chosen) != QM_PBO_BLOCKS / 2) {
            continue;
        }
        size_t best = 0, below = 0;
        for (size_t i = 1; i < sets; i++) {
            best =
                plain_sharpe(returns[i], chosen) > plain_sharpe(returns[best], chosen) ? i : best;
        }
        double outside = plain_sharpe(returns[best], ~chosen);
        for (size_t i = 0; i < sets; i++) {
            below += plain_sharpe(returns[i], ~chosen) < outside;
        }
        double rank = (double)(below + 1) / (double)(sets + 1);
        out.probability += rank <= 0.5;
        out.loss += outside < 0;
        out.splits++;
    }
    out.probability /= (double)out.splits;
    out.loss /= (double)out.splits;
    return out;
}

static void test_pbo_by_hand(void **state) {
    (void)state;
    static double returns[SETS_MAX][DAYS];
    static qm_block blocks[SETS_MAX * QM_PBO_BLOCKS];
    qm_rng rng;
    qm_rng_seed(&rng, 11);
    for (size_t sets = 2; sets <= SETS_MAX; sets++) {
        for (size_t i = 0; i < sets; i++) {
            for (size_t d = 0; d < DAYS; d++) {
                returns[i][d] = 0.01 * qm_rng_normal(&rng) + 0.0004 * (double)i;
            }
        }
        qm_pbo got, want = plain_pbo(returns, sets);
        to_blocks(returns, sets, blocks);
        assert_int_equal(qm_overfit_pbo(blocks, sets, &got), QM_OK);
        assert_int_equal(got.splits, QM_PBO_SPLITS);
        near(got.probability, want.probability, 1e-12);
        near(got.loss, want.loss, 1e-12);
    }
}

/* One that is best everywhere; and one whose luck in a half is paid for in the other. */
static void test_pbo_extremes(void **state) {
    (void)state;
    static double returns[SETS_MAX][DAYS];
    static qm_block blocks[SETS_MAX * QM_PBO_BLOCKS];
    qm_pbo got;
    for (size_t d = 0; d < DAYS; d++) {
        double wave = d % 2 ? 0.01 : -0.01;
        returns[0][d] = wave + 0.002;
        returns[1][d] = wave + 0.001;
    }
    to_blocks(returns, 2, blocks);
    assert_int_equal(qm_overfit_pbo(blocks, 2, &got), QM_OK);
    near(got.probability, 0, 0);
    near(got.loss, 0, 0);
    near(got.median_logit, log(2), 1e-12); /* rank 2 of 2: 2/3 */
    for (size_t d = 0; d < DAYS; d++) {
        size_t block = d * QM_PBO_BLOCKS / DAYS;
        double drift = 0.0001 * (double)(1U << block / 2) * (block % 2 ? 1 : -1);
        returns[0][d] = (d % 2 ? 0.01 : -0.01) + drift;
        returns[1][d] = -returns[0][d];
    }
    /* Five days a block and a wave of two would leave a rest in each: make them even. */
    for (size_t d = 0; d < DAYS; d++) {
        if (d % 5 == 4) {
            returns[0][d] = returns[1][d] = 0;
        }
    }
    to_blocks(returns, 2, blocks);
    assert_int_equal(qm_overfit_pbo(blocks, 2, &got), QM_OK);
    assert_true(got.probability > 0.99);
}

static void test_pbo_refuses(void **state) {
    (void)state;
    static qm_block blocks[2 * QM_PBO_BLOCKS];
    qm_pbo got = {.probability = -1};
    for (size_t i = 0; i < 2 * QM_PBO_BLOCKS; i++) {
        blocks[i] = (qm_block){5, 0.01, 0.001};
    }
    assert_int_equal(qm_overfit_pbo(blocks, 1, &got), QM_EINSUFFICIENT);
    blocks[QM_PBO_BLOCKS].n = 6;
    assert_int_equal(qm_overfit_pbo(blocks, 2, &got), QM_EDATA);
    blocks[QM_PBO_BLOCKS].n = 1;
    assert_int_equal(qm_overfit_pbo(blocks, 2, &got), QM_EINSUFFICIENT);
    blocks[QM_PBO_BLOCKS].n = 5;
    qm_mem_fail_from(1);
    assert_int_equal(qm_overfit_pbo(blocks, 2, &got), QM_ENOMEM);
    qm_mem_fail_from(0);
    assert_true(got.probability == -1);
    /* All alike: the first is best, in the middle of a rank shared by two. */
    assert_int_equal(qm_overfit_pbo(blocks, 2, &got), QM_OK);
    near(got.probability, 1, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),     cmocka_unit_test(test_no_spread),
        cmocka_unit_test(test_quantile),    cmocka_unit_test(test_deflated),
        cmocka_unit_test(test_pbo_by_hand), cmocka_unit_test(test_pbo_extremes),
        cmocka_unit_test(test_pbo_refuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
