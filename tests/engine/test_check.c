/* SPDX-License-Identifier: MIT
 *
 * The checks of a backtest with strategies that deserve to be caught: one that reads tomorrow's
 * bar, one that counts the bars of its history; and an honest
 * one.
 */
#include "base/calendar.h"
#include "base/mem.h"
#include "base/rng.h"
#include "engine/check.h"
#include "engine/context.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { BARS = 300 };
typedef enum habit { HONEST, PEEKS, PEEKS_FAR, COUNTS } habit;

typedef struct trader {
    qm_engine *engine;
    uint32_t index;
    habit habit;
    const qm_replay *replay; /* what an honest strategy never sees */
    qm_strategy_spec spec;
    qm_instrument_id universe[1];
    qm_input_spec inputs[2];
} trader;

static void attach(void *self, qm_engine *engine, uint32_t index) {
    trader *t = self;
    t->engine = engine;
    t->index = index;
}

static bool likes(const trader *t, const qm_bar *bar, const double *inputs) {
    qm_instrument_id id;
    const qm_bars *bars = qm_replay_bars(t->replay, 0, &id);
    size_t at = qm_bars_find(bars, bar->time), ahead = t->habit == PEEKS ? 1 : 5;
    switch (t->habit) {
    case HONEST:
        return inputs[0] > inputs[1];
    case PEEKS:
    case PEEKS_FAR:
        return at + ahead < bars->n && bars->column[QM_CLOSE][at + ahead] > inputs[0];
    case COUNTS:
        return qm_ctx_series(t->engine, t->index, t->universe[0], QM_TF_1D)->bars.n % 10 < 5;
    }
    return false;
}

static qm_status on_bar(void *self, qm_instrument_id id, const qm_bar *bar, const double *inputs,
                        qm_error *err) {
    trader *t = self;
    const qm_order *out;
    bool held = qm_ledger_position(qm_engine_sleeve(t->engine, t->index).ledger, id).qty.raw > 0;
    if (likes(t, bar, inputs) == held) {
        return QM_OK;
    }
    qm_order order = {.instrument = id,
                      .side = held ? QM_SELL : QM_BUY,
                      .type = QM_MARKET,
                      .qty = {10 * QM_DECIMAL_SCALE}};
    return qm_ctx_order(t->engine, t->index, &order, &out, err);
}

static const qm_strategy_ops OPS = {.attach = attach, .on_bar = on_bar, .free = qm_free};

typedef struct stage {
    qm_instruments *instruments;
    qm_replay *replay;
    habit habit;
    qm_check_setup setup;
    int runs;
} stage;

static qm_status make(void *data, const qm_check_run *run, qm_engine **out, uint32_t *index,
                      qm_error *err) {
    stage *s = data;
    qm_sim_config sim = {0};
    qm_engine_config config = {.instruments = s->instruments,
                               .sim = &sim,
                               .seed = 1,
                               .base_tf = QM_TF_1D,
                               .observer = run->observer};
    qm_sleeve_config sleeve = {.account = QM_ACCOUNT_MARGIN, .cash = {100000 * QM_DECIMAL_SCALE}};
    trader *t = qm_calloc(1, sizeof *t);
    if (!t) {
        return QM_ENOMEM;
    }
    t->habit = s->habit;
    t->replay = run->replay;
    t->universe[0] = 1;
    t->inputs[0] = (qm_input_spec){.column = QM_CLOSE};
    t->inputs[1] = (qm_input_spec){.info = qm_ta_find("sma"), .params = {10}, .column = QM_CLOSE};
    t->spec = (qm_strategy_spec){.name = "trader",
                                 .version = 1,
                                 .tf = QM_TF_1D,
                                 .universe_count = 1,
                                 .universe = t->universe,
                                 .input_count = 2,
                                 .inputs = t->inputs};
    s->runs++;
    if (qm_engine_new(&config, out) != QM_OK) {
        qm_free(t);
        return QM_ENOMEM;
    }
    return qm_engine_add(*out, &OPS, t, &t->spec, &sleeve, index, err);
}

static void open_stage(stage *s, habit how, int count) {
    qm_rng rng;
    qm_session session;
    qm_date date = qm_date_from_ymd(2019, 1, 2);
    qm_instrument_id id;
    qm_bars bars;
    double price = 50;
    *s = (stage){.habit = how};
    qm_rng_seed(&rng, 3);
    qm_bars_init(&bars, QM_TF_1D);
    for (int i = 0; i < count; i++) {
        qm_bar bar = {0};
        qm_calendar_on_or_after(date, &session);
        qm_bar_place_daily(session.date, &bar);
        date = session.date + 1;
        double close = round(100 * price * exp(0.015 * qm_rng_normal(&rng))) / 100;
        bar.x[QM_OPEN] = price;
        bar.x[QM_CLOSE] = close;
        bar.x[QM_HIGH] = fmax(price, close) + 0.5;
        bar.x[QM_LOW] = fmin(price, close) - 0.5;
        bar.x[QM_VOLUME] = 1000;
        price = close;
        assert_int_equal(qm_bars_push(&bars, &bar), QM_OK);
    }
    assert_int_equal(qm_instruments_new(&s->instruments), QM_OK);
    qm_instruments_intern(s->instruments, "AAA", &id);
    assert_int_equal(qm_replay_new(QM_TF_1D, &s->replay), QM_OK);
    qm_action split = {.kind = QM_ACTION_SPLIT,
                       .ex_date = count > 150 ? bars.date[150] : date,
                       .num = 2,
                       .den = 1,
                       .pay_date = QM_DATE_NONE};
    assert_int_equal(qm_replay_take(s->replay, id, &bars, &split, 1), QM_OK);
    s->setup = (qm_check_setup){.make = make,
                                .data = s,
                                .replay = s->replay,
                                .options = {.from = QM_TIME_NONE, .to = QM_TIME_MAX},
                                .seed = 1};
}

static void close_stage(stage *s) {
    qm_replay_free(s->replay);
    qm_instruments_free(s->instruments);
}

static void test_lookahead(void **state) {
    (void)state;
    static const struct {
        habit habit;
        bool ok;
    } rows[] = {{HONEST, true}, {COUNTS, true}, {PEEKS, false}, {PEEKS_FAR, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        stage s;
        qm_error err = {0};
        qm_check_lookahead result;
        open_stage(&s, rows[i].habit, BARS);
        assert_int_equal(qm_check_for_lookahead(&s.setup, &result, &err), QM_OK);
        assert_int_equal(result.ok, rows[i].ok);
        assert_true(result.cuts > 12 && result.cuts <= QM_CHECK_CUTS);
        if (result.ok) {
            assert_int_equal(s.runs, 1 + (int)result.cuts);
            assert_true(result.compared > 100);
            assert_true(result.cut == QM_TIME_NONE && !result.first.any);
        } else { /* it is the decision at the cut that knows what comes after it, or one shortly
                    before; the other run decides or does not */
            assert_true(result.first.any && result.first.time <= result.cut);
            assert_true(result.first.was[0] || result.first.is[0]);
            assert_string_not_equal(result.first.was, result.first.is);
        }
        close_stage(&s);
    }
}

static void test_warmup(void **state) {
    (void)state;
    stage s;
    qm_error err = {0};
    qm_check_warmup result;
    open_stage(&s, HONEST, BARS);
    assert_int_equal(qm_check_for_warmup(&s.setup, &result, &err), QM_OK);
    assert_true(result.ok);
    assert_int_equal(result.parts, 3);
    assert_true(result.compared > 50);
    assert_true(result.part[0].since < result.part[1].since);
    assert_true(result.part[2].since < result.from);
    /* So near the start of the data that the average is not there in time. */
    qm_instrument_id id;
    s.setup.options.from = qm_replay_bars(s.replay, 0, &id)->time[11] - 1;
    assert_int_equal(qm_check_for_warmup(&s.setup, &result, &err), QM_OK);
    assert_int_equal(result.from, s.setup.options.from);
    assert_false(result.ok);
    close_stage(&s);
    open_stage(&s, COUNTS, BARS);
    assert_int_equal(qm_check_for_warmup(&s.setup, &result, &err), QM_OK);
    assert_false(result.ok);
    assert_true(result.part[0].first.any || result.part[1].first.any);
    close_stage(&s);
}

static void test_too_short(void **state) {
    (void)state;
    stage s;
    qm_error err = {0};
    qm_check_lookahead result;
    open_stage(&s, HONEST, 12);
    assert_int_equal(qm_check_for_lookahead(&s.setup, &result, &err), QM_OK);
    close_stage(&s);
    open_stage(&s, HONEST, 7);
    assert_int_equal(qm_check_for_lookahead(&s.setup, &result, &err), QM_EINSUFFICIENT);
    assert_non_null(strstr(err.message, "8 slices"));
    close_stage(&s);
}

/* Memory that runs out anywhere is an error, and nothing is lost. */
static void test_out_of_memory(void **state) {
    (void)state;
    stage s;
    qm_status status = QM_ENOMEM;
    open_stage(&s, HONEST, 40);
    uint64_t before = qm_mem_get_stats().live_blocks;
    for (uint64_t n = 1; status != QM_OK; n++) {
        qm_error err = {0};
        qm_check_warmup warmup;
        qm_check_bounds bounds;
        qm_mem_fail_from(n);
        status = qm_check_for_warmup(&s.setup, &warmup, &err);
        status = status == QM_OK ? qm_check_for_bounds(&s.setup, &bounds, &err) : status;
        int struck = qm_mem_fault_struck();
        qm_mem_fail_from(0);
        assert_int_equal(status == QM_OK, !struck);
        assert_int_equal(qm_mem_get_stats().live_blocks, before);
        assert_true(n < 100000);
    }
    close_stage(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lookahead), cmocka_unit_test(test_warmup),
        cmocka_unit_test(test_too_short), cmocka_unit_test(test_out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
