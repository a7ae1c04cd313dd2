/* SPDX-License-Identifier: MIT
 *
 * watchdog.h: a thread that tells the thread of the strategies when a call runs over its budget.
 *
 * The normal path pays for a few plain stores: the start of a call makes `call` odd, its end makes
 * it even. The watchdog looks every half millisecond while calls come and sleeps when none do. A
 * call that it still finds after its budget of processor time (of the thread that made the
 * watchdog, so that a busy machine stops nobody) gets a real-time signal, and `late` runs in its
 * handler, between two instructions of the overdue call and on its thread: it may only do what is
 * safe there. It is called again each half millisecond until the call has ended.
 *
 * One watchdog serves all strategies of a thread; it is made, used and freed on that thread.
 */
#ifndef QM_HOST_WATCHDOG_H
#define QM_HOST_WATCHDOG_H

#include "quantmatrix/status.h"

#include <stdatomic.h>
#include <stdint.h>

typedef struct qm_watchdog qm_watchdog;

/* What both threads look at; the rest is the watchdog's own. */
typedef struct qm_watch {
    _Atomic uint64_t call; /* odd while one runs */
    _Atomic int64_t budget_ns;
    void *_Atomic subject;
    _Atomic int asleep;
} qm_watch;

/* late: see above. QM_EUNAVAILABLE: no thread or signal is to be had. */
qm_status qm_watchdog_new(void (*late)(void *subject), qm_watchdog **out, qm_error *err);
void qm_watchdog_free(qm_watchdog *watchdog);
qm_watch *qm_watchdog_watch(qm_watchdog *watchdog);
/* Of qm_watch_begin: it sleeps, and a call has begun. */
void qm_watchdog_wake(qm_watch *watch);

/* Calls don't nest. budget_ns > 0. */
static inline void qm_watch_begin(qm_watch *watch, void *subject, int64_t budget_ns) {
    uint64_t call = atomic_load_explicit(&watch->call, memory_order_relaxed);
    atomic_store_explicit(&watch->subject, subject, memory_order_relaxed);
    atomic_store_explicit(&watch->budget_ns, budget_ns, memory_order_relaxed);
    atomic_store_explicit(&watch->call, call + 1, memory_order_release);
    /* The watchdog orders this load behind the store before it sleeps (membarrier). */
    if (__builtin_expect(atomic_load_explicit(&watch->asleep, memory_order_relaxed), 0)) {
        qm_watchdog_wake(watch);
    }
}

static inline void qm_watch_end(qm_watch *watch) {
    uint64_t call = atomic_load_explicit(&watch->call, memory_order_relaxed);
    atomic_store_explicit(&watch->call, call + 1, memory_order_release);
}

#endif
