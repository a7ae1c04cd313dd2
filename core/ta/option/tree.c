/* SPDX-License-Identifier: MIT
 *
 * A binomial tree after Leisen and Reimer (Applied Mathematical Finance 3, 1996), with Peizer and
 * Pratt's second inversion of the normal distribution. Discrete dividends are escrowed (Hull,
 * Options, Futures and Other Derivatives): what the tree spreads is the spot without the present
 * value of those still to come, and an exercise gets them back.
 */
#include "base/mem.h"
#include "ta/option/internal.h"

#include <math.h>

enum { STEPS_MIN = 3, STEPS_MAX = 100001 };

/* Present value of the dividends in (from, to], seen at `from`, all in days. */
static double present_value(const qm_option *o, const qm_dividends *d, double from) {
    double sum = 0;
    for (size_t i = 0; d && i < d->count; i++) {
        if (d->items[i].days > from && d->items[i].days <= o->days) {
            sum += d->items[i].amount * exp(-o->rate * (d->items[i].days - from) / 365);
        }
    }
    return sum;
}

/* The probability of a step up for which n steps end above the strike as often as Phi(d) says, and
 * of a step down, both to full precision. */
typedef struct odds {
    double up, down;
} odds;

static odds inversion(double d, int n) {
    double z = d / (n + 1.0 / 3 + 0.1 / (n + 1)), e = 0.25 * exp(-z * z * (n + 1.0 / 6));
    double large = 0.5 + sqrt(0.25 - e), small = e / large;
    return d < 0 ? (odds){small, large} : (odds){large, small};
}

/* From the last step back to the first; NaN when a step is too improbable for a double. */
static double walk(const qm_option *o, const qm_dividends *d, double spot, int n, double *value) {
    double years = o->days / 365, dt = years / n, s = o->vol * sqrt(years);
    double d1 = (log(spot / o->strike) + (o->rate - o->div) * years) / s + 0.5 * s;
    double growth = exp((o->rate - o->div) * dt), discount = exp(-o->rate * dt);
    odds p = inversion(d1 - s, n), tilted = inversion(d1, n);
    double up = growth * tilted.up / p.up, down = growth * tilted.down / p.down;
    if (!(p.up > 0 && p.down > 0 && down > 0 && up / down > 1 && isfinite(up / down))) {
        return NAN;
    }
    for (int step = n; step >= 0; step--) {
        double node = spot * pow(down, step), due = present_value(o, d, step * dt * 365);
        for (int i = 0; i <= step; i++) {
            double now = (double)o->right * (node + due - o->strike);
            double wait = step == n ? 0 : discount * (p.up * value[i + 1] + p.down * value[i]);
            value[i] = (o->american || step == n) && now > wait ? now : wait;
            node *= up / down;
        }
    }
    return value[0];
}

static qm_status check_dividends(const qm_option *o, const qm_dividends *d, qm_error *err) {
    for (size_t i = 0; d && i < d->count; i++) {
        const qm_dividend *x = &d->items[i];
        if (!(x->days >= 0 && x->days <= QM_OPTION_DAYS_MAX) || !(x->amount >= 0)) {
            return qm_error_set(err, QM_ERANGE, "dividend %zu: %.10g in %.10g days", i + 1,
                                x->amount, x->days);
        }
    }
    if (!(present_value(o, d, 0) < o->spot)) {
        return qm_error_set(err, QM_ERANGE, "the dividends are worth %.10g, the spot only %.10g",
                            present_value(o, d, 0), o->spot);
    }
    return QM_OK;
}

qm_status qm_option_escrowed(const qm_option *o, const qm_dividends *dividends, double *spot,
                             qm_error *err) {
    qm_status status = qm_option_check(o, err);
    if (status == QM_OK) {
        status = check_dividends(o, dividends, err);
    }
    if (status == QM_OK) {
        *spot = o->spot - present_value(o, dividends, 0);
    }
    return status;
}

qm_status qm_option_tree(const qm_option *o, const qm_dividends *dividends, int steps,
                         double *price, qm_error *err) {
    double spot;
    qm_status status = qm_option_escrowed(o, dividends, &spot, err);
    if (status == QM_OK && (steps < STEPS_MIN || steps > STEPS_MAX)) {
        status = qm_error_set(err, QM_ERANGE, "steps is %d, must be %d to %d", steps, STEPS_MIN,
                              STEPS_MAX);
    }
    if (status == QM_OK && !(o->vol > 0 && o->days > 0)) {
        status = qm_error_set(err, QM_ERANGE, "a tree needs time and volatility above 0");
    }
    if (status != QM_OK) {
        return status;
    }
    int n = steps | 1; /* odd: the strike lies between two nodes */
    double *value = qm_calloc((size_t)n + 1, sizeof *value);
    if (!value) {
        return QM_ENOMEM;
    }
    double result = walk(o, dividends, spot, n, value);
    qm_free(value);
    if (!isfinite(result)) {
        return qm_error_set(err, QM_ERANGE, "vol is %.10g over %.10g days: too little for a tree",
                            o->vol, o->days);
    }
    *price = result;
    return QM_OK;
}
