/* SPDX-License-Identifier: MIT
 *
 * elementary.h: e^y, ln and Mills' ratio, written so that a compiler can take eight numbers at
 * once: no call, no branch, only + - * /, square roots and choices.
 *
 * Every operation is rounded by itself (no contraction, no reordering), so that a lane of a vector
 * of any width, the rest of a loop and a single number give the same bits, under every compiler.
 *
 * The polynomials are Chebyshev expansions, cut where the next term is below 2^-53 of the value.
 */
#ifndef QM_TA_OPTION_ELEMENTARY_H
#define QM_TA_OPTION_ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define KERNEL static inline __attribute__((always_inline))

KERNEL uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

KERNEL double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Adding and subtracting it rounds to a whole number, which then stands in the low bits. */
#define ROUNDER 0x1.8p52

/* e^y = scale * (1 + high + low), |high| < 0.42. For y below -708 scale is 0. */
typedef struct growth {
    double scale, high, low;
} growth;

KERNEL growth grow(double y) {
    double z = y < -708 ? -708 : y;
    double shifted = z * 0x1.71547652b82fep0 + ROUNDER;
    double n = shifted - ROUNDER;
    double coarse = z - n * 0x1.62e42fee00000p-1; /* ln 2 in two parts, the first exact times n */
    double fine = n * 0x1.a39ef35793c76p-33;
    double r = coarse - fine;
    double left = (coarse - r) - fine;
    double q = 2.091813816945801e-09;
    q = q * r + 2.5105217695684516e-08;
    q = q * r + 2.7557263277791584e-07;
    q = q * r + 2.755725539833871e-06;
    q = q * r + 2.4801587336443602e-05;
    q = q * r + 0.00019841269874822307;
    q = q * r + 0.0013888888888879073;
    q = q * r + 0.008333333333326134;
    q = q * r + 0.04166666666666668;
    q = q * r + 0.1666666666666667;
    q = q * r + 0.5;
    double tail = r * r * q;
    growth g = {.scale = from_bits((bits_of(shifted) + 1023) << 52), .high = r + tail};
    g.low = (r - g.high) + tail + (left + left * r);
    g.scale = y < -708 ? 0 : g.scale;
    return g;
}

KERNEL double exp_of(double y) {
    growth g = grow(y);
    return g.scale + g.scale * (g.high + g.low);
}

/* ln(a / b) for normal positive a and b; gap is a - b, which the caller may know better than a
 * subtraction does: the result is then precise even where a and b nearly cancel. */
KERNEL double log_ratio(double a, double b, double gap) {
    /* n = nearest power of two, from the exponents and the linear part of the mantissas. */
    uint64_t biased = (bits_of(a) - bits_of(b) + 0x3ff8000000000000u) >> 52;
    double scaled = b * from_bits(biased << 52);
    double n = from_bits(biased | 0x4330000000000000u) - (0x1p52 + 1023);
    double f = (n == 0 ? gap : a - scaled) / (a + scaled);
    double s = f * f;
    double p = 0.06214708759895336;
    p = p * s + 0.058082779005117074;
    p = p * s + 0.06669726470243958;
    p = p * s + 0.07692234501973981;
    p = p * s + 0.09090910116001133;
    p = p * s + 0.1111111110306103;
    p = p * s + 0.14285714285745918;
    p = p * s + 0.1999999999999995;
    p = p * s + 0.3333333333333333;
    double near = 2 * f + 2 * f * s * p;
    return n * 0x1.62e42fee00000p-1 + (near + n * 0x1.a39ef35793c76p-33);
}

/* Mills' ratio of the normal distribution, (1 - Phi(z)) / phi(z), for 0 <= z <= 1e5. A polynomial
 * in (z - 5) / (z + 5), the transformation of Shepherd and Laframboise (Math. Comp. 36, 1981). */
KERNEL double mills(double z) {
    double inverse = 1 / (z + 5), t = (z - 5) * inverse, s = t * t;
    double even = -1.968820797352459e-09, odd = -3.33685050644899e-10;
    even = even * s + 2.3249183399991785e-08, odd = odd * s + 3.1868668543954637e-09;
    even = even * s + -1.6898908396991396e-07, odd = odd * s + -1.73981243035747e-08;
    even = even * s + 1.0865648093758114e-06, odd = odd * s + 9.668428360826765e-08;
    even = even * s + -6.940549848188711e-06, odd = odd * s + -8.36067598049549e-07;
    even = even * s + 4.181269707272592e-05, odd = odd * s + 9.974780085560421e-06;
    even = even * s + -0.00014883252854029953, odd = odd * s + -0.0001247356581872173;
    even = even * s + -0.0019999620670556138, odd = odd * s + 0.0013658591609424376;
    even = even * s + 0.05212550242182693, odd = odd * s + -0.007503282820678759;
    even = even * s + 0.41364471573217226, odd = odd * s + -0.17325473408715042;
    even = even * s + 1.241547061573877, odd = odd * s + -0.7859110755465453;
    even = even * s + 1.9280810471531575, odd = odd * s + -1.66786659518896;
    return (even + t * odd) * inverse;
}

/* x * y = high + low exactly (Dekker, Numerische Mathematik 18, 1971). */
typedef struct exact {
    double high, low;
} exact;

KERNEL exact exact_sum(double x, double y) {
    exact e = {.high = x + y};
    double part = e.high - x;
    e.low = (x - (e.high - part)) + (y - part);
    return e;
}

KERNEL exact exact_product(double x, double y) {
    double xs = x * 134217729, ys = y * 134217729; /* 2^27 + 1 */
    double xh = xs - (xs - x), yh = ys - (ys - y), xl = x - xh, yl = y - yh;
    exact e = {.high = x * y};
    e.low = ((xh * yh - e.high) + xh * yl + xl * yh) + xl * yl;
    return e;
}

#endif
