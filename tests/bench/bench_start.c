/* SPDX-License-Identifier: MIT
 *
 * Start of `qm version` against an empty program linked with the same libraries, in turn; and the
 * resident memory of the demo's daemon.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 101 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Runs a command without output; its time in seconds, or -1. */
static double run(char *const *argv, struct rusage *usage) {
    double start = now();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        execv(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || wait4(pid, &status, 0, usage) < 0) {
        return -1;
    }
    double time = now() - start;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? time : -1;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void) {
    const char *qm = getenv("QM_BIN");
    if (!qm) {
        qm = QM_BUILD_DIR "/qm";
    }
    char *version[] = {(char *)qm, "version", NULL};
    char *empty[] = {QM_BUILD_DIR "/tests/empty", NULL};
    static double ours[ROUNDS], theirs[ROUNDS];
    struct rusage usage;
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = run(version, &usage);
        theirs[i] = run(empty, &usage);
        if (ours[i] < 0 || theirs[i] < 0) {
            printf("start: could not run %s\n", ours[i] < 0 ? version[0] : empty[0]);
            return 1;
        }
    }
    qsort(ours, ROUNDS, sizeof ours[0], by_value);
    qsort(theirs, ROUNDS, sizeof theirs[0], by_value);
    double ratio = ours[ROUNDS / 2] / theirs[ROUNDS / 2];
    printf(
        "start of qm version: %.2f ms, empty program %.2f ms: ratio %.2fx (needs at most 1.5x)\n",
        1e3 * ours[ROUNDS / 2], 1e3 * theirs[ROUNDS / 2], ratio);
    char folder[] = "/tmp/qm-bench-XXXXXX";
    if (!mkdtemp(folder)) {
        return 1;
    }
    char *demo[] = {(char *)qm, "demo", "--dir", folder, NULL};
    double seconds = run(demo, &usage);
    if (seconds < 0) {
        printf("demo: failed\n");
        return 1;
    }
    printf("demo: %.1f s (needs under 20), resident memory at most %.1f MB (needs under 30)\n",
           seconds, (double)usage.ru_maxrss / 1024);
    char *clean[] = {"/bin/rm", "-rf", folder, NULL};
    run(clean, &usage);
    return 0;
}
