/* SPDX-License-Identifier: MIT */
#include "net/fetch.h"

#include "loop/loop.h"

#include <stdio.h>
#include <time.h>

enum { LOOK_MS = 50 };

int64_t qm_fetch_backoff_ms(qm_fetcher *f, int n) {
    int64_t wait = f->first_ms;
    for (int i = 1; i < n && wait < f->max_ms; i++) {
        wait *= 2;
    }
    wait = wait < f->max_ms ? wait : f->max_ms;
    return wait - qm_rng_range(&f->rng, 0, wait / 2);
}

/* Sleeps in short pieces, so that Ctrl-C is heard. */
static qm_status pause_until(int64_t when_ns, const volatile int *cancel, qm_error *err) {
    for (;;) {
        int64_t left = when_ns - qm_loop_monotonic_ns();
        if (cancel && *cancel) {
            return qm_error_set(err, QM_ECANCELLED, "cancelled");
        }
        if (left <= 0) {
            return QM_OK;
        }
        int64_t most = LOOK_MS * INT64_C(1000000);
        struct timespec piece = {0, (long)(left < most ? left : most)};
        nanosleep(&piece, NULL);
    }
}

static qm_status one_try(qm_fetcher *f, const qm_http_request *request, qm_http_response *out,
                         qm_error *err) {
    qm_status status = QM_OK;
    if (f->requests > 0) {
        status = pause_until(f->last_ns + f->interval_ns, request->cancel, err);
    }
    if (status == QM_OK) {
        f->last_ns = qm_loop_monotonic_ns();
        f->requests++;
        status = qm_http_get(f->http, request, out, err);
        f->bytes += out->body.length;
    }
    return status;
}

static bool is_worth_another(qm_status status, const qm_http_response *r) {
    if (status != QM_OK) {
        return status == QM_EUNAVAILABLE && r->transient;
    }
    return r->code == 408 || r->code == 429 || r->code >= 500;
}

qm_status qm_fetch(qm_fetcher *f, const qm_http_request *request, qm_http_response *out,
                   qm_error *err) {
    for (int n = 1;; n++) {
        qm_error trouble = {0};
        char why[320];
        qm_status status = one_try(f, request, out, &trouble);
        if (!is_worth_another(status, out)) {
            return status == QM_OK ? QM_OK : qm_error_set(err, status, "%s", trouble.message);
        }
        if (status == QM_OK) {
            snprintf(why, sizeof why, "answers %d", out->code);
        } else {
            snprintf(why, sizeof why, "%.300s", trouble.message);
        }
        if (n >= f->tries) {
            return qm_error_set(err, QM_EUNAVAILABLE, "%s (%d %s)", why, n,
                                n == 1 ? "try" : "tries");
        }
        int64_t asked = out->retry_after_s, ms = qm_fetch_backoff_ms(f, n);
        if (asked > f->max_ms / 1000) {
            return qm_error_set(err, QM_EUNAVAILABLE, "%s and asks to wait %lld s: try later", why,
                                (long long)asked);
        }
        ms = asked * 1000 > ms ? asked * 1000 : ms;
        if (f->on_wait) {
            f->on_wait(f->data, ms, why);
        }
        f->retries++;
        status = pause_until(qm_loop_monotonic_ns() + ms * INT64_C(1000000), request->cancel, err);
        if (status != QM_OK) {
            return status;
        }
    }
}
