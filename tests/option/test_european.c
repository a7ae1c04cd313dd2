/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "quantmatrix/option.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 20011, VECTORS = 400 }; /* N: no multiple of any block */

static double columns[6][N], outputs[QM_OPTION_OUTPUT_COUNT][N], vol_back[N];
static signed char rights[N];
static double *const wanted[] = {outputs[0], outputs[1], outputs[2], outputs[3], outputs[4],
                                 outputs[5], outputs[6], outputs[7], outputs[8]};
static const qm_option_columns all = {.n = N,
                                      .spot = columns[0],
                                      .strike = columns[1],
                                      .days = columns[2],
                                      .rate = columns[3],
                                      .div = columns[4],
                                      .vol = columns[5],
                                      .right = rights};

static double between(qm_rng *rng, double low, double high) {
    return low + (high - low) * qm_rng_double(rng);
}

/* Spots over 7 decades, minutes to years, volatilities from 0.5% to 700%. */
static void fill(uint64_t seed) {
    qm_rng rng;
    if (seed > 1) {
        print_message("seed %llu\n", (unsigned long long)seed);
    }
    qm_rng_seed(&rng, seed);
    for (int i = 0; i < N; i++) {
        columns[0][i] = exp(between(&rng, -3, 10));
        columns[1][i] = columns[0][i] * exp(0.5 * qm_rng_normal(&rng));
        columns[2][i] = exp(between(&rng, -6, 7.5));
        columns[3][i] = between(&rng, -0.03, 0.15);
        columns[4][i] = between(&rng, -0.02, 0.12);
        columns[5][i] = exp(between(&rng, -5.3, 2));
        rights[i] = qm_rng_next(&rng) & 1 ? QM_CALL : QM_PUT;
    }
}

static qm_option option_at(size_t i) {
    return (qm_option){columns[0][i], columns[1][i], columns[2][i],       columns[3][i],
                       columns[4][i], columns[5][i], (qm_right)rights[i], false};
}

static qm_option plain(qm_right right) {
    return (qm_option){100, 110, 90, 0.05, 0.01, 0.2, right, false};
}

static double price_of(qm_option o) {
    double out[QM_OPTION_OUTPUT_COUNT];
    assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
    return out[QM_OPTION_PRICE];
}

static double output_of(qm_option o, qm_option_output which) {
    double out[QM_OPTION_OUTPUT_COUNT];
    assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
    return out[which];
}

/* QuantLib's results, within 1e-9. */
static void test_vectors(void **state) {
    (void)state;
    char line[512], right[8];
    int rows = 0;
    FILE *file = fopen(QM_SOURCE_DIR "/tests/vectors/option/european.csv", "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file); rows++) {
        double e[6], out[QM_OPTION_OUTPUT_COUNT];
        qm_option o = {0};
        assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%7[a-z],%lf,%lf,%lf,%lf,%lf,%lf",
                                &o.spot, &o.strike, &o.days, &o.rate, &o.div, &o.vol, right, e,
                                e + 1, e + 2, e + 3, e + 4, e + 5),
                         13);
        o.right = strcmp(right, "call") == 0 ? QM_CALL : QM_PUT;
        assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
        for (int k = 0; k < 6; k++) {
            if (!(fabs(out[k] - e[k]) <= 1e-9)) {
                fail_msg("row %d, %s: %.17g, expected %.17g", rows + 2,
                         qm_option_output_name((qm_option_output)k), out[k], e[k]);
            }
        }
    }
    fclose(file);
    assert_int_equal(rows, VECTORS);
}

/* The columns, in one piece and in pieces, and one option alone: the same bits. */
static void test_forms(void **state) {
    (void)state;
    static double piece[QM_OPTION_OUTPUT_COUNT][N];
    fill(20240102);
    qm_option_price_columns(&all, wanted);
    for (size_t from = 0, n = 1; from < N; from += n, n = n % 37 + 1) {
        n = from + n > N ? N - from : n;
        qm_option_columns part = {n,
                                  columns[0] + from,
                                  columns[1] + from,
                                  columns[2] + from,
                                  columns[3] + from,
                                  columns[4] + from,
                                  columns[5] + from,
                                  rights + from};
        double *out[QM_OPTION_OUTPUT_COUNT];
        for (int k = 0; k < QM_OPTION_OUTPUT_COUNT; k++) {
            out[k] = k == QM_OPTION_GAMMA ? NULL : piece[k] + from;
        }
        qm_option_price_columns(&part, out);
    }
    for (size_t i = 0; i < N; i++) {
        qm_option o = option_at(i);
        double out[QM_OPTION_OUTPUT_COUNT];
        assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
        for (int k = 0; k < QM_OPTION_OUTPUT_COUNT; k++) {
            assert_memory_equal(&out[k], &outputs[k][i], sizeof(double));
            assert_true(k == QM_OPTION_GAMMA || memcmp(&out[k], &piece[k][i], 8) == 0);
        }
    }
    qm_option_implied_columns(&all, outputs[QM_OPTION_PRICE], vol_back);
    for (size_t i = 0; i < N; i++) {
        qm_option o = option_at(i);
        double vol = NAN;
        qm_status status = qm_option_implied(&o, outputs[QM_OPTION_PRICE][i], &vol, NULL);
        assert_int_equal(status, isnan(vol_back[i]) ? QM_ENO : QM_OK);
        assert_true(status == QM_ENO || memcmp(&vol, &vol_back[i], sizeof vol) == 0);
    }
}

/* Call less put is the forward, and a price lies between its intrinsic value and its limit. */
static void test_parity_and_bounds(void **state) {
    (void)state;
    fill(20240103);
    for (size_t i = 0; i < N; i++) {
        qm_option o = option_at(i), put = o;
        double years = o.days / 365;
        double spot = o.spot * exp(-o.div * years), strike = o.strike * exp(-o.rate * years);
        double most = spot > strike ? spot : strike;
        o.right = QM_CALL;
        put.right = QM_PUT;
        double call_price = price_of(o), put_price = price_of(put);
        assert_true(fabs(call_price - put_price - (spot - strike)) <= 1e-14 * most);
        assert_true(call_price >= fmax(spot - strike, 0) - 1e-14 * most);
        assert_true(put_price >= fmax(strike - spot, 0) - 1e-14 * most);
        assert_true(call_price <= spot * (1 + 1e-14) && put_price <= strike * (1 + 1e-14));
    }
}

typedef struct slope {
    qm_option_output greek, of;
    double *(*field)(qm_option *o);
    double scale;
} slope;

static double *spot_of(qm_option *o) {
    return &o->spot;
}
static double *vol_of(qm_option *o) {
    return &o->vol;
}
static double *days_of(qm_option *o) {
    return &o->days;
}
static double *rate_of(qm_option *o) {
    return &o->rate;
}

/* Every greek is the derivative that it claims to be: central differences of fourth order. */
static void test_greeks(void **state) {
    (void)state;
    static const slope slopes[] = {
        {QM_OPTION_DELTA, QM_OPTION_PRICE, spot_of, 1},
        {QM_OPTION_GAMMA, QM_OPTION_DELTA, spot_of, 1},
        {QM_OPTION_VEGA, QM_OPTION_PRICE, vol_of, 1},
        {QM_OPTION_THETA, QM_OPTION_PRICE, days_of, -1},
        {QM_OPTION_RHO, QM_OPTION_PRICE, rate_of, 1},
        {QM_OPTION_VANNA, QM_OPTION_DELTA, vol_of, 1},
        {QM_OPTION_CHARM, QM_OPTION_DELTA, days_of, -1},
        {QM_OPTION_VOLGA, QM_OPTION_VEGA, vol_of, 1},
    };
    qm_rng rng;
    qm_rng_seed(&rng, 20240104);
    for (int i = 0; i < 2000; i++) {
        qm_option o = {100,
                       between(&rng, 60, 160),
                       between(&rng, 20, 900),
                       between(&rng, -0.02, 0.1),
                       between(&rng, -0.02, 0.1),
                       between(&rng, 0.1, 0.9),
                       i & 1 ? QM_CALL : QM_PUT,
                       false};
        for (size_t k = 0; k < sizeof slopes / sizeof slopes[0]; k++) {
            const slope *s = &slopes[k];
            double at[4], step = s->field == rate_of ? 1e-3 : 1e-3 * *s->field(&o);
            for (int j = 0; j < 4; j++) {
                qm_option moved = o;
                *s->field(&moved) += step * (j < 2 ? j - 2 : j - 1);
                at[j] = output_of(moved, s->of);
            }
            double by = s->scale * (8 * (at[2] - at[1]) - (at[3] - at[0])) / (12 * step);
            double ours = output_of(o, s->greek);
            if (!(fabs(by - ours) <= 1e-7 * (1 + fabs(ours)))) {
                fail_msg("case %d, %s: %.12g, by differences %.12g", i,
                         qm_option_output_name(s->greek), ours, by);
            }
        }
    }
}

/* The promise: max(1e-10, 8 ulp(price) / (vega vol)) where the time value is above 1e-6. */
static void test_implied(void **state) {
    (void)state;
    size_t tried = 0;
    double worst = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        fill(20240200 + seed);
        qm_option_price_columns(&all, wanted);
        qm_option_implied_columns(&all, outputs[QM_OPTION_PRICE], vol_back);
        for (size_t i = 0; i < N; i++) {
            qm_option o = option_at(i), other = o;
            other.right = o.right == QM_CALL ? QM_PUT : QM_CALL;
            double price = outputs[QM_OPTION_PRICE][i], pair = price_of(other);
            if (fmin(price, pair) <= 1e-6) {
                continue;
            }
            double ulp = nextafter(price, INFINITY) - price, vega = outputs[QM_OPTION_VEGA][i];
            double allowed = fmax(1e-10, 8 * ulp / (vega * o.vol));
            double error = fabs(vol_back[i] / o.vol - 1) / allowed;
            tried++;
            worst = fmax(worst, error);
            if (!(error <= 1)) {
                fail_msg("S %.17g K %.17g days %.17g r %.17g q %.17g vol %.17g right %d: %.17g",
                         o.spot, o.strike, o.days, o.rate, o.div, o.vol, o.right, vol_back[i]);
            }
        }
    }
    print_message("%zu options had time value; the worst error is %.2g of what is allowed\n", tried,
                  worst);
    assert_true(tried > N);
}

/* Far out, where only a few digits of the volatility remain in the price, it still gives the price.
 */
static void test_implied_far_out(void **state) {
    (void)state;
    for (double strike = 100; strike < 1e6; strike *= 1.7) {
        for (double price = 1e-6; price > 1e-290; price *= 1e-7) {
            qm_option o = {100, strike, 30, 0, 0, 0, QM_CALL, false};
            assert_int_equal(qm_option_implied(&o, price, &o.vol, NULL), QM_OK);
            assert_true(fabs(price_of(o) / price - 1) < 1e-9);
        }
    }
}

static void test_no_solution(void **state) {
    (void)state;
    qm_option call = {100, 80, 30, 0, 0, 0, QM_CALL, false}, put = call;
    double vol = 7;
    qm_error err;
    put.right = QM_PUT;
    const double call_prices[] = {0, 19.99, 20, 100, 100.01, 1e9};
    for (size_t i = 0; i < sizeof call_prices / sizeof call_prices[0]; i++) {
        assert_int_equal(qm_option_implied(&call, call_prices[i], &vol, &err), QM_ENO);
    }
    const double put_prices[] = {0, 80, 81};
    for (size_t i = 0; i < sizeof put_prices / sizeof put_prices[0]; i++) {
        assert_int_equal(qm_option_implied(&put, put_prices[i], &vol, &err), QM_ENO);
    }
    call.days = 0;
    assert_int_equal(qm_option_implied(&call, 21, &vol, &err), QM_ENO);
    assert_true(vol == 7);
    call.days = 30;
    assert_int_equal(qm_option_implied(&call, 1e-310, &vol, &err), QM_ENO);
    assert_int_equal(qm_option_implied(&call, nextafter(20, 21), &vol, &err), QM_OK);
    assert_int_equal(qm_option_implied(&call, nextafter(100, 0), &vol, &err), QM_OK);
    assert_int_equal(qm_option_implied(&call, NAN, &vol, &err), QM_ERANGE);
    assert_int_equal(qm_option_implied(&call, -1, &vol, &err), QM_ERANGE);
    assert_non_null(strstr(err.message, "price is -1"));
}

/* Without variance an option is worth its forward's intrinsic value. */
static void test_no_variance(void **state) {
    (void)state;
    double out[QM_OPTION_OUTPUT_COUNT];
    for (int k = 0; k < 4; k++) {
        qm_option o = plain(k & 1 ? QM_CALL : QM_PUT);
        *(k & 2 ? &o.days : &o.vol) = 0;
        assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
        double years = o.days / 365, strike = 110 * exp(-0.05 * years);
        double spot = 100 * exp(-0.01 * years);
        assert_true(fabs(out[QM_OPTION_PRICE] - (k & 1 ? 0 : strike - spot)) < 1e-13);
        assert_true(fabs(out[QM_OPTION_DELTA] - (k & 1 ? 0 : -spot / 100)) < 1e-15);
        assert_true(out[QM_OPTION_GAMMA] == 0 && out[QM_OPTION_VEGA] == 0);
        double theta = k & 1 ? 0 : (0.05 * strike - 0.01 * spot) / 365;
        assert_true(fabs(out[QM_OPTION_THETA] - theta) < 1e-15);
        assert_true(out[QM_OPTION_VANNA] == 0 && out[QM_OPTION_VOLGA] == 0);
    }
    /* At the strike itself delta is the mean of both sides, gamma has no finite value. */
    qm_option o = {100, 100, 0, 0.05, 0, 0.2, QM_CALL, false};
    assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
    assert_true(out[QM_OPTION_PRICE] == 0 && fabs(out[QM_OPTION_DELTA] - 0.5) < 1e-15);
    assert_true(isinf(out[QM_OPTION_GAMMA]) && isinf(out[QM_OPTION_THETA]));
}

static void test_bad_input(void **state) {
    (void)state;
    static const struct {
        qm_option option;
        const char *text;
    } cases[] = {
        {{0, 110, 90, 0.05, 0.01, 0.2, QM_CALL}, "spot is 0"},
        {{-5, 110, 90, 0.05, 0.01, 0.2, QM_CALL}, "spot is -5"},
        {{NAN, 110, 90, 0.05, 0.01, 0.2, QM_CALL}, "spot is nan"},
        {{100, 0, 90, 0.05, 0.01, 0.2, QM_CALL}, "strike is 0"},
        {{100, INFINITY, 90, 0.05, 0.01, 0.2, QM_CALL}, "strike is inf"},
        {{100, 110, -1, 0.05, 0.01, 0.2, QM_CALL}, "days is -1"},
        {{100, 110, 90, NAN, 0.01, 0.2, QM_CALL}, "rate is nan"},
        {{100, 110, 365, 601, 0.01, 0.2, QM_CALL}, "rate is 601"},
        {{100, 110, 90, 0.05, INFINITY, 0.2, QM_CALL}, "div is inf"},
        {{100, 110, 90, 0.05, 0.01, -0.2, QM_CALL}, "vol is -0.2"},
        {{100, 110, 90, 0.05, 0.01, NAN, QM_CALL}, "vol is nan"},
        {{100, 110, 90, 0.05, 0.01, 0.2, (qm_right)0}, "right is 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        qm_option o = cases[i].option;
        double out[QM_OPTION_OUTPUT_COUNT] = {7};
        qm_error err;
        assert_int_equal(qm_option_price(&o, out, &err), QM_ERANGE);
        assert_non_null(strstr(err.message, cases[i].text));
        assert_true(out[0] == 7);
        /* Between good ones in a column it spoils only itself. */
        fill(1);
        columns[0][5] = o.spot, columns[1][5] = o.strike, columns[2][5] = o.days;
        columns[3][5] = o.rate, columns[4][5] = o.div, columns[5][5] = o.vol;
        rights[5] = (signed char)o.right;
        qm_option_price_columns(&all, wanted);
        for (int k = 0; k < QM_OPTION_OUTPUT_COUNT; k++) {
            assert_true(isnan(outputs[k][5]));
            assert_false(isnan(outputs[k][4]) || isnan(outputs[k][6]));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),           cmocka_unit_test(test_forms),
        cmocka_unit_test(test_parity_and_bounds), cmocka_unit_test(test_greeks),
        cmocka_unit_test(test_implied),           cmocka_unit_test(test_implied_far_out),
        cmocka_unit_test(test_no_solution),       cmocka_unit_test(test_no_variance),
        cmocka_unit_test(test_bad_input),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
