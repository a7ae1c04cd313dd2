/* SPDX-License-Identifier: MIT */
#include "report/internal.h"

#include <math.h>

void qm_html_text(qm_buf *out, const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&':
            qm_buf_puts(out, "&amp;");
            break;
        case '<':
            qm_buf_puts(out, "&lt;");
            break;
        case '>':
            qm_buf_puts(out, "&gt;");
            break;
        case '"':
            qm_buf_puts(out, "&quot;");
            break;
        default:
            qm_buf_putc(out, *text);
        }
    }
}

void qm_svg_open(double width, double height, const char *label, qm_buf *out) {
    qm_buf_printf(out, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", width, height);
    qm_html_text(out, label);
    qm_buf_puts(out, "\">\n");
}

void qm_svg_close(qm_buf *out) {
    qm_buf_puts(out, "</svg>\n");
}

double qm_plot_x(const plot *p, size_t i) {
    return p->left + (p->n > 1 ? p->width * (double)i / (double)(p->n - 1) : 0);
}

double qm_plot_y(const plot *p, double value) {
    double span = p->high - p->low;
    return p->top + p->height * (span > 0 ? 1 - (value - p->low) / span : 0.5);
}

void qm_plot_include(plot *p, double value) {
    if (isnan(value)) {
        return;
    }
    p->low = value < p->low ? value : p->low;
    p->high = value > p->high ? value : p->high;
}

/* A step of 1, 2 or 5 times a power of ten that gives about `want` lines. */
static double nice_step(double span, int want) {
    double raw = span / want;
    double power = pow(10, floor(log10(raw)));
    double lead = raw / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

static void put_label(double value, double step, bool percent, qm_buf *out) {
    if (percent) {
        qm_buf_printf(out, "%.*f%%", step < 0.01 ? 1 : 0, 100 * value);
    } else if (fabs(value) >= 10000) {
        qm_buf_printf(out, "%.*fk", step < 1000 ? 1 : 0, value / 1000);
    } else {
        qm_buf_printf(out, "%.*f", step < 0.1 ? 2 : step < 1 ? 1 : 0, value);
    }
}

void qm_plot_y_axis(const plot *p, bool percent, qm_buf *out) {
    double span = p->high - p->low;
    if (!(span > 0)) {
        return;
    }
    double step = nice_step(span, p->height > 120 ? 5 : 2);
    for (double k = ceil(p->low / step); k * step <= p->high + step * 1e-9; k++) {
        double value = k * step, y = qm_plot_y(p, value);
        qm_buf_printf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
                      p->left, p->left + p->width, y, y);
        qm_buf_printf(out, "<text class=\"y\" x=\"%.1f\" y=\"%.1f\">", p->left - 6, y + 3.5);
        put_label(value == 0 ? 0 : value, step, percent, out);
        qm_buf_puts(out, "</text>\n");
    }
}

/* A label at the first session of each year, or of each month when there are few. */
void qm_plot_x_axis(const plot *p, qm_buf *out) {
    bool by_month = p->n < 400;
    double free_from = p->left;
    for (size_t i = 0; i < p->n; i++) {
        qm_ymd now = qm_date_to_ymd(p->date(p->data, i));
        qm_ymd before = i ? qm_date_to_ymd(p->date(p->data, i - 1)) : (qm_ymd){0};
        bool mark = now.year != before.year || (by_month && now.month != before.month);
        double x = qm_plot_x(p, i);
        if (!mark || x < free_from || x > p->left + p->width - 24) {
            continue;
        }
        free_from = x + 46;
        qm_buf_printf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>",
                      x, x, p->top, p->top + p->height);
        qm_buf_printf(out, "<text class=\"x\" x=\"%.1f\" y=\"%.1f\">", x + 3,
                      p->top + p->height + 14);
        if (by_month) {
            qm_buf_printf(out, "%d-%02d</text>\n", now.year, now.month);
        } else {
            qm_buf_printf(out, "%d</text>\n", now.year);
        }
    }
}

/* More points than pixels only make the page heavy: at most this many are drawn. */
enum { POINTS_MAX = 1600 };

void qm_plot_line(const plot *p, double (*value)(const void *data, size_t i), const char *class,
                  double close_at, qm_buf *out) {
    size_t step = p->n / POINTS_MAX + 1;
    bool pen_down = false, area = !isnan(close_at);
    double first_x = 0, last_x = 0;
    qm_buf_printf(out, "<path class=\"%s\" d=\"", class);
    for (size_t i = 0; i < p->n; i += step) {
        size_t at = i + step >= p->n ? p->n - 1 : i; /* the last point is always drawn */
        double v = value(p->data, at);
        if (isnan(v)) {
            pen_down = false;
            continue;
        }
        last_x = qm_plot_x(p, at);
        first_x = pen_down ? first_x : last_x;
        qm_buf_printf(out, "%c%.1f %.1f", pen_down ? 'L' : 'M', last_x, qm_plot_y(p, v));
        pen_down = true;
    }
    if (area && pen_down) {
        double y = qm_plot_y(p, close_at);
        qm_buf_printf(out, "L%.1f %.1fL%.1f %.1fZ", last_x, y, first_x, y);
    }
    qm_buf_puts(out, "\"/>\n");
}
