/* SPDX-License-Identifier: MIT
 *
 * The Sharpe ratio of the last half year, day by day.
 */
#include "base/mem.h"
#include "report/internal.h"

#include <math.h>

enum { WINDOW = 126 };

typedef struct rolling {
    const qm_daily *days;
    const double *sharpe;
} rolling;

static qm_date date_of(const void *data, size_t i) {
    return ((const rolling *)data)->days[i].date;
}

static double sharpe_of(const void *data, size_t i) {
    return ((const rolling *)data)->sharpe[i];
}

static void draw(const rolling *r, size_t n, qm_buf *out) {
    plot p = {.left = 64,
              .top = 10,
              .width = 820,
              .height = 110,
              .low = -0.5,
              .high = 0.5,
              .n = n,
              .date = date_of,
              .data = r};
    for (size_t i = 0; i < n; i++) {
        qm_plot_include(&p, r->sharpe[i]);
    }
    qm_buf_printf(out, "<h3>Sharpe ratio of the last %d sessions</h3>\n", WINDOW);
    qm_svg_open(900, 150, "Rolling Sharpe ratio", out);
    qm_plot_y_axis(&p, false, out);
    qm_plot_x_axis(&p, out);
    qm_plot_line(&p, sharpe_of, "equity", NAN, out);
    qm_svg_close(out);
}

qm_status qm_chart_sharpe(const qm_engine *engine, uint32_t index, qm_buf *out) {
    qm_daily_vec days = {0};
    double *sharpe = NULL;
    qm_status status = qm_report_daily(engine, index, &days);
    if (status == QM_OK && days.length > WINDOW) {
        sharpe = qm_calloc(days.length, sizeof *sharpe);
        status = sharpe ? QM_OK : QM_ENOMEM;
    }
    if (sharpe) {
        qm_rolling_sharpe(&days, WINDOW, sharpe);
        draw(&(rolling){days.items, sharpe}, days.length, out);
    }
    qm_free(sharpe);
    qm_vec_fini(&days);
    return status;
}
