/* SPDX-License-Identifier: MIT
 *
 * report.h: results for people: metrics, tables, a text summary and one self-contained HTML page
 * with SVG pictures. Reads an engine after a run; changes nothing. Main thread.
 */
#ifndef QM_REPORT_REPORT_H
#define QM_REPORT_REPORT_H

#include "base/buf.h"
#include "engine/engine.h"

/* Fractions, not percent; drawdown <= 0. NaN: not defined for these data. Formulas:
 * docs/reference/metrics.md. */
typedef struct qm_metrics {
    double total_return; /* time-weighted: deposits and withdrawals are no performance */
    double cagr, volatility, sharpe, max_drawdown;
    qm_date first, last;                /* sessions of the curve */
    qm_date drawdown_from, drawdown_to; /* peak and trough; QM_DATE_NONE: never below a peak */
    uint64_t days;                      /* sessions with a point */
    uint64_t trades, wins;              /* rows of realised gains */
    double profit_factor;               /* gains / losses; NaN without losses */
    qm_total traded;                    /* money bought and sold */
    double break_even_bps;              /* profit / traded: the cost at which it is gone */
} qm_metrics;

/* Nothing is annualised from less of a year. */
#define QM_YEARS_MIN 0.25

/* One point a session: the last of its slices. */
typedef struct qm_daily {
    qm_date date;
    double equity;
    double flow;     /* deposits less withdrawals of the day */
    double growth;   /* of 1.0 at the first session, time-weighted */
    double drawdown; /* growth / highest growth so far - 1 */
} qm_daily;
typedef QM_VEC(qm_daily) qm_daily_vec;

/* Appends the daily curve of a sleeve. */
qm_status qm_report_daily(const qm_engine *engine, uint32_t index, qm_daily_vec *out);
qm_status qm_report_metrics(const qm_engine *engine, uint32_t index, qm_metrics *out);
/* The same for a caller that has the daily curve. */
qm_status qm_report_metrics_of(const qm_engine *engine, uint32_t index, const qm_daily_vec *days,
                               qm_metrics *out);

/* A line of what a result was made of: parameters, options, its seal. */
typedef struct qm_report_fact {
    const char *name, *value;
} qm_report_fact;

typedef struct qm_report_options {
    const char *title;
    bool synthetic;                       /* prices are made up: labelled so */
    const char *costs;                    /* "none", or the models */
    bool color;                           /* text: ANSI colours */
    size_t lot_rows;                      /* text: at most so many open lots a strategy; 0: 10 */
    const struct qm_benchmark *benchmark; /* report/performance.h; NULL: none */
    const qm_report_fact *facts;          /* page: borrowed */
    size_t fact_count;
} qm_report_options;

/* The text summary on a terminal or in a pipe: results per strategy, open lots, realised gains by
 * term, costs, the funnel of rules, the decision hash. */
qm_status qm_report_text(qm_engine *engine, const qm_report_options *options, qm_buf *out);

/* One self-contained page: inline SVG and CSS, nothing loaded from elsewhere; its only script,
 * which filters a table, is inline too, and without it all rows are shown. */
qm_status qm_report_html(qm_engine *engine, const qm_report_options *options, qm_buf *out);

/* "1,234,567.89": a total rounded half even to cents, with thousands separators. */
enum { QM_MONEY_BUF = QM_TOTAL_BUF + 16 };
void qm_format_money(qm_total value, char out[QM_MONEY_BUF]);
void qm_put_money(qm_buf *out, qm_total value);
/* "+12.3%"; "n/a" for NaN. */
void qm_put_percent(qm_buf *out, double fraction, int decimals);

/* A table for people: columns aligned (numbers right), header underlined. Cells are UTF-8. */
typedef struct qm_table qm_table;
/* right[i]: the column is aligned right. */
qm_status qm_table_new(const char *const *headers, const bool *right, int columns, qm_table **out);
void qm_table_free(qm_table *table);
/* Copies the cells; NULL is an empty cell. */
qm_status qm_table_row(qm_table *table, const char *const *cells);
/* indent: blanks before each line. Status of the buffer. */
qm_status qm_table_print(const qm_table *table, bool color, int indent, qm_buf *out);

#endif
