/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "base/rng.h"
#include "quantmatrix/option.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { VECTORS = 200 };

/* Each of these takes milliseconds, and ten times as long under a sanitizer. */
#ifdef __SANITIZE_ADDRESS__
#define ROUNDS(n) ((n) / 10)
#else
#define ROUNDS(n) ((n) / 2)
#endif

static double between(qm_rng *rng, double low, double high) {
    return low + (high - low) * qm_rng_double(rng);
}

static qm_option some_option(qm_rng *rng, int i) {
    return (qm_option){100,
                       100 * exp(0.25 * qm_rng_normal(rng)),
                       between(rng, 5, 900),
                       between(rng, 0.001, 0.1),
                       between(rng, 0, 0.1),
                       between(rng, 0.08, 0.9),
                       i & 1 ? QM_CALL : QM_PUT,
                       true};
}

static double price_of(qm_option o) {
    double out[QM_OPTION_OUTPUT_COUNT];
    assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
    return out[QM_OPTION_PRICE];
}

static double european_of(qm_option o) {
    o.american = false;
    return price_of(o);
}

static double intrinsic_of(const qm_option *o) {
    return fmax(0, (double)o->right * (o->spot - o->strike));
}

/* QuantLib's results: its own accuracy is about 2e-9 of the spot. */
static void test_vectors(void **state) {
    (void)state;
    char line[512], right[8];
    int rows = 0;
    FILE *file = fopen(QM_SOURCE_DIR "/tests/vectors/option/american.csv", "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file); rows++) {
        double expected;
        qm_option o = {.american = true};
        assert_int_equal(sscanf(line, "%lf,%lf,%lf,%lf,%lf,%lf,%7[a-z],%lf", &o.spot, &o.strike,
                                &o.days, &o.rate, &o.div, &o.vol, right, &expected),
                         8);
        o.right = strcmp(right, "call") == 0 ? QM_CALL : QM_PUT;
        if (!(fabs(price_of(o) - expected) <= 5e-9 * o.spot)) {
            fail_msg("row %d: %.12g, expected %.12g", rows + 2, price_of(o), expected);
        }
    }
    fclose(file);
    assert_int_equal(rows, VECTORS);
}

/* The tree extrapolated to no step size at all. */
static void test_tree(void **state) {
    (void)state;
    qm_rng rng;
    double worst = 0;
    qm_rng_seed(&rng, 20240301);
    for (int i = 0; i < 60; i++) {
        qm_option o = some_option(&rng, i);
        double coarse, fine;
        assert_int_equal(qm_option_tree(&o, NULL, 601, &coarse, NULL), QM_OK);
        assert_int_equal(qm_option_tree(&o, NULL, 1201, &fine, NULL), QM_OK);
        worst = fmax(worst, fabs(2 * fine - coarse - price_of(o)));
        if (!(fabs(2 * fine - coarse - price_of(o)) <= 2e-3)) {
            fail_msg("S %g K %g days %g r %g q %g vol %g: %.10g, tree %.10g", o.spot, o.strike,
                     o.days, o.rate, o.div, o.vol, price_of(o), 2 * fine - coarse);
        }
        o.american = false;
        assert_int_equal(qm_option_tree(&o, NULL, 1201, &fine, NULL), QM_OK);
        assert_true(fabs(fine - price_of(o)) < 1e-4);
    }
    print_message("the extrapolated tree differs by at most %.2g of a spot of 100\n", worst);
}

/* Not below what is owned anyway, and symmetric: a call is a put with all exchanged. */
static void test_bounds(void **state) {
    (void)state;
    qm_rng rng;
    qm_rng_seed(&rng, 20240302);
    for (int i = 0; i < ROUNDS(400); i++) {
        qm_option o = some_option(&rng, i);
        o.vol = exp(between(&rng, -6, 1.5));
        o.days = exp(between(&rng, -3, 8));
        double price = price_of(o), most = o.right == QM_CALL ? o.spot : o.strike;
        if (!(price >= european_of(o) - 1e-12 * most && price >= intrinsic_of(&o) - 1e-12 * most &&
              price <= most)) {
            fail_msg("S %.17g K %.17g days %.17g r %.17g q %.17g vol %.17g right %d: %.17g", o.spot,
                     o.strike, o.days, o.rate, o.div, o.vol, o.right, price);
        }
        qm_option mirror = o;
        mirror.spot = o.strike, mirror.strike = o.spot, mirror.rate = o.div, mirror.div = o.rate;
        mirror.right = o.right == QM_CALL ? QM_PUT : QM_CALL;
        assert_true(fabs(price_of(mirror) - price) <= 1e-12 * most);
    }
    qm_option call = {100, 110, 200, 0.05, 0, 0.3, QM_CALL, true};
    assert_true(price_of(call) == european_of(call)); /* no dividends: never early */
}

/* The greeks against differences of prices, away from the kink at the boundary. */
static void test_greeks(void **state) {
    (void)state;
    qm_rng rng;
    qm_rng_seed(&rng, 20240303);
    int tried = 0;
    for (int i = 0; i < ROUNDS(150); i++) {
        qm_option o = some_option(&rng, i), a = o, b = o;
        double out[QM_OPTION_OUTPUT_COUNT];
        assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
        if (out[QM_OPTION_PRICE] < 1.02 * intrinsic_of(&o)) {
            continue;
        }
        tried++;
        static const double h = 0.02;
        a.spot += h, b.spot -= h;
        double up = price_of(a), down = price_of(b), here = out[QM_OPTION_PRICE];
        assert_true(fabs((up - down) / (2 * h) - out[QM_OPTION_DELTA]) < 1e-5);
        assert_true(fabs((up - 2 * here + down) / (h * h) - out[QM_OPTION_GAMMA]) < 1e-4);
        a = b = o, a.vol += 1e-4, b.vol -= 1e-4;
        double vega = (price_of(a) - price_of(b)) / 2e-4;
        if (!(fabs(vega - out[QM_OPTION_VEGA]) < 1e-3)) {
            fail_msg("case %d: vega %.10g, by differences %.10g", i, out[QM_OPTION_VEGA], vega);
        }
        a = b = o, a.rate += 1e-4, b.rate -= 1e-4;
        double rho = (price_of(a) - price_of(b)) / 2e-4;
        if (!(fabs(rho - out[QM_OPTION_RHO]) < 1e-2)) {
            fail_msg("case %d: rho %.10g, by differences %.10g", i, out[QM_OPTION_RHO], rho);
        }
        a = b = o, a.days += 0.01, b.days -= 0.01;
        double theta = (price_of(b) - price_of(a)) / 0.02;
        assert_true(fabs(theta - out[QM_OPTION_THETA]) < 1e-5);
        assert_true(isnan(out[QM_OPTION_VANNA]) && isnan(out[QM_OPTION_VOLGA]));
    }
    assert_true(tried > ROUNDS(150) / 3);
}

/* At the boundary the value leaves the intrinsic one smoothly. */
static void test_exercise(void **state) {
    (void)state;
    qm_option o = {60, 100, 365, 0.05, 0, 0.2, QM_PUT, true};
    double out[QM_OPTION_OUTPUT_COUNT];
    assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
    assert_true(out[QM_OPTION_PRICE] == 40 && out[QM_OPTION_DELTA] == -1);
    assert_true(out[QM_OPTION_GAMMA] == 0 && out[QM_OPTION_VEGA] == 0 &&
                out[QM_OPTION_THETA] == 0 && out[QM_OPTION_RHO] == 0);
    double low = 60, high = 100; /* of the spot: exercised, and not */
    for (int i = 0; i < 60; i++) {
        o.spot = 0.5 * (low + high);
        assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
        *(out[QM_OPTION_DELTA] == -1 ? &low : &high) = o.spot;
    }
    o.spot = high * (1 + 1e-6);
    assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
    assert_true(fabs(out[QM_OPTION_DELTA] + 1) < 1e-5);
    double curve = 2 * 0.05 * 100 / (0.2 * 0.2 * high * high); /* Black and Scholes' equation */
    assert_true(fabs(out[QM_OPTION_GAMMA] / curve - 1) < 1e-3);
}

/* Rates and yields on either side of 0 and of each other, volatility down to nothing. */
static void test_regimes(void **state) {
    (void)state;
    static const double rates[] = {-0.03, -0.01, 0, 1e-6, 0.03, 0.05};
    for (int k = 0; k < 6 * 6 * 2; k++) {
        qm_option o = {
            100, 104, 200, rates[k % 6], rates[k / 6 % 6], 0.25, k < 36 ? QM_CALL : QM_PUT, true};
        double tree, out[QM_OPTION_OUTPUT_COUNT];
        assert_int_equal(qm_option_tree(&o, NULL, 801, &tree, NULL), QM_OK);
        assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
        if (!(fabs(tree - out[QM_OPTION_PRICE]) < 3e-3)) {
            fail_msg("r %g q %g right %d: %.10g, tree %.10g", o.rate, o.div, o.right, out[0], tree);
        }
        for (int i = 0; i < QM_OPTION_FIRST_ORDER; i++) {
            assert_true(isfinite(out[i]));
        }
        /* With two boundaries and next to no volatility there is no method, and no number. */
        double rate = o.right == QM_CALL ? o.div : o.rate,
               div = o.right == QM_CALL ? o.rate : o.div;
        qm_error err;
        o.vol = 1e-5;
        qm_status status = qm_option_price(&o, out, &err);
        o.vol = 0;
        if (rate < 0 && div < rate) {
            assert_int_equal(status, QM_ERANGE);
            assert_non_null(strstr(err.message, "no method prices"));
        } else if (status != QM_OK || !(fabs(out[QM_OPTION_PRICE] - price_of(o)) < 1e-2)) {
            fail_msg("r %g q %g right %d: %.10g, without volatility %.10g", o.rate, o.div, o.right,
                     out[QM_OPTION_PRICE], price_of(o));
        }
        o.vol = 0.25, o.days = 0;
        assert_true(fabs(price_of(o) - intrinsic_of(&o)) < 1e-13);
    }
}

static void test_implied(void **state) {
    (void)state;
    qm_rng rng;
    int tried = 0;
    qm_rng_seed(&rng, 20240304);
    for (int i = 0; i < ROUNDS(150); i++) {
        qm_option o = some_option(&rng, i);
        double out[QM_OPTION_OUTPUT_COUNT], vol = 7;
        assert_int_equal(qm_option_price(&o, out, NULL), QM_OK);
        if (out[QM_OPTION_PRICE] <= intrinsic_of(&o) + 1e-3 || out[QM_OPTION_VEGA] < 0.1) {
            continue;
        }
        tried++;
        assert_int_equal(qm_option_implied(&o, out[QM_OPTION_PRICE], &vol, NULL), QM_OK);
        assert_true(fabs(vol - o.vol) < 1e-9);
    }
    assert_true(tried > ROUNDS(150) / 2);
    qm_option o = {100, 120, 100, 0.03, 0.01, 0, QM_PUT, true};
    double vol = 7;
    assert_int_equal(qm_option_implied(&o, 20, &vol, NULL), QM_ENO); /* exercised at once */
    assert_int_equal(qm_option_implied(&o, 19, &vol, NULL), QM_ENO);
    assert_int_equal(qm_option_implied(&o, 120.5, &vol, NULL), QM_ENO);
    assert_true(vol == 7);
}

static void test_dividends(void **state) {
    (void)state;
    const qm_dividend items[] = {{30, 2}, {120, 2}, {400, 50}};
    qm_dividends dividends = {items, 3};
    qm_option o = {100, 95, 180, 0.04, 0, 0.3, QM_CALL, false};
    double spot, tree, early;
    qm_error err;
    assert_int_equal(qm_option_escrowed(&o, &dividends, &spot, NULL), QM_OK);
    double due = 2 * exp(-0.04 * 30 / 365) + 2 * exp(-0.04 * 120 / 365);
    assert_true(fabs(spot - (100 - due)) < 1e-12);
    assert_int_equal(qm_option_tree(&o, &dividends, 2001, &tree, NULL), QM_OK);
    qm_option plain = o;
    plain.spot = spot;
    assert_true(fabs(tree - price_of(plain)) < 1e-4);
    o.american = true;
    assert_int_equal(qm_option_tree(&o, &dividends, 2001, &early, NULL), QM_OK);
    assert_true(early > tree + 1e-3 &&
                early < price_of((qm_option){100, 95, 180, 0.04, 0, 0.3, QM_CALL, false}));
    /* Deep in the money before a large dividend it is exercised now. */
    const qm_dividend large = {5, 30};
    dividends = (qm_dividends){&large, 1};
    o.strike = 50;
    assert_int_equal(qm_option_tree(&o, &dividends, 501, &early, NULL), QM_OK);
    assert_true(early >= 50 && early < 50.1);
    const qm_dividend wrong[] = {{10, -1}, {-1, 2}, {10, NAN}, {10, 101}};
    for (int i = 0; i < 4; i++) {
        dividends.items = wrong + i;
        assert_int_equal(qm_option_tree(&o, &dividends, 501, &early, &err), QM_ERANGE);
    }
    assert_non_null(strstr(err.message, "dividends are worth"));
    assert_int_equal(qm_option_tree(&o, NULL, 2, &early, &err), QM_ERANGE);
    qm_option still = {100, 90, 365, 0.2, 0, 1e-4, QM_CALL, true};
    assert_int_equal(qm_option_tree(&still, NULL, 501, &early, &err), QM_ERANGE);
    qm_option both = {100, 104, 200, -0.01, -0.03, 0.25, QM_PUT, true}; /* the tree prices it */
    qm_mem_fail_from(1);
    assert_int_equal(qm_option_tree(&o, NULL, 501, &early, &err), QM_ENOMEM);
    double out[QM_OPTION_OUTPUT_COUNT];
    assert_int_equal(qm_option_price(&both, out, &err), QM_ENOMEM);
    assert_int_equal(qm_option_implied(&both, 10, &spot, &err), QM_ENOMEM);
    qm_mem_fail_from(0);
    assert_int_equal(qm_option_price(&both, out, &err), QM_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),  cmocka_unit_test(test_tree),
        cmocka_unit_test(test_bounds),   cmocka_unit_test(test_greeks),
        cmocka_unit_test(test_exercise), cmocka_unit_test(test_regimes),
        cmocka_unit_test(test_implied),  cmocka_unit_test(test_dividends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
