/* SPDX-License-Identifier: MIT
 *
 * A strategy in C over made-up bars: what it sees and when, what fills, and that a run that is cut
 * off anywhere goes on as if it had not been.
 */
#include "base/calendar.h"
#include "base/mem.h"
#include "base/rng.h"
#include "engine/backtest.h"
#include "engine/context.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { BARS = 260 };

/* Buys on an up day, sells on a down day; a stop protects each position; once a month a timer. */
typedef struct trader {
    qm_engine *engine;
    uint32_t index;
    qm_strategy_spec spec;
    qm_instrument_id universe[3];
    qm_input_spec inputs[2];
    qm_schedule schedules[1];
    int64_t bars, fills, scheduled, timers;
} trader;

static void attach(void *self, qm_engine *engine, uint32_t index) {
    trader *t = self;
    t->engine = engine;
    t->index = index;
}

static qm_status on_bar(void *self, qm_instrument_id id, const qm_bar *bar, const double *inputs,
                        qm_error *err) {
    trader *t = self;
    const qm_order *out;
    t->bars++;
    assert_true(inputs[0] == bar->x[QM_CLOSE]);
    assert_true(inputs[1] == inputs[1]); /* defined */
    qm_decimal held = qm_ledger_position(qm_engine_sleeve(t->engine, t->index).ledger, id).qty;
    qm_decimal working, amount;
    qm_ctx_working(t->engine, t->index, id, &working, &amount);
    qm_order order = {.instrument = id, .type = QM_MARKET, .qty = {10 * QM_DECIMAL_SCALE}};
    if (inputs[0] > inputs[1] && held.raw == 0 && working.raw == 0) {
        return qm_ctx_order(t->engine, t->index, &order, &out, err);
    }
    if (t->bars % 11 == 0) {
        uint64_t timer;
        qm_timer_request request = {.after_ns = 3 * QM_DAY_NS, .callback = "tick"};
        return qm_ctx_timer(t->engine, t->index, &request, &timer);
    }
    qm_skip_note skip = {.instrument = id, .rule = "held", .value = "yes"};
    return held.raw ? qm_ctx_skip(t->engine, t->index, &skip) : QM_OK;
}

static qm_status on_fill(void *self, const qm_fill *fill, qm_error *err) {
    trader *t = self;
    const qm_order *out;
    t->fills++;
    if (fill->side == QM_SELL) {
        return QM_OK;
    }
    qm_order stop = {.instrument = fill->instrument,
                     .side = QM_SELL,
                     .type = QM_STOP,
                     .tif = QM_GTC,
                     .qty = fill->qty};
    qm_decimal price;
    qm_decimal_mul_ratio(fill->price, 98, 100, QM_ROUND_DOWN, &price);
    qm_decimal_round(price, 2, QM_ROUND_FLOOR, &stop.stop);
    return qm_ctx_order(t->engine, t->index, &stop, &out, err);
}

static qm_status on_schedule(void *self, size_t schedule, qm_error *err) {
    trader *t = self;
    (void)schedule, (void)err;
    t->scheduled++;
    return QM_OK;
}

static qm_status on_timer(void *self, const char *callback, const char *data, size_t length,
                          qm_error *err) {
    trader *t = self;
    (void)data, (void)length, (void)err;
    assert_string_equal(callback, "tick");
    t->timers++;
    return QM_OK;
}

static qm_status save(void *self, qm_buf *out, qm_error *err) {
    trader *t = self;
    (void)err;
    qm_buf_printf(out, "%lld %lld %lld %lld", (long long)t->bars, (long long)t->fills,
                  (long long)t->scheduled, (long long)t->timers);
    return out->status;
}

static qm_status load(void *self, const char *data, size_t length, int64_t version, qm_error *err) {
    trader *t = self;
    long long v[4];
    char text[128] = "";
    (void)version, (void)err;
    memcpy(text, data, length < 127 ? length : 127);
    assert_int_equal(sscanf(text, "%lld %lld %lld %lld", &v[0], &v[1], &v[2], &v[3]), 4);
    t->bars = v[0];
    t->fills = v[1];
    t->scheduled = v[2];
    t->timers = v[3];
    return QM_OK;
}

static const qm_strategy_ops OPS = {.attach = attach,
                                    .on_bar = on_bar,
                                    .on_fill = on_fill,
                                    .on_schedule = on_schedule,
                                    .on_timer = on_timer,
                                    .save = save,
                                    .load = load,
                                    .free = qm_free};

typedef struct stage {
    qm_instruments *instruments;
    qm_replay *replay;
    qm_engine *engine;
    qm_book *book;
    trader *trader;
    uint32_t index;
} stage;

static void make_series(qm_instrument_id id, qm_bars *bars) {
    qm_rng rng;
    qm_session s;
    qm_date date = qm_date_from_ymd(2019, 1, 2);
    double price = 50 * id;
    qm_rng_seed(&rng, 100 + id);
    qm_bars_init(bars, QM_TF_1D);
    for (int i = 0; i < BARS; i++) {
        qm_bar bar = {0};
        qm_calendar_on_or_after(date, &s);
        qm_bar_place_daily(s.date, &bar);
        date = s.date + 1;
        if (id == 2 && i == 130) {
            price /= 4; /* the split */
        }
        double close = round(100 * price * exp(0.015 * qm_rng_normal(&rng))) / 100;
        double open = round(100 * price) / 100;
        bar.x[QM_OPEN] = open;
        bar.x[QM_CLOSE] = close;
        bar.x[QM_HIGH] = fmax(open, close) + 0.5;
        bar.x[QM_LOW] = fmin(open, close) - 0.5;
        bar.x[QM_VOLUME] = 100000;
        price = close;
        assert_int_equal(qm_bars_push(bars, &bar), QM_OK);
    }
}

static void open_stage(stage *s, const char *book, bool late) {
    static const char *const symbols[] = {"AAA", "BBB", "CCC"};
    qm_error err;
    *s = (stage){0};
    assert_int_equal(qm_instruments_new(&s->instruments), QM_OK);
    assert_int_equal(qm_replay_new(QM_TF_1D, &s->replay), QM_OK);
    trader *t = s->trader = qm_calloc(1, sizeof *t);
    for (int i = 0; i < 3; i++) {
        qm_bars bars;
        qm_instrument_id id;
        qm_instruments_intern(s->instruments, symbols[i], &id);
        make_series(id, &bars);
        qm_action actions[2] = {{.kind = QM_ACTION_SPLIT,
                                 .ex_date = bars.date[130],
                                 .num = 4,
                                 .den = 1,
                                 .pay_date = QM_DATE_NONE},
                                {.kind = QM_ACTION_DIVIDEND,
                                 .ex_date = bars.date[60],
                                 .pay_date = bars.date[70],
                                 .cash = {500000000}}};
        assert_int_equal(qm_replay_take(s->replay, id, &bars, actions + (id != 2), 2 - (id != 2)),
                         QM_OK);
        t->universe[i] = id;
    }
    t->inputs[0] = (qm_input_spec){.column = QM_CLOSE};
    t->inputs[1] = (qm_input_spec){.info = qm_ta_find("sma"), .params = {10}, .column = QM_CLOSE};
    t->schedules[0] = (qm_schedule){
        .name = "monthly", .kind = QM_SCHEDULE_AT, .minutes = 600, .days = QM_DAYS_MONTH_START};
    t->spec = (qm_strategy_spec){.name = "trader",
                                 .version = 1,
                                 .tf = QM_TF_1D,
                                 .universe_count = 3,
                                 .universe = t->universe,
                                 .input_count = 2,
                                 .inputs = t->inputs,
                                 .schedule_count = 1,
                                 .schedules = t->schedules};
    if (book) {
        assert_int_equal(qm_book_open(book, QM_DB_CREATE, &s->book, &err), QM_OK);
    }
    qm_sim_config sim = {.commission = {QM_COMMISSION_PER_SHARE, {5000000}, {0}, {0}}};
    qm_engine_config config = {.mode = QM_MODE_PAPER,
                               .instruments = s->instruments,
                               .sim = &sim,
                               .book = s->book,
                               .seed = 1,
                               .late_bars = late,
                               .base_tf = QM_TF_1D};
    qm_sleeve_config sleeve = {.account = QM_ACCOUNT_MARGIN, .cash = {100000 * QM_DECIMAL_SCALE}};
    assert_int_equal(qm_engine_new(&config, &s->engine), QM_OK);
    assert_int_equal(qm_engine_add(s->engine, &OPS, t, &t->spec, &sleeve, &s->index, &err), QM_OK);
}

static void close_stage(stage *s) {
    qm_engine_free(s->engine);
    qm_replay_free(s->replay);
    qm_book_close(s->book);
    qm_instruments_free(s->instruments);
}

static qm_status take_history(void *data, const qm_event *event) {
    return qm_engine_feed_history(data, event, NULL);
}

/* From the book's cursor to the end, or until `events` have been handled: then the process dies. */
static void play(stage *s, int events) {
    qm_error err = {0};
    qm_time cursor = qm_engine_cursor(s->engine), start = qm_replay_peek(s->replay) - 1;
    if (cursor != QM_TIME_NONE) {
        assert_int_equal(qm_replay_seek(s->replay, cursor + 1, take_history, s->engine), QM_OK);
        start = cursor;
    }
    assert_int_equal(qm_engine_start(s->engine, start, &err), QM_OK);
    qm_replay_set_sim(s->replay, qm_engine_sim(s->engine));
    while (qm_replay_peek(s->replay) != QM_TIME_MAX) {
        qm_event event;
        qm_replay_next(s->replay, &event);
        if (qm_engine_dispatch(s->engine, &event, &err) != QM_OK) {
            fail_msg("%s", err.message);
        }
        if (--events == 0) {
            _exit(9);
        }
    }
    assert_int_equal(qm_engine_finish(s->engine, &err), QM_OK);
}

static void describe(stage *s, char *out, size_t size) {
    char hash[QM_SHA256_HEX], cash[QM_TOTAL_BUF];
    const qm_fill *fills;
    const qm_equity_row *curve;
    qm_sleeve_view v = qm_engine_sleeve(s->engine, s->index);
    assert_int_equal(qm_engine_decision_hash(s->engine, s->index, hash, NULL), QM_OK);
    qm_total_format(qm_ledger_cash(v.ledger), cash);
    snprintf(out, size, "%s cash %s fills %zu points %zu decisions %llu", hash, cash,
             qm_engine_fills(s->engine, &fills),
             qm_engine_equity_curve(s->engine, s->index, &curve), (unsigned long long)v.decisions);
}

static void test_run(void **state) {
    (void)state;
    stage s;
    char first[256], second[256];
    open_stage(&s, NULL, false);
    play(&s, 0);
    describe(&s, first, sizeof first);
    assert_int_equal(s.trader->scheduled, 12);
    assert_true(s.trader->fills > 20 && s.trader->timers > 20);
    assert_int_equal(s.trader->bars, 3 * (BARS - 9)); /* warm-up of the sma: 9 bars */
    qm_sleeve_view v = qm_engine_sleeve(s.engine, s.index);
    assert_int_equal(v.state, QM_RUN_STOPPED);
    /* Equity at every bar is cash and lots; here, at the end, against the books. */
    qm_total equity = qm_ledger_cash(v.ledger);
    const qm_position *positions;
    size_t n = qm_ledger_positions(v.ledger, &positions);
    for (size_t i = 0; i < n; i++) {
        qm_decimal value;
        assert_int_equal(qm_ctx_value(s.engine, s.index, positions[i].instrument, &value), QM_OK);
        qm_total_add(&equity, value);
    }
    assert_int_equal(qm_total_cmp(equity, qm_engine_equity(s.engine, s.index)), 0);
    close_stage(&s);
    open_stage(&s, NULL, false);
    play(&s, 0);
    describe(&s, second, sizeof second);
    assert_string_equal(first, second);
    close_stage(&s);
}

/* The backtest driver and the stepwise one take the same decisions. */
static void test_backtest_is_the_same(void **state) {
    (void)state;
    stage s;
    char first[256], second[256];
    qm_error err;
    open_stage(&s, NULL, false);
    play(&s, 0);
    describe(&s, first, sizeof first);
    close_stage(&s);
    open_stage(&s, NULL, false);
    qm_backtest_options options = {.from = QM_TIME_NONE, .to = QM_TIME_MAX};
    assert_int_equal(qm_backtest_run(s.engine, s.replay, &options, &err), QM_OK);
    describe(&s, second, sizeof second);
    assert_string_equal(first, second);
    close_stage(&s);
}

static void remove_book(const char *path) {
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    for (int i = 0; i < 4; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

/* Bars come five minutes after their time, as an import in the evening brings them; schedules fire
 * at theirs. What the book has seen of an instrument is history. */
static void play_late(stage *s, int events) {
    qm_error err = {0};
    qm_time seen[4], cursor = qm_engine_cursor(s->engine);
    bool started = false;
    for (int i = 0; i < 3; i++) {
        qm_instrument_id id = s->trader->universe[i];
        assert_int_equal(qm_engine_saved_bar(s->engine, id, &seen[id], &err), QM_OK);
    }
    while (qm_replay_peek(s->replay) != QM_TIME_MAX) {
        qm_event event;
        qm_replay_next(s->replay, &event);
        if (event.instrument && event.time <= seen[event.instrument]) {
            assert_int_equal(qm_engine_feed_history(s->engine, &event, &err), QM_OK);
            continue;
        }
        if (!started && event.kind == QM_EVENT_SLICE) {
            continue;
        }
        qm_time start = cursor != QM_TIME_NONE ? cursor : event.time - 1;
        if (!started && qm_engine_start(s->engine, start, &err) != QM_OK) {
            fail_msg("%s", err.message);
        }
        started = true;
        if (event.kind != QM_EVENT_SLICE && event.time > qm_engine_now(s->engine)) {
            assert_int_equal(qm_engine_advance(s->engine, event.time, &err), QM_OK);
        }
        event.time += 5 * 60 * QM_SECOND_NS;
        if (qm_engine_dispatch(s->engine, &event, &err) != QM_OK) {
            fail_msg("%s", err.message);
        }
        if (--events == 0) {
            _exit(9);
        }
    }
    assert_int_equal(qm_engine_finish(s->engine, &err), QM_OK);
}

/* A day order of the evening waits for the bar of its session, which is over when it comes; it
 * fills at that bar's open, and never in the bar that it was sent after. */
static void test_late_bars(void **state) {
    (void)state;
    stage s;
    open_stage(&s, NULL, true);
    play_late(&s, 0);
    assert_int_equal(s.trader->bars, 3 * (BARS - 9));
    assert_int_equal(s.trader->scheduled, 12);
    const qm_fill *fills;
    size_t n = qm_engine_fills(s.engine, &fills);
    assert_true(n > 20);
    for (size_t i = 0; i < n; i++) {
        const qm_order *order = qm_order_book_get(qm_engine_orders(s.engine), fills[i].order);
        qm_session hours = qm_calendar_hours(fills[i].date);
        assert_true(order->created < hours.open); /* sent before the session, filled inside it */
        assert_true(fills[i].time >= hours.open && fills[i].time <= hours.close);
        assert_true(order->type == QM_STOP || fills[i].time == hours.open);
    }
    const qm_equity_row *curve;
    size_t points = qm_engine_equity_curve(s.engine, s.index, &curve);
    assert_int_equal(points, BARS);
    assert_true(curve[points - 1].time < qm_engine_now(s.engine)); /* of the bars, not of arrival */
    close_stage(&s);
}

typedef void (*player)(stage *s, int events);

/* Killed after a number of events, again and again, until the end: the result is the same. */
static void kill_and_go_on(player run, bool late) {
    char folder[] = "/tmp/qm-test-XXXXXX", path[64], whole[256], pieces[256];
    stage s;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/book.db", folder);
    open_stage(&s, path, late);
    run(&s, 0);
    describe(&s, whole, sizeof whole);
    close_stage(&s);
    static const int steps[] = {11, 41, 97, 400}; /* one slice has at most 7 events */
    for (size_t k = 0; k < sizeof steps / sizeof steps[0]; k++) {
        remove_book(path);
        int status, lives = 0;
        do {
            pid_t pid = fork();
            if (pid == 0) {
                open_stage(&s, path, late);
                run(&s, steps[k] + lives % 3);
                close_stage(&s);
                _exit(0);
            }
            waitpid(pid, &status, 0);
            assert_true(WIFEXITED(status));
            lives++;
        } while (WEXITSTATUS(status) == 9 && lives < 2000);
        assert_int_equal(WEXITSTATUS(status), 0);
        assert_true(lives > 1);
        open_stage(&s, path, late);
        describe(&s, pieces, sizeof pieces);
        assert_string_equal(whole, pieces);
        close_stage(&s);
    }
    remove_book(path);
    rmdir(folder);
}

static void test_kill_and_go_on(void **state) {
    (void)state;
    kill_and_go_on(play, false);
}

static void test_late_kill_and_go_on(void **state) {
    (void)state;
    kill_and_go_on(play_late, true);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_backtest_is_the_same),
        cmocka_unit_test(test_kill_and_go_on),
        cmocka_unit_test(test_late_bars),
        cmocka_unit_test(test_late_kill_and_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
