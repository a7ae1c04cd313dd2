/* SPDX-License-Identifier: MIT
 *
 * What taxes make of the result: by year, and by method of lot relief side by side.
 */
#include "report/after_tax.h"
#include "report/internal.h"

static const char *money(cell out, qm_decimal value) {
    return qm_report_money(out, qm_total_from(value));
}

static const char *known_percent(cell out, bool known, double value) {
    return known ? qm_report_percent(out, value) : "no rates";
}

static void put_years(const qm_after_tax *t, qm_buf *out) {
    static const char *const headers[] = {
        "Year",       "Short term", "Long term", "Qualified dividends", "Ordinary income",
        "Wash sales", "Tax",        NULL};
    qm_page_open_table(out, "Realised gains by term and year", headers);
    for (size_t i = 0; i < t->years.length; i++) {
        const qm_after_tax_year *y = &t->years.items[i];
        cell c[7];
        const char *cells[] = {qm_report_put(c[0], "%d", y->year),
                               money(c[1], y->gains.short_term),
                               money(c[2], y->gains.long_term),
                               money(c[3], y->qualified),
                               money(c[4], y->ordinary),
                               money(c[5], y->washed),
                               t->taxed      ? money(c[6], y->tax)
                               : t->deferred ? "deferred"
                                             : "no rates"};
        qm_page_row(out, cells, 7);
    }
    qm_buf_puts(out, "</table></details>\n");
}

static void put_method(const qm_after_tax *t, qm_buf *out) {
    cell c[8];
    bool known = t->taxed || t->deferred;
    const char *cells[] = {qm_tax_method_name(t->method),
                           qm_report_percent(c[1], t->before),
                           known_percent(c[2], known, t->after_held),
                           known_percent(c[3], known, t->after_sold),
                           known_percent(c[4], known, t->drag),
                           known ? money(c[5], t->tax) : "no rates",
                           money(c[6], t->gains.short_term),
                           money(c[7], t->gains.long_term),
                           NULL};
    qm_page_row(out, cells, 8);
}

static qm_status put_methods(const qm_engine *engine, uint32_t index, qm_tax_method first,
                             qm_buf *out) {
    static const char *const headers[] = {"Lots relieved by",     "Before tax",  "Held",
                                          "Sold on the last day", "Drag a year", "Tax",
                                          "Short term",           "Long term",   NULL};
    qm_tax_method methods[QM_AFTER_TAX_METHODS];
    int count = qm_after_tax_methods(first, qm_ctx_rates(engine)->known, methods);
    qm_status status = QM_OK;
    qm_page_open_table(out, "After tax, by method", headers);
    for (int i = 0; i < count && status == QM_OK; i++) {
        qm_after_tax t;
        status = qm_report_after_tax(engine, index, methods[i], &t, NULL);
        if (status == QM_OK) {
            put_method(&t, out);
            qm_after_tax_fini(&t);
        }
    }
    qm_buf_puts(out, "</table></details>\n");
    return status;
}

qm_status qm_page_tax(const qm_engine *engine, uint32_t index, qm_buf *out) {
    qm_sleeve_view view = qm_engine_sleeve(engine, index);
    qm_after_tax t;
    qm_status status = qm_report_after_tax(engine, index, view.method, &t, NULL);
    if (status != QM_OK) {
        return status == QM_EINSUFFICIENT ? QM_OK : status;
    }
    qm_buf_puts(out, "<h3>Taxes</h3>\n");
    put_years(&t, out);
    qm_after_tax_fini(&t);
    return put_methods(engine, index, view.method, out);
}
