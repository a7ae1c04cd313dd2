/* SPDX-License-Identifier: MIT
 *
 * internal.h: what the files of this room share.
 */
#ifndef QM_LOOP_INTERNAL_H
#define QM_LOOP_INTERNAL_H

#include "loop/loop.h"

#include <uv.h>

struct qm_loop {
    uv_loop_t uv;
    int stopping;
};

/* Status of a libuv error code. */
qm_status qm_loop_status(int code);

#endif
