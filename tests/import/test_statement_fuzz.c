/* SPDX-License-Identifier: MIT
 *
 * Broken statements of every format through the whole way: read, replayed, reconciled. Whatever
 * comes, it ends with an answer and gives its memory back. QM_FUZZ_SEED repeats a run, and
 * QM_FUZZ_ROUNDS makes it longer.
 */
#include "base/mem.h"
#include "base/rng.h"
#include "import/reconcile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT_MAX = 1 << 16, ROUNDS = 1500 };

static const char *const FILES[] = {
    "ibkr_activity.csv", "ibkr_activity_q1.csv", "flex_activity.xml",  "flex_wrapped.csv",
    "flex_flat.csv",     "tastytrade_2024.csv",  "tastytrade_2020.csv"};
/* What a broken or hostile file puts in place of a cell. */
static const char *const CELLS[] = {"",
                                    "-",
                                    "--",
                                    "0",
                                    "-1",
                                    "9223372036.854775807",
                                    "-9223372036",
                                    "99999999999999999999",
                                    "0.0000000001",
                                    "1e9",
                                    "1,0",
                                    "(5)",
                                    "2025-02-30",
                                    "2024-02-29, 23:59:59",
                                    "C;O",
                                    "A;C",
                                    "Ex",
                                    "Ca",
                                    "Header",
                                    "Data",
                                    "Total",
                                    "\"",
                                    "\"\"",
                                    "Split 0 for 1",
                                    "A(B) Split 3 for 2 (A, B, C)",
                                    "X(1) Merged(Acquisition) WITH Y 1 for 2 (X, X, 1)",
                                    "SYNB 20JUN25 40 P",
                                    "\xff\xfe",
                                    "%s%n"};

typedef struct text {
    char data[TEXT_MAX];
    size_t length;
} text;

static void load(const char *name, text *t) {
    char path[512];
    snprintf(path, sizeof path, "%s/tests/data/statements/%s", QM_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    t->length = fread(t->data, 1, sizeof t->data / 2, file);
    fclose(file);
    assert_true(t->length > 100);
}

static size_t at_random(qm_rng *rng, size_t n) {
    return n ? (size_t)qm_rng_range(rng, 0, (int64_t)n - 1) : 0;
}

static void replace(text *t, size_t at, size_t gone, const char *by, size_t n) {
    gone = gone < t->length - at ? gone : t->length - at;
    if (t->length - gone + n >= sizeof t->data) {
        return;
    }
    memmove(t->data + at + n, t->data + at + gone, t->length - at - gone);
    memcpy(t->data + at, by, n);
    t->length += n - gone;
}

static bool ends_cell(char c) {
    return c == ',' || c == '\n' || c == '"';
}

static void break_cell(text *t, qm_rng *rng) {
    size_t from = at_random(rng, t->length), to;
    const char *by = CELLS[at_random(rng, sizeof CELLS / sizeof *CELLS)];
    while (from > 0 && !ends_cell(t->data[from - 1])) {
        from--;
    }
    for (to = from; to < t->length && !ends_cell(t->data[to]);) {
        to++;
    }
    replace(t, from, to - from, by, strlen(by));
}

/* A line goes, comes twice, or moves. */
static void break_line(text *t, qm_rng *rng) {
    char line[4096];
    size_t from = at_random(rng, t->length), to;
    while (from > 0 && t->data[from - 1] != '\n') {
        from--;
    }
    for (to = from; to < t->length && t->data[to] != '\n';) {
        to++;
    }
    size_t n = to - from + (to < t->length);
    n = n < sizeof line ? n : sizeof line;
    memcpy(line, t->data + from, n);
    if (qm_rng_range(rng, 0, 2) > 0) {
        replace(t, from, n, "", 0);
    }
    if (qm_rng_range(rng, 0, 2) > 0) {
        size_t at = at_random(rng, t->length);
        while (at > 0 && t->data[at - 1] != '\n') {
            at--;
        }
        replace(t, at, 0, line, n);
    }
}

static void break_text(text *t, qm_rng *rng) {
    int64_t times = qm_rng_range(rng, 1, 6);
    for (int64_t i = 0; i < times && t->length > 0; i++) {
        char byte = (char)qm_rng_range(rng, 0, 255);
        switch (qm_rng_range(rng, 0, 5)) {
        case 0:
            replace(t, at_random(rng, t->length), 1, &byte, 1);
            break;
        case 1:
            replace(t, at_random(rng, t->length), at_random(rng, 40), "", 0);
            break;
        case 2:
            break_line(t, rng);
            break;
        case 3:
            if (qm_rng_range(rng, 0, 9) == 0) {
                t->length = at_random(rng, t->length);
            }
            break;
        default:
            break_cell(t, rng);
        }
    }
}

static qm_status whole(const text *t) {
    qm_statement *st = NULL;
    qm_history h = {0};
    qm_booking *booking = NULL;
    qm_error err = {0};
    bool *known = NULL;
    qm_status status = qm_statement_read_text("fuzz", t->data, t->length, &st, &err);
    if (status != QM_OK) {
        assert_true(err.message[0] != 0);
        return status;
    }
    known = qm_calloc(st->facts.length + 1, sizeof *known);
    assert_non_null(known);
    assert_int_equal(qm_history_add(&h, st, 0, known), QM_OK);
    assert_int_equal(qm_history_sort(&h), QM_OK);
    assert_int_equal(h.items.length, st->facts.length); /* ids of a file are its own */
    status = qm_booking_run(&h, st, &booking, &err);
    for (size_t k = 0; status == QM_OK && k < st->accounts.length; k++) {
        qm_reconcile r;
        qm_reconcile_input in = {&h, st, booking, known};
        status = qm_reconcile_account(&in, &st->accounts.items[k], &r);
        qm_reconcile_fini(&r);
    }
    qm_booking_free(booking);
    qm_history_fini(&h);
    qm_free(known);
    qm_statement_free(st);
    return status;
}

static long number_from(const char *name, long fallback) {
    const char *given = getenv(name);
    return given ? atol(given) : fallback;
}

static void broken_files_end_with_an_answer(void **state) {
    static text seeds[sizeof FILES / sizeof *FILES], t;
    long seed = number_from("QM_FUZZ_SEED", 20250101),
         rounds = number_from("QM_FUZZ_ROUNDS", ROUNDS);
    size_t read = 0, refused = 0;
    qm_rng rng;
    (void)state;
    qm_rng_seed(&rng, (uint64_t)seed);
    printf("seed %ld, %ld rounds\n", seed, rounds);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++) {
        load(FILES[i], &seeds[i]);
    }
    for (long round = 0; round < rounds; round++) {
        uint64_t live = qm_mem_get_stats().live_blocks;
        t = seeds[at_random(&rng, sizeof FILES / sizeof *FILES)];
        break_text(&t, &rng);
        qm_status status = whole(&t);
        if (status != QM_OK && status != QM_EDATA && status != QM_EOVERFLOW) {
            fail_msg("round %ld: %s", round, qm_status_name(status));
        }
        if (qm_mem_get_stats().live_blocks != live) {
            fail_msg("round %ld: memory is not given back", round);
        }
        read += status == QM_OK;
        refused += status == QM_EDATA;
    }
    printf("%zu read, %zu refused\n", read, refused);
    assert_true(read > 0 && refused > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(broken_files_end_with_an_answer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
