/* SPDX-License-Identifier: MIT
 *
 * The order of events: as it is written down, and that it is one.
 */
#include "base/rng.h"
#include "event/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every kind at one time, kinds of one rank beside each other. */
static const struct {
    qm_event_kind kind;
    const char *name;
    int rank;
} ORDER[] = {
    {QM_EVENT_ACTION, "action", 0}, {QM_EVENT_CASH, "cash", 1},
    {QM_EVENT_ORDER, "order", 1},   {QM_EVENT_BAR, "bar", 2},
    {QM_EVENT_QUOTE, "quote", 2},   {QM_EVENT_SLICE, "slice", 3},
    {QM_EVENT_TIMER, "timer", 4},   {QM_EVENT_SCHEDULE, "schedule", 4},
    {QM_EVENT_RELOAD, "reload", 5}, {QM_EVENT_OPEN, "open", 6},
    {QM_EVENT_END, "end", 7},
};
enum { KINDS = sizeof ORDER / sizeof *ORDER };

static int sign(int x) {
    return (x > 0) - (x < 0);
}

static void kinds_of_one_time_come_as_documented(void **state) {
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        assert_string_equal(qm_event_name(ORDER[i].kind), ORDER[i].name);
        assert_int_equal(qm_event_rank(ORDER[i].kind), ORDER[i].rank);
        for (size_t k = 0; k < KINDS; k++) {
            /* Instrument and sequence speak against the rank, and are heard only without one. */
            int by_rank = sign(ORDER[i].rank - ORDER[k].rank);
            qm_event a = {.kind = ORDER[i].kind, .time = 5}, b = {.kind = ORDER[k].kind, .time = 5};
            a.instrument = by_rank < 0 ? 9 : 1;
            b.instrument = by_rank < 0 ? 1 : 9;
            a.seq = a.instrument;
            b.seq = b.instrument;
            assert_int_equal(sign(qm_event_compare(&a, &b)), by_rank ? by_rank : -1);
        }
    }
}

/* a comes before b. */
static const struct {
    const char *what;
    qm_event a, b;
} PAIRS[] = {
    {"time before rank", {QM_EVENT_END, 1, 9, 9}, {QM_EVENT_ACTION, 2, 0, 0}},
    {"before 1970", {QM_EVENT_BAR, -2, 0, 0}, {QM_EVENT_BAR, -1, 0, 0}},
    {"the ends of time", {QM_EVENT_BAR, INT64_MIN, 0, 0}, {QM_EVENT_BAR, INT64_MAX, 0, 0}},
    {"instrument before sequence", {QM_EVENT_BAR, 1, 1, 9}, {QM_EVENT_BAR, 1, 2, 0}},
    {"no instrument before one", {QM_EVENT_SLICE, 1, 0, 9}, {QM_EVENT_SLICE, 1, 1, 0}},
    {"large instruments", {QM_EVENT_BAR, 1, 1, 0}, {QM_EVENT_BAR, 1, UINT32_MAX, 0}},
    {"sequence", {QM_EVENT_BAR, 1, 1, 1}, {QM_EVENT_BAR, 1, 1, 2}},
    {"large sequences", {QM_EVENT_BAR, 1, 1, 1}, {QM_EVENT_BAR, 1, 1, UINT64_MAX}},
    {"kinds of one rank by instrument", {QM_EVENT_QUOTE, 1, 1, 9}, {QM_EVENT_BAR, 1, 2, 0}},
    {"kinds of one rank by sequence", {QM_EVENT_TIMER, 1, 0, 1}, {QM_EVENT_SCHEDULE, 1, 0, 2}},
};

static void each_key_counts_before_the_next(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof PAIRS / sizeof *PAIRS; i++) {
        if (qm_event_compare(&PAIRS[i].a, &PAIRS[i].b) >= 0 ||
            qm_event_compare(&PAIRS[i].b, &PAIRS[i].a) <= 0) {
            fail_msg("%s", PAIRS[i].what);
        }
        assert_int_equal(qm_event_compare(&PAIRS[i].a, &PAIRS[i].a), 0);
    }
}

static int by_order(const void *a, const void *b) {
    return qm_event_compare(a, b);
}

static bool same_key(const qm_event *a, const qm_event *b) {
    return a->time == b->time && qm_event_rank(a->kind) == qm_event_rank(b->kind) &&
           a->instrument == b->instrument && a->seq == b->seq;
}

enum { SEED = 4, SOME = 400, ROUNDS = 50 };

/* Few values for each key, so that ties are common. */
static qm_event random_event(qm_rng *rng) {
    return (qm_event){.kind = (qm_event_kind)qm_rng_range(rng, 0, KINDS - 1),
                      .time = qm_rng_range(rng, -2, 2),
                      .instrument = (qm_instrument_id)qm_rng_range(rng, 0, 3),
                      .seq = (uint64_t)qm_rng_range(rng, 0, 4)};
}

static void it_is_a_total_order(void **state) {
    (void)state;
    qm_rng rng;
    qm_rng_seed(&rng, SEED);
    int ties = 0;
    for (int i = 0; i < SOME * ROUNDS; i++) {
        qm_event a = random_event(&rng), b = random_event(&rng), c = random_event(&rng);
        int ab = sign(qm_event_compare(&a, &b)), bc = sign(qm_event_compare(&b, &c));
        int ac = sign(qm_event_compare(&a, &c));
        if (ab != -sign(qm_event_compare(&b, &a)) || (ab == 0) != same_key(&a, &b) ||
            (ab <= 0 && bc <= 0 && ac != (ab + bc < 0 ? -1 : 0))) {
            fail_msg("seed %d, round %d: %d %d %d", SEED, i, ab, bc, ac);
        }
        ties += ab == 0;
    }
    assert_true(ties > 10);
}

/* However events arrive, they are handled in one sequence. */
static void any_arrival_gives_one_sequence(void **state) {
    (void)state;
    static qm_event sorted[SOME], shuffled[SOME];
    qm_rng rng;
    qm_rng_seed(&rng, SEED);
    for (uint64_t i = 0; i < SOME; i++) {
        sorted[i] = random_event(&rng);
        sorted[i].seq = i; /* as the engine numbers them: no two are equal */
    }
    memcpy(shuffled, sorted, sizeof sorted);
    qsort(sorted, SOME, sizeof *sorted, by_order);
    for (int round = 0; round < ROUNDS; round++) {
        for (int64_t i = SOME - 1; i > 0; i--) {
            int64_t k = qm_rng_range(&rng, 0, i);
            qm_event swapped = shuffled[i];
            shuffled[i] = shuffled[k];
            shuffled[k] = swapped;
        }
        qsort(shuffled, SOME, sizeof *shuffled, by_order);
        for (size_t i = 0; i < SOME; i++) {
            assert_int_equal(shuffled[i].seq, sorted[i].seq);
            assert_int_equal(shuffled[i].kind, sorted[i].kind);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_of_one_time_come_as_documented),
        cmocka_unit_test(each_key_counts_before_the_next),
        cmocka_unit_test(it_is_a_total_order),
        cmocka_unit_test(any_arrival_gives_one_sequence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
