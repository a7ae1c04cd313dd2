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

/* Every row of the table: batch equals streaming, exact warm-up. */
static void test_table(void **state) {
    (void)state;
    make_bars(12);
    qm_ta_columns columns = {{open, high, low, closes, volume}, N};
    static double out[QM_TA_OUTPUTS_MAX][N];
    for (size_t r = 0; qm_ta_at(r); r++) {
        const qm_ta_info *info = qm_ta_at(r);
        double params[QM_TA_PARAMS_MAX], *outputs[QM_TA_OUTPUTS_MAX];
        qm_ta_defaults(info, params);
        assert_int_equal(qm_ta_check(info, params, NULL), QM_OK);
        assert_ptr_equal(qm_ta_find(info->name), info);
        assert_true(r == 0 || strcmp(qm_ta_at(r - 1)->name, info->name) < 0);
        for (int k = 0; k < info->output_count; k++) {
            outputs[k] = out[k];
        }
        assert_int_equal(qm_ta_batch(info, params, &columns, closes, outputs), QM_OK);
        qm_ta *ta;
        assert_int_equal(qm_ta_new(info, params, &ta), QM_OK);
        for (size_t i = 0; i < N; i++) {
            const double x[] = {open[i], high[i], low[i], closes[i], volume[i]};
            double values[QM_TA_OUTPUTS_MAX];
            qm_ta_step(ta, info->input == QM_TA_SERIES ? x + QM_CLOSE : x, values);
            for (int k = 0; k < info->output_count; k++) {
                assert_true(same(values[k], out[k][i]));
                assert_int_equal(isnan(values[k]), i < info->warmup(params));
            }
        }
        qm_ta_free(ta);
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

static size_t read_column(const char *file, int column, double *out) {
    char path[512], line[512];
    snprintf(path, sizeof path, "%s/tests/vectors/ta/%s.csv", QM_SOURCE_DIR, file);
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t n = 0;
    assert_non_null(fgets(line, sizeof line, f));
    while (fgets(line, sizeof line, f)) {
        char *at = line;
        for (int i = 0; i < column; i++) {
            at = strchr(at, ',') + 1;
        }
        char *end;
        double value = strtod(at, &end);
        out[n++] = end == at ? NAN : value;
    }
    fclose(f);
    return n;
}

/* What TA-Lib gives over the same bars. */
static void test_against_talib(void **state) {
    (void)state;
    static double x[QM_COLUMN_COUNT][N], expected[N], ours[N];
    static const struct {
        const char *file, *name;
        double params[3];
    } cases[] = {{"ATR", "atr", {14, 0, 1}},     {"SMA", "sma", {20}},
                 {"EMA", "ema", {20}},           {"MAX", "highest", {20}},
                 {"MIN", "lowest", {20}},        {"TRANGE", "true_range", {1}},
                 {"NATR", "atr_pct", {14, 0, 1}}};
    size_t n = 0;
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        n = read_column("bars", k + 1, x[k]);
    }
    qm_ta_columns columns = {{x[0], x[1], x[2], x[3], x[4]}, n};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double params[QM_TA_PARAMS_MAX] = {cases[i].params[0], cases[i].params[1],
                                           cases[i].params[2]};
        double *outputs[] = {ours};
        assert_int_equal(read_column(cases[i].file, 1, expected), n);
        assert_int_equal(
            qm_ta_batch(qm_ta_find(cases[i].name), params, &columns, x[QM_CLOSE], outputs), QM_OK);
        for (size_t k = 0; k < n; k++) {
            assert_int_equal(isnan(ours[k]), isnan(expected[k]));
            assert_true(isnan(ours[k]) ||
                        fabs(ours[k] - expected[k]) <= 1e-12 * fabs(expected[k]) + 1e-15);
        }
    }
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
        cmocka_unit_test(test_hand_vector),   cmocka_unit_test(test_forms),
        cmocka_unit_test(test_table),         cmocka_unit_test(test_flat_prices),
        cmocka_unit_test(test_against_talib), cmocka_unit_test(test_bad_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
