/* SPDX-License-Identifier: MIT
 *
 * Losses that could be taken today.
 */
#include "app/taxbook.h"
#include "codec/json.h"
#include "report/report.h"

#include <string.h>

enum { OUTPUT_MAX = 1 << 26, CELL = 48 };

static void put_one(qm_json_writer *w, const qm_tax_harvest *h, bool rates) {
    qm_json_open_object(w);
    qm_json_put_string(w, "symbol", h->lot.symbol);
    qm_json_put_string(w, "account", h->lot.account);
    qm_json_put_string(w, "lot", h->lot.lot);
    qm_json_put_decimal(w, "qty", h->lot.qty);
    qm_json_put_date(w, "acquired", h->lot.acquired);
    qm_json_put_string(w, "term", qm_cell_term(h->term));
    qm_json_put_decimal(w, "basis", h->lot.basis);
    qm_json_put_decimal(w, "price", h->price);
    qm_json_put_decimal(w, "value", h->value);
    qm_json_put_decimal(w, "loss", h->loss);
    qm_json_put_decimal(w, "deferred", h->deferred);
    qm_json_put_decimal(w, "permanent", h->permanent);
    qm_json_put_decimal(w, "deductible", h->deductible);
    qm_json_put_known_decimal(w, "saved", rates, h->saved);
    qm_json_put_date(w, "safe_from", h->safe_from);
    qm_json_put_date(w, "not_buy_before", h->not_buy_before);
    qm_json_put_date(w, "long_term_from", h->long_term_from);
    qm_json_close_object(w);
}

static qm_status put_table(const qm_tax_harvest_vec *list, bool rates, qm_buf *out) {
    static const char *const headers[] = {"symbol", "account",   "lot",           "qty",
                                          "term",   "loss",      "deferred",      "deductible",
                                          "saves",  "safe from", "buy again from"};
    static const bool right[] = {false, false, false, true,  false, true,
                                 true,  true,  true,  false, false};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 11, &table);
    for (size_t i = 0; status == QM_OK && i < list->length; i++) {
        const qm_tax_harvest *h = &list->items[i];
        char qty[QM_DECIMAL_BUF], text[6][CELL];
        qm_decimal_format(h->lot.qty, qty);
        qm_decimal taken = {h->deferred.raw + h->permanent.raw};
        const char *cells[] = {h->lot.symbol,
                               h->lot.account,
                               h->lot.lot,
                               qty,
                               qm_cell_term(h->term),
                               qm_cell_money(h->loss, text[0]),
                               qm_cell_money(taken, text[1]),
                               qm_cell_money(h->deductible, text[2]),
                               rates ? qm_cell_money(h->saved, text[3]) : "no rates",
                               h->safe_from == QM_DATE_NONE ? "now"
                                                            : qm_cell_date(h->safe_from, text[4]),
                               qm_cell_date(h->not_buy_before, text[5])};
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
        qm_table_free(table);
    }
    return status;
}

static qm_status put_json(const qm_tax_harvest_vec *list, qm_date date, bool rates, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_date(&w, "date", date);
    qm_json_key(&w, "lots");
    qm_json_open_array(&w);
    for (size_t i = 0; i < list->length; i++) {
        put_one(&w, &list->items[i], rates);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
    return out->status;
}

/* Only those of --account. */
static void keep_account(const qm_args *args, qm_tax_harvest_vec *list) {
    const char *wanted = qm_args_get(args, "account", NULL);
    size_t to = 0;
    for (size_t i = 0; i < list->length; i++) {
        if (!wanted || strcmp(list->items[i].lot.account, wanted) == 0) {
            list->items[to++] = list->items[i];
        }
    }
    list->length = to;
}

qm_status qm_tax_cmd_harvest(const qm_args *args, qm_error *err) {
    qm_taxbook book;
    qm_tax_harvest_vec list = {0};
    qm_buf out;
    if (args->count != 1) {
        return qm_error_set(err, QM_EUSAGE, "tax harvest: unexpected \"%s\"", args->values[1]);
    }
    qm_status status = qm_taxbook_open(args, &book, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&out, OUTPUT_MAX);
    qm_tax_harvest_ask ask = {QM_DATE_NONE, &book.rates, qm_taxbook_price, &book};
    status = qm_taxbook_date(&book, args, &ask.date, err);
    status = status == QM_OK ? qm_tax_harvest_lots(book.tax, &ask, &list, err) : status;
    keep_account(args, &list);
    if (status == QM_OK && qm_args_has(args, "json")) {
        status = put_json(&list, ask.date, book.rates.known, &out);
    } else if (status == QM_OK && list.length == 0) {
        qm_buf_puts(&out, "no lot of a taxable account stands below its basis\n");
    } else if (status == QM_OK) {
        status = put_table(&list, book.rates.known, &out);
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_vec_fini(&list);
    qm_buf_fini(&out);
    qm_taxbook_close(&book);
    return status;
}
