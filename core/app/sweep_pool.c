/* SPDX-License-Identifier: MIT
 *
 * The pool of this machine: a process a task, so many at a time, forked from the one that loaded
 * the bars. A process that is killed leaves no file, and its task runs again.
 */
#include "app/sweep.h"

#include "base/mem.h"
#include "store/lock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 3, WAIT_NS = 2000000, PATIENCE_S = 5 };

typedef struct slot {
    pid_t pid; /* 0: free */
    int64_t task;
} slot;

typedef struct pool {
    const qm_sweep *sweep;
    qm_desk *desk;
    slot *slots;
    int workers, busy;
    char *state; /* of each task: attempts so far, or DONE */
    int64_t next, done;
    int lock;
    double started;
    int64_t found; /* done before this run */
    qm_status status;
} pool;

enum { DONE = 100 };

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void show(const pool *p) {
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    int64_t fresh = p->done - p->found, left = p->sweep->tasks - p->done;
    double passed = seconds() - p->started;
    fprintf(stderr, "\r\x1b[Ksweep: %lld of %lld tasks", (long long)p->done,
            (long long)p->sweep->tasks);
    if (fresh > 0) {
        fprintf(stderr, ", %.0f s to go", passed / (double)fresh * (double)left);
    }
}

/* In the child: the lock stays the parent's alone, and the parent's death ends it too. */
static _Noreturn void work(const pool *p, int64_t task, pid_t parent) {
    qm_error err = {0};
    close(p->lock);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* it may be in a callback that never ends */
    if (getppid() != parent) {
        _exit(QM_ECANCELLED);
    }
    qm_status status = qm_sweep_task(p->sweep, p->desk, task, &err);
    if (status != QM_OK && status != QM_ECANCELLED) {
        char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
        fprintf(stderr, "qm: task %lld: %s\n", (long long)task,
                qm_error_format(&err, text, sizeof text));
    }
    _exit((int)status);
}

static void spawn(pool *p, slot *at, int64_t task) {
    pid_t parent = getpid();
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        work(p, task, parent);
    }
    if (pid < 0) {
        p->status = QM_EUNAVAILABLE;
        fprintf(stderr, "qm: no process for task %lld: %s\n", (long long)task, strerror(errno));
        return;
    }
    *at = (slot){pid, task};
    p->state[task]++;
    p->busy++;
}

/* Of a process that was killed while it wrote. */
static void sweep_up(const pool *p, const slot *ended) {
    char path[4200], beside[4300];
    qm_sweep_task_path(p->sweep, ended->task, path, sizeof path);
    snprintf(beside, sizeof beside, "%s.%ld.tmp", path, (long)ended->pid);
    unlink(beside);
}

static void take_end(pool *p, slot *at, int code) {
    slot ended = *at;
    at->pid = 0;
    p->busy--;
    if (WIFEXITED(code) && WEXITSTATUS(code) == QM_OK) {
        p->state[ended.task] = DONE;
        p->done++;
        show(p);
        return;
    }
    sweep_up(p, &ended);
    if (WIFEXITED(code)) {
        p->status = p->status == QM_OK ? (qm_status)WEXITSTATUS(code) : p->status;
        return;
    }
    if (qm_interrupted) {
        return;
    }
    fprintf(stderr, "qm: the worker of task %lld was ended by signal %d%s\n", (long long)ended.task,
            WTERMSIG(code), p->state[ended.task] < ATTEMPTS ? ": its task runs again" : "");
    if (p->state[ended.task] < ATTEMPTS) {
        p->next = ended.task < p->next ? ended.task : p->next;
    } else {
        p->status = QM_EUNAVAILABLE;
    }
}

/* Tasks that are neither done nor at work, from `next` on; -1: none. */
static int64_t next_task(pool *p) {
    for (; p->next < p->sweep->tasks; p->next++) {
        bool running = false;
        for (int i = 0; i < p->workers; i++) {
            running = running || (p->slots[i].pid && p->slots[i].task == p->next);
        }
        if (p->state[p->next] != DONE && !running) {
            return p->next++;
        }
    }
    return -1;
}

static void collect_ends(pool *p) {
    bool any = false;
    for (int i = 0; i < p->workers; i++) {
        int code;
        if (p->slots[i].pid && waitpid(p->slots[i].pid, &code, WNOHANG) == p->slots[i].pid) {
            take_end(p, &p->slots[i], code);
            any = true;
        }
    }
    if (!any && p->busy > 0) {
        nanosleep(&(struct timespec){0, WAIT_NS}, NULL);
    }
}

static void stop_all(const pool *p, int number) {
    for (int i = 0; i < p->workers; i++) {
        if (p->slots[i].pid) {
            kill(p->slots[i].pid, number);
        }
    }
}

static qm_status run(pool *p, qm_error *err) {
    double stopped = 0; /* when they were asked to */
    show(p);
    for (;;) {
        bool going = p->status == QM_OK && !qm_interrupted;
        for (int i = 0; going && i < p->workers; i++) {
            int64_t task = p->slots[i].pid ? -1 : next_task(p);
            if (task >= 0) {
                spawn(p, &p->slots[i], task);
            }
        }
        if (!going && stopped == 0) {
            stop_all(p, SIGTERM);
            stopped = seconds();
        } else if (!going && seconds() - stopped > PATIENCE_S) {
            stop_all(p, SIGKILL);
        }
        if (p->busy == 0) {
            break;
        }
        collect_ends(p);
    }
    if (isatty(STDERR_FILENO)) {
        fprintf(stderr, "\r\x1b[K");
    }
    if (qm_interrupted || (p->status != QM_OK && p->done < p->sweep->tasks)) {
        return qm_error_set(err, qm_interrupted ? QM_ECANCELLED : p->status,
                            "%s: %lld of %lld tasks are done; run again for the rest",
                            qm_interrupted ? "stopped" : qm_status_text(p->status),
                            (long long)p->done, (long long)p->sweep->tasks);
    }
    return QM_OK;
}

/* What is there from an earlier run; a file that can't be used is said and made anew. */
static qm_status look(pool *p, qm_error *err) {
    for (int64_t task = 0; task < p->sweep->tasks; task++) {
        qm_error why = {0};
        qm_status status = qm_sweep_task_read(p->sweep, task, NULL, &why);
        if (status == QM_OK) {
            p->state[task] = DONE;
            p->done++;
        } else if (status == QM_EDATA) {
            char text[QM_ERROR_TEXT_MAX + QM_ERROR_FILE_MAX + 32];
            fprintf(stderr, "qm: %s: it is made again\n", qm_error_format(&why, text, sizeof text));
        } else if (status != QM_ENOTFOUND) {
            *err = why;
            return status;
        }
    }
    p->found = p->done;
    return QM_OK;
}

qm_status qm_sweep_pool(const qm_sweep *sweep, qm_desk *desk, int workers, qm_error *err) {
    pool p = {.sweep = sweep, .desk = desk, .workers = workers, .lock = -1, .started = seconds()};
    char path[4200];
    p.slots = qm_calloc((size_t)workers, sizeof *p.slots);
    p.state = qm_calloc((size_t)sweep->tasks, 1);
    snprintf(path, sizeof path, "%s/pool.lock", sweep->folder);
    qm_status status = !p.slots || !p.state ? qm_error_set(err, QM_ENOMEM, "out of memory")
                                            : qm_lock_take(path, &p.lock, err);
    if (status == QM_OK) {
        status = look(&p, err);
    }
    if (status == QM_OK) {
        status = run(&p, err);
    }
    qm_lock_release(p.lock);
    qm_free(p.slots);
    qm_free(p.state);
    return status;
}
