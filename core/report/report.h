/* SPDX-License-Identifier: MIT
 *
 * report.h: results for people: metrics, tables, terminal lines, SVG pictures and one
 * self-contained HTML page. Reads engines after a run; changes nothing.
 */
#ifndef QM_REPORT_REPORT_H
#define QM_REPORT_REPORT_H

#include "base/buf.h"
#include "engine/engine.h"

/* Formulas: docs/reference/metrics.md. NaN: not defined for these data. */
typedef struct qm_metrics {
    double total_return, cagr, volatility, sharpe, max_drawdown; /* fractions; drawdown <= 0 */
    qm_date drawdown_from, drawdown_to;
    uint64_t trades, wins; /* closed lots */
    double profit_factor;
} qm_metrics;

qm_status qm_metrics_compute(const qm_equity_row *curve, size_t n, const qm_realized *realized,
                             size_t rows, qm_metrics *out);

/* Price chart data of one instrument: raw bars as stored, and the ATR bands that go with them. */
typedef struct qm_report_prices {
    const qm_bars *bars;
    qm_instrument_id instrument;
} qm_report_prices;

typedef struct qm_report_options {
    const char *title;
    bool synthetic;                 /* prices are made up: labelled so on every page */
    const char *costs;              /* "none", or the models */
    const qm_report_prices *prices; /* charts to show, one for each */
    size_t price_count;
} qm_report_options;

/* One self-contained page (inline SVG and CSS, no scripts from elsewhere). */
qm_status qm_report_html(qm_engine *engine, const qm_report_options *options, qm_buf *out);

/* The text summary on a terminal or in a pipe: results per strategy, open lots, realised gains by
 * term, the funnel, the decision hash. color: ANSI. */
qm_status qm_report_text(qm_engine *engine, const qm_report_options *options, bool color, int width,
                         qm_buf *out);

/* A table for people: columns aligned (numbers right), header underlined. */
typedef struct qm_table qm_table;
qm_status qm_table_new(const char *const *headers, const bool *right, int columns, qm_table **out);
void qm_table_free(qm_table *table);
qm_status qm_table_row(qm_table *table, const char *const *cells);
qm_status qm_table_print(const qm_table *table, bool color, qm_buf *out);

#endif
