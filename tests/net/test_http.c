/* SPDX-License-Identifier: MIT
 *
 * The client against a server on this machine that misbehaves (price_server.c).
 */
#include "base/mem.h"
#include "loop/loop.h"
#include "net/fetch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64];
static int port;
static pid_t server;
static qm_http *http;

static void write_file(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int set_up(void **state) {
    (void)state;
    char ready[128], log[128];
    snprintf(folder, sizeof folder, "/tmp/qm-net.XXXXXX");
    assert_non_null(mkdtemp(folder));
    write_file("SPY.csv", "2024-01-02,1,2,1,2,10\n2024-01-03,2,3,2,3,10\n");
    snprintf(ready, sizeof ready, "%s/port", folder);
    snprintf(log, sizeof log, "%s/log", folder);
    server = fork();
    if (server == 0) {
        execl(QM_BUILD_DIR "/tests/price_server", "price_server", folder, ready, log, (char *)NULL);
        _exit(127);
    }
    FILE *file = NULL;
    for (int i = 0; i < 200 && !file; i++) {
        usleep(50000);
        file = fopen(ready, "r");
    }
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &port), 1);
    fclose(file);
    assert_int_equal(qm_http_new(&http, NULL), QM_OK);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    static const char *const names[] = {"SPY.csv", "port", "log"};
    qm_http_free(http);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    return rmdir(folder);
}

/* A request with short limits; the address is static storage. */
static qm_http_request ask(const char *kind, const char *query) {
    static char url[256];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/%s/csv?symbol=SPY%s", port, kind, query);
    return (qm_http_request){.url = url,
                             .connect_s = 2,
                             .stall_s = 1,
                             .total_s = 10,
                             .max_body = 1 << 16,
                             .user_agent = "test"};
}

static void test_answers(void **state) {
    (void)state;
    static const struct {
        const char *kind;
        qm_status status;
        int code;
        bool transient;
        const char *words;
    } rows[] = {
        {"ok", QM_OK, 200, false, ""},
        {"broken", QM_OK, 500, false, ""},
        {"limited", QM_OK, 429, false, ""},
        {"moved", QM_OK, 200, false, ""},
        {"half", QM_EUNAVAILABLE, 200, true, "remaining"},
        {"hang", QM_EUNAVAILABLE, 0, true, ""},
        {"drip", QM_EUNAVAILABLE, 200, true, ""},
        {"endless", QM_ERANGE, 200, false, "longer than 65536 bytes"},
        {"away", QM_EUNAVAILABLE, 302, false, "another server (http://127.0.0.2"},
        {"circle", QM_EUNAVAILABLE, 302, false, "more than 5 redirects"},
        {"noise", QM_EUNAVAILABLE, 0, false, ""},
    };
    qm_http_response r = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        qm_error err = {0};
        qm_http_request request = ask(rows[i].kind, "");
        qm_status status = qm_http_get(http, &request, &r, &err);
        if (status != rows[i].status || r.code != rows[i].code ||
            r.transient != rows[i].transient || !strstr(err.message, rows[i].words)) {
            fail_msg("%s: %s, code %d, transient %d: %s", rows[i].kind, qm_status_name(status),
                     r.code, r.transient, err.message);
        }
    }
    qm_http_request request = ask("ok", "");
    assert_int_equal(qm_http_get(http, &request, &r, NULL), QM_OK);
    assert_string_equal(r.body.data, "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,2,10\n"
                                     "2024-01-03,2,3,2,3,10\n");
    assert_true(r.framed);
    request = ask("cut", "");
    assert_int_equal(qm_http_get(http, &request, &r, NULL), QM_OK);
    assert_false(r.framed);
    request = ask("limited", "");
    assert_int_equal(qm_http_get(http, &request, &r, NULL), QM_OK);
    assert_int_equal(r.retry_after_s, 1);
    qm_http_response_fini(&r);
}

static void test_addresses(void **state) {
    (void)state;
    static const struct {
        const char *url;
        bool allow_plain;
        qm_status status;
    } rows[] = {
        {"http://prices.example.com/x", false, QM_ECONFIG},
        {"http://127.0.0.1.example.com/x", false, QM_ECONFIG},
        {"http://localhost.example.com/x", false, QM_ECONFIG},
        {"http://128.0.0.1/x", false, QM_ECONFIG},
        {"http://0x7f000001.example.com/", false, QM_ECONFIG},
        {"ftp://127.0.0.1/x", true, QM_ECONFIG},
        {"file:///etc/passwd", true, QM_ECONFIG},
        {"no address", true, QM_ECONFIG},
        {"", true, QM_ECONFIG},
        {"http://127.0.0.1:1/x", false, QM_EUNAVAILABLE}, /* allowed, but nobody is there */
        {"http://localhost:1/x", false, QM_EUNAVAILABLE},
    };
    qm_http_response r = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        qm_http_request request = ask("ok", "");
        request.url = rows[i].url;
        request.allow_plain = rows[i].allow_plain;
        qm_status status = qm_http_get(http, &request, &r, NULL);
        if (status != rows[i].status) {
            fail_msg("\"%s\": %s", rows[i].url, qm_status_name(status));
        }
    }
    qm_http_response_fini(&r);
    assert_true(qm_url_same_server(http, "https://a.example.com/x", "https://A.example.com:443/y"));
    assert_false(qm_url_same_server(http, "https://a.example.com/", "http://a.example.com/"));
    assert_false(qm_url_same_server(http, "https://a.example.com/", "https://a.example.com:8443/"));
    assert_false(
        qm_url_same_server(http, "https://a.example.com/", "https://a.example.com.b.com/"));
    assert_false(
        qm_url_same_server(http, "https://a.example.com/", "https://a.example.com@b.com/"));
}

static void test_texts(void **state) {
    (void)state;
    qm_buf out;
    qm_buf_init(&out, 1000);
    qm_url_escape("BRK.B/x y&=%\xc3\xa9~", &out);
    assert_string_equal(out.data, "BRK.B%2Fx%20y%26%3D%25%C3%A9~");
    static const struct {
        const char *link, *whole;
    } rows[] = {{"?cursor=2", "https://a.example.com/v1/bars?cursor=2"},
                {"/v2/x", "https://a.example.com/v2/x"},
                {"bars?p=2&k={key}", "https://a.example.com/v1/bars?p=2&k={key}"},
                {"https://b.example.com/", "https://b.example.com/"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        qm_buf_clear(&out);
        assert_int_equal(
            qm_url_join(http, "https://a.example.com/v1/bars?cursor=1", rows[i].link, &out), QM_OK);
        assert_string_equal(out.data, rows[i].whole);
    }
    qm_buf_fini(&out);
}

static int64_t waited;
static void on_wait(void *data, int64_t ms, const char *why) {
    (void)data;
    assert_non_null(strstr(why, "answers"));
    waited += ms;
}

static qm_fetcher fetcher_of(int tries) {
    qm_fetcher f = {.http = http, .tries = tries, .first_ms = 10, .max_ms = 2000};
    f.on_wait = on_wait;
    qm_rng_seed(&f.rng, 7);
    waited = 0;
    return f;
}

static void test_tries(void **state) {
    (void)state;
    qm_http_response r = {0};
    qm_error err = {0};
    qm_fetcher f = fetcher_of(4);
    qm_http_request request = ask("broken", "&page=2&n=2"); /* twice 500, then well */
    assert_int_equal(qm_fetch(&f, &request, &r, &err), QM_OK);
    assert_int_equal(r.code, 200);
    assert_int_equal(f.requests, 3);
    assert_int_equal(f.retries, 2);
    assert_in_range(waited, 15, 30); /* 10 + 20, each less at most half */
    f = fetcher_of(2);
    request = ask("limited", "&page=3&n=1");
    int64_t began = qm_loop_monotonic_ns();
    assert_int_equal(qm_fetch(&f, &request, &r, &err), QM_OK);
    assert_true(qm_loop_monotonic_ns() - began >= QM_SECOND_NS); /* as long as it asked for */
    f = fetcher_of(2);
    request = ask("broken", "&page=4");
    assert_int_equal(qm_fetch(&f, &request, &r, &err), QM_EUNAVAILABLE);
    assert_string_equal(err.message, "answers 500 (2 tries)");
    f = fetcher_of(3);
    request = ask("later", "");
    assert_int_equal(qm_fetch(&f, &request, &r, &err), QM_EUNAVAILABLE);
    assert_int_equal(f.requests, 1);
    assert_non_null(strstr(err.message, "asks to wait 9999 s"));
    f = fetcher_of(3);
    request = ask("denied", ""); /* no other try makes that right */
    assert_int_equal(qm_fetch(&f, &request, &r, &err), QM_OK);
    assert_int_equal(r.code, 401);
    assert_int_equal(f.requests, 1);
    qm_http_response_fini(&r);
}

static void test_distance(void **state) {
    (void)state;
    qm_http_response r = {0};
    qm_fetcher f = fetcher_of(1);
    f.interval_ns = 100 * 1000000;
    qm_http_request request = ask("ok", "");
    int64_t began = qm_loop_monotonic_ns();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(qm_fetch(&f, &request, &r, NULL), QM_OK);
    }
    assert_true(qm_loop_monotonic_ns() - began >= 2 * f.interval_ns);
    volatile int cancel = 1;
    request.cancel = &cancel;
    assert_int_equal(qm_fetch(&f, &request, &r, NULL), QM_ECANCELLED);
    qm_http_response_fini(&r);
}

static void test_waits(void **state) {
    (void)state;
    qm_fetcher a = fetcher_of(9), b = fetcher_of(9);
    a.max_ms = b.max_ms = 1000;
    bool varies = false;
    for (int n = 1; n < 60; n++) {
        int64_t whole = n > 7 ? 1000 : 10 << (n - 1), wait = qm_fetch_backoff_ms(&a, n);
        whole = whole < 1000 ? whole : 1000;
        assert_in_range(wait, whole - whole / 2, whole);
        assert_int_equal(wait, qm_fetch_backoff_ms(&b, n)); /* of one seed: the same */
        varies = varies || wait != whole;
    }
    assert_true(varies);
}

/* Whichever allocation fails, the request fails, and nothing is lost. */
static void test_memory(void **state) {
    (void)state;
    qm_http_response r = {0};
    qm_http_request request = ask("ok", "");
    request.header = "X-Test: 1";
    bool passed = false;
    for (uint64_t n = 1; n < 2000 && !passed; n++) {
        qm_http *one = NULL;
        uint64_t before = qm_mem_get_stats().live_blocks;
        qm_mem_fail_from(n);
        qm_status status = qm_http_new(&one, NULL);
        if (status == QM_OK) {
            status = qm_http_get(one, &request, &r, NULL);
        }
        passed = status == QM_OK;
        bool struck = qm_mem_fault_struck() != 0;
        qm_mem_fail_from(0);
        qm_http_response_fini(&r);
        qm_http_free(one);
        if (!passed && !struck) {
            fail_msg("allocation %llu: %s without a fault", (unsigned long long)n,
                     qm_status_name(status));
        }
        assert_int_equal(qm_mem_get_stats().live_blocks, before);
    }
    assert_true(passed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),  cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_texts),    cmocka_unit_test(test_tries),
        cmocka_unit_test(test_distance), cmocka_unit_test(test_waits),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
