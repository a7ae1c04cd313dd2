/* SPDX-License-Identifier: MIT
 *
 * rows.h: how a row of the info table is written down.
 */
#ifndef QM_TA_ROWS_H
#define QM_TA_ROWS_H

#include "ta/info.h"

enum { QM_TA_PERIOD_MAX = 100000 };

#define QM_COUNT_OF(list) (int)(sizeof(list) / sizeof *(list))

/* Parameters. */
#define QM_WHOLE(label, start, least, most, text)                                                  \
    { .name = label, .fallback = start, .min = least, .max = most, .whole = true, .help = text }
#define QM_REAL(label, start, least, most, text)                                                   \
    { .name = label, .fallback = start, .min = least, .max = most, .help = text }
#define QM_CHOICE(label, start, most, list, text)                                                  \
    { .name = label, .fallback = start, .max = most, .whole = true, .choices = list, .help = text }
#define QM_PERIOD(start, least)                                                                    \
    QM_WHOLE("period", start, least, QM_TA_PERIOD_MAX, "values taken together")
/* A moving average of a kind that the caller chooses. */
#define QM_AVERAGE(label, start)                                                                   \
    QM_CHOICE(label, start, QM_MA_HMA, qm_ma_names, "kind of moving average")

/* A row. */
#define QM_ROW(row, label, kind, family)                                                           \
    .name = #row, .title = label, .input = kind, .group = family
#define QM_PARAMS(list) .param_count = QM_COUNT_OF(list), .params = list
#define QM_OUTPUTS(list) .output_count = QM_COUNT_OF(list), .outputs = list
#define QM_VALUE .output_count = 1, .outputs = qm_ta_value
/* The four functions of a row are called PREFIX_warmup, _size, _init and _step. */
#define QM_FORMS(prefix)                                                                           \
    .warmup = prefix##_warmup, .state_size = prefix##_size, .init = prefix##_init,                 \
    .step = prefix##_step, .run = prefix##_run

/* A row over bars that reads these columns. */
#define QM_BAR_ROW(row, label, columns, family)                                                    \
    QM_ROW(row, label, QM_TA_BARS, family), .uses = columns

/* A row of TA-Lib's table, called NAME as there, over the close or over bars. */
#define QM_LIB(NAME) .name = #NAME, .title = "TA-Lib's " #NAME, .group = "talib", .talib = #NAME
#define QM_LIB_SERIES(NAME) QM_LIB(NAME), .input = QM_TA_SERIES
#define QM_LIB_BARS(NAME, columns) QM_LIB(NAME), .input = QM_TA_BARS, .uses = columns
#define QM_LIB_OUTPUT .output_count = 1, .outputs = qm_talib_output
#define QM_LIB_TYPE(label) QM_WHOLE(label, 0, 0, QM_MA_T3, "type of moving average, 0 to 8")

/* prefix_run out of prefix_step, in one function, so that no step is a call. */
#define QM_RUN_SERIES(prefix, count)                                                               \
    static void prefix##_run(void *state, const double *const *x, size_t n, double *const *out) {  \
        for (size_t i = 0; i < n; i++) {                                                           \
            double values[count];                                                                  \
            prefix##_step(state, x[0] + i, values);                                                \
            for (int k = 0; k < (count); k++) {                                                    \
                out[k][i] = values[k];                                                             \
            }                                                                                      \
        }                                                                                          \
    }
#define QM_RUN_BARS(prefix, count)                                                                 \
    static void prefix##_run(void *state, const double *const *x, size_t n, double *const *out) {  \
        for (size_t i = 0; i < n; i++) {                                                           \
            const double bar[] = {x[0][i], x[1][i], x[2][i], x[3][i], x[4][i], x[5][i]};           \
            double values[count];                                                                  \
            prefix##_step(state, bar, values);                                                     \
            for (int k = 0; k < (count); k++) {                                                    \
                out[k][i] = values[k];                                                             \
            }                                                                                      \
        }                                                                                          \
    }

/* "value" and "output", the outputs of rows that have one. */
extern const char *const qm_ta_value[1], *const qm_talib_output[1];

/* Warm-ups and sizes that many rows share; the period is the first parameter. */
size_t qm_warmup_none(const double *params);
size_t qm_warmup_one(const double *params);
size_t qm_warmup_period(const double *params);      /* period */
size_t qm_warmup_period_less(const double *params); /* period - 1 */
/* Of rows without a period or a state. */
size_t qm_size_none(const double *params);
void qm_init_none(void *state, const double *params);

#endif
