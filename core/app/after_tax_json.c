/* SPDX-License-Identifier: MIT
 *
 * "tax" of a backtest's result: three lines by the account's method, years, other methods beside
 * it.
 */
#include "app/results.h"
#include "codec/json.h"
#include "engine/context.h"
#include "report/after_tax.h"

#include <math.h>

static void put_gains(qm_json_writer *w, const char *key, qm_tax_gains gains) {
    qm_json_key(w, key);
    qm_json_open_object(w);
    qm_json_put_decimal(w, "short_term", gains.short_term);
    qm_json_put_decimal(w, "long_term", gains.long_term);
    qm_json_close_object(w);
}

/* Returns after taxes are null without rates. */
static void put_lines(qm_json_writer *w, const qm_after_tax *t) {
    bool known = t->taxed || t->deferred;
    qm_json_put_string(w, "method", qm_tax_method_name(t->method));
    qm_json_put_double(w, "before", t->before);
    qm_json_put_double(w, "after_distributions", known ? t->after_held : NAN);
    qm_json_put_double(w, "after_liquidation", known ? t->after_sold : NAN);
    qm_json_put_double(w, "drag", known ? t->drag : NAN);
    put_gains(w, "realized", t->gains);
    put_gains(w, "unrealized", t->unrealised);
    qm_json_put_decimal(w, "wash_sales", t->washed);
    if (known) {
        qm_json_put_decimal(w, "tax", t->tax);
        qm_json_put_decimal(w, "liquidation_tax", t->tax_sold);
    }
}

static void put_years(qm_json_writer *w, const qm_after_tax *t) {
    qm_json_key(w, "years");
    qm_json_open_array(w);
    for (size_t i = 0; i < t->years.length; i++) {
        const qm_after_tax_year *y = &t->years.items[i];
        qm_json_open_object(w);
        qm_json_put_int(w, "year", y->year);
        put_gains(w, "realized", y->gains);
        qm_json_put_decimal(w, "qualified", y->qualified);
        qm_json_put_decimal(w, "ordinary", y->ordinary);
        qm_json_put_decimal(w, "wash_sales", y->washed);
        if (t->taxed) {
            qm_json_put_decimal(w, "tax", y->tax);
        }
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
}

static qm_status put_methods(const qm_result *r, qm_tax_method first, qm_json_writer *w,
                             qm_error *err) {
    qm_tax_method methods[QM_AFTER_TAX_METHODS];
    const qm_engine *e = r->desk->engine;
    int count = qm_after_tax_methods(first, qm_ctx_rates(e)->known, methods);
    qm_status status = QM_OK;
    qm_json_key(w, "methods");
    qm_json_open_array(w);
    for (int i = 0; i < count && status == QM_OK; i++) {
        qm_after_tax t;
        status = qm_report_after_tax(e, r->index, methods[i], &t, err);
        if (status == QM_OK) {
            qm_json_open_object(w);
            put_lines(w, &t);
            qm_json_close_object(w);
            qm_after_tax_fini(&t);
        }
    }
    qm_json_close_array(w);
    return status;
}

qm_status qm_result_tax(const qm_result *r, qm_json_writer *w, qm_error *err) {
    const qm_engine *e = r->desk->engine;
    const qm_tax_rates *rates = qm_ctx_rates(e);
    qm_sleeve_view view = qm_engine_sleeve(e, r->index);
    qm_after_tax t;
    qm_json_key(w, "tax");
    qm_status status = qm_report_after_tax(e, r->index, view.method, &t, err);
    if (status == QM_EINSUFFICIENT) { /* no bar was traded: there is nothing to tax */
        qm_json_null(w);
        return QM_OK;
    }
    if (status != QM_OK) {
        return status;
    }
    qm_json_open_object(w);
    qm_json_put_string(w, "status", t.deferred ? "deferred" : t.taxed ? "ok" : "no rates");
    if (rates->known) {
        put_gains(w, "rates", (qm_tax_gains){rates->short_term, rates->long_term});
    } else {
        qm_json_put_null(w, "rates");
    }
    put_lines(w, &t);
    qm_json_put_count(w, "needs_election", qm_after_tax_elections(e, r->index));
    put_years(w, &t);
    qm_after_tax_fini(&t);
    status = put_methods(r, view.method, w, err);
    qm_json_close_object(w);
    return status;
}
