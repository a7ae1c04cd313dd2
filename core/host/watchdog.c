/* SPDX-License-Identifier: MIT
 *
 * The thread and its signal. The signal carries the watchdog, so that no global is needed.
 */
#include "host/watchdog.h"

#include "base/mem.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { TICK_NS = 500000, IDLE_TICKS = 200, UNFENCED_SLEEP_MS = 100 };

struct qm_watchdog {
    qm_watch watch; /* first: qm_watchdog_wake finds the rest */
    _Atomic uint64_t overdue;
    _Atomic int quit;
    void (*late)(void *subject);
    sem_t wake;
    pthread_t thread, watched;
    clockid_t clock; /* processor time of the watched thread */
    bool fenced;     /* membarrier is to be had */
    struct sigaction before;
};

static int signal_number(void) {
    return SIGRTMIN + 5;
}

/* The call that was overdue may have ended meanwhile, and another begun. */
static void on_signal(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    if (info->si_code != SI_QUEUE || info->si_pid != getpid()) {
        return;
    }
    int saved = errno;
    qm_watchdog *w = info->si_value.sival_ptr;
    uint64_t call = atomic_load_explicit(&w->watch.call, memory_order_relaxed);
    if (call == atomic_load_explicit(&w->overdue, memory_order_acquire)) {
        w->late(atomic_load_explicit(&w->watch.subject, memory_order_relaxed));
    }
    errno = saved;
}

static int64_t used_ns(const qm_watchdog *w) {
    struct timespec t = {0};
    clock_gettime(w->clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool fence(int command) {
    return syscall(SYS_membarrier, command, 0, 0) == 0;
}

/* Until the next call. Without the barrier the wake-up may be missed, so it looks by itself. */
static void sleep_until_call(qm_watchdog *w) {
    atomic_store(&w->watch.asleep, 1);
    if (w->fenced) {
        fence(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    }
    if (!(atomic_load(&w->watch.call) & 1) && !atomic_load(&w->quit)) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += UNFENCED_SLEEP_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (w->fenced) {
            sem_wait(&w->wake);
        } else {
            sem_timedwait(&w->wake, &until);
        }
    }
    atomic_store(&w->watch.asleep, 0);
}

static void nap(int64_t ns) {
    struct timespec t = {0, ns < TICK_NS ? (long)ns : TICK_NS};
    nanosleep(&t, NULL);
}

/* What is left of the call's budget; at its end the signal. */
static int64_t look(qm_watchdog *w, uint64_t call, int64_t began) {
    int64_t budget = atomic_load_explicit(&w->watch.budget_ns, memory_order_relaxed);
    int64_t left = budget - (used_ns(w) - began);
    if (left > 0) {
        return left;
    }
    atomic_store_explicit(&w->overdue, call, memory_order_release);
    pthread_sigqueue(w->watched, signal_number(), (union sigval){.sival_ptr = w});
    return TICK_NS;
}

static void *watch(void *data) {
    qm_watchdog *w = data;
    uint64_t seen = 0;
    int64_t began = 0;
    int idle = 0;
    while (!atomic_load(&w->quit)) {
        uint64_t call = atomic_load_explicit(&w->watch.call, memory_order_acquire);
        idle = call & 1 ? 0 : idle + 1;
        if (idle > IDLE_TICKS) {
            sleep_until_call(w);
            idle = 0;
        } else if (!(call & 1)) {
            nap(TICK_NS);
        } else if (call != seen) {
            seen = call;
            began = used_ns(w);
            nap(TICK_NS);
        } else {
            nap(look(w, call, began));
        }
    }
    return NULL;
}

/* Other signals are for the other threads. */
static int start_thread(qm_watchdog *w) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&w->thread, NULL, watch, w);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

qm_status qm_watchdog_new(void (*late)(void *subject), qm_watchdog **out, qm_error *err) {
    qm_watchdog *w = qm_calloc(1, sizeof *w);
    if (!w) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    w->late = late;
    w->watched = pthread_self();
    w->fenced = fence(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sem_init(&w->wake, 0, 0);
    int code = pthread_getcpuclockid(w->watched, &w->clock);
    if (code == 0 && sigaction(signal_number(), &action, &w->before) != 0) {
        code = errno;
    }
    if (code == 0) {
        code = start_thread(w);
        if (code != 0) {
            sigaction(signal_number(), &w->before, NULL);
        }
    }
    if (code != 0) {
        sem_destroy(&w->wake);
        qm_free(w);
        return qm_error_set(err, QM_EUNAVAILABLE, "no watchdog for the strategies: %s",
                            strerror(code));
    }
    *out = w;
    return QM_OK;
}

void qm_watchdog_free(qm_watchdog *w) {
    if (!w) {
        return;
    }
    atomic_store(&w->quit, 1);
    sem_post(&w->wake);
    pthread_join(w->thread, NULL);
    sigaction(signal_number(), &w->before, NULL);
    sem_destroy(&w->wake);
    qm_free(w);
}

qm_watch *qm_watchdog_watch(qm_watchdog *w) {
    return &w->watch;
}

void qm_watchdog_wake(qm_watch *shared) {
    qm_watchdog *w = (qm_watchdog *)(void *)shared;
    if (atomic_exchange(&shared->asleep, 0)) {
        sem_post(&w->wake);
    }
}
