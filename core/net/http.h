/* SPDX-License-Identifier: MIT
 *
 * http.h: one GET after the other over HTTP and HTTPS, from servers that may do anything.
 *
 * Certificates are always verified. Plain http goes to this machine only, unless the request says
 * otherwise. A redirect is followed on its own server, never to another one: what authorises a
 * request stays with the server it was meant for. Bodies, waits and the whole request are bounded.
 * libcurl is loaded by the first qm_http_new, so that a program that fetches nothing starts without
 * it. One client is used by one thread at a time.
 */
#ifndef QM_NET_HTTP_H
#define QM_NET_HTTP_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct qm_http qm_http;

typedef struct qm_http_request {
    const char *url;
    const char *header; /* one line more, "Name: value"; NULL: none */
    bool allow_plain;   /* http:// also to other machines */
    int connect_s;      /* until there is a connection */
    int stall_s;        /* with hardly anything received (64 bytes a second) */
    int total_s;        /* the whole request */
    size_t max_body;    /* bytes, unpacked */
    const char *user_agent;
    const volatile int *cancel; /* NULL, or non-zero: stop with QM_ECANCELLED */
} qm_http_request;

typedef struct qm_http_response {
    int code; /* 200, 404, ...; 0: none was received */
    qm_buf body;
    char type[64];         /* content type; "" when there is none */
    int64_t retry_after_s; /* what the server asks to wait; 0: nothing */
    bool framed;           /* the server said where the body ends: by length or in chunks */
    bool transient;        /* after an error: another try may succeed */
} qm_http_response;

/* QM_EUNAVAILABLE: libcurl is not installed; QM_ENOMEM. */
qm_status qm_http_new(qm_http **out, qm_error *err);
void qm_http_free(qm_http *http);
/* out is zeroed storage, or that of the request before; qm_http_response_fini also after an error.
 * QM_OK for every code that a server answers with, redirects that were followed left out.
 * QM_EUNAVAILABLE: no whole answer; QM_ECONFIG: an address that is none, or plain to another
 * machine; QM_ERANGE: a body over the maximum; QM_ECANCELLED; QM_ENOMEM. Messages hold no address.
 */
qm_status qm_http_get(qm_http *http, const qm_http_request *request, qm_http_response *out,
                      qm_error *err);
void qm_http_response_fini(qm_http_response *response);

/* Appends a text with all but letters, digits and - . _ ~ percent-encoded (RFC 3986). */
void qm_url_escape(const char *text, qm_buf *out);
/* Whether scheme, host and port are those of the other. */
bool qm_url_same_server(qm_http *http, const char *a, const char *b);
/* A link as it stands in an answer from `base`, made absolute (RFC 3986 section 5); appended.
 * QM_EDATA when it is no link. */
qm_status qm_url_join(qm_http *http, const char *base, const char *link, qm_buf *out);

#endif
