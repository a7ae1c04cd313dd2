/* SPDX-License-Identifier: MIT
 *
 * json.h: a streaming JSON writer over a qm_buf, and a reader (cJSON behind it).
 *
 * The writer puts commas itself, escapes strings and puts U+FFFD where one is no UTF-8; nesting is
 * at most 64. Numbers that must be
 * exact (money, ids) are written as strings by the caller's choice of function.
 */
#ifndef QM_CODEC_JSON_H
#define QM_CODEC_JSON_H

#include "base/buf.h"
#include "quantmatrix/time.h"

#include <stdbool.h>

typedef struct qm_json_writer {
    qm_buf *out;
    int depth;
    bool has_item[64];
    bool after_key;
} qm_json_writer;

void qm_json_writer_init(qm_json_writer *w, qm_buf *out);
void qm_json_open_object(qm_json_writer *w);
void qm_json_close_object(qm_json_writer *w);
void qm_json_open_array(qm_json_writer *w);
void qm_json_close_array(qm_json_writer *w);
void qm_json_key(qm_json_writer *w, const char *key);
void qm_json_string(qm_json_writer *w, const char *text); /* NULL writes null */
void qm_json_string_n(qm_json_writer *w, const char *text, size_t length);
void qm_json_raw(qm_json_writer *w, const char *json, size_t length); /* a value as it is */
void qm_json_int(qm_json_writer *w, int64_t value);
void qm_json_double(qm_json_writer *w, double value); /* 17 digits; NaN and infinity write null */
void qm_json_bool(qm_json_writer *w, bool value);
void qm_json_null(qm_json_writer *w);
void qm_json_decimal(qm_json_writer *w, qm_decimal value); /* as a string */
void qm_json_total(qm_json_writer *w, qm_total value);     /* as a string */
void qm_json_time(qm_json_writer *w,
                  qm_time value); /* "2007-01-03T14:30:00Z"; QM_TIME_NONE: null */
void qm_json_date(qm_json_writer *w, qm_date value); /* "2007-01-03"; QM_DATE_NONE: null */
/* A member of an object: its key and its value. */
void qm_json_put_string(qm_json_writer *w, const char *key, const char *text);
void qm_json_put_int(qm_json_writer *w, const char *key, int64_t value);
void qm_json_put_count(qm_json_writer *w, const char *key, uint64_t value); /* below 2^63 */
void qm_json_put_double(qm_json_writer *w, const char *key, double value);
void qm_json_put_bool(qm_json_writer *w, const char *key, bool value);
void qm_json_put_null(qm_json_writer *w, const char *key);
void qm_json_put_decimal(qm_json_writer *w, const char *key, qm_decimal value);
void qm_json_put_total(qm_json_writer *w, const char *key, qm_total value);
void qm_json_put_known_decimal(qm_json_writer *w, const char *key, bool known,
                               qm_decimal value); /* null when not known */
void qm_json_put_known_total(qm_json_writer *w, const char *key, bool known, qm_total value);
void qm_json_put_time(qm_json_writer *w, const char *key, qm_time value);
void qm_json_put_date(qm_json_writer *w, const char *key, qm_date value);

/* Reader: an immutable tree. */
typedef struct qm_json qm_json;
qm_status qm_json_parse(const char *text, size_t length, qm_json **out, qm_error *err);
void qm_json_free(qm_json *root);
const qm_json *qm_json_get(const qm_json *object, const char *key); /* case-sensitive; NULL: none */
const qm_json *qm_json_at(const qm_json *array, size_t index);
const char *qm_json_name(const qm_json *value); /* its key in its object; NULL: it has none */
size_t qm_json_size(const qm_json *array_or_object);
/* A walk over an array or object: the first and the next value; NULL behind the last. */
const qm_json *qm_json_first(const qm_json *array_or_object);
const qm_json *qm_json_next(const qm_json *value);
bool qm_json_is_array(const qm_json *value);
bool qm_json_is_object(const qm_json *value);
const char *qm_json_text(const qm_json *value); /* NULL when not a string */
bool qm_json_number(const qm_json *value, double *out);
bool qm_json_is_true(const qm_json *value);
bool qm_json_is_false(const qm_json *value);
bool qm_json_is_null(const qm_json *value); /* a null that stands there */

#endif
