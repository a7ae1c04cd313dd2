/* SPDX-License-Identifier: MIT
 *
 * surface.h: values over one or two parameters as a picture: SVG, and half blocks on a terminal.
 */
#ifndef QM_REPORT_SURFACE_H
#define QM_REPORT_SURFACE_H

#include "base/buf.h"

#include <stdbool.h>

typedef struct qm_surface {
    const char *title, *x_name, *y_name; /* y_name "": one row */
    const char *const *x, *const *y;     /* labels of columns and rows */
    size_t columns, rows;
    const double *values; /* [row * columns + column]; NaN: none */
} qm_surface;

/* One self-contained picture. A status sticks in the buffer. */
void qm_surface_svg(const qm_surface *surface, qm_buf *out);
/* color: two rows a line in half blocks of 24-bit colours; else one row a line in five shades. The
 * first row is at the bottom, as in the picture. */
void qm_surface_text(const qm_surface *surface, bool color, qm_buf *out);

#endif
