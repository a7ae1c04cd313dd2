/* SPDX-License-Identifier: MIT
 *
 * One request of `qm data get`: what its answer means, and messages that never hold the key.
 */
#include "app/data_get.h"

#include "qm_version.h"

#include <stdio.h>
#include <string.h>

enum { SHOWN_MAX = 200, EXCERPT_MAX = 120 };

/* Replaces what equals `secret`. */
static qm_status replace_all(qm_buf *text, const char *secret, const char *with) {
    size_t n = strlen(secret);
    if (n == 0 || !text->data || !memmem(text->data, text->length, secret, n)) {
        return QM_OK;
    }
    qm_buf out;
    qm_buf_init(&out, text->maximum * 2);
    const char *at = text->data, *end = text->data + text->length, *found;
    while ((found = memmem(at, (size_t)(end - at), secret, n)) != NULL) {
        qm_buf_append(&out, at, (size_t)(found - at));
        qm_buf_puts(&out, with);
        at = found + n;
    }
    qm_buf_append(&out, at, (size_t)(end - at));
    qm_buf_fini(text);
    *text = out;
    return out.status;
}

/* As it is, and as an address has it. */
qm_status qm_get_hide_key(const get_run *run, qm_buf *text, const char *with) {
    qm_buf escaped;
    if (!run->key) {
        return QM_OK;
    }
    qm_buf_init(&escaped, 1 << 14);
    qm_url_escape(run->key, &escaped);
    qm_status status = escaped.status == QM_OK ? replace_all(text, run->key, with) : QM_ENOMEM;
    if (status == QM_OK) {
        status = replace_all(text, escaped.data, with);
    }
    qm_buf_fini(&escaped);
    return status;
}

qm_status qm_get_failed(const get_run *run, const get_request *r, qm_status status,
                        const qm_error *trouble, qm_error *err) {
    qm_buf text;
    char place[QM_ERROR_FILE_MAX];
    const char *words = trouble->message[0] ? trouble->message : qm_status_text(status);
    qm_buf_init(&text, 1 << 16);
    if (trouble->file[0]) {
        qm_buf_printf(&text, "%s: ", trouble->file);
    }
    qm_buf_puts(&text, status == QM_ECANCELLED ? "cancelled: the pages before are kept" : words);
    qm_buf_printf(&text, " [%.*s]", SHOWN_MAX, r->shown);
    if (qm_get_hide_key(run, &text, "***") != QM_OK) {
        qm_buf_clear(&text);
        qm_buf_puts(&text, "out of memory");
    }
    snprintf(place, sizeof place, "%s %s %s", run->provider.name, r->symbol, r->what);
    qm_error_at(err, status, place, trouble->row, 0, "%s", text.data ? text.data : "");
    qm_buf_fini(&text);
    return status;
}

/* The beginning of a body as one line. */
static const char *excerpt(const qm_buf *body, char *out, size_t size) {
    size_t n = 0;
    for (size_t i = 0; i < body->length && n + 1 < size && n < EXCERPT_MAX; i++) {
        unsigned char c = (unsigned char)body->data[i];
        out[n++] = c < 0x20 || c == 0x7f ? ' ' : (char)c;
    }
    out[n] = 0;
    return out;
}

static qm_status refused(const get_run *run, const qm_http_response *a, qm_error *err) {
    char words[EXCERPT_MAX + 8];
    excerpt(&a->body, words, sizeof words);
    switch (a->code) {
    case 401:
    case 403:
        return qm_error_set(err, QM_EUNAVAILABLE, "access is refused (%d)%s%s%s: %s", a->code,
                            run->key ? ": is the key in " : "",
                            run->key ? run->provider.key_env : "", run->key ? " right?" : "",
                            words);
    case 404:
    case 410:
        return qm_error_set(err, QM_ENOTFOUND, "the provider does not know it (%d): %s", a->code,
                            words);
    case 400:
    case 422:
        return qm_error_set(err, QM_EDATA, "the provider does not understand the request (%d): %s",
                            a->code, words);
    default:
        return qm_error_set(err, QM_EUNAVAILABLE, "the provider answers %d: %s", a->code, words);
    }
}

qm_status qm_get_answer(get_run *run, const get_request *r, qm_http_response *out, qm_error *err) {
    const qm_provider *p = &run->provider;
    qm_error trouble = {0};
    qm_http_request request = {.url = r->url,
                               .header = run->header,
                               .allow_plain = p->insecure,
                               .connect_s = (int)p->connect_s,
                               .stall_s = (int)p->stall_s,
                               .total_s = (int)p->total_s,
                               .max_body = (size_t)p->max_mb << 20,
                               .user_agent = "quantmatrix/" QM_VERSION,
                               .cancel = &qm_interrupted};
    qm_status status = qm_fetch(&run->fetcher, &request, out, &trouble);
    if (status == QM_OK) {
        status = qm_get_hide_key(run, &out->body, "{key}");
    }
    if (status == QM_OK && out->code != 200) {
        status = refused(run, out, &trouble);
    }
    if (status == QM_ERANGE) { /* an endless body is the provider's fault, not the disk's */
        status = QM_EDATA;
    }
    return status == QM_OK ? QM_OK : qm_get_failed(run, r, status, &trouble, err);
}
