/* SPDX-License-Identifier: MIT
 *
 * suggest.h: the name that somebody probably meant.
 */
#ifndef QM_BASE_SUGGEST_H
#define QM_BASE_SUGGEST_H

/* The nearest of a NULL-terminated list by edit distance (Levenshtein 1966), at most 3 edits away;
 * NULL when none is. The first of equals. */
const char *qm_nearest_name(const char *word, const char *const *known);

#endif
