/* SPDX-License-Identifier: MIT
 *
 * Equity with drawdown below it, and the table of monthly returns.
 */
#include "base/mem.h"
#include "report/internal.h"

#include <math.h>

/* Days with what the same deposits would be worth in the benchmark. */
typedef struct compared {
    const qm_daily *days;
    double *benchmark; /* NULL: none */
} compared;

static qm_date compared_date(const void *data, size_t i) {
    return ((const compared *)data)->days[i].date;
}

static double compared_equity(const void *data, size_t i) {
    return ((const compared *)data)->days[i].equity;
}

static double compared_drawdown(const void *data, size_t i) {
    return ((const compared *)data)->days[i].drawdown;
}

static double compared_benchmark(const void *data, size_t i) {
    return ((const compared *)data)->benchmark[i];
}

static void draw_equity(const compared *c, size_t n, qm_buf *out) {
    plot equity = {.left = 64,
                   .top = 10,
                   .width = 820,
                   .height = 220,
                   .low = INFINITY,
                   .high = -INFINITY,
                   .n = n,
                   .date = compared_date,
                   .data = c};
    plot drawdown = equity;
    drawdown.top = 246;
    drawdown.height = 70;
    drawdown.low = -0.01;
    drawdown.high = 0;
    for (size_t i = 0; i < n; i++) {
        qm_plot_include(&equity, c->days[i].equity);
        qm_plot_include(&equity, c->benchmark ? c->benchmark[i] : NAN);
        qm_plot_include(&drawdown, c->days[i].drawdown);
    }
    double margin = 0.04 * (equity.high - equity.low);
    equity.low -= margin;
    equity.high += margin;
    qm_svg_open(900, 340, "Equity above, drawdown below", out);
    qm_plot_y_axis(&equity, false, out);
    if (c->benchmark) {
        qm_plot_line(&equity, compared_benchmark, "benchmark", NAN, out);
    }
    qm_plot_line(&equity, compared_equity, "equity", NAN, out);
    qm_plot_y_axis(&drawdown, true, out);
    qm_plot_x_axis(&drawdown, out);
    qm_plot_line(&drawdown, compared_drawdown, "drawdown", 0, out);
    qm_svg_close(out);
}

/* In place: growth of the benchmark to money. A deposit on a session that the benchmark lacks waits
 * for the next. */
static void invest(const qm_daily_vec *days, double *growth) {
    double value = 0, waiting = 0, before = NAN;
    for (size_t i = 0; i < days->length; i++) {
        waiting += days->items[i].flow;
        if (isnan(growth[i])) {
            continue;
        }
        value = (value + waiting) * (isnan(before) ? 1 : growth[i] / before);
        before = growth[i];
        growth[i] = value;
        waiting = 0;
    }
}

static qm_status chart_equity(const qm_daily_vec *days, const qm_benchmark *benchmark,
                              qm_buf *out) {
    compared c = {.days = days->items};
    if (benchmark) {
        c.benchmark = qm_calloc(days->length, sizeof *c.benchmark);
        if (!c.benchmark) {
            return QM_ENOMEM;
        }
        qm_benchmark_growth(benchmark, days, c.benchmark);
        invest(days, c.benchmark);
        qm_buf_puts(out, "<p class=\"note\">Dashed: the same deposits in ");
        qm_html_text(out, benchmark->symbol);
        qm_buf_puts(out, ", without its dividends.</p>\n");
    }
    draw_equity(&c, days->length, out);
    qm_free(c.benchmark);
    return QM_OK;
}

qm_status qm_chart_equity(const qm_engine *engine, uint32_t index, const qm_benchmark *benchmark,
                          qm_buf *out) {
    qm_daily_vec days = {0};
    qm_status status = qm_report_daily(engine, index, &days);
    if (status == QM_OK && days.length > 1) {
        status = chart_equity(&days, benchmark, out);
    } else if (status == QM_OK) {
        qm_buf_puts(out, "<p>Fewer than two sessions: nothing to draw.</p>\n");
    }
    qm_vec_fini(&days);
    return status;
}

/* Background by sign and size; 10% in a month is the full colour. */
static void put_heat(double r, qm_buf *out) {
    double strength = fabs(r) / 0.10;
    strength = strength > 1 ? 1 : strength;
    double heat =
        strength < 0.0005 ? 0 : 10 + 70 * strength; /* a month that did nothing is blank */
    qm_buf_printf(out, "<td class=\"%s\" style=\"--heat:%.0f%%\">%.1f</td>",
                  r < 0 ? "loss" : "gain", heat, 100 * r);
}

static void put_year(int year, const double growth[12], const bool known[12], qm_buf *out) {
    double all = 1;
    qm_buf_printf(out, "<tr><th>%d</th>", year);
    for (int m = 0; m < 12; m++) {
        if (known[m]) {
            put_heat(growth[m] - 1, out);
            all *= growth[m];
        } else {
            qm_buf_puts(out, "<td></td>");
        }
    }
    put_heat(all - 1, out);
    qm_buf_puts(out, "</tr>\n");
}

static void put_months(const qm_daily_vec *days, qm_buf *out) {
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    qm_buf_puts(out, "<table class=\"months\"><tr><th></th>");
    for (int m = 0; m < 12; m++) {
        qm_buf_printf(out, "<th>%s</th>", names[m]);
    }
    qm_buf_puts(out, "<th>Year</th></tr>\n");
    double growth[12] = {0}, before = 1;
    bool known[12] = {false};
    int year = qm_date_to_ymd(days->items[0].date).year;
    for (size_t i = 0; i < days->length; i++) {
        qm_ymd ymd = qm_date_to_ymd(days->items[i].date);
        if (ymd.year != year) {
            put_year(year, growth, known, out);
            for (int m = 0; m < 12; m++) {
                known[m] = false;
            }
            year = ymd.year;
        }
        if (!known[ymd.month - 1]) {
            known[ymd.month - 1] = true;
            growth[ymd.month - 1] = 1;
        }
        growth[ymd.month - 1] *= before > 0 ? days->items[i].growth / before : 1;
        before = days->items[i].growth;
    }
    put_year(year, growth, known, out);
    qm_buf_puts(out, "</table>\n");
}

qm_status qm_chart_months(const qm_engine *engine, uint32_t index, qm_buf *out) {
    qm_daily_vec days = {0};
    qm_status status = qm_report_daily(engine, index, &days);
    if (status == QM_OK && days.length > 0) {
        put_months(&days, out);
    }
    qm_vec_fini(&days);
    return status;
}
