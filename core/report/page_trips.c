/* SPDX-License-Identifier: MIT
 *
 * The table of round trips, with a filter over its rows.
 */
#include "report/internal.h"

enum { TRIPS_SHOWN = 2000, COLUMNS = 11 };

static void put_trip(const qm_engine *engine, const qm_round_trip *t, qm_buf *out) {
    cell c[COLUMNS];
    int won = qm_total_cmp(t->profit, (qm_total){0});
    const char *cells[COLUMNS] = {qm_report_symbol(engine, t->instrument),
                                  t->is_short ? "short" : "long",
                                  qm_report_date(c[2], t->entered),
                                  qm_report_date(c[3], t->exited),
                                  qm_report_decimal(c[4], t->qty),
                                  qm_report_money(c[5], t->profit),
                                  qm_report_money(c[6], t->fees),
                                  qm_report_percent(c[7], t->mae),
                                  qm_report_percent(c[8], t->mfe),
                                  qm_report_number(c[9], t->r, 2),
                                  won > 0   ? "won"
                                  : won < 0 ? "lost"
                                            : "even"};
    qm_page_row(out, cells, COLUMNS);
}

qm_status qm_page_trips(const qm_engine *engine, uint32_t index, qm_buf *out) {
    static const char *const headers[] = {"Symbol",     "Side",   "Entered", "Exited",
                                          "Qty",        "Profit", "Fees",    "Adverse",
                                          "Favourable", "R",      "",        NULL};
    qm_round_trips trips = {0};
    qm_status status = qm_report_round_trips(engine, index, &trips);
    size_t n = trips.closed.length, first = n > TRIPS_SHOWN ? n - TRIPS_SHOWN : 0;
    if (status == QM_OK && n > 0) {
        cell title;
        qm_buf_puts(out, "<input class=\"filter\" hidden placeholder=\"Filter trades: symbol, "
                         "side, date, won\">");
        qm_page_open_table(
            out,
            first ? qm_report_put(title, "Round trips (the last %d of %zu)", TRIPS_SHOWN, n)
                  : "Round trips",
            headers);
        for (size_t i = first; i < n; i++) {
            put_trip(engine, &trips.closed.items[i], out);
        }
        qm_buf_puts(out, "</table></details>\n");
    }
    qm_round_trips_fini(&trips);
    return status == QM_OK ? out->status : status;
}
