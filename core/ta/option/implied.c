/* SPDX-License-Identifier: MIT
 *
 * Implied volatility of European options, solved for the standard deviation s = vol * sqrt(T).
 *
 * The out-of-the-money value p(s), as a fraction of its limit, has one inflection, at s =
 * sqrt(2|x|) (Manaster and Koehler, J. Finance 37, 1982). The objective that is nearly linear in
 * each region (Jaeckel, Let's be rational, Wilmott 2015) is below the inflection  1 / ln p   (p
 * falls like exp(-x^2 / 2 s^2)) above, p < 1/2        p else                  ln(1 - p)  (1 - p
 * falls like exp(-s^2 / 8)) and takes Householder steps of fourth order. Columns do a fixed number
 * of steps; what has not settled by then is bracketed and solved alone.
 */
#include "ta/option/internal.h"
#include "ta/option/kernel.h"

enum { ALONE_MAX = 400 };
/* A step that is smaller than this, relative, leaves an error of its fourth power. */
static const double SETTLED = 1e-5;

/* Below it, a part of the limit is no longer a normal double. */
static const double FAINTEST = 0x1p-1000;

/* What is to be solved: p(s) = value at distance |x| / s. */
typedef struct problem {
    double x;           /* |ln(S/K)| of the forward */
    double value, rest; /* the wanted p, and 1 - p */
    double log_value, log_rest;
    double root; /* sqrt(T) */
    bool solvable;
} problem;

KERNEL problem problem_of(const qm_option_columns *o, size_t i, double sign, double price) {
    double years = o->days[i] / 365;
    forward f = forward_of(o->spot[i], o->strike[i], years, o->rate[i], o->div[i]);
    bool in_the_money = sign * f.moneyness > 0;
    double most = sign > 0 ? f.spot : f.strike, least = in_the_money ? sign * f.gap_high : 0;
    double time_value = (price - least) - (in_the_money ? sign * f.gap_low : 0);
    problem p = {.x = fabs(f.moneyness), .root = sqrt(years)};
    p.value = time_value / f.smaller;
    p.rest = (most - price) / f.smaller;
    p.log_value = log_ratio(p.value, 1, p.value - 1);
    p.log_rest = log_ratio(p.rest, 1, -p.value);
    bool normal = (p.value >= FAINTEST) & (p.rest >= FAINTEST);
    p.solvable = (price > least) & (price < most) & normal & (years > 0);
    return p;
}

/* -2 Phi^-1(q / 2) for 0 < q <= 1, to 1e-3 (Hastings' form, Abramowitz and Stegun 26.2.23). */
KERNEL double spread_of(double log_q) {
    double l = 2 * 0.6931471805599453 - 2 * log_q, w = sqrt(l < 0 ? 0 : l);
    double top = 2.515517 + w * (0.802853 + w * 0.010328);
    double bottom = 1 + w * (1.432788 + w * (0.189269 + w * 0.001308));
    return 2 * (w - top / bottom);
}

/* Where the search starts, the inflection, and on which side of it the solution lies. */
typedef struct start {
    double s, inflection;
    bool low;
} start;

KERNEL start start_of(problem p) {
    start out = {.inflection = sqrt(2 * p.x)};
    double at = 0.5 - 0.3989422804014327 * mills(out.inflection); /* p there */
    at = p.x == 0 ? 0 : at;
    at = at > 0 ? at : 0;
    out.low = p.value < at;
    double log_at = log_ratio(at > FAINTEST ? at : FAINTEST, 1, at - 1);
    double below = out.inflection * sqrt(log_at / p.log_value);
    double line = out.inflection + (p.value - at) * 2.5066282746310002;
    double curve = out.inflection + spread_of(p.log_rest) - spread_of(log_ratio(1 - at, 1, -at));
    double above = line > curve ? line : curve;
    out.s = out.low ? below : above;
    return out;
}

/* One Householder step from s; the derivatives of p are density, density * h2, density * h3. */
KERNEL double step_of(problem p, double s, bool low) {
    double inverse = 1 / s, a = p.x * inverse, t = 0.5 * s;
    a = a < 1e4 ? a : 1e4;
    shape now = shape_of(a, t);
    double h2 = (a - t) * (a + t) * inverse;
    double h3 = h2 * h2 - 3 * a * a * inverse * inverse - 0.25;
    bool middle = !low & (p.value < 0.5);
    double amount = low ? now.value : now.rest, wanted = low ? p.value : p.rest;
    double l = (low ? now.density : -now.density) / amount; /* (ln amount)' */
    double l2 = h2 - l, l3 = h3 - 3 * l * h2 + 2 * l * l;
    double ahead = log_ratio(wanted, amount, wanted - amount);
    double log_now = p.log_value - ahead, b = l / log_now; /* when low */
    double newton = ahead / l;
    newton = low ? newton * log_now / p.log_value : newton;
    newton = middle ? (p.value - now.value) / now.density : newton;
    double second = low ? l2 - 2 * b : l2;
    double third = low ? l3 - 6 * l2 * b + 6 * b * b : l3;
    second = middle ? h2 : second;
    third = middle ? h3 : third;
    double bend = second * newton;
    return newton * (1 + 0.5 * bend) / (1 + bend + third * newton * newton * (1.0 / 6));
}

/* The bracket grows from the inflection, then a step that leaves it becomes a bisection. */
static double solve_alone(const problem *p) {
    start first = start_of(*p);
    double edge = first.inflection > 0x1p-500 ? first.inflection : 0x1p-500;
    double low = first.low ? 0 : edge, high = first.low ? edge : INFINITY;
    double s = first.s > low && first.s < high ? first.s : first.low ? 0.5 * high : 2 * low;
    for (int i = 0; i < ALONE_MAX; i++) {
        double a = p->x / s;
        shape now = shape_of(a < 1e4 ? a : 1e4, 0.5 * s);
        bool under = p->value < 0.5 ? now.value < p->value : now.rest > p->rest;
        low = under ? s : low;
        high = under ? high : s;
        double step = step_of(*p, s, first.low), next = s + step;
        if (!(next > low && next < high)) {
            next = high == INFINITY ? 2 * s : low == 0 ? 0.5 * s : sqrt(low) * sqrt(high);
        } else if (fabs(step) <= 1e-14 * s) {
            return next;
        }
        if (next == s || high - low <= 0x1p-52 * low) {
            return s;
        }
        s = next;
    }
    return NAN;
}

typedef struct block {
    double sign[BLOCK];
    double vol[BLOCK];
    double settled[BLOCK]; /* 0: the lane is to be solved alone */
} block;

QM_OPTION_CLONES static void solve_block(const qm_option_columns *o, size_t n, const double *price,
                                         block *b) {
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        problem p = problem_of(o, i, b->sign[i], price[i]);
        start first = start_of(p);
        double s = first.s; /* no inner loop: compilers do not vectorise around one */
        s += step_of(p, s, first.low);
        s += step_of(p, s, first.low);
        double last = step_of(p, s, first.low);
        s += last;
        bool good = (fabs(last) <= SETTLED * s) & (s > 0);
        b->settled[i] = p.solvable ? (good ? 1 : 0) : 1;
        b->vol[i] = p.solvable ? s / p.root : NAN;
    }
}

static void run_block(const qm_option_columns *o, size_t n, const double *price, double *vol) {
    block b;
    for (size_t i = 0; i < n; i++) {
        bool valid = market_is_valid(o, i) && price[i] >= 0;
        b.sign[i] = valid ? qm_option_sign(o->right[i]) : (double)NAN;
    }
    solve_block(o, n, price, &b);
    for (size_t i = 0; i < n; i++) {
        if (b.settled[i] == 0) {
            problem p = problem_of(o, i, b.sign[i], price[i]);
            b.vol[i] = solve_alone(&p) / p.root;
        }
        vol[i] = isnan(b.sign[i]) ? (double)NAN : b.vol[i];
    }
}

void qm_option_implied_columns(const qm_option_columns *options, const double *price, double *vol) {
    for (size_t at = 0; at < options->n; at += BLOCK) {
        qm_option_columns part = qm_option_columns_from(options, at);
        run_block(&part, part.n, price + at, vol + at);
    }
}
