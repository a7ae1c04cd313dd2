/* SPDX-License-Identifier: MIT
 *
 * phrase.h: one line that starts a strategy: "Run Conservative DCA on paper, $25k, monthly
 * rebalancing". Pure. What is not understood is an error that names the word.
 */
#ifndef QM_APP_PHRASE_H
#define QM_APP_PHRASE_H

#include "quantmatrix/decimal.h"

#include <stdbool.h>

enum { QM_PHRASE_SETS = 8, QM_PHRASE_SYMBOLS = 32 };

typedef struct qm_phrase {
    char strategy[64]; /* file name without .lua: atr_matrix, dca, scan */
    char preset[64];   /* "" or a preset of it */
    char broker[32];   /* "paper", "ibkr", "tastytrade" */
    bool has_capital;
    qm_decimal capital;
    int set_count;
    struct {
        char name[32], value[32];
    } sets[QM_PHRASE_SETS];
    int symbol_count;
    char symbols[QM_PHRASE_SYMBOLS][32];
} qm_phrase;

/* Whether a text is meant as a phrase: it begins with "run ". */
bool qm_phrase_is(const char *text);
/* QM_EUSAGE names the word. */
qm_status qm_phrase_parse(const char *text, qm_phrase *out, qm_error *err);
/* The request in full, one line, into out. */
void qm_phrase_echo(const qm_phrase *phrase, char *out, size_t size);

#endif
