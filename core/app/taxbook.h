/* SPDX-License-Identifier: MIT
 *
 * taxbook.h: the tax book of a data folder: what the sleeves of book.db traded and what the
 * statements of statements.db say, replayed together under a policy, with the last stored prices
 * beside it. Reads only. Main thread.
 */
#ifndef QM_APP_TAXBOOK_H
#define QM_APP_TAXBOOK_H

#include "app/desk.h"
#include "app/statement_book.h"
#include "tax/feed.h"
#include "tax/form.h"
#include "tax/preview.h"

typedef struct qm_taxbook_rule {
    const char *account;
    qm_tax_method method;
} qm_taxbook_rule;

/* The close of a symbol's last stored daily bar. */
typedef struct qm_taxbook_quote {
    qm_instrument_id instrument;
    bool known;
    qm_date date;
    qm_decimal price; /* of one unit: times the multiplier */
} qm_taxbook_quote;

/* A sale of ours that asked for other lots than its account's method takes: what has to be entered
 * at the broker, and until when (the day of settlement, 26 CFR 1.1012-1(c)(8)). One for each order.
 */
typedef enum qm_lot_state { QM_LOTS_DUE, QM_LOTS_CONFIRMED, QM_LOTS_MISSED } qm_lot_state;
typedef struct qm_lot_instruction {
    uint64_t order;
    const char *sleeve, *account, *symbol;
    qm_tax_method method;
    qm_decimal qty;
    qm_date date, deadline;
    qm_lot_state state;
    char *lots; /* "LOT x QTY, ..." */
} qm_lot_instruction;

typedef struct qm_taxbook {
    qm_desk desk; /* instruments and prices */
    qm_statement_book statements;
    qm_tax *tax;
    qm_tax_rates rates;
    QM_VEC(char *) names;            /* of accounts and sleeves: what the events point to */
    QM_VEC(qm_taxbook_quote) quotes; /* that were asked for */
    QM_VEC(qm_lot_instruction) instructions;
    qm_order_row_vec orders; /* of the book; those with `lots` give instructions */
    qm_order_id_vec confirmed;
    QM_VEC(qm_taxbook_rule) rules; /* the method of each account */
} qm_taxbook;

/* --data, --view taxpayer|broker|off. QM_EUNAVAILABLE: nothing has traded there yet. A transaction
 * of ours that can't be booked is QM_EDATA and names itself; an event of a statement is told on
 * stderr, like the statements' own warnings, and left out. */
qm_status qm_taxbook_open(const qm_args *args, qm_taxbook *out, qm_error *err);
void qm_taxbook_close(qm_taxbook *book);

/* The close of the last stored daily bar, times the multiplier; a qm_tax_price. */
bool qm_taxbook_price(void *book, const char *symbol, qm_decimal *out);
/* Of the last stored daily bar of anything that is held: what "today" is to the book; never before
 * the last event. --date says otherwise. QM_EUSAGE, QM_EUNAVAILABLE: nothing has traded. */
qm_status qm_taxbook_date(qm_taxbook *book, const qm_args *args, qm_date *out, qm_error *err);
/* --account, or the only account that holds the symbol. QM_EUSAGE: several do; QM_ENOTFOUND: none.
 */
qm_status qm_taxbook_account(qm_taxbook *book, const qm_args *args, const char *symbol,
                             const char **out, qm_error *err);
/* By which its broker relieves lots. */
qm_tax_method qm_taxbook_account_method(const qm_taxbook *book, const char *account);
/* --method; SPECIFIC is refused. */
qm_status qm_taxbook_method(const qm_args *args, bool *given, qm_tax_method *out, qm_error *err);

/* instructions.c: a transaction that is about to be booked: an instruction of its order is noted,
 * and rules the source's method once it is confirmed. */
qm_status qm_taxbook_instruct(qm_taxbook *book, const qm_txn *txn, qm_tax_source *source,
                              qm_error *err);
qm_status qm_taxbook_read_confirmed(qm_taxbook *book, const char *folder, qm_error *err);
/* `qm lots due` and `qm lots confirm ORDER...`. */
qm_status qm_lots_due(const qm_args *args, qm_error *err);
qm_status qm_lots_confirm(const qm_args *args, qm_error *err);

/* Cells of tables: cents with separators, a date or "", a term. out has room for 48 characters. */
const char *qm_cell_money(qm_decimal value, char *out);
const char *qm_cell_date(qm_date date, char *out);
const char *qm_cell_term(qm_tax_term term);

/* `qm tax ...`: each in a file of its own. */
qm_status qm_tax_cmd_replay(const qm_args *args, qm_error *err);
qm_status qm_tax_cmd_report(const qm_args *args, qm_error *err);
qm_status qm_tax_cmd_harvest(const qm_args *args, qm_error *err);
qm_status qm_tax_cmd_what_if(const qm_args *args, qm_error *err);
qm_status qm_tax_cmd_methods(const qm_args *args, qm_error *err);
qm_status qm_tax_cmd_explain(const qm_args *args, qm_error *err);

#endif
