/* SPDX-License-Identifier: MIT
 *
 * pulse.h: figures of a running daemon that are in its memory only: FOLDER/status.json, written
 * each second in which something happened, and gone when it stops. What can't be written is no
 * error: trading does not wait for it. Main thread.
 */
#ifndef QM_APP_PULSE_H
#define QM_APP_PULSE_H

#include "app/crew.h"
#include "codec/json.h"
#include "loop/loop.h"

typedef struct qm_pulse {
    const qm_crew *crew;
    char path[4200];
    qm_loop *loop;
    qm_loop_timer *timer;
    uint64_t written; /* events and reloads when it was last written */
} qm_pulse;

qm_status qm_pulse_start(qm_pulse *pulse, const char *folder);
void qm_pulse_stop(qm_pulse *pulse);
/* The object of a running daemon, as it was last written, for `process`; NULL: none. */
qm_json *qm_pulse_read(const char *folder, int64_t process);

#endif
