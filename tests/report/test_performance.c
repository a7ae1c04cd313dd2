/* SPDX-License-Identifier: MIT
 *
 * Metrics, text and page of a small run: drawdowns by hand, a benchmark with gaps, and memory that
 * runs out anywhere.
 */
#include "base/calendar.h"
#include "base/mem.h"
#include "engine/backtest.h"
#include "engine/context.h"
#include "report/performance.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { BARS = 40 };

typedef struct trader {
    qm_engine *engine;
    uint32_t index;
    int bars;
    qm_strategy_spec spec;
    qm_instrument_id universe[1];
} trader;

static void attach(void *self, qm_engine *engine, uint32_t index) {
    trader *t = self;
    t->engine = engine;
    t->index = index;
}

/* Buys at the open of the second bar with all of its money, sells at that of the last. */
static qm_status on_bar(void *self, qm_instrument_id id, const qm_bar *bar, const double *inputs,
                        qm_error *err) {
    trader *t = self;
    const qm_order *out;
    qm_order order = {.instrument = id, .type = QM_MARKET, .qty = {10 * QM_DECIMAL_SCALE}};
    (void)bar, (void)inputs;
    t->bars++;
    order.side = t->bars == 1 ? QM_BUY : QM_SELL;
    return t->bars == 1 || t->bars == BARS - 1
               ? qm_ctx_order(t->engine, t->index, &order, &out, err)
               : QM_OK;
}

static const qm_strategy_ops OPS = {.attach = attach, .on_bar = on_bar, .free = qm_free};

typedef struct stage {
    qm_instruments *instruments;
    qm_replay *replay;
    qm_engine *engine;
    uint32_t index;
    qm_date dates[BARS];
    double closes[BARS];
} stage;

/* 100, up by 1 a day, but down to 80 from day 10 to 12, and to 120 at the end. */
static double close_of(int day) {
    return day >= 10 && day <= 12 ? 80 : day >= BARS - 5 ? 120 : 100 + day;
}

static void open_stage(stage *s) {
    qm_bars bars;
    qm_instrument_id id;
    qm_session session;
    qm_error err = {0};
    qm_date date = qm_date_from_ymd(2024, 1, 2);
    *s = (stage){0};
    qm_bars_init(&bars, QM_TF_1D);
    for (int i = 0; i < BARS; i++) {
        qm_bar bar = {0};
        qm_calendar_on_or_after(date, &session);
        qm_bar_place_daily(session.date, &bar);
        date = session.date + 1;
        double close = close_of(i), open = i ? close_of(i - 1) : 100;
        bar.x[QM_OPEN] = open;
        bar.x[QM_CLOSE] = close;
        bar.x[QM_HIGH] = fmax(open, close);
        bar.x[QM_LOW] = fmin(open, close);
        bar.x[QM_VOLUME] = 1000;
        s->dates[i] = session.date;
        s->closes[i] = close;
        assert_int_equal(qm_bars_push(&bars, &bar), QM_OK);
    }
    assert_int_equal(qm_instruments_new(&s->instruments), QM_OK);
    qm_instruments_intern(s->instruments, "AAA", &id);
    assert_int_equal(qm_replay_new(QM_TF_1D, &s->replay), QM_OK);
    assert_int_equal(qm_replay_take(s->replay, id, &bars, NULL, 0), QM_OK);
    qm_sim_config sim = {0};
    qm_engine_config config = {.instruments = s->instruments,
                               .sim = &sim,
                               .seed = 1,
                               .base_tf = QM_TF_1D,
                               .rates = {true, {350000000}, {150000000}, false}};
    qm_sleeve_config sleeve = {.account = QM_ACCOUNT_CASH, .cash = {1000 * QM_DECIMAL_SCALE}};
    trader *t = qm_calloc(1, sizeof *t);
    t->universe[0] = id;
    t->spec = (qm_strategy_spec){.name = "trader",
                                 .version = 1,
                                 .tf = QM_TF_1D,
                                 .universe_count = 1,
                                 .universe = t->universe};
    assert_int_equal(qm_engine_new(&config, &s->engine), QM_OK);
    assert_int_equal(qm_engine_add(s->engine, &OPS, t, &t->spec, &sleeve, &s->index, &err), QM_OK);
    qm_backtest_options options = {.from = QM_TIME_NONE, .to = QM_TIME_MAX};
    assert_int_equal(qm_backtest_run(s->engine, s->replay, &options, &err), QM_OK);
}

static void close_stage(stage *s) {
    qm_engine_free(s->engine);
    qm_replay_free(s->replay);
    qm_instruments_free(s->instruments);
}

static void test_drawdowns(void **state) {
    (void)state;
    stage s;
    qm_performance p;
    qm_performance_options options = {.resamples = 10, .seed = 1};
    open_stage(&s);
    assert_int_equal(qm_report_performance(s.engine, s.index, &options, &p), QM_OK);
    /* Ten shares of 1,000: equity is ten closes. Peak 109 on day 9, 80 until day 12, 113 on 13. */
    assert_true(fabs(p.base.max_drawdown - (80.0 / 109 - 1)) < 1e-12);
    assert_int_equal(p.base.drawdown_from, s.dates[9]);
    assert_int_equal(p.base.drawdown_to, s.dates[10]);
    assert_int_equal(p.recovered, s.dates[13]);
    assert_int_equal(p.drawdown_days, s.dates[13] - s.dates[9]);
    /* That at the end, 134 to 120, is not so deep but lasts longer: it is not over. */
    assert_int_equal(p.longest_days, s.dates[BARS - 1] - s.dates[BARS - 6]);
    assert_true(p.longest_days > p.drawdown_days);
    close_stage(&s);
}

static void test_benchmark(void **state) {
    (void)state;
    stage s;
    qm_performance p;
    open_stage(&s);
    /* Twice its own closes, without two sessions: the same returns between those that it has. */
    qm_date dates[BARS];
    double closes[BARS];
    size_t n = 0;
    for (int i = 0; i < BARS; i++) {
        if (i != 5 && i != 20) {
            dates[n] = s.dates[i];
            closes[n++] = 2 * s.closes[i];
        }
    }
    qm_benchmark benchmark = {"B", dates, closes, n};
    qm_performance_options options = {.benchmark = &benchmark};
    assert_int_equal(qm_report_performance(s.engine, s.index, &options, &p), QM_OK);
    assert_int_equal(p.versus.sessions, BARS - 2);
    assert_int_equal(p.versus.missing, 2);
    assert_true(fabs(p.versus.relative.beta - 1) < 0.03);
    assert_true(p.versus.relative.correlation > 0.99);
    assert_true(fabs(p.versus.total_return - (120.0 / 100 - 1)) < 1e-12);
    /* None of its days: nothing to compare with. */
    qm_benchmark none = {"B", dates, closes, 0};
    options.benchmark = &none;
    assert_int_equal(qm_report_performance(s.engine, s.index, &options, &p), QM_OK);
    assert_int_equal(p.versus.missing, BARS);
    assert_true(isnan(p.versus.relative.beta) && isnan(p.versus.total_return));
    close_stage(&s);
}

static void test_rolling(void **state) {
    (void)state;
    qm_daily_vec days = {0};
    double growth = 1, out[60], r[60];
    for (int i = 0; i < 60; i++) {
        r[i] = i % 3 ? 0.01 : -0.008;
        growth *= 1 + r[i];
        qm_daily day = {.growth = growth};
        assert_int_equal(qm_vec_push(&days, &day), QM_OK);
    }
    qm_rolling_sharpe(&days, 25, out);
    for (size_t i = 0; i < 60; i++) {
        if (i < 24) {
            assert_true(isnan(out[i]));
        } else {
            assert_true(fabs(out[i] - qm_stat_sharpe(r + i - 24, 25)) < 1e-8);
        }
    }
    qm_vec_fini(&days);
}

static qm_status make_all(stage *s, const qm_report_options *options) {
    qm_buf text, page;
    qm_buf_init(&text, 1 << 20);
    qm_buf_init(&page, 1 << 20);
    qm_status status = qm_report_text(s->engine, options, &text);
    status = status == QM_OK ? qm_report_html(s->engine, options, &page) : status;
    qm_buf_fini(&text);
    qm_buf_fini(&page);
    return status;
}

/* Memory that runs out anywhere is an error, and nothing is lost. */
static void test_out_of_memory(void **state) {
    (void)state;
    stage s;
    qm_status status = QM_ENOMEM;
    open_stage(&s);
    qm_benchmark benchmark = {"B", s.dates, s.closes, BARS};
    qm_report_fact fact = {"Seal", "0123"};
    qm_report_options options = {.benchmark = &benchmark, .facts = &fact, .fact_count = 1};
    assert_int_equal(make_all(&s, &options), QM_OK); /* series that are made when asked for stay */
    uint64_t before = qm_mem_get_stats().live_blocks;
    for (uint64_t n = 1; status != QM_OK; n++) {
        qm_mem_fail_from(n);
        status = make_all(&s, &options);
        int struck = qm_mem_fault_struck();
        qm_mem_fail_from(0);
        assert_int_equal(status == QM_OK, !struck);
        assert_int_equal(qm_mem_get_stats().live_blocks, before);
    }
    close_stage(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drawdowns), cmocka_unit_test(test_benchmark),
        cmocka_unit_test(test_rolling), cmocka_unit_test(test_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
