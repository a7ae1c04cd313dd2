/* SPDX-License-Identifier: MIT
 *
 * Which slices a sale closes. A method is an order: classes of (term, sign of the gain), and inside
 * a class the gain per unit up or down. Ties go to the earlier date, lot, slice; LIFO turns the
 * first two around. Gains are compared by cross multiplication, never as rounded unit costs.
 */
#include "tax/internal.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct candidate {
    double key; /* the gain per unit times the rate, nearly */
    size_t index;
    int class;
    int direction; /* 1: gain up, -1: down, 0: no matter */
    bool no_basis;
    i128 gain;       /* x (units of the sale x units of the slice) */
    uint64_t weight; /* tax rate */
    uint64_t units;
} candidate;

enum { ST_LOSS, LT_LOSS, ST_ZERO, LT_ZERO, ST_GAIN, LT_GAIN, CLASSES };

/* Rank of each class and direction inside losses and gains. */
typedef struct order {
    int rank[CLASSES];
    int on_loss, on_gain;
} order;

static const order ORDERS[QM_TAX_METHOD_COUNT] = {
    [QM_TAX_HIFO] = {{0, 0, 0, 0, 0, 0}, 1, 1},
    [QM_TAX_LOFO] = {{0, 0, 0, 0, 0, 0}, -1, -1},
    [QM_TAX_HC_LT] = {{1, 0, 1, 0, 1, 0}, 1, 1},
    [QM_TAX_HC_ST] = {{0, 1, 0, 1, 0, 1}, 1, 1},
    [QM_TAX_LC_LT] = {{1, 0, 1, 0, 1, 0}, -1, -1},
    [QM_TAX_LC_ST] = {{0, 1, 0, 1, 0, 1}, -1, -1},
    [QM_TAX_MINTAX] = {{0, 1, 2, 3, 5, 4}, 1, 1},
    [QM_TAX_MINTAX_RATE] = {{0, 0, 0, 0, 0, 0}, 1, 1},
    [QM_TAX_MLG] = {{4, 5, 2, 3, 1, 0}, -1, -1},
    [QM_TAX_MLL] = {{1, 0, 2, 3, 4, 5}, 1, 1},
    [QM_TAX_MSG] = {{5, 4, 3, 2, 0, 1}, -1, -1},
    [QM_TAX_MSL] = {{0, 1, 3, 2, 5, 4}, 1, 1},
};

/* By the near keys where they are far enough apart, else exactly. */
static int by_gain(const candidate *a, const candidate *b) {
    double apart = a->key - b->key, near = 1e-12 * (fabs(a->key) + fabs(b->key));
    if (fabs(apart) > near) {
        return apart < 0 ? -1 : 1;
    }
    int sign_a = (a->gain > 0) - (a->gain < 0), sign_b = (b->gain > 0) - (b->gain < 0);
    if (sign_a != sign_b) {
        return sign_a < sign_b ? -1 : 1;
    }
    u128 size_a = (u128)(a->gain < 0 ? -a->gain : a->gain);
    u128 size_b = (u128)(b->gain < 0 ? -b->gain : b->gain);
    return sign_a * qm_tax_compare_products(size_a, (u128)a->weight * b->units, size_b,
                                            (u128)b->weight * a->units);
}

static int compare(const void *x, const void *y) {
    const candidate *a = x, *b = y;
    if (a->no_basis != b->no_basis) {
        return a->no_basis ? 1 : -1;
    }
    if (a->class != b->class) {
        return a->class < b->class ? -1 : 1;
    }
    int found = a->direction && !a->no_basis ? a->direction * by_gain(a, b) : 0;
    return found ? found : (a->index > b->index) - (a->index < b->index);
}

static candidate judge(const qm_tax_sale *sale, const qm_tax_held_lot *l, bool is_long,
                       size_t index) {
    const order *o = &ORDERS[sale->method];
    i128 got = (i128)sale->money.raw * l->qty.raw, cost = (i128)l->basis.raw * sale->qty.raw;
    candidate made = {.index = index, .units = (uint64_t)l->qty.raw};
    made.gain = sale->is_short ? cost - got : got - cost;
    int sign = (made.gain > 0) - (made.gain < 0);
    made.class = o->rank[2 * (sign + 1) + is_long];
    made.direction = sign < 0 ? o->on_loss : o->on_gain;
    made.weight = sale->method == QM_TAX_MINTAX_RATE ? (uint64_t)sale->rates[is_long].raw : 1;
    made.key = (double)made.gain * (double)made.weight / (double)made.units;
    return made;
}

/* The last holding date that is long-term on a day. */
static qm_date last_long_term(qm_date day) {
    qm_date last = day - 365;
    while (qm_tax_term_of(last, day) != QM_TAX_LONG_TERM) {
        last--;
    }
    return last;
}

static bool by_age(qm_tax_method method) {
    return method == QM_TAX_FIFO || method == QM_TAX_LIFO || method == QM_TAX_SPECIFIC ||
           method == QM_TAX_AVERAGE;
}

qm_status qm_tax_relief_order(const qm_tax_sale *sale, const qm_tax_held_lot *lots, size_t count,
                              size_t *order_out) {
    qm_date long_from = last_long_term(sale->date);
    candidate *all = by_age(sale->method) ? NULL : qm_reallocarray(NULL, count, sizeof *all);
    for (size_t i = 0; by_age(sale->method) && i < count; i++) {
        order_out[i] = sale->method == QM_TAX_LIFO ? count - 1 - i : i;
    }
    if (by_age(sale->method) || count == 0) {
        qm_free(all);
        return QM_OK;
    }
    if (!all) {
        return QM_ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_long = !sale->is_short && lots[i].holding <= long_from;
        all[i] = judge(sale, &lots[i], is_long, i);
    }
    qsort(all, count, sizeof *all, compare);
    for (size_t i = 0; i < count; i++) {
        order_out[i] = all[i].index;
    }
    qm_free(all);
    return QM_OK;
}

/* Takes up to *left of a slice into the plan. */
static qm_status add(pile *p, size_t index, qm_decimal *left, plan *out) {
    slice *s = &p->items[index];
    plan_item item = {index, qm_tax_min(s->qty, *left)};
    qm_status status = qm_vec_push(&out->items, &item);
    if (status == QM_OK) {
        left->raw -= item.qty.raw;
        s->plan = (uint32_t)out->items.length;
    }
    return status;
}

/* A heap with the first to be relieved on top: a sale takes few of many lots as a rule. */
static void sift_down(candidate *heap, size_t count, size_t at) {
    candidate moved = heap[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && compare(&heap[child + 1], &heap[child]) < 0;
        if (compare(&moved, &heap[child]) <= 0) {
            break;
        }
        heap[at] = heap[child];
    }
    heap[at] = moved;
}

static qm_status plan_by_value(const qm_tax *tax, const closing *c, pile *p, plan *out) {
    size_t count = p->length - p->first;
    qm_tax_sale sale = {.method = c->method,
                        .is_short = c->side == SHORT,
                        .qty = c->qty,
                        .money = c->money,
                        .rates = {tax->config.rates[0], tax->config.rates[1]}};
    qm_date long_from = last_long_term(c->event->date);
    candidate *heap = qm_reallocarray(NULL, count, sizeof *heap);
    if (!heap) {
        return QM_ENOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        const slice *s = &p->items[p->first + i];
        qm_tax_held_lot l = {s->qty, s->basis, s->holding};
        bool is_long = c->side == LONG &&
                       (s->inherited || (s->holding != QM_DATE_NONE && s->holding <= long_from));
        heap[i] = judge(&sale, &l, is_long, p->first + i);
        heap[i].no_basis = s->no_basis;
    }
    for (size_t i = count / 2; i > 0; i--) {
        sift_down(heap, count, i - 1);
    }
    qm_decimal left = c->qty;
    qm_status status = QM_OK;
    while (count > 0 && left.raw > 0 && status == QM_OK) {
        status = add(p, heap[0].index, &left, out);
        heap[0] = heap[--count];
        if (count) {
            sift_down(heap, count, 0);
        }
    }
    qm_free(heap);
    return status;
}

static qm_status plan_by_age(const closing *c, pile *p, plan *out) {
    qm_decimal left = c->qty;
    qm_status status = QM_OK;
    for (size_t i = p->first; c->method != QM_TAX_LIFO && i < p->length && left.raw > 0; i++) {
        status = status == QM_OK ? add(p, i, &left, out) : status;
    }
    for (size_t end = p->length; c->method == QM_TAX_LIFO && end > p->first && left.raw > 0;) {
        size_t start = end - 1;
        while (start > p->first && p->items[start - 1].lot == p->items[end - 1].lot) {
            start--;
        }
        for (size_t i = start; i < end && left.raw > 0 && status == QM_OK; i++) {
            status = add(p, i, &left, out);
        }
        end = start;
    }
    return status;
}

/* The named lots, each with its slices in order; they must sum to what is closed. */
static qm_status plan_by_name(const qm_tax *tax, const closing *c, pile *p, plan *out) {
    qm_decimal sum = QM_DECIMAL_ZERO;
    for (size_t k = 0; k < c->pick_count; k++) {
        qm_decimal left = c->picks[k].qty;
        qm_status status = left.raw > 0 ? qm_decimal_add(sum, left, &sum) : QM_EINVAL;
        for (size_t i = p->first; i < p->length && left.raw > 0 && status == QM_OK; i++) {
            if (!p->items[i].plan &&
                strcmp(tax->lots.items[p->items[i].lot].id, c->picks[k].lot) == 0) {
                status = add(p, i, &left, out);
            }
        }
        if (status != QM_OK || left.raw > 0) {
            return status != QM_OK ? status : QM_ELOTS;
        }
    }
    return sum.raw == c->qty.raw ? QM_OK : QM_EINVAL;
}

qm_status qm_tax_plan(qm_tax *tax, const closing *c, plan *out) {
    pile *p = &tax->books.items[c->book].piles[c->side];
    qm_decimal held;
    qm_status status = qm_tax_held(p, &held);
    if (status == QM_OK && held.raw < c->qty.raw) {
        return QM_ELOTS;
    }
    for (size_t i = p->first; i < p->length; i++) {
        p->items[i].plan = 0;
    }
    if (status != QM_OK) {
        return status;
    }
    if (c->pick_count) {
        return plan_by_name(tax, c, p, out);
    }
    bool contract = tax->instruments.items[tax->books.items[c->book].instrument].section1256;
    return contract || by_age(c->method) ? plan_by_age(c, p, out) : plan_by_value(tax, c, p, out);
}
