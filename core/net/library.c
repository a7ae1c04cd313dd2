/* SPDX-License-Identifier: MIT
 *
 * Life of a client: the library, its memory through our door, one handle with its connections.
 */
#include "net/internal.h"

#include "base/mem.h"

#include <dlfcn.h>

static qm_status find_functions(qm_http *http, qm_error *err) {
#define X(name)                                                                                    \
    http->curl.name = (__typeof__(&curl_##name))dlsym(http->library, "curl_" #name);               \
    if (!http->curl.name) {                                                                        \
        return qm_error_set(err, QM_EUNAVAILABLE, "libcurl has no curl_" #name ": it is too old"); \
    }
    QM_CURL_FUNCTIONS(X)
#undef X
    return QM_OK;
}

qm_status qm_http_new(qm_http **out, qm_error *err) {
    qm_http *http = qm_calloc(1, sizeof *http);
    if (!http) {
        return qm_error_set(err, QM_ENOMEM, "out of memory");
    }
    http->library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    qm_status status = http->library ? find_functions(http, err)
                                     : qm_error_set(err, QM_EUNAVAILABLE,
                                                    "libcurl can't be loaded: %s", dlerror());
    if (status == QM_OK && http->curl.global_init_mem(CURL_GLOBAL_DEFAULT, qm_alloc, qm_free,
                                                      qm_realloc, qm_strdup, qm_calloc) != 0) {
        status = qm_error_set(err, QM_ENOMEM, "libcurl can't be started");
    } else if (status == QM_OK) {
        http->easy = http->curl.easy_init();
        if (!http->easy) {
            http->curl.global_cleanup();
            status = qm_error_set(err, QM_ENOMEM, "out of memory");
        }
    }
    if (status != QM_OK) {
        qm_free(http);
        return status;
    }
    *out = http;
    return QM_OK;
}

/* The library itself stays loaded: what it depends on can't be unloaded safely. */
void qm_http_free(qm_http *http) {
    if (http) {
        http->curl.easy_cleanup(http->easy);
        http->curl.global_cleanup();
        qm_free(http);
    }
}

void qm_http_response_fini(qm_http_response *r) {
    qm_buf_fini(&r->body);
}
