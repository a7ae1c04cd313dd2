/* SPDX-License-Identifier: MIT
 *
 * ma_running.h: moving averages by running sums, in TA-Lib's order of operations (running.h).
 */
#ifndef QM_TA_MA_RUNNING_H
#define QM_TA_MA_RUNNING_H

#include "ta/ma.h"
#include "ta/running.h"

void running_init(qm_ma *ma);
double running_sma(qm_ma *ma, double x);

size_t running_wma_size(size_t n);
void running_wma_init(qm_ma *ma);
double running_wma(qm_ma *ma, double x);

size_t running_trima_size(size_t n);
void running_trima_init(qm_ma *ma);
double running_trima(qm_ma *ma, double x);

size_t running_kama_size(size_t n);
void running_kama_init(qm_ma *ma);
double running_kama(qm_ma *ma, double x);

#endif
