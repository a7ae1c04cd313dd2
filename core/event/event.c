/* SPDX-License-Identifier: MIT */
#include "event/event.h"

static const struct {
    const char *name;
    int rank;
} KINDS[] = {
#define X(constant, name, rank) {name, rank},
    QM_EVENT_MAP(X)
#undef X
};

int qm_event_rank(qm_event_kind kind) {
    return KINDS[kind].rank;
}

const char *qm_event_name(qm_event_kind kind) {
    return KINDS[kind].name;
}

int qm_event_compare(const qm_event *a, const qm_event *b) {
    if (a->time != b->time) {
        return a->time < b->time ? -1 : 1;
    }
    int rank_a = qm_event_rank(a->kind), rank_b = qm_event_rank(b->kind);
    if (rank_a != rank_b) {
        return rank_a < rank_b ? -1 : 1;
    }
    if (a->instrument != b->instrument) {
        return a->instrument < b->instrument ? -1 : 1;
    }
    return (a->seq > b->seq) - (a->seq < b->seq);
}
