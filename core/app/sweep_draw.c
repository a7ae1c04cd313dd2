/* SPDX-License-Identifier: MIT
 *
 * The objective over two parameters, as a table of cells.
 */
#include "app/sweep_result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 20, CELLS_MAX = 60 };

typedef struct point {
    size_t cell;
    double value;
} point;

/* Neighbours share a cell where there are more values than a picture can show. */
static size_t cells_of(const qm_sweep_axis *axis) {
    size_t n = axis->values.length;
    return axis->drawn ? BINS : n < CELLS_MAX ? n : CELLS_MAX;
}

static double on_scale(const qm_sweep_axis *axis, double value) {
    double low = axis->log ? log(axis->min) : axis->min;
    double high = axis->log ? log(axis->max) : axis->max;
    return ((axis->log ? log(value) : value) - low) / (high - low);
}

static size_t cell_of(const qm_sweep *s, size_t axis_index, size_t set) {
    const qm_sweep_axis *axis = &s->axes.items[axis_index];
    const char *value = qm_sweep_value(s, set, axis_index);
    if (axis->drawn) {
        double at = on_scale(axis, strtod(value, NULL)) * BINS;
        return at <= 0 ? 0 : at >= BINS ? BINS - 1 : (size_t)at;
    }
    for (size_t i = 0; i < axis->values.length; i++) {
        if (strcmp(axis->values.items[i], value) == 0) {
            return i * cells_of(axis) / axis->values.length;
        }
    }
    return 0; /* a value is always one of its axis */
}

/* A value, or the middle of a bin. */
static char *label_of(const qm_sweep_axis *axis, size_t i) {
    char text[32];
    if (!axis->drawn) {
        return qm_strdup(axis->values.items[i * axis->values.length / cells_of(axis)]);
    }
    double at = ((double)i + 0.5) / BINS;
    double value = axis->log ? exp(log(axis->min) + at * (log(axis->max) - log(axis->min)))
                             : axis->min + at * (axis->max - axis->min);
    snprintf(text, sizeof text, "%.4g", value);
    return qm_strdup(text);
}

static int by_cell(const void *a, const void *b) {
    const point *x = a, *y = b;
    if (x->cell != y->cell) {
        return x->cell < y->cell ? -1 : 1;
    }
    return (x->value > y->value) - (x->value < y->value);
}

static void put_medians(point *points, size_t n, double *out) {
    if (n > 0) {
        qsort(points, n, sizeof *points, by_cell);
    }
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from; to < n && points[to].cell == points[from].cell; to++) {
        }
        size_t count = to - from;
        out[points[from].cell] =
            (points[from + (count - 1) / 2].value + points[from + count / 2].value) / 2;
    }
}

/* The named axis, or the first but `other` that varies; QM_SWEEP_NONE: none. */
static qm_status choose(const qm_sweep *s, const char *name, size_t other, size_t *out,
                        qm_error *err) {
    *out = QM_SWEEP_NONE;
    for (size_t i = 0; i < s->axes.length; i++) {
        bool fits = name ? strcmp(s->axes.items[i].name, name) == 0
                         : i != other && cells_of(&s->axes.items[i]) > 1;
        if (fits) {
            *out = i;
            return QM_OK;
        }
    }
    return name ? qm_error_set(err, QM_EUSAGE, "the sweep has no parameter \"%s\"", name) : QM_OK;
}

static qm_status fill(const qm_sweep_result *r, size_t x, size_t y, qm_sweep_picture *out) {
    const qm_sweep *s = r->sweep;
    qm_surface *surface = &out->surface;
    size_t labels = surface->columns + surface->rows, n = 0;
    point *points = qm_calloc(s->sets, sizeof *points);
    out->labels = qm_calloc(labels + 1, sizeof *out->labels);
    out->values = qm_calloc(surface->columns * surface->rows, sizeof *out->values);
    if (!points || !out->labels || !out->values) {
        qm_free(points);
        return QM_ENOMEM;
    }
    bool whole = true;
    for (size_t i = 0; i < labels; i++) {
        bool of_x = i < surface->columns;
        out->labels[i] = of_x                 ? label_of(&s->axes.items[x], i)
                         : y == QM_SWEEP_NONE ? qm_strdup("")
                                              : label_of(&s->axes.items[y], i - surface->columns);
        whole = whole && out->labels[i];
    }
    for (size_t i = 0; i < surface->columns * surface->rows; i++) {
        out->values[i] = NAN;
    }
    for (size_t set = 0; set < s->sets; set++) {
        size_t row = y == QM_SWEEP_NONE ? 0 : cell_of(s, y, set);
        if (!isnan(r->objective[set])) {
            points[n++] = (point){row * surface->columns + cell_of(s, x, set), r->objective[set]};
        }
    }
    put_medians(points, n, out->values);
    qm_free(points);
    surface->x = (const char *const *)out->labels;
    surface->y = (const char *const *)out->labels + surface->columns;
    surface->values = out->values;
    return whole ? QM_OK : QM_ENOMEM;
}

qm_status qm_sweep_draw(const qm_sweep_result *r, const char *x_name, const char *y_name,
                        qm_sweep_picture *out, qm_error *err) {
    const qm_sweep *s = r->sweep;
    size_t x, y = QM_SWEEP_NONE;
    *out = (qm_sweep_picture){0};
    qm_status status = QM_OK;
    if (y_name) {
        status = choose(s, y_name, QM_SWEEP_NONE, &y, err);
    }
    if (status == QM_OK) {
        status = choose(s, x_name, y, &x, err);
    }
    if (status == QM_OK && x == QM_SWEEP_NONE) { /* nothing varies */
        x = 0;
    }
    if (status == QM_OK && !y_name) {
        status = choose(s, NULL, x, &y, err);
    }
    if (status != QM_OK) {
        return status;
    }
    y = y == x ? QM_SWEEP_NONE : y;
    bool others = s->axes.length > (y == QM_SWEEP_NONE ? 1 : 2);
    snprintf(out->title, sizeof out->title, "%s%s%s", others ? "median " : "",
             qm_sweep_objectives[s->objective],
             s->method == QM_SWEEP_WALK ? ", mean of the test windows" : "");
    out->surface = (qm_surface){.title = out->title,
                                .x_name = s->axes.items[x].name,
                                .y_name = y == QM_SWEEP_NONE ? "" : s->axes.items[y].name,
                                .columns = cells_of(&s->axes.items[x]),
                                .rows = y == QM_SWEEP_NONE ? 1 : cells_of(&s->axes.items[y])};
    status = fill(r, x, y, out);
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}

void qm_sweep_picture_fini(qm_sweep_picture *p) {
    for (size_t i = 0; p->labels && i < p->surface.columns + p->surface.rows; i++) {
        qm_free(p->labels[i]);
    }
    qm_free(p->labels);
    qm_free(p->values);
}
