/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "store/db.h"
#include "store/sweep_db.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char PATH[] = "test_sweep_db.tmp.db";

static qm_status fill(qm_error *err) {
    qm_sweep_db *db = NULL;
    qm_status status = qm_sweep_db_open(PATH, &db, err);
    const qm_sweep_db_run good = {.run = 1,
                                  .set = 1,
                                  .part = "whole",
                                  .decision_hash = "ab",
                                  .final_equity = "100.05",
                                  .figures = {1.5, 0.25, NAN, 0.1, 1.5, -0.02, NAN, 7, 252}};
    const qm_sweep_db_run bad = {.run = 2,
                                 .set = 2,
                                 .fold = 3,
                                 .part = "test",
                                 .first = "2020-01-02",
                                 .last = "2020-12-31",
                                 .error = "it's bad",
                                 .figures = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}};
    if (status == QM_OK) {
        status = qm_sweep_db_note(db, "plan", "1234", err);
    }
    if (status == QM_OK) {
        status = qm_sweep_db_param(db, 1, "fast", "10", true, err);
    }
    if (status == QM_OK) {
        status = qm_sweep_db_param(db, 1, "day", "2024-01-02", false, err);
    }
    if (status == QM_OK) {
        status = qm_sweep_db_put(db, &good, err);
    }
    if (status == QM_OK) {
        status = qm_sweep_db_put(db, &bad, err);
    }
    if (status == QM_OK) {
        return qm_sweep_db_finish(db, err);
    }
    qm_sweep_db_free(db);
    return status;
}

static void says(sqlite3 *sql, const char *question, const char *answer) {
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(sql, question, -1, &q, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(q, 0), answer);
    sqlite3_finalize(q);
}

static void test_content(void **state) {
    (void)state;
    sqlite3 *sql;
    unlink(PATH);
    assert_int_equal(fill(NULL), QM_OK);
    assert_int_equal(sqlite3_open(PATH, &sql), SQLITE_OK);
    says(sql, "SELECT value FROM sweep WHERE key = 'plan'", "1234");
    says(sql, "SELECT typeof(value) || value FROM param WHERE name = 'fast'", "integer10");
    says(sql, "SELECT typeof(value) || value FROM param WHERE name = 'day'", "text2024-01-02");
    says(sql, "SELECT objective || ' ' || final_equity || ' ' || trades FROM run WHERE run_id = 1",
         "1.5 100.05 7.0");
    says(sql, "SELECT cagr IS NULL AND profit_factor IS NULL AND error IS NULL FROM run", "1");
    says(sql, "SELECT error || fold || part || first || last FROM run WHERE sharpe IS NULL",
         "it's bad3test2020-01-022020-12-31");
    sqlite3_close(sql);
    /* It is not added to what is there. */
    qm_error err = {0};
    assert_int_not_equal(fill(&err), QM_OK);
    assert_string_not_equal(err.message, "");
    unlink(PATH);
}

static void test_no_memory(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        unlink(PATH);
        qm_mem_fail_from(n);
        qm_status status = fill(NULL);
        int struck = qm_mem_fault_struck();
        qm_mem_fail_from(0);
        assert_int_equal(status, struck ? QM_ENOMEM : QM_OK);
        if (!struck) {
            break;
        }
    }
    assert_int_equal(qm_mem_get_stats().live_blocks, 0);
    unlink(PATH);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_content),
                                       cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
