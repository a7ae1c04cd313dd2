/* SPDX-License-Identifier: MIT
 *
 * The metrics in the text summary: one row a figure, one column a strategy.
 */
#include "report/internal.h"
#include "report/performance.h"

#include <inttypes.h>
#include <math.h>

/* How a row is written: a change in percent has a sign, a part has none. */
typedef enum style { PERCENT, PART, NUMBER, COUNT } style;

typedef struct figure {
    const char *name;
    style style;
    double value;
} figure;

static void put_figure(qm_figure *out, const figure *f) {
    out->name = f->name;
    switch (f->style) {
    case PERCENT:
        qm_report_percent(out->text, f->value);
        break;
    case PART:
        if (isnan(f->value)) {
            qm_report_put(out->text, "n/a");
        } else {
            qm_report_put(out->text, "%.2f%%", 100 * f->value);
        }
        break;
    case NUMBER:
        qm_report_number(out->text, f->value, 2);
        break;
    case COUNT:
        qm_report_number(out->text, f->value, 0);
        break;
    }
}

int qm_report_figures(const qm_performance *p, bool versus, qm_figure out[QM_FIGURES_MAX]) {
    const qm_trip_summary *t = &p->trips;
    const figure own[] = {{"return, money-weighted, a year", PERCENT, p->irr},
                          {"volatility", PART, p->base.volatility},
                          {"sharpe, 95% from", NUMBER, p->bootstrap.sharpe.low},
                          {"sharpe, 95% to", NUMBER, p->bootstrap.sharpe.high},
                          {"return, 95% from", PERCENT, p->bootstrap.total_return.low},
                          {"return, 95% to", PERCENT, p->bootstrap.total_return.high},
                          {"sortino", NUMBER, p->sortino},
                          {"calmar", NUMBER, p->calmar},
                          {"worst drawdown, days", COUNT, (double)p->drawdown_days},
                          {"longest drawdown, days", COUNT, (double)p->longest_days},
                          {"value at risk 95%, a day", PART, p->tail.var},
                          {"expected shortfall 95%, a day", PART, p->tail.cvar},
                          {"tail ratio", NUMBER, p->tail.ratio},
                          {"exposure", PART, p->exposure},
                          {"turnover, a year", PART, p->turnover},
                          {"round trips", COUNT, (double)t->count},
                          {"win rate", PART, t->win_rate},
                          {"profit factor, round trips", NUMBER, t->profit_factor},
                          {"expectancy, a round trip", NUMBER, t->expectancy},
                          {"adverse excursion, mean", PERCENT, t->average_mae},
                          {"favourable excursion, mean", PERCENT, t->average_mfe},
                          {"R, mean", NUMBER, t->average_r}};
    const figure against[] = {{"benchmark, return", PERCENT, p->versus.total_return},
                              {"alpha, a year", PERCENT, p->versus.relative.alpha},
                              {"beta", NUMBER, p->versus.relative.beta},
                              {"information ratio", NUMBER, p->versus.relative.information_ratio}};
    int n = 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        put_figure(&out[n++], &own[i]);
    }
    for (size_t i = 0; versus && i < sizeof against / sizeof *against; i++) {
        put_figure(&out[n++], &against[i]);
    }
    return n;
}

static qm_status put_strategy(const char *name, const qm_performance *p, bool versus,
                              const qm_report_options *options, qm_buf *out) {
    static const bool right[] = {false, true};
    const char *headers[] = {name, ""};
    qm_figure figures[QM_FIGURES_MAX];
    qm_table *table = NULL;
    int n = qm_report_figures(p, versus, figures);
    qm_status status = qm_table_new(headers, right, 2, &table);
    if (status != QM_OK) {
        return status;
    }
    for (int i = 0; i < n && status == QM_OK; i++) {
        const char *cells[] = {figures[i].name, figures[i].text};
        status = qm_table_row(table, cells);
    }
    status = status == QM_OK ? qm_table_print(table, options->color, 0, out) : status;
    if (versus && p->versus.missing > 0) {
        qm_buf_printf(out, "the benchmark has no close on %" PRIu64 " sessions of the run\n",
                      p->versus.missing);
    }
    qm_table_free(table);
    return status;
}

qm_status qm_text_metrics(qm_engine *engine, const qm_report_options *options, qm_buf *out) {
    qm_performance_options how = {
        .benchmark = options->benchmark, .resamples = QM_RESAMPLES, .seed = QM_BOOTSTRAP_SEED};
    qm_status status = QM_OK;
    qm_report_heading(options, "Metrics", out);
    for (uint32_t i = 0; i < qm_engine_count(engine) && status == QM_OK; i++) {
        qm_performance p;
        qm_sleeve_view view = qm_engine_sleeve(engine, i);
        if (view.spec->job) {
            continue;
        }
        status = qm_report_performance(engine, i, &how, &p);
        if (status == QM_OK) {
            status = put_strategy(view.spec->name, &p, how.benchmark != NULL, options, out);
        }
    }
    return status;
}
