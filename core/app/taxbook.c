/* SPDX-License-Identifier: MIT */
#include "app/taxbook.h"

#include "app/settings.h"
#include "base/mem.h"
#include "report/report.h"
#include "tax/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One transaction with the sleeve it is of. */
typedef struct entry {
    const char *sleeve, *account;
    qm_tax_method method;
    qm_txn txn;
} entry;

typedef QM_VEC(entry) entry_vec;

static int in_order(const void *x, const void *y) {
    const entry *a = x, *b = y;
    if (a->txn.time != b->txn.time) {
        return a->txn.time < b->txn.time ? -1 : 1;
    }
    int names = strcmp(a->sleeve, b->sleeve);
    return names ? names : (a->txn.seq > b->txn.seq) - (a->txn.seq < b->txn.seq);
}

static qm_status keep_name(qm_taxbook *book, const char *name, const char **out) {
    char *copy = qm_strdup(name);
    qm_status status = copy ? qm_vec_push(&book->names, &copy) : QM_ENOMEM;
    *out = copy;
    return status;
}

static qm_status take_sleeve(qm_taxbook *book, const qm_sleeve_row *row, entry_vec *out,
                             qm_error *err) {
    qm_txn_vec txns = {0};
    entry e = {.method = qm_tax_method_from(row->lot_method)};
    if (e.method == QM_TAX_METHOD_COUNT) {
        return qm_error_set(err, QM_EDATA, "the book has %s as the lot method of %s",
                            row->lot_method, row->name);
    }
    qm_status status = keep_name(book, row->name, &e.sleeve);
    status = status == QM_OK ? keep_name(book, row->account_name, &e.account) : status;
    qm_taxbook_rule rule = {e.account, e.method};
    status = status == QM_OK ? qm_vec_push(&book->rules, &rule) : status;
    if (status == QM_OK) {
        status = qm_book_load_txns(book->desk.book, row->name, &txns, err);
    }
    for (size_t i = 0; i < txns.length && status == QM_OK; i++) {
        e.txn = txns.items[i];
        status = qm_vec_push(out, &e);
    }
    qm_vec_fini(&txns);
    return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
}

static qm_status read_view(const qm_args *args, qm_tax_config *config, qm_error *err) {
    const char *view = qm_args_get(args, "view", "taxpayer");
    config->wash = strcmp(view, "off") != 0;
    config->broker_scope = strcmp(view, "broker") == 0;
    if (config->wash && !config->broker_scope && strcmp(view, "taxpayer") != 0) {
        return qm_error_set(err, QM_EUSAGE, "--view \"%s\": use taxpayer, broker or off", view);
    }
    return QM_OK;
}

/* The engine with its deferred accounts: those that the sleeves' rows or the statements say are
 * such. */
static qm_status make(qm_taxbook *book, const qm_args *args, const qm_sleeve_row_vec *rows,
                      qm_error *err) {
    QM_VEC(const char *) ira = {0};
    const char *end = NULL;
    qm_tax_config config = {.rates = {book->rates.short_term, book->rates.long_term}};
    qm_status status = read_view(args, &config, err);
    for (size_t i = 0; i < rows->length && status == QM_OK; i++) {
        const char *name = rows->items[i].account_name;
        if (strcmp(rows->items[i].account_type, "ira") == 0) {
            status = qm_vec_push(&ira, &name);
        }
    }
    for (size_t i = 0; i < book->statements.accounts.length && status == QM_OK; i++) {
        const qm_statement_book_account *a = &book->statements.accounts.items[i];
        status = a->deferred ? qm_vec_push(&ira, &a->name) : QM_OK;
    }
    status = status == QM_OK ? qm_vec_push(&ira, &end) : status;
    config.ira = ira.items;
    status = status == QM_OK ? qm_tax_new(&config, &book->tax, err) : status;
    qm_vec_fini(&ira);
    return status == QM_ENOMEM ? qm_error_set(err, status, "out of memory") : status;
}

static qm_status replay_ours(qm_taxbook *book, qm_tax_feed *feed, const entry *e, qm_error *err) {
    const qm_instrument *info = qm_instruments_get(book->desk.instruments, e->txn.instrument);
    if (!info && e->txn.instrument) {
        return qm_error_set(err, QM_EDATA, "%s traded instrument %u, which market.db lacks",
                            e->sleeve, e->txn.instrument);
    }
    qm_tax_source source = {e->sleeve, e->account, info ? info->symbol : "", e->method};
    qm_status status = qm_taxbook_instruct(book, &e->txn, &source, err);
    status = status == QM_OK ? qm_tax_feed_txn(feed, &source, &e->txn, err) : status;
    return status == QM_EINVAL || status == QM_ELOTS ? QM_EDATA : status;
}

/* By the account's method where its broker named no lots. */
static qm_status replay_theirs(qm_taxbook *book, qm_tax_event event, qm_error *err) {
    qm_error inner = {0};
    event.has_method = true;
    event.method = qm_taxbook_account_method(book, event.account);
    qm_status status = qm_tax_apply(book->tax, &event, &inner);
    if (status == QM_ENOMEM || status == QM_EOVERFLOW || status == QM_ESTATE) {
        *err = inner;
        return status;
    }
    if (status != QM_OK) {
        fprintf(stderr, "qm: a statement's event is not in the tax book: %s\n", inner.message);
    }
    return QM_OK;
}

/* By date; on one day the statements first. */
static qm_status replay(qm_taxbook *book, const entry_vec *list, qm_error *err) {
    qm_tax_feed *feed;
    size_t at = 0;
    qm_status status = qm_tax_feed_new(book->tax, &feed);
    if (status != QM_OK) {
        return qm_error_set(err, status, "out of memory");
    }
    for (size_t i = 0; i <= list->length && status == QM_OK; i++) {
        qm_date until = i < list->length ? list->items[i].txn.date : INT32_MAX;
        for (; at < book->statements.events.length && status == QM_OK &&
               book->statements.events.items[at].date <= until;
             at++) {
            status = replay_theirs(book, book->statements.events.items[at], err);
        }
        if (i < list->length && status == QM_OK) {
            status = replay_ours(book, feed, &list->items[i], err);
        }
    }
    qm_tax_feed_free(feed);
    return status;
}

/* The methods of accounts that only the configuration knows. */
static qm_status take_rules(qm_taxbook *book) {
    qm_status status = QM_OK;
    for (size_t i = 0; i < book->statements.accounts.length && status == QM_OK; i++) {
        const char *name = book->statements.accounts.items[i].name;
        const char *method = qm_setting_of("accounts", name, "method");
        qm_taxbook_rule rule = {name, method ? qm_tax_method_from(method) : QM_TAX_FIFO};
        status = qm_vec_push(&book->rules, &rule);
    }
    return status;
}

static qm_status load(qm_taxbook *book, const qm_args *args, qm_error *err) {
    qm_sleeve_row_vec rows = {0};
    entry_vec list = {0};
    qm_status status = book->desk.book ? qm_book_load_sleeves(book->desk.book, &rows, err) : QM_OK;
    status = status == QM_OK ? take_rules(book) : status;
    if (status == QM_OK && book->desk.book) {
        status = qm_book_load_orders(book->desk.book, &book->orders, err);
    }
    for (size_t i = 0; i < rows.length && status == QM_OK; i++) {
        status = take_sleeve(book, &rows.items[i], &list, err);
    }
    if (list.length) {
        qsort(list.items, list.length, sizeof *list.items, in_order);
    }
    status = status == QM_OK ? make(book, args, &rows, err) : status;
    status = status == QM_OK ? replay(book, &list, err) : status;
    for (size_t i = 0; i < rows.length; i++) {
        qm_sleeve_row_fini(&rows.items[i]);
    }
    qm_vec_fini(&rows);
    qm_vec_fini(&list);
    return status;
}

/* What we traded, and prices; with statements there need be neither. */
static qm_status open_ours(qm_taxbook *book, const char *folder, qm_error *err) {
    char path[4096];
    bool alone = book->statements.rows.length > 0;
    snprintf(path, sizeof path, "%s/book.db", folder);
    qm_status status = qm_book_open(path, QM_DB_READ, &book->desk.book, err);
    if (status == QM_ENOTFOUND && !alone) {
        return qm_error_at(err, QM_EUNAVAILABLE, path, 0, 0,
                           "nothing has traded here yet (qm run, qm import FILE, qm demo --dir "
                           "DIR)");
    }
    if (status == QM_OK || status == QM_ENOTFOUND) {
        status = qm_desk_open_market(&book->desk, folder, QM_DB_READ, err);
        status = alone && status == QM_EUNAVAILABLE ? QM_OK : status;
    }
    return status;
}

qm_status qm_taxbook_open(const qm_args *args, qm_taxbook *out, qm_error *err) {
    char folder[4000];
    *out = (qm_taxbook){.rates = qm_settings_rates()};
    qm_desk_folder(args, folder, sizeof folder);
    qm_status status = qm_desk_init(&out->desk, err);
    status = status == QM_OK ? qm_statement_book_open(folder, &out->statements, err) : status;
    status = status == QM_OK ? open_ours(out, folder, err) : status;
    status = status == QM_OK ? qm_taxbook_read_confirmed(out, folder, err) : status;
    for (size_t i = 0; i < out->statements.warnings.length && status == QM_OK; i++) {
        fprintf(stderr, "qm: %s\n", out->statements.warnings.items[i]);
    }
    status = status == QM_OK ? load(out, args, err) : status;
    if (status != QM_OK) {
        qm_taxbook_close(out);
    }
    return status;
}

void qm_taxbook_close(qm_taxbook *book) {
    qm_tax_free(book->tax);
    qm_statement_book_close(&book->statements);
    qm_desk_fini(&book->desk);
    for (size_t i = 0; i < book->names.length; i++) {
        qm_free(book->names.items[i]);
    }
    qm_vec_fini(&book->names);
    for (size_t i = 0; i < book->instructions.length; i++) {
        qm_free(book->instructions.items[i].lots);
    }
    qm_vec_fini(&book->instructions);
    qm_vec_fini(&book->orders);
    qm_vec_fini(&book->confirmed);
    qm_vec_fini(&book->rules);
    qm_vec_fini(&book->quotes);
}

static qm_taxbook_quote read_quote(qm_taxbook *book, const qm_instrument *info) {
    qm_taxbook_quote q = {.instrument = info->id, .date = QM_DATE_NONE};
    qm_bars bars;
    qm_decimal close;
    qm_bars_init(&bars, QM_TF_1D);
    if (qm_market_db_load_bars(book->desk.market, info->id, &QM_ALL_BARS, &bars, NULL) == QM_OK &&
        bars.n > 0) {
        q.date = bars.date[bars.n - 1];
        q.known =
            qm_decimal_from_double(bars.column[QM_CLOSE][bars.n - 1], &close) == QM_OK &&
            qm_decimal_mul_ratio(close, info->multiplier, 1, QM_ROUND_HALF_EVEN, &q.price) == QM_OK;
    }
    qm_bars_fini(&bars);
    return q;
}

/* NULL: no such symbol, or no memory. */
static const qm_taxbook_quote *quote_of(qm_taxbook *book, const char *symbol) {
    const qm_instrument *info =
        book->desk.market ? qm_instruments_find(book->desk.instruments, symbol, QM_DATE_NONE)
                          : NULL;
    for (size_t i = 0; info && i < book->quotes.length; i++) {
        if (book->quotes.items[i].instrument == info->id) {
            return &book->quotes.items[i];
        }
    }
    if (!info) {
        return NULL;
    }
    qm_taxbook_quote q = read_quote(book, info);
    return qm_vec_push(&book->quotes, &q) == QM_OK ? &book->quotes.items[book->quotes.length - 1]
                                                   : NULL;
}

bool qm_taxbook_price(void *book, const char *symbol, qm_decimal *out) {
    const qm_taxbook_quote *q = quote_of(book, symbol);
    if (q && q->known) {
        *out = q->price;
    }
    return q && q->known;
}

qm_status qm_taxbook_date(qm_taxbook *book, const qm_args *args, qm_date *out, qm_error *err) {
    const char *text = qm_args_get(args, "date", NULL);
    qm_date last = qm_tax_date(book->tax);
    qm_tax_lot *lots;
    size_t count;
    if (last == QM_DATE_NONE) {
        return qm_error_set(err, QM_EUNAVAILABLE, "nothing has traded yet");
    }
    if (text) {
        bool fine = qm_date_parse(text, strlen(text), out) == QM_OK && *out >= last;
        return fine
                   ? QM_OK
                   : qm_error_set(err, QM_EUSAGE,
                                  "--date \"%s\": use YYYY-MM-DD, not before the last trade", text);
    }
    if (qm_tax_open_lots(book->tax, &lots, &count) != QM_OK) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        const qm_taxbook_quote *q = quote_of(book, lots[i].symbol);
        last = q && q->known && q->date > last ? q->date : last;
    }
    qm_free(lots);
    *out = last;
    return QM_OK;
}

qm_status qm_taxbook_account(qm_taxbook *book, const qm_args *args, const char *symbol,
                             const char **out, qm_error *err) {
    const char *wanted = qm_args_get(args, "account", NULL), *found = NULL;
    qm_tax_lot *lots;
    size_t count;
    qm_status status = qm_tax_open_lots(book->tax, &lots, &count);
    if (status != QM_OK) {
        return qm_error_set(err, status, "out of memory");
    }
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        if (strcmp(lots[i].symbol, symbol) != 0 || lots[i].qty.raw <= 0 ||
            (wanted && strcmp(lots[i].account, wanted) != 0)) {
            continue;
        }
        if (found && strcmp(found, lots[i].account) != 0) {
            status = qm_error_set(err, QM_EUSAGE, "%s and %s hold %s: name one with --account",
                                  found, lots[i].account, symbol);
        }
        found = lots[i].account;
    }
    qm_free(lots);
    if (status == QM_OK && !found) {
        status = wanted ? qm_error_set(err, QM_ENOTFOUND, "account %s holds no %s", wanted, symbol)
                        : qm_error_set(err, QM_ENOTFOUND, "no account holds %s", symbol);
    }
    *out = found;
    return status;
}

qm_tax_method qm_taxbook_account_method(const qm_taxbook *book, const char *account) {
    for (size_t i = 0; i < book->rules.length; i++) {
        if (strcmp(book->rules.items[i].account, account) == 0) {
            return book->rules.items[i].method;
        }
    }
    return QM_TAX_FIFO;
}

qm_status qm_taxbook_method(const qm_args *args, bool *given, qm_tax_method *out, qm_error *err) {
    const char *text = qm_args_get(args, "method", NULL);
    *given = text != NULL;
    *out = text ? qm_tax_method_from(text) : QM_TAX_FIFO;
    if (*out == QM_TAX_METHOD_COUNT || *out == QM_TAX_SPECIFIC) {
        return qm_error_set(err, QM_EUSAGE,
                            "--method \"%s\": use fifo, lifo, hifo, lofo, min_tax, min_tax_rate, "
                            "hc_lt, hc_st, lc_lt, lc_st, mlg, mll, msg, msl or average",
                            text);
    }
    return QM_OK;
}

const char *qm_cell_money(qm_decimal value, char *out) {
    qm_buf text;
    qm_buf_init(&text, 48);
    qm_put_money(&text, qm_total_from(value));
    snprintf(out, 48, "%s", text.data ? text.data : "");
    qm_buf_fini(&text);
    return out;
}

const char *qm_cell_date(qm_date date, char *out) {
    out[0] = 0;
    if (date != QM_DATE_NONE) {
        qm_date_format(date, out);
    }
    return out;
}

const char *qm_cell_term(qm_tax_term term) {
    return term == QM_TAX_LONG_TERM ? "long" : term == QM_TAX_SHORT_TERM ? "short" : "unknown";
}
