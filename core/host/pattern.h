/* SPDX-License-Identifier: MIT
 *
 * pattern.h: matching of Lua patterns (manual 6.4.1) that a stop reaches: every step looks at the
 * script's mark. Results and errors are those of the standard library.
 */
#ifndef QM_HOST_PATTERN_H
#define QM_HOST_PATTERN_H

#include "host/internal.h"

#include <stddef.h>

enum { QM_CAPTURES_MAX = 32 };

typedef struct qm_capture {
    const char *from;
    ptrdiff_t length; /* or one of pattern.c's marks */
} qm_capture;

typedef struct qm_matcher {
    lua_State *L;
    const volatile int *stop;
    const char *text, *text_end, *pattern_end;
    int depth; /* that is left */
    int count;
    qm_capture captures[QM_CAPTURES_MAX];
} qm_matcher;

/* The texts must stay on the stack. */
void qm_matcher_init(qm_matcher *m, lua_State *L, int text, int pattern);
/* The end of the match of the pattern that begins exactly at `at`, or NULL. Raises. */
const char *qm_matcher_match(qm_matcher *m, const char *at, const char *pattern);
/* Pushes capture n (from 0; the whole match when there are none). Raises. */
void qm_matcher_push(qm_matcher *m, int n, const char *from, const char *end);
/* Pushes all captures; without any the whole match, when `from` is not NULL. Returns how many. */
int qm_matcher_push_all(qm_matcher *m, const char *from, const char *end);
bool qm_pattern_is_plain(const char *pattern, size_t length);

#endif
