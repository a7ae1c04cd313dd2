/* SPDX-License-Identifier: MIT
 *
 * What holds for every row of both tables, over random bars, with random parameters.
 */
#include "base/mem.h"
#include "market.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ROUNDS = 12 };

static const qm_ta_info *row_at(size_t i) {
    size_t own = 0;
    while (qm_ta_at(own)) {
        own++;
    }
    return i < own ? qm_ta_at(i) : qm_talib_at(i - own);
}

/* Mostly short periods, so that much is defined. */
static void random_params(const qm_ta_info *info, qm_rng *rng, double *params) {
    for (int i = 0; i < info->param_count; i++) {
        const qm_ta_param *p = &info->params[i];
        double most = fmin(p->max, p->min + (p->choices ? p->max : 30));
        params[i] = p->whole ? (double)qm_rng_range(rng, (int64_t)p->min, (int64_t)most)
                             : p->min + (fmin(p->max, 4) - p->min) * qm_rng_double(rng);
    }
    if (strcmp(info->name, "vwap_anchored") == 0) { /* its warm-up is for the anchor 0 */
        params[0] = 0;
    }
}

#define HOLDS(condition, info, params, i)                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            complain(#condition, info, params, i);                                                 \
        }                                                                                          \
    } while (0)

static void complain(const char *what, const qm_ta_info *info, const double *params, size_t i) {
    print_error("%s(", info->name);
    for (int k = 0; k < info->param_count; k++) {
        print_error("%s%.17g", k ? ", " : "", params[k]);
    }
    print_error(") at %zu: not %s\n", i, what);
    fail();
}

/* The batch form over the first few bars, without some of the outputs: as over all of them. */
static void check_few(const market *m, const qm_ta_info *info, const double *params, size_t from,
                      outputs out, qm_rng *rng) {
    static double few[QM_TA_OUTPUTS_MAX][BARS];
    double *at[QM_TA_OUTPUTS_MAX];
    qm_ta_columns head = market_columns(m, from);
    head.n = (size_t)qm_rng_range(rng, 0, 40);
    for (int k = 0; k < QM_TA_OUTPUTS_MAX; k++) {
        at[k] = qm_rng_range(rng, 0, 3) ? few[k] : NULL;
    }
    assert_int_equal(qm_ta_batch(info, params, &head, head.column[QM_CLOSE], at), QM_OK);
    for (int k = 0; k < info->output_count; k++) {
        for (size_t i = 0; at[k] && i < head.n; i++) {
            HOLDS(same(few[k][i], out[k][i]), info, params, i);
        }
    }
}

/* A stream whose state is copied as bytes at random bars goes on with the bits of the batch form,
 * which does not depend on where in the file it begins; it is defined from the warm-up on. */
static void check_forms(const market *m, const qm_ta_info *info, const double *params,
                        qm_rng *rng) {
    static outputs out;
    size_t from = (size_t)qm_rng_range(rng, 0, 300), first = info->warmup(params);
    size_t size = info->state_size(params);
    assert_int_equal(market_batch(m, info, params, from, out), QM_OK);
    check_few(m, info, params, from, out, rng);
    void *state = malloc(size ? size : 1), *other = malloc(size ? size : 1);
    assert_true(state && other);
    memset(state, 0xFF, size); /* init has to set all that it reads */
    info->init(state, params);
    for (size_t i = 0; from + i < m->n; i++) {
        double x[QM_TA_X_COUNT], values[QM_TA_OUTPUTS_MAX];
        if (qm_rng_range(rng, 0, 49) == 0) {
            memcpy(other, state, size);
            memset(state, 0x5A, size);
            void *swap = state;
            state = other;
            other = swap;
        }
        market_bar(m, info, from + i, x);
        info->step(state, x, values);
        for (int k = 0; k < info->output_count; k++) {
            HOLDS(same(values[k], out[k][i]), info, params, i);
            HOLDS(isnan(values[k]) == (i < first), info, params, i);
            HOLDS(i < first || isfinite(values[k]), info, params, i);
        }
    }
    free(state);
    free(other);
}

static void test_forms(void **unused) {
    (void)unused;
    static market m;
    qm_rng rng;
    qm_rng_seed(&rng, market_seed());
    for (int round = 0; round < ROUNDS; round++) {
        market_make(&m, &rng);
        for (size_t r = 0; row_at(r); r++) {
            double params[QM_TA_PARAMS_MAX];
            const qm_ta_info *info = row_at(r);
            if (round == 0) {
                qm_ta_defaults(info, params);
            } else {
                random_params(info, &rng, params);
            }
            assert_int_equal(qm_ta_check(info, params, NULL), QM_OK);
            check_forms(&m, info, params, &rng);
        }
    }
}

/* A value that is not finite, in a column that the row reads, is a break: undefined there, as ever
 * before, and behind it as if the series began there. What a row does not read does not matter. */
static void check_break(const market *m, const qm_ta_info *info, const double *params,
                        qm_rng *rng) {
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    static outputs whole, behind, broken;
    static market copy;
    size_t at = (size_t)qm_rng_range(rng, 100, BARS - 101);
    const char *uses = info->input == QM_TA_SERIES ? "c" : info->uses;
    size_t which = (size_t)qm_rng_range(rng, 0, (int64_t)strlen(uses) - 1);
    copy = *m;
    for (int k = 0; k < QM_TA_X_COUNT; k++) {
        for (size_t i = 0; !strchr(uses, "ohlcvs"[k]) && i < BARS; i++) {
            copy.x[k][i] = NAN;
        }
    }
    copy.x[strchr("ohlcvs", uses[which]) - "ohlcvs"][at] = bad[qm_rng_range(rng, 0, 2)];
    assert_int_equal(market_batch(m, info, params, 0, whole), QM_OK);
    assert_int_equal(market_batch(m, info, params, at + 1, behind), QM_OK);
    assert_int_equal(market_batch(&copy, info, params, 0, broken), QM_OK);
    for (int k = 0; k < info->output_count; k++) {
        for (size_t i = 0; i < BARS; i++) {
            double want = i < at ? whole[k][i] : i == at ? NAN : behind[k][i - at - 1];
            HOLDS(same(broken[k][i], want), info, params, i);
        }
    }
}

static void test_breaks(void **unused) {
    (void)unused;
    static market m;
    qm_rng rng;
    qm_rng_seed(&rng, market_seed());
    for (int round = 0; round < ROUNDS; round++) {
        market_make(&m, &rng);
        for (size_t r = 0; row_at(r); r++) {
            double params[QM_TA_PARAMS_MAX];
            random_params(row_at(r), &rng, params);
            check_break(&m, row_at(r), params, &rng);
        }
    }
}

/* Nothing moves, nothing trades: still numbers, and ours take no side. */
static void test_standing_market(void **unused) {
    (void)unused;
    static market m;
    static outputs out;
    static const struct {
        const char *name;
        double value;
    } middles[] = {{"rsi", 50},     {"stoch", 50},  {"stoch_fast", 50},    {"stoch_rsi", 50},
                   {"mfi", 50},     {"cmo", 0},     {"williams_r", -50},   {"ultosc", 50},
                   {"cci", 0},      {"bop", 0},     {"bb_percent_b", 0.5}, {"zscore", 0},
                   {"stddev", 0},   {"atr", 0},     {"hv_yang_zhang", 0},  {"cmf", 0},
                   {"vwma", 33.33}, {"vwap", 33.33}};
    m.n = BARS;
    for (size_t i = 0; i < BARS; i++) {
        for (int k = 0; k < QM_TA_X_COUNT; k++) {
            m.x[k][i] = k == QM_VOLUME ? 0 : k == QM_SESSION ? FIRST_DAY + (double)i : 33.33;
        }
    }
    size_t found = 0;
    for (size_t r = 0; row_at(r); r++) {
        const qm_ta_info *info = row_at(r);
        double params[QM_TA_PARAMS_MAX];
        qm_ta_defaults(info, params);
        assert_int_equal(market_batch(&m, info, params, 0, out), QM_OK);
        for (size_t i = info->warmup(params); i < BARS; i++) {
            for (int k = 0; k < info->output_count; k++) {
                HOLDS(isfinite(out[k][i]), info, params, i);
            }
        }
        for (size_t i = 0; i < sizeof middles / sizeof *middles; i++) {
            if (strcmp(middles[i].name, info->name) == 0) {
                HOLDS(fabs(out[0][BARS - 1] - middles[i].value) < 1e-12, info, params, BARS - 1);
                found++;
            }
        }
    }
    assert_int_equal(found, sizeof middles / sizeof *middles);
}

static void refuse(const qm_ta_info *info, int index, double value) {
    double params[QM_TA_PARAMS_MAX];
    qm_error err = {0};
    qm_ta_defaults(info, params);
    params[index] = value;
    HOLDS(qm_ta_check(info, params, &err) == QM_ERANGE, info, params, (size_t)index);
    assert_non_null(strstr(err.message, info->name));
    assert_non_null(strstr(err.message, info->params[index].name));
}

/* The limits are allowed, what lies beyond them is refused by name. */
static void test_ranges(void **unused) {
    (void)unused;
    for (size_t r = 0; row_at(r); r++) {
        const qm_ta_info *info = row_at(r);
        for (int i = 0; i < info->param_count; i++) {
            const qm_ta_param *p = &info->params[i];
            double params[QM_TA_PARAMS_MAX];
            qm_ta_defaults(info, params);
            for (int end = 0; end < 2; end++) {
                params[i] = end ? p->max : p->min;
                HOLDS(qm_ta_check(info, params, NULL) == QM_OK, info, params, (size_t)i);
            }
            refuse(info, i, nextafter(p->min, -INFINITY));
            refuse(info, i, nextafter(p->max, INFINITY));
            refuse(info, i, NAN);
            refuse(info, i, INFINITY);
            if (p->whole) {
                refuse(info, i, p->fallback + 0.5);
            }
        }
    }
}

/* Names in order and unique, and what bindings and docs need is there. */
static void test_rows(void **unused) {
    (void)unused;
    size_t own = 0, libs = 0;
    for (const qm_ta_info *info; (info = qm_ta_at(own)); own++) {
        assert_ptr_equal(qm_ta_find(info->name), info);
        assert_true(own == 0 || strcmp(qm_ta_at(own - 1)->name, info->name) < 0);
        assert_true(info->title && info->group && info->source);
        if (info->talib) {
            assert_non_null(qm_talib_find(info->talib));
        }
    }
    for (const qm_ta_info *info; (info = qm_talib_at(libs)); libs++) {
        assert_ptr_equal(qm_talib_find(info->name), info);
        assert_true(libs == 0 || strcmp(qm_talib_at(libs - 1)->name, info->name) < 0);
    }
    assert_true(own >= 60);
    assert_int_equal(libs, 58);
    for (size_t r = 0; row_at(r); r++) {
        const qm_ta_info *info = row_at(r);
        assert_true(info->param_count <= QM_TA_PARAMS_MAX);
        assert_true(info->output_count > 0 && info->output_count <= QM_TA_OUTPUTS_MAX);
        assert_true(info->input == QM_TA_SERIES ? !info->uses : *info->uses != 0);
        for (int i = 0; i < info->param_count; i++) {
            assert_int_equal(qm_ta_param_index(info, info->params[i].name), i);
            assert_non_null(info->params[i].help);
        }
        for (int i = 0; i < info->output_count; i++) {
            assert_int_equal(qm_ta_output_index(info, info->outputs[i]), i);
        }
    }
    assert_null(qm_ta_find("RSI"));
    assert_null(qm_talib_find("rsi"));
    assert_null(qm_ta_at(own));
    assert_null(qm_talib_at(libs));
}

static void test_out_of_memory(void **unused) {
    (void)unused;
    static market m;
    static outputs out;
    qm_rng rng;
    qm_rng_seed(&rng, 1);
    market_make(&m, &rng);
    for (size_t r = 0; row_at(r); r++) {
        double params[QM_TA_PARAMS_MAX];
        qm_ta *ta = NULL;
        qm_ta_defaults(row_at(r), params);
        qm_mem_fail_from(1);
        qm_status made = qm_ta_new(row_at(r), params, &ta);
        qm_status ran = row_at(r)->batch ? QM_ENOMEM : market_batch(&m, row_at(r), params, 0, out);
        qm_mem_fail_from(0);
        assert_int_equal(made, QM_ENOMEM);
        assert_int_equal(ran, QM_ENOMEM);
        assert_null(ta);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_breaks),
        cmocka_unit_test(test_standing_market),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
