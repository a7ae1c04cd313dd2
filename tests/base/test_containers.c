/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/rng.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* FIPS 180-4, and the million a's of NIST. */
static void test_sha256(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    uint8_t digest[QM_SHA256_SIZE];
    char hex[QM_SHA256_HEX];
    qm_sha256 hash;
    for (size_t i = 0; i < 3; i++) {
        qm_sha256_init(&hash);
        for (const char *c = cases[i].text; *c; c++) {
            qm_sha256_update(&hash, c, 1);
        }
        qm_sha256_final(&hash, digest);
        qm_sha256_hex(digest, hex);
        assert_string_equal(hex, cases[i].hex);
    }
    char block[1000];
    memset(block, 'a', sizeof block);
    qm_sha256_init(&hash);
    for (int i = 0; i < 1000; i++) {
        qm_sha256_update(&hash, block, sizeof block);
    }
    qm_sha256_final(&hash, digest);
    qm_sha256_hex(digest, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void test_map(void **state) {
    (void)state;
    qm_map map;
    qm_map_init(&map);
    for (uint64_t i = 0; i < 2000; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%llu", (unsigned long long)i);
        assert_int_equal(qm_map_put(&map, key, i), QM_OK);
        if (i % 3 == 0) {
            assert_true(qm_map_remove(&map, key));
            assert_false(qm_map_remove(&map, key));
        }
    }
    size_t cursor = 0;
    uint64_t last = 0, count = 0, value;
    const qm_map_entry *entry;
    while ((entry = qm_map_next(&map, &cursor)) != NULL) {
        assert_true(entry->value > last || count == 0);
        last = entry->value;
        count++;
    }
    assert_int_equal(count, map.count);
    assert_int_equal(count, 2000 - 667);
    assert_true(qm_map_get(&map, "k1999", &value) && value == 1999);
    assert_false(qm_map_get(&map, "k3", &value));
    qm_map_fini(&map);
}

static void test_buf_maximum(void **state) {
    (void)state;
    qm_buf buf;
    qm_buf_init(&buf, 10);
    qm_buf_puts(&buf, "12345678");
    qm_buf_puts(&buf, "90a"); /* one too many */
    qm_buf_puts(&buf, "b");
    assert_int_equal(buf.status, QM_ERANGE);
    assert_string_equal(buf.data, "12345678");
    qm_buf_clear(&buf);
    qm_buf_printf(&buf, "%d", 42);
    assert_string_equal(buf.data, "42");
    qm_buf_fini(&buf);
}

/* Each allocation fails in turn: no leak, and the map holds what it held. */
static void test_allocation_failures(void **state) {
    (void)state;
    uint64_t before = qm_mem_get_stats().live_blocks;
    for (uint64_t n = 1; n < 200; n++) {
        qm_map map;
        qm_status status = QM_OK;
        qm_map_init(&map);
        qm_mem_fail_from(n);
        int i = 0;
        for (; status == QM_OK && i < 50; i++) {
            char key[16];
            snprintf(key, sizeof key, "%d", i);
            status = qm_map_put(&map, key, (uint64_t)i);
        }
        qm_mem_fail_from(0);
        assert_int_equal(map.count, status == QM_OK ? 50 : i - 1);
        qm_map_fini(&map);
        assert_int_equal(qm_mem_get_stats().live_blocks, before);
        if (status == QM_OK) {
            return;
        }
    }
    fail();
}

static void test_rng(void **state) {
    (void)state;
    qm_rng a, b;
    qm_rng_seed(&a, 1);
    qm_rng_seed(&b, 1);
    double sum = 0, squares = 0;
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(qm_rng_next(&a), qm_rng_next(&b));
        int64_t roll = qm_rng_range(&a, 1, 6);
        assert_int_equal(roll, qm_rng_range(&b, 1, 6));
        assert_true(roll >= 1 && roll <= 6);
        double z = qm_rng_normal(&a);
        qm_rng_normal(&b);
        sum += z;
        squares += z * z;
    }
    assert_true(sum / 1e5 < 0.02 && sum / 1e5 > -0.02);
    assert_true(squares / 1e5 > 0.97 && squares / 1e5 < 1.03);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256),      cmocka_unit_test(test_map),
        cmocka_unit_test(test_buf_maximum), cmocka_unit_test(test_allocation_failures),
        cmocka_unit_test(test_rng),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
