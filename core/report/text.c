/* SPDX-License-Identifier: MIT
 *
 * The summary that a backtest or the demo ends with.
 */
#include "engine/context.h"
#include "report/after_tax.h"
#include "report/internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

const char *qm_report_put(cell out, const char *format, ...) {
    va_list args;
    va_start(args, format);
    vsnprintf(out, sizeof(cell), format, args);
    va_end(args);
    return out;
}

const char *qm_report_money(cell out, qm_total value) {
    char text[QM_MONEY_BUF];
    qm_format_money(value, text);
    return qm_report_put(out, "%s", text);
}

const char *qm_report_percent(cell out, double fraction) {
    double percent = fabs(100 * fraction) <= 0.005 ? 0 : 100 * fraction; /* no minus on nothing */
    return isnan(fraction) ? qm_report_put(out, "n/a") : qm_report_put(out, "%+.2f%%", percent);
}

const char *qm_report_number(cell out, double value, int decimals) {
    return value != value ? qm_report_put(out, "n/a") : qm_report_put(out, "%.*f", decimals, value);
}

const char *qm_report_decimal(cell out, qm_decimal value) {
    char text[QM_DECIMAL_BUF];
    qm_decimal_format(value, text);
    return qm_report_put(out, "%s", text);
}

const char *qm_report_date(cell out, qm_date date) {
    char text[QM_DATE_BUF] = "";
    if (date != QM_DATE_NONE) {
        qm_date_format(date, text);
    }
    return qm_report_put(out, "%s", text);
}

const char *qm_report_symbol(const qm_engine *engine, qm_instrument_id id) {
    const qm_instrument *instrument = qm_instruments_get(qm_engine_instruments(engine), id);
    return instrument ? instrument->symbol : "?";
}

static const char *state_name(qm_run_state state) {
    static const char *const names[] = {"ready", "running", "stopped", "faulted"};
    return names[state];
}

static uint64_t fills_of(const qm_engine *engine, uint32_t index, uint64_t *coarse) {
    const qm_fill *fills;
    size_t n = qm_engine_fills(engine, &fills);
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (fills[i].strategy == index) {
            count++;
            *coarse += fills[i].coarse;
        }
    }
    return count;
}

void qm_report_heading(const qm_report_options *options, const char *text, qm_buf *out) {
    qm_buf_printf(out, options->color ? "\n\x1b[1m%s\x1b[0m\n" : "\n%s\n", text);
}

static qm_status put_results(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    static const char *const headers[] = {"strategy", "state",  "equity", "return", "a year",
                                          "drawdown", "sharpe", "fills",  "fees"};
    static const bool right[] = {false, false, true, true, true, true, true, true, true};
    qm_table *table = NULL;
    qm_status status = qm_table_new(headers, right, 9, &table);
    for (uint32_t i = 0; status == QM_OK && i < qm_engine_count(engine); i++) {
        qm_sleeve_view view = qm_engine_sleeve(engine, i);
        qm_metrics m;
        status = qm_report_metrics(engine, i, &m);
        if (status != QM_OK) {
            break;
        }
        cell c[9];
        uint64_t coarse = 0;
        const char *cells[] = {view.spec->name,
                               state_name(view.state),
                               qm_report_money(c[2], qm_engine_equity(engine, i)),
                               qm_report_percent(c[3], m.total_return),
                               qm_report_percent(c[4], m.cagr),
                               qm_report_percent(c[5], m.max_drawdown),
                               qm_report_number(c[6], m.sharpe, 2),
                               qm_report_put(c[7], "%" PRIu64, fills_of(engine, i, &coarse)),
                               qm_report_money(c[8], qm_ledger_fees(view.ledger))};
        if (view.spec->job) { /* trades nothing: no results to show */
            for (int k = 2; k < 9; k++) {
                cells[k] = "";
            }
        }
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        qm_report_heading(options, "Results", out);
        status = qm_table_print(table, options->color, 0, out);
    }
    qm_table_free(table);
    return status;
}

static qm_status add_lot(const qm_engine *engine, const qm_sleeve_view *view, const qm_lot *lot,
                         qm_table *table) {
    qm_decimal price, value;
    qm_time time;
    cell c[7];
    const char *cells[7] = {view->spec->name,
                            qm_report_symbol(engine, lot->instrument),
                            qm_report_decimal(c[2], lot->qty),
                            qm_report_date(c[3], lot->acquired),
                            qm_report_money(c[4], qm_total_from(lot->basis)),
                            "",
                            ""};
    if (qm_ctx_price(engine, lot->instrument, &price, &time) &&
        qm_decimal_amount(lot->qty, lot->multiplier, price, &value) == QM_OK) {
        qm_total gain = qm_total_from(value);
        /* A short lot's basis is what was received: its value is owed. */
        bool is_short = lot->qty.raw < 0;
        qm_status status =
            is_short ? qm_total_add(&gain, lot->basis) : qm_total_sub(&gain, lot->basis);
        if (status == QM_OK) {
            cells[5] = qm_report_money(c[5], qm_total_from(value));
            cells[6] = qm_report_money(c[6], gain);
        }
    }
    return qm_table_row(table, cells);
}

static qm_status put_lots(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    static const char *const headers[] = {"strategy", "symbol", "qty",       "acquired",
                                          "basis",    "value",  "unrealised"};
    static const bool right[] = {false, false, true, false, true, true, true};
    size_t limit = options->lot_rows ? options->lot_rows : 10;
    qm_table *table = NULL;
    qm_status status = qm_table_new(headers, right, 7, &table);
    size_t shown = 0, hidden = 0;
    for (uint32_t i = 0; status == QM_OK && i < qm_engine_count(engine); i++) {
        qm_sleeve_view view = qm_engine_sleeve(engine, i);
        qm_lot_iter iter = {0};
        size_t of_this = 0;
        const qm_lot *lot;
        while (status == QM_OK && (lot = qm_ledger_next_lot(view.ledger, &iter)) != NULL) {
            if (of_this++ < limit) {
                status = add_lot(engine, &view, lot, table);
                shown++;
            } else {
                hidden++;
            }
        }
    }
    if (status != QM_OK) {
        qm_table_free(table);
        return status;
    }
    qm_report_heading(options, "Open lots", out);
    if (shown > 0) {
        status = qm_table_print(table, options->color, 0, out);
    } else {
        qm_buf_puts(out, "none\n");
    }
    if (hidden > 0) {
        qm_buf_printf(out, "... and %zu more\n", hidden);
    }
    qm_table_free(table);
    return status;
}

static qm_status put_realized(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    static const char *const headers[] = {"strategy",    "short term", "long term",    "dividends",
                                          "lots closed", "won",        "profit factor"};
    static const bool right[] = {false, true, true, true, true, true, true};
    qm_table *table = NULL;
    qm_status status = qm_table_new(headers, right, 7, &table);
    for (uint32_t i = 0; status == QM_OK && i < qm_engine_count(engine); i++) {
        qm_sleeve_view view = qm_engine_sleeve(engine, i);
        if (view.spec->job) {
            continue;
        }
        qm_metrics m;
        status = qm_report_metrics(engine, i, &m);
        if (status != QM_OK) {
            break;
        }
        cell c[7];
        const char *cells[] = {
            view.spec->name,
            qm_report_money(c[1], qm_ledger_realized_gain(view.ledger, QM_TERM_SHORT)),
            qm_report_money(c[2], qm_ledger_realized_gain(view.ledger, QM_TERM_LONG)),
            qm_report_money(c[3], qm_ledger_income(view.ledger)),
            qm_report_put(c[4], "%" PRIu64, m.trades),
            qm_report_put(c[5], "%" PRIu64, m.wins),
            qm_report_number(c[6], m.profit_factor, 2)};
        status = qm_table_row(table, cells);
    }
    if (status == QM_OK) {
        qm_report_heading(options, "Realised gains by term", out);
        status = qm_table_print(table, options->color, 0, out);
    }
    qm_table_free(table);
    return status;
}

static qm_status put_costs(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    qm_report_heading(options, "Costs", out);
    qm_buf_printf(out, "costs: %s\n", options->costs ? options->costs : "none");
    for (uint32_t i = 0; i < qm_engine_count(engine); i++) {
        qm_metrics m;
        qm_status status = qm_report_metrics(engine, i, &m);
        if (status != QM_OK) {
            return status;
        }
        const char *name = qm_engine_sleeve(engine, i).spec->name;
        uint64_t coarse = 0;
        fills_of(engine, i, &coarse);
        if (m.traded.hi == 0 && m.traded.lo == 0) {
            continue;
        }
        if (m.break_even_bps > 0) {
            qm_buf_printf(out, "%s: the profit is gone at %.1f bps of cost per trade\n", name,
                          m.break_even_bps);
        } else {
            qm_buf_printf(out, "%s: no profit that costs could take\n", name);
        }
        if (coarse > 0) {
            qm_buf_printf(out,
                          "%s: %" PRIu64 " fills are coarse (nothing finer than the bar was "
                          "known: filled at its close)\n",
                          name, coarse);
        }
    }
    return QM_OK;
}

static qm_status put_funnel(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    static const char *const headers[] = {"strategy", "rule", "turned away"};
    static const bool right[] = {false, false, true};
    qm_table *table = NULL;
    qm_status status = qm_table_new(headers, right, 3, &table);
    size_t rows = 0;
    for (uint32_t i = 0; status == QM_OK && i < qm_engine_count(engine); i++) {
        const qm_funnel_row *funnel;
        size_t n = qm_engine_funnel(engine, i, &funnel);
        for (size_t k = 0; status == QM_OK && k < n; k++, rows++) {
            cell c;
            const char *cells[] = {qm_engine_sleeve(engine, i).spec->name, funnel[k].rule,
                                   qm_report_put(c, "%" PRIu64, funnel[k].count)};
            status = qm_table_row(table, cells);
        }
    }
    if (status == QM_OK) {
        qm_report_heading(options, "Funnel of rules", out);
        status = rows ? qm_table_print(table, options->color, 0, out)
                      : (qm_buf_puts(out, "no rule turned anything away\n"), out->status);
    }
    qm_table_free(table);
    return status;
}

static qm_status put_hashes(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    qm_report_heading(options, "Decision hash", out);
    for (uint32_t i = 0; i < qm_engine_count(engine); i++) {
        char hash[QM_SHA256_HEX];
        qm_status status = qm_engine_decision_hash(engine, i, hash, NULL);
        if (status != QM_OK) {
            return status;
        }
        qm_sleeve_view view = qm_engine_sleeve(engine, i);
        qm_buf_printf(out, "%s  %s (%" PRIu64 " decisions)\n", hash, view.spec->name,
                      view.decisions);
        if (view.fault[0]) {
            qm_buf_printf(out, "%s was stopped by an error: %s\n", view.spec->name, view.fault);
        }
    }
    return QM_OK;
}

static const char *put_return(bool known, double value, cell out) {
    return known ? qm_report_percent(out, value) : qm_report_put(out, "no rates");
}

static qm_status add_after_tax(const char *name, const qm_after_tax *t, qm_table *table) {
    cell cells[6];
    bool known = t->taxed || t->deferred;
    put_return(true, t->before, cells[0]);
    put_return(known, t->after_held, cells[1]);
    put_return(known, t->after_sold, cells[2]);
    put_return(known, t->drag, cells[3]);
    qm_decimal_format_fixed(t->tax, 2, QM_ROUND_HALF_UP, cells[4]);
    qm_decimal_format_fixed(t->washed, 2, QM_ROUND_HALF_UP, cells[5]);
    const char *row[] = {name,     qm_tax_method_name(t->method), cells[0], cells[1], cells[2],
                         cells[3], known ? cells[4] : "no rates", cells[5]};
    return qm_table_row(table, row);
}

static void put_elections(const qm_engine *engine, qm_buf *out) {
    for (uint32_t i = 0; i < qm_engine_count(engine); i++) {
        size_t count = qm_after_tax_elections(engine, i);
        if (count > 0) {
            qm_buf_printf(out, "%s: %zu sales asked for other lots: they need an election\n",
                          qm_engine_sleeve(engine, i).spec->name, count);
        }
    }
}

/* The three lines, by several methods; a strategy that never traded has none. */
static qm_status put_after_tax(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    static const char *const headers[] = {
        "strategy",       "lots by",     "before tax", "after tax held",
        "after tax sold", "drag a year", "tax",        "wash sales"};
    static const bool right[] = {false, false, true, true, true, true, true, true};
    qm_table *table = NULL;
    size_t rows = 0;
    qm_status status = qm_table_new(headers, right, 8, &table);
    for (uint32_t i = 0; status == QM_OK && i < qm_engine_count(engine); i++) {
        qm_tax_method methods[QM_AFTER_TAX_METHODS];
        qm_sleeve_view view = qm_engine_sleeve(engine, i);
        const qm_fill *fills;
        bool traded = !view.spec->job && qm_engine_fills(engine, &fills) > 0;
        bool rates = qm_ctx_rates(engine)->known;
        bool taxed = rates && strcmp(view.account_type, "ira") != 0;
        int count = taxed ? qm_after_tax_methods(view.method, rates, methods) : 1;
        methods[0] = view.method;
        for (int k = 0; traded && status == QM_OK && k < count; k++) {
            qm_after_tax t;
            status = qm_report_after_tax(engine, i, methods[k], &t, NULL);
            if (status == QM_OK) {
                status = add_after_tax(k == 0 ? view.spec->name : "", &t, table);
                qm_after_tax_fini(&t);
                rows++;
            }
        }
        status = status == QM_EINSUFFICIENT ? QM_OK : status;
    }
    if (status == QM_OK && rows > 0) {
        qm_report_heading(options, "After tax", out);
        status = qm_table_print(table, options->color, 0, out);
        put_elections(engine, out);
    }
    qm_table_free(table);
    return status;
}

qm_status qm_report_text(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    static qm_status (*const parts[])(qm_engine *, const qm_report_options *, qm_buf *) = {
        put_results,   qm_text_metrics, put_lots,   put_realized,
        put_after_tax, put_costs,       put_funnel, put_hashes};
    if (options->title) {
        qm_buf_printf(out, "%s%s\n", options->title,
                      options->synthetic ? " (synthetic prices)" : "");
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        qm_status status = parts[i](engine, options, out);
        if (status != QM_OK) {
            return status;
        }
    }
    return out->status;
}
