/* SPDX-License-Identifier: MIT */
#include "market/bars.h"

#include <stdio.h>

qm_status qm_timeframe_parse(const char *text, qm_timeframe *out) {
    unsigned count = 0, digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 4; text++, digits++) {
        count = count * 10 + (unsigned)(*text - '0');
    }
    if (digits == 0 || count == 0 || text[0] == 0 || text[1] != 0) {
        return QM_EPARSE;
    }
    qm_timeframe tf = {.count = (uint16_t)count};
    switch (text[0]) {
    case 'm':
        tf.unit = QM_TF_MINUTE;
        break;
    case 'h':
        tf.unit = QM_TF_MINUTE;
        tf.count = (uint16_t)(count * 60);
        break;
    case 'd':
        tf.unit = QM_TF_DAY;
        break;
    case 'w':
        tf.unit = QM_TF_WEEK;
        break;
    default:
        return QM_EPARSE;
    }
    /* Several days or weeks have no agreed beginning; a day of trading has 390 minutes. */
    bool whole = tf.unit == QM_TF_MINUTE ? tf.count <= 390 && count <= 390 : tf.count == 1;
    if (!whole) {
        return QM_EPARSE;
    }
    *out = tf;
    return QM_OK;
}

const char *qm_timeframe_format(qm_timeframe tf, char out[QM_TIMEFRAME_BUF]) {
    if (tf.unit == QM_TF_MINUTE && tf.count % 60 == 0 && tf.count > 0) {
        snprintf(out, QM_TIMEFRAME_BUF, "%uh", tf.count / 60u);
    } else {
        snprintf(out, QM_TIMEFRAME_BUF, "%u%c", tf.count, "mdw"[tf.unit % 3]);
    }
    return out;
}

bool qm_timeframe_equal(qm_timeframe a, qm_timeframe b) {
    return a.unit == b.unit && a.count == b.count;
}

uint32_t qm_timeframe_code(qm_timeframe tf) {
    return (uint32_t)tf.unit * 65536 + tf.count;
}
