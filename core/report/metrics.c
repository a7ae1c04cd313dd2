/* SPDX-License-Identifier: MIT
 *
 * Formulas: docs/reference/metrics.md.
 */
#include "base/calendar.h"
#include "report/report.h"
#include "report/statistics.h"

#include <math.h>

/* Deposits and withdrawals up to a date, walked along with the curve. */
typedef struct flows {
    const qm_txn *txns;
    size_t count, at;
} flows;

static double flow_until(flows *f, qm_date date) {
    double sum = 0;
    for (; f->at < f->count && f->txns[f->at].date <= date; f->at++) {
        if (f->txns[f->at].kind == QM_TXN_CASH) {
            sum += qm_decimal_to_double(f->txns[f->at].amount);
        }
    }
    return sum;
}

/* The last point of each session. */
static size_t last_of_day(const qm_equity_row *curve, size_t n, size_t i) {
    qm_date date = qm_calendar_session_of(curve[i].time);
    while (i + 1 < n && qm_calendar_session_of(curve[i + 1].time) == date) {
        i++;
    }
    return i;
}

qm_status qm_report_daily(const qm_engine *engine, uint32_t index, qm_daily_vec *out) {
    const qm_equity_row *curve;
    size_t n = qm_engine_equity_curve(engine, index, &curve);
    flows f = {0};
    f.count = qm_ledger_txns(qm_engine_sleeve(engine, index).ledger, &f.txns);
    double before = 0, growth = 1, peak = 1;
    for (size_t i = 0; i < n; i++) {
        i = last_of_day(curve, n, i);
        qm_daily day = {.date = qm_calendar_session_of(curve[i].time),
                        .equity = qm_total_to_double(curve[i].equity)};
        double flow = flow_until(&f, day.date);
        day.flow = flow;
        /* Money that comes in counts from the day's start, so it earns nothing by arriving. */
        double base = before + flow;
        growth *= base > 0 ? day.equity / base : 1;
        peak = growth > peak ? growth : peak;
        day.growth = growth;
        day.drawdown = growth / peak - 1;
        before = day.equity;
        if (qm_vec_push(out, &day) != QM_OK) {
            return QM_ENOMEM;
        }
    }
    return QM_OK;
}

static void measure_returns(const qm_daily_vec *days, qm_metrics *m) {
    double mean = 0, squares = 0;
    for (size_t i = 0; i < days->length; i++) {
        double r = days->items[i].growth / (i ? days->items[i - 1].growth : 1) - 1;
        double delta = r - mean;
        mean += delta / (double)(i + 1);
        squares += delta * (r - mean);
    }
    m->days = days->length;
    m->first = days->items[0].date;
    m->last = days->items[days->length - 1].date;
    double growth = days->items[days->length - 1].growth;
    m->total_return = growth - 1;
    double years = (m->last - m->first) / 365.25;
    if (years >= QM_YEARS_MIN && growth > 0) {
        m->cagr = pow(growth, 1 / years) - 1;
    }
    if (days->length >= 20) {
        double deviation = sqrt(squares / (double)(days->length - 1));
        m->volatility = deviation * sqrt(QM_SESSIONS_A_YEAR);
        if (deviation > 0) {
            m->sharpe = mean / deviation * sqrt(QM_SESSIONS_A_YEAR);
        }
    }
}

static void measure_drawdown(const qm_daily_vec *days, qm_metrics *m) {
    qm_date peak_date = days->items[0].date;
    double peak = 1;
    m->max_drawdown = 0;
    for (size_t i = 0; i < days->length; i++) {
        const qm_daily *day = &days->items[i];
        if (day->growth >= peak) {
            peak = day->growth;
            peak_date = day->date;
        }
        if (day->drawdown < m->max_drawdown) {
            m->max_drawdown = day->drawdown;
            m->drawdown_from = peak_date;
            m->drawdown_to = day->date;
        }
    }
}

static void measure_trades(const qm_ledger *ledger, qm_metrics *m) {
    const qm_realized *rows;
    size_t n = qm_ledger_realized(ledger, &rows);
    double gains = 0, losses = 0;
    for (size_t i = 0; i < n; i++) {
        double gain = qm_decimal_to_double(rows[i].gain);
        m->wins += gain > 0;
        gains += gain > 0 ? gain : 0;
        losses += gain < 0 ? -gain : 0;
    }
    m->trades = n;
    m->profit_factor = losses > 0 ? gains / losses : NAN;
}

/* Money bought and sold, and the cost per trade in basis points of it at which the profit is gone.
 */
static qm_status measure_turnover(const qm_engine *engine, uint32_t index, qm_metrics *m) {
    const qm_ledger *ledger = qm_engine_sleeve(engine, index).ledger;
    const qm_txn *txns;
    size_t n = qm_ledger_txns(ledger, &txns);
    for (size_t i = 0; i < n; i++) {
        if (txns[i].kind != QM_TXN_TRADE) {
            continue;
        }
        qm_decimal amount;
        qm_status status =
            qm_decimal_amount(txns[i].qty, txns[i].multiplier, txns[i].price, &amount);
        if (status == QM_OK) {
            status = amount.raw < 0 ? qm_total_sub(&m->traded, amount)
                                    : qm_total_add(&m->traded, amount);
        }
        if (status != QM_OK) {
            return status;
        }
    }
    double profit = qm_total_to_double(qm_engine_equity(engine, index)) -
                    qm_total_to_double(qm_ledger_deposits(ledger));
    double traded = qm_total_to_double(m->traded);
    m->break_even_bps = traded > 0 ? 1e4 * profit / traded : NAN;
    return QM_OK;
}

qm_status qm_report_metrics_of(const qm_engine *engine, uint32_t index, const qm_daily_vec *days,
                               qm_metrics *out) {
    qm_metrics m = {.total_return = NAN,
                    .cagr = NAN,
                    .volatility = NAN,
                    .sharpe = NAN,
                    .max_drawdown = NAN,
                    .first = QM_DATE_NONE,
                    .last = QM_DATE_NONE,
                    .drawdown_from = QM_DATE_NONE,
                    .drawdown_to = QM_DATE_NONE};
    if (days->length > 0) {
        measure_returns(days, &m);
        measure_drawdown(days, &m);
    }
    measure_trades(qm_engine_sleeve(engine, index).ledger, &m);
    qm_status status = measure_turnover(engine, index, &m);
    if (status == QM_OK) {
        *out = m;
    }
    return status;
}

qm_status qm_report_metrics(const qm_engine *engine, uint32_t index, qm_metrics *out) {
    qm_daily_vec days = {0};
    qm_status status = qm_report_daily(engine, index, &days);
    status = status == QM_OK ? qm_report_metrics_of(engine, index, &days, out) : status;
    qm_vec_fini(&days);
    return status;
}
