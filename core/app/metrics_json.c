/* SPDX-License-Identifier: MIT
 *
 * "metrics" of a backtest's result. Money is strings; what is not defined for the run is null.
 */
#include "app/results.h"

static void put_number(qm_json_writer *w, const char *key, double value) {
    qm_json_key(w, key);
    qm_json_double(w, value);
}

static void put_count(qm_json_writer *w, const char *key, uint64_t value) {
    qm_json_key(w, key);
    qm_json_int(w, (int64_t)value);
}

static void put_total(qm_json_writer *w, const char *key, qm_total value) {
    qm_json_key(w, key);
    qm_json_total(w, value);
}

static void put_date(qm_json_writer *w, const char *key, qm_date date) {
    qm_json_key(w, key);
    qm_json_date(w, date);
}

static void put_returns(const qm_performance *p, qm_json_writer *w) {
    put_number(w, "time_weighted_return", p->base.total_return);
    put_number(w, "money_weighted_return", p->irr);
    put_number(w, "cagr", p->base.cagr);
    put_number(w, "volatility", p->base.volatility);
    put_number(w, "sharpe", p->base.sharpe);
    put_number(w, "sortino", p->sortino);
    put_number(w, "calmar", p->calmar);
    put_number(w, "max_drawdown", p->base.max_drawdown);
    put_date(w, "drawdown_from", p->base.drawdown_from);
    put_date(w, "drawdown_to", p->base.drawdown_to);
    put_date(w, "recovered", p->recovered);
    put_count(w, "drawdown_days", (uint64_t)p->drawdown_days);
    put_count(w, "longest_drawdown_days", (uint64_t)p->longest_days);
    put_number(w, "tail_ratio", p->tail.ratio);
    put_number(w, "var_95", p->tail.var);
    put_number(w, "cvar_95", p->tail.cvar);
    put_number(w, "exposure", p->exposure);
    put_number(w, "in_market", p->in_market);
    put_number(w, "turnover", p->turnover);
    put_total(w, "bought", p->bought);
    put_total(w, "sold", p->sold);
    put_count(w, "sessions", p->base.days);
    put_date(w, "first", p->base.first);
    put_date(w, "last", p->base.last);
}

static void put_interval(qm_json_writer *w, const char *key, qm_stat_interval interval) {
    qm_json_key(w, key);
    qm_json_open_array(w);
    qm_json_double(w, interval.low);
    qm_json_double(w, interval.high);
    qm_json_close_array(w);
}

static void put_bootstrap(const qm_stat_bootstrap *b, qm_json_writer *w) {
    qm_json_key(w, "bootstrap");
    qm_json_open_object(w);
    put_number(w, "confidence", 0.95);
    put_count(w, "resamples", b->resamples);
    put_count(w, "block", b->block);
    put_count(w, "seed", b->seed);
    put_interval(w, "time_weighted_return", b->total_return);
    put_interval(w, "sharpe", b->sharpe);
    qm_json_close_object(w);
}

static void put_summary(const qm_trip_summary *s, qm_json_writer *w) {
    qm_json_key(w, "trades");
    qm_json_open_object(w);
    put_count(w, "closed", s->count);
    put_count(w, "open", s->open);
    put_count(w, "won", s->wins);
    put_count(w, "lost", s->losses);
    put_total(w, "profit", s->profit);
    put_number(w, "win_rate", s->win_rate);
    put_number(w, "profit_factor", s->profit_factor);
    put_number(w, "expectancy", s->expectancy);
    put_number(w, "average_win", s->average_win);
    put_number(w, "average_loss", s->average_loss);
    put_number(w, "average_mae", s->average_mae);
    put_number(w, "average_mfe", s->average_mfe);
    put_number(w, "worst_mae", s->worst_mae);
    put_number(w, "best_mfe", s->best_mfe);
    put_count(w, "with_stop", s->with_stop);
    put_number(w, "average_r", s->average_r);
    qm_json_close_object(w);
}

static void put_trip(const qm_result *r, const qm_round_trip *t, qm_json_writer *w) {
    const qm_instruments *all = qm_engine_instruments(r->desk->engine);
    qm_json_open_object(w);
    qm_json_key(w, "symbol");
    qm_json_string(w, qm_instruments_get(all, t->instrument)->symbol);
    qm_json_key(w, "side");
    qm_json_string(w, t->is_short ? "short" : "long");
    qm_json_key(w, "entry_time");
    qm_json_time(w, t->entry_time);
    qm_json_key(w, "exit_time");
    qm_json_time(w, t->exit_time);
    put_date(w, "entered", t->entered);
    put_date(w, "exited", t->exited);
    qm_json_key(w, "qty");
    qm_json_decimal(w, t->qty);
    put_total(w, "bought", t->bought);
    put_total(w, "sold", t->sold);
    put_total(w, "fees", t->fees);
    put_total(w, "profit", t->profit);
    put_number(w, "mae", t->mae);
    put_number(w, "mfe", t->mfe);
    put_number(w, "r", t->r);
    qm_json_close_object(w);
}

static qm_status put_trips(const qm_result *r, qm_json_writer *w) {
    qm_round_trips trips = {0};
    qm_status status = qm_report_round_trips(r->desk->engine, r->index, &trips);
    qm_json_key(w, "round_trips");
    qm_json_open_array(w);
    for (size_t i = 0; i < trips.closed.length; i++) {
        put_trip(r, &trips.closed.items[i], w);
    }
    qm_json_close_array(w);
    qm_round_trips_fini(&trips);
    return status;
}

static void put_benchmark(const qm_benchmark *b, const qm_versus *v, qm_json_writer *w) {
    qm_json_key(w, "benchmark");
    if (!b) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    qm_json_key(w, "symbol");
    qm_json_string(w, b->symbol);
    put_count(w, "sessions", v->sessions);
    put_count(w, "missing", v->missing);
    put_number(w, "total_return", v->total_return);
    put_number(w, "cagr", v->cagr);
    put_number(w, "max_drawdown", v->max_drawdown);
    put_number(w, "alpha", v->relative.alpha);
    put_number(w, "beta", v->relative.beta);
    put_number(w, "correlation", v->relative.correlation);
    put_number(w, "tracking_error", v->relative.tracking_error);
    put_number(w, "information_ratio", v->relative.information_ratio);
    qm_json_close_object(w);
}

qm_status qm_result_metrics(const qm_result *r, qm_json_writer *w, qm_error *err) {
    qm_performance p;
    qm_performance_options options = {
        .benchmark = r->benchmark, .resamples = QM_RESAMPLES, .seed = QM_BOOTSTRAP_SEED};
    qm_status status = qm_report_performance(r->desk->engine, r->index, &options, &p);
    if (status == QM_OK) {
        qm_json_key(w, "metrics");
        qm_json_open_object(w);
        put_returns(&p, w);
        put_bootstrap(&p.bootstrap, w);
        put_summary(&p.trips, w);
        status = put_trips(r, w);
        put_benchmark(r->benchmark, &p.versus, w);
        qm_json_close_object(w);
    }
    return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", qm_status_text(status));
}
