/* SPDX-License-Identifier: MIT
 *
 * The early exercise boundary of an American put, after Andersen, Lake and Offengenden (High
 * performance American option pricing, J. Computational Finance 20, 2016).
 *
 * In units of the strike, B(tau) = X exp(-sqrt(H)), where X is the boundary just before the expiry
 * and H a smooth function of sqrt(tau), kept as a Chebyshev interpolant. B solves B = N / D with
 * (both sides discounted; v is the time until an exercise)
 *   system A  N = e^(-r tau) n(d-) + r int e^(-r v) n(d-) dv,  n(d) = phi(d) / (vol sqrt(v))
 *             D = e^(-q tau) (Phi(d+) + n(d+)) + q int e^(-q v) (Phi(d+) + n(d+)) dv
 *   system B  the same with Phi in place of n in N, and without n in D.
 * Outside the integrals d is taken at B(tau), inside at B(tau) / B(tau - v). A settles in about 15
 * rounds where it does, B in about 80 everywhere. Newton steps by the derivative at the node itself
 * make both worse: the nodes hang together.
 */
#include "ta/option/american.h"

#include "ta/option/gauss.h"
#include "ta/option/kernel.h"

enum { N = QM_BOUNDARY_NODES, M = QM_GAUSS_POINTS, ROUNDS_A = 40, ROUNDS_B = 200 };
static const double QUARTER = 0.7853981633974483; /* pi / 4 */
static const double SAME = 1e-12; /* the relative change at which the iteration ends */

/* What does not change from round to round, for each node and each point of its integral. */
typedef struct grid {
    double cosine[2 * N];                /* cos(k pi / N) */
    double tau[N];                       /* from the longest down; the last node, tau 0, is known */
    double z[N][M];                      /* where in -1..1 the interpolant is read */
    double grown_r[N][M], grown_q[N][M]; /* e^(-r v), e^(-q v) times the weight and dv/dz */
    double spread[N][M];                 /* vol sqrt(v) */
    double drift[N][M];                  /* (r - q) v */
    double log_value[N + 1];             /* ln(B / X) */
} grid;

/* An integral over v, of what N and of what D has. */
typedef struct sums {
    double top, bottom;
} sums;

KERNEL normal normal_of(double x) {
    double size = fabs(x), d = size < 40 ? size : 40;
    normal n = {.density = 0.3989422804014327 * exp_of(-0.5 * d * d)};
    double tail = n.density * mills(d);
    n.below = x < 0 ? tail : 1 - tail;
    return n;
}

normal qm_option_normal(double x) {
    return normal_of(x);
}

static double clenshaw(const double *c, double z) {
    double next = 0, after = 0;
    for (int k = N; k > 0; k--) {
        double value = 2 * z * next - after + c[k];
        after = next;
        next = value;
    }
    return z * next - after + c[0];
}

double qm_option_boundary_log(const qm_option_boundary *b, double tau) {
    double h = clenshaw(b->c, 2 * sqrt(tau > 0 ? tau : 0) / b->root - 1);
    return -sqrt(h > 0 ? h : 0);
}

static void make_grid(const qm_option_boundary *b, grid *g) {
    for (int k = 0; k < 2 * N; k++) {
        g->cosine[k] = cos(k * 3.141592653589793 / N);
    }
    for (int i = 0; i < N; i++) {
        double x = 0.5 * b->root * (1 + g->cosine[i]), tau = x * x;
        g->tau[i] = tau;
        for (int k = 0; k < M; k++) {
            /* v = tau sin^2: the roots of v and of tau - v, in which all is smooth, are so too. */
            double angle = QUARTER * (1 + qm_gauss[k].at), y = sin(angle), rest = cos(angle);
            double v = tau * y * y, dv = qm_gauss[k].weight * QUARTER * 2 * tau * y * rest;
            g->z[i][k] = (1 + g->cosine[i]) * rest - 1;
            g->grown_r[i][k] = exp_of(-b->rate * v) * dv;
            g->grown_q[i][k] = exp_of(-b->div * v) * dv;
            g->spread[i][k] = b->vol * x * y;
            g->drift[i][k] = (b->rate - b->div) * v;
        }
    }
}

static void interpolate(qm_option_boundary *b, const grid *g) {
    double h[N + 1];
    for (int i = 0; i <= N; i++) {
        h[i] = g->log_value[i] * g->log_value[i];
    }
    for (int k = 0; k <= N; k++) {
        double sum = 0.5 * (h[0] + (k & 1 ? -h[N] : h[N]));
        for (int i = 1; i < N; i++) {
            sum += h[i] * g->cosine[i * k % (2 * N)];
        }
        b->c[k] = sum * (k == 0 || k == N ? 1.0 : 2.0) / N;
    }
}

QM_OPTION_CLONES static void integrate(const qm_option_boundary *b, const grid *g, int i,
                                       sums *out) {
    double next[M] = {0}, after[M] = {0}, top[M], bottom[M];
    const double *z = g->z[i], now = g->log_value[i], smooth = b->smooth ? 1 : 0;
    for (int k = N; k > 0; k--) { /* Clenshaw, all points at once */
#pragma omp simd
        for (int j = 0; j < M; j++) {
            double value = 2 * z[j] * next[j] - after[j] + b->c[k];
            after[j] = next[j];
            next[j] = value;
        }
    }
#pragma omp simd
    for (int j = 0; j < M; j++) {
        double h = z[j] * next[j] - after[j] + b->c[0], s = g->spread[i][j], inverse = 1 / s;
        double middle = (now + sqrt(h > 0 ? h : 0) + g->drift[i][j]) * inverse;
        normal plus = normal_of(middle + 0.5 * s), minus = normal_of(middle - 0.5 * s);
        double at_minus = smooth != 0 ? minus.density * inverse : minus.below;
        top[j] = g->grown_r[i][j] * at_minus;
        bottom[j] = g->grown_q[i][j] * (plus.below + smooth * plus.density * inverse);
    }
    *out = (sums){0, 0};
    for (int j = 0; j < M; j++) {
        out->top += top[j];
        out->bottom += bottom[j];
    }
}

/* ln(B / X) at a node from the boundary before it. */
static double next_value(const qm_option_boundary *b, const grid *g, int i) {
    double tau = g->tau[i], s = b->vol * sqrt(tau), smooth = b->smooth ? 1 : 0;
    double r = exp_of(-b->rate * tau), q = exp_of(-b->div * tau);
    double middle = (g->log_value[i] + b->log_limit + (b->rate - b->div) * tau) / s;
    normal plus = normal_of(middle + 0.5 * s), minus = normal_of(middle - 0.5 * s);
    sums in;
    integrate(b, g, i, &in);
    double top = r * (b->smooth ? minus.density / s : minus.below) + b->rate * in.top;
    double bottom = q * (plus.below + smooth * plus.density / s) + b->div * in.bottom;
    double value = log(top / bottom) - b->log_limit;
    return value > 0 ? 0 : value;
}

static bool iterate(qm_option_boundary *b, grid *g, int rounds) {
    double next[N];
    for (int i = 0; i <= N; i++) {
        g->log_value[i] = i < N ? -b->vol * sqrt(g->tau[i]) : 0;
    }
    interpolate(b, g);
    for (int round = 0; round < rounds; round++) {
        double change = 0;
        for (int i = 0; i < N; i++) {
            next[i] = next_value(b, g, i);
            double by = fabs(next[i] - g->log_value[i]);
            change = by <= change ? change : by; /* keeps NaN */
        }
        memcpy(g->log_value, next, sizeof next);
        interpolate(b, g);
        if (!(change > SAME)) {
            return change <= SAME;
        }
    }
    return false;
}

bool qm_option_boundary_solve(qm_option_boundary *b, double tau) {
    grid g;
    b->root = sqrt(tau);
    b->limit = b->div > b->rate ? b->rate / b->div : 1;
    b->log_limit = log(b->limit);
    make_grid(b, &g);
    b->smooth = true;
    if (iterate(b, &g, ROUNDS_A)) {
        return true;
    }
    b->smooth = false;
    return iterate(b, &g, ROUNDS_B);
}
