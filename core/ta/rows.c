/* SPDX-License-Identifier: MIT
 *
 * What the rows of the info table share.
 */
#include "ta/rows.h"

const char *const qm_ta_value[1] = {"value"};
const char *const qm_talib_output[1] = {"output"};

size_t qm_warmup_none(const double *params) {
    (void)params;
    return 0;
}

size_t qm_warmup_one(const double *params) {
    (void)params;
    return 1;
}

size_t qm_warmup_period(const double *params) {
    return (size_t)params[0];
}

size_t qm_warmup_period_less(const double *params) {
    return (size_t)params[0] - 1;
}

size_t qm_size_none(const double *params) {
    (void)params;
    return 0;
}

void qm_init_none(void *state, const double *params) {
    (void)state;
    (void)params;
}
