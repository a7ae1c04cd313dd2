/* SPDX-License-Identifier: MIT */
#include "net/internal.h"

#include <arpa/inet.h>
#include <string.h>

void qm_url_escape(const char *text, qm_buf *out) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *text; text++) {
        if (strchr(plain, *text)) {
            qm_buf_putc(out, *text);
        } else {
            qm_buf_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
        }
    }
}

/* A part of an address; NULL when it has none. To be freed with curl.free. */
static char *part_of(const qm_http *http, CURLU *url, CURLUPart part) {
    char *text = NULL;
    return http->curl.url_get(url, part, &text, CURLU_DEFAULT_PORT) == CURLUE_OK ? text : NULL;
}

static bool same_part(const qm_http *http, CURLU *a, CURLU *b, CURLUPart part) {
    char *x = part_of(http, a, part), *y = part_of(http, b, part);
    bool same = x && y && strcasecmp(x, y) == 0;
    http->curl.free(x);
    http->curl.free(y);
    return same;
}

bool qm_url_same_server(qm_http *http, const char *a, const char *b) {
    CURLU *x = http->curl.url(), *y = http->curl.url();
    bool same = x && y && http->curl.url_set(x, CURLUPART_URL, a, 0) == CURLUE_OK &&
                http->curl.url_set(y, CURLUPART_URL, b, 0) == CURLUE_OK &&
                same_part(http, x, y, CURLUPART_SCHEME) && same_part(http, x, y, CURLUPART_HOST) &&
                same_part(http, x, y, CURLUPART_PORT);
    http->curl.url_cleanup(x);
    http->curl.url_cleanup(y);
    return same;
}

qm_status qm_url_join(qm_http *http, const char *base, const char *link, qm_buf *out) {
    CURLU *url = http->curl.url();
    char *whole = NULL;
    if (url && http->curl.url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        http->curl.url_set(url, CURLUPART_URL, link, 0) == CURLUE_OK &&
        http->curl.url_get(url, CURLUPART_URL, &whole, 0) != CURLUE_OK) {
        whole = NULL;
    }
    qm_status status = whole ? QM_OK : url ? QM_EDATA : QM_ENOMEM;
    if (whole) {
        qm_buf_puts(out, whole);
    }
    http->curl.free(whole);
    http->curl.url_cleanup(url);
    return status;
}

/* This machine: 127.0.0.0/8, ::1 and the name that stands for them (RFC 6761). */
static bool is_loopback(const char *host) {
    struct in_addr address;
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

qm_status qm_url_check(qm_http *http, const char *text, bool allow_plain, qm_error *err) {
    CURLU *url = http->curl.url();
    if (!url) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    qm_status status = QM_OK;
    CURLUcode code = http->curl.url_set(url, CURLUPART_URL, text, 0);
    char *scheme = code == CURLUE_OK ? part_of(http, url, CURLUPART_SCHEME) : NULL;
    char *host = code == CURLUE_OK ? part_of(http, url, CURLUPART_HOST) : NULL;
    if (!scheme || !host) {
        status = qm_error_set(err, QM_ECONFIG, "the address is none");
    } else if (strcmp(scheme, "http") == 0) {
        if (!allow_plain && !is_loopback(host)) {
            status = qm_error_set(err, QM_ECONFIG,
                                  "plain http to %.80s: anybody on the way could read the key and "
                                  "change the prices; use https",
                                  host);
        }
    } else if (strcmp(scheme, "https") != 0) {
        status = qm_error_set(err, QM_ECONFIG, "%.20s is neither https nor http", scheme);
    }
    http->curl.free(scheme);
    http->curl.free(host);
    http->curl.url_cleanup(url);
    return status;
}
