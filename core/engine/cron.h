/* SPDX-License-Identifier: MIT
 *
 * cron.h: the dates of a cron line. The rest of its rules is in schedule.h.
 */
#ifndef QM_ENGINE_CRON_H
#define QM_ENGINE_CRON_H

#include "engine/schedule.h"

/* Month, day and weekday. A day or weekday field that begins with "*" leaves the choice to the
 * other; when both are restricted, either matches. */
bool qm_cron_matches_date(const qm_cron *cron, qm_date date);

#endif
