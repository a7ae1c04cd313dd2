/* SPDX-License-Identifier: MIT
 *
 * What is held, by account and symbol; what each strategy has made of its money; income by year.
 */
#include "app/portfolio.h"
#include "base/calendar.h"
#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 28 };

static bool is_wanted(const portfolio *p, const char *account) {
    return !p->only || strcmp(p->only, account) == 0;
}

/* ---- holdings ---- */

static qm_status add_lot(portfolio *p, const qm_tax_lot *l) {
    holding *h = NULL;
    for (size_t i = 0; i < p->holdings.length; i++) {
        holding *other = &p->holdings.items[i];
        bool same =
            strcmp(other->account, l->account) == 0 && strcmp(other->symbol, l->symbol) == 0;
        h = same ? other : h;
    }
    if (!h) {
        holding fresh = {.account = l->account, .symbol = l->symbol, .has_basis = true};
        qm_status status = qm_vec_push(&p->holdings, &fresh);
        if (status != QM_OK) {
            return status;
        }
        h = &p->holdings.items[p->holdings.length - 1];
    }
    h->has_basis = h->has_basis && !l->no_basis;
    qm_decimal basis = {l->qty.raw < 0 ? -l->basis.raw : l->basis.raw};
    qm_status status = qm_decimal_add(h->qty, l->qty, &h->qty);
    return status == QM_OK ? qm_decimal_add(h->basis, basis, &h->basis) : status;
}

static qm_status take_holdings(portfolio *p) {
    qm_tax_lot *lots;
    size_t count;
    qm_status status = qm_tax_open_lots(p->book.tax, &lots, &count);
    for (size_t i = 0; i < count && status == QM_OK; i++) {
        status = is_wanted(p, lots[i].account) ? add_lot(p, &lots[i]) : QM_OK;
    }
    for (size_t i = 0; i < p->holdings.length && status == QM_OK; i++) {
        holding *h = &p->holdings.items[i];
        qm_decimal price;
        h->priced = qm_taxbook_price(&p->book, h->symbol, &price);
        if (h->priced) {
            status = qm_decimal_mul(h->qty, price, QM_ROUND_HALF_EVEN, &h->value);
        }
    }
    qm_free(lots);
    return status;
}

/* ---- income ---- */

static qm_status add_income(portfolio *p, const char *account, qm_date date, bool dividend,
                            qm_decimal amount) {
    int year = qm_date_to_ymd(date).year;
    income *in = NULL;
    if (!is_wanted(p, account)) {
        return QM_OK;
    }
    for (size_t i = 0; i < p->incomes.length; i++) {
        income *other = &p->incomes.items[i];
        in = other->year == year && strcmp(other->account, account) == 0 ? other : in;
    }
    if (!in) {
        income fresh = {.account = account, .year = year};
        qm_status status = qm_vec_push(&p->incomes, &fresh);
        if (status != QM_OK) {
            return status;
        }
        in = &p->incomes.items[p->incomes.length - 1];
    }
    qm_decimal *sum = dividend ? &in->dividends : &in->interest;
    return qm_decimal_add(*sum, amount, sum);
}

/* Statements' income in dollars; other currencies have no rate on the row and are left out. */
static qm_status take_statement_income(portfolio *p) {
    const qm_history *history = &p->book.statements.history;
    qm_status status = QM_OK;
    for (size_t i = 0; i < history->items.length && status == QM_OK; i++) {
        const qm_fact *f = history->items.items[i].fact;
        bool dividend = f->kind == QM_FACT_DIVIDEND || f->kind == QM_FACT_IN_LIEU;
        if ((dividend || f->kind == QM_FACT_INTEREST) && strcmp(f->currency, "USD") == 0) {
            status = add_income(p, *f->account ? f->account : "tastytrade", f->date, dividend,
                                f->amount);
        }
    }
    return status;
}

/* ---- strategies ---- */

/* Net present value of the flows at a yearly rate; equity is the last one. */
static double present(const qm_txn_vec *txns, qm_date last, double equity, double rate) {
    double sum = equity;
    for (size_t i = 0; i < txns->length; i++) {
        if (txns->items[i].kind == QM_TXN_CASH) {
            double years = (last - txns->items[i].date) / 365.25;
            sum -= qm_decimal_to_double(txns->items[i].amount) * pow(1 + rate, years);
        }
    }
    return sum;
}

/* The yearly rate at which the flows make the equity; NaN: none between -99.9 % and 1,000 %, or
 * less than a quarter of a year. */
static double money_weighted(const qm_txn_vec *txns, qm_date first, qm_date last, double equity) {
    double low = -0.999, high = 10;
    if (last - first < 90 || present(txns, last, equity, low) < 0 ||
        present(txns, last, equity, high) > 0) {
        return NAN;
    }
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        *(present(txns, last, equity, middle) > 0 ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

/* Flows count from the start of their day: docs/reference/metrics.md. */
static double time_weighted(const qm_txn_vec *txns, const qm_equity_row_vec *curve) {
    double growth = 1, before = 0;
    size_t flow = 0;
    for (size_t i = 0; i < curve->length; i++) {
        qm_date date = qm_calendar_session_of(curve->items[i].time);
        double base = before, now = qm_total_to_double(curve->items[i].equity);
        for (; flow < txns->length && txns->items[flow].date <= date; flow++) {
            if (txns->items[flow].kind == QM_TXN_CASH) {
                base += qm_decimal_to_double(txns->items[flow].amount);
            }
        }
        growth *= base > 0 ? now / base : 1;
        before = now;
    }
    return curve->length ? growth - 1 : NAN;
}

static qm_status measure(portfolio *p, const qm_sleeve_row *row, const qm_txn_vec *txns,
                         qm_error *err) {
    qm_equity_row_vec curve = {0};
    char *name = qm_strdup(row->name), *account = qm_strdup(row->account_name);
    strategy s = {.name = name, .account = account};
    qm_status status = name && account ? qm_vec_push(&p->book.names, &name) : QM_ENOMEM;
    status = status == QM_OK ? qm_vec_push(&p->book.names, &account) : status;
    status =
        status == QM_OK ? qm_book_load_equity(p->book.desk.book, row->name, &curve, err) : status;
    for (size_t i = 0; i < txns->length && status == QM_OK; i++) {
        const qm_txn *t = &txns->items[i];
        if (t->kind == QM_TXN_CASH) {
            status = qm_total_add(&s.deposits, t->amount);
        } else if (t->kind == QM_TXN_DIVIDEND || t->kind == QM_TXN_INTEREST) {
            status = add_income(p, account, t->date, t->kind == QM_TXN_DIVIDEND, t->amount);
        }
    }
    if (status == QM_OK && curve.length) {
        qm_date first = qm_calendar_session_of(curve.items[0].time);
        qm_date last = qm_calendar_session_of(curve.items[curve.length - 1].time);
        s.equity = curve.items[curve.length - 1].equity;
        s.time_weighted = time_weighted(txns, &curve);
        s.money_weighted = money_weighted(txns, first, last, qm_total_to_double(s.equity));
        status = qm_vec_push(&p->strategies, &s);
    }
    qm_vec_fini(&curve);
    return status;
}

static qm_status take_strategies(portfolio *p, qm_error *err) {
    qm_sleeve_row_vec rows = {0};
    qm_status status =
        p->book.desk.book ? qm_book_load_sleeves(p->book.desk.book, &rows, err) : QM_OK;
    for (size_t i = 0; i < rows.length && status == QM_OK; i++) {
        qm_txn_vec txns = {0};
        if (is_wanted(p, rows.items[i].account_name)) {
            status = qm_book_load_txns(p->book.desk.book, rows.items[i].name, &txns, err);
            status = status == QM_OK ? measure(p, &rows.items[i], &txns, err) : status;
        }
        qm_vec_fini(&txns);
    }
    for (size_t i = 0; i < rows.length; i++) {
        qm_sleeve_row_fini(&rows.items[i]);
    }
    qm_vec_fini(&rows);
    return status;
}

/* ---- all ---- */

static int by_value(const void *x, const void *y) {
    const holding *a = x, *b = y;
    int order = strcmp(a->account, b->account);
    if (order) {
        return order;
    }
    if (a->value.raw != b->value.raw) {
        return a->value.raw > b->value.raw ? -1 : 1;
    }
    return strcmp(a->symbol, b->symbol);
}

static int by_year(const void *x, const void *y) {
    const income *a = x, *b = y;
    int order = strcmp(a->account, b->account);
    return order ? order : a->year - b->year;
}

static qm_status show(portfolio *p, const qm_args *args, qm_error *err) {
    qm_buf out;
    qm_status status = take_holdings(p);
    status = status == QM_OK ? take_statement_income(p) : status;
    status = status == QM_OK ? take_strategies(p, err) : status;
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    if (p->holdings.length) {
        qsort(p->holdings.items, p->holdings.length, sizeof *p->holdings.items, by_value);
    }
    if (p->incomes.length) {
        qsort(p->incomes.items, p->incomes.length, sizeof *p->incomes.items, by_year);
    }
    qm_buf_init(&out, OUTPUT_MAX);
    status =
        qm_args_has(args, "json") ? portfolio_write_json(p, &out) : portfolio_write_text(p, &out);
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_buf_fini(&out);
    return status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    portfolio p = {.only = qm_args_get(args, "account", NULL)};
    qm_status status = qm_taxbook_open(args, &p.book, err);
    if (status != QM_OK) {
        return status;
    }
    status = qm_taxbook_date(&p.book, args, &p.today, err);
    status = status == QM_OK ? show(&p, args, err) : status;
    qm_vec_fini(&p.holdings);
    qm_vec_fini(&p.incomes);
    qm_vec_fini(&p.strategies);
    qm_taxbook_close(&p.book);
    return status;
}

static const char *const OPTIONS[] = {"json", "data=", "account=", "view=", "date=", NULL};

const qm_command qm_command_portfolio = {
    "portfolio",
    "what is held, what strategies have made, income by year",
    "usage: qm portfolio [--account A] [--json] [--data FOLDER]\n\n"
    "Holdings of all accounts (strategies and imported statements) at the last stored closes, "
    "with\n"
    "their share of the whole when all have a price; each strategy's equity, deposits, "
    "time-weighted\n"
    "and money-weighted return; dividends and interest by account and year. Cash that only a "
    "broker\n"
    "knows of is not in it.\n",
    OPTIONS,
    0,
    0,
    run};
