/* SPDX-License-Identifier: MIT
 *
 * Real prices with real splits: what a backtest says of its equity at every bar, against cash and
 * shares worked out here from its fills, the raw files and the factor files, to the cent.
 */
#include "codec/json.h"
#include "codec/stream.h"
#include "quantmatrix/time.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { DATES = 40000, FIRST = 7000 }; /* days from 1989 on */

typedef struct book {
    char name[8];
    double close[DATES]; /* raw, by date; 0: no bar */
    double split[DATES]; /* new shares for one old, from that date on */
    double shares;
    double last;
} book;

static const char *folder(void) {
    static char path[1024];
    const char *named = getenv("QM_REAL_DATA");
    snprintf(path, sizeof path, "%s", named ? named : QM_SOURCE_DIR "/../shared/data");
    return access(path, R_OK) == 0 ? path : NULL;
}

static size_t read_all(qm_stream *stream, char **out) {
    size_t capacity = 1 << 24, n = 0, got = 1;
    *out = malloc(capacity);
    assert_non_null(*out);
    while (got > 0) {
        assert_int_equal(qm_stream_read(stream, *out + n, capacity - 1 - n, &got, NULL), QM_OK);
        n += got;
    }
    (*out)[n] = 0;
    qm_stream_close(stream);
    return n;
}

static void read_prices(book *b, const char *path) {
    qm_stream *stream;
    char *text;
    assert_int_equal(qm_stream_open_zip(path, NULL, &stream, NULL), QM_OK);
    read_all(stream, &text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        int y, m, d;
        double open, high, low, close;
        assert_int_equal(sscanf(line, "%4d%2d%2d %*d:%*d,%lf,%lf,%lf,%lf", &y, &m, &d, &open, &high,
                                &low, &close),
                         7);
        b->close[qm_date_from_ymd(y, m, d) - FIRST] = close / 10000;
    }
    free(text);
}

/* The split factor of a row holds up to and with its date. */
static void read_splits(book *b, const char *path) {
    FILE *file = fopen(path, "r");
    char line[256];
    double before = 0;
    int at = 0;
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        int y, m, d;
        double price, split;
        if (sscanf(line, "%4d%2d%2d,%lf,%lf", &y, &m, &d, &price, &split) != 5) {
            continue;
        }
        if (before > 0 && fabs(before / split - 1) > 1e-9) {
            b->split[at + 1] = round(1e4 * split / before) / 1e4;
        }
        before = split;
        at = qm_date_from_ymd(y, m, d) - FIRST;
    }
    fclose(file);
}

static qm_json *run(const char *command) {
    FILE *pipe = popen(command, "r");
    size_t capacity = 1 << 28, n;
    char *text = malloc(capacity);
    qm_json *root = NULL;
    qm_error err = {0};
    assert_non_null(pipe);
    assert_non_null(text);
    n = fread(text, 1, capacity, pipe);
    assert_int_equal(pclose(pipe), 0);
    assert_int_equal(qm_json_parse(text, n, &root, &err), QM_OK);
    free(text);
    return root;
}

static qm_date date_of(const char *text) {
    qm_date date;
    assert_int_equal(qm_date_parse(text, 10, &date), QM_OK);
    return date;
}

static book *find(book *books, int count, const char *name) {
    for (int i = 0; i < count; i++) {
        if (strcmp(books[i].name, name) == 0) {
            return &books[i];
        }
    }
    fail_msg("no book of %s", name);
    return NULL;
}

/* Fills of a session change cash and shares; then everything is valued at its last close. */
static void check(const qm_json *root, book *books, int count) {
    const qm_json *equity = qm_json_get(root, "equity"), *fills = qm_json_get(root, "fills");
    size_t points = qm_json_size(equity), fill_count = qm_json_size(fills), next = 0;
    const qm_json *point = points ? qm_json_at(equity, 0) : NULL;
    double cash = 100000;
    qm_date before = 0;
    assert_true(points > 1000 && fill_count > 10);
    for (size_t i = 0; i < points; i++) {
        /* cJSON's arrays are lists: walking them by index is quadratic, so the file is kept small
         * enough by the dates of the test. */
        point = qm_json_at(equity, i);
        qm_date date = date_of(qm_json_text(qm_json_get(point, "time")));
        for (qm_date d = before ? before + 1 : date; d <= date; d++) {
            for (int k = 0; k < count; k++) {
                double ratio = books[k].split[d - FIRST];
                books[k].shares *= ratio > 0 ? ratio : 1;
                books[k].last /= ratio > 0 ? ratio : 1;
            }
        }
        before = date;
        for (; next < fill_count; next++) {
            const qm_json *fill = qm_json_at(fills, next);
            if (date_of(qm_json_text(qm_json_get(fill, "date"))) > date) {
                break;
            }
            book *b = find(books, count, qm_json_text(qm_json_get(fill, "symbol")));
            double qty = atof(qm_json_text(qm_json_get(fill, "qty")));
            double price = atof(qm_json_text(qm_json_get(fill, "price")));
            bool buy = strcmp(qm_json_text(qm_json_get(fill, "side")), "buy") == 0;
            b->shares += buy ? qty : -qty;
            cash -= (buy ? qty : -qty) * price + atof(qm_json_text(qm_json_get(fill, "fee")));
        }
        double value = cash;
        for (int k = 0; k < count; k++) {
            double close = books[k].close[date - FIRST];
            books[k].last = close > 0 ? close : books[k].last;
            value += books[k].shares * books[k].last;
        }
        double said = atof(qm_json_text(qm_json_get(point, "value")));
        if (fabs(said - value) > 0.005) {
            fail_msg("%s: the backtest says %.4f, cash and shares are %.4f",
                     qm_json_text(qm_json_get(point, "time")), said, value);
        }
    }
    printf("%zu points, %zu fills agree\n", points, fill_count);
}

static void over(const char *strategy, const char *const *names, int count, const char *dates) {
    const char *data = folder();
    char command[8192], path[1200];
    if (!data) {
        printf("skipped: no real data at hand\n");
        skip();
    }
    book *books = calloc((size_t)count, sizeof *books);
    assert_non_null(books);
    int n = snprintf(command, sizeof command,
                     "%s/qm backtest %s/strategies/%s %s --commission per_share:0.005,min=1 --json",
                     QM_BUILD_DIR, QM_SOURCE_DIR, strategy, dates);
    for (int i = 0; i < count; i++) {
        char lower[8] = "";
        for (int k = 0; names[i][k]; k++) {
            lower[k] = (char)(names[i][k] | 0x20);
        }
        snprintf(books[i].name, sizeof books[i].name, "%s", names[i]);
        snprintf(path, sizeof path, "%s/ohlcv/lean/%s.zip", data, lower);
        read_prices(&books[i], path);
        n += snprintf(command + n, sizeof command - (size_t)n, " --bars %s=%s", names[i], path);
        snprintf(path, sizeof path, "%s/ohlcv/lean/factor_files/%s.csv", data, lower);
        read_splits(&books[i], path);
    }
    qm_json *root = run(command);
    check(root, books, count);
    qm_json_free(root);
    free(books);
}

static void test_matrix(void **state) {
    (void)state;
    static const char *const names[] = {"AAPL", "BAC", "IBM", "QQQ", "SPY"};
    over("atr_matrix.lua", names, 5, "--to 2016-12-31");
}

static void test_dca(void **state) {
    (void)state;
    static const char *const names[] = {"IWM", "QQQ", "SPY"};
    over("dca.lua --set mix=SPY:60,QQQ:30,IWM:10", names, 3, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_matrix), cmocka_unit_test(test_dca)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
