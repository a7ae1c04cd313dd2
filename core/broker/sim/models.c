/* SPDX-License-Identifier: MIT
 *
 * Commission and slippage models, and their texts.
 */
#include "broker/sim/internal.h"

#include <string.h>

/* "0.005" up to a comma or the end; moves on behind it. */
static bool take_decimal(const char **at, qm_decimal *out) {
    size_t length = strcspn(*at, ",");
    bool ok = qm_decimal_parse(*at, length, out) == QM_OK && out->raw >= 0;
    *at += length;
    return ok;
}

static bool take_bounds(const char *at, qm_commission *model) {
    while (*at == ',') {
        at++;
        qm_decimal *bound = strncmp(at, "min=", 4) == 0   ? &model->min
                            : strncmp(at, "max=", 4) == 0 ? &model->max
                                                          : NULL;
        if (!bound) {
            return false;
        }
        at += 4;
        if (!take_decimal(&at, bound)) {
            return false;
        }
    }
    return *at == 0;
}

qm_status qm_commission_parse(const char *text, qm_commission *out, qm_error *err) {
    static const struct {
        const char *prefix;
        qm_commission_kind kind;
    } kinds[] = {{"per_share:", QM_COMMISSION_PER_SHARE},
                 {"per_contract:", QM_COMMISSION_PER_CONTRACT},
                 {"pct:", QM_COMMISSION_PCT}};
    if (strcmp(text, "none") == 0) {
        *out = (qm_commission){.kind = QM_COMMISSION_NONE};
        return QM_OK;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].prefix);
        if (strncmp(text, kinds[i].prefix, length) == 0) {
            qm_commission model = {.kind = kinds[i].kind};
            const char *at = text + length;
            if (take_decimal(&at, &model.rate) && take_bounds(at, &model)) {
                *out = model;
                return QM_OK;
            }
        }
    }
    return qm_error_set(err, QM_EPARSE,
                        "commission \"%s\": use none, per_share:0.005,min=1, per_contract:0.65 or "
                        "pct:0.1 (each with min= and max=)",
                        text);
}

qm_status qm_slippage_parse(const char *text, qm_slippage *out, qm_error *err) {
    static const struct {
        const char *prefix;
        qm_slippage_kind kind;
    } kinds[] = {
        {"bps:", QM_SLIPPAGE_BPS}, {"ticks:", QM_SLIPPAGE_TICKS}, {"range:", QM_SLIPPAGE_RANGE}};
    if (strcmp(text, "none") == 0) {
        *out = (qm_slippage){.kind = QM_SLIPPAGE_NONE};
        return QM_OK;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t length = strlen(kinds[i].prefix);
        if (strncmp(text, kinds[i].prefix, length) == 0) {
            qm_slippage model = {.kind = kinds[i].kind};
            const char *at = text + length;
            if (take_decimal(&at, &model.amount) && *at == 0) {
                *out = model;
                return QM_OK;
            }
        }
    }
    return qm_error_set(err, QM_EPARSE, "slippage \"%s\": use none, bps:5, ticks:1 or range:0.1",
                        text);
}

qm_status qm_commission_fee(const qm_commission *model, qm_decimal qty, qm_decimal amount,
                            qm_decimal *out) {
    qm_decimal fee = QM_DECIMAL_ZERO;
    qm_status status = QM_OK;
    switch (model->kind) {
    case QM_COMMISSION_NONE:
        *out = fee;
        return QM_OK;
    case QM_COMMISSION_PER_SHARE:
    case QM_COMMISSION_PER_CONTRACT:
        status = qm_decimal_mul(qty, model->rate, QM_ROUND_HALF_UP, &fee);
        break;
    case QM_COMMISSION_PCT:
        status = qm_decimal_mul_div(amount, model->rate, (qm_decimal){100 * QM_DECIMAL_SCALE},
                                    QM_ROUND_HALF_UP, &fee);
        break;
    }
    if (status != QM_OK) {
        return status;
    }
    if (model->min.raw > 0 && fee.raw < model->min.raw) {
        fee = model->min;
    }
    if (model->max.raw > 0 && fee.raw > model->max.raw) {
        fee = model->max;
    }
    return qm_decimal_round(fee, 2, QM_ROUND_HALF_UP, out);
}

qm_status qm_slip(const qm_slippage *model, qm_side side, qm_decimal tick, qm_decimal range,
                  qm_decimal *price) {
    qm_decimal cost = QM_DECIMAL_ZERO;
    qm_status status = QM_OK;
    switch (model->kind) {
    case QM_SLIPPAGE_NONE:
        return QM_OK;
    case QM_SLIPPAGE_BPS:
        status = qm_decimal_mul_div(*price, model->amount, (qm_decimal){10000 * QM_DECIMAL_SCALE},
                                    QM_ROUND_UP, &cost);
        break;
    case QM_SLIPPAGE_TICKS:
        status = qm_decimal_mul(tick, model->amount, QM_ROUND_UP, &cost);
        break;
    case QM_SLIPPAGE_RANGE:
        status = qm_decimal_mul(range, model->amount, QM_ROUND_UP, &cost);
        break;
    }
    if (status != QM_OK || cost.raw == 0) {
        return status;
    }
    qm_decimal moved;
    status = side == QM_BUY ? qm_decimal_add(*price, cost, &moved)
                            : qm_decimal_sub(*price, cost, &moved);
    if (status == QM_OK) {
        status = qm_decimal_round_to(moved, tick, side == QM_BUY ? QM_ROUND_CEIL : QM_ROUND_FLOOR,
                                     &moved);
    }
    if (status == QM_OK) {
        /* A sale never brings less than nothing. */
        *price = moved.raw < 0 ? QM_DECIMAL_ZERO : moved;
    }
    return status;
}
