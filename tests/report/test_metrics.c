/* SPDX-License-Identifier: MIT
 *
 * Metrics of runs whose curve is known: ten units, bought at 100 with all the money there is, so
 * that equity is ten times the price.
 */
#include "base/calendar.h"
#include "base/mem.h"
#include "base/rng.h"
#include "engine/backtest.h"
#include "engine/context.h"
#include "report/report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Buys after the first bar and, when asked to, sells after the n-th. */
typedef struct holder {
    qm_engine *engine;
    uint32_t index;
    qm_strategy_spec spec;
    qm_instrument_id universe[1];
    int bars, sell_after;
    bool idle;
} holder;

static void attach(void *self, qm_engine *engine, uint32_t index) {
    holder *h = self;
    h->engine = engine;
    h->index = index;
}

static qm_status on_bar(void *self, qm_instrument_id id, const qm_bar *bar, const double *inputs,
                        qm_error *err) {
    holder *h = self;
    const qm_order *out;
    (void)bar, (void)inputs;
    h->bars++;
    if (h->idle || (h->bars != 1 && h->bars != h->sell_after)) {
        return QM_OK;
    }
    qm_order order = {.instrument = id,
                      .side = h->bars == 1 ? QM_BUY : QM_SELL,
                      .type = QM_MARKET,
                      .qty = {10 * QM_DECIMAL_SCALE}};
    return qm_ctx_order(h->engine, h->index, &order, &out, err);
}

static const qm_strategy_ops OPS = {.attach = attach, .on_bar = on_bar, .free = qm_free};

typedef struct stage {
    qm_instruments *instruments;
    qm_replay *replay;
    qm_engine *engine;
    holder *holder;
    qm_date dates[400];
} stage;

/* Each bar opens at the close before it. */
static void make_bars(stage *s, const double *closes, size_t n, qm_bars *bars) {
    qm_session session;
    qm_date date = qm_date_from_ymd(2020, 1, 2);
    qm_bars_init(bars, QM_TF_1D);
    for (size_t i = 0; i < n; i++) {
        qm_bar bar = {0};
        assert_true(qm_calendar_on_or_after(date, &session));
        s->dates[i] = session.date;
        date = session.date + 1;
        qm_bar_place_daily(session.date, &bar);
        bar.x[QM_OPEN] = closes[i ? i - 1 : 0];
        bar.x[QM_CLOSE] = closes[i];
        bar.x[QM_HIGH] = fmax(bar.x[QM_OPEN], closes[i]);
        bar.x[QM_LOW] = fmin(bar.x[QM_OPEN], closes[i]);
        bar.x[QM_VOLUME] = 1000000;
        assert_int_equal(qm_bars_push(bars, &bar), QM_OK);
    }
}

static void run(stage *s, const char *name, const double *closes, size_t n, holder how) {
    qm_error err = {0};
    qm_bars bars;
    uint32_t index;
    qm_sim_config sim = {0};
    *s = (stage){0};
    assert_int_equal(qm_instruments_new(&s->instruments), QM_OK);
    assert_int_equal(qm_replay_new(QM_TF_1D, &s->replay), QM_OK);
    holder *h = s->holder = qm_calloc(1, sizeof *h);
    *h = how;
    assert_int_equal(qm_instruments_intern(s->instruments, "SPY", &h->universe[0]), QM_OK);
    make_bars(s, closes, n, &bars);
    assert_int_equal(qm_replay_take(s->replay, h->universe[0], &bars, NULL, 0), QM_OK);
    h->spec = (qm_strategy_spec){
        .version = 1, .tf = QM_TF_1D, .universe_count = 1, .universe = h->universe};
    snprintf(h->spec.name, sizeof h->spec.name, "%s", name);
    qm_engine_config config = {.mode = QM_MODE_BACKTEST,
                               .instruments = s->instruments,
                               .sim = &sim,
                               .trade_from = QM_TIME_NONE,
                               .base_tf = QM_TF_1D};
    qm_sleeve_config sleeve = {.account = QM_ACCOUNT_MARGIN, .cash = {1000 * QM_DECIMAL_SCALE}};
    qm_backtest_options options = {.from = QM_TIME_NONE, .to = QM_TIME_MAX};
    assert_int_equal(qm_engine_new(&config, &s->engine), QM_OK);
    assert_int_equal(qm_engine_add(s->engine, &OPS, h, &h->spec, &sleeve, &index, &err), QM_OK);
    if (qm_backtest_run(s->engine, s->replay, &options, &err) != QM_OK) {
        fail_msg("%s", err.message);
    }
}

static void close_stage(stage *s) {
    qm_engine_free(s->engine);
    qm_replay_free(s->replay);
    qm_instruments_free(s->instruments);
}

static void assert_near(double value, double wanted) {
    if (!(fabs(value - wanted) <= 1e-12 * fmax(1, fabs(wanted)))) {
        fail_msg("%.17g is not %.17g", value, wanted);
    }
}

static void a_few_days_by_hand(void **state) {
    (void)state;
    static const double closes[] = {100, 100, 110, 99, 120, 125};
    stage s;
    qm_metrics m;
    run(&s, "hand", closes, 6, (holder){.sell_after = 5}); /* out at 120 */
    assert_int_equal(qm_report_metrics(s.engine, 0, &m), QM_OK);
    assert_near(m.total_return, 0.2);
    assert_near(m.max_drawdown, 99.0 / 110 - 1);
    assert_int_equal(m.drawdown_from, s.dates[2]);
    assert_int_equal(m.drawdown_to, s.dates[3]);
    assert_int_equal(m.first, s.dates[0]);
    assert_int_equal(m.last, s.dates[5]);
    assert_int_equal(m.days, 6);
    assert_int_equal(m.trades, 1);
    assert_int_equal(m.wins, 1);
    assert_true(isnan(m.profit_factor)); /* no losses */
    assert_near(qm_total_to_double(m.traded), 2200);
    assert_near(m.break_even_bps, 1e4 * 200 / 2200);
    /* Not from so few days. */
    assert_true(isnan(m.cagr) && isnan(m.volatility) && isnan(m.sharpe));
    close_stage(&s);
}

static void a_loss_alone(void **state) {
    (void)state;
    static const double closes[] = {100, 100, 90, 80, 80};
    stage s;
    qm_metrics m;
    run(&s, "loss", closes, 5, (holder){.sell_after = 3}); /* out at 90 */
    assert_int_equal(qm_report_metrics(s.engine, 0, &m), QM_OK);
    assert_near(m.total_return, -0.1);
    assert_near(m.max_drawdown, -0.1);
    assert_int_equal(m.trades, 1);
    assert_int_equal(m.wins, 0);
    assert_true(m.profit_factor == 0);
    assert_true(m.break_even_bps < 0);
    close_stage(&s);
}

static void money_that_does_nothing(void **state) {
    (void)state;
    double closes[30];
    stage s;
    qm_metrics m;
    for (int i = 0; i < 30; i++) {
        closes[i] = 100 + i;
    }
    run(&s, "idle", closes, 30, (holder){.idle = true});
    assert_int_equal(qm_report_metrics(s.engine, 0, &m), QM_OK);
    assert_true(m.total_return == 0 && m.max_drawdown == 0 && m.volatility == 0);
    assert_true(isnan(m.sharpe)); /* nothing by nothing */
    assert_int_equal(m.drawdown_from, QM_DATE_NONE);
    assert_int_equal(m.trades, 0);
    assert_true(isnan(m.break_even_bps));
    close_stage(&s);
}

/* The formulas of docs/reference/metrics.md, each by itself and in two passes. */
static void a_year_against_the_formulas(void **state) {
    (void)state;
    enum { DAYS = 300 };
    double closes[DAYS] = {100, 100}, mean = 0, squares = 0, peak = 0, worst = 0;
    stage s;
    qm_metrics m;
    qm_rng rng;
    qm_rng_seed(&rng, 21);
    for (int i = 2; i < DAYS; i++) {
        closes[i] = round(100 * closes[i - 1] * exp(0.0005 + 0.01 * qm_rng_normal(&rng))) / 100;
    }
    run(&s, "year", closes, DAYS, (holder){0});
    assert_int_equal(qm_report_metrics(s.engine, 0, &m), QM_OK);
    for (int i = 1; i < DAYS; i++) {
        mean += (closes[i] / closes[i - 1] - 1) / DAYS; /* the first day has none: 0 */
    }
    for (int i = 0; i < DAYS; i++) {
        double r = i ? closes[i] / closes[i - 1] - 1 : 0;
        squares += (r - mean) * (r - mean);
        peak = fmax(peak, closes[i]);
        worst = fmin(worst, closes[i] / peak - 1);
    }
    double deviation = sqrt(squares / (DAYS - 1)), growth = closes[DAYS - 1] / 100;
    double days = s.dates[DAYS - 1] - s.dates[0];
    assert_near(m.total_return, growth - 1);
    assert_near(m.cagr, pow(growth, 365.25 / days) - 1);
    assert_near(m.volatility, deviation * sqrt(252));
    assert_near(m.sharpe, mean / deviation * sqrt(252));
    assert_near(m.max_drawdown, worst);
    close_stage(&s);
}

static void the_daily_curve_is_the_price(void **state) {
    (void)state;
    static const double closes[] = {100, 100, 110, 99};
    stage s;
    qm_daily_vec days = {0};
    run(&s, "curve", closes, 4, (holder){0});
    assert_int_equal(qm_report_daily(s.engine, 0, &days), QM_OK);
    assert_int_equal(days.length, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(days.items[i].date, s.dates[i]);
        assert_near(days.items[i].equity, 10 * closes[i]);
        assert_near(days.items[i].growth, closes[i] / 100);
    }
    assert_near(days.items[3].drawdown, 99.0 / 110 - 1);
    qm_vec_fini(&days);
    close_stage(&s);
}

static size_t count_of(const char *text, const char *part) {
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part)) {
        n++;
    }
    return n;
}

/* Text and page show these figures; names are text there, whatever they hold. */
static void the_reports_show_it(void **state) {
    (void)state;
    static const double closes[] = {100, 100, 110, 99, 120, 125};
    stage s;
    qm_buf text, page;
    qm_report_options options = {.title = "A <run> & more", .costs = "none", .synthetic = true};
    run(&s, "hand", closes, 6, (holder){.sell_after = 5});
    qm_buf_init(&text, 1 << 20);
    qm_buf_init(&page, 1 << 22);
    assert_int_equal(qm_report_text(s.engine, &options, &text), QM_OK);
    assert_non_null(strstr(text.data, "A <run> & more (synthetic prices)"));
    assert_non_null(strstr(text.data, "1,200.00"));
    assert_non_null(strstr(text.data, "+20.00%"));
    assert_non_null(strstr(text.data, "-10.00%"));
    assert_non_null(strstr(text.data, "hand: the profit is gone at 909.1 bps of cost per trade"));
    assert_null(strchr(text.data, '\x1b'));
    assert_int_equal(qm_report_html(s.engine, &options, &page), QM_OK);
    assert_null(strstr(page.data, "<run>"));
    assert_true(count_of(page.data, "A &lt;run&gt; &amp; more") >= 1);
    assert_non_null(strstr(page.data, "1,200.00"));
    assert_true(count_of(page.data, "<svg") >= 1);
    assert_int_equal(count_of(page.data, "<svg"), count_of(page.data, "</svg>"));
    assert_null(strstr(page.data, "nan"));
    assert_int_equal(count_of(page.data, "<script"), 1); /* the filter of the trades */
    assert_null(strstr(page.data, " src="));             /* nothing is loaded from elsewhere */
    assert_null(strstr(page.data, "://"));
    qm_buf_fini(&text);
    qm_buf_fini(&page);
    close_stage(&s);
}

static int nothing_is_left(void **state) {
    (void)state;
    return qm_mem_get_stats().live_blocks != 0;
}

int main(void) {
#define CASE(f) cmocka_unit_test_teardown(f, nothing_is_left)
    const struct CMUnitTest tests[] = {
        CASE(a_few_days_by_hand),           CASE(a_loss_alone),
        CASE(money_that_does_nothing),      CASE(a_year_against_the_formulas),
        CASE(the_daily_curve_is_the_price), CASE(the_reports_show_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
