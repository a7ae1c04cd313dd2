/* SPDX-License-Identifier: MIT
 *
 * Run phrases: a row is a phrase and its echo, or the word that is not understood.
 */
#include "app/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static const struct {
    const char *phrase, *echo;
} UNDERSTOOD[] = {
    {"Run ATR Options on TastyTrade, $10k, 20% profit, 80% reinvest",
     "strategy atr_options, broker tastytrade, capital 10000, profit_target 0.2, reinvest 0.8"},
    {"Run Conservative DCA on IBKR, $25k, monthly rebalancing",
     "strategy dca, preset dca_conservative, broker ibkr, capital 25000, rebalance monthly"},
    {"Run Aggressive DCA on TastyTrade, $50k, growth allocation",
     "strategy dca, preset dca_aggressive, broker tastytrade, capital 50000"},
    {"Run ATR Matrix", "strategy atr_matrix, broker paper, capital the default"},
    {"run atr matrix on paper", "strategy atr_matrix, broker paper, capital the default"},
    {"RUN ATR MATRIX, $10,000", "strategy atr_matrix, broker paper, capital 10000"},
    {"Run ATR Matrix, 1,250,000", "strategy atr_matrix, broker paper, capital 1250000"},
    {"Run ATR Matrix, 1.5m", "strategy atr_matrix, broker paper, capital 1500000"},
    {"Run ATR Matrix, 0.5k", "strategy atr_matrix, broker paper, capital 500"},
    {"Run ATR Matrix for AAPL, MSFT",
     "strategy atr_matrix, broker paper, capital the default, for AAPL, MSFT"},
    {"Run ATR Matrix on paper, $10k, for BRK.B",
     "strategy atr_matrix, broker paper, capital 10000, for BRK.B"},
    {"Run ATR Matrix on paper, $10k for AAPL, MSFT",
     "strategy atr_matrix, broker paper, capital 10000, for AAPL, MSFT"},
};

static const struct {
    const char *phrase, *word;
} NOT_UNDERSTOOD[] = {
    {"Run Conservatif DCA", "conservatif dca"},
    {"Run ATR Matrix on Fidelity", "fidelity"},
    {"Run ATR Matrix, quickly", "quickly"},
    {"Run ATR Matrix, 10,5", "10,5"},
    {"Run ATR Matrix, 10,0000", "10,0000"},
    {"Run ATR Matrix, $", "$"},
    {"Run ATR Matrix, -5k", "-5k"},
    {"Run ATR Matrix, 1.2.3", "1.2.3"},
    {"Run ATR Matrix, 10kk", "10kk"},
    {"Run ATR Matrix, 99999999999999", "99999999999999"},
    {"Run ATR Matrix, 10k, 20k", "20k"},
    {"Run ATR Matrix, 20% luck", "20% luck"},
    {"Run ATR Matrix, 20 profit", "20 profit"},
    {"Run ATR Matrix for AAPL and MSFT", "AAPL and MSFT"},
};

static void test_understood(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof UNDERSTOOD / sizeof UNDERSTOOD[0]; i++) {
        qm_phrase phrase;
        qm_error err = {0};
        char echo[512];
        assert_true(qm_phrase_is(UNDERSTOOD[i].phrase));
        if (qm_phrase_parse(UNDERSTOOD[i].phrase, &phrase, &err) != QM_OK) {
            fail_msg("%s: %s", UNDERSTOOD[i].phrase, err.message);
        }
        qm_phrase_echo(&phrase, echo, sizeof echo);
        assert_string_equal(echo, UNDERSTOOD[i].echo);
    }
}

static void test_not_understood(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof NOT_UNDERSTOOD / sizeof NOT_UNDERSTOOD[0]; i++) {
        qm_phrase phrase;
        qm_error err = {0};
        if (qm_phrase_parse(NOT_UNDERSTOOD[i].phrase, &phrase, &err) != QM_EUSAGE) {
            fail_msg("%s was understood", NOT_UNDERSTOOD[i].phrase);
        }
        if (!strstr(err.message, NOT_UNDERSTOOD[i].word)) {
            fail_msg("%s: the message does not name the word: %s", NOT_UNDERSTOOD[i].phrase,
                     err.message);
        }
    }
}

static void test_no_phrase(void **state) {
    (void)state;
    assert_false(qm_phrase_is("runner.lua"));
    assert_false(qm_phrase_is("strategies/run x.lua"));
    assert_false(qm_phrase_is(""));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_understood),
                                       cmocka_unit_test(test_not_understood),
                                       cmocka_unit_test(test_no_phrase)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
