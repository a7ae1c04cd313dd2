/* SPDX-License-Identifier: MIT */
#include "report/surface.h"

#include "report/internal.h"

#include <math.h>

enum { LEFT = 90, TOP = 40, RIGHT = 110, BOTTOM = 60, WIDTH = 640, HEIGHT = 400 };

typedef struct rgb {
    int r, g, b;
} rgb;

typedef struct range {
    double low, high;
    size_t best; /* index of the highest value */
    bool any;
} range;

static range range_of(const qm_surface *s) {
    range out = {0};
    for (size_t i = 0; i < s->rows * s->columns; i++) {
        double v = s->values[i];
        if (!isfinite(v)) {
            continue;
        }
        if (!out.any || v > out.high) {
            out.best = i;
            out.high = v;
        }
        out.low = !out.any || v < out.low ? v : out.low;
        out.any = true;
    }
    return out;
}

/* 0 at the lowest value, 1 at the highest. */
static double share(const range *r, double value) {
    return r->high > r->low ? (value - r->low) / (r->high - r->low) : 1;
}

/* Dark to light, so that it reads in grey too. */
static rgb color_of(double t) {
    static const rgb stops[] = {
        {68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}};
    double at = t * 4;
    int i = at >= 4 ? 3 : (int)at;
    double f = at - i;
    const rgb *a = &stops[i], *b = &stops[i + 1];
    return (rgb){(int)lround(a->r + f * (b->r - a->r)), (int)lround(a->g + f * (b->g - a->g)),
                 (int)lround(a->b + f * (b->b - a->b))};
}

static void put_cells(const qm_surface *s, const range *r, qm_buf *out) {
    double w = (double)WIDTH / (double)s->columns, h = (double)HEIGHT / (double)s->rows;
    for (size_t i = 0; i < s->rows * s->columns; i++) {
        size_t row = i / s->columns, column = i % s->columns;
        double v = s->values[i];
        if (!isfinite(v)) {
            continue;
        }
        rgb c = color_of(share(r, v));
        qm_buf_printf(
            out,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"#%02x%02x%02x\"",
            LEFT + w * (double)column, TOP + HEIGHT - h * (double)(row + 1), w, h,
            (unsigned)c.r & 255U, (unsigned)c.g & 255U, (unsigned)c.b & 255U);
        qm_buf_puts(out, i == r->best ? " stroke=\"#c00\" stroke-width=\"3\"><title>" : "><title>");
        qm_html_text(out, s->x_name);
        qm_buf_puts(out, " ");
        qm_html_text(out, s->x[column]);
        if (s->y_name[0]) {
            qm_buf_puts(out, ", ");
            qm_html_text(out, s->y_name);
            qm_buf_puts(out, " ");
            qm_html_text(out, s->y[row]);
        }
        qm_buf_printf(out, ": %.6g</title></rect>\n", v);
    }
}

static void put_text(qm_buf *out, double x, double y, const char *anchor, const char *text) {
    qm_buf_printf(out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    qm_html_text(out, text);
    qm_buf_puts(out, "</text>\n");
}

static void put_labels(const qm_surface *s, qm_buf *out) {
    double w = (double)WIDTH / (double)s->columns, h = (double)HEIGHT / (double)s->rows;
    size_t x_step = s->columns / 12 + 1, y_step = s->rows / 16 + 1;
    for (size_t i = 0; i < s->columns; i += x_step) {
        put_text(out, LEFT + w * ((double)i + 0.5), TOP + HEIGHT + 18, "middle", s->x[i]);
    }
    for (size_t i = 0; s->y_name[0] && i < s->rows; i += y_step) {
        put_text(out, LEFT - 8, TOP + HEIGHT - h * ((double)i + 0.5) + 4, "end", s->y[i]);
    }
    put_text(out, LEFT + WIDTH / 2.0, TOP + HEIGHT + 42, "middle", s->x_name);
    put_text(out, LEFT - 8, TOP - 10, "end", s->y_name);
    put_text(out, LEFT + WIDTH / 2.0, TOP - 10, "middle", s->title);
}

static void put_scale(const range *r, qm_buf *out) {
    enum { STEPS = 40 };
    cell text;
    for (int i = 0; i < STEPS; i++) {
        rgb c = color_of((double)i / (STEPS - 1));
        qm_buf_printf(out,
                      "<rect x=\"%d\" y=\"%.1f\" width=\"16\" height=\"%.1f\" "
                      "fill=\"#%02x%02x%02x\"/>\n",
                      LEFT + WIDTH + 20, TOP + HEIGHT - (double)HEIGHT / STEPS * (i + 1),
                      (double)HEIGHT / STEPS + 0.5, (unsigned)c.r & 255U, (unsigned)c.g & 255U,
                      (unsigned)c.b & 255U);
    }
    put_text(out, LEFT + WIDTH + 42, TOP + HEIGHT, "start", qm_report_put(text, "%.4g", r->low));
    put_text(out, LEFT + WIDTH + 42, TOP + 12, "start", qm_report_put(text, "%.4g", r->high));
}

void qm_surface_svg(const qm_surface *s, qm_buf *out) {
    range r = range_of(s);
    qm_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                  "font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"",
                  LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM);
    qm_html_text(out, s->title);
    qm_buf_printf(out, "\">\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n",
                  LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM);
    qm_buf_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#ddd\"/>\n", LEFT,
                  TOP, WIDTH, HEIGHT);
    put_cells(s, &r, out);
    put_labels(s, out);
    if (r.any) {
        put_scale(&r, out);
    }
    qm_buf_puts(out, "</svg>\n");
}

/* A value as the colour of a half block: 38 in front (the upper half), 48 behind (the lower). */
static void put_color(const range *r, double value, int where, qm_buf *out) {
    rgb c = isfinite(value) ? color_of(share(r, value)) : (rgb){90, 90, 90};
    qm_buf_printf(out, "\x1b[%d;2;%d;%d;%dm", where, c.r, c.g, c.b);
}

static void put_line(const qm_surface *s, const range *r, size_t upper, bool color, qm_buf *out) {
    static const char *const shades[] = {"\u00b7", "\u2591", "\u2592", "\u2593", "\u2588"};
    for (size_t i = 0; i < s->columns; i++) {
        double v = s->values[upper * s->columns + i];
        if (!color) {
            int shade = isfinite(v) ? (int)fmin(4, share(r, v) * 5) : -1;
            qm_buf_puts(out, shade < 0 ? " " : shades[shade]);
            qm_buf_puts(out, shade < 0 ? " " : shades[shade]);
            continue;
        }
        put_color(r, v, 38, out);
        if (upper > 0) {
            put_color(r, s->values[(upper - 1) * s->columns + i], 48, out);
        }
        qm_buf_puts(out, "\u2580\u2580\x1b[0m");
    }
    qm_buf_puts(out, "\n");
}

void qm_surface_text(const qm_surface *s, bool color, qm_buf *out) {
    range r = range_of(s);
    if (!r.any) {
        qm_buf_printf(out, "%s: no values\n", s->title);
        return;
    }
    qm_buf_printf(out, "%s: %.4g to %.4g\n", s->title, r.low, r.high);
    for (size_t row = s->rows; row > 0;) {
        size_t upper = row - 1;
        char label[16] = "";
        if (s->y_name[0]) {
            snprintf(label, sizeof label, "%s", s->y[upper]);
        }
        qm_buf_printf(out, "%10.10s  ", label);
        put_line(s, &r, upper, color, out);
        row -= color && row > 1 ? 2 : 1;
    }
    qm_buf_printf(out, "%12s%s %s to %s", "", s->x_name, s->x[0], s->x[s->columns - 1]);
    if (s->y_name[0]) {
        qm_buf_printf(out, "; upwards %s %s to %s", s->y_name, s->y[0], s->y[s->rows - 1]);
    }
    qm_buf_puts(out, "\n");
}
