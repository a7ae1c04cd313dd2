/* SPDX-License-Identifier: MIT
 *
 * Formulas: docs/reference/metrics.md.
 */
#include "report/performance.h"

#include "base/calendar.h"

#include <math.h>

static double return_of(const qm_daily_vec *days, size_t i) {
    return days->items[i].growth / (i ? days->items[i - 1].growth : 1) - 1;
}

static void measure_lengths(const qm_daily_vec *days, qm_performance *p) {
    qm_date peak_date = days->items[0].date, last = days->items[days->length - 1].date;
    for (size_t i = 0; i < days->length; i++) {
        const qm_daily *day = &days->items[i];
        int64_t length = day->date - peak_date;
        bool at_peak = day->drawdown >= 0;
        /* It lasts until the session that is back at the peak, or as long as the run. */
        bool ends = i > 0 && at_peak && days->items[i - 1].drawdown < 0;
        if (!at_peak || ends) {
            p->longest_days = length > p->longest_days ? length : p->longest_days;
        }
        if (ends && p->recovered == QM_DATE_NONE && p->base.drawdown_to != QM_DATE_NONE &&
            day->date > p->base.drawdown_to) {
            p->recovered = day->date;
        }
        peak_date = at_peak ? day->date : peak_date;
    }
    if (p->base.drawdown_from != QM_DATE_NONE) {
        qm_date until = p->recovered == QM_DATE_NONE ? last : p->recovered;
        p->drawdown_days = until - p->base.drawdown_from;
    }
}

/* Of the last point of each session. What is not cash is invested. */
static void measure_exposure(const qm_engine *engine, uint32_t index, qm_performance *p) {
    const qm_equity_row *curve;
    size_t n = qm_engine_equity_curve(engine, index, &curve), days = 0, in_market = 0;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n &&
            qm_calendar_session_of(curve[i].time) == qm_calendar_session_of(curve[i + 1].time)) {
            continue;
        }
        double equity = qm_total_to_double(curve[i].equity);
        double invested = equity - qm_total_to_double(curve[i].cash);
        in_market += qm_total_cmp(curve[i].equity, curve[i].cash) != 0;
        sum += equity > 0 ? fabs(invested) / equity : 0;
        days++;
    }
    p->exposure = days ? sum / (double)days : NAN;
    p->in_market = days ? (double)in_market / (double)days : NAN;
}

static qm_status measure_turnover(const qm_ledger *ledger, const qm_daily_vec *days,
                                  qm_performance *p) {
    const qm_txn *txns;
    size_t n = qm_ledger_txns(ledger, &txns);
    for (size_t i = 0; i < n; i++) {
        qm_decimal amount;
        if (txns[i].kind != QM_TXN_TRADE) {
            continue;
        }
        qm_status status =
            qm_decimal_amount(txns[i].qty, txns[i].multiplier, txns[i].price, &amount);
        if (status == QM_OK) {
            status =
                amount.raw < 0 ? qm_total_sub(&p->sold, amount) : qm_total_add(&p->bought, amount);
        }
        if (status != QM_OK) {
            return status;
        }
    }
    double equity = 0, years = (p->base.last - p->base.first) / 365.25;
    for (size_t i = 0; i < days->length; i++) {
        equity += days->items[i].equity;
    }
    equity /= (double)days->length;
    double least = fmin(qm_total_to_double(p->bought), qm_total_to_double(p->sold));
    p->turnover = years >= QM_YEARS_MIN && equity > 0 ? least / equity / years : NAN;
    return QM_OK;
}

static qm_status measure_irr(const qm_ledger *ledger, const qm_daily_vec *days, qm_performance *p) {
    const qm_txn *txns;
    size_t n = qm_ledger_txns(ledger, &txns);
    QM_VEC(qm_stat_flow) flows = {0};
    qm_status status = QM_OK;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        if (txns[i].kind == QM_TXN_CASH && txns[i].date <= p->base.last) {
            /* What was there before the first session works from it on, as in the other returns. */
            qm_date date = txns[i].date < p->base.first ? p->base.first : txns[i].date;
            qm_stat_flow flow = {date, qm_decimal_to_double(txns[i].amount)};
            status = qm_vec_push(&flows, &flow);
        }
    }
    if (status == QM_OK && (p->base.last - p->base.first) / 365.25 >= QM_YEARS_MIN) {
        double end = days->items[days->length - 1].equity;
        p->irr = qm_stat_irr(flows.items, flows.length, end, p->base.last);
    }
    qm_vec_fini(&flows);
    return status;
}

void qm_benchmark_growth(const qm_benchmark *b, const qm_daily_vec *days, double *out) {
    size_t at = 0;
    double first = NAN;
    for (size_t i = 0; i < days->length; i++) {
        while (at < b->n && b->dates[at] < days->items[i].date) {
            at++;
        }
        bool has = at < b->n && b->dates[at] == days->items[i].date;
        first = has && isnan(first) ? b->closes[at] : first;
        out[i] = has ? b->closes[at] / first : NAN;
    }
}

void qm_rolling_sharpe(const qm_daily_vec *days, size_t window, double *out) {
    double sum = 0, squares = 0;
    for (size_t i = 0; i < days->length; i++) {
        double r = return_of(days, i), old = i >= window ? return_of(days, i - window) : 0;
        sum += r - old;
        squares += r * r - old * old;
        double mean = sum / (double)window;
        double variance = (squares - sum * mean) / (double)(window - 1);
        out[i] = i + 1 >= window && variance > 1e-16
                     ? mean / sqrt(variance) * sqrt(QM_SESSIONS_A_YEAR)
                     : NAN;
    }
}

/* growth: of the benchmark. Sessions that it does not have are left out of both, so that each pair
 * of returns spans the same days. r, b: room for the pairs. */
static void compare(const qm_daily_vec *days, const double *growth, double *r, double *b,
                    qm_performance *p) {
    qm_versus *v = &p->versus;
    size_t n = 0, before = days->length, first = 0;
    double peak = 0, worst = 0;
    for (size_t i = 0; i < days->length; i++) {
        if (isnan(growth[i])) {
            v->missing++;
            continue;
        }
        v->sessions++;
        peak = fmax(peak, growth[i]);
        worst = fmin(worst, growth[i] / peak - 1);
        if (before == days->length) {
            first = i;
        } else {
            r[n] = days->items[i].growth / days->items[before].growth - 1;
            b[n++] = growth[i] / growth[before] - 1;
        }
        before = i;
    }
    if (n > 0) {
        double years = (days->items[before].date - days->items[first].date) / 365.25;
        v->total_return = growth[before] - 1;
        v->max_drawdown = worst;
        v->cagr = years >= QM_YEARS_MIN ? pow(growth[before], 1 / years) - 1 : NAN;
    }
    v->relative = qm_stat_measure_relative(r, b, n);
}

static qm_status measure_versus(const qm_benchmark *benchmark, const qm_daily_vec *days,
                                qm_performance *p) {
    double *room = qm_calloc(3 * days->length, sizeof *room);
    if (!room) {
        return QM_ENOMEM;
    }
    qm_benchmark_growth(benchmark, days, room);
    compare(days, room, room + days->length, room + 2 * days->length, p);
    qm_free(room);
    return QM_OK;
}

static qm_status measure_returns(const qm_daily_vec *days, const qm_performance_options *o,
                                 qm_performance *p) {
    size_t n = days->length;
    double *r = qm_calloc(n, sizeof *r);
    if (!r) {
        return QM_ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        r[i] = return_of(days, i);
    }
    p->sortino = qm_stat_sortino(r, n);
    p->calmar = p->base.max_drawdown < 0 ? p->base.cagr / -p->base.max_drawdown : NAN;
    p->bootstrap = (qm_stat_bootstrap){.resamples = o->resamples, .seed = o->seed};
    qm_status status = qm_stat_measure_tail(r, n, &p->tail);
    status = status == QM_OK ? qm_stat_measure_bootstrap(r, n, &p->bootstrap) : status;
    qm_free(r);
    return status;
}

static qm_status measure(const qm_engine *engine, uint32_t index, const qm_daily_vec *days,
                         const qm_performance_options *o, qm_performance *p) {
    const qm_ledger *ledger = qm_engine_sleeve(engine, index).ledger;
    measure_lengths(days, p);
    measure_exposure(engine, index, p);
    qm_status status = measure_returns(days, o, p);
    status = status == QM_OK ? measure_turnover(ledger, days, p) : status;
    status = status == QM_OK ? measure_irr(ledger, days, p) : status;
    return status == QM_OK && o->benchmark ? measure_versus(o->benchmark, days, p) : status;
}

static qm_status measure_trips(const qm_engine *engine, uint32_t index, qm_performance *p) {
    qm_round_trips trips = {0};
    qm_status status = qm_report_round_trips(engine, index, &trips);
    status = status == QM_OK ? qm_round_trips_sum(&trips, &p->trips) : status;
    qm_round_trips_fini(&trips);
    return status;
}

qm_status qm_report_performance(const qm_engine *engine, uint32_t index,
                                const qm_performance_options *options, qm_performance *out) {
    qm_performance p = {.irr = NAN,
                        .sortino = NAN,
                        .calmar = NAN,
                        .recovered = QM_DATE_NONE,
                        .exposure = NAN,
                        .in_market = NAN,
                        .turnover = NAN,
                        .tail = {NAN, NAN, NAN},
                        .bootstrap = {.total_return = {NAN, NAN}, .sharpe = {NAN, NAN}},
                        .versus = {.total_return = NAN, .cagr = NAN, .max_drawdown = NAN}};
    qm_daily_vec days = {0};
    p.versus.relative = (qm_stat_relative){NAN, NAN, NAN, NAN, NAN};
    qm_status status = qm_report_daily(engine, index, &days);
    status = status == QM_OK ? qm_report_metrics_of(engine, index, &days, &p.base) : status;
    if (status == QM_OK && days.length > 0) {
        status = measure(engine, index, &days, options, &p);
    }
    status = status == QM_OK ? measure_trips(engine, index, &p) : status;
    qm_vec_fini(&days);
    if (status == QM_OK) {
        *out = p;
    }
    return status;
}
