/* SPDX-License-Identifier: MIT
 *
 * Parameters of a sweep: params.fast = { 5, 10 }, { from =, to =, step = }, { min =, max =, log = }
 * or one value; and the sets that a grid or a draw makes of them.
 */
#include "app/sweep.h"

#include "base/map.h"
#include "base/rng.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPAN_FROM, SPAN_TO, SPAN_STEP, SPAN_MIN, SPAN_MAX, SPAN_LOG, SPAN_KEYS };
static const char *const SPAN_NAMES[] = {"from", "to", "step", "min", "max", "log", NULL};

typedef struct listed {
    long index;
    const qm_config_entry *entry;
} listed;

/* What stands under one parameter's name. */
typedef struct raw_axis {
    const qm_config_entry *single, *span[SPAN_KEYS];
    QM_VEC(listed) list;
} raw_axis;

static bool is_numeric(const qm_config_entry *e) {
    return strcmp(e->kind, "integer") == 0 || strcmp(e->kind, "number") == 0;
}

static qm_status no_memory(qm_error *err) {
    return qm_error_set(err, QM_ENOMEM, "out of memory");
}

static qm_status sort_entry(const qm_sweep *s, const qm_config_entry *e, const char *key,
                            raw_axis *raw, qm_error *err) {
    char hint[96], *end;
    if (!key) {
        raw->single = e;
        return QM_OK;
    }
    for (int i = 0; i < SPAN_KEYS; i++) {
        if (strcmp(SPAN_NAMES[i], key) == 0) {
            bool fits = i == SPAN_LOG ? strcmp(e->kind, "boolean") == 0 : is_numeric(e);
            raw->span[i] = e;
            return fits ? QM_OK
                        : qm_sweep_wrong(s, e->name, err, "%s (%s): must be a %s", e->value,
                                         e->kind, i == SPAN_LOG ? "boolean" : "number");
        }
    }
    listed item = {strtol(key, &end, 10), e};
    if (*end || item.index < 1) {
        return qm_sweep_wrong(s, e->name, err, "no such key%s",
                              qm_suggest(key, SPAN_NAMES, hint, sizeof hint));
    }
    return qm_vec_push(&raw->list, &item) == QM_OK ? QM_OK : no_memory(err);
}

static qm_status add_value(qm_sweep *s, qm_sweep_axis *axis, const char *name, const char *text,
                           qm_error *err) {
    if (axis->numeric && !isfinite(strtod(text, NULL))) {
        return qm_sweep_wrong(s, name, err, "%s is no number to count with", text);
    }
    for (size_t i = 0; i < axis->values.length; i++) {
        if (strcmp(axis->values.items[i], text) == 0) {
            return qm_sweep_wrong(s, name, err, "%s stands there twice", text);
        }
    }
    char *kept = (char *)qm_sweep_keep(s, text);
    return kept && qm_vec_push(&axis->values, &kept) == QM_OK ? QM_OK : no_memory(err);
}

static int by_index(const void *a, const void *b) {
    const listed *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

static qm_status read_list(qm_sweep *s, raw_axis *raw, qm_sweep_axis *axis, const char *name,
                           qm_error *err) {
    qsort(raw->list.items, raw->list.length, sizeof *raw->list.items, by_index);
    axis->numeric = is_numeric(raw->list.items[0].entry);
    for (size_t i = 0; i < raw->list.length; i++) {
        const qm_config_entry *e = raw->list.items[i].entry;
        if (raw->list.items[i].index != (long)i + 1) {
            return qm_sweep_wrong(s, name, err, "a list with a hole at %zu", i + 1);
        }
        if (is_numeric(e) != axis->numeric) {
            return qm_sweep_wrong(s, name, err, "numbers and other values in one list");
        }
        qm_status status = add_value(s, axis, name, e->value, err);
        if (status != QM_OK) {
            return status;
        }
    }
    return QM_OK;
}

/* Steps are exact decimals: ten steps of 0.1 from 0 end at 1. */
static qm_status read_steps(qm_sweep *s, const raw_axis *raw, qm_sweep_axis *axis, const char *name,
                            qm_error *err) {
    qm_decimal d[3];
    for (int i = SPAN_FROM; i <= SPAN_STEP; i++) {
        if (!raw->span[i]) {
            return qm_sweep_wrong(s, name, err, "%s is missing: from, to and step", SPAN_NAMES[i]);
        }
        if (qm_decimal_from_double(strtod(raw->span[i]->value, NULL), &d[i]) != QM_OK) {
            return qm_sweep_wrong(s, raw->span[i]->name, err, "%s is too large or too fine",
                                  raw->span[i]->value);
        }
    }
    if (d[2].raw <= 0 || d[0].raw > d[1].raw) {
        return qm_sweep_wrong(s, name, err, "needs from <= to and a step above 0");
    }
    axis->numeric = true;
    int64_t count = (int64_t)(((__int128)d[1].raw - d[0].raw) / d[2].raw) + 1;
    if (count > QM_SWEEP_RUNS_MAX) {
        return qm_sweep_wrong(s, name, err, "%lld steps: at most %d", (long long)count,
                              QM_SWEEP_RUNS_MAX);
    }
    for (int64_t i = 0; i < count; i++) {
        char text[QM_DECIMAL_BUF];
        qm_decimal_format((qm_decimal){d[0].raw + i * d[2].raw}, text);
        char *kept = (char *)qm_sweep_keep(s, text);
        if (!kept || qm_vec_push(&axis->values, &kept) != QM_OK) {
            return no_memory(err);
        }
    }
    return QM_OK;
}

static qm_status read_range(qm_sweep *s, const raw_axis *raw, qm_sweep_axis *axis, const char *name,
                            qm_error *err) {
    const qm_config_entry *min = raw->span[SPAN_MIN], *max = raw->span[SPAN_MAX];
    if (!min || !max) {
        return qm_sweep_wrong(s, name, err, "%s is missing", min ? "max" : "min");
    }
    if (s->samples == 0) {
        return qm_sweep_wrong(s, name, err,
                              "a range to draw from needs samples; a grid takes "
                              "{ from =, to =, step = }");
    }
    axis->numeric = axis->drawn = true;
    axis->integer = strcmp(min->kind, "integer") == 0 && strcmp(max->kind, "integer") == 0;
    axis->min = strtod(min->value, NULL);
    axis->max = strtod(max->value, NULL);
    axis->log = raw->span[SPAN_LOG] && strcmp(raw->span[SPAN_LOG]->value, "true") == 0;
    if (!(axis->min < axis->max) || !(fabs(axis->min) < 1e9 && fabs(axis->max) < 1e9)) {
        return qm_sweep_wrong(s, name, err, "needs min < max, between -1e9 and 1e9");
    }
    return axis->log && axis->min <= 0
               ? qm_sweep_wrong(s, name, err, "a logarithmic range begins above 0")
               : QM_OK;
}

static qm_status read_axis(qm_sweep *s, raw_axis *raw, qm_sweep_axis *axis, qm_error *err) {
    char name[80];
    bool steps = raw->span[SPAN_FROM] || raw->span[SPAN_TO] || raw->span[SPAN_STEP];
    bool range = raw->span[SPAN_MIN] || raw->span[SPAN_MAX] || raw->span[SPAN_LOG];
    snprintf(name, sizeof name, "params.%s", axis->name);
    if (raw->single) {
        axis->numeric = is_numeric(raw->single);
        return add_value(s, axis, name, raw->single->value, err);
    }
    if ((raw->list.length > 0) + steps + range != 1) {
        return qm_sweep_wrong(s, name, err,
                              "use a list, { from =, to =, step = } or { min =, "
                              "max = }, not two of them");
    }
    return range   ? read_range(s, raw, axis, name, err)
           : steps ? read_steps(s, raw, axis, name, err)
                   : read_list(s, raw, axis, name, err);
}

/* The entries of params.NAME, from the first on; returns how many. */
static size_t gather(const qm_config_entries *entries, size_t at, char name[64]) {
    const char *first = entries->items[at].name + strlen("params.");
    size_t length = strcspn(first, "."), n = 0;
    snprintf(name, 64, "%.*s", (int)length, first);
    for (; at + n < entries->length; n++) {
        const char *other = entries->items[at + n].name;
        if (strncmp(other, "params.", 7) != 0 || strncmp(other + 7, first, length) != 0 ||
            (other[7 + length] && other[7 + length] != '.')) {
            break;
        }
    }
    return n;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const qm_sweep_axis *)a)->name, ((const qm_sweep_axis *)b)->name);
}

qm_status qm_sweep_axes(qm_sweep *s, const qm_config_entries *entries, qm_error *err) {
    qm_status status = QM_OK;
    for (size_t at = 0; status == QM_OK && at < entries->length;) {
        if (strncmp(entries->items[at].name, "params.", 7) != 0) {
            at++;
            continue;
        }
        qm_sweep_axis axis = {0};
        raw_axis raw = {0};
        size_t n = gather(entries, at, axis.name);
        for (size_t i = 0; status == QM_OK && i < n; i++) {
            const qm_config_entry *e = &entries->items[at + i];
            const char *dot = strchr(e->name + 7, '.');
            status = sort_entry(s, e, dot ? dot + 1 : NULL, &raw, err);
        }
        if (status == QM_OK) {
            status = read_axis(s, &raw, &axis, err);
        }
        if (status == QM_OK && qm_vec_push(&s->axes, &axis) != QM_OK) {
            status = no_memory(err);
        }
        if (status != QM_OK) {
            qm_vec_fini(&axis.values);
        }
        qm_vec_fini(&raw.list);
        at += n;
    }
    if (status == QM_OK) {
        qsort(s->axes.items, s->axes.length, sizeof *s->axes.items, by_name);
    }
    return status;
}

/* Every combination; the last parameter varies fastest. */
static qm_status make_grid(qm_sweep *s, qm_error *err) {
    size_t sets = 1;
    for (size_t i = 0; i < s->axes.length; i++) {
        sets *= s->axes.items[i].values.length;
        if (sets > QM_SWEEP_RUNS_MAX) {
            return qm_sweep_wrong(s, "params", err, "more than %d sets", QM_SWEEP_RUNS_MAX);
        }
    }
    if (qm_vec_reserve(&s->cells, sets * s->axes.length) != QM_OK) {
        return no_memory(err);
    }
    for (size_t set = 0; set < sets; set++) {
        size_t stride = sets;
        for (size_t i = 0; i < s->axes.length; i++) {
            const qm_sweep_axis *axis = &s->axes.items[i];
            stride /= axis->values.length;
            s->cells.items[s->cells.length++] =
                axis->values.items[set / stride % axis->values.length];
        }
    }
    s->sets = sets;
    return QM_OK;
}

/* Six digits: the last bits of exp and log are not the same on every machine. */
static void draw(const qm_sweep_axis *axis, qm_rng *rng, char out[32]) {
    if (axis->integer && !axis->log) {
        snprintf(out, 32, "%lld",
                 (long long)qm_rng_range(rng, (int64_t)axis->min, (int64_t)axis->max));
        return;
    }
    double u = qm_rng_double(rng), low = axis->log ? log(axis->min) : axis->min;
    double high = axis->log ? log(axis->max) : axis->max;
    double value = low + u * (high - low);
    value = axis->log ? exp(value) : value;
    value = axis->integer ? (double)lround(value) : value;
    snprintf(out, 32, axis->integer ? "%.0f" : "%.6g", value);
    value = strtod(out, NULL);
    if (value < axis->min || value > axis->max) {
        snprintf(out, 32, axis->integer ? "%.0f" : "%.17g",
                 value < axis->min ? axis->min : axis->max);
    }
}

/* One set behind the cells that are there; its key names it among all. */
static qm_status draw_set(qm_sweep *s, qm_rng *rng, qm_buf *key, qm_error *err) {
    qm_buf_clear(key);
    for (size_t i = 0; i < s->axes.length; i++) {
        const qm_sweep_axis *axis = &s->axes.items[i];
        char text[32];
        const char *value;
        if (axis->drawn) {
            draw(axis, rng, text);
            value = qm_sweep_keep(s, text);
        } else {
            value = axis->values.items[qm_rng_range(rng, 0, (int64_t)axis->values.length - 1)];
        }
        if (!value || qm_vec_push(&s->cells, &value) != QM_OK) {
            return no_memory(err);
        }
        qm_buf_puts(key, value);
        qm_buf_putc(key, '\n');
    }
    return key->status;
}

static qm_status make_draws(qm_sweep *s, qm_error *err) {
    qm_rng rng;
    qm_map seen;
    qm_buf key;
    qm_status status = QM_OK;
    int64_t tries = 100 * s->samples + 1000;
    qm_rng_seed(&rng, (uint64_t)s->seed);
    qm_map_init(&seen);
    qm_buf_init(&key, 1 << 20);
    while (status == QM_OK && (int64_t)s->sets < s->samples && tries-- > 0) {
        uint64_t at;
        status = draw_set(s, &rng, &key, err);
        if (status == QM_OK && qm_map_get(&seen, key.data, &at)) {
            s->cells.length -= s->axes.length; /* a set that is there already */
        } else if (status == QM_OK) {
            status = qm_map_put(&seen, key.data, s->sets++);
        }
    }
    qm_map_fini(&seen);
    qm_buf_fini(&key);
    if (status == QM_OK && (int64_t)s->sets < s->samples) {
        return qm_sweep_wrong(s, "samples", err, "%lld, but only %zu different sets were found",
                              (long long)s->samples, s->sets);
    }
    return status;
}

qm_status qm_sweep_sets(qm_sweep *s, qm_error *err) {
    return s->samples > 0 ? make_draws(s, err) : make_grid(s, err);
}

const char *qm_sweep_value(const qm_sweep *s, size_t set, size_t axis) {
    return s->cells.items[set * s->axes.length + axis];
}
