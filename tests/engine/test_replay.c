/* SPDX-License-Identifier: MIT
 *
 * A replay that is wound back gives the same events again, wherever it was.
 */
#include "base/mem.h"
#include "engine/replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DAYS = 6, EVENTS_MAX = 64 };

static void add(qm_replay *replay, qm_instrument_id id, qm_date first) {
    qm_bars bars;
    qm_bars_init(&bars, QM_TF_1D);
    for (int i = 0; i < DAYS; i++) {
        qm_date date = first + i;
        qm_session session;
        qm_bar bar = {.time = qm_calendar_hours(date).close, .date = date};
        for (int c = 0; c < QM_COLUMN_COUNT; c++) {
            bar.x[c] = 100 + i + (double)id;
        }
        if (qm_calendar_session(date, &session)) {
            assert_int_equal(qm_bars_push(&bars, &bar), QM_OK);
        }
    }
    qm_action split = {.kind = QM_ACTION_SPLIT, .ex_date = first + 2, .num = 2, .den = 1};
    assert_int_equal(qm_replay_take(replay, id, &bars, &split, 1), QM_OK);
    qm_bars_fini(&bars);
}

typedef struct seen {
    qm_event_kind kind;
    qm_time time;
    qm_instrument_id instrument;
    uint64_t seq;
    double close;
} seen;

static size_t take(qm_replay *replay, size_t most, seen *out) {
    size_t n = 0;
    while (n < most) {
        qm_event event;
        memset(&event, 0, sizeof event);
        qm_replay_next(replay, &event);
        if (event.kind == QM_EVENT_END) {
            break;
        }
        double close = event.kind == QM_EVENT_BAR ? event.u.bar.x[QM_CLOSE] : 0;
        out[n++] = (seen){event.kind, event.time, event.instrument, event.seq, close};
    }
    return n;
}

static void test_rewind(void **state) {
    (void)state;
    qm_replay *replay;
    qm_date monday;
    seen first[EVENTS_MAX], again[EVENTS_MAX];
    assert_int_equal(qm_date_parse("2024-01-08", 10, &monday), QM_OK);
    assert_int_equal(qm_replay_new(QM_TF_1D, &replay), QM_OK);
    add(replay, 2, monday);
    add(replay, 1, monday + 1);
    uint64_t total = qm_replay_total(replay);
    assert_int_equal(total, 9); /* Monday to Friday, Tuesday to Friday */
    size_t n = take(replay, EVENTS_MAX, first);
    assert_int_equal(n, 9 + 5 + 2); /* bars, slices, splits */
    for (size_t stop = 0; stop <= n; stop++) {
        qm_replay_rewind(replay);
        assert_int_equal(qm_replay_left(replay), total);
        take(replay, stop, again);
        qm_replay_peek(replay);
        qm_replay_rewind(replay);
        assert_int_equal(take(replay, EVENTS_MAX, again), n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(again[i].kind, first[i].kind);
            assert_int_equal(again[i].time, first[i].time);
            assert_int_equal(again[i].instrument, first[i].instrument);
            assert_int_equal(again[i].seq, first[i].seq);
            assert_true(again[i].close == first[i].close);
        }
        assert_int_equal(qm_replay_left(replay), 0);
    }
    qm_replay_free(replay);
    assert_int_equal(qm_mem_get_stats().live_blocks, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rewind)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
