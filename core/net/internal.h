/* SPDX-License-Identifier: MIT
 *
 * internal.h: libcurl, loaded when it is first needed: with its thirty libraries it would double
 * the time in which the program starts. Internal to the room.
 */
#ifndef QM_NET_INTERNAL_H
#define QM_NET_INTERNAL_H

/* Without the checking macros the names are plain functions, whose types the table takes. */
#define CURL_DISABLE_TYPECHECK
#include "net/http.h"

#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo

#define QM_CURL_FUNCTIONS(X)                                                                       \
    X(global_init_mem)                                                                             \
    X(global_cleanup)                                                                              \
    X(easy_init)                                                                                   \
    X(easy_cleanup)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_setopt)                                                                                 \
    X(easy_perform)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_strerror)                                                                               \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(url)                                                                                         \
    X(url_cleanup)                                                                                 \
    X(url_get)                                                                                     \
    X(url_set)                                                                                     \
    X(free)

typedef struct curl_functions {
#define X(name) __typeof__(&curl_##name) name;
    QM_CURL_FUNCTIONS(X)
#undef X
} curl_functions;

struct qm_http {
    void *library;
    curl_functions curl;
    CURL *easy;
    char trouble[CURL_ERROR_SIZE]; /* libcurl's words on the request at hand */
};

/* url.c: an address that may be asked: http or https, plain only where it is allowed. */
qm_status qm_url_check(qm_http *http, const char *url, bool allow_plain, qm_error *err);

#endif
