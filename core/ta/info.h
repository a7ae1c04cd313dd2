/* SPDX-License-Identifier: MIT
 *
 * info.h: the rows of both tables, in order of name. ta.c lists them; the files rows_*.c and
 * talib_*.c hold them.
 */
#ifndef QM_TA_INFO_H
#define QM_TA_INFO_H

#include "quantmatrix/ta.h"

/* clang-format off */
#define QM_TA_TABLE(X)                                                                             \
    X(ad) X(adosc) X(adx) X(adxr) X(apo) X(aroon) X(aroon_osc) X(atr) X(atr_pct)                   \
    X(atr_percentile) X(avgprice) X(bb_percent_b) X(bb_width) X(bbands) X(beta) X(bop) X(cci)      \
    X(cmf) X(cmo) X(correl) X(cross) X(cross_level) X(dema) X(dmi) X(donchian) X(drawdown) X(dx)   \
    X(ema) X(force_index) X(highest) X(hma) X(ht_trendline) X(hv_close) X(hv_garman_klass)         \
    X(hv_parkinson) X(hv_rogers_satchell) X(hv_yang_zhang) X(ichimoku) X(kama) X(keltner)          \
    X(linreg) X(linreg_angle) X(linreg_intercept) X(linreg_slope) X(lowest) X(macd) X(mama)        \
    X(medprice) X(mfi) X(midpoint) X(midprice) X(minus_di) X(momentum) X(obv) X(percent_rank)      \
    X(pivots) X(plus_di) X(ppo) X(rma) X(roc) X(rsi) X(sar) X(sma) X(stddev) X(stoch)              \
    X(stoch_fast) X(stoch_rsi) X(sum) X(supertrend) X(t3) X(tema) X(trima) X(trix) X(true_range)   \
    X(tsf) X(typprice) X(ultosc) X(variance) X(vwap) X(vwap_anchored) X(vwma) X(wclprice)          \
    X(williams_r) X(wma) X(zscore)

#define QM_TALIB_TABLE(X)                                                                          \
    X(AD) X(ADOSC) X(ADX) X(ADXR) X(APO) X(AROON) X(AROONOSC) X(ATR) X(AVGPRICE) X(BBANDS) X(BETA) \
    X(BOP) X(CCI) X(CMO) X(CORREL) X(DEMA) X(DX) X(EMA) X(HT_TRENDLINE) X(KAMA) X(LINEARREG)       \
    X(LINEARREG_ANGLE) X(LINEARREG_INTERCEPT) X(LINEARREG_SLOPE) X(MACD) X(MAX) X(MEDPRICE) X(MFI) \
    X(MIDPOINT) X(MIDPRICE) X(MIN) X(MINUS_DI) X(MOM) X(NATR) X(OBV) X(PLUS_DI) X(PPO) X(ROC)      \
    X(RSI) X(SAR) X(SMA) X(STDDEV) X(STOCH) X(STOCHF) X(STOCHRSI) X(SUM) X(T3) X(TEMA) X(TRANGE)   \
    X(TRIMA) X(TRIX) X(TSF) X(TYPPRICE) X(ULTOSC) X(VAR) X(WCLPRICE) X(WILLR) X(WMA)
/* clang-format on */

#define QM_TA_EXTERN(row) extern const qm_ta_info qm_ta_info_##row;
#define QM_TALIB_EXTERN(NAME) extern const qm_ta_info qm_talib_##NAME;
QM_TA_TABLE(QM_TA_EXTERN)
QM_TALIB_TABLE(QM_TALIB_EXTERN)

#endif
