/* SPDX-License-Identifier: MIT */
#include "app/demo_view.h"

#include "loop/loop.h"
#include "report/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { SESSIONS_A_LINE = 126, FRAME_NS = 50000000 };

void qm_demo_begin(qm_demo_view *view) {
    *view = (qm_demo_view){.terminal = isatty(STDOUT_FILENO) != 0};
}

/* Takes the table off the terminal; the next drawing starts where it stood. */
static void erase(qm_demo_view *view) {
    if (view->lines > 0) {
        printf("\x1b[%dA\x1b[J", view->lines);
        view->lines = 0;
    }
}

void qm_demo_say(qm_demo_view *view, const char *format, ...) {
    va_list args;
    erase(view);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
    view->drawn_at = 0;
}

static unsigned open_orders(const qm_engine *engine, uint32_t index) {
    size_t cursor = 0;
    unsigned n = 0;
    while (qm_order_book_next_open(qm_engine_orders(engine), index, &cursor)) {
        n++;
    }
    return n;
}

static void put_rows(const qm_engine *engine, qm_buf *out) {
    static const char *const headers[] = {"strategy", "equity", "positions", "orders", "decisions"};
    static const bool right[] = {false, true, true, true, true};
    qm_table *table;
    if (qm_table_new(headers, right, 5, &table) != QM_OK) {
        return;
    }
    for (uint32_t i = 0; i < qm_engine_count(engine); i++) {
        qm_sleeve_view v = qm_engine_sleeve(engine, i);
        const qm_position *positions;
        char held[16], orders[16], decisions[24];
        qm_buf equity;
        qm_buf_init(&equity, 64);
        qm_put_money(&equity, qm_engine_equity(engine, i));
        snprintf(held, sizeof held, "%zu", qm_ledger_positions(v.ledger, &positions));
        snprintf(orders, sizeof orders, "%u", open_orders(engine, i));
        snprintf(decisions, sizeof decisions, "%llu", (unsigned long long)v.decisions);
        const char *cells[] = {v.spec->name, equity.data, held, orders, decisions};
        qm_table_row(table, cells);
        qm_buf_fini(&equity);
    }
    qm_table_print(table, true, 2, out);
    qm_table_free(table);
}

static void draw(qm_demo_view *view, const qm_engine *engine, const char *date) {
    qm_buf out;
    qm_buf_init(&out, 1 << 16);
    qm_buf_printf(&out, "\n  %s\n", date);
    put_rows(engine, &out);
    erase(view);
    for (size_t i = 0; i < out.length; i++) {
        view->lines += out.data[i] == '\n';
    }
    fwrite(out.data, 1, out.length, stdout);
    fflush(stdout);
    qm_buf_fini(&out);
}

static void put_line(const qm_engine *engine, const char *date) {
    printf("%s", date);
    for (uint32_t i = 0; i < qm_engine_count(engine); i++) {
        qm_sleeve_view v = qm_engine_sleeve(engine, i);
        const qm_position *positions;
        qm_buf equity;
        qm_buf_init(&equity, 64);
        qm_put_money(&equity, qm_engine_equity(engine, i));
        printf("  %s %s (%zu positions, %u orders)", v.spec->name, equity.data,
               qm_ledger_positions(v.ledger, &positions), open_orders(engine, i));
        qm_buf_fini(&equity);
    }
    putchar('\n');
}

void qm_demo_step(qm_demo_view *view, const qm_engine *engine) {
    char date[QM_DATE_BUF];
    qm_date_format(qm_engine_date(engine), date);
    view->steps++;
    if (!view->terminal) {
        if (view->steps % SESSIONS_A_LINE == 1) {
            put_line(engine, date);
        }
        return;
    }
    int64_t now = qm_loop_monotonic_ns();
    if (now - view->drawn_at >= FRAME_NS) {
        view->drawn_at = now;
        draw(view, engine, date);
    }
}

void qm_demo_end(qm_demo_view *view) {
    view->lines = 0;
}
