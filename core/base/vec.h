/* SPDX-License-Identifier: MIT
 *
 * vec.h: a growable array of one type.
 *
 *     typedef QM_VEC(qm_order) order_vec;
 *     order_vec v = {0};
 *     if (qm_vec_push(&v, &order) != QM_OK) ...;
 *     for (size_t i = 0; i < v.length; i++) use(v.items[i]);
 *     qm_vec_fini(&v);
 *
 * Elements may move when the vector grows: keep indexes, not pointers.
 */
#ifndef QM_BASE_VEC_H
#define QM_BASE_VEC_H

#include "quantmatrix/status.h"

#include <stddef.h>

#define QM_VEC(type)                                                                               \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t length;                                                                             \
        size_t capacity;                                                                           \
    }

/* Room for `want` elements in all. */
qm_status qm_vec_reserve_raw(void **items, size_t *capacity, size_t want, size_t item_size);

#define qm_vec_reserve(vec, want)                                                                  \
    qm_vec_reserve_raw((void **)&(vec)->items, &(vec)->capacity, (want), sizeof *(vec)->items)
/* Copies *item, which must be of the element type. */
#define qm_vec_push(vec, item)                                                                     \
    ((qm_status)((vec)->length < (vec)->capacity ||                                                \
                         qm_vec_reserve(vec, (vec)->length + 1) == QM_OK                           \
                     ? ((vec)->items[(vec)->length++] = *(item), QM_OK)                            \
                     : QM_ENOMEM))
#define qm_vec_fini(vec)                                                                           \
    (qm_free((vec)->items), (vec)->items = NULL, (vec)->length = 0, (vec)->capacity = 0)

#include "base/mem.h"

#endif
