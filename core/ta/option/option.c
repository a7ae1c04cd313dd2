/* SPDX-License-Identifier: MIT
 *
 * Single options: what is checked, and which method prices them.
 */
#include "ta/option/internal.h"

#include <math.h>

static const char *const NAMES[] = {"price", "delta", "gamma", "vega", "theta_per_day",
                                    "rho",   "vanna", "charm", "volga"};
_Static_assert(sizeof NAMES / sizeof NAMES[0] == QM_OPTION_OUTPUT_COUNT, "a name each");

const char *qm_option_output_name(qm_option_output output) {
    return NAMES[output];
}

static qm_status check_range(const char *name, double value, double least, double most,
                             qm_error *err) {
    if (value >= least && value <= most) {
        return QM_OK;
    }
    return qm_error_set(err, QM_ERANGE, "%s is %.10g, must be %g to %g", name, value, least, most);
}

static qm_status check_growth(const char *name, double rate, double years, qm_error *err) {
    if (fabs(rate * years) <= QM_OPTION_GROWTH_MAX) {
        return QM_OK;
    }
    return qm_error_set(err, QM_ERANGE, "%s is %.10g over %.10g years: e^(%g) is out of range",
                        name, rate, years, rate * years);
}

qm_status qm_option_check_market(const qm_option *o, qm_error *err) {
    qm_status status = check_range("spot", o->spot, QM_OPTION_MONEY_MIN, QM_OPTION_MONEY_MAX, err);
    if (status == QM_OK) {
        status = check_range("strike", o->strike, QM_OPTION_MONEY_MIN, QM_OPTION_MONEY_MAX, err);
    }
    if (status == QM_OK) {
        status = check_range("days", o->days, 0, QM_OPTION_DAYS_MAX, err);
    }
    if (status == QM_OK) {
        status = check_growth("rate", o->rate, o->days / 365, err);
    }
    if (status == QM_OK) {
        status = check_growth("div", o->div, o->days / 365, err);
    }
    if (status == QM_OK && o->right != QM_CALL && o->right != QM_PUT) {
        status = qm_error_set(err, QM_ERANGE, "right is %d, must be call (1) or put (-1)",
                              (int)o->right);
    }
    return status;
}

qm_status qm_option_check(const qm_option *option, qm_error *err) {
    qm_status status = qm_option_check_market(option, err);
    return status == QM_OK ? check_range("vol", option->vol, 0, QM_OPTION_VOL_MAX, err) : status;
}

void qm_option_european(const qm_option *o, double out[QM_OPTION_OUTPUT_COUNT]) {
    double *columns[QM_OPTION_OUTPUT_COUNT];
    signed char right = (signed char)o->right;
    for (int k = 0; k < QM_OPTION_OUTPUT_COUNT; k++) {
        columns[k] = out + k;
    }
    qm_option_price_columns(
        &(qm_option_columns){1, &o->spot, &o->strike, &o->days, &o->rate, &o->div, &o->vol, &right},
        columns);
}

static qm_status explain(const qm_option *o, qm_status status, qm_error *err) {
    if (status == QM_ERANGE) {
        return qm_error_set(err, status,
                            "vol is %.10g with rate %.10g and div %.10g: no method "
                            "prices such an american option",
                            o->vol, o->rate, o->div);
    }
    return qm_error_set(err, status, "%s", qm_status_text(status));
}

qm_status qm_option_price(const qm_option *option, double out[QM_OPTION_OUTPUT_COUNT],
                          qm_error *err) {
    qm_status status = qm_option_check(option, err);
    if (status != QM_OK) {
        return status;
    }
    if (!option->american) {
        qm_option_european(option, out);
        return QM_OK;
    }
    status = qm_option_american(option, out);
    return status == QM_OK ? QM_OK : explain(option, status, err);
}

static qm_status european_implied(const qm_option *o, double price, double *vol) {
    double found;
    signed char right = (signed char)o->right;
    qm_option_implied_columns(
        &(qm_option_columns){1, &o->spot, &o->strike, &o->days, &o->rate, &o->div, NULL, &right},
        &price, &found);
    if (isnan(found)) {
        return QM_ENO;
    }
    *vol = found;
    return QM_OK;
}

qm_status qm_option_implied(const qm_option *o, double price, double *vol, qm_error *err) {
    qm_status status = qm_option_check_market(o, err);
    if (status == QM_OK && !(price >= 0 && price <= 2 * QM_OPTION_MONEY_MAX)) {
        status = qm_error_set(err, QM_ERANGE, "price is %.10g, must be at least 0", price);
    }
    if (status != QM_OK) {
        return status;
    }
    status =
        o->american ? qm_option_american_implied(o, price, vol) : european_implied(o, price, vol);
    if (status == QM_ENO) {
        return qm_error_set(err, QM_ENO, "no volatility gives the price %.10g", price);
    }
    return status == QM_OK ? QM_OK : explain(o, status, err);
}
