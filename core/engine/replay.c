/* SPDX-License-Identifier: MIT
 *
 * A merge of columns: bars of one time in order of instrument, then their slice; actions at the
 * open of their ex-date; opening trades where somebody has orders.
 */
#include "engine/replay.h"

#include "base/calendar.h"
#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

typedef struct source {
    qm_instrument_id instrument;
    qm_bars bars;
    size_t next;
    bool opened; /* the opening trade of the next bar is out */
} source;

struct qm_replay {
    qm_timeframe tf;
    QM_VEC(source) sources; /* by instrument */
    qm_action_vec actions;  /* by time, instrument, kind */
    size_t next_action;
    const qm_sim *sim;
    QM_VEC(uint32_t) heap; /* indexes of sources, by time of the next bar, then instrument */
    bool built;
    qm_time slice; /* of bars that are out; QM_TIME_NONE: closed */
    qm_date slice_date;
    uint64_t left, total;
    uint64_t seq;
    qm_time first, last, now;
    /* What the last peek found, until the event is taken. */
    bool peeked;
    int peeked_kind;
    qm_time peeked_time;
    source *peeked_open;
};

qm_status qm_replay_new(qm_timeframe tf, qm_replay **out) {
    qm_replay *r = qm_calloc(1, sizeof *r);
    if (!r) {
        return QM_ENOMEM;
    }
    r->tf = tf;
    r->slice = r->now = QM_TIME_NONE;
    r->first = QM_TIME_MAX;
    r->last = QM_TIME_NONE;
    *out = r;
    return QM_OK;
}

void qm_replay_free(qm_replay *r) {
    if (!r) {
        return;
    }
    for (size_t i = 0; i < r->sources.length; i++) {
        qm_bars_fini(&r->sources.items[i].bars);
    }
    qm_vec_fini(&r->sources);
    qm_vec_fini(&r->actions);
    qm_vec_fini(&r->heap);
    qm_free(r);
}

qm_status qm_replay_take(qm_replay *r, qm_instrument_id instrument, qm_bars *bars,
                         const qm_action *actions, size_t action_count) {
    source fresh = {.instrument = instrument, .bars = *bars};
    if (!qm_timeframe_equal(bars->tf, r->tf)) {
        return QM_EINVAL;
    }
    qm_status status = qm_vec_reserve(&r->actions, r->actions.length + action_count);
    if (status == QM_OK) {
        status = qm_vec_push(&r->sources, &fresh);
    }
    if (status != QM_OK) {
        return status;
    }
    qm_bars_init(bars, bars->tf);
    for (size_t i = 0; i < action_count; i++) {
        r->actions.items[r->actions.length] = actions[i];
        r->actions.items[r->actions.length++].instrument = instrument;
    }
    if (fresh.bars.n > 0) {
        r->left += fresh.bars.n;
        r->total += fresh.bars.n;
        qm_time last = fresh.bars.time[fresh.bars.n - 1];
        r->first = fresh.bars.time[0] < r->first ? fresh.bars.time[0] : r->first;
        r->last = last > r->last ? last : r->last;
    }
    return QM_OK;
}

void qm_replay_set_sim(qm_replay *r, const qm_sim *sim) {
    r->sim = sim;
    r->peeked = false;
}

void qm_replay_rewind(qm_replay *r) {
    for (size_t i = 0; i < r->sources.length; i++) {
        r->sources.items[i].next = 0;
        r->sources.items[i].opened = false;
    }
    r->next_action = 0;
    r->sim = NULL;
    r->heap.length = 0;
    r->built = r->peeked = false;
    r->slice = r->now = QM_TIME_NONE;
    r->left = r->total;
    r->seq = 0;
}

static qm_time action_time(const qm_action *a) {
    return qm_calendar_hours(a->ex_date).open;
}

static int by_time(const void *x, const void *y) {
    const qm_action *a = x, *b = y;
    if (a->ex_date != b->ex_date) {
        return a->ex_date < b->ex_date ? -1 : 1;
    }
    if (a->instrument != b->instrument) {
        return a->instrument < b->instrument ? -1 : 1;
    }
    return (a->kind > b->kind) - (a->kind < b->kind);
}

static int by_instrument(const void *x, const void *y) {
    const source *a = x, *b = y;
    return (a->instrument > b->instrument) - (a->instrument < b->instrument);
}

static qm_time time_of(const qm_replay *r, uint32_t i) {
    const source *s = &r->sources.items[i];
    return s->next < s->bars.n ? s->bars.time[s->next] : QM_TIME_MAX;
}

static bool sooner(const qm_replay *r, uint32_t a, uint32_t b) {
    qm_time x = time_of(r, a), y = time_of(r, b);
    return x != y ? x < y : a < b;
}

static void sift_down(qm_replay *r, size_t at) {
    uint32_t *heap = r->heap.items;
    for (;;) {
        size_t least = at, left = 2 * at + 1;
        for (size_t child = left; child < left + 2 && child < r->heap.length; child++) {
            least = sooner(r, heap[child], heap[least]) ? child : least;
        }
        if (least == at) {
            return;
        }
        uint32_t other = heap[at];
        heap[at] = heap[least];
        heap[least] = other;
        at = least;
    }
}

/* Once, before the first question. Room for the heap was made with the sources. */
static void build(qm_replay *r) {
    if (r->built) {
        return;
    }
    r->built = true;
    if (r->actions.length > 0) { /* qsort may not be given NULL, not even for nothing */
        qsort(r->actions.items, r->actions.length, sizeof *r->actions.items, by_time);
    }
    if (r->sources.length > 0) {
        qsort(r->sources.items, r->sources.length, sizeof *r->sources.items, by_instrument);
    }
    if (qm_vec_reserve(&r->heap, r->sources.length) != QM_OK) {
        return;
    }
    for (uint32_t i = 0; i < r->sources.length; i++) {
        r->heap.items[r->heap.length++] = i;
    }
    for (size_t i = r->heap.length / 2; i > 0; i--) {
        sift_down(r, i - 1);
    }
}

/* The opening trade that comes next, of those that somebody waits for. */
static source *next_open(const qm_replay *r, qm_time *time) {
    const qm_instrument_id *active;
    size_t n = r->sim ? qm_sim_active(r->sim, &active) : 0, k = 0;
    source *best = NULL;
    *time = QM_TIME_MAX;
    for (size_t i = 0; i < r->sources.length && k < n; i++) {
        source *s = &r->sources.items[i];
        while (k < n && active[k] < s->instrument) {
            k++;
        }
        if (k == n || active[k] != s->instrument || s->opened || s->next == s->bars.n) {
            continue;
        }
        qm_time start = qm_bar_start(r->tf, s->bars.time[s->next], s->bars.date[s->next]);
        if (start >= r->now && start < *time) { /* one that is past can't be acted on */
            best = s;
            *time = start;
        }
    }
    return best;
}

typedef enum next_kind { NEXT_NONE, NEXT_ACTION, NEXT_BAR, NEXT_SLICE, NEXT_OPEN } next_kind;

/* At equal time: action, bars, slice, opening trade. */
static next_kind search_next(qm_replay *r, qm_time *time, source **open) {
    build(r);
    qm_time action = r->next_action < r->actions.length
                         ? action_time(&r->actions.items[r->next_action])
                         : QM_TIME_MAX;
    qm_time bar = r->heap.length ? time_of(r, r->heap.items[0]) : QM_TIME_MAX, opening;
    if (r->slice != QM_TIME_NONE && bar != r->slice) {
        *time = r->slice;
        return NEXT_SLICE;
    }
    *open = next_open(r, &opening);
    next_kind kind = NEXT_NONE;
    *time = QM_TIME_MAX;
    if (action != QM_TIME_MAX && bar != QM_TIME_MAX) { /* behind the last bar nothing trades */
        kind = NEXT_ACTION;
        *time = action;
    }
    if (bar < *time) {
        kind = NEXT_BAR;
        *time = bar;
    }
    if (*open && opening < *time) {
        kind = NEXT_OPEN;
        *time = opening;
    }
    return kind;
}

static next_kind find_next(qm_replay *r, qm_time *time, source **open) {
    if (!r->peeked) {
        r->peeked_open = NULL;
        r->peeked_kind = (int)search_next(r, &r->peeked_time, &r->peeked_open);
        r->peeked = true;
    }
    *time = r->peeked_time;
    *open = r->peeked_open;
    return (next_kind)r->peeked_kind;
}

static void emit_action(qm_replay *r, qm_event *out) {
    out->kind = QM_EVENT_ACTION;
    out->u.action = r->actions.items[r->next_action++];
    out->instrument = out->u.action.instrument;
}

static void emit_bar(qm_replay *r, qm_event *out) {
    source *s = &r->sources.items[r->heap.items[0]];
    out->kind = QM_EVENT_BAR;
    out->instrument = s->instrument;
    qm_bars_get(&s->bars, s->next, &out->u.bar);
    s->next++;
    s->opened = false;
    sift_down(r, 0);
    r->slice = out->time;
    r->left--;
}

static void emit_open(source *s, qm_event *out) {
    out->kind = QM_EVENT_OPEN;
    out->instrument = s->instrument;
    out->u.open.date = s->bars.date[s->next];
    out->u.open.price = s->bars.column[QM_OPEN][s->next];
    out->u.open.volume = s->bars.column[QM_VOLUME][s->next];
    s->opened = true;
}

void qm_replay_next(qm_replay *r, qm_event *out) {
    source *open = NULL;
    qm_time time;
    next_kind kind = find_next(r, &time, &open);
    r->peeked = false;
    out->time = kind == NEXT_NONE ? (r->now > r->last ? r->now : r->last) : time;
    out->seq = ++r->seq;
    out->instrument = 0;
    r->now = out->time;
    switch (kind) {
    case NEXT_ACTION:
        emit_action(r, out);
        break;
    case NEXT_BAR:
        emit_bar(r, out);
        break;
    case NEXT_SLICE:
        out->kind = QM_EVENT_SLICE;
        r->slice = QM_TIME_NONE;
        break;
    case NEXT_OPEN:
        emit_open(open, out);
        break;
    case NEXT_NONE:
        out->kind = QM_EVENT_END;
        break;
    }
}

qm_time qm_replay_peek(const qm_replay *r) {
    source *open = NULL;
    qm_time time;
    /* Building the heap on the first look changes nothing that can be seen. */
    return find_next((qm_replay *)r, &time, &open) == NEXT_NONE ? QM_TIME_MAX : time;
}

qm_status qm_replay_seek(qm_replay *r, qm_time time,
                         qm_status (*each)(void *data, const qm_event *event), void *data) {
    const qm_sim *sim = r->sim;
    r->sim = NULL; /* opening trades of the past matter to nobody */
    r->peeked = false;
    qm_status status = QM_OK;
    while (status == QM_OK) {
        source *open = NULL;
        qm_time next;
        next_kind kind = find_next(r, &next, &open);
        /* A slice that is half out is closed before the cut. */
        if (kind == NEXT_NONE || (next >= time && kind != NEXT_SLICE)) {
            break;
        }
        qm_event event;
        qm_replay_next(r, &event);
        if (each && event.kind != QM_EVENT_SLICE) {
            status = each(data, &event);
        }
    }
    r->sim = sim;
    r->peeked = false;
    return status;
}

bool qm_replay_source(const qm_replay *r, size_t n, qm_instrument_id *id, size_t *bars) {
    if (n >= r->sources.length) {
        return false;
    }
    *id = r->sources.items[n].instrument;
    *bars = r->sources.items[n].bars.n;
    return true;
}

const qm_bars *qm_replay_bars(const qm_replay *r, size_t n, qm_instrument_id *id) {
    if (n >= r->sources.length) {
        return NULL;
    }
    *id = r->sources.items[n].instrument;
    return &r->sources.items[n].bars;
}

size_t qm_replay_actions(const qm_replay *r, const qm_action **out) {
    *out = r->actions.items;
    return r->actions.length;
}

uint64_t qm_replay_left(const qm_replay *r) {
    return r->left;
}
uint64_t qm_replay_total(const qm_replay *r) {
    return r->total;
}
qm_time qm_replay_first(const qm_replay *r) {
    return r->first;
}
qm_time qm_replay_last(const qm_replay *r) {
    return r->last;
}
