/* SPDX-License-Identifier: MIT
 *
 * The result of a backtest as one JSON object. Quantities, prices and money are strings.
 */
#include "app/results.h"

#include "codec/json.h"

static const char *symbol_of(const qm_engine *e, qm_instrument_id id) {
    return qm_instruments_get(qm_engine_instruments(e), id)->symbol;
}

/* null for a price that the order does not have. */
static void put_price(qm_json_writer *w, const char *key, qm_decimal value) {
    qm_json_key(w, key);
    if (value.raw == 0) {
        qm_json_null(w);
    } else {
        qm_json_decimal(w, value);
    }
}

qm_result qm_trial_result(const qm_trial *t, const qm_seal *seal, const qm_checks *checks) {
    return (qm_result){.desk = &t->desk,
                       .index = t->index,
                       .costs = t->costs,
                       .benchmark = t->benchmark_symbol[0] ? &t->benchmark : NULL,
                       .trial = t,
                       .seal = seal,
                       .checks = checks};
}

const char *qm_result_universe(const qm_result *r) {
    bool dated = qm_engine_sleeve(r->desk->engine, r->index).spec->dates_count > 0;
    return dated ? "list with dates" : "static list: survivorship not controlled";
}

static qm_status put_summary(const qm_result *r, qm_json_writer *w) {
    const qm_engine *e = r->desk->engine;
    qm_sleeve_view view = qm_engine_sleeve(e, r->index);
    qm_metrics m;
    qm_status status = qm_report_metrics(e, r->index, &m);
    if (status != QM_OK) {
        return status;
    }
    qm_json_key(w, "summary");
    qm_json_open_object(w);
    qm_json_put_string(w, "strategy", view.spec->name);
    qm_json_put_string(w, "account", qm_account_kind_name(view.account));
    qm_json_put_string(w, "costs", r->costs);
    qm_json_put_total(w, "final_equity", qm_engine_equity(e, r->index));
    qm_json_put_total(w, "cash", qm_ledger_cash(view.ledger));
    qm_json_put_total(w, "deposits", qm_ledger_deposits(view.ledger));
    qm_json_put_total(w, "fees", qm_ledger_fees(view.ledger));
    qm_json_put_total(w, "income", qm_ledger_income(view.ledger));
    qm_json_put_total(w, "realized_short", qm_ledger_realized_gain(view.ledger, QM_TERM_SHORT));
    qm_json_put_total(w, "realized_long", qm_ledger_realized_gain(view.ledger, QM_TERM_LONG));
    qm_json_put_double(w, "total_return", m.total_return);
    qm_json_put_double(w, "cagr", m.cagr);
    qm_json_put_double(w, "volatility", m.volatility);
    qm_json_put_double(w, "sharpe", m.sharpe);
    qm_json_put_double(w, "max_drawdown", m.max_drawdown);
    qm_json_put_double(w, "break_even_bps", m.break_even_bps);
    qm_json_put_count(w, "flagged_open", r->desk->flagged_open);
    qm_json_put_count(w, "flagged_session", r->desk->flagged_session);
    qm_json_put_string(w, "universe", qm_result_universe(r));
    qm_json_put_string(w, "error", view.fault[0] ? view.fault : NULL);
    qm_json_close_object(w);
    return QM_OK;
}

static void put_equity(const qm_result *r, qm_json_writer *w) {
    const qm_equity_row *rows;
    size_t n = qm_engine_equity_curve(r->desk->engine, r->index, &rows);
    qm_json_key(w, "equity");
    qm_json_open_array(w);
    for (size_t i = 0; i < n; i++) {
        qm_json_open_object(w);
        qm_json_put_time(w, "time", rows[i].time);
        qm_json_put_total(w, "value", rows[i].equity);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

static void put_orders(const qm_result *r, qm_json_writer *w) {
    const qm_engine *e = r->desk->engine;
    const qm_order_book *book = qm_engine_orders(e);
    qm_json_key(w, "orders");
    qm_json_open_array(w);
    for (uint64_t id = 1; id <= qm_order_book_count(book); id++) {
        const qm_order *o = qm_order_book_get(book, id);
        qm_json_open_object(w);
        qm_json_put_count(w, "id", id);
        qm_json_put_string(w, "symbol", symbol_of(e, o->instrument));
        qm_json_put_string(w, "side", qm_side_name(o->side));
        qm_json_put_string(w, "type", qm_order_type_name(o->type));
        put_price(w, "qty", o->qty);
        put_price(w, "amount", o->amount);
        put_price(w, "limit", o->limit);
        put_price(w, "stop", o->stop);
        qm_json_put_string(w, "tif", qm_tif_name(o->tif));
        qm_json_put_string(w, "state", qm_order_state_name(o->state));
        qm_json_put_time(w, "time", o->created);
        qm_json_put_string(w, "rule", o->rule[0] ? o->rule : NULL);
        qm_json_put_string(w, "reason", o->reason);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

static void put_fills(const qm_result *r, qm_json_writer *w) {
    const qm_engine *e = r->desk->engine;
    const qm_fill *fills;
    size_t n = qm_engine_fills(e, &fills);
    qm_json_key(w, "fills");
    qm_json_open_array(w);
    for (size_t i = 0; i < n; i++) {
        const qm_fill *f = &fills[i];
        qm_json_open_object(w);
        qm_json_put_count(w, "order", f->order);
        qm_json_put_string(w, "symbol", symbol_of(e, f->instrument));
        qm_json_put_string(w, "side", qm_side_name(f->side));
        qm_json_put_decimal(w, "qty", f->qty);
        qm_json_put_decimal(w, "price", f->price);
        qm_json_put_time(w, "time", f->time);
        qm_json_put_date(w, "date", f->date);
        qm_json_put_decimal(w, "fee", f->fee);
        qm_json_put_bool(w, "coarse", f->coarse);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

static void put_lots(const qm_result *r, qm_json_writer *w) {
    const qm_engine *e = r->desk->engine;
    qm_lot_iter iter = {0};
    const qm_lot *lot;
    qm_json_key(w, "lots");
    qm_json_open_array(w);
    while ((lot = qm_ledger_next_lot(qm_engine_sleeve(e, r->index).ledger, &iter)) != NULL) {
        qm_json_open_object(w);
        qm_json_put_count(w, "id", lot->id);
        qm_json_put_string(w, "symbol", symbol_of(e, lot->instrument));
        qm_json_put_decimal(w, "qty", lot->qty);
        qm_json_put_decimal(w, "basis", lot->basis);
        qm_json_put_date(w, "acquired", lot->acquired);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

static void put_realized(const qm_result *r, qm_json_writer *w) {
    const qm_engine *e = r->desk->engine;
    const qm_realized *rows;
    size_t n = qm_ledger_realized(qm_engine_sleeve(e, r->index).ledger, &rows);
    qm_json_key(w, "realized");
    qm_json_open_array(w);
    for (size_t i = 0; i < n; i++) {
        const qm_realized *row = &rows[i];
        qm_json_open_object(w);
        qm_json_put_count(w, "lot", row->lot);
        qm_json_put_string(w, "symbol", symbol_of(e, row->instrument));
        qm_json_put_decimal(w, "qty", row->qty);
        qm_json_put_date(w, "acquired", row->acquired);
        qm_json_put_date(w, "sold", row->sold);
        qm_json_put_decimal(w, "proceeds", row->proceeds);
        qm_json_put_decimal(w, "basis", row->basis);
        qm_json_put_decimal(w, "gain", row->gain);
        qm_json_put_string(w, "term", row->term == QM_TERM_LONG ? "long" : "short");
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

static void put_funnel(const qm_result *r, qm_json_writer *w) {
    const qm_funnel_row *rows;
    size_t n = qm_engine_funnel(r->desk->engine, r->index, &rows);
    qm_json_key(w, "funnel");
    qm_json_open_array(w);
    for (size_t i = 0; i < n; i++) {
        qm_json_open_object(w);
        qm_json_put_string(w, "rule", rows[i].rule);
        qm_json_put_count(w, "count", rows[i].count);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

qm_status qm_result_json(const qm_result *r, qm_buf *out, qm_error *err) {
    qm_json_writer w;
    char hash[QM_SHA256_HEX];
    qm_json_writer_init(&w, out);
    qm_status status = qm_engine_decision_hash(r->desk->engine, r->index, hash, err);
    if (status != QM_OK) {
        return status;
    }
    qm_json_open_object(&w);
    status = put_summary(r, &w);
    put_equity(r, &w);
    put_orders(r, &w);
    put_fills(r, &w);
    put_lots(r, &w);
    put_realized(r, &w);
    put_funnel(r, &w);
    status = status == QM_OK ? qm_result_metrics(r, &w, err) : status;
    status = status == QM_OK ? qm_result_tax(r, &w, err) : status;
    qm_json_put_string(&w, "decision_hash", hash);
    qm_json_key(&w, "checks");
    qm_checks_json(r->checks, &w);
    qm_json_key(&w, "seal");
    qm_seal_json(r->seal, r->trial, &w);
    qm_json_close_object(&w);
    qm_buf_putc(out, '\n');
    bool told = status == QM_OK || (err && err->message[0]);
    return told ? status : qm_error_set(err, status, "%s", qm_status_text(status));
}
