/* SPDX-License-Identifier: MIT
 *
 * Money and percentages as people read them.
 */
#include "report/report.h"

#include <math.h>
#include <string.h>

void qm_format_money(qm_total value, char out[QM_MONEY_BUF]) {
    char text[QM_TOTAL_BUF];
    size_t length = qm_total_format_fixed(value, 2, QM_ROUND_HALF_EVEN, text);
    size_t point = length - 3, at = 0, n = 0; /* ".00" */
    if (text[0] == '-') {
        out[n++] = text[at++];
    }
    for (; at < point; at++) {
        out[n++] = text[at];
        if ((point - at - 1) % 3 == 0 && at + 1 < point) {
            out[n++] = ',';
        }
    }
    memcpy(out + n, text + point, 4);
}

void qm_put_money(qm_buf *out, qm_total value) {
    char text[QM_MONEY_BUF];
    qm_format_money(value, text);
    qm_buf_puts(out, text);
}

void qm_put_percent(qm_buf *out, double fraction, int decimals) {
    if (isnan(fraction)) {
        qm_buf_puts(out, "n/a");
        return;
    }
    double percent = 100.0 * fraction;
    if (fabs(percent) <= 0.5 * pow(10, -decimals)) {
        percent = 0; /* what is shown as nothing has no minus */
    }
    qm_buf_printf(out, "%+.*f%%", decimals, percent);
}
