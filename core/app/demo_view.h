/* SPDX-License-Identifier: MIT
 *
 * demo_view.h: what the demo shows while it runs: a table that is drawn again and again on a
 * terminal, plain lines in a pipe.
 */
#ifndef QM_APP_DEMO_VIEW_H
#define QM_APP_DEMO_VIEW_H

#include "engine/engine.h"

typedef struct qm_demo_view {
    bool terminal;
    int lines; /* of the table that stands on the terminal */
    uint64_t steps;
    int64_t drawn_at; /* monotonic */
} qm_demo_view;

void qm_demo_begin(qm_demo_view *view);
/* A line above the table. */
__attribute__((format(printf, 2, 3))) void qm_demo_say(qm_demo_view *view, const char *format, ...);
/* After each session. */
void qm_demo_step(qm_demo_view *view, const qm_engine *engine);
/* The table stays as it is. */
void qm_demo_end(qm_demo_view *view);

#endif
