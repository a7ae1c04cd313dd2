---@meta
-- SPDX-License-Identifier: MIT
-- The indicators, for editors (LuaLS). Written by scripts/indicators from the info table.

---@class qm.ta
local ta = {}

---Accumulation/distribution line. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.ad() end

---Chaikin oscillator. Defined after 9 bars at the defaults.
---@param fast? integer shorter average; 2 to 100000, default 3
---@param slow? integer longer average; 2 to 100000, default 10
---@return qm.input
---@overload fun(options: table): qm.input
function ta.adosc(fast, slow) end

---Average directional movement index. Defined after 27 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.adx(period) end

---Average directional movement rating. Defined after 40 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.adxr(period) end

---Absolute price oscillator. Defined after 25 bars at the defaults.
---@param fast? integer shorter average; 2 to 100000, default 12
---@param slow? integer longer average; 2 to 100000, default 26
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default ema
---@return qm.input
---@overload fun(options: table): qm.input
function ta.apo(fast, slow, ma) end

---@class qm.input.aroon: qm.input
---@field down qm.input
---@field up qm.input

---Aroon: how fresh the lowest low and the highest high are. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input.aroon
---@overload fun(options: table): qm.input.aroon
function ta.aroon(period) end

---Aroon oscillator: up less down. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.aroon_osc(period) end

---Average true range. Defined after 13 bars at the defaults.
---@param period? integer bars of the average; 1 to 100000, default 14
---@param method? "wilder"|"sma"|"ema" wilder (Wilder's smoothing), sma or ema; default wilder
---@param first_tr? "range"|"skip" true range of the first bar: its range, or skipped; default range
---@return qm.input
---@overload fun(options: table): qm.input
function ta.atr(period, method, first_tr) end

---Average true range in percent of the close. Defined after 13 bars at the defaults.
---@param period? integer bars of the average; 1 to 100000, default 14
---@param method? "wilder"|"sma"|"ema" wilder (Wilder's smoothing), sma or ema; default wilder
---@param first_tr? "range"|"skip" true range of the first bar: its range, or skipped; default range
---@return qm.input
---@overload fun(options: table): qm.input
function ta.atr_pct(period, method, first_tr) end

---Share of the last atr_pct values that are at most the newest, in percent. Defined after 22 bars at the defaults.
---@param period? integer bars of the average; 1 to 100000, default 14
---@param method? "wilder"|"sma"|"ema" wilder (Wilder's smoothing), sma or ema; default wilder
---@param first_tr? "range"|"skip" true range of the first bar: its range, or skipped; default range
---@param lookback? integer values that the last one is compared with, itself among them; 10 to 100000, default 252
---@return qm.input
---@overload fun(options: table): qm.input
function ta.atr_percentile(period, method, first_tr, lookback) end

---Average price. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.avgprice() end

---Bollinger's %b: 0 on the lower band, 1 on the upper. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param up? number deviations above; 0 to 1000, default 2
---@param down? number deviations below; 0 to 1000, default 2
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default sma
---@return qm.input
---@overload fun(options: table): qm.input
function ta.bb_percent_b(period, up, down, ma) end

---Bollinger's band width in percent of the middle. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param up? number deviations above; 0 to 1000, default 2
---@param down? number deviations below; 0 to 1000, default 2
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default sma
---@return qm.input
---@overload fun(options: table): qm.input
function ta.bb_width(period, up, down, ma) end

---@class qm.input.bbands: qm.input
---@field upper qm.input
---@field middle qm.input
---@field lower qm.input

---Bollinger bands. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param up? number deviations above; 0 to 1000, default 2
---@param down? number deviations below; 0 to 1000, default 2
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default sma
---@return qm.input.bbands
---@overload fun(options: table): qm.input.bbands
function ta.bbands(period, up, down, ma) end

---Beta: slope of one column's changes over another's. Defined after 60 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 60
---@param x? "open"|"high"|"low"|"close"|"volume" one column; default close
---@param y? "open"|"high"|"low"|"close"|"volume" the other, explained by x; default volume
---@return qm.input
---@overload fun(options: table): qm.input
function ta.beta(period, x, y) end

---Balance of power. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.bop() end

---Commodity channel index. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.cci(period) end

---Chaikin money flow, -1 to 1. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.cmf(period) end

---Chande momentum oscillator, with Wilder's averages. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.cmo(period) end

---Correlation of two columns. Defined after 29 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 30
---@param x? "open"|"high"|"low"|"close"|"volume" one column; default close
---@param y? "open"|"high"|"low"|"close"|"volume" the other, explained by x; default volume
---@return qm.input
---@overload fun(options: table): qm.input
function ta.correl(period, x, y) end

---Crossing of two averages: 1 upwards, -1 downwards, else 0. Defined after 25 bars at the defaults.
---@param fast? integer shorter average; 2 to 100000, default 12
---@param slow? integer longer average; 2 to 100000, default 26
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default ema
---@return qm.input
---@overload fun(options: table): qm.input
function ta.cross(fast, slow, ma) end

---Crossing of a level: 1 upwards, -1 downwards, else 0. Defined after 0 bars at the defaults.
---@param level? number line that is crossed; -1e+12 to 1e+12, default 0
---@return qm.input
---@overload fun(options: table): qm.input
function ta.cross_level(level) end

---Double exponential moving average. Defined after 38 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.dema(period) end

---@class qm.input.dmi: qm.input
---@field plus qm.input
---@field minus qm.input
---@field adx qm.input

---Plus and minus directional indicator and their ADX. Defined after 27 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input.dmi
---@overload fun(options: table): qm.input.dmi
function ta.dmi(period) end

---@class qm.input.donchian: qm.input
---@field upper qm.input
---@field middle qm.input
---@field lower qm.input

---Donchian channel. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input.donchian
---@overload fun(options: table): qm.input.donchian
function ta.donchian(period) end

---@class qm.input.drawdown: qm.input
---@field now qm.input
---@field deepest qm.input

---Drawdown from the highest value so far, in percent, and the deepest. Defined after 0 bars at the defaults.
---@return qm.input.drawdown
---@overload fun(options: table): qm.input.drawdown
function ta.drawdown() end

---Directional movement index. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.dx(period) end

---Exponential moving average. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.ema(period) end

---Force index: exponential average of change times volume. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 13
---@return qm.input
---@overload fun(options: table): qm.input
function ta.force_index(period) end

---Highest of the last n values. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.highest(period) end

---Hull moving average. Defined after 22 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.hma(period) end

---Instantaneous trend line: the mean over one dominant cycle. Defined after 63 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.ht_trendline() end

---Close-to-close volatility, percent a year. Defined after 20 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param year? number bars of a year; 1: volatility of one bar; 1 to 1000000000, default 252
---@return qm.input
---@overload fun(options: table): qm.input
function ta.hv_close(period, year) end

---Garman and Klass's volatility, percent a year. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@param year? number bars of a year; 1: volatility of one bar; 1 to 1000000000, default 252
---@return qm.input
---@overload fun(options: table): qm.input
function ta.hv_garman_klass(period, year) end

---Parkinson's volatility, percent a year. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@param year? number bars of a year; 1: volatility of one bar; 1 to 1000000000, default 252
---@return qm.input
---@overload fun(options: table): qm.input
function ta.hv_parkinson(period, year) end

---Rogers and Satchell's volatility, percent a year. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@param year? number bars of a year; 1: volatility of one bar; 1 to 1000000000, default 252
---@return qm.input
---@overload fun(options: table): qm.input
function ta.hv_rogers_satchell(period, year) end

---Yang and Zhang's volatility, percent a year. Defined after 20 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param year? number bars of a year; 1: volatility of one bar; 1 to 1000000000, default 252
---@return qm.input
---@overload fun(options: table): qm.input
function ta.hv_yang_zhang(period, year) end

---@class qm.input.ichimoku: qm.input
---@field conversion qm.input
---@field base qm.input
---@field span_a qm.input
---@field span_b qm.input
---@field lead_a qm.input
---@field lead_b qm.input

---Ichimoku: lines, the cloud over this bar (span) and the one ahead (lead). Defined after 77 bars at the defaults.
---@param conversion? integer bars of the conversion line (tenkan); 1 to 100000, default 9
---@param base? integer bars of the base line (kijun); 1 to 100000, default 26
---@param span? integer bars of leading span B; 1 to 100000, default 52
---@param shift? integer bars by which the spans lead; 0 to 100000, default 26
---@return qm.input.ichimoku
---@overload fun(options: table): qm.input.ichimoku
function ta.ichimoku(conversion, base, span, shift) end

---Kaufman's adaptive moving average. Defined after 10 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 10
---@return qm.input
---@overload fun(options: table): qm.input
function ta.kama(period) end

---@class qm.input.keltner: qm.input
---@field upper qm.input
---@field middle qm.input
---@field lower qm.input

---Keltner channel. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@param multiple? number average true ranges; 0 to 1000, default 2
---@param atr? integer bars of the true range; 1 to 100000, default 10
---@return qm.input.keltner
---@overload fun(options: table): qm.input.keltner
function ta.keltner(period, multiple, atr) end

---End of the regression line. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.linreg(period) end

---Angle of the regression line in degrees. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.linreg_angle(period) end

---Begin of the regression line. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.linreg_intercept(period) end

---Slope of the regression line, per bar. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.linreg_slope(period) end

---Lowest of the last n values. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.lowest(period) end

---@class qm.input.macd: qm.input
---@field macd qm.input
---@field signal qm.input
---@field hist qm.input

---Moving average convergence divergence. Defined after 33 bars at the defaults.
---@param fast? integer shorter average; 2 to 100000, default 12
---@param slow? integer longer average; 2 to 100000, default 26
---@param signal? integer its own average; 1 to 100000, default 9
---@return qm.input.macd
---@overload fun(options: table): qm.input.macd
function ta.macd(fast, slow, signal) end

---@class qm.input.mama: qm.input
---@field mama qm.input
---@field fama qm.input

---MESA adaptive moving average. Defined after 32 bars at the defaults.
---@param fast? number upper limit of alpha; 0.01 to 0.99, default 0.5
---@param slow? number lower limit of alpha; 0.01 to 0.99, default 0.05
---@return qm.input.mama
---@overload fun(options: table): qm.input.mama
function ta.mama(fast, slow) end

---Median price. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.medprice() end

---Money flow index. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.mfi(period) end

---Middle between highest and lowest value. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.midpoint(period) end

---Middle between highest high and lowest low. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.midprice(period) end

---Minus directional indicator. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.minus_di(period) end

---Momentum. Defined after 10 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 10
---@return qm.input
---@overload fun(options: table): qm.input
function ta.momentum(period) end

---On-balance volume. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.obv() end

---Share of the n values before that are at most this one, in percent. Defined after 100 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 100
---@return qm.input
---@overload fun(options: table): qm.input
function ta.percent_rank(period) end

---@class qm.input.pivots: qm.input
---@field p qm.input
---@field r1 qm.input
---@field s1 qm.input
---@field r2 qm.input
---@field s2 qm.input
---@field r3 qm.input
---@field s3 qm.input

---Pivot points of this bar for the next one. Defined after 0 bars at the defaults.
---@param method? "classic"|"fibonacci"|"woodie"|"camarilla" formulas; default classic
---@return qm.input.pivots
---@overload fun(options: table): qm.input.pivots
function ta.pivots(method) end

---Plus directional indicator. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.plus_di(period) end

---Percentage price oscillator. Defined after 25 bars at the defaults.
---@param fast? integer shorter average; 2 to 100000, default 12
---@param slow? integer longer average; 2 to 100000, default 26
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default ema
---@return qm.input
---@overload fun(options: table): qm.input
function ta.ppo(fast, slow, ma) end

---Wilder's moving average. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.rma(period) end

---Rate of change in percent. Defined after 10 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 10
---@return qm.input
---@overload fun(options: table): qm.input
function ta.roc(period) end

---Relative strength index. Defined after 14 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.rsi(period) end

---Parabolic stop and reverse. Defined after 1 bar at the defaults.
---@param acceleration? number first factor and step; 0 to 3e+37, default 0.02
---@param maximum? number largest factor; 0 to 3e+37, default 0.2
---@return qm.input
---@overload fun(options: table): qm.input
function ta.sar(acceleration, maximum) end

---Simple moving average. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.sma(period) end

---Standard deviation of the last n values. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param of? "population"|"sample" divided by n (population) or n - 1 (sample); default population
---@return qm.input
---@overload fun(options: table): qm.input
function ta.stddev(period, of) end

---@class qm.input.stoch: qm.input
---@field k qm.input
---@field d qm.input

---Stochastic oscillator. Defined after 17 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@param smooth? integer average of %K; 1 to 100000, default 3
---@param signal? integer average of that, %D; 1 to 100000, default 3
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default sma
---@return qm.input.stoch
---@overload fun(options: table): qm.input.stoch
function ta.stoch(period, smooth, signal, ma) end

---@class qm.input.stoch_fast: qm.input
---@field k qm.input
---@field d qm.input

---Stochastic oscillator, %K not smoothed. Defined after 15 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@param signal? integer average of %K, %D; 1 to 100000, default 3
---@param ma? "sma"|"ema"|"wma"|"dema"|"tema"|"trima"|"kama"|"mama"|"t3"|"rma"|"hma" kind of moving average; default sma
---@return qm.input.stoch_fast
---@overload fun(options: table): qm.input.stoch_fast
function ta.stoch_fast(period, signal, ma) end

---@class qm.input.stoch_rsi: qm.input
---@field k qm.input
---@field d qm.input

---Stochastic of the RSI, 0 to 100. Defined after 31 bars at the defaults.
---@param rsi? integer period of the RSI; 1 to 100000, default 14
---@param period? integer values of it taken together; 1 to 100000, default 14
---@param smooth? integer average of %K; 1 to 100000, default 3
---@param signal? integer average of that, %D; 1 to 100000, default 3
---@return qm.input.stoch_rsi
---@overload fun(options: table): qm.input.stoch_rsi
function ta.stoch_rsi(rsi, period, smooth, signal) end

---Sum of the last n values. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.sum(period) end

---@class qm.input.supertrend: qm.input
---@field value qm.input
---@field direction qm.input

---Supertrend: a trailing band; direction 1 up, -1 down. Defined after 9 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 10
---@param multiple? number average true ranges; 0 to 1000, default 3
---@return qm.input.supertrend
---@overload fun(options: table): qm.input.supertrend
function ta.supertrend(period, multiple) end

---Tillson's T3. Defined after 24 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 5
---@param vfactor? number 0: an EMA, 1: a DEMA; 0 to 1, default 0.7
---@return qm.input
---@overload fun(options: table): qm.input
function ta.t3(period, vfactor) end

---Triple exponential moving average. Defined after 57 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.tema(period) end

---Triangular moving average. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.trima(period) end

---Change of a triple exponential average in percent. Defined after 43 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 15
---@return qm.input
---@overload fun(options: table): qm.input
function ta.trix(period) end

---True range. Defined after 0 bars at the defaults.
---@param first_tr? "range"|"skip" true range of the first bar: its range, or skipped; default range
---@return qm.input
---@overload fun(options: table): qm.input
function ta.true_range(first_tr) end

---Time series forecast: the regression line one bar ahead. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.tsf(period) end

---Typical price. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.typprice() end

---Ultimate oscillator. Defined after 28 bars at the defaults.
---@param short? integer shortest period, weight 4; 1 to 100000, default 7
---@param medium? integer middle period, weight 2; 1 to 100000, default 14
---@param long? integer longest period, weight 1; 1 to 100000, default 28
---@return qm.input
---@overload fun(options: table): qm.input
function ta.ultosc(short, medium, long) end

---Variance of the last n values. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param of? "population"|"sample" divided by n (population) or n - 1 (sample); default population
---@return qm.input
---@overload fun(options: table): qm.input
function ta.variance(period, of) end

---Volume-weighted average price of the session. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.vwap() end

---Volume-weighted average price from a session on. Defined after 0 bars at the defaults.
---@param from? integer first session that counts: 20240102; 0: the first bar; 0 to 99991231, default 0
---@return qm.input
---@overload fun(options: table): qm.input
function ta.vwap_anchored(from) end

---Volume-weighted moving average. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.vwma(period) end

---Weighted close. Defined after 0 bars at the defaults.
---@return qm.input
---@overload fun(options: table): qm.input
function ta.wclprice() end

---Williams %R, -100 to 0. Defined after 13 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 14
---@return qm.input
---@overload fun(options: table): qm.input
function ta.williams_r(period) end

---Weighted moving average. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 1 to 100000, default 20
---@return qm.input
---@overload fun(options: table): qm.input
function ta.wma(period) end

---Distance from the mean in standard deviations. Defined after 19 bars at the defaults.
---@param period? integer values taken together; 2 to 100000, default 20
---@param of? "population"|"sample" divided by n (population) or n - 1 (sample); default population
---@return qm.input
---@overload fun(options: table): qm.input
function ta.zscore(period, of) end

---Current values of a symbol, nil until they are defined: parameters by place, or a table of them.
---@class qm.ctx.ta
---@field ad fun(symbol: string, ...): value: number?
---@field adosc fun(symbol: string, ...): value: number?
---@field adx fun(symbol: string, ...): value: number?
---@field adxr fun(symbol: string, ...): value: number?
---@field apo fun(symbol: string, ...): value: number?
---@field aroon fun(symbol: string, ...): down: number?, up: number?
---@field aroon_osc fun(symbol: string, ...): value: number?
---@field atr fun(symbol: string, ...): value: number?
---@field atr_pct fun(symbol: string, ...): value: number?
---@field atr_percentile fun(symbol: string, ...): value: number?
---@field avgprice fun(symbol: string, ...): value: number?
---@field bb_percent_b fun(symbol: string, ...): value: number?
---@field bb_width fun(symbol: string, ...): value: number?
---@field bbands fun(symbol: string, ...): upper: number?, middle: number?, lower: number?
---@field beta fun(symbol: string, ...): value: number?
---@field bop fun(symbol: string, ...): value: number?
---@field cci fun(symbol: string, ...): value: number?
---@field cmf fun(symbol: string, ...): value: number?
---@field cmo fun(symbol: string, ...): value: number?
---@field correl fun(symbol: string, ...): value: number?
---@field cross fun(symbol: string, ...): value: number?
---@field cross_level fun(symbol: string, ...): value: number?
---@field dema fun(symbol: string, ...): value: number?
---@field dmi fun(symbol: string, ...): plus: number?, minus: number?, adx: number?
---@field donchian fun(symbol: string, ...): upper: number?, middle: number?, lower: number?
---@field drawdown fun(symbol: string, ...): now: number?, deepest: number?
---@field dx fun(symbol: string, ...): value: number?
---@field ema fun(symbol: string, ...): value: number?
---@field force_index fun(symbol: string, ...): value: number?
---@field highest fun(symbol: string, ...): value: number?
---@field hma fun(symbol: string, ...): value: number?
---@field ht_trendline fun(symbol: string, ...): value: number?
---@field hv_close fun(symbol: string, ...): value: number?
---@field hv_garman_klass fun(symbol: string, ...): value: number?
---@field hv_parkinson fun(symbol: string, ...): value: number?
---@field hv_rogers_satchell fun(symbol: string, ...): value: number?
---@field hv_yang_zhang fun(symbol: string, ...): value: number?
---@field ichimoku fun(symbol: string, ...): conversion: number?, base: number?, span_a: number?, span_b: number?, lead_a: number?, lead_b: number?
---@field kama fun(symbol: string, ...): value: number?
---@field keltner fun(symbol: string, ...): upper: number?, middle: number?, lower: number?
---@field linreg fun(symbol: string, ...): value: number?
---@field linreg_angle fun(symbol: string, ...): value: number?
---@field linreg_intercept fun(symbol: string, ...): value: number?
---@field linreg_slope fun(symbol: string, ...): value: number?
---@field lowest fun(symbol: string, ...): value: number?
---@field macd fun(symbol: string, ...): macd: number?, signal: number?, hist: number?
---@field mama fun(symbol: string, ...): mama: number?, fama: number?
---@field medprice fun(symbol: string, ...): value: number?
---@field mfi fun(symbol: string, ...): value: number?
---@field midpoint fun(symbol: string, ...): value: number?
---@field midprice fun(symbol: string, ...): value: number?
---@field minus_di fun(symbol: string, ...): value: number?
---@field momentum fun(symbol: string, ...): value: number?
---@field obv fun(symbol: string, ...): value: number?
---@field percent_rank fun(symbol: string, ...): value: number?
---@field pivots fun(symbol: string, ...): p: number?, r1: number?, s1: number?, r2: number?, s2: number?, r3: number?, s3: number?
---@field plus_di fun(symbol: string, ...): value: number?
---@field ppo fun(symbol: string, ...): value: number?
---@field rma fun(symbol: string, ...): value: number?
---@field roc fun(symbol: string, ...): value: number?
---@field rsi fun(symbol: string, ...): value: number?
---@field sar fun(symbol: string, ...): value: number?
---@field sma fun(symbol: string, ...): value: number?
---@field stddev fun(symbol: string, ...): value: number?
---@field stoch fun(symbol: string, ...): k: number?, d: number?
---@field stoch_fast fun(symbol: string, ...): k: number?, d: number?
---@field stoch_rsi fun(symbol: string, ...): k: number?, d: number?
---@field sum fun(symbol: string, ...): value: number?
---@field supertrend fun(symbol: string, ...): value: number?, direction: number?
---@field t3 fun(symbol: string, ...): value: number?
---@field tema fun(symbol: string, ...): value: number?
---@field trima fun(symbol: string, ...): value: number?
---@field trix fun(symbol: string, ...): value: number?
---@field true_range fun(symbol: string, ...): value: number?
---@field tsf fun(symbol: string, ...): value: number?
---@field typprice fun(symbol: string, ...): value: number?
---@field ultosc fun(symbol: string, ...): value: number?
---@field variance fun(symbol: string, ...): value: number?
---@field vwap fun(symbol: string, ...): value: number?
---@field vwap_anchored fun(symbol: string, ...): value: number?
---@field vwma fun(symbol: string, ...): value: number?
---@field wclprice fun(symbol: string, ...): value: number?
---@field williams_r fun(symbol: string, ...): value: number?
---@field wma fun(symbol: string, ...): value: number?
---@field zscore fun(symbol: string, ...): value: number?
