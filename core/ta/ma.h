/* SPDX-License-Identifier: MIT
 *
 * ma.h: a moving average of any kind as a part of a state: what Bollinger bands, stochastics and
 * the like are smoothed with.
 */
#ifndef QM_TA_MA_H
#define QM_TA_MA_H

#include <stddef.h>

/* The first nine as TA-Lib counts them. A period of 1 is the series itself, whatever the kind. The
 * running ones, with the sums and rounding of TA-Lib, are for its table only. */
typedef enum qm_ma_kind {
    QM_MA_SMA,
    QM_MA_EMA,
    QM_MA_WMA,
    QM_MA_DEMA,
    QM_MA_TEMA,
    QM_MA_TRIMA,
    QM_MA_KAMA,
    QM_MA_MAMA, /* takes no notice of the period */
    QM_MA_T3,   /* volume factor 0.7 */
    QM_MA_RMA,
    QM_MA_HMA,
    QM_MA_RUNNING_SMA,
    QM_MA_RUNNING_WMA,
    QM_MA_RUNNING_TRIMA,
    QM_MA_RUNNING_KAMA
} qm_ma_kind;

extern const char *const qm_ma_names[]; /* up to hma; NULL behind the last */

/* The kind that is computed as TA-Lib does it, for its type 0..8. */
int qm_ma_talib(int type);

typedef struct qm_ma {
    int kind;
    size_t n, size; /* size: bytes of the whole part */
    double v;       /* volume factor of T3 */
} qm_ma;

/* Bytes of the whole part. */
size_t qm_ma_size(int kind, size_t n);
/* Index of the first defined value. */
size_t qm_ma_warmup(int kind, size_t n);
void qm_ma_init(qm_ma *ma, int kind, size_t n);
/* NaN until it is warm. */
double qm_ma_step(qm_ma *ma, double x);

/* n steps from a fresh state, which is spent by it. */
void qm_ma_run(qm_ma *ma, const double *x, size_t n, double *out);

/* What lies behind it in a state of several parts. */
static inline void *qm_ma_end(qm_ma *ma) {
    return (char *)ma + ma->size;
}

#endif
