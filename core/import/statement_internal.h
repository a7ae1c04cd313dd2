/* SPDX-License-Identifier: MIT
 *
 * statement_internal.h: what the readers of statements share. A maker fills one statement; its
 * first failure (memory) sticks, so that a reader may go on and look once at the end.
 */
#ifndef QM_IMPORT_STATEMENT_INTERNAL_H
#define QM_IMPORT_STATEMENT_INTERNAL_H

#include "base/map.h"
#include "codec/csv.h"
#include "import/statement.h"

/* How often each identity came, by its hash: the first fact that has it. */
typedef struct id_slot {
    uint64_t hash;
    uint32_t fact, times; /* times 0: free */
} id_slot;

enum { MEMO_SIZE = 256 };

typedef struct maker {
    qm_statement *st;
    const char *file;
    id_slot *slots;
    size_t slot_count, slots_used;
    qm_cell memo[MEMO_SIZE]; /* texts that came lately */
    int64_t row;
    qm_status status;
} maker;

void qm_texts_free(struct qm_statement_text *text);
/* Room for what a file of that length usually holds. */
void qm_maker_begin(maker *m, size_t length);
void qm_maker_fini(maker *m);
/* Texts: a copy, and one copy for all that are equal. */
const char *qm_maker_copy(maker *m, qm_cell cell);
const char *qm_maker_text(maker *m, qm_cell cell);
void qm_maker_reject(maker *m, qm_cell value, const char *reason);
/* Fills id and row and takes the fact. Its texts are of the maker; NULL becomes "". A broker's id
 * that came before with the same figures is the same fact, restated, and false is the answer; with
 * other figures it is rejected. */
bool qm_maker_fact(maker *m, qm_fact *fact);
void qm_maker_lot(maker *m, const qm_fact_lot *lot);
void qm_maker_total(maker *m, const qm_statement_total *total);
/* At the end: lots that a row closed and that do not make its units are a total that differs. */
void qm_maker_check_lots(maker *m);
/* One more data row of a section that is not known. */
void qm_maker_unknown(maker *m, qm_cell section);
/* The account of that name, made when it is new. The pointer moves with the next. */
qm_statement_account *qm_maker_account(maker *m, const char *name);
qm_fact qm_fact_blank(void);

/* Cells. "", "-" and "--" say nothing, which is not zero. */
qm_cell qm_cell_trim(qm_cell cell);
qm_cell qm_cell_of(const char *text);
bool qm_cell_says(qm_cell cell);
bool qm_cell_is(qm_cell cell, const char *text);
bool qm_cell_starts(qm_cell cell, const char *text);
/* Any case. */
bool qm_cell_has(qm_cell cell, const char *text);
/* A cell that says nothing is 0; false: no number, and the row is rejected. has may be NULL. */
bool qm_maker_number(maker *m, qm_cell cell, qm_decimal *out, bool *has);
/* 2025-01-02, 20250102, 01/02/2025, 1/2/25, 02-Jan-25, January 2, 2025, with a time behind "," ";"
 * "T" or a blank: 10:00:00, 100000, 1:05 PM. A zone's letters behind it are passed over. */
typedef struct cell_time {
    qm_date date;
    int64_t ns;    /* -1: no time */
    bool has_zone; /* +hhmm, Z */
    int64_t offset_ns;
} cell_time;
bool qm_cell_when(qm_cell cell, cell_time *out);
/* Into date and ns of the fact; false: rejected. */
bool qm_maker_when(maker *m, qm_cell cell, qm_fact *fact);
/* Code out of "A;C". */
bool qm_codes_have(qm_cell codes, const char *code);
/* Kind and flags of a trade out of IBKR's codes. */
void qm_fact_codes(qm_fact *f, qm_cell codes);

/* Both spellings, "TSLA 19JUN26 300 C" and "TSLA  260619C00300000", into root, expiry, right and
 * strike. */
typedef struct option_name {
    qm_cell root;
    qm_date expiry;
    qm_decimal strike;
    char right;
} option_name;
bool qm_option_read(qm_cell symbol, option_name *out);
/* Into the fact, unless it knows already. */
void qm_fact_option(maker *m, qm_fact *fact);
/* The currency that a pair such as EUR.USD is units of; false: rejected. */
bool qm_fact_pair(maker *m, qm_fact *fact);

/* corporate.c: action, ratio, symbol (the line that the row moves), underlying and group out of
 * the fact's text. */
void qm_corporate_read(maker *m, qm_fact *fact);

/* Readers, one for each format; the csv stands on its first row. */
qm_status qm_read_ibkr_csv(maker *m, qm_csv *csv, qm_error *err);
qm_status qm_read_tasty_csv(maker *m, qm_csv *csv, qm_error *err);
qm_status qm_read_flex_csv(maker *m, qm_csv *csv, qm_error *err);
qm_status qm_read_flex_xml(maker *m, const char *text, size_t length, qm_error *err);

#endif
