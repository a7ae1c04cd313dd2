/* SPDX-License-Identifier: MIT
 *
 * Open lots of the tax book, with what they are worth.
 */
#include "app/taxbook.h"
#include "base/mem.h"
#include "codec/json.h"
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

enum { OUTPUT_MAX = 1 << 28, CELL = 48 };

/* A lot with its value; slices of one lot stay apart when their dates differ. */
typedef struct line {
    qm_tax_lot lot;
    bool priced;
    qm_decimal price, value, gain;
} line;

typedef QM_VEC(line) line_vec;

static qm_status price(qm_taxbook *book, line *l) {
    l->priced = qm_taxbook_price(book, l->lot.symbol, &l->price);
    if (!l->priced) {
        return QM_OK;
    }
    qm_status status = qm_decimal_mul(l->lot.qty, l->price, QM_ROUND_HALF_EVEN, &l->value);
    if (status != QM_OK || l->lot.no_basis) {
        return status;
    }
    /* A short's basis is what it brought, its value is negative. */
    return l->lot.qty.raw > 0 ? qm_decimal_sub(l->value, l->lot.basis, &l->gain)
                              : qm_decimal_add(l->value, l->lot.basis, &l->gain);
}

static qm_status collect(qm_taxbook *book, const qm_args *args, line_vec *out) {
    const char *symbol = args->count ? args->values[0] : NULL;
    const char *account = qm_args_get(args, "account", NULL);
    qm_tax_lot *lots;
    size_t count;
    qm_status status = qm_tax_open_lots(book->tax, &lots, &count);
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        line l = {.lot = lots[i]};
        if ((symbol && strcmp(symbol, l.lot.symbol) != 0) ||
            (account && strcmp(account, l.lot.account) != 0)) {
            continue;
        }
        status = price(book, &l);
        status = status == QM_OK ? qm_vec_push(out, &l) : status;
    }
    qm_free(lots);
    return status;
}

/* By symbol, account, then as they were acquired. */
static int by_symbol(const void *x, const void *y) {
    const line *a = x, *b = y;
    int order = strcmp(a->lot.symbol, b->lot.symbol);
    order = order ? order : strcmp(a->lot.account, b->lot.account);
    return order ? order : (a->lot.seq > b->lot.seq) - (a->lot.seq < b->lot.seq);
}

/* The lots of one symbol and account in the order in which a sale of all would take them. */
static qm_status arrange(const qm_taxbook *book, qm_tax_method method, qm_date date, line *lines,
                         size_t count) {
    qm_tax_held_lot *held = qm_calloc(count, sizeof *held);
    size_t *order = qm_calloc(count, sizeof *order);
    line *copy = qm_calloc(count, sizeof *copy);
    qm_status status = held && order && copy ? QM_OK : QM_ENOMEM;
    qm_tax_sale sale = {.method = method,
                        .is_short = lines[0].lot.qty.raw < 0,
                        .date = date,
                        .qty = {QM_DECIMAL_SCALE},
                        .money = lines[0].price,
                        .rates = {book->rates.short_term, book->rates.long_term}};
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        const qm_tax_lot *l = &lines[i].lot;
        held[i] =
            (qm_tax_held_lot){{l->qty.raw < 0 ? -l->qty.raw : l->qty.raw}, l->basis, l->holding};
        copy[i] = lines[i];
    }
    status = status == QM_OK ? qm_tax_relief_order(&sale, held, count, order) : status;
    for (size_t i = 0; status == QM_OK && i < count; i++) {
        lines[i] = copy[order[i]];
    }
    qm_free(held);
    qm_free(order);
    qm_free(copy);
    return status;
}

static qm_status arrange_all(const qm_taxbook *book, qm_tax_method method, qm_date date,
                             line_vec *lines) {
    qm_status status = QM_OK;
    for (size_t i = 0, end; status == QM_OK && i < lines->length; i = end) {
        const qm_tax_lot *first = &lines->items[i].lot;
        for (end = i + 1; end < lines->length; end++) {
            const qm_tax_lot *l = &lines->items[end].lot;
            if (strcmp(l->symbol, first->symbol) != 0 || strcmp(l->account, first->account) != 0) {
                break;
            }
        }
        status = arrange(book, method, date, &lines->items[i], end - i);
    }
    return status;
}

static qm_status put_table(const line_vec *lines, qm_date today, qm_buf *out) {
    static const char *const headers[] = {
        "symbol",         "account", "lot",  "qty",   "acquired",  "term",
        "long-term from", "basis",   "wash", "value", "unrealised"};
    static const bool right[] = {false, false, false, true, false, false,
                                 false, true,  true,  true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 11, &table);
    for (size_t i = 0; status == QM_OK && i < lines->length; i++) {
        const line *l = &lines->items[i];
        char qty[QM_DECIMAL_BUF], text[6][CELL];
        bool is_short = l->lot.qty.raw < 0;
        qm_tax_term term = is_short ? QM_TAX_SHORT_TERM : qm_tax_term_of(l->lot.holding, today);
        qm_decimal_format(l->lot.qty, qty);
        const char *cells[] = {
            l->lot.symbol,
            l->lot.account,
            l->lot.lot,
            qty,
            qm_cell_date(l->lot.acquired, text[0]),
            qm_cell_term(term),
            term == QM_TAX_SHORT_TERM && !is_short
                ? qm_cell_date(qm_tax_first_long_term(l->lot.holding), text[1])
                : "",
            l->lot.no_basis ? "unknown" : qm_cell_money(l->lot.basis, text[2]),
            l->lot.wash_added.raw ? qm_cell_money(l->lot.wash_added, text[3]) : "",
            l->priced ? qm_cell_money(l->value, text[4]) : "no price",
            l->priced && !l->lot.no_basis ? qm_cell_money(l->gain, text[5]) : ""};
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        status = qm_table_print(table, qm_wants_color(), 0, out);
        qm_table_free(table);
    }
    return status;
}

static qm_status put_json(const line_vec *lines, qm_date today, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_date(&w, "date", today);
    qm_json_key(&w, "lots");
    qm_json_open_array(&w);
    for (size_t i = 0; i < lines->length; i++) {
        const line *l = &lines->items[i];
        qm_json_open_object(&w);
        qm_json_put_string(&w, "lot", l->lot.lot);
        qm_json_put_string(&w, "symbol", l->lot.symbol);
        qm_json_put_string(&w, "account", l->lot.account);
        qm_json_put_decimal(&w, "qty", l->lot.qty);
        qm_json_put_date(&w, "acquired", l->lot.acquired);
        qm_json_put_date(&w, "holding", l->lot.holding);
        qm_json_put_known_decimal(&w, "basis", !l->lot.no_basis, l->lot.basis);
        qm_json_put_decimal(&w, "wash_added", l->lot.wash_added);
        qm_json_put_known_decimal(&w, "price", l->priced, l->price);
        qm_json_put_known_decimal(&w, "value", l->priced, l->value);
        qm_json_put_known_decimal(&w, "unrealised", l->priced && !l->lot.no_basis, l->gain);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
    return out->status;
}

static qm_status show(qm_taxbook *book, const qm_args *args, line_vec *lines, qm_error *err) {
    bool given;
    qm_tax_method method;
    qm_date today;
    qm_buf out;
    qm_status status = qm_taxbook_method(args, &given, &method, err);
    status = status == QM_OK ? qm_taxbook_date(book, args, &today, err) : status;
    if (status != QM_OK) {
        return status;
    }
    status = collect(book, args, lines);
    if (lines->length) {
        qsort(lines->items, lines->length, sizeof *lines->items, by_symbol);
    }
    if (status == QM_OK && given) {
        status = arrange_all(book, method, today, lines);
    }
    if (status != QM_OK) {
        return qm_error_set(err, status, "%s", qm_status_text(status));
    }
    qm_buf_init(&out, OUTPUT_MAX);
    if (qm_args_has(args, "json")) {
        status = put_json(lines, today, &out);
    } else if (lines->length == 0) {
        qm_buf_puts(&out, "no open lots\n");
    } else {
        status = put_table(lines, today, &out);
    }
    status = status == QM_OK ? qm_print(&out, err) : status;
    qm_buf_fini(&out);
    return status;
}

static qm_status run(const qm_args *args, qm_error *err) {
    qm_taxbook book;
    line_vec lines = {0};
    if (args->count == 1 && strcmp(args->values[0], "due") == 0) {
        return qm_lots_due(args, err);
    }
    if (args->count >= 2 && strcmp(args->values[0], "confirm") == 0) {
        return qm_lots_confirm(args, err);
    }
    if (args->count >= 2) {
        return qm_error_set(err, QM_EUSAGE, "lots: unexpected \"%s\"", args->values[1]);
    }
    qm_status status = qm_taxbook_open(args, &book, err);
    if (status != QM_OK) {
        return status;
    }
    status = show(&book, args, &lines, err);
    qm_vec_fini(&lines);
    qm_taxbook_close(&book);
    return status;
}

static const char *const OPTIONS[] = {
    "json", "data=", "account=", "method=", "view=", "date=", NULL};

const qm_command qm_command_lots = {
    "lots",
    "open tax lots and what they are worth",
    "usage: qm lots [SYMBOL] [--account A] [--method M] [--view taxpayer|broker|off] [--json]\n"
    "       qm lots due [--json] | confirm ORDER...\n\n"
    "  due           sales that asked for other lots than the account's method takes: what has to "
    "be\n"
    "                entered at the broker, and until when; the books follow the method until it "
    "is\n"
    "                confirmed\n"
    "  --method M    in the order in which a sale at the last stored close would take them\n"
    "  --date D      today, if not the day of the last stored bar\n"
    "  --data DIR    the folder of book.db\n\n"
    "The lots of all accounts after the replay of every trade: basis with wash sales in it, the\n"
    "day from which each is long-term, value at the last stored close.\n",
    OPTIONS,
    0,
    -1,
    run};
