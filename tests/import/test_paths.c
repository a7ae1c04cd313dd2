/* SPDX-License-Identifier: MIT
 *
 * The fast path of the reader against the general one, which `keep_text` asks for: the same bars or
 * the same refusal, for whole files, for files of every odd shape, and for files with broken bytes.
 */
#include "base/calendar.h"
#include "base/rng.h"
#include "import/ohlcv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[64];

static void write_bytes(const char *text, size_t n) {
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void assert_same_bars(const qm_bars *a, const qm_bars *b) {
    assert_int_equal(a->n, b->n);
    assert_true(qm_timeframe_equal(a->tf, b->tf));
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->time[i], b->time[i]);
        assert_int_equal(a->date[i], b->date[i]);
        assert_int_equal(a->flags[i], b->flags[i]);
        for (int k = 0; k < QM_COLUMN_COUNT; k++) {
            assert_memory_equal(&a->column[k][i], &b->column[k][i], sizeof(double));
        }
    }
}

/* Reads the file by both paths; what they agree on. */
static qm_status read_both(qm_ohlcv *fast, qm_error *err) {
    qm_ohlcv_options plain = {0}, general = {.keep_text = true};
    qm_ohlcv slow;
    qm_error slow_err = {0};
    *err = (qm_error){0};
    qm_status status = qm_ohlcv_read(path, &plain, fast, err);
    assert_int_equal(qm_ohlcv_read(path, &general, &slow, &slow_err), status);
    if (status == QM_OK) {
        assert_same_bars(&fast->bars, &slow.bars);
        assert_int_equal(fast->flagged_open, slow.flagged_open);
        assert_int_equal(fast->flagged_session, slow.flagged_session);
        assert_int_equal(fast->has_adjusted, slow.has_adjusted);
        assert_int_equal(fast->has_volume, slow.has_volume);
    } else {
        assert_string_equal(err->message, slow_err.message);
        assert_int_equal(err->row, slow_err.row);
        assert_int_equal(err->column, slow_err.column);
    }
    qm_ohlcv_fini(&slow);
    return status;
}

typedef struct text {
    char bytes[1 << 20];
    size_t n;
} text;

/* Minutes of `sessions` sessions from `from`, every `step` minutes. */
static void write_minutes(text *t, qm_date from, int sessions, int step) {
    qm_session s;
    qm_rng rng;
    char day[QM_DATE_BUF];
    qm_rng_seed(&rng, 3);
    t->n = (size_t)snprintf(t->bytes, sizeof t->bytes, "timestamp,open,high,low,close,volume\n");
    for (; sessions > 0 && qm_calendar_on_or_after(from, &s); sessions--, from = s.date + 1) {
        qm_date_format(s.date, day);
        for (int m = 0; m < (int)((s.close - s.open) / QM_MINUTE_NS); m += step) {
            int price = (int)qm_rng_range(&rng, 1000, 90000);
            t->n += (size_t)snprintf(t->bytes + t->n, sizeof t->bytes - t->n,
                                     "%s %02d:%02d:00,%d.%02d,%d.5,%d,%d.%02d,%d\n", day,
                                     (570 + m) / 60, (570 + m) % 60, price, m % 100, price + 1,
                                     price - 1, price, m % 97, m * 7);
        }
    }
    assert_true(t->n < sizeof t->bytes - 100);
}

static void years_of_minutes_are_the_same(void **state) {
    (void)state;
    static text t;
    qm_ohlcv out;
    qm_error err;
    qm_date from;
    /* Over a change of the clocks and the half day of 2024-11-29. */
    assert_int_equal(qm_date_parse("2024-10-30", 10, &from), QM_OK);
    write_minutes(&t, from, 25, 1);
    write_bytes(t.bytes, t.n);
    assert_int_equal(read_both(&out, &err), QM_OK);
    assert_int_equal(out.bars.n, 24 * 390 + 210);
    assert_int_equal(out.flagged_session, 0);
    qm_session s;
    assert_true(qm_calendar_on_or_after(from, &s));
    assert_int_equal(out.bars.time[0], s.open + QM_MINUTE_NS);
    assert_int_equal(out.bars.time[389], s.close);
    qm_ohlcv_fini(&out);
}

typedef struct shape {
    const char *what, *file;
    size_t bars;         /* 0: refused */
    int64_t row;         /* of the refusal */
    const char *message; /* part of it */
} shape;

#define HEAD "Date,Open,High,Low,Close,Volume\n"
#define DAY1 "2024-01-02,10,12,9,11,100\n"

/* Behind the second minute the reader has a pattern of the rows. */
#define MINUTES                                                                                    \
    "time,open,high,low,close,volume\n2024-01-02 09:30:00,10.5,12,9,11,100\n"                      \
    "2024-01-02 09:31:00,10.6,13,9,11,100\n2024-01-02 09:32:00,10.7,13,9,11,2\n"
/* Rows that are long enough behind it, so that none is too near to the end for the fast path. */
#define MORE                                                                                       \
    "2024-01-03 09:30:00,10.5,12,9,11,100\n2024-01-03 09:31:00,10.6,13,9,11,100\n"                 \
    "2024-01-03 09:32:00,10.5,12,9,11,100\n2024-01-03 09:33:00,10.6,13,9,11,100\n"                 \
    "2024-01-03 09:34:00,10.5,12,9,11,100\n2024-01-03 09:35:00,10.6,13,9,11,100\n"

static const shape SHAPES[] = {
    {"minutes of two days", MINUTES MORE, 9},
    {"minutes without seconds",
     "time,open,high,low,close\n2024-01-02 09:30,1,2,1,2\n2024-01-02 09:31,1,3,1,2\n"
     "2024-01-02 09:32,2.5,3,1,2\n2024-01-02 09:33,1,3,1,2\n2024-01-02 09:34,1,3,1,2\n"
     "2024-01-02 09:35,2.5,3,1,2\n2024-01-02 09:36,1,3,1,2\n2024-01-02 09:37,1,3,1,2\n"
     "2024-01-02 09:38,2.5,3,1,2\n2024-01-02 09:39,1,3,1,2\n2024-01-02 09:40,1,3,1,2\n",
     11},
    {"minutes of other lengths", MINUTES "2024-01-02 09:33:00,9.25,113,9.0625,10,7\n" MORE, 10},
    {"minutes of many digits", MINUTES "2024-01-02 09:33:00,10.1234567,12,9.12345678,11,7\n" MORE,
     10},
    {"a T between date and time", MINUTES "2024-01-02T09:33:00,10.7,13,9,11,2\n" MORE, 10},
    {"a time that only looks like one", MINUTES "2024-01-02 09:60:00,10.7,13,9,11,2\n" MORE, 0, 5,
     "09:60"},
    {"a minute of the day before", MINUTES "2024-01-01 09:33:00,10.7,13,9,11,2\n" MORE, 0, 5,
     "earlier"},
    {"a point for a separator", MINUTES "2024-01-02 09:33:00,10.7.13,9,11,2\n" MORE, 0, 5, ""},
    {"a separator for a point", MINUTES "2024-01-02 09:33:00,10,7,13,9,11,2\n" MORE, 0, 5, ""},
    {"a letter for a digit", MINUTES "2024-01-02 09:33:00,1O.7,13,9,11,2\n" MORE, 0, 5, "1O.7"},
    {"a sign for a digit", MINUTES "2024-01-02 09:33:00,10.7,13,-,11,2\n" MORE, 0, 5, "-"},
    {"a byte beyond ASCII",
     MINUTES "2024-01-02 09:33:00,10.7,13,9,1\xb9"
             ",2\n" MORE,
     0, 5, "\xb9"},
    {"a close above the high", MINUTES "2024-01-02 09:33:00,10.7,13,9,14,2\n" MORE, 0, 5, "14"},
    {"a cell too many in minutes", MINUTES "2024-01-02 09:33:00,10.7,13,9,11,2,2\n" MORE, 0, 5, ""},
    {"two days", HEAD DAY1 "2024-01-03,11,12.5,10,12,200\n", 2},
    {"no newline at the end", HEAD DAY1 "2024-01-03,11,12.5,10,12,200", 2},
    {"windows line ends", "Date,Open,High,Low,Close,Volume\r\n2024-01-02,10,12,9,11,1\r\n", 1},
    {"columns in another order", "close,volume,low,high,open,date\n11,5,9,12,10,2024-01-02\n", 1},
    {"no volume", "date,open,high,low,close\n2024-01-02,10,12,9,11\n", 1},
    {"quoted cells", HEAD "\"2024-01-02\",\"10\",\"12\",\"9\",\"11\",\"100\"\n", 1},
    {"seventeen digits", HEAD "2024-01-02,10.123456789012345,12,9,11,100\n", 1},
    {"an exponent", HEAD "2024-01-02,1.0e1,12,9,11,1e2\n", 1},
    {"a Saturday is kept and flagged", HEAD "2024-01-06,10,12,9,11,100\n", 1},
    {"open outside is kept and flagged", HEAD "2024-01-02,13,12,9,11,100\n", 1},
    {"empty", "", 0, 0, "empty"},
    {"only a header", HEAD, 0, 0, "no rows"},
    {"a header without close", "Date,Open,High,Low\n2024-01-02,1,2,1\n", 0, 1, "close"},
    {"close above high", HEAD DAY1 "2024-01-03,11,12,10,12.01,200\n", 0, 3, "12.01"},
    {"low above high", HEAD DAY1 "2024-01-03,11,10,12,11,200\n", 0, 3, ""},
    {"a price of zero", HEAD "2024-01-02,0,12,0,11,1\n", 0, 2, ""},
    {"a negative price", HEAD "2024-01-02,-1,12,9,11,1\n", 0, 2, "-1"},
    {"no number", HEAD DAY1 "2024-01-03,11,12,10,oops,200\n", 0, 3, "oops"},
    {"two points", HEAD DAY1 "2024-01-03,11,12,10,1.1.1,200\n", 0, 3, "1.1.1"},
    {"an infinite price", HEAD DAY1 "2024-01-03,11,inf,10,11,200\n", 0, 3, "inf"},
    {"a missing cell", HEAD DAY1 "2024-01-03,11,12,10,11\n", 0, 3, ""},
    {"a cell too many", HEAD DAY1 "2024-01-03,11,12,10,11,200,7\n", 0, 3, ""},
    {"no such date", HEAD DAY1 "2024-02-30,11,12,10,11,200\n", 0, 3, "2024-02-30"},
    {"the same day twice", HEAD DAY1 DAY1, 0, 3, "again"},
    {"a step back", HEAD "2024-01-03,11,12,10,11,200\n" DAY1, 0, 3, "earlier"},
};

static void every_shape_is_read_or_refused_with_its_row(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof SHAPES / sizeof *SHAPES; i++) {
        const shape *s = &SHAPES[i];
        qm_ohlcv out;
        qm_error err;
        write_bytes(s->file, strlen(s->file));
        qm_status status = read_both(&out, &err);
        if ((status == QM_OK) != (s->bars > 0) || (status == QM_OK && out.bars.n != s->bars) ||
            (status != QM_OK &&
             ((s->row && err.row != s->row) || !strstr(err.message, s->message)))) {
            fail_msg("%s: status %d, %zu bars, row %lld: %s", s->what, (int)status, out.bars.n,
                     (long long)err.row, err.message);
        }
        qm_ohlcv_fini(&out);
    }
}

enum { BROKEN = 3000 };

static void broken_bytes_meet_the_same_answer(void **state) {
    (void)state;
    static const char LIKELY[] = "0123456789.,-:+eE \n\r\"T;/\0\xff";
    static text whole, broken;
    qm_rng rng;
    qm_date from;
    int read = 0;
    assert_int_equal(qm_date_parse("2024-11-27", 10, &from), QM_OK);
    write_minutes(&whole, from, 3, 30);
    qm_rng_seed(&rng, 11);
    for (int i = 0; i < BROKEN; i++) {
        qm_ohlcv out;
        qm_error err;
        memcpy(broken.bytes, whole.bytes, whole.n);
        broken.n = whole.n;
        for (int64_t k = qm_rng_range(&rng, 1, 3); k > 0; k--) {
            broken.bytes[qm_rng_range(&rng, 0, (int64_t)whole.n - 1)] =
                LIKELY[qm_rng_range(&rng, 0, (int64_t)sizeof LIKELY - 2)];
        }
        if (qm_rng_range(&rng, 0, 9) == 0) {
            broken.n = (size_t)qm_rng_range(&rng, 0, (int64_t)whole.n);
        }
        write_bytes(broken.bytes, broken.n);
        read += read_both(&out, &err) == QM_OK;
        qm_ohlcv_fini(&out);
    }
    /* Both answers must have come up, or the test says nothing. */
    assert_in_range(read, BROKEN / 20, BROKEN - BROKEN / 20);
}

int main(void) {
    snprintf(path, sizeof path, "/tmp/qm-test-paths-%ld.csv", (long)getpid());
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(years_of_minutes_are_the_same),
        cmocka_unit_test(every_shape_is_read_or_refused_with_its_row),
        cmocka_unit_test(broken_bytes_meet_the_same_answer),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
