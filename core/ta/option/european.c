/* SPDX-License-Identifier: MIT
 *
 * Black-Scholes-Merton over columns. docs/reference/option.md has the formulas.
 */
#include "ta/option/internal.h"
#include "ta/option/kernel.h"

/* A block of inputs and outputs. */
typedef struct block {
    double sign[BLOCK];
    double out[QM_OPTION_OUTPUT_COUNT][BLOCK];
} block;

/* All that the greeks share. */
typedef struct parts {
    forward f;
    double years, root, deviation, inverse; /* inverse: 1 / deviation */
    double weight;                          /* S e^(-qT) phi(d1) = K e^(-rT) phi(d2) */
    double value;
    double yield, cost; /* S e^(-qT) Phi(+-d1), K e^(-rT) Phi(+-d2) */
} parts;

KERNEL parts parts_of(const qm_option_columns *o, size_t i, double sign) {
    parts p = {.years = o->days[i] / 365};
    p.f = forward_of(o->spot[i], o->strike[i], p.years, o->rate[i], o->div[i]);
    p.root = sqrt(p.years);
    p.deviation = o->vol[i] * p.root;
    p.inverse = 1 / p.deviation;
    shape s = shape_of(distance(p.f.moneyness, p.inverse), 0.5 * p.deviation);
    p.weight = p.f.smaller * s.density;
    double gap = sign * p.f.gap_high, out = p.f.smaller * s.value;
    double near = p.f.smaller * s.near, far = p.f.smaller * s.far;
    bool in_the_money = sign * p.f.moneyness > 0, under = p.f.moneyness <= 0;
    double yield = under ? near : far, cost = under ? far : near;
    p.value = in_the_money ? gap + (out + sign * p.f.gap_low) : out;
    p.yield = in_the_money ? p.f.spot - yield : yield;
    p.cost = in_the_money ? p.f.strike - cost : cost;
    return p;
}

KERNEL bool is_valid(const qm_option_columns *o, size_t i, double sign) {
    return market_is_valid(o, i) & (sign * sign == 1) & (o->vol[i] >= 0) &
           (o->vol[i] <= QM_OPTION_VOL_MAX);
}

QM_OPTION_CLONES static void first_order(const qm_option_columns *o, size_t n, block *b) {
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        double sign = b->sign[i];
        parts p = parts_of(o, i, sign);
        double spot = o->spot[i], vol = o->vol[i], invalid = is_valid(o, i, sign) ? 0 : NAN;
        double loss = p.weight * vol, bend = p.weight * p.inverse;
        double decay = loss == 0 ? 0 : 0.5 * vol * vol * bend;
        double gamma = p.weight == 0 ? 0 : bend / (spot * spot);
        double drift = sign * (o->rate[i] * p.cost - o->div[i] * p.yield);
        b->out[QM_OPTION_PRICE][i] = p.value + invalid;
        b->out[QM_OPTION_DELTA][i] = sign * p.yield / spot + invalid;
        b->out[QM_OPTION_GAMMA][i] = gamma + invalid;
        b->out[QM_OPTION_VEGA][i] = p.weight * p.root + invalid;
        b->out[QM_OPTION_THETA][i] = -(decay + drift) * (1.0 / 365) + invalid;
        b->out[QM_OPTION_RHO][i] = sign * p.years * p.cost + invalid;
    }
}

QM_OPTION_CLONES static void second_order(const qm_option_columns *o, size_t n, block *b) {
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        double sign = b->sign[i];
        parts p = parts_of(o, i, sign);
        double vol = o->vol[i], x = p.f.moneyness, d0 = x == 0 ? 0 : x * p.inverse;
        double d1 = d0 + 0.5 * p.deviation, d2 = d0 - 0.5 * p.deviation;
        double tilt = (x == 0 ? 0 : d0 / vol) - 0.5 * p.root; /* d2 / vol */
        double slope = (o->rate[i] - o->div[i]) * p.inverse - d2 / (2 * p.years);
        tilt = p.weight == 0 ? 0 : p.weight * tilt;
        double bend = p.weight == 0 ? 0 : p.root * tilt * d1;
        double fade = p.weight == 0 ? 0 : p.weight * slope;
        double invalid = is_valid(o, i, sign) ? 0 : NAN;
        b->out[QM_OPTION_VANNA][i] = -tilt / o->spot[i] + invalid;
        b->out[QM_OPTION_CHARM][i] =
            (sign * o->div[i] * p.yield - fade) / (365 * o->spot[i]) + invalid;
        b->out[QM_OPTION_VOLGA][i] = bend + invalid;
    }
}

static void run_block(const qm_option_columns *o, size_t n, double *const *out, size_t at) {
    block b;
    bool second = out[QM_OPTION_VANNA] || out[QM_OPTION_CHARM] || out[QM_OPTION_VOLGA];
    for (size_t i = 0; i < n; i++) {
        b.sign[i] = qm_option_sign(o->right[i]);
    }
    first_order(o, n, &b);
    if (second) {
        second_order(o, n, &b);
    }
    for (int k = 0; k < QM_OPTION_OUTPUT_COUNT; k++) {
        if (out[k]) {
            memcpy(out[k] + at, b.out[k], n * sizeof(double));
        }
    }
}

qm_option_columns qm_option_columns_from(const qm_option_columns *o, size_t at) {
    return (qm_option_columns){.n = o->n - at < BLOCK ? o->n - at : BLOCK,
                               .spot = o->spot + at,
                               .strike = o->strike + at,
                               .days = o->days + at,
                               .rate = o->rate + at,
                               .div = o->div + at,
                               .vol = o->vol ? o->vol + at : NULL,
                               .right = o->right + at};
}

void qm_option_price_columns(const qm_option_columns *options,
                             double *const out[QM_OPTION_OUTPUT_COUNT]) {
    for (size_t at = 0; at < options->n; at += BLOCK) {
        qm_option_columns part = qm_option_columns_from(options, at);
        run_block(&part, part.n, out, at);
    }
}
