/* SPDX-License-Identifier: MIT */
#include "engine/check.h"

#include "base/mem.h"
#include "base/rng.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRACE_MAX = 1 << 30, SLICES_MIN = 8 };

/* What a run decided and what was filled, in order. */
typedef struct trace_item {
    qm_time time;
    size_t offset;
    bool acts; /* moves an order or money; the others only say something */
} trace_item;

/* What is compared. */
typedef struct scope {
    qm_time until;
    bool acts_only;
} scope;

typedef struct trace {
    const qm_instruments *instruments;
    QM_VEC(trace_item) items;
    qm_buf text; /* lines, each terminated by a zero */
    QM_VEC(qm_time) slices;
    qm_total equity; /* at the end */
} trace;

static void note(trace *t, trace_item item, const char *kind, qm_instrument_id id) {
    const qm_instrument *info = qm_instruments_get(t->instruments, id);
    item.offset = t->text.length;
    qm_buf_printf(&t->text, "%s %s ", kind, info ? info->symbol : "-");
    if (t->text.status == QM_OK && qm_vec_push(&t->items, &item) != QM_OK) {
        t->text.status = QM_ENOMEM;
    }
}

static void take_decision(void *data, const qm_decision *d) {
    trace *t = data;
    bool acts = d->kind == QM_DECISION_INTENT || d->kind == QM_DECISION_CANCEL ||
                d->kind == QM_DECISION_REPLACE || d->kind == QM_DECISION_TRANSFER;
    note(t, (trace_item){.time = d->time, .acts = acts}, qm_decision_kind_name(d->kind),
         d->instrument);
    qm_buf_append(&t->text, d->json, d->length);
    qm_buf_append(&t->text, "", 1);
}

static void take_fill(void *data, const qm_fill *f) {
    trace *t = data;
    note(t, (trace_item){.time = f->time, .acts = true}, "fill", f->instrument);
    qm_buf_printf(&t->text, "%s ", qm_side_name(f->side));
    qm_buf_put_decimal(&t->text, f->qty);
    qm_buf_puts(&t->text, " at ");
    qm_buf_put_decimal(&t->text, f->price);
    qm_buf_append(&t->text, "", 1);
}

static void trace_fini(trace *t) {
    qm_vec_fini(&t->items);
    qm_vec_fini(&t->slices);
    qm_buf_fini(&t->text);
}

/* Which data a run gets, and how its orders fill. */
typedef struct change {
    qm_time since;  /* bars that begin before are left out; QM_TIME_NONE: none */
    qm_time beyond; /* bars that begin at or after this are replaced; QM_TIME_MAX: none */
    uint64_t seed;
    bool other_path;
    qm_path path;
} change;

/* Later prices, all in one direction for each cut, so that they can't be mistaken for noise. */
static void replace(qm_bar *bar, double level, bool opened, qm_rng *rng) {
    double factor = level * exp(0.05 * qm_rng_normal(rng));
    double open = bar->x[QM_OPEN], volume = bar->x[QM_VOLUME];
    for (int k = QM_OPEN; k <= QM_CLOSE; k++) {
        bar->x[k] *= factor;
    }
    bar->x[QM_VOLUME] *= 0.5 + qm_rng_double(rng);
    if (opened) {
        bar->x[QM_OPEN] = open;
        bar->x[QM_VOLUME] = volume;
        bar->x[QM_LOW] = fmin(bar->x[QM_LOW], open);
        bar->x[QM_HIGH] = fmax(bar->x[QM_HIGH], open);
    }
}

static qm_status copy_bars(const qm_bars *from, const change *c, double level, qm_bars *out) {
    qm_rng rng;
    qm_rng_seed(&rng, c->seed);
    qm_bars_init(out, from->tf);
    qm_status status = qm_bars_reserve(out, from->n);
    for (size_t i = 0; i < from->n && status == QM_OK; i++) {
        qm_bar bar;
        qm_bars_get(from, i, &bar);
        qm_time start = qm_bar_start(from->tf, bar.time, bar.date);
        if (start < c->since) {
            continue;
        }
        if (start >= c->beyond) {
            /* A bar that begins at the cut has its opening trade then: that much is known. */
            replace(&bar, level, start == c->beyond, &rng);
        }
        status = qm_bars_push(out, &bar);
    }
    return status;
}

/* Of one instrument; those later than the cut are left out, the others stay as they are. */
static qm_status copy_actions(const qm_replay *from, qm_instrument_id id, const change *c,
                              qm_action_vec *out) {
    const qm_action *actions;
    size_t n = qm_replay_actions(from, &actions);
    qm_status status = QM_OK;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        qm_time time = qm_calendar_hours(actions[i].ex_date).open;
        if (actions[i].instrument == id && time >= c->since && time < c->beyond) {
            status = qm_vec_push(out, &actions[i]);
        }
    }
    return status;
}

static qm_status copy_replay(const qm_replay *from, const change *c, qm_replay **out) {
    qm_instrument_id id;
    const qm_bars *bars = qm_replay_bars(from, 0, &id);
    qm_rng rng;
    qm_rng_seed(&rng, c->seed);
    double level = qm_rng_next(&rng) & 1 ? 2 : 0.5;
    qm_status status = bars ? qm_replay_new(bars->tf, out) : QM_EINSUFFICIENT;
    for (size_t i = 0; status == QM_OK && (bars = qm_replay_bars(from, i, &id)) != NULL; i++) {
        qm_bars copy;
        qm_action_vec actions = {0};
        status = copy_bars(bars, c, level, &copy);
        status = status == QM_OK ? copy_actions(from, id, c, &actions) : status;
        if (status == QM_OK) {
            status = qm_replay_take(*out, id, &copy, actions.items, actions.length);
        }
        qm_vec_fini(&actions);
        qm_bars_fini(&copy);
    }
    return status;
}

static qm_status keep_slices(const qm_engine *engine, uint32_t index, trace *out) {
    const qm_equity_row *curve;
    size_t n = qm_engine_equity_curve(engine, index, &curve);
    qm_status status = QM_OK;
    for (size_t i = 0; i < n && status == QM_OK; i++) {
        status = qm_vec_push(&out->slices, &curve[i].time);
    }
    return status;
}

/* One run; out is to be fini'd also after an error. */
static qm_status run(const qm_check_setup *setup, const change *c,
                     const qm_backtest_options *options, trace *out, qm_error *err) {
    qm_engine *engine = NULL;
    uint32_t index = 0;
    qm_check_run one = {.observer = {.on_decision = take_decision, .on_fill = take_fill},
                        .other_path = c->other_path,
                        .path = c->path};
    *out = (trace){0};
    qm_buf_init(&out->text, TRACE_MAX);
    one.observer.data = out;
    qm_status status = copy_replay(setup->replay, c, &one.replay);
    if (status != QM_OK) {
        qm_error_set(err, status, "%s", qm_status_text(status));
    }
    status = status == QM_OK ? setup->make(setup->data, &one, &engine, &index, err) : status;
    if (status == QM_OK) {
        out->instruments = qm_engine_instruments(engine);
        status = qm_backtest_run(engine, one.replay, options, err);
    }
    if (status == QM_OK) {
        out->equity = qm_engine_equity(engine, index);
        status = keep_slices(engine, index, out);
        status = status == QM_OK ? out->text.status : status;
        if (status != QM_OK) {
            qm_error_set(err, status, "the decisions are too many to compare");
        }
    }
    qm_engine_free(engine);
    qm_replay_free(one.replay);
    return status;
}

/* The item at or after i that counts, up to a time; NULL: none. */
static const trace_item *next_of(const trace *t, size_t *i, const scope *s) {
    while (*i < t->items.length && s->acts_only && !t->items.items[*i].acts) {
        ++*i;
    }
    return *i < t->items.length && t->items.items[*i].time <= s->until ? &t->items.items[*i] : NULL;
}

static const char *text_of(const trace *t, const trace_item *item) {
    return item ? t->text.data + item->offset : "";
}

/* A long text from shortly before the place where it differs. */
static void excerpt(const char *text, size_t differs, char out[QM_CHECK_TEXT_MAX]) {
    const char *symbol = strchr(text, ' ');
    int head = symbol ? (int)(strcspn(symbol + 1, " ") + (size_t)(symbol - text) + 2) : 0;
    bool far = differs > QM_CHECK_TEXT_MAX / 2;
    snprintf(out, QM_CHECK_TEXT_MAX, "%.*s%s%s", far ? head : 0, text, far ? "... " : "",
             far ? text + differs - 80 : text);
}

static void describe(const char *a, const char *b, qm_check_difference *out) {
    size_t differs = 0;
    while (a[differs] && a[differs] == b[differs]) {
        differs++;
    }
    excerpt(a, differs, out->was);
    excerpt(b, differs, out->is);
}

/* The first that differs within the scope; returns how many were equal. */
static uint64_t compare(const trace *was, const trace *is, const scope *s,
                        qm_check_difference *first) {
    uint64_t equal = 0;
    *first = (qm_check_difference){.any = false};
    for (size_t i = 0, k = 0;; i++, k++, equal++) {
        const trace_item *a = next_of(was, &i, s), *b = next_of(is, &k, s);
        if (!a && !b) {
            return equal;
        }
        if (!a || !b || a->time != b->time) { /* the earlier one has no counterpart */
            bool only_was = a && (!b || a->time < b->time);
            first->any = true;
            first->time = only_was ? a->time : b->time;
            describe(only_was ? text_of(was, a) : "", only_was ? "" : text_of(is, b), first);
            return equal;
        }
        if (strcmp(text_of(was, a), text_of(is, b)) != 0) {
            first->any = true;
            first->time = a->time;
            describe(text_of(was, a), text_of(is, b), first);
            return equal;
        }
    }
}

static int by_time(const void *x, const void *y) {
    qm_time a = *(const qm_time *)x, b = *(const qm_time *)y;
    return (a > b) - (a < b);
}

/* Half of the cuts at times of decisions, half at slices, each spread evenly; sorted, without the
 * end of the run, which nothing follows. */
static size_t choose_cuts(const trace *base, qm_time cuts[QM_CHECK_CUTS]) {
    size_t n = 0, kept = 0, half = QM_CHECK_CUTS / 2;
    qm_time last = base->slices.items[base->slices.length - 1];
    for (size_t k = 0; k < half; k++) {
        if (base->items.length > 0) {
            cuts[n++] = base->items.items[base->items.length * k / half].time;
        }
        cuts[n++] = base->slices.items[base->slices.length * (2 * k + 1) / (2 * half)];
    }
    qsort(cuts, n, sizeof *cuts, by_time);
    for (size_t i = 0; i < n; i++) {
        bool again = kept > 0 && cuts[kept - 1] == cuts[i];
        if (!again && cuts[i] >= base->slices.items[0] && cuts[i] < last) {
            cuts[kept++] = cuts[i];
        }
    }
    return kept;
}

/* The run goes on to the slice after the cut: what is due up to the cut fires, and what the end of
 * a run brings comes after it. */
static qm_time end_of(const trace *base, qm_time cut) {
    size_t i = 0;
    while (i + 1 < base->slices.length && base->slices.items[i] <= cut) {
        i++;
    }
    return base->slices.items[i];
}

static qm_status run_base(const qm_check_setup *setup, const qm_backtest_options *options,
                          trace *out, qm_error *err) {
    change none = {.since = QM_TIME_NONE, .beyond = QM_TIME_MAX};
    qm_status status = run(setup, &none, options, out, err);
    if (status == QM_OK && out->slices.length < SLICES_MIN) {
        status =
            qm_error_set(err, QM_EINSUFFICIENT, "a check needs %d slices of bars, the run has %zu",
                         SLICES_MIN, out->slices.length);
    }
    return status;
}

qm_status qm_check_for_lookahead(const qm_check_setup *setup, qm_check_lookahead *out,
                                 qm_error *err) {
    qm_time cuts[QM_CHECK_CUTS];
    qm_check_lookahead result = {.ok = true, .cut = QM_TIME_NONE};
    trace base, other;
    qm_backtest_options options = setup->options;
    qm_status status = run_base(setup, &options, &base, err);
    result.cuts = status == QM_OK ? choose_cuts(&base, cuts) : 0;
    for (size_t i = 0; i < result.cuts && status == QM_OK && result.ok; i++) {
        change c = {.since = QM_TIME_NONE, .beyond = cuts[i], .seed = setup->seed + i};
        options.to = end_of(&base, cuts[i]);
        status = run(setup, &c, &options, &other, err);
        if (status == QM_OK) {
            scope all = {.until = cuts[i]};
            result.compared += compare(&base, &other, &all, &result.first);
            result.ok = !result.first.any;
            result.cut = result.ok ? QM_TIME_NONE : cuts[i];
        }
        trace_fini(&other);
    }
    trace_fini(&base);
    if (status == QM_OK) {
        *out = result;
    }
    return status;
}

/* Where the run starts: as it did, or with all that it had as history, at its middle. */
static qm_status choose_start(const qm_check_setup *setup, qm_time *out, qm_error *err) {
    qm_time first = qm_replay_first(setup->replay);
    *out = setup->options.from;
    if (*out != QM_TIME_NONE && *out > first) {
        return QM_OK;
    }
    trace base;
    qm_status status = run_base(setup, &setup->options, &base, err);
    if (status == QM_OK) {
        *out = base.slices.items[base.slices.length / 2];
    }
    trace_fini(&base);
    return status;
}

qm_status qm_check_for_warmup(const qm_check_setup *setup, qm_check_warmup *out, qm_error *err) {
    qm_check_warmup result = {.ok = true, .parts = QM_CHECK_PARTS};
    qm_backtest_options options = setup->options;
    trace base = {0}, other;
    qm_status status = choose_start(setup, &options.from, err);
    status = status == QM_OK ? run_base(setup, &options, &base, err) : status;
    qm_time first = qm_replay_first(setup->replay);
    result.from = options.from;
    for (size_t i = 0; i < QM_CHECK_PARTS && status == QM_OK; i++) {
        qm_time step = (options.from - first) / (QM_CHECK_PARTS + 1);
        change c = {.since = first + step * (qm_time)(i + 1), .beyond = QM_TIME_MAX};
        result.part[i].since = c.since;
        status = run(setup, &c, &options, &other, err);
        if (status == QM_OK) {
            scope orders = {QM_TIME_MAX, .acts_only = true}, all = {.until = QM_TIME_MAX};
            result.compared += compare(&base, &other, &orders, &result.part[i].first);
            compare(&base, &other, &all, &result.part[i].said);
            result.ok = result.ok && !result.part[i].first.any;
        }
        trace_fini(&other);
    }
    trace_fini(&base);
    if (status == QM_OK) {
        *out = result;
    }
    return status;
}

qm_status qm_check_for_bounds(const qm_check_setup *setup, qm_check_bounds *out, qm_error *err) {
    change c = {.since = QM_TIME_NONE,
                .beyond = QM_TIME_MAX,
                .other_path = true,
                .path = QM_PATH_PESSIMISTIC};
    qm_check_bounds result = {0};
    trace worst, best = {0};
    qm_status status = run(setup, &c, &setup->options, &worst, err);
    if (status == QM_OK) {
        c.path = QM_PATH_OPTIMISTIC;
        status = run(setup, &c, &setup->options, &best, err);
    }
    if (status == QM_OK) {
        result.pessimistic = worst.equity;
        result.optimistic = best.equity;
        compare(&worst, &best, &(scope){.until = QM_TIME_MAX}, &result.first);
        *out = result;
    }
    trace_fini(&worst);
    trace_fini(&best);
    return status;
}
