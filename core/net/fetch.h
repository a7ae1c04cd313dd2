/* SPDX-License-Identifier: MIT
 *
 * fetch.h: requests to a server that has limits and bad days.
 *
 * Keeps a distance between requests, waits as long as a 429 asks, and tries again after 408, 429,
 * 5xx and broken connections with growing, jittered waits (seeded: the same run waits the same).
 * The number of tries and every wait are bounded.
 */
#ifndef QM_NET_FETCH_H
#define QM_NET_FETCH_H

#include "base/rng.h"
#include "net/http.h"

typedef struct qm_fetcher {
    qm_http *http;       /* borrowed */
    int tries;           /* of one request, at least 1 */
    int64_t first_ms;    /* the first wait; each further one is twice as long, at most max_ms */
    int64_t max_ms;      /* also of what a server asks for: more is the end */
    int64_t interval_ns; /* at least this between the starts of two requests */
    qm_rng rng;
    /* Before a wait; may be NULL. why holds no address. */
    void (*on_wait)(void *data, int64_t ms, const char *why);
    void *data;
    int64_t last_ns;                   /* start of the last request, monotonic */
    uint64_t requests, retries, bytes; /* so far */
} qm_fetcher;

/* As qm_http_get; QM_EUNAVAILABLE also when the tries are used up. */
qm_status qm_fetch(qm_fetcher *fetcher, const qm_http_request *request, qm_http_response *out,
                   qm_error *err);
/* The wait before try n + 1 (n = 1, 2, ...): between half and all of first_ms x 2^(n-1), capped. */
int64_t qm_fetch_backoff_ms(qm_fetcher *fetcher, int n);

#endif
