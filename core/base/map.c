/* SPDX-License-Identifier: MIT
 *
 * Entries in order of insertion, found through open addressing over their indexes.
 */
#include "base/map.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

void qm_map_init(qm_map *map) {
    *map = (qm_map){0};
}

void qm_map_fini(qm_map *map) {
    for (size_t i = 0; i < map->used; i++) {
        qm_free(map->entries[i].key);
    }
    qm_free(map->entries);
    qm_free(map->slots);
    qm_map_init(map);
}

/* The slot of the key, or the free slot where it would go. Removed entries keep their slots. */
static size_t find_slot(const qm_map *map, const char *key, uint64_t hash) {
    size_t mask = map->slot_count - 1, at = hash & mask;
    while (map->slots[at]) {
        const qm_map_entry *entry = &map->entries[map->slots[at] - 1];
        if (entry->key && entry->hash == hash && strcmp(entry->key, key) == 0) {
            break;
        }
        at = (at + 1) & mask;
    }
    return at;
}

static void refill(qm_map *map) {
    memset(map->slots, 0, map->slot_count * sizeof *map->slots);
    for (size_t i = 0; i < map->used; i++) {
        size_t at = map->entries[i].hash & (map->slot_count - 1);
        while (map->slots[at]) {
            at = (at + 1) & (map->slot_count - 1);
        }
        map->slots[at] = (uint32_t)(i + 1);
    }
}

/* Drops removed entries and makes room for one more; the slots are at most half full. */
static qm_status make_room(qm_map *map) {
    if (map->used < map->capacity) {
        return QM_OK;
    }
    size_t capacity = map->count < map->capacity / 2 ? map->capacity : map->capacity * 2;
    capacity = capacity ? capacity : 8;
    if (capacity > UINT32_MAX / 2) {
        return QM_ERANGE;
    }
    if (capacity > map->capacity) {
        uint32_t *slots = qm_calloc(capacity * 2, sizeof *slots);
        qm_map_entry *entries = qm_reallocarray(map->entries, capacity, sizeof *entries);
        map->entries = entries ? entries : map->entries;
        if (!slots || !entries) {
            qm_free(slots);
            return QM_ENOMEM;
        }
        qm_free(map->slots);
        map->slots = slots;
        map->slot_count = capacity * 2;
        map->capacity = capacity;
    }
    size_t kept = 0;
    for (size_t i = 0; i < map->used; i++) {
        if (map->entries[i].key) {
            map->entries[kept++] = map->entries[i];
        }
    }
    map->used = kept;
    refill(map);
    return QM_OK;
}

qm_status qm_map_put(qm_map *map, const char *key, uint64_t value) {
    uint64_t hash = qm_fnv1a(key, strlen(key));
    if (map->slot_count > 0) {
        size_t at = find_slot(map, key, hash);
        if (map->slots[at]) {
            map->entries[map->slots[at] - 1].value = value;
            return QM_OK;
        }
    }
    char *copy = qm_strdup(key);
    qm_status status = copy ? make_room(map) : QM_ENOMEM;
    if (status != QM_OK) {
        qm_free(copy);
        return status;
    }
    map->slots[find_slot(map, key, hash)] = (uint32_t)(map->used + 1);
    map->entries[map->used++] = (qm_map_entry){.key = copy, .value = value, .hash = hash};
    map->count++;
    return QM_OK;
}

static qm_map_entry *find(const qm_map *map, const char *key) {
    if (map->slot_count == 0) {
        return NULL;
    }
    size_t at = find_slot(map, key, qm_fnv1a(key, strlen(key)));
    return map->slots[at] ? &map->entries[map->slots[at] - 1] : NULL;
}

bool qm_map_get(const qm_map *map, const char *key, uint64_t *value) {
    const qm_map_entry *entry = find(map, key);
    if (entry) {
        *value = entry->value;
    }
    return entry != NULL;
}

bool qm_map_remove(qm_map *map, const char *key) {
    qm_map_entry *entry = find(map, key);
    if (!entry) {
        return false;
    }
    qm_free(entry->key);
    entry->key = NULL;
    map->count--;
    return true;
}

const qm_map_entry *qm_map_next(const qm_map *map, size_t *cursor) {
    while (*cursor < map->used) {
        const qm_map_entry *entry = &map->entries[(*cursor)++];
        if (entry->key) {
            return entry;
        }
    }
    return NULL;
}
