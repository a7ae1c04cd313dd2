/* SPDX-License-Identifier: MIT
 *
 * statement.h: broker statements into facts: the bytes of a file in, what they say out.
 *
 * A statement is what the file says and nothing else: facts in file order, the statement's own
 * totals, sections that are not known and rows that could not be read, each with its row. Nothing
 * is computed, netted or guessed here; statement_tax.h makes tax events of facts, reconcile.h holds
 * what comes of them against the totals.
 *
 * All texts and arrays belong to the statement and live until it is freed. One thread at a time.
 */
#ifndef QM_IMPORT_STATEMENT_H
#define QM_IMPORT_STATEMENT_H

#include "base/buf.h"
#include "base/vec.h"
#include "import/fact.h"

/* X(constant, name) */
#define QM_STATEMENT_FORMAT_MAP(X)                                                                 \
    X(IBKR_ACTIVITY, "ibkr_activity")                                                              \
    X(FLEX_XML, "ibkr_flex_xml")                                                                   \
    X(FLEX_CSV, "ibkr_flex_csv")                                                                   \
    X(TASTYTRADE, "tastytrade")

#define X(constant, name) QM_STATEMENT_##constant,
typedef enum qm_statement_format {
    QM_STATEMENT_FORMAT_MAP(X) QM_STATEMENT_FORMAT_COUNT
} qm_statement_format;
#undef X

/* What the statement itself sums up. */
typedef enum qm_total_kind {
    QM_TOTAL_POSITION,       /* units held at the end; basis: cost of them */
    QM_TOTAL_PRIOR_POSITION, /* units held before the first day */
    QM_TOTAL_CASH_START,
    QM_TOTAL_CASH_END,
    QM_TOTAL_CASH_ITEM, /* a part of what lies between: `label` is a kind of fact, or commissions */
    QM_TOTAL_REALIZED,  /* of a symbol, in base currency */
    QM_TOTAL_SECTION,   /* `label`: the sum of rows since the total before */
    QM_TOTAL_ROW        /* a row whose parts do not make its own total; basis: what they make */
} qm_total_kind;

typedef struct qm_statement_total {
    qm_total_kind kind;
    const char *account, *symbol, *conid, *currency, *label;
    qm_asset asset;
    int64_t row, first_row; /* of a section: first of the rows that it sums */
    qm_decimal value, basis;
    bool has_basis;
} qm_statement_total;

typedef struct qm_statement_account {
    const char *name; /* "": the file does not say */
    const char *type, *base_currency;
    qm_date from, to;   /* QM_DATE_NONE: not told */
    bool has_positions; /* open positions are listed: one that is not there is none */
} qm_statement_account;

/* A row that could not be read: nothing of it is in the facts. */
typedef struct qm_statement_reject {
    int64_t row;
    const char *value, *reason;
} qm_statement_reject;

typedef struct qm_statement_section {
    const char *name;
    int64_t row, rows; /* where it begins, how many data rows it has */
} qm_statement_section;

typedef struct qm_statement {
    qm_statement_format format;
    bool newest_first; /* facts of one time come in reverse */
    bool by_order;     /* trades are orders, which may stand for several executions */
    QM_VEC(qm_statement_account) accounts;
    QM_VEC(qm_fact) facts;
    QM_VEC(qm_fact_lot) lots;
    QM_VEC(qm_statement_total) totals;
    QM_VEC(qm_statement_reject) rejects;
    QM_VEC(qm_statement_section) unknown; /* sections that are not known, each once */
    struct qm_statement_text *text;       /* where the texts are */
} qm_statement;

/* Sees the format from the content. QM_EIO, QM_EDATA: no statement that is known, with the reason;
 * a row that can't be read is in `rejects` and no error. */
qm_status qm_statement_read(const char *path, qm_statement **out, qm_error *err);
/* The bytes of a file, decompressed, up to what fits: out is initialised. QM_EIO, QM_EDATA. */
qm_status qm_statement_bytes(const char *path, qm_buf *out, qm_error *err);
/* The same from bytes in memory; name: for messages. */
qm_status qm_statement_read_text(const char *name, const void *text, size_t length,
                                 qm_statement **out, qm_error *err);
void qm_statement_free(qm_statement *statement);
const char *qm_statement_format_name(qm_statement_format format);

#endif
