/* SPDX-License-Identifier: MIT
 *
 * A sale that has not happened: by one method with its lots, or by all side by side.
 */
#include "app/taxbook.h"
#include "codec/json.h"
#include "report/report.h"

#include <string.h>

enum { OUTPUT_MAX = 1 << 26, CELL = 48 };

/* The sale that is asked about. */
typedef struct question {
    qm_taxbook book;
    qm_tax_event sale;
    qm_decimal price;
    bool json;
} question;

/* What came of it by one method. */
typedef struct outcome {
    qm_tax_preview preview;
    qm_decimal tax;
    bool has_tax;
} outcome;

static qm_status read_sale(question *q, const qm_args *args, const char *qty, const char *symbol,
                           qm_error *err) {
    const char *price = qm_args_get(args, "price", NULL);
    if (qm_decimal_parse(qty, strlen(qty), &q->sale.qty) != QM_OK || q->sale.qty.raw <= 0) {
        return qm_error_set(err, QM_EUSAGE, "tax: \"%s\" is no quantity above zero", qty);
    }
    if (price && (qm_decimal_parse(price, strlen(price), &q->price) != QM_OK || q->price.raw < 0)) {
        return qm_error_set(err, QM_EUSAGE, "--price \"%s\" is no price", price);
    }
    qm_status status = qm_taxbook_open(args, &q->book, err);
    if (status != QM_OK) {
        return status;
    }
    q->sale = (qm_tax_event){.id = "sale",
                             .kind = QM_TAX_DO_SELL,
                             .settle = QM_DATE_NONE,
                             .symbol = symbol,
                             .qty = q->sale.qty,
                             .has_qty = true,
                             .has_method = true,
                             .close_only = true};
    q->json = qm_args_has(args, "json");
    status = qm_taxbook_account(&q->book, args, symbol, &q->sale.account, err);
    status = status == QM_OK ? qm_taxbook_date(&q->book, args, &q->sale.date, err) : status;
    if (status == QM_OK && !price && !qm_taxbook_price(&q->book, symbol, &q->price)) {
        status =
            qm_error_set(err, QM_EUNAVAILABLE, "no price of %s is stored: give --price", symbol);
    }
    if (status == QM_OK) {
        status = qm_decimal_mul(q->sale.qty, q->price, QM_ROUND_HALF_EVEN, &q->sale.amount);
    }
    if (status != QM_OK) {
        qm_taxbook_close(&q->book);
    }
    return status;
}

static qm_status answer(question *q, qm_tax_method method, outcome *out, qm_error *err) {
    qm_tax_gains year;
    *out = (outcome){0};
    q->sale.method = method;
    qm_status status = qm_tax_preview_event(q->book.tax, &q->sale, &out->preview, err);
    if (status != QM_OK || !q->book.rates.known || out->preview.no_basis) {
        return status;
    }
    status = qm_tax_gains_of(q->book.tax, qm_date_to_ymd(q->sale.date).year, &year);
    if (status == QM_OK) {
        status = qm_tax_due_more(year, out->preview.gains, &q->book.rates, &out->tax);
    }
    out->has_tax = status == QM_OK;
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

static void put_row(qm_json_writer *w, const qm_tax_row *row) {
    qm_json_open_object(w);
    qm_json_put_string(w, "lot", row->lot);
    qm_json_put_decimal(w, "qty", row->qty);
    qm_json_put_date(w, "acquired", row->acquired);
    qm_json_put_string(w, "term", qm_cell_term(row->term));
    qm_json_put_decimal(w, "proceeds", row->proceeds);
    if (!row->no_basis) {
        qm_json_put_decimal(w, "basis", row->basis);
        qm_json_put_decimal(w, "gain", row->gain);
    }
    qm_json_put_decimal(w, "disallowed", row->disallowed);
    qm_json_close_object(w);
}

static void put_outcome(qm_json_writer *w, const question *q, const outcome *o) {
    const qm_tax_preview *p = &o->preview;
    qm_json_open_object(w);
    qm_json_put_string(w, "method", qm_tax_method_name(q->sale.method));
    qm_json_put_decimal(w, "gain", p->economic);
    qm_json_put_decimal(w, "short_term", p->gains.short_term);
    qm_json_put_decimal(w, "long_term", p->gains.long_term);
    qm_json_put_decimal(w, "disallowed", p->disallowed);
    qm_json_put_decimal(w, "permanent", p->permanent);
    qm_json_put_known_decimal(w, "tax", o->has_tax, o->tax);
    qm_json_key(w, "lots");
    qm_json_open_array(w);
    for (size_t i = 0; i < p->rows.length; i++) {
        put_row(w, &p->rows.items[i]);
    }
    qm_json_close_array(w);
    qm_json_close_object(w);
}

static qm_status put_lots(const outcome *o, qm_buf *out) {
    static const char *const headers[] = {"lot",   "qty",  "acquired", "term", "long-term from",
                                          "basis", "gain", "deferred"};
    static const bool right[] = {false, true, false, false, false, true, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 8, &table);
    for (size_t i = 0; status == QM_OK && i < o->preview.rows.length; i++) {
        const qm_tax_row *r = &o->preview.rows.items[i];
        char qty[QM_DECIMAL_BUF], text[5][CELL];
        qm_date from = r->term == QM_TAX_SHORT_TERM ? qm_tax_first_long_term(r->holding)
                                                    : (qm_date)QM_DATE_NONE;
        qm_decimal_format(r->qty, qty);
        const char *cells[] = {r->lot,
                               qty,
                               qm_cell_date(r->acquired, text[0]),
                               qm_cell_term(r->term),
                               qm_cell_date(from, text[1]),
                               r->no_basis ? "unknown" : qm_cell_money(r->basis, text[2]),
                               r->no_basis ? "unknown" : qm_cell_money(r->gain, text[3]),
                               qm_cell_money(r->disallowed, text[4])};
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
        qm_table_free(table);
    }
    return status;
}

/* All that were asked for, one line each. */
static qm_status put_table(const question *q, const outcome *list, const qm_tax_method *methods,
                           size_t count, qm_buf *out) {
    static const char *const headers[] = {"method",   "gain", "short-term", "long-term",
                                          "deferred", "tax",  "after tax"};
    static const bool right[] = {false, true, true, true, true, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 7, &table);
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        const qm_tax_preview *p = &list[i].preview;
        char text[6][CELL];
        qm_decimal net = {q->sale.amount.raw - list[i].tax.raw};
        const char *cells[] = {qm_tax_method_name(methods[i]),
                               qm_cell_money(p->economic, text[0]),
                               qm_cell_money(p->gains.short_term, text[1]),
                               qm_cell_money(p->gains.long_term, text[2]),
                               qm_cell_money(p->disallowed, text[3]),
                               list[i].has_tax ? qm_cell_money(list[i].tax, text[4])
                               : p->no_basis   ? "no basis"
                                               : "no rates",
                               list[i].has_tax ? qm_cell_money(net, text[5]) : ""};
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
        qm_table_free(table);
    }
    return status;
}

static void put_question(const question *q, qm_buf *out) {
    char qty[QM_DECIMAL_BUF], money[CELL], price[QM_DECIMAL_BUF], date[CELL];
    qm_decimal_format(q->sale.qty, qty);
    qm_decimal_format(q->price, price);
    qm_buf_printf(out, "Selling %s %s of %s at %s on %s brings %s\n\n", qty, q->sale.symbol,
                  q->sale.account, price, qm_cell_date(q->sale.date, date),
                  qm_cell_money(q->sale.amount, money));
}

static void put_json(question *q, const outcome *list, const qm_tax_method *methods, size_t count,
                     qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_string(&w, "symbol", q->sale.symbol);
    qm_json_put_string(&w, "account", q->sale.account);
    qm_json_put_date(&w, "date", q->sale.date);
    qm_json_put_decimal(&w, "qty", q->sale.qty);
    qm_json_put_decimal(&w, "price", q->price);
    qm_json_put_decimal(&w, "proceeds", q->sale.amount);
    qm_json_key(&w, "methods");
    qm_json_open_array(&w);
    for (size_t i = 0; i < count; i++) {
        q->sale.method = methods[i];
        put_outcome(&w, q, &list[i]);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}

/* Closes the book. */
static qm_status show(question *q, const qm_tax_method *methods, size_t count, qm_error *err) {
    outcome list[QM_TAX_METHOD_COUNT];
    qm_buf out;
    size_t done = 0;
    qm_status status = QM_OK;
    qm_buf_init(&out, OUTPUT_MAX);
    for (; done < count && status == QM_OK; done++) {
        status = answer(q, methods[done], &list[done], err);
    }
    if (status == QM_OK && q->json) {
        put_json(q, list, methods, count, &out);
    } else if (status == QM_OK) {
        put_question(q, &out);
        status = count == 1 ? put_lots(&list[0], &out) : QM_OK;
        if (count == 1) {
            qm_buf_putc(&out, '\n');
        }
        status = status == QM_OK ? put_table(q, list, methods, count, &out) : status;
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    while (done > 0) {
        qm_tax_preview_fini(&list[--done].preview);
    }
    if (status == QM_ELOTS) { /* the names are the book's */
        status = qm_error_set(err, QM_ENO, "%s holds less %s than that", q->sale.account,
                              q->sale.symbol);
    }
    qm_buf_fini(&out);
    qm_taxbook_close(&q->book);
    return status;
}

qm_status qm_tax_cmd_what_if(const qm_args *args, qm_error *err) {
    question q = {0};
    bool given;
    qm_tax_method method;
    if (args->count != 4 || strcmp(args->values[1], "sell") != 0) {
        return qm_error_set(err, QM_EUSAGE, "tax what-if: use sell QTY SYMBOL");
    }
    qm_status status = qm_taxbook_method(args, &given, &method, err);
    status = status == QM_OK ? read_sale(&q, args, args->values[2], args->values[3], err) : status;
    if (status != QM_OK) {
        return status;
    }
    method = given ? method : qm_taxbook_account_method(&q.book, q.sale.account);
    return show(&q, &method, 1, err);
}

qm_status qm_tax_cmd_methods(const qm_args *args, qm_error *err) {
    question q = {0};
    qm_tax_method methods[QM_TAX_METHOD_COUNT];
    size_t count = 0;
    if (args->count != 3) {
        return qm_error_set(err, QM_EUSAGE, "tax methods: use SYMBOL QTY");
    }
    qm_status status = read_sale(&q, args, args->values[2], args->values[1], err);
    if (status != QM_OK) {
        return status;
    }
    for (int m = 0; m < QM_TAX_METHOD_COUNT; m++) {
        bool shown = m != QM_TAX_SPECIFIC && (m != QM_TAX_MINTAX_RATE || q.book.rates.known);
        if (shown) {
            methods[count++] = (qm_tax_method)m;
        }
    }
    return show(&q, methods, count, err);
}
