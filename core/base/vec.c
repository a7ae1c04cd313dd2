/* SPDX-License-Identifier: MIT */
#include "base/vec.h"

#include <string.h>

qm_status qm_vec_reserve_raw(void **items, size_t *capacity, size_t want, size_t item_size) {
    if (want <= *capacity) {
        return QM_OK;
    }
    size_t grown = *capacity + *capacity / 2 + 8;
    if (grown < want) {
        grown = want;
    }
    void *moved = qm_reallocarray(*items, grown, item_size);
    if (!moved) {
        return QM_ENOMEM;
    }
    *items = moved;
    *capacity = grown;
    return QM_OK;
}

qm_status qm_vec_push_raw(void **items, size_t *length, size_t *capacity, const void *item,
                          size_t item_size) {
    qm_status status = qm_vec_reserve_raw(items, capacity, *length + 1, item_size);
    if (status == QM_OK) {
        memcpy((char *)*items + *length * item_size, item, item_size);
        (*length)++;
    }
    return status;
}
