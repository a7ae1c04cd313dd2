/* SPDX-License-Identifier: MIT
 *
 * Names of options: the OCC's and that of IBKR.
 */
#include "import/statement_internal.h"

#include <string.h>

enum { OCC_TAIL = 15 };

/* "TSLA  260619C00300000": a root, then yymmdd, the right, and the strike x 1000. */
static bool read_occ(qm_cell s, option_name *out) {
    if (s.length <= OCC_TAIL || s.length > OCC_TAIL + 6) {
        return false;
    }
    const char *tail = s.text + s.length - OCC_TAIL;
    int32_t part[3];
    int64_t strike = 0;
    for (int i = 0; i < OCC_TAIL; i++) {
        if (i != 6 && (tail[i] < '0' || tail[i] > '9')) {
            return false;
        }
    }
    for (int i = 0; i < 3; i++) {
        part[i] = (tail[2 * i] - '0') * 10 + tail[2 * i + 1] - '0';
    }
    for (int i = 7; i < OCC_TAIL; i++) {
        strike = strike * 10 + tail[i] - '0';
    }
    if ((tail[6] != 'C' && tail[6] != 'P') || part[1] < 1 || part[1] > 12 || part[2] < 1 ||
        part[2] > qm_days_in_month(2000 + part[0], part[1])) {
        return false;
    }
    out->root = qm_cell_trim((qm_cell){s.text, s.length - OCC_TAIL});
    out->expiry = qm_date_from_ymd(2000 + part[0], part[1], part[2]);
    out->right = tail[6];
    out->strike.raw = strike * (QM_DECIMAL_SCALE / 1000);
    return out->root.length > 0;
}

/* The last word of a text, which loses it. */
static qm_cell last_word(qm_cell *s) {
    *s = qm_cell_trim(*s);
    size_t at = s->length;
    while (at > 0 && s->text[at - 1] != ' ') {
        at--;
    }
    qm_cell word = {s->text + at, s->length - at};
    s->length = at;
    return word;
}

/* "TSLA 19JUN26 300 C" */
static bool read_words(qm_cell s, option_name *out) {
    qm_cell right = last_word(&s), strike = last_word(&s), day = last_word(&s);
    char text[16];
    cell_time when;
    out->root = qm_cell_trim(s);
    if (right.length != 1 || (*right.text != 'C' && *right.text != 'P') || day.length != 7 ||
        out->root.length == 0) {
        return false;
    }
    memcpy(text, day.text, 2);
    text[2] = '-';
    memcpy(text + 3, day.text + 2, 3);
    text[6] = '-';
    memcpy(text + 7, day.text + 5, 2);
    out->right = *right.text;
    if (!qm_cell_when((qm_cell){text, 9}, &when) ||
        qm_cell_decimal(strike, &out->strike) != QM_OK) {
        return false;
    }
    out->expiry = when.date;
    return true;
}

bool qm_option_read(qm_cell symbol, option_name *out) {
    symbol = qm_cell_trim(symbol);
    return read_occ(symbol, out) || read_words(symbol, out);
}

void qm_fact_option(maker *m, qm_fact *fact) {
    option_name name;
    if (!fact->symbol || !qm_option_read(qm_cell_of(fact->symbol), &name)) {
        return;
    }
    if (!fact->underlying || !*fact->underlying) {
        fact->underlying = qm_maker_text(m, name.root);
    }
    fact->expiry = fact->expiry == QM_DATE_NONE ? name.expiry : fact->expiry;
    fact->right = fact->right ? fact->right : name.right;
    fact->strike = fact->strike.raw ? fact->strike : name.strike;
}

bool qm_fact_pair(maker *m, qm_fact *fact) {
    const char *dot = strchr(fact->symbol, '.');
    if (!dot || dot == fact->symbol) {
        qm_maker_reject(m, qm_cell_of(fact->symbol), "no pair of currencies");
        return false;
    }
    fact->underlying = qm_maker_text(m, (qm_cell){fact->symbol, (size_t)(dot - fact->symbol)});
    return true;
}
