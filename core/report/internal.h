/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of this room share: cells of tables, and SVG.
 */
#ifndef QM_REPORT_INTERNAL_H
#define QM_REPORT_INTERNAL_H

#include "engine/context.h"
#include "report/performance.h"

#include <stdio.h>

typedef char cell[96];

/* Each writes into the cell and returns it. */
__attribute__((format(printf, 2, 3))) const char *qm_report_put(cell out, const char *format, ...);
const char *qm_report_money(cell out, qm_total value);
const char *qm_report_percent(cell out, double fraction);
const char *qm_report_number(cell out, double value, int decimals); /* "n/a" for NaN */
const char *qm_report_decimal(cell out, qm_decimal value);
const char *qm_report_date(cell out, qm_date date);
const char *qm_report_symbol(const qm_engine *engine, qm_instrument_id id);

void qm_report_heading(const qm_report_options *options, const char *text, qm_buf *out);
/* text_metrics.c: every figure of a run as people read it. */
enum { QM_FIGURES_MAX = 32 };
typedef struct qm_figure {
    const char *name;
    cell text;
} qm_figure;
int qm_report_figures(const qm_performance *p, bool versus, qm_figure out[QM_FIGURES_MAX]);
qm_status qm_text_metrics(qm_engine *engine, const qm_report_options *options, qm_buf *out);

/* A plot: a rectangle with a linear y axis and sessions along x. */
typedef struct plot {
    double left, top, width, height; /* of the drawing area, in SVG units */
    double low, high;                /* values at the bottom and the top */
    size_t n;                        /* points along x */
    qm_date (*date)(const void *data, size_t i);
    const void *data;
} plot;

double qm_plot_x(const plot *p, size_t i);
double qm_plot_y(const plot *p, double value);
/* Widens low..high to hold the value. NaN is ignored. */
void qm_plot_include(plot *p, double value);
/* Grid lines with labels. money: thousands as k; else percent. */
void qm_plot_y_axis(const plot *p, bool percent, qm_buf *out);
void qm_plot_x_axis(const plot *p, qm_buf *out);
/* A line through value(data, i); NaN breaks it. close_at: NaN, or fill the area down to this. */
void qm_plot_line(const plot *p, double (*value)(const void *data, size_t i), const char *class,
                  double close_at, qm_buf *out);
void qm_svg_open(double width, double height, const char *label, qm_buf *out);
void qm_svg_close(qm_buf *out);
/* Text with &, <, > and quotes escaped. */
void qm_html_text(qm_buf *out, const char *text);

/* charts.c. The benchmark (NULL: none) is drawn with the same deposits. */
qm_status qm_chart_equity(const qm_engine *engine, uint32_t index, const qm_benchmark *benchmark,
                          qm_buf *out);
qm_status qm_chart_sharpe(const qm_engine *engine, uint32_t index, qm_buf *out);
qm_status qm_chart_months(const qm_engine *engine, uint32_t index, qm_buf *out);
/* chart_price.c: the instrument in which the sleeve traded most. */
qm_status qm_chart_price(const qm_engine *engine, uint32_t index, qm_buf *out);
/* page_tables.c */
qm_status qm_page_tables(qm_engine *engine, uint32_t index, const qm_benchmark *benchmark,
                         qm_buf *out);
void qm_page_open_table(qm_buf *out, const char *title, const char *const *headers);
void qm_page_row(qm_buf *out, const char *const *cells, int n);
/* page_trips.c, page_tax.c */
qm_status qm_page_trips(const qm_engine *engine, uint32_t index, qm_buf *out);
qm_status qm_page_tax(const qm_engine *engine, uint32_t index, qm_buf *out);
extern const char qm_page_style[];

#endif
