/* SPDX-License-Identifier: MIT
 *
 * One request and its answer.
 */
#include "net/internal.h"

#include <string.h>

enum { REDIRECTS_MAX = 5, SLOW_BYTES = 64 };

typedef struct transfer {
    qm_http *http;
    const qm_http_request *request;
    qm_http_response *out;
    bool too_large;
} transfer;

static size_t take_body(char *data, size_t size, size_t count, void *user) {
    transfer *t = user;
    size_t length = size * count;
    qm_buf_append(&t->out->body, data, length);
    t->too_large = t->out->body.status == QM_ERANGE;
    return t->out->body.status == QM_OK ? length : 0;
}

static bool begins_with(const char *line, size_t length, const char *name) {
    size_t n = strlen(name);
    return length >= n && strncasecmp(line, name, n) == 0;
}

static size_t take_header(char *line, size_t size, size_t count, void *user) {
    transfer *t = user;
    size_t length = size * count;
    if (begins_with(line, length, "HTTP/")) {
        t->out->framed = begins_with(line, length, "HTTP/2"); /* its frames say where it ends */
    } else if (begins_with(line, length, "content-length:") ||
               begins_with(line, length, "transfer-encoding:")) {
        t->out->framed = true;
    }
    return length;
}

static int look_up(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    const transfer *t = user;
    (void)a, (void)b, (void)c, (void)d;
    return t->request->cancel && *t->request->cancel;
}

static void set_options(transfer *t, const char *url, struct curl_slist *headers) {
    const curl_functions *c = &t->http->curl;
    const qm_http_request *r = t->request;
    CURL *easy = t->http->easy;
    bool plain = strncasecmp(url, "http:", 5) == 0;
    c->easy_reset(easy); /* keeps the connections */
    c->easy_setopt(easy, CURLOPT_URL, url);
    c->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    c->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    c->easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    c->easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    c->easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    c->easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    c->easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    c->easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)r->connect_s);
    c->easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
    c->easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)r->stall_s);
    c->easy_setopt(easy, CURLOPT_TIMEOUT, (long)r->total_s);
    c->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->http->trouble);
    c->easy_setopt(easy, CURLOPT_USERAGENT, r->user_agent);
    c->easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    c->easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    c->easy_setopt(easy, CURLOPT_WRITEDATA, t);
    c->easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    c->easy_setopt(easy, CURLOPT_HEADERDATA, t);
    c->easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    c->easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look_up);
    c->easy_setopt(easy, CURLOPT_XFERINFODATA, t);
    if (plain && !r->allow_plain) { /* this machine: no proxy is to see it */
        c->easy_setopt(easy, CURLOPT_NOPROXY, "*");
    }
}

static bool is_transient(CURLcode code) {
    static const CURLcode codes[] = {CURLE_COULDNT_RESOLVE_PROXY,
                                     CURLE_COULDNT_RESOLVE_HOST,
                                     CURLE_COULDNT_CONNECT,
                                     CURLE_PARTIAL_FILE,
                                     CURLE_OPERATION_TIMEDOUT,
                                     CURLE_SEND_ERROR,
                                     CURLE_RECV_ERROR,
                                     CURLE_GOT_NOTHING,
                                     CURLE_HTTP2_STREAM,
                                     CURLE_SSL_CONNECT_ERROR,
                                     CURLE_HTTP2};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i] == code) {
            return true;
        }
    }
    return false;
}

static qm_status failed(const transfer *t, CURLcode code, qm_error *err) {
    const char *words = t->http->trouble[0] ? t->http->trouble : t->http->curl.easy_strerror(code);
    if (code == CURLE_OUT_OF_MEMORY || t->out->body.status == QM_ENOMEM) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    if (t->too_large) {
        return qm_error_set(err, QM_ERANGE, "the body is longer than %zu bytes",
                            t->request->max_body);
    }
    if (code == CURLE_ABORTED_BY_CALLBACK) {
        return qm_error_set(err, QM_ECANCELLED, "cancelled");
    }
    t->out->transient = is_transient(code);
    return qm_error_set(err, QM_EUNAVAILABLE, "%.300s", words);
}

static void read_facts(const transfer *t) {
    const curl_functions *c = &t->http->curl;
    long code = 0;
    curl_off_t wait = 0;
    char *type = NULL;
    c->easy_getinfo(t->http->easy, CURLINFO_RESPONSE_CODE, &code);
    c->easy_getinfo(t->http->easy, CURLINFO_RETRY_AFTER, &wait);
    c->easy_getinfo(t->http->easy, CURLINFO_CONTENT_TYPE, &type);
    t->out->code = (int)code;
    t->out->retry_after_s = wait;
    snprintf(t->out->type, sizeof t->out->type, "%s", type ? type : "");
}

static qm_status ask(transfer *t, const char *url, qm_error *err) {
    const curl_functions *c = &t->http->curl;
    struct curl_slist *headers = NULL;
    if (t->request->header) {
        headers = c->slist_append(NULL, t->request->header);
        if (!headers) {
            return qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    qm_buf_clear(&t->out->body);
    t->http->trouble[0] = 0;
    set_options(t, url, headers);
    CURLcode code = c->easy_perform(t->http->easy);
    read_facts(t);
    c->slist_free_all(headers);
    return code == CURLE_OK ? QM_OK : failed(t, code, err);
}

/* Where an answer points to, when that is on the same server; else an error. */
static qm_status follow(const transfer *t, qm_buf *at, qm_error *err) {
    char *to = NULL;
    t->http->curl.easy_getinfo(t->http->easy, CURLINFO_REDIRECT_URL, &to);
    if (!to) {
        return qm_error_set(err, QM_EUNAVAILABLE, "a redirect (%d) to nowhere", t->out->code);
    }
    if (!qm_url_same_server(t->http, at->data, to)) {
        return qm_error_set(err, QM_EUNAVAILABLE,
                            "a redirect (%d) to another server (%.*s): if it is right, put it into "
                            "the configuration",
                            t->out->code, (int)(strcspn(to, "?#") < 120 ? strcspn(to, "?#") : 120),
                            to);
    }
    qm_buf next;
    qm_buf_init(&next, at->maximum);
    qm_buf_puts(&next, to);
    qm_buf_fini(at);
    *at = next;
    return next.status == QM_OK ? QM_OK
                                : qm_error_set(err, QM_EUNAVAILABLE, "a redirect that is too long");
}

static bool is_redirect(int code) {
    return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

qm_status qm_http_get(qm_http *http, const qm_http_request *request, qm_http_response *out,
                      qm_error *err) {
    transfer t = {.http = http, .request = request, .out = out};
    qm_buf at;
    qm_buf_fini(&out->body);
    *out = (qm_http_response){0};
    qm_buf_init(&out->body, request->max_body);
    qm_buf_init(&at, 1 << 16);
    qm_buf_puts(&at, request->url);
    qm_status status = at.status == QM_OK ? qm_url_check(http, at.data, request->allow_plain, err)
                                          : qm_error_set(err, at.status, "the address is too long");
    for (int i = 0; status == QM_OK; i++) {
        status = ask(&t, at.data, err);
        if (status != QM_OK || !is_redirect(out->code)) {
            break;
        }
        status = i < REDIRECTS_MAX ? follow(&t, &at, err)
                                   : qm_error_set(err, QM_EUNAVAILABLE, "more than %d redirects",
                                                  (int)REDIRECTS_MAX);
    }
    qm_buf_fini(&at);
    return status;
}
