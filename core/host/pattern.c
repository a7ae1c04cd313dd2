/* SPDX-License-Identifier: MIT
 *
 * A backtracking matcher over the pattern's text. Repetitions and captures match the rest of the
 * pattern by recursion, at most DEPTH_MAX deep.
 */
#include "host/pattern.h"

#include "host/budget.h"

#include <ctype.h>
#include <string.h>

enum { DEPTH_MAX = 200, OPEN = -1, POSITION = -2 };

static const char *match(qm_matcher *m, const char *s, const char *p);

static void step(const qm_matcher *m) {
    if (__builtin_expect(*m->stop, 0)) {
        qm_budget_raise(m->L);
    }
}

void qm_matcher_init(qm_matcher *m, lua_State *L, int text, int pattern) {
    size_t length;
    m->L = L;
    m->stop = &qm_script_of(L)->stop;
    m->text = lua_tolstring(L, text, &length);
    m->text_end = m->text + length;
    m->pattern_end = lua_tolstring(L, pattern, &length);
    m->pattern_end += length;
}

bool qm_pattern_is_plain(const char *pattern, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (pattern[i] && strchr("^$*+?.([%-", pattern[i])) {
            return false;
        }
    }
    return true;
}

/* ---- one character ---- */

static bool in_class(int c, int letter) {
    bool in;
    switch (tolower(letter)) {
    case 'a':
        in = isalpha(c);
        break;
    case 'c':
        in = iscntrl(c);
        break;
    case 'd':
        in = isdigit(c);
        break;
    case 'g':
        in = isgraph(c);
        break;
    case 'l':
        in = islower(c);
        break;
    case 'p':
        in = ispunct(c);
        break;
    case 's':
        in = isspace(c);
        break;
    case 'u':
        in = isupper(c);
        break;
    case 'w':
        in = isalnum(c);
        break;
    case 'x':
        in = isxdigit(c);
        break;
    case 'z': /* of older versions, and still known */
        in = c == 0;
        break;
    default:
        return c == letter;
    }
    return isupper(letter) ? !in : in;
}

/* Behind the single-character item at p. A set's first member may be `]`. */
static const char *item_end(const qm_matcher *m, const char *p) {
    char first = *p++;
    if (first == '%') {
        if (p == m->pattern_end) {
            luaL_error(m->L, "malformed pattern (ends with '%%')");
        }
        return p + 1;
    }
    if (first != '[') {
        return p;
    }
    p += *p == '^';
    do {
        if (p == m->pattern_end) {
            luaL_error(m->L, "malformed pattern (missing ']')");
        }
        char c = *p++;
        p += c == '%' && p < m->pattern_end;
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

/* open: at `[`; close: at its `]`. */
static bool in_set(int c, const char *open, const char *close) {
    const char *p = open + 1;
    bool inside = *p != '^';
    for (p += !inside; p < close; p++) {
        if (*p == '%') {
            p++;
            if (in_class(c, (unsigned char)*p)) {
                return inside;
            }
        } else if (p[1] == '-' && p + 2 < close) {
            if ((unsigned char)*p <= c && c <= (unsigned char)p[2]) {
                return inside;
            }
            p += 2;
        } else if ((unsigned char)*p == c) {
            return inside;
        }
    }
    return !inside;
}

/* Whether the character at s is one of the item from p to end. */
static bool is_one(const qm_matcher *m, const char *s, const char *p, const char *end) {
    if (s >= m->text_end) {
        return false;
    }
    int c = (unsigned char)*s;
    switch (*p) {
    case '.':
        return true;
    case '%':
        return in_class(c, (unsigned char)p[1]);
    case '[':
        return in_set(c, p, end - 1);
    default:
        return (unsigned char)*p == c;
    }
}

/* ---- repetitions ---- */

static const char *longest(qm_matcher *m, const char *s, const char *p, const char *end) {
    const char *last = s;
    for (; is_one(m, last, p, end); last++) {
        step(m);
    }
    for (; last >= s; last--) {
        const char *found = match(m, last, end + 1);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static const char *shortest(qm_matcher *m, const char *s, const char *p, const char *end) {
    for (;; s++) {
        const char *found = match(m, s, end + 1);
        if (found || !is_one(m, s, p, end)) {
            return found;
        }
    }
}

/* ---- captures ---- */

static const char *open_capture(qm_matcher *m, const char *s, const char *p) {
    bool position = p + 1 < m->pattern_end && p[1] == ')';
    if (m->count >= QM_CAPTURES_MAX) {
        luaL_error(m->L, "too many captures");
    }
    m->captures[m->count++] = (qm_capture){s, position ? POSITION : OPEN};
    const char *found = match(m, s, p + (position ? 2 : 1));
    m->count -= !found;
    return found;
}

static const char *close_capture(qm_matcher *m, const char *s, const char *p) {
    int n = m->count - 1;
    while (n >= 0 && m->captures[n].length != OPEN) {
        n--;
    }
    if (n < 0) {
        luaL_error(m->L, "invalid pattern capture");
    }
    m->captures[n].length = s - m->captures[n].from;
    const char *found = match(m, s, p + 1);
    if (!found) {
        m->captures[n].length = OPEN;
    }
    return found;
}

/* %1 ... %9: the same text again. */
static const char *same_again(const qm_matcher *m, const char *s, char digit) {
    int n = digit - '1';
    if (n < 0 || n >= m->count || m->captures[n].length == OPEN) {
        luaL_error(m->L, "invalid capture index %%%d", n + 1);
    }
    size_t length = (size_t)m->captures[n].length; /* of a position: longer than any text */
    bool same = (size_t)(m->text_end - s) >= length && memcmp(m->captures[n].from, s, length) == 0;
    return same ? s + length : NULL;
}

/* ---- items that start with % and are more than a class ---- */

/* p: at the x of %bxy. */
static const char *balanced(const qm_matcher *m, const char *s, const char *p) {
    if (p + 1 >= m->pattern_end) {
        luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    }
    if (s >= m->text_end || *s != p[0]) {
        return NULL;
    }
    size_t depth = 1;
    while (++s < m->text_end) {
        step(m);
        if (*s == p[1]) {
            if (--depth == 0) {
                return s + 1;
            }
        } else if (*s == p[0]) {
            depth++;
        }
    }
    return NULL;
}

/* p: at the [ of %f[set]. Both ends of the text count as \0. */
static bool at_frontier(const qm_matcher *m, const char *s, const char *p, const char *end) {
    int before = s == m->text ? 0 : (unsigned char)s[-1];
    int here = s == m->text_end ? 0 : (unsigned char)*s;
    return !in_set(before, p, end - 1) && in_set(here, p, end - 1);
}

/* Whether p is such an item; then *s and *p are behind it, or *s is NULL. */
static bool special(const qm_matcher *m, const char **s, const char **p) {
    const char *at = *p + 1;
    if (at >= m->pattern_end) {
        return false;
    }
    if (*at == 'b') {
        *s = balanced(m, *s, at + 1);
        *p = at + 3;
    } else if (*at == 'f') {
        if (++at >= m->pattern_end || *at != '[') {
            luaL_error(m->L, "missing '[' after '%%f' in pattern");
        }
        *p = item_end(m, at);
        *s = at_frontier(m, *s, at, *p) ? *s : NULL;
    } else if (isdigit((unsigned char)*at)) {
        *s = same_again(m, *s, *at);
        *p = at + 1;
    } else {
        return false;
    }
    return true;
}

/* ---- the whole ---- */

/* The rest of the pattern behind the item from p to end, by the item's suffix. Whether that decided
 * it; else *s and *p are where to go on. */
static bool decide(qm_matcher *m, const char **s, const char **p, const char *end) {
    char suffix = end < m->pattern_end ? *end : 0;
    const char *found;
    switch (suffix) {
    case '*':
        *s = longest(m, *s, *p, end);
        return true;
    case '+':
        *s = is_one(m, *s, *p, end) ? longest(m, *s + 1, *p, end) : NULL;
        return true;
    case '-':
        *s = shortest(m, *s, *p, end);
        return true;
    case '?':
        found = is_one(m, *s, *p, end) ? match(m, *s + 1, end + 1) : NULL;
        *s = found ? found : *s;
        *p = end + 1;
        return found != NULL;
    default:
        *s = is_one(m, *s, *p, end) ? *s + 1 : NULL;
        *p = end;
        return *s == NULL;
    }
}

static const char *match(qm_matcher *m, const char *s, const char *p) {
    bool decided = false;
    if (m->depth-- == 0) {
        luaL_error(m->L, "pattern too complex");
    }
    while (!decided && s && p != m->pattern_end) {
        step(m);
        if (*p == '(') {
            s = open_capture(m, s, p);
            decided = true;
        } else if (*p == ')') {
            s = close_capture(m, s, p);
            decided = true;
        } else if (*p == '$' && p + 1 == m->pattern_end) {
            s = s == m->text_end ? s : NULL;
            decided = true;
        } else if (*p != '%' || !special(m, &s, &p)) {
            decided = decide(m, &s, &p, item_end(m, p));
        }
    }
    m->depth++;
    return s;
}

const char *qm_matcher_match(qm_matcher *m, const char *at, const char *pattern) {
    m->depth = DEPTH_MAX;
    m->count = 0;
    return match(m, at, pattern);
}

void qm_matcher_push(qm_matcher *m, int n, const char *from, const char *end) {
    if (n >= m->count) {
        if (n > 0) {
            luaL_error(m->L, "invalid capture index %%%d", n + 1);
        }
        lua_pushlstring(m->L, from, (size_t)(end - from));
        return;
    }
    const qm_capture *c = &m->captures[n];
    if (c->length == OPEN) {
        luaL_error(m->L, "unfinished capture");
    } else if (c->length == POSITION) {
        lua_pushinteger(m->L, c->from - m->text + 1);
    } else {
        lua_pushlstring(m->L, c->from, (size_t)c->length);
    }
}

int qm_matcher_push_all(qm_matcher *m, const char *from, const char *end) {
    int count = m->count == 0 && from ? 1 : m->count;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) {
        qm_matcher_push(m, i, from, end);
    }
    return count;
}
