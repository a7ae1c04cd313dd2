/* SPDX-License-Identifier: MIT
 *
 * american.h: the boundary of an American put in units of the strike.
 */
#ifndef QM_TA_OPTION_AMERICAN_H
#define QM_TA_OPTION_AMERICAN_H

#include <stdbool.h>

enum { QM_BOUNDARY_NODES = 20 };

typedef struct qm_option_boundary {
    double rate, div, vol;   /* given: years, as fractions */
    double limit, log_limit; /* X */
    double root;             /* sqrt of the longest tau */
    bool smooth;             /* system A */
    int rounds;
    double c[QM_BOUNDARY_NODES + 1];
} qm_option_boundary;

/* False: it did not settle. */
bool qm_option_boundary_solve(qm_option_boundary *b, double tau);
/* ln(B(tau) / X) */
double qm_option_boundary_log(const qm_option_boundary *b, double tau);

typedef struct normal {
    double density, below; /* phi(x), Phi(x) */
} normal;

normal qm_option_normal(double x);

#endif
