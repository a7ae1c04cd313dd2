/* SPDX-License-Identifier: MIT */
#include "base/suggest.h"

#include <stddef.h>
#include <string.h>

enum { LONGEST = 62, MOST_EDITS = 3 };

static int distance(const char *a, const char *b) {
    int row[LONGEST + 1], n = (int)strlen(b);
    if (n > LONGEST || strlen(a) > LONGEST) {
        return LONGEST;
    }
    for (int j = 0; j <= n; j++) {
        row[j] = j;
    }
    for (int i = 1; *a; a++, i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= n; j++) {
            int best = diagonal + (*a != b[j - 1]);
            diagonal = row[j];
            best = row[j] + 1 < best ? row[j] + 1 : best;
            row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
        }
    }
    return row[n];
}

const char *qm_nearest_name(const char *word, const char *const *known) {
    const char *best = NULL;
    int least = MOST_EDITS + 1;
    for (; *known; known++) {
        int d = distance(word, *known);
        if (d < least) {
            least = d;
            best = *known;
        }
    }
    return best;
}
