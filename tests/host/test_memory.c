/* SPDX-License-Identifier: MIT
 *
 * Loading a strategy and calling it with every allocation failing in turn: an error each time,
 * nothing lost.
 */
#include "base/mem.h"
#include "bind/bind.h"
#include "host/host.h"
#include "host/watchdog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char SCRIPT[] =
    "local qm = require 'qm'\n"
    "return qm.strategy { name = 'small', universe = { 'SPY' }, budget = { callback_ms = 1000 },\n"
    "  inputs = { qm.ta.sma(5) }, params = { n = qm.integer { default = 3 } },\n"
    "  stop = function(ctx)\n"
    "    local text = ('ab'):rep(100):gsub('a', 'c') .. table.concat({ 1, 2, 3 }, ',')\n"
    "    local co = coroutine.wrap(function() return pcall(error, text) end)\n"
    "    co()\n"
    "  end }\n";

static qm_status load_and_call(const qm_script_options *options) {
    qm_script *script;
    qm_error err = {0};
    qm_status status = qm_script_load(options, &script, &err);
    if (status == QM_OK) {
        status = qm_script_ops(script)->stop(script, &err);
        qm_script_free(script);
    }
    assert_true(status == QM_OK || err.message[0]);
    return status;
}

static void test_every_allocation(void **state) {
    (void)state;
    char path[] = "/tmp/qm-host-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, SCRIPT, sizeof SCRIPT - 1) == (ssize_t)sizeof SCRIPT - 1);
    close(fd);
    qm_instruments *instruments;
    qm_instrument_id id;
    qm_watchdog *watchdog;
    assert_int_equal(qm_instruments_new(&instruments), QM_OK);
    assert_int_equal(qm_instruments_intern(instruments, "SPY", &id), QM_OK);
    assert_int_equal(qm_script_watchdog_new(&watchdog, NULL), QM_OK);
    qm_script_budget budget = {.watchdog = watchdog};
    qm_script_options options = {
        .path = path, .instruments = instruments, .bindings = qm_bindings(), .budget = &budget};
    assert_int_equal(load_and_call(&options), QM_OK);
    uint64_t blocks = qm_mem_get_stats().live_blocks;
    int failed = 0;
    bool struck = true;
    for (uint64_t n = 1; struck; n += 1 + n / 50) { /* all of the first ones, then some */
        qm_mem_fail_from(n);
        qm_status status = load_and_call(&options);
        struck = qm_mem_fault_struck() != 0;
        qm_mem_fail_from(0);
        assert_true(status != QM_OK || !struck);
        assert_int_equal(qm_mem_get_stats().live_blocks, blocks);
        failed += struck;
    }
    assert_true(failed > 100);
    qm_watchdog_free(watchdog);
    qm_instruments_free(instruments);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
