/* SPDX-License-Identifier: MIT */
#include "tax/rates.h"

enum { LIMIT = 3000, LIMIT_SEPARATE = 1500 };

static qm_decimal least(qm_decimal a, qm_decimal b) {
    return a.raw < b.raw ? a : b;
}

static qm_decimal negated(qm_decimal a) {
    return (qm_decimal){-a.raw};
}

/* A loss on one side eats the gain of the other as far as both go. */
static qm_status offset(qm_decimal *gain, qm_decimal *loss) {
    qm_decimal eaten = least(*gain, negated(*loss));
    qm_status status = qm_decimal_sub(*gain, eaten, gain);
    return status == QM_OK ? qm_decimal_add(*loss, eaten, loss) : status;
}

qm_status qm_tax_net(qm_tax_gains gains, bool separate, qm_tax_netting *out) {
    qm_tax_netting n = {.net = gains};
    qm_status status = QM_OK;
    if (gains.short_term.raw == INT64_MIN || gains.long_term.raw == INT64_MIN) {
        return QM_EOVERFLOW;
    }
    if (gains.short_term.raw > 0 && gains.long_term.raw < 0) {
        status = offset(&n.net.short_term, &n.net.long_term);
    } else if (gains.short_term.raw < 0 && gains.long_term.raw > 0) {
        status = offset(&n.net.long_term, &n.net.short_term);
    }
    qm_decimal left = {(separate ? LIMIT_SEPARATE : LIMIT) * QM_DECIMAL_SCALE};
    qm_decimal *const carried[] = {&n.carried.short_term, &n.carried.long_term};
    const qm_decimal net[] = {n.net.short_term, n.net.long_term};
    for (int i = 0; i < 2; i++) {
        if (net[i].raw < 0) {
            qm_decimal used = least(left, negated(net[i]));
            left.raw -= used.raw;
            n.deducted.raw += used.raw;
            carried[i]->raw = net[i].raw + used.raw;
        }
    }
    if (status == QM_OK) {
        *out = n;
    }
    return status;
}

static qm_decimal above_zero(qm_decimal a) {
    return a.raw > 0 ? a : QM_DECIMAL_ZERO;
}

qm_status qm_tax_due(qm_tax_gains gains, const qm_tax_rates *rates, qm_decimal *out) {
    qm_tax_netting n;
    qm_decimal short_term, long_term, saved, tax;
    qm_status status = qm_tax_net(gains, rates->separate, &n);
    if (status == QM_OK) {
        status = qm_decimal_mul(above_zero(n.net.short_term), rates->short_term, QM_ROUND_HALF_UP,
                                &short_term);
    }
    if (status == QM_OK) {
        status = qm_decimal_mul(above_zero(n.net.long_term), rates->long_term, QM_ROUND_HALF_UP,
                                &long_term);
    }
    if (status == QM_OK) {
        status = qm_decimal_mul(n.deducted, rates->short_term, QM_ROUND_HALF_UP, &saved);
    }
    if (status == QM_OK) {
        status = qm_decimal_add(short_term, long_term, &tax);
    }
    if (status == QM_OK) {
        status = qm_decimal_sub(tax, saved, &tax);
    }
    return status == QM_OK ? qm_decimal_round(tax, 2, QM_ROUND_HALF_UP, out) : status;
}

qm_status qm_tax_due_more(qm_tax_gains gains, qm_tax_gains more, const qm_tax_rates *rates,
                          qm_decimal *out) {
    qm_decimal before, after;
    qm_status status = qm_tax_due(gains, rates, &before);
    if (status == QM_OK) {
        status = qm_decimal_add(gains.short_term, more.short_term, &gains.short_term);
    }
    if (status == QM_OK) {
        status = qm_decimal_add(gains.long_term, more.long_term, &gains.long_term);
    }
    if (status == QM_OK) {
        status = qm_tax_due(gains, rates, &after);
    }
    return status == QM_OK ? qm_decimal_sub(after, before, out) : status;
}
