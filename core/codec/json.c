/* SPDX-License-Identifier: MIT
 *
 * The writer. Commas follow from what has been written.
 */
#include "codec/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void qm_json_writer_init(qm_json_writer *w, qm_buf *out) {
    memset(w, 0, sizeof *w);
    w->out = out;
}

static void before_value(qm_json_writer *w) {
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->has_item[w->depth]) {
        qm_buf_putc(w->out, ',');
    }
    w->has_item[w->depth] = true;
}

static void open(qm_json_writer *w, char bracket) {
    before_value(w);
    qm_buf_putc(w->out, bracket);
    if (w->depth < 63) {
        w->depth++;
    } else {
        w->out->status = QM_ERANGE;
    }
    w->has_item[w->depth] = false;
}

static void close(qm_json_writer *w, char bracket) {
    qm_buf_putc(w->out, bracket);
    w->depth -= w->depth > 0;
}

void qm_json_open_object(qm_json_writer *w) {
    open(w, '{');
}
void qm_json_close_object(qm_json_writer *w) {
    close(w, '}');
}
void qm_json_open_array(qm_json_writer *w) {
    open(w, '[');
}
void qm_json_close_array(qm_json_writer *w) {
    close(w, ']');
}

void qm_json_raw(qm_json_writer *w, const char *json, size_t length) {
    before_value(w);
    qm_buf_append(w->out, json, length);
}

/* Bytes of the UTF-8 sequence that text begins with (RFC 3629); 0: none does. */
static size_t sequence(const char *text, size_t left) {
    const unsigned char *t = (const unsigned char *)text;
    size_t n = t[0] < 0x80                   ? 1
               : t[0] >= 0xc2 && t[0] < 0xe0 ? 2
               : (t[0] & 0xf0) == 0xe0       ? 3
               : t[0] >= 0xf0 && t[0] < 0xf5 ? 4
                                             : 0;
    if (n == 0 || n > left) {
        return 0;
    }
    for (size_t i = 1; i < n; i++) {
        if ((t[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (t[0] == 0xe0 && t[1] < 0xa0) || (t[0] == 0xf0 && t[1] < 0x90);
    bool surrogate = t[0] == 0xed && t[1] >= 0xa0;
    return overlong || surrogate || (t[0] == 0xf4 && t[1] >= 0x90) ? 0 : n;
}

/* What is no UTF-8 becomes U+FFFD: a file's broken bytes must not break the JSON that names them.
 */
static void put_quoted(qm_buf *out, const char *text, size_t length) {
    static const char hex[] = "0123456789abcdef";
    qm_buf_putc(out, '"');
    size_t plain = 0; /* start of what needs no escape */
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        size_t bytes = sequence(text + i, length - i);
        if (c >= 0x20 && c != '"' && c != '\\' && bytes) {
            i += bytes - 1;
            continue;
        }
        qm_buf_append(out, text + plain, i - plain);
        plain = i + 1;
        const char *named = !bytes      ? "\\ufffd"
                            : c == '"'  ? "\\\""
                            : c == '\\' ? "\\\\"
                            : c == '\n' ? "\\n"
                                        : NULL;
        if (named) {
            qm_buf_puts(out, named);
        } else {
            char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            qm_buf_append(out, escape, sizeof escape);
        }
    }
    qm_buf_append(out, text + plain, length - plain);
    qm_buf_putc(out, '"');
}

void qm_json_key(qm_json_writer *w, const char *key) {
    before_value(w);
    put_quoted(w->out, key, strlen(key));
    qm_buf_putc(w->out, ':');
    w->after_key = true;
}

void qm_json_string_n(qm_json_writer *w, const char *text, size_t length) {
    before_value(w);
    put_quoted(w->out, text, length);
}

void qm_json_string(qm_json_writer *w, const char *text) {
    if (text) {
        qm_json_string_n(w, text, strlen(text));
    } else {
        qm_json_null(w);
    }
}

void qm_json_int(qm_json_writer *w, int64_t value) {
    before_value(w);
    qm_buf_printf(w->out, "%" PRId64, value);
}

void qm_json_double(qm_json_writer *w, double value) {
    if (!isfinite(value)) {
        qm_json_null(w);
        return;
    }
    before_value(w);
    qm_buf_printf(w->out, "%.17g", value);
}

void qm_json_bool(qm_json_writer *w, bool value) {
    before_value(w);
    qm_buf_puts(w->out, value ? "true" : "false");
}

void qm_json_null(qm_json_writer *w) {
    before_value(w);
    qm_buf_puts(w->out, "null");
}

void qm_json_decimal(qm_json_writer *w, qm_decimal value) {
    char text[QM_DECIMAL_BUF];
    qm_json_string_n(w, text, qm_decimal_format(value, text));
}

void qm_json_total(qm_json_writer *w, qm_total value) {
    char text[QM_TOTAL_BUF];
    qm_json_string_n(w, text, qm_total_format(value, text));
}

void qm_json_time(qm_json_writer *w, qm_time value) {
    char text[QM_TIME_BUF];
    if (value == QM_TIME_NONE) {
        qm_json_null(w);
    } else {
        qm_json_string_n(w, text, qm_time_format(value, text));
    }
}

void qm_json_date(qm_json_writer *w, qm_date value) {
    char text[QM_DATE_BUF];
    if (value == QM_DATE_NONE) {
        qm_json_null(w);
    } else {
        qm_json_string_n(w, text, qm_date_format(value, text));
    }
}

void qm_json_put_string(qm_json_writer *w, const char *key, const char *text) {
    qm_json_key(w, key);
    qm_json_string(w, text);
}
void qm_json_put_int(qm_json_writer *w, const char *key, int64_t value) {
    qm_json_key(w, key);
    qm_json_int(w, value);
}
void qm_json_put_count(qm_json_writer *w, const char *key, uint64_t value) {
    qm_json_put_int(w, key, (int64_t)value);
}
void qm_json_put_double(qm_json_writer *w, const char *key, double value) {
    qm_json_key(w, key);
    qm_json_double(w, value);
}
void qm_json_put_bool(qm_json_writer *w, const char *key, bool value) {
    qm_json_key(w, key);
    qm_json_bool(w, value);
}
void qm_json_put_null(qm_json_writer *w, const char *key) {
    qm_json_key(w, key);
    qm_json_null(w);
}
void qm_json_put_decimal(qm_json_writer *w, const char *key, qm_decimal value) {
    qm_json_key(w, key);
    qm_json_decimal(w, value);
}
void qm_json_put_total(qm_json_writer *w, const char *key, qm_total value) {
    qm_json_key(w, key);
    qm_json_total(w, value);
}
void qm_json_put_known_decimal(qm_json_writer *w, const char *key, bool known, qm_decimal value) {
    if (known) {
        qm_json_put_decimal(w, key, value);
    } else {
        qm_json_put_null(w, key);
    }
}
void qm_json_put_known_total(qm_json_writer *w, const char *key, bool known, qm_total value) {
    if (known) {
        qm_json_put_total(w, key, value);
    } else {
        qm_json_put_null(w, key);
    }
}
void qm_json_put_time(qm_json_writer *w, const char *key, qm_time value) {
    qm_json_key(w, key);
    qm_json_time(w, value);
}
void qm_json_put_date(qm_json_writer *w, const char *key, qm_date value) {
    qm_json_key(w, key);
    qm_json_date(w, value);
}
