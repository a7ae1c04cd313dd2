/* SPDX-License-Identifier: MIT
 *
 * Price of the instrument that a sleeve traded most, with its fills and the ATR bands
 * (SMA(20) +- 2 ATR(14)), adjusted for splits up to the newest bar.
 */
#include "base/calendar.h"
#include "base/mem.h"
#include "report/internal.h"

#include <math.h>

typedef struct price_chart {
    const qm_bars *bars;
    size_t first; /* index of the first bar shown */
    double *atr, *mid;
} price_chart;

static qm_date date_at(const void *data, size_t i) {
    const price_chart *c = data;
    return c->bars->date[c->first + i];
}
static double close_at(const void *data, size_t i) {
    const price_chart *c = data;
    return c->bars->column[QM_CLOSE][c->first + i];
}
static double upper_at(const void *data, size_t i) {
    const price_chart *c = data;
    return c->mid[c->first + i] + 2 * c->atr[c->first + i];
}
static double lower_at(const void *data, size_t i) {
    const price_chart *c = data;
    return c->mid[c->first + i] - 2 * c->atr[c->first + i];
}

/* The instrument with the most fills, the lowest id among equals; 0: no fills. */
static qm_instrument_id most_traded(const qm_engine *engine, uint32_t index, size_t *count) {
    const qm_fill *fills;
    size_t n = qm_engine_fills(engine, &fills);
    size_t instruments = qm_instruments_count(qm_engine_instruments(engine));
    qm_instrument_id best = 0;
    *count = 0;
    for (qm_instrument_id id = 1; id <= instruments; id++) {
        size_t of_this = 0;
        for (size_t i = 0; i < n; i++) {
            of_this += fills[i].strategy == index && fills[i].instrument == id;
        }
        if (of_this > *count) {
            *count = of_this;
            best = id;
        }
    }
    return best;
}

static size_t bar_of_date(const price_chart *c, qm_date date) {
    size_t i = c->first;
    while (i + 1 < c->bars->n && c->bars->date[i] < date) {
        i++;
    }
    return i - c->first;
}

static void put_fill(const plot *p, const qm_fill *fill, double ratio, qm_buf *out) {
    const price_chart *c = p->data;
    double x = qm_plot_x(p, bar_of_date(c, fill->date));
    double y = qm_plot_y(p, qm_decimal_to_double(fill->price) / ratio);
    bool buy = fill->side == QM_BUY;
    double tip = buy ? 5 : -5;
    cell qty, price, date;
    qm_buf_printf(out, "<path class=\"%s\" d=\"M%.1f %.1fl-4 %.1fh8Z\"><title>%s %s at %s on %s",
                  buy ? "buy" : "sell", x, y + (buy ? 1 : -1), tip * 1.5, qm_side_name(fill->side),
                  qm_report_decimal(qty, fill->qty), qm_report_decimal(price, fill->price),
                  qm_report_date(date, fill->date));
    qm_buf_puts(out, "</title></path>\n");
}

static void put_fills(const plot *p, const qm_engine *engine, uint32_t index, qm_instrument_id id,
                      qm_buf *out) {
    const qm_fill *fills;
    size_t n = qm_engine_fills(engine, &fills);
    for (size_t i = 0; i < n; i++) {
        if (fills[i].strategy == index && fills[i].instrument == id) {
            put_fill(p, &fills[i], qm_engine_split_ratio(engine, id, fills[i].time), out);
        }
    }
}

static void draw(const price_chart *c, const qm_engine *engine, uint32_t index, qm_instrument_id id,
                 qm_buf *out) {
    plot p = {.left = 64,
              .top = 10,
              .width = 820,
              .height = 260,
              .low = INFINITY,
              .high = -INFINITY,
              .n = c->bars->n - c->first,
              .date = date_at,
              .data = c};
    for (size_t i = 0; i < p.n; i++) {
        qm_plot_include(&p, c->bars->column[QM_LOW][c->first + i]);
        qm_plot_include(&p, c->bars->column[QM_HIGH][c->first + i]);
        qm_plot_include(&p, upper_at(c, i));
        qm_plot_include(&p, lower_at(c, i));
    }
    qm_svg_open(900, 300, "Price with trades and ATR bands", out);
    qm_plot_y_axis(&p, false, out);
    qm_plot_x_axis(&p, out);
    qm_plot_line(&p, upper_at, "band", NAN, out);
    qm_plot_line(&p, lower_at, "band", NAN, out);
    qm_plot_line(&p, close_at, "price", NAN, out);
    put_fills(&p, engine, index, id, out);
    qm_svg_close(out);
}

static qm_status compute_bands(price_chart *c) {
    size_t n = c->bars->n;
    c->atr = qm_calloc(n, sizeof *c->atr);
    c->mid = qm_calloc(n, sizeof *c->mid);
    if (!c->atr || !c->mid) {
        return QM_ENOMEM;
    }
    const qm_ta_info *sma = qm_ta_find("sma");
    double params[QM_TA_PARAMS_MAX] = {0}, *outputs[QM_TA_OUTPUTS_MAX] = {c->mid};
    qm_ta_defaults(sma, params);
    params[0] = 20;
    double *const *columns = c->bars->column;
    qm_ta_columns all = {.n = n};
    for (int k = 0; k < QM_COLUMN_COUNT; k++) {
        all.column[k] = columns[k];
    }
    qm_atr_batch((qm_atr_spec){.period = 14}, columns[QM_HIGH], columns[QM_LOW], columns[QM_CLOSE],
                 n, c->atr);
    return qm_ta_batch(sma, params, &all, columns[QM_CLOSE], outputs);
}

qm_status qm_chart_price(const qm_engine *engine, uint32_t index, qm_buf *out) {
    size_t count;
    qm_instrument_id id = most_traded(engine, index, &count);
    const qm_series *series = id ? qm_ctx_series(engine, index, id, (qm_timeframe){0, 0}) : NULL;
    const qm_equity_row *curve;
    if (!series || series->bars.n < 2 || qm_engine_equity_curve(engine, index, &curve) == 0) {
        return QM_OK;
    }
    price_chart c = {.bars = &series->bars};
    c.first = qm_bars_find(c.bars, curve[0].time);
    if (c.bars->n - c.first < 2) {
        return QM_OK;
    }
    qm_status status = compute_bands(&c);
    if (status == QM_OK) {
        qm_buf_puts(out, "<h3>");
        qm_html_text(out, qm_report_symbol(engine, id));
        qm_buf_printf(out,
                      ": %zu fills, closing price, SMA(20) &plusmn; 2 ATR(14)</h3>\n"
                      "<p class=\"note\">The instrument with the most fills. Prices before a split "
                      "are shown adjusted for it.</p>\n",
                      count);
        draw(&c, engine, index, id, out);
    }
    qm_free(c.atr);
    qm_free(c.mid);
    return status;
}
