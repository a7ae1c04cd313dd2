/* SPDX-License-Identifier: MIT
 *
 * How long callbacks take: a histogram for each sleeve, eight buckets for each power of two.
 * Measured for people only; nothing that is decided depends on it.
 */
#include "engine/internal.h"

#include "base/mem.h"

enum { STEPS = 8, BUCKETS = 64 * STEPS };

static size_t bucket_of(uint64_t ns) {
    if (ns < STEPS) {
        return (size_t)ns;
    }
    int power = 63 - __builtin_clzll(ns);
    return (size_t)(power * STEPS) + (size_t)(ns >> (power - 3) & (STEPS - 1));
}

/* The middle of a bucket. */
static uint64_t value_of(size_t bucket) {
    if (bucket < STEPS) {
        return bucket;
    }
    unsigned power = (unsigned)(bucket / STEPS);
    uint64_t width = (uint64_t)1 << (power - 3);
    return ((uint64_t)1 << power) + (bucket % STEPS) * width + width / 2;
}

void qm_sleeve_measure(sleeve *s, int64_t ns) {
    if (!s->latency) {
        s->latency = qm_calloc(BUCKETS, sizeof *s->latency);
    }
    if (s->latency && ns >= 0) {
        s->latency[bucket_of((uint64_t)ns)]++;
        s->measured++;
    }
}

bool qm_engine_latency(const qm_engine *e, uint32_t index, double fraction, uint64_t *ns) {
    const sleeve *s = qm_engine_at(e, index);
    uint64_t seen = 0, wanted = (uint64_t)(fraction * (double)s->measured);
    for (size_t i = 0; s->latency && i < BUCKETS; i++) {
        seen += s->latency[i];
        if (seen > wanted || (seen == s->measured && seen > 0)) {
            *ns = value_of(i);
            return true;
        }
    }
    return false;
}
