/* SPDX-License-Identifier: MIT */
#include "report/internal.h"

#include <inttypes.h>

const char qm_page_style[] =
    ":root{color-scheme:light dark;--ink:#1d2733;--soft:#64707d;--line:#e3e8ee;--paper:#fff;"
    "--blue:#1f5fa8;--red:#b3382c;--green:#1c7c54;--band:#c28f2c}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6ebf1;--soft:#98a4b3;--line:#2c3641;"
    "--paper:#12171d;--blue:#6ea8e8;--red:#e57a6e;--green:#58c193;--band:#d8ab55}}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:980px;padding:32px 28px 64px;background:var(--paper);"
    "color:var(--ink);font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}"
    "h1{font-size:26px;margin:0 0 4px}h2{font-size:20px;margin:48px 0 8px;padding-top:16px;"
    "border-top:2px solid var(--ink)}h3{font-size:15px;margin:28px 0 4px}"
    "p{margin:4px 0}.note{color:var(--soft);font-size:13px}"
    ".synthetic{display:inline-block;padding:2px 10px;border-radius:10px;color:#fff;"
    "background:#a3271b;font-weight:600}"
    "svg{width:100%;height:auto;display:block;margin:8px 0}"
    "svg text{fill:var(--soft);font-size:11px}svg text.y{text-anchor:end}"
    ".grid{stroke:var(--line);stroke-width:1}"
    "path{fill:none;stroke-linejoin:round}.equity{stroke:var(--blue);stroke-width:1.6}"
    ".drawdown{stroke:var(--red);stroke-width:1;fill:var(--red);fill-opacity:.2}"
    ".benchmark{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:5 3}"
    "input{font:inherit;padding:4px 8px;margin:8px 0;width:100%;max-width:340px}"
    ".price{stroke:var(--ink);stroke-width:1.1}.band{stroke:var(--band);stroke-width:.9;"
    "stroke-dasharray:3 2}.buy{fill:var(--green)}.sell{fill:var(--red)}"
    "table{border-collapse:collapse;width:100%;font-size:13px}"
    "th{color:var(--soft);font-weight:600;text-align:right}td{text-align:right}"
    "th,td{padding:3px 8px;border-bottom:1px solid var(--line)}"
    ".rows th:first-child,.rows td:first-child,.all th:first-child,.all td:first-child"
    "{text-align:left}.months td,.months th{text-align:center;padding:4px 2px}"
    ".gain{background:color-mix(in srgb,var(--green) var(--heat),transparent)}"
    ".loss{background:color-mix(in srgb,var(--red) var(--heat),transparent)}"
    ".metrics{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));gap:10px 18px;"
    "margin:16px 0}.metrics div{border-left:3px solid var(--line);padding-left:10px}"
    "dt::first-letter{text-transform:uppercase}dt{color:var(--soft);font-size:12px}dd{margin:0;"
    "font-weight:600}"
    "details{margin:20px 0}summary{cursor:pointer;font-weight:600}"
    "code{font-size:12px;word-break:break-all}"
    "@media print{details{break-inside:avoid}h2{break-before:page}}";

static void put_head(const qm_report_options *options, qm_buf *out) {
    const char *title = options->title ? options->title : "QuantMatrix report";
    qm_buf_puts(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                     "<meta name=\"viewport\" content=\"width=device-width\"><title>");
    qm_html_text(out, title);
    qm_buf_puts(out, "</title><style>");
    qm_buf_puts(out, qm_page_style);
    qm_buf_puts(out, "</style></head><body>\n<h1>");
    qm_html_text(out, title);
    qm_buf_puts(out, "</h1>\n");
    if (options->synthetic) {
        qm_buf_puts(out, "<p><span class=\"synthetic\">Synthetic prices</span> made by a seeded "
                         "generator: no instrument of this name exists.</p>\n");
    }
    qm_buf_puts(out, "<p class=\"note\">Costs: ");
    qm_html_text(out, options->costs ? options->costs : "none");
    qm_buf_puts(out, ". Before tax. Returns are time-weighted.</p>\n");
}

static qm_status put_overview(qm_engine *engine, qm_buf *out) {
    qm_buf_puts(out, "<table class=\"all\"><tr><th>Strategy</th><th>Equity</th><th>Return</th>"
                     "<th>A year</th><th>Drawdown</th><th>Sharpe</th><th>Positions</th></tr>\n");
    for (uint32_t i = 0; i < qm_engine_count(engine); i++) {
        qm_sleeve_view view = qm_engine_sleeve(engine, i);
        if (view.spec->job) {
            continue;
        }
        qm_metrics m;
        qm_status status = qm_report_metrics(engine, i, &m);
        if (status != QM_OK) {
            return status;
        }
        const qm_position *positions;
        cell a, b, c, d, e;
        qm_buf_puts(out, "<tr><td>");
        qm_html_text(out, view.spec->name);
        qm_buf_printf(out, "</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%zu",
                      qm_report_money(a, qm_engine_equity(engine, i)),
                      qm_report_percent(b, m.total_return), qm_report_percent(c, m.cagr),
                      qm_report_percent(d, m.max_drawdown), qm_report_number(e, m.sharpe, 2),
                      qm_ledger_positions(view.ledger, &positions));
        qm_buf_puts(out, "</td></tr>\n");
    }
    qm_buf_puts(out, "</table>\n");
    return QM_OK;
}

static qm_status put_strategy(qm_engine *engine, uint32_t index, const qm_benchmark *benchmark,
                              qm_buf *out) {
    qm_sleeve_view view = qm_engine_sleeve(engine, index);
    char hash[QM_SHA256_HEX];
    qm_status status = qm_engine_decision_hash(engine, index, hash, NULL);
    if (status != QM_OK) {
        return status;
    }
    qm_buf_puts(out, "<h2>");
    qm_html_text(out, view.spec->name);
    qm_buf_puts(out, "</h2>\n");
    if (view.fault[0]) {
        qm_buf_puts(out, "<p><b>Stopped by an error:</b> ");
        qm_html_text(out, view.fault);
        qm_buf_puts(out, "</p>\n");
    }
    qm_status (*const parts[])(const qm_engine *, uint32_t,
                               qm_buf *) = {qm_chart_months, qm_chart_sharpe, qm_chart_price};
    status = qm_chart_equity(engine, index, benchmark, out);
    for (size_t i = 0; status == QM_OK && i < sizeof parts / sizeof parts[0]; i++) {
        status = parts[i](engine, index, out);
    }
    if (status == QM_OK) {
        status = qm_page_tables(engine, index, benchmark, out);
    }
    qm_buf_printf(out,
                  "<p class=\"note\">Decision hash (%" PRIu64 " decisions): <code>%s</code></p>\n",
                  view.decisions, hash);
    return status;
}

static void put_facts(const qm_report_options *options, qm_buf *out) {
    static const char *const headers[] = {"What it was made of", "", NULL};
    if (options->fact_count == 0) {
        return;
    }
    qm_buf_puts(out, "<h2>Parameters and seal</h2>\n");
    qm_page_open_table(out, "qm verify runs it again from here", headers);
    for (size_t i = 0; i < options->fact_count; i++) {
        const char *cells[] = {options->facts[i].name, options->facts[i].value};
        qm_page_row(out, cells, 2);
    }
    qm_buf_puts(out, "</table></details>\n");
}

/* Rows of the table behind an input are shown when they hold all of its words. */
static const char FILTER[] =
    "<script>document.querySelectorAll('input.filter').forEach(function(i){i.hidden=false;"
    "i.oninput=function(){var w=i.value.toLowerCase().split(' ');"
    "i.nextElementSibling.querySelectorAll('tr').forEach(function(r,n){"
    "var t=r.textContent.toLowerCase();"
    "r.hidden=n>0&&!w.every(function(x){return t.indexOf(x)>=0})})}})</script>\n";

qm_status qm_report_html(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    put_head(options, out);
    qm_status status = put_overview(engine, out);
    for (uint32_t i = 0; status == QM_OK && i < qm_engine_count(engine); i++) {
        if (!qm_engine_sleeve(engine, i).spec->job) {
            status = put_strategy(engine, i, options->benchmark, out);
        }
    }
    put_facts(options, out);
    qm_buf_puts(out, FILTER);
    qm_buf_puts(out, "</body></html>\n");
    return status == QM_OK ? out->status : status;
}
