/* SPDX-License-Identifier: MIT
 *
 * map.h: a hash map from strings to 64-bit values (an index, an id, or a pointer cast by the
 * caller). Keys are copied. Iteration is in insertion order, so that nothing depends on
 * addresses or on the hash; removal keeps the order of the rest.
 */
#ifndef QM_BASE_MAP_H
#define QM_BASE_MAP_H

#include "quantmatrix/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct qm_map_entry {
    char *key; /* NULL: removed */
    uint64_t value;
    uint64_t hash;
} qm_map_entry;

typedef struct qm_map {
    qm_map_entry *entries;
    size_t used; /* entries in use, with removed ones */
    size_t capacity;
    size_t count;    /* live keys */
    uint32_t *slots; /* index + 1, 0 = free */
    size_t slot_count;
} qm_map;

void qm_map_init(qm_map *map);
void qm_map_fini(qm_map *map);
/* Inserts or overwrites. */
qm_status qm_map_put(qm_map *map, const char *key, uint64_t value);
bool qm_map_get(const qm_map *map, const char *key, uint64_t *value);
bool qm_map_remove(qm_map *map, const char *key);
/* Next live entry at or after *cursor (start with 0), or NULL at the end. */
const qm_map_entry *qm_map_next(const qm_map *map, size_t *cursor);

#endif
