/* SPDX-License-Identifier: MIT
 *
 * The tables of a strategy's part of the page.
 */
#include "report/internal.h"

#include <inttypes.h>

enum { TRADES_SHOWN = 400 };

static void put_pair(qm_buf *out, const char *name, const char *value) {
    qm_buf_puts(out, "<div><dt>");
    qm_html_text(out, name);
    qm_buf_puts(out, "</dt><dd>");
    qm_html_text(out, value);
    qm_buf_puts(out, "</dd></div>\n");
}

static qm_status put_metrics(const qm_engine *engine, uint32_t index, const qm_benchmark *benchmark,
                             qm_buf *out) {
    qm_performance p;
    qm_figure figures[QM_FIGURES_MAX];
    qm_performance_options options = {
        .benchmark = benchmark, .resamples = QM_RESAMPLES, .seed = QM_BOOTSTRAP_SEED};
    qm_status status = qm_report_performance(engine, index, &options, &p);
    if (status != QM_OK) {
        return status;
    }
    qm_metrics m = p.base;
    const qm_ledger *ledger = qm_engine_sleeve(engine, index).ledger;
    cell c, d, e;
    qm_buf_puts(out, "<dl class=\"metrics\">\n");
    put_pair(out, "Equity", qm_report_money(c, qm_engine_equity(engine, index)));
    put_pair(out, "Deposited", qm_report_money(c, qm_ledger_deposits(ledger)));
    put_pair(out, "Return", qm_report_percent(c, m.total_return));
    put_pair(out, "A year", qm_report_percent(c, m.cagr));
    put_pair(out, "Sharpe", qm_report_number(c, m.sharpe, 2));
    put_pair(out, "Worst drawdown", qm_report_percent(c, m.max_drawdown));
    if (m.drawdown_from != QM_DATE_NONE) {
        put_pair(out, "Peak and trough",
                 qm_report_put(c, "%s to %s", qm_report_date(d, m.drawdown_from),
                               qm_report_date(e, m.drawdown_to)));
    }
    put_pair(out, "Realised, short term",
             qm_report_money(c, qm_ledger_realized_gain(ledger, QM_TERM_SHORT)));
    put_pair(out, "Realised, long term",
             qm_report_money(c, qm_ledger_realized_gain(ledger, QM_TERM_LONG)));
    put_pair(out, "Dividends and interest", qm_report_money(c, qm_ledger_income(ledger)));
    put_pair(out, "Fees", qm_report_money(c, qm_ledger_fees(ledger)));
    put_pair(out, "Lots closed, won", qm_report_put(c, "%" PRIu64 ", %" PRIu64, m.trades, m.wins));
    int n = qm_report_figures(&p, benchmark != NULL, figures);
    for (int i = 0; i < n; i++) {
        put_pair(out, figures[i].name, figures[i].text);
    }
    qm_buf_puts(out, "</dl>\n");
    return QM_OK;
}

void qm_page_open_table(qm_buf *out, const char *title, const char *const *headers) {
    qm_buf_printf(out, "<details open><summary>%s</summary><table class=\"rows\"><tr>", title);
    for (; *headers; headers++) {
        qm_buf_printf(out, "<th>%s</th>", *headers);
    }
    qm_buf_puts(out, "</tr>\n");
}

void qm_page_row(qm_buf *out, const char *const *cells, int n) {
    qm_buf_puts(out, "<tr>");
    for (int i = 0; i < n; i++) {
        qm_buf_puts(out, "<td>");
        qm_html_text(out, cells[i]);
        qm_buf_puts(out, "</td>");
    }
    qm_buf_puts(out, "</tr>\n");
}

static void put_lots(const qm_engine *engine, const qm_ledger *ledger, qm_buf *out) {
    static const char *const headers[] = {"Symbol", "Quantity", "Acquired", "Basis", NULL};
    qm_lot_iter iter = {0};
    const qm_lot *lot = qm_ledger_next_lot(ledger, &iter);
    if (!lot) {
        return;
    }
    qm_page_open_table(out, "Open lots", headers);
    for (; lot; lot = qm_ledger_next_lot(ledger, &iter)) {
        cell a, b, c;
        const char *cells[] = {qm_report_symbol(engine, lot->instrument),
                               qm_report_decimal(a, lot->qty), qm_report_date(b, lot->acquired),
                               qm_report_money(c, qm_total_from(lot->basis))};
        qm_page_row(out, cells, 4);
    }
    qm_buf_puts(out, "</table></details>\n");
}

static void put_realized(const qm_engine *engine, const qm_ledger *ledger, qm_buf *out) {
    static const char *const headers[] = {"Symbol", "Quantity", "Acquired", "Sold", "Proceeds",
                                          "Basis",  "Gain",     "Term",     NULL};
    const qm_realized *rows;
    size_t n = qm_ledger_realized(ledger, &rows);
    if (n == 0) {
        return;
    }
    size_t first = n > TRADES_SHOWN ? n - TRADES_SHOWN : 0;
    cell title;
    qm_page_open_table(
        out,
        first ? qm_report_put(title, "Closed lots (the last %d of %zu)", TRADES_SHOWN, n)
              : "Closed lots",
        headers);
    for (size_t i = first; i < n; i++) {
        const qm_realized *r = &rows[i];
        cell a, b, c, d, e, f;
        const char *cells[] = {qm_report_symbol(engine, r->instrument),
                               qm_report_decimal(a, r->qty),
                               qm_report_date(b, r->acquired),
                               qm_report_date(c, r->sold),
                               qm_report_money(d, qm_total_from(r->proceeds)),
                               qm_report_money(e, qm_total_from(r->basis)),
                               qm_report_money(f, qm_total_from(r->gain)),
                               r->term == QM_TERM_LONG ? "long" : "short"};
        qm_page_row(out, cells, 8);
    }
    qm_buf_puts(out, "</table></details>\n");
}

static void put_funnel(const qm_engine *engine, uint32_t index, qm_buf *out) {
    static const char *const headers[] = {"Rule", "Turned away", NULL};
    const qm_funnel_row *rows;
    size_t n = qm_engine_funnel(engine, index, &rows);
    if (n == 0) {
        return;
    }
    qm_page_open_table(out, "Funnel of rules", headers);
    for (size_t i = 0; i < n; i++) {
        cell c;
        const char *cells[] = {rows[i].rule, qm_report_put(c, "%" PRIu64, rows[i].count)};
        qm_page_row(out, cells, 2);
    }
    qm_buf_puts(out, "</table></details>\n");
}

qm_status qm_page_tables(qm_engine *engine, uint32_t index, const qm_benchmark *benchmark,
                         qm_buf *out) {
    const qm_ledger *ledger = qm_engine_sleeve(engine, index).ledger;
    qm_status status = put_metrics(engine, index, benchmark, out);
    status = status == QM_OK ? qm_page_trips(engine, index, out) : status;
    status = status == QM_OK ? qm_page_tax(engine, index, out) : status;
    if (status != QM_OK) {
        return status;
    }
    put_lots(engine, ledger, out);
    put_realized(engine, ledger, out);
    put_funnel(engine, index, out);
    return out->status;
}
