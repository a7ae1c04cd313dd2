/* SPDX-License-Identifier: MIT
 *
 * Implied volatility of American options: a bracket, and the Illinois variant of the false position
 * (Dowell and Jarratt, BIT 11, 1971), which halves where it does not get on.
 */
#include "ta/option/internal.h"

#include <math.h>

enum { ROUNDS = 200 };
static const double VOL_TOP = 1e3, PRECISE = 1e-13;

static double gap_at(qm_option *o, double vol, double price) {
    o->vol = vol;
    return qm_option_american_value(o) - price;
}

static double solve(qm_option *o, double low, double high, double price) {
    double f_low = gap_at(o, low, price), f_high = gap_at(o, high, price);
    for (int i = 0; i < ROUNDS && high - low > PRECISE * high; i++) {
        double at = (low * f_high - high * f_low) / (f_high - f_low);
        if (!(at > low && at < high) || i % 4 == 3) {
            at = 0.5 * (low + high);
        }
        double f = gap_at(o, at, price);
        if (f == 0) {
            return at;
        }
        if (f > 0) {
            f_low = i > 0 ? 0.5 * f_low : f_low;
            high = at;
            f_high = f;
        } else {
            f_high = i > 0 ? 0.5 * f_high : f_high;
            low = at;
            f_low = f;
        }
    }
    return 0.5 * (low + high);
}

double qm_option_american_implied(const qm_option *option, double price) {
    qm_option o = *option;
    double low = 0, high = 0.25;
    if (!(o.days > 0) || gap_at(&o, 0, price) >= 0) {
        return NAN;
    }
    while (gap_at(&o, high, price) < 0) {
        low = high;
        high *= 2;
        if (high > VOL_TOP) {
            return NAN;
        }
    }
    return solve(&o, low, high, price);
}
