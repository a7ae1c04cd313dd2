/* SPDX-License-Identifier: MIT
 *
 * run_setup.h: what `qm run` reads from its arguments and the configuration, on the real clock and
 * in a replay alike.
 */
#ifndef QM_APP_RUN_SETUP_H
#define QM_APP_RUN_SETUP_H

#include "app/crew.h"

/* The log as --log and the configuration want it; now(data) is the time in its lines. */
qm_status qm_run_log(const qm_args *args, qm_time (*now)(void *data), void *data, qm_error *err);
/* Models and limits of the configuration, where no option names others. The table of settings has
 * checked the values. */
qm_status qm_run_settings(const qm_args *args, qm_sim_config *sim, qm_risk_limits *limits,
                          qm_error *err);
/* The strategies that the arguments name. */
qm_status qm_run_load(qm_crew *crew, const qm_args *args, qm_error *err);

/* qm run --replay. */
qm_status qm_run_replay(const qm_args *args, qm_error *err);

#endif
