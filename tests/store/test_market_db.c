/* SPDX-License-Identifier: MIT */
#include "base/calendar.h"
#include "base/rng.h"
#include "store/book.h"
#include "store/market_db.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Daily bars with prices of `decimals`, or (decimals < 0) of any double. */
static void make_bars(qm_bars *bars, size_t n, int decimals, uint64_t seed) {
    qm_rng rng;
    qm_session s;
    qm_date date = qm_date_from_ymd(1998, 1, 2);
    double power = pow(10, decimals), price = 50;
    qm_rng_seed(&rng, seed);
    qm_bars_init(bars, QM_TF_1D);
    for (size_t i = 0; i < n; i++) {
        qm_bar bar = {0};
        assert_true(qm_calendar_on_or_after(date, &s));
        qm_bar_place_daily(s.date, &bar);
        date = s.date + 1;
        price *= exp(0.01 * qm_rng_normal(&rng));
        double open = price * exp(0.005 * qm_rng_normal(&rng));
        double x[] = {open, fmax(open, price) * 1.01, fmin(open, price) * 0.99, price,
                      (double)qm_rng_range(&rng, 0, 90000000)};
        for (int k = 0; k < 4; k++) {
            x[k] = decimals < 0 ? x[k] : round(x[k] * power) / power;
        }
        memcpy(bar.x, x, sizeof x);
        if (i % 97 == 5) {
            bar.x[QM_VOLUME] = NAN;
        }
        bar.flags = (uint32_t)(i % 7 == 0);
        assert_int_equal(qm_bars_push(bars, &bar), QM_OK);
    }
}

static void assert_same(const qm_bars *a, const qm_bars *b) {
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->time, b->time, a->n * sizeof *a->time);
    assert_memory_equal(a->date, b->date, a->n * sizeof *a->date);
    assert_memory_equal(a->flags, b->flags, a->n);
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        assert_memory_equal(a->column[k], b->column[k], a->n * sizeof(double));
    }
}

static qm_market_db *open_memory(qm_instruments *reg, qm_instrument_id *id) {
    qm_market_db *db;
    qm_error err;
    assert_int_equal(qm_market_db_open(":memory:", QM_DB_CREATE, &db, &err), QM_OK);
    assert_int_equal(qm_instruments_intern(reg, "SPY", id), QM_OK);
    assert_int_equal(qm_market_db_save_instrument(db, qm_instruments_get(reg, *id), &err), QM_OK);
    return db;
}

static void put(qm_market_db *db, qm_instrument_id id, const qm_bars *bars, qm_put_report *r) {
    qm_error err;
    *r = (qm_put_report){0};
    assert_int_equal(qm_market_db_begin(db, &err), QM_OK);
    assert_int_equal(qm_market_db_put_bars(db, id, bars, false, r, &err), QM_OK);
    assert_int_equal(qm_market_db_commit(db, &err), QM_OK);
}

/* Bit for bit, in pieces that overlap, and the same twice changes nothing. */
static void test_round_trip(void **state) {
    (void)state;
    static const int decimals[] = {2, 4, 0, -1};
    for (size_t d = 0; d < 4; d++) {
        qm_instruments *reg;
        qm_instrument_id id;
        qm_bars bars, back, part;
        qm_put_report r;
        qm_error err;
        assert_int_equal(qm_instruments_new(&reg), QM_OK);
        qm_market_db *db = open_memory(reg, &id);
        make_bars(&bars, 6000, decimals[d], 3 + d);
        for (int piece = 2; piece >= 0; piece--) { /* later pieces first */
            qm_bars_init(&part, QM_TF_1D);
            for (size_t i = (size_t)piece * 2000;
                 i < (size_t)piece * 2000 + 2000 + 100u && i < bars.n; i++) {
                qm_bar bar;
                qm_bars_get(&bars, i, &bar);
                qm_bars_push(&part, &bar);
            }
            put(db, id, &part, &r);
            assert_int_equal(r.known, piece == 2 ? 0 : 100);
            qm_bars_fini(&part);
        }
        put(db, id, &bars, &r);
        assert_int_equal(r.added, 0);
        assert_int_equal(r.known, 6000);
        qm_bars_init(&back, QM_TF_1D);
        assert_int_equal(qm_market_db_load_bars(db, id, &QM_ALL_BARS, &back, &err), QM_OK);
        assert_same(&bars, &back);
        qm_bars_truncate(&back, 0);
        qm_bar_range range = {bars.time[1000], bars.time[5000]};
        assert_int_equal(qm_market_db_load_bars(db, id, &range, &back, &err), QM_OK);
        assert_int_equal(back.n, 4000);
        assert_int_equal(back.time[0], bars.time[1000]);
        qm_series_info_vec list = {0};
        assert_int_equal(qm_market_db_list(db, &list, &err), QM_OK);
        assert_int_equal(list.items[0].bars, 6000);
        assert_true(decimals[d] != 2 || list.items[0].bytes <= 24 * 6000);
        qm_vec_fini(&list);
        qm_bars_fini(&back);
        qm_bars_fini(&bars);
        qm_market_db_close(db);
        qm_instruments_free(reg);
    }
}

static void test_other_values(void **state) {
    (void)state;
    qm_instruments *reg;
    qm_instrument_id id;
    qm_bars bars;
    qm_put_report r;
    qm_error err;
    assert_int_equal(qm_instruments_new(&reg), QM_OK);
    qm_market_db *db = open_memory(reg, &id);
    make_bars(&bars, 10, 2, 1);
    put(db, id, &bars, &r);
    double old = bars.column[QM_CLOSE][4];
    bars.column[QM_CLOSE][4] = old + 1;
    assert_int_equal(qm_market_db_begin(db, &err), QM_OK);
    assert_int_equal(qm_market_db_put_bars(db, id, &bars, false, &r, &err), QM_EEXISTS);
    assert_non_null(strstr(err.message, "1998-01-08: close is stored as"));
    qm_market_db_rollback(db);
    r = (qm_put_report){0};
    assert_int_equal(qm_market_db_put_bars(db, id, &bars, true, &r, &err), QM_OK);
    assert_int_equal(r.replaced, 1);
    qm_bars_fini(&bars);
    qm_market_db_close(db);
    qm_instruments_free(reg);
}

static int collect(void *data, bool header, int count, const char *const *values) {
    char *out = data;
    (void)header;
    for (int i = 0; i < count; i++) {
        strcat(out, values[i] ? values[i] : "null");
        strcat(out, i + 1 < count ? "," : ";");
    }
    return 0;
}

static void test_sql(void **state) {
    (void)state;
    qm_instruments *reg;
    qm_instrument_id id;
    qm_bars bars;
    qm_put_report r;
    qm_error err;
    char out[4096] = "";
    assert_int_equal(qm_instruments_new(&reg), QM_OK);
    qm_market_db *db = open_memory(reg, &id);
    make_bars(&bars, 300, 2, 1);
    put(db, id, &bars, &r);
    assert_int_equal(qm_market_db_query(db,
                                        "select symbol, timeframe, time, date from bars where "
                                        "symbol = 'SPY' and date >= '1998-01-06' and date < "
                                        "'1998-01-08'",
                                        collect, out, &err),
                     QM_OK);
    assert_string_equal(out, "symbol,timeframe,time,date;"
                             "SPY,1d,1998-01-06T21:00:00Z,1998-01-06;"
                             "SPY,1d,1998-01-07T21:00:00Z,1998-01-07;");
    out[0] = 0;
    assert_int_equal(
        qm_market_db_query(db, "select count(*), count(volume) from bars", collect, out, &err),
        QM_OK);
    assert_string_equal(out, "count(*),count(volume);300,296;");
    static const char *const refused[] = {"delete from chunks",
                                          "drop table chunks",
                                          "select 1; select 2",
                                          "attach 'x' as y",
                                          "pragma journal_mode = delete",
                                          "selec 1",
                                          ""};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(qm_market_db_query(db, refused[i], collect, out, &err), QM_EDATA);
    }
    qm_bars_fini(&bars);
    qm_market_db_close(db);
    qm_instruments_free(reg);
}

static void test_bad_files(void **state) {
    (void)state;
    char folder[] = "/tmp/qm-test-XXXXXX", path[64];
    qm_market_db *db;
    qm_error err;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/m.db", folder);
    assert_int_equal(qm_market_db_open(path, QM_DB_READ, &db, &err), QM_ENOTFOUND);
    FILE *f = fopen(path, "w");
    fputs("this is no database, whatever its name says, and it is long enough to be sure\n", f);
    fclose(f);
    assert_int_equal(qm_market_db_open(path, QM_DB_WRITE, &db, &err), QM_EDATA);
    unlink(path);
    assert_int_equal(qm_market_db_open("/proc/m.db", QM_DB_CREATE, &db, &err), QM_EIO);
    rmdir(folder);
}

/* A second process is refused by name; what a killed one had committed is there, nothing else. */
static void test_book_after_kill(void **state) {
    (void)state;
    char folder[] = "/tmp/qm-test-XXXXXX", path[64], value[64];
    qm_book *book;
    qm_error err;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/book.db", folder);
    pid_t pid = fork();
    if (pid == 0) {
        if (qm_book_open(path, QM_DB_CREATE, &book, &err) != QM_OK) {
            _exit(1);
        }
        qm_book_begin(book, &err);
        qm_book_put_value(book, "a", "committed", &err);
        qm_book_commit(book, &err);
        qm_book *second;
        char name[64];
        snprintf(name, sizeof name, "process %ld", (long)getpid());
        if (qm_book_open(path, QM_DB_CREATE, &second, &err) != QM_EBUSY ||
            !strstr(err.message, name)) {
            _exit(2);
        }
        qm_book_begin(book, &err);
        qm_book_put_value(book, "a", "lost", &err);
        _exit(0); /* as kill -9 would have it */
    }
    int status;
    waitpid(pid, &status, 0);
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(qm_book_owner(path), 0);
    assert_int_equal(qm_book_open(path, QM_DB_CREATE, &book, &err), QM_OK);
    assert_int_equal(qm_book_owner(path), getpid());
    assert_int_equal(qm_book_get_value(book, "a", value, sizeof value, &err), QM_OK);
    assert_string_equal(value, "committed");
    assert_int_equal(qm_book_get_value(book, "b", value, sizeof value, &err), QM_ENOTFOUND);
    qm_order order = {.id = 7,
                      .instrument = 3,
                      .multiplier = 100,
                      .side = QM_SELL,
                      .type = QM_STOP_LIMIT,
                      .tif = QM_GTC,
                      .state = QM_ORDER_REPLACING,
                      .qty = {5},
                      .limit = {6},
                      .stop = {7},
                      .want_qty = {8},
                      .filled = {9},
                      .filled_value = {10, -11},
                      .coarse = true,
                      .created = 12,
                      .updated = 13,
                      .live_since = 14,
                      .session = 15,
                      .reason = "why"};
    assert_int_equal(qm_book_put_order(book, "s", &order, &err), QM_OK);
    qm_order_row_vec rows = {0};
    assert_int_equal(qm_book_load_orders(book, &rows, &err), QM_OK);
    assert_int_equal(rows.length, 1);
    const qm_order *o = &rows.items[0].order;
    assert_true(o->id == 7 && o->side == QM_SELL && o->type == QM_STOP_LIMIT && o->tif == QM_GTC &&
                o->state == QM_ORDER_REPLACING && o->qty.raw == 5 && o->limit.raw == 6 &&
                o->stop.raw == 7 && o->want_qty.raw == 8 && o->filled.raw == 9 &&
                o->filled_value.lo == 10 && o->filled_value.hi == -11 && o->coarse &&
                !o->triggered && o->created == 12 && o->updated == 13 && o->live_since == 14 &&
                o->session == 15 && strcmp(o->reason, "why") == 0);
    qm_vec_fini(&rows);
    qm_book_close(book);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_other_values),
        cmocka_unit_test(test_sql),
        cmocka_unit_test(test_bad_files),
        cmocka_unit_test(test_book_after_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
