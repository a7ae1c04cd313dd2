/* SPDX-License-Identifier: MIT
 *
 * American options without discrete dividends. A call is the put with spot and strike, rate and
 * yield exchanged (McDonald and Schroder, J. Computational Finance 1, 1998). A put is worth the
 * European one and the early exercise premium (Kim, Review of Financial Studies 3, 1990), with v
 * the time until an exercise and d at S / B(tau - v):
 *   premium = int r K e^(-r v) Phi(-d-) - q S e^(-q v) Phi(-d+) dv
 */
#include "ta/option/american.h"

#include "ta/option/kernel.h"

/* Tanh-sinh quadrature (Takahasi and Mori, Publ. RIMS 9, 1974): its points crowd at both ends, so
 * that a spot close to the boundary is no special case. */
enum { POINTS = 112, FALLBACK_STEPS = 1001 };
static const double SPACING = 1.0 / 32, PI = 3.141592653589793;
/* One-sided differences of fourth order: the side on which the option is not exercised. */
static const double VOL_STEP = 0.005, RATE_STEP = 1e-3;

/* A put in units of its strike. */
typedef struct put {
    double spot, years, rate, div, vol;
} put;

/* Its value and the derivatives by the spot. */
typedef struct value {
    double price, delta, gamma;
    bool exercised;
    qm_status status;
} value;

static void add_premium(const qm_option_boundary *b, double log_spot, double v, double weight,
                        value *sum) {
    double s = b->vol * sqrt(v), spot = exp(log_spot), tau = b->root * b->root;
    double x = log_spot - b->log_limit - qm_option_boundary_log(b, tau - v);
    double middle = (x + (b->rate - b->div) * v) / s;
    double plus = middle + 0.5 * s, minus = middle - 0.5 * s;
    normal p = qm_option_normal(-plus), m = qm_option_normal(-minus);
    double r = b->rate * exp_of(-b->rate * v) * weight, q = b->div * exp_of(-b->div * v) * weight;
    double rs = r * m.density / (spot * s), qs = q * p.density / s;
    sum->price += r * m.below - q * spot * p.below;
    sum->delta += qs - rs - q * p.below;
    sum->gamma += (rs * (1 + minus / s) + qs * (1 - plus / s)) / spot;
}

static value premium_of(const qm_option_boundary *b, double spot) {
    value sum = {0};
    double tau = b->root * b->root, log_spot = log(spot);
    for (int i = -POINTS; i <= POINTS; i++) {
        double e = exp_of(i * SPACING), sinh = 0.5 * (e - 1 / e), cosh = 0.5 * (e + 1 / e);
        double near = 1 / (1 + exp_of(PI * fabs(sinh))), v = tau * (i < 0 ? near : 1 - near);
        double weight = SPACING * tau * PI * cosh * near * (1 - near);
        if (v > 0 && v < tau) {
            add_premium(b, log_spot, v, weight, &sum);
        }
    }
    return sum;
}

/* Without volatility the best time to exercise is one of three: now, the end, or where the gain
 * stops growing. */
static value without_variance(const put *p) {
    double swing = log(p->div * p->spot / p->rate) / (p->div - p->rate);
    const double times[] = {0, swing > 0 && swing < p->years ? swing : 0, p->years};
    value best = {0};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        double q = exp(-p->div * times[i]), gain = exp(-p->rate * times[i]) - q * p->spot;
        if (gain > best.price) {
            best = (value){.price = gain, .delta = -q, .exercised = times[i] == 0};
        }
    }
    return best;
}

static value european_of(const put *p) {
    double out[QM_OPTION_OUTPUT_COUNT];
    qm_option_european(
        &(qm_option){p->spot, 1, p->years * 365, p->rate, p->div, p->vol, QM_PUT, false}, out);
    return (value){out[QM_OPTION_PRICE], out[QM_OPTION_DELTA], out[QM_OPTION_GAMMA], false, QM_OK};
}

/* For what the boundary's equations do not cover: two boundaries, or an iteration that does not
 * settle. */
static value by_tree(const put *p) {
    static const double move = 0.01;
    double at[3], h = move * p->spot;
    value v = {.status = QM_OK};
    for (int i = 0; v.status == QM_OK && i < 3; i++) {
        qm_option o = {
            p->spot + h * (i - 1), 1, p->years * 365, p->rate, p->div, p->vol, QM_PUT, true};
        v.status = qm_option_tree(&o, NULL, FALLBACK_STEPS, &at[i], NULL);
    }
    if (v.status == QM_OK) {
        v.price = at[1];
        v.delta = (at[2] - at[0]) / (2 * h);
        v.gamma = (at[2] - 2 * at[1] + at[0]) / (h * h);
        v.exercised = at[1] <= 1 - p->spot;
    }
    return v;
}

/* Interest on the strike never exceeds what the spot yields. */
static bool never_early(const put *p) {
    return p->rate <= 0 && p->div >= p->rate;
}

static value value_of(const put *p) {
    if (p->years == 0 || p->vol == 0) {
        return without_variance(p);
    }
    if (never_early(p)) {
        return european_of(p);
    }
    qm_option_boundary b = {.rate = p->rate, .div = p->div, .vol = p->vol};
    if (p->rate < 0 || !qm_option_boundary_solve(&b, p->years)) {
        return by_tree(p);
    }
    if (log(p->spot) <= b.log_limit + qm_option_boundary_log(&b, p->years)) {
        return (value){.price = 1 - p->spot, .delta = -1, .exercised = true};
    }
    value v = european_of(p), premium = premium_of(&b, p->spot);
    v.price += premium.price > 0 ? premium.price : 0;
    v.delta += premium.delta;
    v.gamma += premium.gamma;
    v.price = v.price > 1 - p->spot ? v.price : 1 - p->spot;
    return v;
}

static put put_of(const qm_option *o) {
    put p = {o->spot / o->strike, o->days / 365, o->rate, o->div, o->vol};
    if (o->right == QM_CALL) {
        p.spot = o->strike / o->spot;
        p.rate = o->div;
        p.div = o->rate;
    }
    return p;
}

static double price_of(const qm_option *o, const value *v) {
    if (v->exercised) {
        return (double)(int)o->right * (o->spot - o->strike);
    }
    return v->price * (o->right == QM_CALL ? o->spot : o->strike);
}

qm_status qm_option_american_value(const qm_option *o, double *price) {
    put p = put_of(o);
    value v = value_of(&p);
    if (v.status == QM_OK) {
        *price = price_of(o, &v);
    }
    return v.status;
}

/* The derivative by a field of p, a step at a time, from the value v. */
static double slope(const put *p, double *field, value *v, double step) {
    static const double weights[] = {-25, 48, -36, 16, -3};
    double sum = weights[0] * v->price, from = *field;
    for (int i = 1; v->status == QM_OK && i < 5; i++) {
        *field = from + i * step;
        value moved = value_of(p);
        sum += weights[i] * moved.price;
        v->status = moved.status;
    }
    *field = from;
    return sum / (12 * step);
}

qm_status qm_option_american(const qm_option *o, double out[QM_OPTION_OUTPUT_COUNT]) {
    put p = put_of(o);
    if (never_early(&p)) {
        qm_option_european(o, out);
        return QM_OK;
    }
    value v = value_of(&p);
    bool call = o->right == QM_CALL, variance = p.years > 0 && p.vol > 0;
    double unit = call ? o->spot : o->strike, vega = 0, rho = 0;
    if (v.status == QM_OK && !v.exercised && p.years > 0) {
        /* A call's rate is the put's yield; growing, it moves the boundary away, as does less of a
         * put's rate, which stays above 0. */
        double down = p.rate > 0 ? fmin(RATE_STEP, p.rate / 8) : -RATE_STEP;
        vega = variance ? slope(&p, &p.vol, &v, VOL_STEP * p.vol) : 0;
        rho = call ? slope(&p, &p.div, &v, RATE_STEP) : slope(&p, &p.rate, &v, -down);
    }
    if (v.status != QM_OK) {
        return v.status;
    }
    out[QM_OPTION_VANNA] = out[QM_OPTION_CHARM] = out[QM_OPTION_VOLGA] = NAN;
    out[QM_OPTION_PRICE] = price_of(o, &v);
    if (v.exercised) {
        out[QM_OPTION_DELTA] = o->right;
    } else {
        out[QM_OPTION_DELTA] = call ? v.price - p.spot * v.delta : v.delta;
    }
    out[QM_OPTION_GAMMA] = v.gamma * (call ? p.spot * p.spot : 1) / unit;
    out[QM_OPTION_VEGA] = unit * vega;
    out[QM_OPTION_RHO] = unit * rho;
    /* Before an exercise the value obeys Black and Scholes' equation. */
    double hedge = o->spot * out[QM_OPTION_DELTA];
    double curve = 0.5 * o->vol * o->vol * o->spot * o->spot * out[QM_OPTION_GAMMA];
    double theta = o->rate * out[QM_OPTION_PRICE] - (o->rate - o->div) * hedge - curve;
    out[QM_OPTION_THETA] = v.exercised ? 0 : theta / 365;
    return QM_OK;
}
