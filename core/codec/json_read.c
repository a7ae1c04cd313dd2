/* SPDX-License-Identifier: MIT
 *
 * The reader: cJSON's tree behind our names.
 */
#include "codec/json.h"

#include <cjson/cJSON.h>

static const cJSON *tree(const qm_json *value) {
    return (const cJSON *)(const void *)value;
}

static const qm_json *ours(const cJSON *value) {
    return (const qm_json *)(const void *)value;
}

qm_status qm_json_parse(const char *text, size_t length, qm_json **out, qm_error *err) {
    const char *end = NULL;
    cJSON *root = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    if (!root) {
        int64_t row = 1;
        for (const char *at = text; at < end; at++) {
            row += *at == '\n';
        }
        return qm_error_at(err, QM_EPARSE, NULL, row, 0, "no JSON at byte %lld",
                           (long long)(end ? end - text : 0));
    }
    *out = (qm_json *)(void *)root;
    return QM_OK;
}

void qm_json_free(qm_json *root) {
    cJSON_Delete((cJSON *)(void *)root);
}

const qm_json *qm_json_get(const qm_json *object, const char *key) {
    return object ? ours(cJSON_GetObjectItemCaseSensitive(tree(object), key)) : NULL;
}

const qm_json *qm_json_at(const qm_json *array, size_t index) {
    return array ? ours(cJSON_GetArrayItem(tree(array), (int)index)) : NULL;
}

const char *qm_json_name(const qm_json *value) {
    return value ? tree(value)->string : NULL;
}

size_t qm_json_size(const qm_json *value) {
    return value ? (size_t)cJSON_GetArraySize(tree(value)) : 0;
}

const qm_json *qm_json_first(const qm_json *value) {
    return value ? ours(tree(value)->child) : NULL;
}

const qm_json *qm_json_next(const qm_json *value) {
    return value ? ours(tree(value)->next) : NULL;
}

bool qm_json_is_array(const qm_json *value) {
    return value && cJSON_IsArray(tree(value));
}

bool qm_json_is_object(const qm_json *value) {
    return value && cJSON_IsObject(tree(value));
}

const char *qm_json_text(const qm_json *value) {
    return value ? cJSON_GetStringValue(tree(value)) : NULL;
}

bool qm_json_number(const qm_json *value, double *out) {
    if (!value || !cJSON_IsNumber(tree(value))) {
        return false;
    }
    *out = tree(value)->valuedouble;
    return true;
}

bool qm_json_is_true(const qm_json *value) {
    return value && cJSON_IsTrue(tree(value));
}

bool qm_json_is_false(const qm_json *value) {
    return value && cJSON_IsFalse(tree(value));
}

bool qm_json_is_null(const qm_json *value) {
    return value && cJSON_IsNull(tree(value));
}
