/* SPDX-License-Identifier: MIT
 *
 * option.h: prices, greeks and implied volatility of options on a spot with a continuous dividend
 * yield. Pure functions: no clock, no input or output, no state; any thread.
 *
 * Units: spot, strike and price in one currency; days are calendar days to the expiry (fractions
 * allowed), T = days / 365; rate and div are continuous and a year (0.05 is 5%), also negative; vol
 * is a year's standard deviation (0.2 is 20%). vega and rho are per 1.00, theta per calendar day.
 *
 * European: Black and Scholes, J. Political Economy 81 (1973); Merton, Bell J. 4 (1973). American:
 * Andersen, Lake and Offengenden, J. Computational Finance 20 (2016). docs/reference/option.md
 * states formulas and accuracy. Columns and single options give the same bits.
 */
#ifndef QUANTMATRIX_OPTION_H
#define QUANTMATRIX_OPTION_H

#include "quantmatrix/time.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum qm_right { QM_CALL = 1, QM_PUT = -1 } qm_right;

typedef struct qm_option {
    double spot, strike; /* 1e-100 to 1e100 */
    double days;         /* 0 to 1e6 */
    double rate, div;    /* |rate * T| and |div * T| at most 600 */
    double vol;          /* 0 to 1e6; not read by the implied volatility */
    qm_right right;
    bool american;
} qm_option;

/* The order of all outputs. Where the forward equals the strike and no variance is left, gamma is
 * infinite, theta and charm may be not finite, and every other greek is its limit. */
typedef enum qm_option_output {
    QM_OPTION_PRICE,
    QM_OPTION_DELTA,
    QM_OPTION_GAMMA,
    QM_OPTION_VEGA,
    QM_OPTION_THETA, /* a calendar day */
    QM_OPTION_RHO,
    QM_OPTION_VANNA, /* delta per 1.00 of vol */
    QM_OPTION_CHARM, /* delta a calendar day that passes */
    QM_OPTION_VOLGA, /* vega per 1.00 of vol */
    QM_OPTION_OUTPUT_COUNT
} qm_option_output;

/* How many there are without vanna, charm and volga. */
enum { QM_OPTION_FIRST_ORDER = QM_OPTION_VANNA };

/* "price", "delta", ..., "theta_per_day", ...; static storage. */
const char *qm_option_output_name(qm_option_output output);

/* Columns of n options, all European; right: QM_CALL or QM_PUT each. */
typedef struct qm_option_columns {
    size_t n;
    const double *spot, *strike, *days, *rate, *div;
    const double *vol; /* may be NULL for the implied volatility */
    const signed char *right;
} qm_option_columns;

/* Ranges as above; QM_ERANGE names the field, its value and the limits. */
qm_status qm_option_check(const qm_option *option, qm_error *err);

/* All outputs. Where an early exercise is worth something, vanna, charm and volga are NaN.
 * QM_ERANGE as by qm_option_check, and where no method prices an American option (option.md);
 * QM_ENOMEM (American only). */
qm_status qm_option_price(const qm_option *option, double out[QM_OPTION_OUTPUT_COUNT],
                          qm_error *err);

/* European columns: out[i] is NULL (not wanted) or n doubles, which may not overlap the inputs. An
 * option out of range gets NaN in every output. */
void qm_option_price_columns(const qm_option_columns *options,
                             double *const out[QM_OPTION_OUTPUT_COUNT]);

/* The volatility at which the option has this price. QM_ENO: no volatility above 0 gives it: it is
 * not above the value at volatility 0 (as a double), not below the limit for great volatilities,
 * or no time is left. QM_ERANGE: an input, or a price that is negative or not finite; and as
 * qm_option_price. */
qm_status qm_option_implied(const qm_option *option, double price, double *vol, qm_error *err);

/* European columns; vol[i] is NaN where qm_option_implied would fail. */
void qm_option_implied_columns(const qm_option_columns *options, const double *price, double *vol);

/* The tree that checks the other methods (Leisen and Reimer 1996; steps is made odd), and what
 * prices American options with discrete dividends: an amount in days from now each. Dividends after
 * the expiry do not count. QM_ERANGE: an input, fewer than 3 or more than 100,001 steps, dividends
 * worth the spot or more, no time or volatility; QM_ENOMEM. */
typedef struct qm_dividend {
    double days, amount;
} qm_dividend;

typedef struct qm_dividends {
    const qm_dividend *items;
    size_t count;
} qm_dividends;

/* dividends may be NULL. */
qm_status qm_option_tree(const qm_option *option, const qm_dividends *dividends, int steps,
                         double *price, qm_error *err);
/* The spot without the present value of the dividends before the expiry: with it as spot
 * qm_option_price prices a European option with discrete dividends (escrowed dividend model). */
qm_status qm_option_escrowed(const qm_option *option, const qm_dividends *dividends, double *spot,
                             qm_error *err);

/* Time to the expiry as `days`, 0 behind it: by the calendar, or by the hours in which the exchange
 * is open, scaled so that 252 sessions of 6.5 hours are 365 days (QM_ERANGE outside 1990 to
 * 2035). */
double qm_option_calendar_days(qm_time now, qm_time expiry);
qm_status qm_option_trading_days(qm_time now, qm_time expiry, double *days, qm_error *err);

/* Years from one date to another; negative when `to` comes first. ISDA 2006, section 4.16. */
typedef enum qm_day_count {
    QM_ACTUAL_365,
    QM_ACTUAL_360,
    QM_ACTUAL_ACTUAL,
    QM_THIRTY_360
} qm_day_count;
double qm_year_fraction(qm_day_count count, qm_date from, qm_date to);

#endif
