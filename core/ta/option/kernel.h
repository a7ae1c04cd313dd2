/* SPDX-License-Identifier: MIT
 *
 * kernel.h: the shape of Black and Scholes' formula, for loops over options and for one alone.
 */
#ifndef QM_TA_OPTION_KERNEL_H
#define QM_TA_OPTION_KERNEL_H

#include "ta/option/elementary.h"
#include "ta/option/internal.h"

/* Functions that hold a loop over options are compiled for several CPU levels; which one runs is
 * found at the start of the program, too early for the address sanitizer. */
#if defined(__x86_64__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && __GNUC__ >= 12
#define QM_OPTION_CLONES                                                                           \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define QM_OPTION_CLONES
#endif

enum { BLOCK = 128 }; /* options that a kernel takes at once: its columns stay in the first cache */

/* An option seen from the forward: what does not depend on the volatility. */
typedef struct forward {
    double spot, strike;      /* discounted: S e^(-qT), K e^(-rT) */
    double gap_high, gap_low; /* spot - strike with about 70 bits */
    double moneyness;         /* ln(spot / strike) */
    double smaller;           /* of the two: what the out-of-the-money option is worth at most */
} forward;

KERNEL forward forward_of(double spot, double strike, double years, double rate, double div) {
    growth q = grow(-div * years), r = grow(-rate * years);
    double s = spot * q.scale, k = strike * r.scale;
    exact sq = exact_product(s, q.high), kr = exact_product(k, r.high);
    exact bare = exact_sum(s, -k), grown = exact_sum(sq.high, -kr.high);
    exact sum = exact_sum(bare.high, grown.high);
    double rest = (sum.low + bare.low) + (grown.low + (sq.low - kr.low)) + (s * q.low - k * r.low);
    forward f = {.spot = s + s * (q.high + q.low), .strike = k + k * (r.high + r.low)};
    f.gap_high = sum.high + rest;
    f.gap_low = (sum.high - f.gap_high) + rest;
    f.moneyness = log_ratio(f.spot, f.strike, f.gap_high);
    f.smaller = f.spot < f.strike ? f.spot : f.strike;
    return f;
}

/* The out-of-the-money option of a forward at distance a = |ln(S/K)| / s with t = s / 2, where s is
 * the standard deviation vol * sqrt(T), as a fraction of `smaller`:
 *   value = Phi(t - a) - e^|x| Phi(-t - a) = phi(a - t) (R(a - t) - R(a + t)),  R: Mills' ratio
 * which for small t is the Taylor series of R around a, so that nothing cancels. */
typedef struct shape {
    double density;     /* phi(a - t): the derivative of value by s */
    double near;        /* Phi(t - a) */
    double far;         /* e^|x| Phi(-t - a) */
    double value, rest; /* rest: 1 - value */
} shape;

#define SMALL_T 0.03

KERNEL double taylor(double a, double t, double r0) {
    double r1 = a * r0 - 1, r2 = a * r1 + r0, r3 = a * r2 + 2 * r1, r4 = a * r3 + 3 * r2;
    double r5 = a * r4 + 4 * r3, r6 = a * r5 + 5 * r4, r7 = a * r6 + 6 * r5, s = t * t;
    return -2 * t * (r1 + s * (r3 * (1.0 / 6) + s * (r5 * (1.0 / 120) + s * r7 * (1.0 / 5040))));
}

KERNEL shape shape_of(double a, double t) {
    double u = a - t, v = a + t, size = fabs(u);
    double ratio = mills(t < SMALL_T ? a : size), far = mills(v);
    double density = 0.3989422804014327 * exp_of(-0.5 * u * u);
    double narrow = taylor(a, t, ratio);
    double tail = density * ratio; /* Phi(-|u|) unless t is small */
    double near = u < 0 ? 1 - tail : tail;
    double value = u < 0 ? near - density * far : density * (ratio - far);
    shape out = {.density = density, .far = density * far};
    out.near = t < SMALL_T ? density * (far + narrow) : near;
    out.value = t < SMALL_T ? density * narrow : value;
    bool wide = (u < 0) & (t >= SMALL_T);
    out.rest = wide ? tail + out.far : 1 - out.value;
    return out;
}

/* |x| / s, given 1 / s, where s may be 0: 0 at the money, else so far out that the density is 0. */
KERNEL double distance(double moneyness, double inverse) {
    double x = fabs(moneyness), a = x * inverse;
    a = a < 1e4 ? a : 1e4;
    return x == 0 ? 0 : a;
}

/* All but right and vol within its limits; false for NaN. */
KERNEL bool market_is_valid(const qm_option_columns *o, size_t i) {
    double years = o->days[i] / 365, drift = fabs(o->rate[i] * years);
    double yield = fabs(o->div[i] * years);
    return (o->spot[i] >= QM_OPTION_MONEY_MIN) & (o->spot[i] <= QM_OPTION_MONEY_MAX) &
           (o->strike[i] >= QM_OPTION_MONEY_MIN) & (o->strike[i] <= QM_OPTION_MONEY_MAX) &
           (o->days[i] >= 0) & (o->days[i] <= QM_OPTION_DAYS_MAX) &
           (drift <= QM_OPTION_GROWTH_MAX) & (yield <= QM_OPTION_GROWTH_MAX);
}

/* 1 for a call, -1 for a put, NaN for anything else. */
static inline double qm_option_sign(signed char right) {
    return right == QM_CALL || right == QM_PUT ? right : (double)NAN;
}

#endif
