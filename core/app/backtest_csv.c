/* SPDX-License-Identifier: MIT
 *
 * The tables of a backtest as CSV files. Quantities, prices and money are exact; times are UTC.
 */
#include "app/results.h"
#include "app/write_file.h"
#include "base/calendar.h"
#include "codec/csv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FILE_MAX = 2000000000 };

/* Cells of a row, each after a comma but the first. */
static void put_text(qm_buf *out, const char *text) {
    qm_csv_put(out, text, strlen(text));
}

static void next_text(qm_buf *out, const char *text) {
    qm_buf_putc(out, ',');
    put_text(out, text);
}

static void next_decimal(qm_buf *out, qm_decimal value) {
    qm_buf_putc(out, ',');
    qm_buf_put_decimal(out, value);
}

/* An empty cell for a price that the order does not have. */
static void next_price(qm_buf *out, qm_decimal value) {
    if (value.raw == 0) {
        qm_buf_putc(out, ',');
    } else {
        next_decimal(out, value);
    }
}

static void next_total(qm_buf *out, qm_total value) {
    char text[QM_TOTAL_BUF];
    qm_total_format(value, text);
    next_text(out, text);
}

static void next_number(qm_buf *out, double value) {
    if (isnan(value)) {
        qm_buf_putc(out, ',');
    } else {
        qm_buf_printf(out, ",%.17g", value);
    }
}

static void next_time(qm_buf *out, qm_time time) {
    char text[QM_TIME_BUF];
    qm_time_format(time, text);
    next_text(out, text);
}

static void next_date(qm_buf *out, qm_date date) {
    char text[QM_DATE_BUF] = "";
    if (date != QM_DATE_NONE) {
        qm_date_format(date, text);
    }
    next_text(out, text);
}

static const char *symbol_of(const qm_result *r, qm_instrument_id id) {
    return qm_instruments_get(qm_engine_instruments(r->desk->engine), id)->symbol;
}

static qm_status put_equity(const qm_result *r, qm_buf *out) {
    const qm_equity_row *rows;
    size_t n = qm_engine_equity_curve(r->desk->engine, r->index, &rows);
    qm_buf_puts(out, "time,date,equity,cash\n");
    for (size_t i = 0; i < n; i++) {
        char time[QM_TIME_BUF];
        qm_time_format(rows[i].time, time);
        put_text(out, time);
        next_date(out, qm_calendar_session_of(rows[i].time));
        next_total(out, rows[i].equity);
        next_total(out, rows[i].cash);
        qm_buf_putc(out, '\n');
    }
    return out->status;
}

static qm_status put_trades(const qm_result *r, qm_buf *out) {
    qm_round_trips trips = {0};
    qm_status status = qm_report_round_trips(r->desk->engine, r->index, &trips);
    qm_buf_puts(out, "symbol,side,entry_time,exit_time,entered,exited,qty,bought,sold,fees,profit,"
                     "mae,mfe,r\n");
    for (size_t i = 0; i < trips.closed.length; i++) {
        const qm_round_trip *t = &trips.closed.items[i];
        put_text(out, symbol_of(r, t->instrument));
        next_text(out, t->is_short ? "short" : "long");
        next_time(out, t->entry_time);
        next_time(out, t->exit_time);
        next_date(out, t->entered);
        next_date(out, t->exited);
        next_decimal(out, t->qty);
        next_total(out, t->bought);
        next_total(out, t->sold);
        next_total(out, t->fees);
        next_total(out, t->profit);
        next_number(out, t->mae);
        next_number(out, t->mfe);
        next_number(out, t->r);
        qm_buf_putc(out, '\n');
    }
    qm_round_trips_fini(&trips);
    return status == QM_OK ? out->status : status;
}

static qm_status put_orders(const qm_result *r, qm_buf *out) {
    const qm_order_book *book = qm_engine_orders(r->desk->engine);
    qm_buf_puts(out, "id,symbol,side,type,qty,amount,limit,stop,tif,state,time,rule,reason\n");
    for (uint64_t id = 1; id <= qm_order_book_count(book); id++) {
        const qm_order *o = qm_order_book_get(book, id);
        qm_buf_printf(out, "%llu", (unsigned long long)id);
        next_text(out, symbol_of(r, o->instrument));
        next_text(out, qm_side_name(o->side));
        next_text(out, qm_order_type_name(o->type));
        next_price(out, o->qty);
        next_price(out, o->amount);
        next_price(out, o->limit);
        next_price(out, o->stop);
        next_text(out, qm_tif_name(o->tif));
        next_text(out, qm_order_state_name(o->state));
        next_time(out, o->created);
        next_text(out, o->rule);
        next_text(out, o->reason);
        qm_buf_putc(out, '\n');
    }
    return out->status;
}

static qm_status put_fills(const qm_result *r, qm_buf *out) {
    const qm_fill *fills;
    size_t n = qm_engine_fills(r->desk->engine, &fills);
    qm_buf_puts(out, "order,symbol,side,qty,price,fee,time,date,coarse\n");
    for (size_t i = 0; i < n; i++) {
        const qm_fill *f = &fills[i];
        qm_buf_printf(out, "%llu", (unsigned long long)f->order);
        next_text(out, symbol_of(r, f->instrument));
        next_text(out, qm_side_name(f->side));
        next_decimal(out, f->qty);
        next_decimal(out, f->price);
        next_decimal(out, f->fee);
        next_time(out, f->time);
        next_date(out, f->date);
        next_text(out, f->coarse ? "true" : "false");
        qm_buf_putc(out, '\n');
    }
    return out->status;
}

/* Closed parts first, in order of their sale; an open lot has no sale. */
static qm_status put_lots(const qm_result *r, qm_buf *out) {
    const qm_ledger *ledger = qm_engine_sleeve(r->desk->engine, r->index).ledger;
    const qm_realized *rows;
    size_t n = qm_ledger_realized(ledger, &rows);
    qm_lot_iter iter = {0};
    const qm_lot *lot;
    qm_buf_puts(out, "lot,symbol,qty,acquired,basis,sold,proceeds,gain,term\n");
    for (size_t i = 0; i < n; i++) {
        const qm_realized *row = &rows[i];
        qm_buf_printf(out, "%llu", (unsigned long long)row->lot);
        next_text(out, symbol_of(r, row->instrument));
        next_decimal(out, row->qty);
        next_date(out, row->acquired);
        next_decimal(out, row->basis);
        next_date(out, row->sold);
        next_decimal(out, row->proceeds);
        next_decimal(out, row->gain);
        next_text(out, row->term == QM_TERM_LONG ? "long" : "short");
        qm_buf_putc(out, '\n');
    }
    while ((lot = qm_ledger_next_lot(ledger, &iter)) != NULL) {
        qm_buf_printf(out, "%llu", (unsigned long long)lot->id);
        next_text(out, symbol_of(r, lot->instrument));
        next_decimal(out, lot->qty);
        next_date(out, lot->acquired);
        next_decimal(out, lot->basis);
        qm_buf_puts(out, ",,,,\n");
    }
    return out->status;
}

qm_status qm_result_csv(const qm_result *r, const char *folder, qm_error *err) {
    static const struct {
        const char *name;
        qm_status (*put)(const qm_result *r, qm_buf *out);
    } files[] = {{"equity", put_equity},
                 {"trades", put_trades},
                 {"orders", put_orders},
                 {"fills", put_fills},
                 {"lots", put_lots}};
    qm_status status = qm_make_folder(folder, err);
    for (size_t i = 0; i < sizeof files / sizeof *files && status == QM_OK; i++) {
        char path[4200];
        qm_buf text;
        qm_buf_init(&text, FILE_MAX);
        snprintf(path, sizeof path, "%s/%s.csv", folder, files[i].name);
        status = files[i].put(r, &text);
        if (status != QM_OK) {
            qm_error_at(err, status, path, 0, 0, "%s", qm_status_text(status));
        }
        status = status == QM_OK ? qm_write_over(path, &text, err) : status;
        qm_buf_fini(&text);
    }
    return status;
}
