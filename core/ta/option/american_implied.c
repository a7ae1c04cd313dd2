/* SPDX-License-Identifier: MIT
 *
 * Implied volatility of American options: a bracket, and the Illinois variant of the false position
 * (Dowell and Jarratt, BIT 11, 1971), which halves where it does not get on.
 */
#include "ta/option/internal.h"

#include <math.h>

enum { ROUNDS = 200 };
static const double VOL_TOP = 1e3, PRECISE = 1e-13;

static qm_status gap_at(qm_option *o, double vol, double price, double *gap) {
    o->vol = vol;
    qm_status status = qm_option_american_value(o, gap);
    *gap = status == QM_OK ? *gap - price : 0;
    return status;
}

typedef struct bracket {
    double low, high;     /* of the volatility */
    double f_low, f_high; /* the price there, less the wanted one */
} bracket;

static qm_status solve(qm_option *o, bracket b, double price, double *vol) {
    for (int i = 0; i < ROUNDS && b.high - b.low > PRECISE * b.high; i++) {
        double at = (b.low * b.f_high - b.high * b.f_low) / (b.f_high - b.f_low), f;
        if (!(at > b.low && at < b.high) || i % 4 == 3) {
            at = 0.5 * (b.low + b.high);
        }
        qm_status status = gap_at(o, at, price, &f);
        if (status != QM_OK) {
            return status;
        }
        if (f == 0) {
            b.low = b.high = at;
        } else if (f > 0) {
            b = (bracket){b.low, at, 0.5 * b.f_low, f};
        } else {
            b = (bracket){at, b.high, f, 0.5 * b.f_high};
        }
    }
    *vol = 0.5 * (b.low + b.high);
    return QM_OK;
}

qm_status qm_option_american_implied(const qm_option *option, double price, double *vol) {
    qm_option o = *option;
    bracket b = {.high = 0.25};
    qm_status status = gap_at(&o, 0, price, &b.f_low);
    if (status == QM_OK && (b.f_low >= 0 || !(o.days > 0))) {
        return QM_ENO;
    }
    if (status == QM_OK) {
        status = gap_at(&o, b.high, price, &b.f_high);
    }
    while (status == QM_OK && b.f_high < 0) {
        b = (bracket){b.high, 2 * b.high, b.f_high, 0};
        if (b.high > VOL_TOP) {
            return QM_ENO;
        }
        status = gap_at(&o, b.high, price, &b.f_high);
    }
    return status == QM_OK ? solve(&o, b, price, vol) : status;
}
