---@meta
-- SPDX-License-Identifier: MIT
-- What a strategy sees, for editors (LuaLS). tests/lua/stubs_spec.lua holds it against the program.

---An exact number: 9 decimals, +-9.2e9. Mixes with integers, not with floats.
---@class qm.decimal
---@operator add(qm.decimal|integer): qm.decimal
---@operator sub(qm.decimal|integer): qm.decimal
---@operator mul(qm.decimal|integer): qm.decimal
---@operator div(qm.decimal|integer): qm.decimal
---@operator unm: qm.decimal
local decimal = {}
---For analysis.
---@return number
function decimal:number() end
---To 0..9 decimals; half_even (default), half_up, toward_zero, away_from_zero, down, up.
---@param places integer
---@param mode? string
---@return qm.decimal
function decimal:round(places, mode) end
---@return boolean
function decimal:is_zero() end

---An instant; differences are seconds.
---@class qm.time

---@class qm.input
---@class qm.schedule
---@class qm.parameter

---An option as `qm option` takes it: fractions, not percent; days are calendar days to the expiry, Actual/365.
---@class qm.option_terms
---@field spot number|qm.decimal
---@field strike number|qm.decimal
---@field days number
---@field rate number continuous, a year
---@field div number dividend yield, continuous, a year
---@field vol? number for price
---@field price? number|qm.decimal for iv
---@field right "call"|"put"
---@field american? boolean
---@field dividends? number[][] for price: { days, amount } each, beside div

---vega and rho are per 1.00, theta and charm per calendar day. What has no finite value is nil; with dividends only
---price, delta, gamma and vega are there, of an American option with them the price alone.
---@class qm.option_value
---@field price number
---@field delta? number
---@field gamma? number
---@field vega? number
---@field theta_per_day? number
---@field rho? number
---@field vanna? number
---@field charm? number
---@field volga? number

---@class qm.option
local option = {}
---@param terms qm.option_terms
---@return qm.option_value?, qm.error?
function option.price(terms) end
---The implied volatility; nil and an error with code "no" when none above 0 gives the price.
---@param terms qm.option_terms
---@return number?, qm.error?
function option.iv(terms) end
---Time to the expiry: by the calendar, or the exchange's open hours scaled so that 252 sessions are 365 days.
---@param now qm.time
---@param expiry qm.time
---@param clock? "calendar"|"trading"
---@return number?, qm.error?
function option.days(now, expiry, clock) end

---@class qm
---@field option qm.option prices, greeks, implied volatility
---@field open qm.input
---@field high qm.input
---@field low qm.input
---@field close qm.input
---@field volume qm.input
---@field ta qm.ta the indicators: lua/meta/ta.lua
local qm = {}

---@param definition table see docs/reference/strategy-api.md
---@return table
function qm.strategy(definition) end
---@param value string|integer|qm.decimal
---@return qm.decimal
function qm.decimal(value) end
---@param text string 2007-01-03T14:30:00Z
---@return qm.time
function qm.time(text) end
---Analysis becomes money: to the symbol's tick, in a direction.
---@param symbol string
---@param x number|qm.decimal
---@param direction "down"|"up"|"nearest"
---@return qm.decimal
function qm.round_to_tick(symbol, x, direction) end
---Sessions after `from`, up to and with `to`.
---@param from string 2007-01-03
---@param to string
---@return integer
function qm.sessions_between(from, to) end
---@param date string
---@param days integer calendar days, may be negative
---@return string date
function qm.date_add(date, days) end

---@param definition { default: integer, min?: integer, max?: integer, help?: string, optional?: boolean }
---@return qm.parameter
function qm.integer(definition) end
---@param definition { default: number, min?: number, max?: number, help?: string, optional?: boolean }
---@return qm.parameter
function qm.number(definition) end
---@param definition { default: string, help?: string, optional?: boolean }
---@return qm.parameter
function qm.string(definition) end
---@param definition { default: boolean, help?: string }
---@return qm.parameter
function qm.boolean(definition) end
---@param definition { default?: string, optional?: boolean, help?: string }
---@return qm.parameter
function qm.money(definition) end
---@param definition { default: table<string, number>, help?: string }
---@return qm.parameter
function qm.mix(definition) end
---@param definition { default: number[], help?: string }
---@return qm.parameter
function qm.list(definition) end
---@param definition table the choices in order, and default
---@return qm.parameter
function qm.choice(definition) end

---@param options { [1]: string, tz?: string, on?: string|string[], missed?: "run"|"skip", grace?: integer }
---@return qm.schedule
function qm.at(options) end
---@param minutes integer
---@param options? table
---@return qm.schedule
function qm.before_close(minutes, options) end
---@param minutes integer
---@param options? table
---@return qm.schedule
function qm.after_close(minutes, options) end
---@param minutes integer
---@param options? table
---@return qm.schedule
function qm.after_open(minutes, options) end
---@param file string CSV beside the strategy: symbol,from,to; an empty `to` is still in
---@return table universe with dates
function qm.universe(file) end
---@param options { minutes: integer, in_session?: boolean, tz?: string }
---@return qm.schedule
function qm.every(options) end
---@param text string minute hour day month weekday
---@param options? table
---@return qm.schedule
function qm.cron(text, options) end

---@class qm.order
---@field id integer
---@field symbol string
---@field side "buy"|"sell"
---@field type string
---@field tif string
---@field state string
---@field done boolean no more can happen to it
---@field qty number
---@field filled number
---@field amount? qm.decimal
---@field limit? qm.decimal
---@field stop? qm.decimal
---@field reason? string
---@field rule? string refused or rejected: by which rule
---@field limit_text? string
---@field value_text? string

---@class qm.error
---@field code string
---@field message string

---@class qm.tax_candidate a lot below its basis
---@field symbol string
---@field account string
---@field lot string
---@field qty number
---@field acquired string
---@field term string
---@field basis qm.decimal
---@field value qm.decimal at the last price
---@field loss qm.decimal > 0
---@field deferred qm.decimal by purchases of the last 30 days
---@field permanent qm.decimal
---@field deductible qm.decimal
---@field saved qm.decimal? deductible at the rate of its term; nil without rates
---@field safe_from string? first day without a replacement behind it; nil: today
---@field not_buy_before string first day on which a purchase replaces nothing
---@field long_term_from string

---@class qm.tax questions to the tax book of all strategies
---@field wash_check fun(ask: { symbol: string, side?: "buy"|"sell", qty: number, price?: any, account?: string }): qm.tax_preview?, qm.error?
---@field holdings fun(): { symbol: string, account: string, account_type?: string, qty: number, basis?: qm.decimal, value?: qm.decimal }[]?, qm.error?
---@field harvest fun(): qm.tax_candidate[]?, qm.error? the most useful first
---@field realized fun(year?: integer): { short_term: qm.decimal, long_term: qm.decimal, tax?: qm.decimal }?, qm.error?

---@class qm.ctx
---@field state table
---@field params table
---@field now qm.time
---@field date string session of now
---@field name string
---@field mode "backtest"|"paper"|"live"
---@field account { type: string, kind: string, broker: string, fractional: boolean }
---@field cash qm.decimal
---@field equity qm.decimal
---@field buying_power qm.decimal
---@field tax qm.tax questions to the tax book of all strategies
---@field reserve qm.decimal what ctx:transfer has put aside
---@field ta qm.ctx.ta current values, nil until warm
---@field atr table basic, enhanced, options, matrix, portfolio: docs/reference/atr.md
---@field log table debug, info, warn, error: (format, ...)
local ctx = {}

---@param symbol string
---@param timeframe? string
---@return table series: .close[0] is the newest completed bar
function ctx:bars(symbol, timeframe) end
---@param symbol string
---@return qm.decimal? price, number? age seconds
function ctx:price(symbol) end
---@param symbol string
---@return { symbol: string, bid?: qm.decimal, ask?: qm.decimal, time: qm.time }? quote, number? age seconds
function ctx:quote(symbol) end
---@param symbol string
---@return table
function ctx:instrument(symbol) end
---@return string[]
function ctx:universe() end
---@return table[] name, job, equity, cash, fees, before
function ctx:strategies() end
---@param symbol string
---@return table never nil: qty, basis, average_cost, value, unrealised, lots()
function ctx:position(symbol) end
---@return table[]
function ctx:positions() end
---@param symbol? string
---@return table[]
function ctx:lots(symbol) end
---@class qm.tax_lot one lot that a sale would take
---@field lot string
---@field qty number
---@field acquired string
---@field holding string where the holding period starts
---@field term string "short", "long" or "unknown"
---@field proceeds qm.decimal
---@field basis qm.decimal? nil: not known
---@field gain qm.decimal? after wash sales
---@field disallowed qm.decimal

---@class qm.tax_preview what comes of a trade
---@field gain qm.decimal proceeds less basis, before wash sales
---@field short_term qm.decimal what the year's short-term gains change by
---@field long_term qm.decimal
---@field disallowed qm.decimal loss of this sale that a wash sale defers
---@field permanent qm.decimal of it: lost for good (the replacement is in an IRA)
---@field washed qm.decimal losses of earlier sales that this trade would defer
---@field tax qm.decimal? added to the year so far; nil without rates in the configuration
---@field lots qm.tax_lot[]

--- What a sale now, at the last price, would bring: lots by the account's method or the one named.
---@param symbol string
---@param qty number
---@param method string? "fifo", "lifo", "hifo", "min_tax", "min_tax_rate", ...
---@return qm.tax_preview? preview, qm.error? err no price; more than is held (insufficient_lots)
function ctx:what_if_sell(symbol, qty, method) end
---@param request table { "SPY", qty = 10, limit = "512.30" }; avoid_wash = true refuses what makes a wash sale
---@return qm.order
function ctx:buy(request) end
---@param request table
---@return qm.order
function ctx:sell(request) end
---@param request table with side
---@return qm.order
function ctx:order(request) end
---@param symbol string
---@param weight number 0..1 of the equity
---@return qm.order?
function ctx:target(symbol, weight) end
---@param order qm.order|integer
---@return true?, qm.error?
function ctx:cancel(order) end
---@param order qm.order|integer
---@param change table qty, limit, stop
---@return true?, qm.error?
function ctx:replace(order, change) end
---@return qm.order[] open ones, oldest first
function ctx:orders() end
---@param id integer
---@return qm.order?
function ctx:find_order(id) end
---@param request table risk, entry, stop, max_weight
---@return integer units, string bound
function ctx:size(request) end
---@param signal table
function ctx:signal(signal) end
---@param skip { rule: string, value?: any, limit?: any, symbol?: string }
function ctx:skip(skip) end
---@param notice { title?: string, text?: string }
function ctx:notify(notice) end
---@param seconds number
---@param callback string
---@param data? any plain data
---@return integer id
function ctx:after(seconds, callback, data) end
---@param seconds number
---@param callback string
---@param data? any
---@return integer id
function ctx:every(seconds, callback, data) end
---@param id integer
---@return boolean
function ctx:cancel_timer(id) end
---@param amount qm.decimal|string|integer to the reserve, < 0: back from it
---@param to "reserve"
---@return true? moved, qm.error? err when that much is not free, or not in the reserve
function ctx:transfer(amount, to) end

return qm
