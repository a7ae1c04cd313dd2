/* SPDX-License-Identifier: MIT
 *
 * The watchdog alone: who is late, who is not, and that it wakes from its sleep.
 */
#include "host/watchdog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

static volatile int lates[2];

static void late(void *subject) {
    ++*(volatile int *)subject;
}

static double used_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* Until the watchdog speaks or the time is over; says how long that was. */
static double work(volatile int *told, double most_ms) {
    double start = used_ms();
    while (*told == 0 && used_ms() - start < most_ms) {
    }
    return used_ms() - start;
}

static void pause_ms(long ms) {
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static void fresh(qm_watchdog **out) {
    lates[0] = lates[1] = 0;
    assert_int_equal(qm_watchdog_new(late, out, NULL), QM_OK);
}

static void test_late(void **state) {
    (void)state;
    qm_watchdog *w;
    fresh(&w);
    qm_watch *watch = qm_watchdog_watch(w);
    for (int round = 0; round < 5; round++) {
        lates[0] = 0;
        qm_watch_begin(watch, (void *)&lates[0], 5000000);
        double took = work(&lates[0], 2000);
        qm_watch_end(watch);
        assert_true(lates[0] > 0);
        assert_true(took >= 5); /* never early */
    }
    qm_watchdog_free(w);
}

/* It sleeps after a tenth of a second without calls. */
static void test_wakes(void **state) {
    (void)state;
    qm_watchdog *w;
    fresh(&w);
    qm_watch *watch = qm_watchdog_watch(w);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100 && !watch->asleep; i++) {
            pause_ms(20);
        }
        assert_true(watch->asleep);
        lates[0] = 0;
        qm_watch_begin(watch, (void *)&lates[0], 2000000);
        assert_false(watch->asleep);
        work(&lates[0], 2000);
        qm_watch_end(watch);
        assert_true(lates[0] > 0);
    }
    qm_watchdog_free(w);
}

/* Many short calls, one of which is always running when it looks, and waiting without work. */
static void test_not_late(void **state) {
    (void)state;
    qm_watchdog *w;
    fresh(&w);
    qm_watch *watch = qm_watchdog_watch(w);
    double start = used_ms();
    while (used_ms() - start < 50) {
        qm_watch_begin(watch, (void *)&lates[0], 10000000);
        qm_watch_end(watch);
    }
    assert_int_equal(lates[0], 0);
    qm_watch_begin(watch, (void *)&lates[0], 10000000);
    pause_ms(100);
    qm_watch_end(watch);
    assert_int_equal(lates[0], 0);
    qm_watchdog_free(w);
}

/* A call behind a late one is not taken for it. */
static void test_next_is_not_blamed(void **state) {
    (void)state;
    qm_watchdog *w;
    fresh(&w);
    qm_watch *watch = qm_watchdog_watch(w);
    for (int round = 0; round < 200; round++) {
        qm_watch_begin(watch, (void *)&lates[0], 100000);
        work(&lates[1], 0.1 + 0.005 * round); /* ends about when the signal is on its way */
        qm_watch_end(watch);
        qm_watch_begin(watch, (void *)&lates[1], 1000000000);
        work(&lates[1], 0.2);
        qm_watch_end(watch);
    }
    assert_int_equal(lates[1], 0);
    assert_true(lates[0] > 0);
    qm_watchdog_free(w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_late),
        cmocka_unit_test(test_wakes),
        cmocka_unit_test(test_not_late),
        cmocka_unit_test(test_next_is_not_blamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
