/* SPDX-License-Identifier: MIT
 *
 * feed.h: transactions of sleeves as events of the tax book.
 *
 * A sleeve is a strategy's share of an account; lots and wash sales are of accounts and the
 * taxpayer. So sleeves that hold the same symbol in one account share its lots, and a split that
 * each of them books is one event. An event is named "SLEEVE#SEQ"; all fills of one order are one
 * purchase. Transactions come in order of their dates, each once. Dividends, interest, deposits and
 * fees are no events of lots and are passed over. The feed borrows the book.
 */
#ifndef QM_TAX_FEED_H
#define QM_TAX_FEED_H

#include "ledger/ledger.h"
#include "tax/tax.h"

typedef struct qm_tax_feed qm_tax_feed;

typedef struct qm_tax_source {
    const char *sleeve, *account, *symbol;
    qm_tax_method method; /* of the account */
} qm_tax_source;

qm_status qm_tax_feed_new(qm_tax *tax, qm_tax_feed **out);
void qm_tax_feed_free(qm_tax_feed *feed);
/* Errors as of qm_tax_apply. */
qm_status qm_tax_feed_txn(qm_tax_feed *feed, const qm_tax_source *source, const qm_txn *txn,
                          qm_error *err);

#endif
