/* SPDX-License-Identifier: MIT
 *
 * log.h: the structured log. One line an entry: time, level, source, text; as text or as JSON.
 *
 * The default sink is stderr. Time comes from the clock function that the app installs (no clock:
 * no time in the line), so that a backtest's log shows the event's time. Main thread only.
 */
#ifndef QM_BASE_LOG_H
#define QM_BASE_LOG_H

#include "quantmatrix/time.h"

typedef enum qm_log_level { QM_LOG_DEBUG, QM_LOG_INFO, QM_LOG_WARN, QM_LOG_ERROR } qm_log_level;
typedef enum qm_log_format { QM_LOG_TEXT, QM_LOG_JSON } qm_log_format;

typedef struct qm_log_config {
    qm_log_level level; /* entries below are dropped */
    qm_log_format format;
    void (*write)(void *data, const char *line, size_t length); /* NULL: stderr; line ends in \n */
    qm_time (*now)(void *data);                                 /* NULL: no time */
    void *data;
} qm_log_config;

void qm_log_configure(const qm_log_config *config);
qm_log_level qm_log_get_level(void);
/* source: room or strategy, e.g. "engine", "atr_matrix". */
__attribute__((format(printf, 3, 4))) void qm_log(qm_log_level level, const char *source,
                                                  const char *format, ...);

#endif
