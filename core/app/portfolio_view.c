/* SPDX-License-Identifier: MIT
 *
 * A portfolio as tables and as JSON.
 */
#include "app/portfolio.h"
#include "codec/json.h"
#include "report/report.h"

#include <math.h>
#include <stdio.h>

enum { CELL = 48 };

static double total_value(const portfolio *p, bool *complete) {
    double sum = 0;
    *complete = true;
    for (size_t i = 0; i < p->holdings.length; i++) {
        sum += fabs(qm_decimal_to_double(p->holdings.items[i].value));
        *complete = *complete && p->holdings.items[i].priced;
    }
    return sum;
}

static qm_status put_holdings(const portfolio *p, qm_buf *out) {
    static const char *const headers[] = {"account", "symbol",     "qty",  "basis",
                                          "value",   "unrealised", "share"};
    static const bool right[] = {false, false, true, true, true, true, true};
    bool complete;
    double sum = total_value(p, &complete);
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 7, &table);
    for (size_t i = 0; status == QM_OK && i < p->holdings.length; i++) {
        const holding *h = &p->holdings.items[i];
        char qty[QM_DECIMAL_BUF], text[3][CELL], share[16] = "";
        qm_decimal gain = {h->value.raw - h->basis.raw};
        qm_decimal_format(h->qty, qty);
        if (complete && sum > 0) {
            snprintf(share, sizeof share, "%.1f%%", 100 * qm_decimal_to_double(h->value) / sum);
        }
        const char *cells[] = {h->account,
                               h->symbol,
                               qty,
                               h->has_basis ? qm_cell_money(h->basis, text[0]) : "unknown",
                               h->priced ? qm_cell_money(h->value, text[1]) : "no price",
                               h->priced && h->has_basis ? qm_cell_money(gain, text[2]) : "",
                               share};
        status = qm_table_row(table, cells);
    }
    status = status == QM_OK ? qm_table_print(table, qm_wants_color(), 0, out) : status;
    qm_table_free(table);
    return status;
}

static void put_percent(double value, char *out, size_t size) {
    qm_buf text;
    qm_buf_init(&text, 64);
    qm_put_percent(&text, value, 2);
    snprintf(out, size, "%s", text.data ? text.data : "");
    qm_buf_fini(&text);
}

static void money(qm_total value, char *out) {
    qm_buf text;
    qm_buf_init(&text, CELL);
    qm_put_money(&text, value);
    snprintf(out, CELL, "%s", text.data ? text.data : "");
    qm_buf_fini(&text);
}

static qm_status put_strategies(const portfolio *p, qm_buf *out) {
    static const char *const headers[] = {"strategy", "account",       "equity",
                                          "deposits", "time-weighted", "money-weighted a year"};
    static const bool right[] = {false, false, true, true, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 6, &table);
    for (size_t i = 0; status == QM_OK && i < p->strategies.length; i++) {
        const strategy *s = &p->strategies.items[i];
        char equity[CELL], deposits[CELL], twr[32], mwr[32];
        money(s->equity, equity);
        money(s->deposits, deposits);
        put_percent(s->time_weighted, twr, sizeof twr);
        put_percent(s->money_weighted, mwr, sizeof mwr);
        const char *cells[] = {s->name, s->account, equity, deposits, twr, mwr};
        status = qm_table_row(table, cells);
    }
    status = status == QM_OK ? qm_table_print(table, qm_wants_color(), 0, out) : status;
    qm_table_free(table);
    return status;
}

static qm_status put_incomes(const portfolio *p, qm_buf *out) {
    static const char *const headers[] = {"account", "year", "dividends", "interest"};
    static const bool right[] = {false, true, true, true};
    qm_table *table;
    qm_status status = qm_table_new(headers, right, 4, &table);
    for (size_t i = 0; status == QM_OK && i < p->incomes.length; i++) {
        const income *in = &p->incomes.items[i];
        char year[16], dividends[CELL], interest[CELL];
        snprintf(year, sizeof year, "%d", in->year);
        const char *cells[] = {in->account, year, qm_cell_money(in->dividends, dividends),
                               qm_cell_money(in->interest, interest)};
        status = qm_table_row(table, cells);
    }
    status = status == QM_OK ? qm_table_print(table, qm_wants_color(), 0, out) : status;
    qm_table_free(table);
    return status;
}

qm_status portfolio_write_text(const portfolio *p, qm_buf *out) {
    char date[CELL];
    qm_status status = QM_OK;
    qm_buf_printf(out, "Holdings at the last stored closes, %s\n", qm_cell_date(p->today, date));
    if (p->holdings.length == 0) {
        qm_buf_puts(out, "nothing is held\n");
    } else {
        status = put_holdings(p, out);
    }
    if (status == QM_OK && p->strategies.length) {
        qm_buf_puts(out, "\nStrategies\n");
        status = put_strategies(p, out);
    }
    if (status == QM_OK && p->incomes.length) {
        qm_buf_puts(out, "\nIncome\n");
        status = put_incomes(p, out);
    }
    return status == QM_OK ? out->status : status;
}

static void json_holdings(const portfolio *p, qm_json_writer *w) {
    qm_json_key(w, "holdings");
    qm_json_open_array(w);
    for (size_t i = 0; i < p->holdings.length; i++) {
        const holding *h = &p->holdings.items[i];
        qm_json_open_object(w);
        qm_json_put_string(w, "account", h->account);
        qm_json_put_string(w, "symbol", h->symbol);
        qm_json_put_decimal(w, "qty", h->qty);
        qm_json_put_known_decimal(w, "basis", h->has_basis, h->basis);
        qm_json_put_known_decimal(w, "value", h->priced, h->value);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

qm_status portfolio_write_json(const portfolio *p, qm_buf *out) {
    qm_json_writer w;
    qm_json_writer_init(&w, out);
    qm_json_open_object(&w);
    qm_json_put_date(&w, "date", p->today);
    json_holdings(p, &w);
    qm_json_key(&w, "strategies");
    qm_json_open_array(&w);
    for (size_t i = 0; i < p->strategies.length; i++) {
        const strategy *s = &p->strategies.items[i];
        qm_json_open_object(&w);
        qm_json_put_string(&w, "name", s->name);
        qm_json_put_string(&w, "account", s->account);
        qm_json_put_total(&w, "equity", s->equity);
        qm_json_put_total(&w, "deposits", s->deposits);
        qm_json_put_double(&w, "time_weighted", s->time_weighted);
        qm_json_put_double(&w, "money_weighted", s->money_weighted);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_key(&w, "income");
    qm_json_open_array(&w);
    for (size_t i = 0; i < p->incomes.length; i++) {
        const income *in = &p->incomes.items[i];
        qm_json_open_object(&w);
        qm_json_put_string(&w, "account", in->account);
        qm_json_put_int(&w, "year", in->year);
        qm_json_put_decimal(&w, "dividends", in->dividends);
        qm_json_put_decimal(&w, "interest", in->interest);
        qm_json_close_object(&w);
    }
    qm_json_close_array(&w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
    return out->status;
}
