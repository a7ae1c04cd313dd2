/* SPDX-License-Identifier: MIT
 *
 * A sweep of 1,000 parameter sets (QM_SWEEP_SETS) over ten years of daily bars of 100 symbols, by
 * as many workers as there are processors; against single backtests of the same set, which read the
 * files anew. First a set of the sweep and its backtest must end with the same equity.
 */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SYMBOLS = 100, DAYS = 2520, SINGLES = 3, MEMORY_MAX_MB = 200 };

static const char STRATEGY[] =
    "local qm = require 'qm'\n"
    "return qm.strategy {\n"
    "    name = 'cross',\n"
    "    params = { fast = qm.integer { default = 2, min = 1, max = 200 },\n"
    "               slow = qm.integer { default = 50, min = 2, max = 400 } },\n"
    "    universe = { 'SPY' }, timeframe = '1d',\n"
    "    inputs = function(p) return { qm.ta.sma(p.fast), qm.ta.sma(p.slow) } end,\n"
    "    init = function(ctx) ctx.state.long = {} end,\n"
    "    on_bar = function(ctx, bar, fast, slow)\n"
    "        local long = fast > slow\n"
    "        if long ~= (ctx.state.long[bar.symbol] or false) then\n"
    "            ctx.state.long[bar.symbol] = long\n"
    "            ctx:target(bar.symbol, long and 0.009 or 0)\n"
    "        end\n"
    "    end,\n"
    "}\n";

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A command with its output in a file; its seconds, or -1. */
static double run(char *const *argv, const char *output, struct rusage *usage) {
    double start = now();
    pid_t pid = fork();
    if (pid == 0) {
        int out = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(out, 1);
        execv(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    if (pid < 0 || wait4(pid, &status, 0, usage) < 0 || !WIFEXITED(status) ||
        WEXITSTATUS(status) != 0) {
        return -1;
    }
    return now() - start;
}

static unsigned next_random(unsigned *state) {
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

static int write_prices(int symbol) {
    char name[32];
    unsigned state = (unsigned)symbol + 1;
    snprintf(name, sizeof name, "S%03d.csv", symbol);
    FILE *file = fopen(name, "w");
    if (!file) {
        return -1;
    }
    fprintf(file, "Date,Open,High,Low,Close,Volume\n");
    double price = 50 + symbol;
    time_t day = 1262606400; /* Monday 2010-01-04, noon */
    for (int n = 0; n < DAYS; day += 86400) {
        struct tm t;
        gmtime_r(&day, &t);
        if (t.tm_wday == 0 || t.tm_wday == 6) {
            continue;
        }
        double open = price;
        price *= 1 + ((double)(next_random(&state) % 10000) / 10000 - 0.497) * 0.03;
        fprintf(file, "%04d-%02d-%02d,%.2f,%.2f,%.2f,%.2f,100000\n", t.tm_year + 1900, t.tm_mon + 1,
                t.tm_mday, open, fmax(open, price) * 1.004, fmin(open, price) * 0.996, price);
        n++;
    }
    return fclose(file);
}

/* 20 fast averages by so many slow ones. */
static int write_files(int sets) {
    FILE *file = fopen("cross.lua", "w");
    if (!file || fputs(STRATEGY, file) < 0 || fclose(file) != 0 || !(file = fopen("s.lua", "w"))) {
        return -1;
    }
    fprintf(file,
            "return { strategy = 'cross.lua', method = 'grid', params = {\n"
            "    fast = { from = 2, to = 21, step = 1 }, slow = { from = 50, to = %d, step = 1 } },"
            "\n    bars = {\n",
            50 + (sets + 19) / 20 - 1);
    for (int i = 0; i < SYMBOLS; i++) {
        fprintf(file, "        S%03d = 'S%03d.csv',\n", i, i);
        if (write_prices(i) != 0) {
            return -1;
        }
    }
    fprintf(file, "    } }\n");
    return fclose(file);
}

/* The first value of a key behind a place. */
static int find_value(const char *file, const char *key, char out[64]) {
    static char text[1 << 24];
    FILE *in = fopen(file, "r");
    size_t length = in ? fread(text, 1, sizeof text - 1, in) : 0;
    text[length] = 0;
    if (in) {
        fclose(in);
    }
    const char *at = strstr(text, key);
    return at && sscanf(at + strlen(key), "%63[^\",}]", out) == 1;
}

static double run_singles(char *qm, struct rusage *usage) {
    static char bars[SYMBOLS][32];
    char *argv[2 * SYMBOLS + 8] = {qm, "backtest", "cross.lua", "--json", "--no-journal"};
    double best = INFINITY;
    int n = 5;
    for (int i = 0; i < SYMBOLS; i++) {
        snprintf(bars[i], sizeof bars[i], "S%03d=S%03d.csv", i, i);
        argv[n++] = "--bars";
        argv[n++] = bars[i];
    }
    for (int i = 0; i < SINGLES; i++) {
        double seconds = run(argv, "single.json", usage);
        if (seconds < 0) {
            return -1;
        }
        best = seconds < best ? seconds : best;
    }
    return best;
}

int main(void) {
    char qm[4096], folder[] = "/tmp/bench_sweep.XXXXXX", of_sweep[64] = "", single[64] = "?";
    const char *named = getenv("QM_BIN"), *asked = getenv("QM_SWEEP_SETS");
    struct rusage usage, one;
    int sets = asked ? atoi(asked) : 1000;
    if (!realpath(named ? named : QM_BUILD_DIR "/qm", qm) || sets < 1 || !mkdtemp(folder) ||
        chdir(folder) != 0 || write_files(sets) != 0) {
        fprintf(stderr, "bench_sweep: can't begin\n");
        return 1;
    }
    sets = (sets + 19) / 20 * 20;
    char *argv[] = {qm, "sweep", "run", "s.lua", "--json", NULL};
    double alone = run_singles(qm, &one), seconds = run(argv, "sweep.json", &usage);
    int same =
        seconds >= 0 && alone >= 0 && find_value("sweep.json", "\"final_equity\":\"", of_sweep) &&
        find_value("single.json", "\"final_equity\":\"", single) && strcmp(of_sweep, single) == 0;
    double bars = (double)sets * SYMBOLS * DAYS, megabytes = (double)usage.ru_maxrss / 1024;
    double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec;
    printf("%d sets x %d symbols x %d days: %.1f s, %.2f million bars/s, %.0f s of processor\n",
           sets, SYMBOLS, DAYS, seconds, bars / seconds / 1e6, cpu);
    printf("peak of a process: %.0f MB (at most %d)\n", megabytes, MEMORY_MAX_MB);
    printf("one backtest alone: %.2f s; a set of the sweep: %.2f of that\n", alone,
           seconds / sets / alone);
    if (!same) {
        printf("FAILED: the sweep's first set ends with %s, its backtest with %s\n", of_sweep,
               single);
    }
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    int removed = system(command);
    return same && removed == 0 && megabytes <= MEMORY_MAX_MB ? 0 : 1;
}
