/* SPDX-License-Identifier: MIT
 *
 * 200 MB of one-minute bars: parsing, and into the store, against `sqlite3 .import` of the same
 * file; then loading them back. Doubles are compared with strtod first.
 */
#include "base/calendar.h"
#include "base/rng.h"
#include "import/ohlcv.h"
#include "store/market_db.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 200000000, CHECKED = 20000, ROUNDS = 3 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Processor time, which a busy machine does not lengthen as it does the clock's. */
static double spent(int who) {
    struct rusage u;
    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6;
}

/* Minutes of all sessions, in New York time, as a vendor would write them. */
static double write_file(const char *path) {
    FILE *file = fopen(path, "w");
    qm_rng rng;
    qm_session s;
    qm_date date = qm_calendar_first();
    double price = 100;
    long bytes = 0;
    if (!file) {
        exit(1);
    }
    qm_rng_seed(&rng, 9);
    bytes += fprintf(file, "timestamp,open,high,low,close,volume\n");
    while (bytes < BYTES && qm_calendar_on_or_after(date, &s)) {
        char day[QM_DATE_BUF];
        qm_date_format(s.date, day);
        date = s.date + 1;
        int minutes = (int)((s.close - s.open) / QM_MINUTE_NS);
        for (int m = 0; m < minutes; m++) {
            double open = price, high, low;
            price *= 1 + 0.002 * (qm_rng_double(&rng) - 0.5);
            price = price < 5 ? 5 : price;
            high = fmax(open, price) + 0.03;
            low = fmin(open, price) - 0.03;
            int at = 570 + m;
            bytes += fprintf(file, "%s %02d:%02d:00,%.2f,%.2f,%.2f,%.2f,%d\n", day, at / 60,
                             at % 60, open, high, low, price, (int)qm_rng_range(&rng, 100, 99999));
        }
    }
    fclose(file);
    return (double)bytes;
}

static int same_as_strtod(const char *path, const qm_bars *bars) {
    FILE *file = fopen(path, "r");
    char line[256];
    if (!file || !fgets(line, sizeof line, file)) {
        return 0;
    }
    for (size_t i = 0; i < CHECKED && fgets(line, sizeof line, file); i++) {
        char *at = strchr(line, ',') + 1;
        for (int k = 0; k < QM_COLUMN_COUNT; k++) {
            double value = strtod(at, &at);
            if (memcmp(&value, &bars->column[k][i], sizeof value) != 0) {
                printf("row %zu: %.17g is not %.17g\n", i + 2, bars->column[k][i], value);
                return 0;
            }
            at++;
        }
    }
    fclose(file);
    return 1;
}

static double by_sqlite(const char *folder, const char *path) {
    char command[1024];
    snprintf(command, sizeof command,
             "sqlite3 %s/reference.db 'create table b(t,o real,h real,l real,c real,v real)' "
             "'.mode csv' '.import %s b' >/dev/null 2>&1",
             folder, path);
    sync();
    double start = now();
    return system(command) == 0 ? now() - start : -1;
}

/* The whole of it: read, place, pack, write, commit to the disk. */
static double into_store(const char *database, const char *path, qm_ohlcv *file) {
    qm_market_db *db;
    qm_instruments *reg;
    qm_instrument_id id;
    qm_put_report report = {0};
    qm_ohlcv_options options = {0};
    qm_error err = {0};
    sync(); /* what others have left to be written is not ours */
    double start = now();
    qm_instruments_new(&reg);
    qm_instruments_intern(reg, "SPY", &id);
    if (qm_ohlcv_read(path, &options, file, &err) ||
        qm_market_db_open(database, QM_DB_CREATE, &db, &err) || qm_market_db_begin(db, &err) ||
        qm_market_db_save_instrument(db, qm_instruments_get(reg, id), &err) ||
        qm_market_db_put_bars(db, id, &file->bars, false, &report, &err) ||
        qm_market_db_commit(db, &err)) {
        printf("csv: %s\n", err.message);
        exit(1);
    }
    double time = now() - start;
    qm_market_db_close(db);
    qm_instruments_free(reg);
    return time;
}

/* Loads what into_store has stored and compares. */
static double out_of_store(const char *database, const qm_bars *bars) {
    qm_market_db *db;
    qm_bars back;
    qm_error err = {0};
    if (qm_market_db_open(database, QM_DB_READ, &db, &err) != QM_OK) {
        printf("csv: %s\n", err.message);
        exit(1);
    }
    qm_bars_init(&back, bars->tf);
    qm_bars_reserve(&back, bars->n);
    double start = now();
    qm_market_db_load_bars(db, 1, &QM_ALL_BARS, &back, &err);
    double time = now() - start;
    bool same = back.n == bars->n;
    for (int k = 0; same && k < QM_COLUMN_COUNT; k++) {
        same = memcmp(back.column[k], bars->column[k], back.n * sizeof(double)) == 0;
    }
    if (!same) {
        printf("csv: the store gives other bars back\n");
        exit(1);
    }
    qm_bars_fini(&back);
    qm_market_db_close(db);
    return time;
}

static double least(double a, double b) {
    return a < b ? a : b;
}

int main(void) {
    char folder[] = "/tmp/qm-bench-XXXXXX", path[64], database[64], command[128];
    if (!mkdtemp(folder)) {
        return 1;
    }
    snprintf(path, sizeof path, "%s/spy.csv", folder);
    snprintf(database, sizeof database, "%s/market.db", folder);
    double bytes = write_file(path), parse = 1e9, parse_cpu = 1e9, store = 1e9, load = 1e9;
    qm_ohlcv_options options = {0};
    qm_ohlcv file;
    qm_error err;
    struct stat info;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now(), cpu = spent(RUSAGE_SELF);
        if (qm_ohlcv_read(path, &options, &file, &err) != QM_OK) {
            printf("csv: %s\n", err.message);
            return 1;
        }
        parse = least(parse, now() - start);
        parse_cpu = least(parse_cpu, spent(RUSAGE_SELF) - cpu);
        if (i == 0 && !same_as_strtod(path, &file.bars)) {
            return 1;
        }
        qm_ohlcv_fini(&file);
    }
    double reference = by_sqlite(folder, path), reference_cpu = spent(RUSAGE_CHILDREN);
    for (int i = 0; i < ROUNDS; i++) {
        unlink(database);
        store = least(store, into_store(database, path, &file));
        load = least(load, out_of_store(database, &file.bars));
        if (i == ROUNDS - 1) {
            stat(database, &info);
            printf("store: loading %.1f million bars/s (needs at least 10), %.1f bytes a bar\n",
                   (double)file.bars.n / load / 1e6, (double)info.st_size / (double)file.bars.n);
        }
        qm_ohlcv_fini(&file);
    }
    printf("csv: parse %.0f MB/s, sqlite3 .import %.1f MB/s: ratio %.1fx (needs at least 30x)\n",
           bytes / parse / 1e6, bytes / reference / 1e6, reference / parse);
    printf("csv: parse in processor time %.0f MB/s: ratio %.1fx\n", bytes / parse_cpu / 1e6,
           reference_cpu / parse_cpu);
    printf("csv: into the store %.0f MB/s: ratio %.1fx (needs at least 10x)\n", bytes / store / 1e6,
           reference / store);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) != 0;
}
