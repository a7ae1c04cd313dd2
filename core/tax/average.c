/* SPDX-License-Identifier: MIT
 *
 * Average basis (1.1012-1(e)): one pool of cost for an account and a fund. The pool is laid over
 * the lots by units before each sale, oldest first, with a mark at the units sold: a sale then
 * takes round(pool x sold / units) exactly, and its rows keep their dates.
 */
#include "tax/internal.h"

qm_status qm_tax_average(qm_tax *tax, pile *p, qm_decimal sold) {
    running pool = {0};
    qm_status status = qm_tax_held(p, &pool.whole);
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        if (p->items[i].no_basis) {
            return QM_OK; /* no pool without every cost */
        }
        status = qm_decimal_add(pool.total, p->items[i].basis, &pool.total);
    }
    qm_decimal left = sold;
    for (size_t i = p->first; i < p->length && left.raw > 0 && status == QM_OK; i++) {
        if (left.raw < p->items[i].qty.raw) {
            status = qm_tax_cut(tax, p, i, left);
        }
        left.raw -= qm_tax_min(left, p->items[i].qty).raw;
    }
    for (size_t i = p->first; i < p->length && status == QM_OK; i++) {
        status = qm_tax_step(tax, &pool, p->items[i].qty, &p->items[i].basis);
    }
    return status;
}
