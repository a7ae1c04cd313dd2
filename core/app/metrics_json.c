/* SPDX-License-Identifier: MIT
 *
 * "metrics" of a backtest's result. Money is strings; what is not defined for the run is null.
 */
#include "app/results.h"

static void put_returns(const qm_performance *p, qm_json_writer *w) {
    qm_json_put_double(w, "time_weighted_return", p->base.total_return);
    qm_json_put_double(w, "money_weighted_return", p->irr);
    qm_json_put_double(w, "cagr", p->base.cagr);
    qm_json_put_double(w, "volatility", p->base.volatility);
    qm_json_put_double(w, "sharpe", p->base.sharpe);
    qm_json_put_double(w, "sortino", p->sortino);
    qm_json_put_double(w, "calmar", p->calmar);
    qm_json_put_double(w, "max_drawdown", p->base.max_drawdown);
    qm_json_put_date(w, "drawdown_from", p->base.drawdown_from);
    qm_json_put_date(w, "drawdown_to", p->base.drawdown_to);
    qm_json_put_date(w, "recovered", p->recovered);
    qm_json_put_int(w, "drawdown_days", p->drawdown_days);
    qm_json_put_int(w, "longest_drawdown_days", p->longest_days);
    qm_json_put_double(w, "tail_ratio", p->tail.ratio);
    qm_json_put_double(w, "var_95", p->tail.var);
    qm_json_put_double(w, "cvar_95", p->tail.cvar);
    qm_json_put_double(w, "exposure", p->exposure);
    qm_json_put_double(w, "in_market", p->in_market);
    qm_json_put_double(w, "turnover", p->turnover);
    qm_json_put_total(w, "bought", p->bought);
    qm_json_put_total(w, "sold", p->sold);
    qm_json_put_count(w, "sessions", p->base.days);
    qm_json_put_date(w, "first", p->base.first);
    qm_json_put_date(w, "last", p->base.last);
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
    qm_json_put_double(w, "confidence", 0.95);
    qm_json_put_count(w, "resamples", b->resamples);
    qm_json_put_count(w, "block", b->block);
    qm_json_put_count(w, "seed", b->seed);
    put_interval(w, "time_weighted_return", b->total_return);
    put_interval(w, "sharpe", b->sharpe);
    qm_json_close_object(w);
}

static void put_summary(const qm_trip_summary *s, qm_json_writer *w) {
    qm_json_key(w, "trades");
    qm_json_open_object(w);
    qm_json_put_count(w, "closed", s->count);
    qm_json_put_count(w, "open", s->open);
    qm_json_put_count(w, "won", s->wins);
    qm_json_put_count(w, "lost", s->losses);
    qm_json_put_total(w, "profit", s->profit);
    qm_json_put_double(w, "win_rate", s->win_rate);
    qm_json_put_double(w, "profit_factor", s->profit_factor);
    qm_json_put_double(w, "expectancy", s->expectancy);
    qm_json_put_double(w, "average_win", s->average_win);
    qm_json_put_double(w, "average_loss", s->average_loss);
    qm_json_put_double(w, "average_mae", s->average_mae);
    qm_json_put_double(w, "average_mfe", s->average_mfe);
    qm_json_put_double(w, "worst_mae", s->worst_mae);
    qm_json_put_double(w, "best_mfe", s->best_mfe);
    qm_json_put_count(w, "with_stop", s->with_stop);
    qm_json_put_double(w, "average_r", s->average_r);
    qm_json_close_object(w);
}

static void put_trip(const qm_result *r, const qm_round_trip *t, qm_json_writer *w) {
    const qm_instruments *all = qm_engine_instruments(r->desk->engine);
    qm_json_open_object(w);
    qm_json_put_string(w, "symbol", qm_instruments_get(all, t->instrument)->symbol);
    qm_json_put_string(w, "side", t->is_short ? "short" : "long");
    qm_json_put_time(w, "entry_time", t->entry_time);
    qm_json_put_time(w, "exit_time", t->exit_time);
    qm_json_put_date(w, "entered", t->entered);
    qm_json_put_date(w, "exited", t->exited);
    qm_json_put_decimal(w, "qty", t->qty);
    qm_json_put_total(w, "bought", t->bought);
    qm_json_put_total(w, "sold", t->sold);
    qm_json_put_total(w, "fees", t->fees);
    qm_json_put_total(w, "profit", t->profit);
    qm_json_put_double(w, "mae", t->mae);
    qm_json_put_double(w, "mfe", t->mfe);
    qm_json_put_double(w, "r", t->r);
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
    qm_json_put_string(w, "symbol", b->symbol);
    qm_json_put_count(w, "sessions", v->sessions);
    qm_json_put_count(w, "missing", v->missing);
    qm_json_put_double(w, "total_return", v->total_return);
    qm_json_put_double(w, "cagr", v->cagr);
    qm_json_put_double(w, "max_drawdown", v->max_drawdown);
    qm_json_put_double(w, "alpha", v->relative.alpha);
    qm_json_put_double(w, "beta", v->relative.beta);
    qm_json_put_double(w, "correlation", v->relative.correlation);
    qm_json_put_double(w, "tracking_error", v->relative.tracking_error);
    qm_json_put_double(w, "information_ratio", v->relative.information_ratio);
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
