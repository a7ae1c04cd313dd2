/* SPDX-License-Identifier: MIT
 *
 * market_internal.h: what the files of market.db share.
 */
#ifndef QM_STORE_MARKET_INTERNAL_H
#define QM_STORE_MARKET_INTERNAL_H

#include "store/db.h"

/* Numbers of the cached statements. */
enum {
    ST_LOAD_INSTRUMENTS,
    ST_LOAD_ALIASES,
    ST_SAVE_INSTRUMENT,
    ST_SAVE_ALIAS,
    ST_KNOWN_ACTION,
    ST_PUT_ACTION,
    ST_LOAD_ACTIONS,
    ST_GET_CHUNK,
    ST_PUT_CHUNK,
    ST_LOAD_CHUNKS,
    ST_LIST,
    ST_LOAD_FETCH,
    ST_SAVE_FETCH,
    ST_DONE_FETCH,
    ST_REMOVE, /* four */
};

struct qm_market_db {
    qm_db db;
};

qm_status qm_market_vtab_register(qm_market_db *m, qm_error *err);

#endif
