/* SPDX-License-Identifier: MIT
 *
 * Lot instructions: sales whose strategy wanted other lots than the account's method takes. They
 * follow from the orders of the book; only a confirmation is stored.
 */
#include "app/taxbook.h"
#include "app/write_file.h"
#include "base/calendar.h"
#include "base/mem.h"
#include "codec/json.h"
#include "loop/loop.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 26, LOTS_MAX = 1 << 16, CELL = 48 };

static const char *const STATES[] = {"due", "confirmed", "missed"};

static const qm_order *order_of(const qm_taxbook *book, uint64_t id) {
    size_t low = 0, high = book->orders.length;
    while (low < high) {
        size_t middle = (low + high) / 2;
        uint64_t at = book->orders.items[middle].order.id;
        if (at == id) {
            return &book->orders.items[middle].order;
        }
        *(at < id ? &low : &high) = at < id ? middle + 1 : middle;
    }
    return NULL;
}

static bool is_confirmed(const qm_taxbook *book, uint64_t order) {
    for (size_t i = 0; i < book->confirmed.length; i++) {
        if (book->confirmed.items[i] == order) {
            return true;
        }
    }
    return false;
}

/* The lots that the wanted method would take, behind those of the order's earlier fills. */
static qm_status add_lots(const qm_tax_preview *p, const char *before, char **out) {
    qm_buf text;
    qm_buf_init(&text, LOTS_MAX);
    qm_buf_puts(&text, before ? before : "");
    for (size_t i = 0; i < p->rows.length; i++) {
        qm_buf_puts(&text, text.length ? ", " : "");
        qm_buf_puts(&text, p->rows.items[i].lot);
        qm_buf_puts(&text, " x ");
        qm_buf_put_decimal(&text, p->rows.items[i].qty);
    }
    qm_status status = text.status;
    *out = status == QM_OK ? qm_buf_take(&text, NULL) : NULL;
    qm_buf_fini(&text);
    return status == QM_OK && !*out ? QM_ENOMEM : status;
}

static qm_status note(qm_taxbook *book, const qm_txn *txn, const qm_tax_source *source,
                      qm_tax_method method, qm_error *err) {
    qm_lot_instruction *known =
        book->instructions.length ? &book->instructions.items[book->instructions.length - 1] : NULL;
    bool more = known && known->order == txn->order;
    qm_tax_preview p;
    qm_tax_event sale = {.id = "instruction",
                         .kind = QM_TAX_DO_SELL,
                         .date = txn->date,
                         .settle = QM_DATE_NONE,
                         .account = source->account,
                         .symbol = source->symbol,
                         .qty = {-txn->qty.raw},
                         .has_qty = true,
                         .has_method = true,
                         .method = method,
                         .close_only = true};
    qm_status status = qm_decimal_amount(sale.qty, txn->multiplier, txn->price, &sale.amount);
    status = status == QM_OK ? qm_tax_preview_event(book->tax, &sale, &p, err) : status;
    if (status == QM_ELOTS) {
        return QM_OK; /* a short sale: there are no lots to name */
    }
    if (status != QM_OK) {
        return status;
    }
    qm_lot_instruction made = {.order = txn->order,
                               .sleeve = source->sleeve,
                               .account = source->account,
                               .symbol = source->symbol,
                               .method = method,
                               .qty = sale.qty,
                               .date = txn->date,
                               .deadline = qm_settlement_date(txn->date)};
    char *lots;
    status = add_lots(&p, more ? known->lots : NULL, &lots);
    qm_tax_preview_fini(&p);
    if (status == QM_OK && more) {
        qm_free(known->lots);
        known->lots = lots;
        known->deadline = made.deadline;
        return qm_decimal_add(known->qty, sale.qty, &known->qty);
    }
    made.lots = lots;
    made.state = is_confirmed(book, txn->order) ? QM_LOTS_CONFIRMED : QM_LOTS_DUE;
    return status == QM_OK ? qm_vec_push(&book->instructions, &made) : status;
}

qm_status qm_taxbook_instruct(qm_taxbook *book, const qm_txn *txn, qm_tax_source *source,
                              qm_error *err) {
    const qm_order *order =
        txn->kind == QM_TXN_TRADE && txn->qty.raw < 0 ? order_of(book, txn->order) : NULL;
    if (!order || !order->lots) {
        return QM_OK;
    }
    qm_tax_method method = qm_tax_method_from(order->lots);
    if (method == source->method) {
        return QM_OK; /* that is what the broker does anyway */
    }
    qm_status status = note(book, txn, source, method, err);
    if (status == QM_OK && is_confirmed(book, txn->order)) {
        source->method = method;
    }
    return status;
}

qm_status qm_taxbook_read_confirmed(qm_taxbook *book, const char *folder, qm_error *err) {
    char path[4200];
    qm_statements *db;
    qm_error inner = {0};
    snprintf(path, sizeof path, "%s/statements.db", folder);
    qm_status status = qm_statements_open(path, QM_DB_READ, &db, &inner);
    if (status != QM_OK) {
        return status == QM_ENOTFOUND ? QM_OK : (*err = inner, status);
    }
    status = qm_statements_confirmed(db, &book->confirmed, err);
    qm_statements_close(db);
    return status;
}

/* ---- commands ---- */

static void set_states(qm_taxbook *book) {
    qm_date today = qm_calendar_session_of(qm_loop_now(NULL));
    for (size_t i = 0; i < book->instructions.length; i++) {
        qm_lot_instruction *in = &book->instructions.items[i];
        if (in->state == QM_LOTS_DUE && in->deadline < today) {
            in->state = QM_LOTS_MISSED;
        }
    }
}

static void put_json(const qm_taxbook *book, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_key(&w, "instructions");
    qm_json_open_array(&w);
    for (size_t i = 0; i < book->instructions.length; i++) {
        const qm_lot_instruction *in = &book->instructions.items[i];
        const char *const names[] = {"strategy", "account", "symbol", "method", "lots", "state"};
        const char *const texts[] = {in->sleeve, in->account,
                                     in->symbol, qm_tax_method_name(in->method),
                                     in->lots,   STATES[in->state]};
        qm_json_open_object(&w);
        qm_json_put_count(&w, "order", in->order);
        for (int k = 0; k < 6; k++) {
            qm_json_put_string(&w, names[k], texts[k]);
        }
        qm_json_put_decimal(&w, "qty", in->qty);
        qm_json_put_date(&w, "date", in->date);
        qm_json_put_date(&w, "deadline", in->deadline);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
}

static qm_status put_table(const qm_taxbook *book, qm_buf *out) {
    static const char *const headers[] = {"order", "account", "symbol", "qty", "sold",
                                          "until", "state",   "method", "lots"};
    static const bool right[] = {true, false, false, true, false, false, false, false, false};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 9, &table);
    for (size_t i = 0; status == QM_OK && i < book->instructions.length; i++) {
        const qm_lot_instruction *in = &book->instructions.items[i];
        char order[24], qty[QM_DECIMAL_BUF], date[CELL], until[CELL];
        snprintf(order, sizeof order, "%llu", (unsigned long long)in->order);
        qm_decimal_format(in->qty, qty);
        const char *cells[] = {order,
                               in->account,
                               in->symbol,
                               qty,
                               qm_cell_date(in->date, date),
                               qm_cell_date(in->deadline, until),
                               STATES[in->state],
                               qm_tax_method_name(in->method),
                               in->lots};
        status = qm_table_row(table, cells);
    }
    status = status == QM_OK ? qm_table_print(table, qm_wants_color(), 0, out) : status;
    qm_table_free(table);
    return status;
}

qm_status qm_lots_due(const qm_args *args, qm_error *err) {
    qm_taxbook book;
    qm_buf out;
    qm_status status = qm_taxbook_open(args, &book, err);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_init(&out, OUTPUT_MAX);
    set_states(&book);
    if (qm_args_has(args, "json")) {
        put_json(&book, &out);
    } else if (book.instructions.length == 0) {
        qm_buf_puts(&out, "no sale asked for other lots than its account's method takes\n");
    } else {
        status = put_table(&book, &out);
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_buf_fini(&out);
    qm_taxbook_close(&book);
    return status;
}

/* The n-th argument as an order that has an instruction. */
static qm_status find_order(const qm_taxbook *book, const char *text, uint64_t *out,
                            qm_error *err) {
    char *end;
    *out = strtoull(text, &end, 10);
    if (!*text || *end) {
        return qm_error_set(err, QM_EUSAGE, "lots confirm: \"%s\" is no order (qm lots due)", text);
    }
    for (size_t i = 0; i < book->instructions.length; i++) {
        if (book->instructions.items[i].order == *out) {
            return QM_OK;
        }
    }
    return qm_error_set(err, QM_ENOTFOUND, "order %s has no lot instruction", text);
}

/* All of them or none. */
static qm_status confirm_all(const qm_taxbook *book, const qm_args *args, qm_statements *db,
                             qm_error *err) {
    qm_status status = qm_statements_begin(db, err);
    for (int i = 1; status == QM_OK && i < args->count; i++) {
        uint64_t order;
        status = find_order(book, args->values[i], &order, err);
        status =
            status == QM_OK ? qm_statements_confirm(db, order, qm_loop_now(NULL), err) : status;
    }
    if (status == QM_OK) {
        return qm_statements_commit(db, err);
    }
    qm_statements_rollback(db);
    return status;
}

qm_status qm_lots_confirm(const qm_args *args, qm_error *err) {
    char folder[4000], path[4200];
    qm_taxbook book;
    qm_statements *db;
    uint64_t first;
    qm_status status = qm_taxbook_open(args, &book, err);
    if (status != QM_OK) {
        return status;
    }
    snprintf(path, sizeof path, "%s/statements.db", qm_desk_folder(args, folder, sizeof folder));
    status = find_order(&book, args->values[1], &first, err); /* before a file is made */
    status = status == QM_OK ? qm_make_folder_of(path, err) : status;
    status = status == QM_OK ? qm_statements_open(path, QM_DB_CREATE, &db, err) : status;
    if (status == QM_OK) {
        status = confirm_all(&book, args, db, err);
        qm_statements_close(db);
    }
    qm_taxbook_close(&book);
    return status;
}
