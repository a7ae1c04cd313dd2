/* SPDX-License-Identifier: MIT
 *
 * american.h: the boundary of an American put in units of the strike.
 */
#ifndef QM_TA_OPTION_AMERICAN_H
#define QM_TA_OPTION_AMERICAN_H

#include <stdbool.h>

enum { QM_BOUNDARY_NODES = 20 };

typedef struct qm_option_boundary {
    double rate, div, vol;           /* given */
    double limit, log_limit;         /* X */
    double root;                     /* sqrt of the longest tau */
    bool smooth;                     /* system A */
    double c[QM_BOUNDARY_NODES + 1]; /* Chebyshev coefficients of H over sqrt(tau) */
} qm_option_boundary;

/* The boundary up to tau years before the expiry; rate > 0, or rate = 0 and div < 0. False: it did
 * not settle. */
bool qm_option_boundary_solve(qm_option_boundary *b, double tau);
/* ln(B(tau) / X) */
double qm_option_boundary_log(const qm_option_boundary *b, double tau);

typedef struct normal {
    double density, below; /* phi(x), Phi(x) */
} normal;

normal qm_option_normal(double x);

#endif
