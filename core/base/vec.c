/* SPDX-License-Identifier: MIT */
#include "base/vec.h"

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
