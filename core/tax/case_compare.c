/* SPDX-License-Identifier: MIT
 *
 * Comparing what came of a case with what it expects. Numbers are compared at the decimals that the
 * expected value has, or within the case's tolerance; keys that are not expected are not compared,
 * but for holding_start and permanent, whose absence says something.
 */
#include "tax/case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct comparison {
    bool same, has_tol;
    qm_decimal tol;
    qm_buf *why;
} comparison;

/* More than nine decimals are cut: such values come with a tolerance. */
static bool number(const char *text, qm_decimal *out, int *places) {
    const char *point = strchr(text, '.');
    size_t length = strlen(text);
    size_t behind = point ? length - (size_t)(point - text) - 1 : 0;
    *places = (int)(behind > QM_DECIMAL_DIGITS ? QM_DECIMAL_DIGITS : behind);
    length -= behind - (size_t)*places;
    return qm_decimal_parse(text, length, out) == QM_OK;
}

static bool equal(const comparison *c, const char *want, const char *got) {
    qm_decimal a, b, rounded, apart;
    int places, ours;
    if (strcmp(want, got) == 0) {
        return true;
    }
    if (!number(want, &a, &places) || !number(got, &b, &ours)) {
        return false;
    }
    if (c->has_tol) {
        return qm_decimal_sub(a, b, &apart) == QM_OK && llabs(apart.raw) <= c->tol.raw;
    }
    return qm_decimal_round(b, places, QM_ROUND_HALF_UP, &rounded) == QM_OK && rounded.raw == a.raw;
}

static void differ(comparison *c, const char *where, const char *key, const char *want,
                   const char *got) {
    c->same = false;
    qm_buf_printf(c->why, "  %s: %s: expected %s, got %s\n", where, key, want ? want : "nothing",
                  got ? got : "nothing");
}

static void compare_item(comparison *c, const char *where, const qm_json *want,
                         const qm_json *got) {
    static const char *const telling[] = {"holding_start", "permanent"};
    for (size_t i = 0; i < qm_json_size(want); i++) {
        const qm_json *member = qm_json_at(want, i);
        const char *key = qm_json_name(member), *expected = qm_json_text(member);
        const char *found = qm_json_text(qm_json_get(got, key));
        expected = expected ? expected : ""; /* null: unknown */
        if (!found || !equal(c, expected, found)) {
            differ(c, where, key, expected, found);
        }
    }
    for (size_t i = 0; i < sizeof telling / sizeof *telling; i++) {
        const char *found = qm_json_text(qm_json_get(got, telling[i]));
        if (found && !qm_json_get(want, telling[i])) {
            differ(c, where, telling[i], NULL, found);
        }
    }
}

static void compare_list(comparison *c, const char *name, const qm_json *want, const qm_json *got) {
    size_t expected = qm_json_size(want), found = qm_json_size(got);
    char where[64];
    if (expected != found) {
        char a[24], b[24];
        snprintf(a, sizeof a, "%zu", expected);
        snprintf(b, sizeof b, "%zu", found);
        differ(c, name, "count", a, b);
    }
    for (size_t i = 0; i < expected && i < found; i++) {
        snprintf(where, sizeof where, "%s[%zu]", name, i);
        compare_item(c, where, qm_json_at(want, i), qm_json_at(got, i));
    }
}

qm_status qm_tax_case_compare(const qm_json *one, const qm_json *got, bool *same, qm_buf *why) {
    const qm_json *expect = qm_json_get(one, "expect"), *misc = qm_json_get(expect, "misc");
    const qm_json *rows = qm_json_get(expect, "realized"), *open = qm_json_get(expect, "open");
    const char *tol = qm_json_text(qm_json_get(one, "tol"));
    const char *error = qm_json_text(qm_json_get(misc, "error"));
    const char *found = qm_json_text(qm_json_get(got, "error"));
    comparison c = {.same = true, .why = why};
    int places;
    c.has_tol = tol && number(tol, &c.tol, &places);
    if (error ? !found || strcmp(error, found) != 0 : found != NULL) {
        differ(&c, "case", "error", error, found);
    }
    if (rows && (qm_json_size(rows) > 0 || !misc)) {
        compare_list(&c, "realized", rows, qm_json_get(got, "realized"));
    }
    if (open) {
        compare_list(&c, "open", open, qm_json_get(got, "open"));
    }
    *same = c.same;
    return why->status;
}
