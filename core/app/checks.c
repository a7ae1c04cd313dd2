/* SPDX-License-Identifier: MIT */
#include "app/checks.h"

#include "report/report.h"

#include <string.h>

qm_status qm_checks_read(const qm_args *args, qm_checks *out, qm_error *err) {
    const char *name;
    *out = (qm_checks){.ok = true};
    for (int n = 0; (name = qm_args_nth(args, "check", n)) != NULL; n++) {
        if (strcmp(name, "lookahead") == 0) {
            out->has_lookahead = true;
        } else if (strcmp(name, "warmup") == 0) {
            out->has_warmup = true;
        } else if (strcmp(name, "bounds") == 0) {
            out->has_bounds = true;
        } else {
            return qm_error_set(err, QM_EUSAGE, "--check \"%s\": use lookahead, warmup or bounds",
                                name);
        }
        out->asked = true;
    }
    return QM_OK;
}

qm_status qm_checks_run(qm_trial *t, qm_checks *c, qm_error *err) {
    qm_check_setup setup = {.make = qm_trial_make,
                            .data = t,
                            .replay = t->desk.replay,
                            .options = t->options,
                            .seed = QM_TRIAL_SEED};
    setup.options.progress = NULL;
    qm_status status = qm_checks_read(t->args, c, err);
    if (status == QM_OK && c->has_lookahead) {
        status = qm_check_for_lookahead(&setup, &c->lookahead, err);
        c->ok = c->ok && status == QM_OK && c->lookahead.ok;
    }
    if (status == QM_OK && c->has_warmup) {
        status = qm_check_for_warmup(&setup, &c->warmup, err);
        c->ok = c->ok && status == QM_OK && c->warmup.ok;
    }
    if (status == QM_OK && c->has_bounds) {
        status = qm_check_for_bounds(&setup, &c->bounds, err);
        c->equity = qm_engine_equity(t->desk.engine, t->index);
        c->within = qm_total_cmp(c->bounds.pessimistic, c->equity) <= 0 &&
                    qm_total_cmp(c->equity, c->bounds.optimistic) <= 0;
        c->ok = c->ok && status == QM_OK && c->within;
    }
    return status;
}

static void put_difference(qm_json_writer *w, const char *key, const qm_check_difference *d) {
    qm_json_key(w, key);
    if (!d->any) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    qm_json_put_time(w, "time", d->time);
    qm_json_put_string(w, "was", d->was[0] ? d->was : NULL);
    qm_json_put_string(w, "is", d->is[0] ? d->is : NULL);
    qm_json_close_object(w);
}

static void put_lookahead(const qm_check_lookahead *l, qm_json_writer *w) {
    qm_json_key(w, "lookahead");
    qm_json_open_object(w);
    qm_json_put_bool(w, "ok", l->ok);
    qm_json_put_count(w, "cuts", l->cuts);
    qm_json_put_count(w, "compared", l->compared);
    qm_json_put_time(w, "cut", l->cut);
    put_difference(w, "differs", &l->first);
    qm_json_close_object(w);
}

static void put_warmup(const qm_check_warmup *m, qm_json_writer *w) {
    qm_json_key(w, "warmup");
    qm_json_open_object(w);
    qm_json_put_bool(w, "ok", m->ok);
    qm_json_put_time(w, "from", m->from);
    qm_json_put_count(w, "compared", m->compared);
    qm_json_key(w, "parts");
    qm_json_open_array(w);
    for (size_t i = 0; i < m->parts; i++) {
        qm_json_open_object(w);
        qm_json_put_time(w, "since", m->part[i].since);
        qm_json_put_bool(w, "ok", !m->part[i].first.any);
        put_difference(w, "differs", &m->part[i].first);
        put_difference(w, "said", &m->part[i].said);
        qm_json_close_object(w);
    }
    qm_json_close_array(w);
    qm_json_close_object(w);
}

static void put_bounds(const qm_checks *c, qm_json_writer *w) {
    qm_json_key(w, "bounds");
    qm_json_open_object(w);
    qm_json_put_bool(w, "ok", c->within);
    qm_json_put_total(w, "pessimistic", c->bounds.pessimistic);
    qm_json_put_total(w, "run", c->equity);
    qm_json_put_total(w, "optimistic", c->bounds.optimistic);
    put_difference(w, "differs", &c->bounds.first);
    qm_json_close_object(w);
}

void qm_checks_json(const qm_checks *c, qm_json_writer *w) {
    if (!c) {
        qm_json_null(w);
        return;
    }
    qm_json_open_object(w);
    if (c->has_lookahead) {
        put_lookahead(&c->lookahead, w);
    }
    if (c->has_warmup) {
        put_warmup(&c->warmup, w);
    }
    if (c->has_bounds) {
        put_bounds(c, w);
    }
    qm_json_close_object(w);
}

static void say_difference(const qm_check_difference *d, qm_buf *out) {
    char time[QM_TIME_BUF];
    qm_time_format(d->time, time);
    qm_buf_printf(out, "  %s\n    was  %s\n    is   %s\n", time, d->was[0] ? d->was : "nothing",
                  d->is[0] ? d->is : "nothing");
}

static void say_lookahead(const qm_check_lookahead *l, qm_buf *out) {
    char cut[QM_TIME_BUF];
    if (l->ok) {
        qm_buf_printf(out,
                      "lookahead: ok, %llu decisions and fills are the same whatever comes "
                      "after %zu times\n",
                      (unsigned long long)l->compared, l->cuts);
        return;
    }
    qm_time_format(l->cut, cut);
    qm_buf_printf(out, "lookahead: FAILED, other prices after %s change what came before\n", cut);
    say_difference(&l->first, out);
}

static void say_warmup(const qm_check_warmup *m, qm_buf *out) {
    char from[QM_TIME_BUF], since[QM_TIME_BUF];
    qm_time_format(m->from, from);
    qm_buf_printf(out, "warmup: %s, run from %s with less history\n", m->ok ? "ok" : "FAILED",
                  from);
    for (size_t i = 0; i < m->parts; i++) {
        qm_time_format(m->part[i].since, since);
        qm_buf_printf(out, "  history since %s: %s\n", since,
                      m->part[i].first.any  ? "other orders"
                      : m->part[i].said.any ? "the same orders, other figures in what it said"
                                            : "the same");
        if (m->part[i].first.any) {
            say_difference(&m->part[i].first, out);
        }
    }
}

void qm_checks_text(const qm_checks *c, qm_buf *out) {
    if (!c) {
        return;
    }
    qm_buf_puts(out, "\nChecks\n");
    if (c->has_lookahead) {
        say_lookahead(&c->lookahead, out);
    }
    if (c->has_warmup) {
        say_warmup(&c->warmup, out);
    }
    if (c->has_bounds) {
        qm_buf_printf(out, "bounds: %s, equity at the end is from ", c->within ? "ok" : "FAILED");
        qm_put_money(out, c->bounds.pessimistic);
        qm_buf_puts(out, " to ");
        qm_put_money(out, c->bounds.optimistic);
        qm_buf_puts(out, " by the way inside each bar\n");
        if (c->bounds.first.any) {
            say_difference(&c->bounds.first, out);
        }
    }
}
