/* SPDX-License-Identifier: MIT
 *
 * docs/reference/fills.md, a row for each sentence: one order, one bar, what comes of it.
 */
#include "base/calendar.h"
#include "broker/sim/sim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct answer {
    qm_decimal held; /* what a sell may fill */
    int fills, expired, cancelled, rejected, adjusted, triggered;
    qm_broker_event last; /* fill or adjustment */
} answer;

static void on_event(void *data, const qm_broker_event *event) {
    answer *a = data;
    a->fills += event->kind == QM_BROKER_FILL;
    a->expired += event->kind == QM_BROKER_EXPIRED;
    a->cancelled += event->kind == QM_BROKER_CANCELLED;
    a->rejected += event->kind == QM_BROKER_REJECTED;
    a->adjusted += event->kind == QM_BROKER_ADJUSTED;
    a->triggered += event->kind == QM_BROKER_TRIGGERED;
    if (event->kind == QM_BROKER_FILL || event->kind == QM_BROKER_ADJUSTED) {
        a->last = *event;
    }
}

static qm_decimal held(void *data, const qm_order *order) {
    (void)order;
    return ((answer *)data)->held;
}

typedef struct bench {
    qm_instruments *instruments;
    qm_instrument_id id;
    qm_sim *sim;
    answer got;
} bench;

static void open_bench(bench *b, qm_sim_config config) {
    *b = (bench){.got.held = {INT64_MAX}};
    assert_int_equal(qm_instruments_new(&b->instruments), QM_OK);
    assert_int_equal(qm_instruments_intern(b->instruments, "SPY", &b->id), QM_OK);
    config.instruments = b->instruments;
    assert_int_equal(qm_sim_new(&config, (qm_broker_sink){on_event, &b->got, held}, &b->sim),
                     QM_OK);
}

static void close_bench(bench *b) {
    qm_broker *broker = qm_sim_broker(b->sim);
    broker->ops->free(broker);
    qm_instruments_free(b->instruments);
}

static qm_decimal cents(double units) {
    return (qm_decimal){(int64_t)llround(units * 1e9)};
}

static void send(bench *b, const qm_order *what, qm_time when) {
    static uint64_t ids;
    qm_order order = *what;
    order.id = ++ids;
    order.instrument = b->id;
    order.multiplier = 1;
    order.state = QM_ORDER_PENDING;
    qm_broker *broker = qm_sim_broker(b->sim);
    assert_int_equal(broker->ops->submit(broker, &order, when, NULL), QM_OK);
}

static qm_date day(int n) {
    return qm_calendar_add(qm_date_from_ymd(2024, 1, 2), n);
}

static void bar_on(bench *b, int n, const double *x) {
    qm_bar bar = {0};
    qm_bar_place_daily(day(n), &bar);
    memcpy(bar.x, x, sizeof bar.x);
    qm_sim_on_bar(b->sim, b->id, QM_TF_1D, &bar);
}

static const struct {
    const char *says;
    qm_order order;
    double x[5];  /* open high low close volume */
    double price; /* 0: no fill */
    bool at_open;
    qm_path path;
    bool touch;
} CASES[] = {
    {"market: the next open", {.type = QM_MARKET, .qty = {1}}, {100, 105, 95, 102, 9}, 100, true},
    {"on open", {.type = QM_MARKET_ON_OPEN, .qty = {1}}, {100, 105, 95, 102, 9}, 100, true},
    {"on close", {.type = QM_MARKET_ON_CLOSE, .qty = {1}}, {100, 105, 95, 102, 9}, 102, false},
    {"buy limit: the better open",
     {.type = QM_LIMIT, .limit = {101}},
     {100, 105, 95, 102, 9},
     100,
     true},
    {"buy limit: traded through", {.type = QM_LIMIT, .limit = {97}}, {100, 105, 95, 102, 9}, 97},
    {"buy limit: touched is not enough",
     {.type = QM_LIMIT, .limit = {95}},
     {100, 105, 95, 102, 9},
     0},
    {"buy limit: touched, with touch",
     {.type = QM_LIMIT, .limit = {95}},
     {100, 105, 95, 102, 9},
     95,
     false,
     QM_PATH_PESSIMISTIC,
     true},
    {"sell limit: traded through",
     {.side = QM_SELL, .type = QM_LIMIT, .limit = {104}},
     {100, 105, 95, 102, 9},
     104},
    {"sell limit: the better open",
     {.side = QM_SELL, .type = QM_LIMIT, .limit = {99}},
     {100, 105, 95, 102, 9},
     100,
     true},
    {"sell limit: not reached",
     {.side = QM_SELL, .type = QM_LIMIT, .limit = {106}},
     {100, 105, 95, 102, 9},
     0},
    {"buy stop: at the stop", {.type = QM_STOP, .stop = {103}}, {100, 105, 95, 102, 9}, 103},
    {"buy stop: a gap fills at the open",
     {.type = QM_STOP, .stop = {99}},
     {100, 105, 95, 102, 9},
     100,
     true},
    {"sell stop: at the stop",
     {.side = QM_SELL, .type = QM_STOP, .stop = {97}},
     {100, 105, 95, 102, 9},
     97},
    {"sell stop: a gap fills at the open",
     {.side = QM_SELL, .type = QM_STOP, .stop = {101}},
     {100, 105, 95, 102, 9},
     100,
     true},
    {"sell stop: not reached",
     {.side = QM_SELL, .type = QM_STOP, .stop = {94}},
     {100, 105, 95, 102, 9},
     0},
    {"stop-limit: marketable when triggered",
     {.type = QM_STOP_LIMIT, .stop = {103}, .limit = {104}},
     {100, 105, 95, 102, 9},
     103},
    {"stop-limit: gap beyond the limit, comes back",
     {.type = QM_STOP_LIMIT, .stop = {103}, .limit = {104}},
     {110, 112, 101, 108, 9},
     104},
    {"stop-limit: gap beyond the limit, stays",
     {.type = QM_STOP_LIMIT, .stop = {103}, .limit = {104}},
     {110, 112, 105, 108, 9},
     0},
    {"stop-limit: limit behind the stop, only the close is surely later",
     {.type = QM_STOP_LIMIT, .stop = {103}, .limit = {98}},
     {100, 105, 95, 102, 9},
     0},
    {"the same, optimistic",
     {.type = QM_STOP_LIMIT, .stop = {103}, .limit = {98}},
     {100, 105, 95, 102, 9},
     98,
     false,
     QM_PATH_OPTIMISTIC},
    {"no volume, no fill", {.type = QM_MARKET}, {100, 105, 95, 102, 0}, 0},
    {"unknown volume is not zero", {.type = QM_MARKET}, {100, 105, 95, 102, NAN}, 100, true},
};

static void test_one_bar(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        bench b;
        qm_order order = CASES[i].order;
        order.qty = cents(10);
        order.limit.raw *= QM_DECIMAL_SCALE;
        order.stop.raw *= QM_DECIMAL_SCALE;
        open_bench(&b, (qm_sim_config){.path = CASES[i].path, .touch = CASES[i].touch});
        send(&b, &order, qm_calendar_hours(day(0)).close);
        bar_on(&b, 1, CASES[i].x);
        bool fills = CASES[i].price > 0;
        if (b.got.fills != fills || (fills && b.got.last.price.raw != cents(CASES[i].price).raw)) {
            fail_msg("%s: %d fills at %.2f", CASES[i].says, b.got.fills,
                     qm_decimal_to_double(b.got.last.price));
        }
        qm_session hours = qm_calendar_hours(day(1));
        if (fills) {
            assert_int_equal(b.got.last.time, CASES[i].at_open ? hours.open : hours.close);
            assert_int_equal(b.got.last.date, day(1));
        }
        assert_int_equal(b.got.expired, !fills); /* a day order ends with its session */
        close_bench(&b);
    }
}

/* Rule 5: sent at 10:00 with daily bars, the close at the earliest, and said so. */
static void test_coarse(void **state) {
    (void)state;
    bench b;
    open_bench(&b, (qm_sim_config){0});
    qm_order order = {.type = QM_MARKET, .qty = cents(10)};
    send(&b, &order, qm_calendar_hours(day(1)).open + 30 * QM_MINUTE_NS);
    bar_on(&b, 1, (const double[]){100, 105, 95, 102, 9});
    assert_int_equal(b.got.fills, 1);
    assert_true(b.got.last.coarse);
    assert_int_equal(b.got.last.price.raw, cents(102).raw);
    order = (qm_order){.side = QM_SELL, .type = QM_LIMIT, .qty = cents(10), .limit = cents(104)};
    send(&b, &order, qm_calendar_hours(day(2)).open + 30 * QM_MINUTE_NS);
    bar_on(&b, 2, (const double[]){100, 105, 95, 102, 9}); /* the high lies in its past, or not */
    assert_int_equal(b.got.fills, 1);
    close_bench(&b);
}

static void test_opening_trade(void **state) {
    (void)state;
    bench b;
    open_bench(&b, (qm_sim_config){0});
    qm_order order = {.type = QM_MARKET, .qty = cents(10)};
    qm_time open = qm_calendar_hours(day(1)).open;
    send(&b, &order, qm_calendar_hours(day(0)).close);
    qm_sim_on_open(b.sim, b.id, open, day(1), 100, 1000);
    assert_int_equal(b.got.fills, 1);
    /* A stop that the fill asks for lives in the bar of its own entry. */
    order = (qm_order){
        .side = QM_SELL, .type = QM_STOP, .qty = cents(10), .stop = cents(97), .tif = QM_GTC};
    send(&b, &order, open);
    bar_on(&b, 1, (const double[]){100, 105, 95, 102, 1000});
    assert_int_equal(b.got.fills, 2);
    assert_int_equal(b.got.last.price.raw, cents(97).raw);
    close_bench(&b);
}

static void test_stop_before_target(void **state) {
    (void)state;
    static const double both[] = {100, 110, 90, 101, 9};
    for (int optimistic = 0; optimistic < 2; optimistic++) {
        bench b;
        open_bench(&b,
                   (qm_sim_config){.path = optimistic ? QM_PATH_OPTIMISTIC : QM_PATH_PESSIMISTIC});
        qm_order stop = {.side = QM_SELL, .type = QM_STOP, .qty = cents(1), .stop = cents(95)};
        qm_order target = {.side = QM_SELL, .type = QM_LIMIT, .qty = cents(1), .limit = cents(105)};
        send(&b, &target, qm_calendar_hours(day(0)).close);
        send(&b, &stop, qm_calendar_hours(day(0)).close);
        bar_on(&b, 1, both);
        assert_int_equal(b.got.fills, 2);
        assert_int_equal(b.got.last.price.raw, cents(optimistic ? 95 : 105).raw); /* the later */
        close_bench(&b);
    }
}

static void test_participation(void **state) {
    (void)state;
    bench b;
    open_bench(&b, (qm_sim_config){.participation = cents(0.1)});
    qm_order order = {.type = QM_MARKET, .qty = cents(250), .tif = QM_GTC};
    send(&b, &order, qm_calendar_hours(day(0)).close);
    for (int i = 1; i <= 3; i++) {
        bar_on(&b, i, (const double[]){100, 105, 95, 102, 1000});
        assert_int_equal(b.got.fills, i);
        assert_int_equal(b.got.last.qty.raw, cents(i < 3 ? 100 : 50).raw);
        assert_int_equal(b.got.last.last, i == 3);
    }
    close_bench(&b);
}

static void test_amounts(void **state) {
    (void)state;
    for (int fractional = 0; fractional < 2; fractional++) {
        bench b;
        open_bench(&b, (qm_sim_config){0});
        qm_order order = {.type = QM_MARKET, .amount = cents(1000), .fractional = fractional};
        send(&b, &order, qm_calendar_hours(day(0)).close);
        bar_on(&b, 1, (const double[]){300, 305, 295, 302, 9});
        assert_int_equal(b.got.last.qty.raw, fractional ? 3333333000 : cents(3).raw);
        close_bench(&b);
    }
    bench b;
    open_bench(&b, (qm_sim_config){0});
    qm_order order = {.type = QM_MARKET, .amount = cents(100)};
    send(&b, &order, qm_calendar_hours(day(0)).close);
    bar_on(&b, 1, (const double[]){300, 305, 295, 302, 9});
    assert_int_equal(b.got.fills, 0);
    assert_int_equal(b.got.cancelled, 1);
    close_bench(&b);
}

/* What is sold without permission to go short is at most what is held when it fills. */
static void test_held(void **state) {
    (void)state;
    static const struct {
        qm_decimal qty, amount;
        bool allow_short;
        double held, fills; /* units */
        int cancelled;
    } cases[] = {
        {.qty = {10}, .held = 10, .fills = 10},
        {.qty = {10}, .held = 4, .fills = 4, .cancelled = 1},
        {.qty = {10}, .held = 0, .fills = 0, .cancelled = 1},
        {.qty = {10}, .held = 4, .allow_short = true, .fills = 10},
        {.amount = {1000}, .held = 10, .fills = 10},
        {.amount = {1000}, .held = 4.5, .fills = 4},
        {.amount = {1000}, .held = 0, .fills = 0, .cancelled = 1},
        {.amount = {1000}, .held = 4, .allow_short = true, .fills = 10},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        open_bench(&b, (qm_sim_config){0});
        qm_order order = {.side = QM_SELL, .allow_short = cases[i].allow_short};
        order.qty.raw = cases[i].qty.raw * QM_DECIMAL_SCALE;
        order.amount.raw = cases[i].amount.raw * QM_DECIMAL_SCALE;
        b.got.held = cents(cases[i].held);
        send(&b, &order, qm_calendar_hours(day(0)).close);
        bar_on(&b, 1, (const double[]){100, 105, 95, 102, 9});
        if (b.got.last.qty.raw != cents(cases[i].fills).raw ||
            b.got.cancelled != cases[i].cancelled) {
            fail_msg("row %zu: %g filled, %d cancelled", i, (double)b.got.last.qty.raw / 1e9,
                     b.got.cancelled);
        }
        close_bench(&b);
    }
}

static void test_costs(void **state) {
    (void)state;
    static const struct {
        const char *commission, *slippage;
        qm_side side;
        double qty, price, fee;
    } cases[] = {
        {"none", "none", QM_BUY, 100, 100.00, 0},
        {"per_share:0.005,min=1", "none", QM_BUY, 100, 100.00, 1.00},
        {"per_share:0.005,min=1", "none", QM_BUY, 1000, 100.00, 5.00},
        {"per_share:0.005,min=1,max=3", "none", QM_BUY, 1000, 100.00, 3.00},
        {"per_contract:0.65", "none", QM_BUY, 3, 100.00, 1.95},
        {"pct:0.1", "none", QM_BUY, 3, 100.00, 0.30},
        {"none", "bps:5", QM_BUY, 100, 100.05, 0},
        {"none", "bps:5", QM_SELL, 100, 99.95, 0},
        {"none", "ticks:2", QM_BUY, 100, 100.02, 0},
        {"none", "bps:0.1", QM_SELL, 100, 99.99, 0}, /* to the tick, against the trader */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bench b;
        qm_sim_config config = {0};
        qm_error err;
        assert_int_equal(qm_commission_parse(cases[i].commission, &config.commission, &err), QM_OK);
        assert_int_equal(qm_slippage_parse(cases[i].slippage, &config.slippage, &err), QM_OK);
        open_bench(&b, config);
        qm_order order = {.side = cases[i].side, .type = QM_MARKET, .qty = cents(cases[i].qty)};
        send(&b, &order, qm_calendar_hours(day(0)).close);
        bar_on(&b, 1, (const double[]){100, 105, 95, 102, 1e6});
        assert_int_equal(b.got.last.price.raw, cents(cases[i].price).raw);
        assert_int_equal(b.got.last.fee.raw, cents(cases[i].fee).raw);
        close_bench(&b);
    }
}

static void test_bad_models(void **state) {
    (void)state;
    static const char *const bad[] = {"",       "per_share",    "per_share:",        "per_share:x",
                                      "pct:-1", "per_share:1,", "per_share:1,top=2", "bps:5"};
    qm_commission c;
    qm_error err;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(qm_commission_parse(bad[i], &c, &err), QM_EPARSE);
        assert_non_null(strstr(err.message, bad[i]));
    }
}

static void test_split(void **state) {
    (void)state;
    bench b;
    open_bench(&b, (qm_sim_config){0});
    qm_order order = {
        .side = QM_SELL, .type = QM_STOP, .qty = cents(10), .stop = cents(100.01), .tif = QM_GTC};
    send(&b, &order, qm_calendar_hours(day(0)).close);
    qm_action split = {.kind = QM_ACTION_SPLIT, .instrument = b.id, .num = 7, .den = 1};
    qm_sim_on_action(b.sim, &split, qm_calendar_hours(day(1)).open);
    assert_int_equal(b.got.adjusted, 1);
    assert_int_equal(b.got.last.qty.raw, cents(70).raw);
    assert_int_equal(b.got.last.stop.raw, cents(14.28).raw); /* 14.287..: never earlier */
    split.kind = QM_ACTION_DELIST;
    qm_sim_on_action(b.sim, &split, qm_calendar_hours(day(2)).open);
    assert_int_equal(b.got.cancelled, 1);
    assert_false(qm_sim_has_orders(b.sim, b.id));
    close_bench(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_bar),       cmocka_unit_test(test_coarse),
        cmocka_unit_test(test_opening_trade), cmocka_unit_test(test_stop_before_target),
        cmocka_unit_test(test_participation), cmocka_unit_test(test_amounts),
        cmocka_unit_test(test_costs),         cmocka_unit_test(test_bad_models),
        cmocka_unit_test(test_split),         cmocka_unit_test(test_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
