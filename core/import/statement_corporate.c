/* SPDX-License-Identifier: MIT
 *
 * Corporate actions as IBKR words them: "OLD(ISIN) Split 4 for 1 (NEW, NAME, ISIN)". The last
 * bracket names the line that the row moves, the first word the security that the action is of;
 * case and blanks vary. A ratio is taken only where the text has exactly one.
 */
#include "import/statement_internal.h"

#include <stdio.h>
#include <string.h>

enum { STAMP_DIGITS = 14 };

static const struct {
    const char *words;
    qm_corporate_kind action;
} WORDS[] = {
    {"cusip/isin change", QM_CORPORATE_RENAME},
    {"isin change", QM_CORPORATE_RENAME},
    {"symbol change", QM_CORPORATE_RENAME},
    {"name change", QM_CORPORATE_RENAME},
    {"split", QM_CORPORATE_SPLIT},
    {"spinoff", QM_CORPORATE_SPINOFF},
    {"spin-off", QM_CORPORATE_SPINOFF},
    {"merged(acquisition)", QM_CORPORATE_MERGER},
    {"stock merger", QM_CORPORATE_MERGER},
    {"cash merger", QM_CORPORATE_MERGER},
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* A ticker that is gone can carry the time of its end in front: "20260626175508HON". */
static qm_cell without_stamp(qm_cell s) {
    size_t n = 0;
    while (n < s.length && is_digit(s.text[n])) {
        n++;
    }
    return n == STAMP_DIGITS && n < s.length ? (qm_cell){s.text + n, s.length - n} : s;
}

/* "4" before and "1" behind the word at `at`. */
static bool read_ratio(qm_cell s, size_t at, qm_fact *fact) {
    size_t from = at, to = at + 5, end;
    qm_decimal num, den;
    while (from > 0 && (is_digit(s.text[from - 1]) || s.text[from - 1] == '.')) {
        from--;
    }
    for (end = to; end < s.length && (is_digit(s.text[end]) || s.text[end] == '.');) {
        end++;
    }
    if (qm_decimal_parse(s.text + from, at - from, &num) != QM_OK ||
        qm_decimal_parse(s.text + to, end - to, &den) != QM_OK || num.raw <= 0 || den.raw <= 0) {
        return false;
    }
    int64_t a = num.raw, b = den.raw;
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    fact->num = num.raw / a;
    fact->den = den.raw / a;
    return true;
}

static void find_ratio(qm_cell s, qm_fact *fact) {
    int found = 0;
    for (size_t i = 0; i + 5 < s.length; i++) {
        if (qm_cell_has((qm_cell){s.text + i, 5}, " for ")) {
            found += read_ratio(s, i, fact);
        }
    }
    if (found != 1) {
        fact->num = fact->den = 0;
        if (found > 1) {
            fact->action = QM_CORPORATE_OTHER; /* several successors: which is which is not told */
        }
    }
}

static size_t last_bracket(qm_cell s) {
    size_t at = s.length;
    while (at > 0 && s.text[at - 1] != '(') {
        at--;
    }
    return at;
}

void qm_corporate_read(maker *m, qm_fact *fact) {
    qm_cell s = qm_cell_trim(qm_cell_of(fact->text));
    size_t bracket = last_bracket(s), head = 0;
    while (head < s.length && s.text[head] != '(') {
        head++;
    }
    qm_cell what = {s.text, bracket > 0 ? bracket - 1 : s.length};
    fact->action = QM_CORPORATE_OTHER;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        if (qm_cell_has(what, WORDS[i].words)) {
            fact->action = WORDS[i].action;
            break;
        }
    }
    find_ratio(what, fact);
    fact->underlying = qm_maker_text(m, without_stamp(qm_cell_trim((qm_cell){s.text, head})));
    if (!fact->symbol || !*fact->symbol) {
        size_t end = bracket;
        while (end < s.length && s.text[end] != ',' && s.text[end] != ')') {
            end++;
        }
        fact->symbol = qm_maker_text(
            m, without_stamp(qm_cell_trim((qm_cell){s.text + bracket, end - bracket})));
    }
    if (!fact->group || !*fact->group) {
        char date[QM_DATE_BUF], text[512];
        qm_date_format(fact->date, date);
        snprintf(text, sizeof text, "%s %.*s", date, (int)(what.length < 400 ? what.length : 400),
                 what.text);
        fact->group = qm_maker_text(m, qm_cell_of(text));
    }
}
