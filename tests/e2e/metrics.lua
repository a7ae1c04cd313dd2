-- SPDX-License-Identifier: MIT
-- metrics.lua RESULT.json [BENCHMARK.csv]: the metrics of a result once more, written plainly from its equity, for a
-- run with one deposit on its first session. Prints each figure that differs, and how many were compared.
local json = require "dkjson"

local file = assert(io.open(arg[1]))
local d = assert(json.decode(file:read "a", 1, nil))
file:close()
local m, compared = d.metrics, 0

local function near(name, got, want)
    compared = compared + 1
    if type(got) ~= "number" or math.abs(got - want) > 1e-9 * math.max(1, math.abs(want)) then
        print(("%s: %s, expected %.12g"):format(name, tostring(got), want))
    end
end

local function days_of(text) -- a day number of "2024-01-31..."
    local y, mo, day = text:match "(%d+)-(%d+)-(%d+)"
    return os.time { year = tonumber(y), month = tonumber(mo), day = tonumber(day), hour = 12 } // 86400
end

local function mean(list)
    local sum = 0
    for _, x in ipairs(list) do
        sum = sum + x
    end
    return sum / #list
end

local function deviation(list)
    local average, sum = mean(list), 0
    for _, x in ipairs(list) do
        sum = sum + (x - average) ^ 2
    end
    return math.sqrt(sum / (#list - 1))
end

local function quantile(list, p)
    local copy = table.move(list, 1, #list, 1, {})
    table.sort(copy)
    local rank = p * (#copy - 1)
    local k = math.floor(rank)
    return copy[k + 1] + (rank - k) * ((copy[k + 2] or copy[k + 1]) - copy[k + 1])
end

local returns, value, before = {}, {}, tonumber(d.summary.deposits)
for i, point in ipairs(d.equity) do
    value[i] = tonumber(point.value)
    returns[i] = value[i] / before - 1
    before = value[i]
end
local start = tonumber(d.summary.deposits)
local day = {}
for i, point in ipairs(d.equity) do
    day[i] = days_of(point.time)
end
local n = #value
local years = (day[n] - day[1]) / 365.25
local cagr = (value[n] / start) ^ (1 / years) - 1
near("time_weighted_return", m.time_weighted_return, value[n] / start - 1)
near("cagr", m.cagr, cagr)
near("money_weighted_return", m.money_weighted_return, cagr) -- one deposit at the start: the same
near("volatility", m.volatility, deviation(returns) * math.sqrt(252))
near("sharpe", m.sharpe, mean(returns) / deviation(returns) * math.sqrt(252))
local below = {}
for i, r in ipairs(returns) do
    below[i] = math.min(r, 0) ^ 2
end
near("sortino", m.sortino, mean(returns) / math.sqrt(mean(below)) * math.sqrt(252))

local worst, longest, length = 0, 0, 0
for i = 1, n do -- every pair of a peak and a later day
    local peak = start
    local peak_day = day[1]
    for k = 1, i do
        if value[k] >= peak then
            peak, peak_day = value[k], day[k]
        end
    end
    local drop = value[i] / peak - 1
    if drop < worst then
        worst = drop
        local stop = day[n]
        for k = n, i, -1 do
            stop = value[k] >= peak and day[k] or stop
        end
        length = stop - peak_day
    end
    if drop < 0 then
        local stop = day[n]
        for k = n, i, -1 do
            stop = value[k] >= peak and day[k] or stop
        end
        longest = math.max(longest, stop - peak_day)
    end
end
near("max_drawdown", m.max_drawdown, worst)
near("drawdown_days", m.drawdown_days, length)
near("longest_drawdown_days", m.longest_drawdown_days, longest)
near("calmar", m.calmar, cagr / -worst)
local low = quantile(returns, 0.05)
local under = {}
for _, r in ipairs(returns) do
    under[#under + 1] = r <= low and r or nil
end
near("var_95", m.var_95, -low)
near("cvar_95", m.cvar_95, -mean(under))
near("tail_ratio", m.tail_ratio, quantile(returns, 0.95) / -low)

local bought, sold = 0, 0
for _, f in ipairs(d.fills) do
    local amount = tonumber(f.qty) * tonumber(f.price)
    bought = bought + (f.side == "buy" and amount or 0)
    sold = sold + (f.side == "sell" and amount or 0)
end
near("turnover", m.turnover, math.min(bought, sold) / mean(value) / years)

if arg[2] then
    local close = {}
    for line in io.lines(arg[2]) do
        local date, price = line:match "^([%d-]+),.-,.-,.-,(.-),"
        close[date or ""] = tonumber(price)
    end
    local r, b, active, last = {}, {}, {}, nil
    for i, point in ipairs(d.equity) do
        local price = close[point.time:sub(1, 10)]
        if price and last then
            r[#r + 1] = value[i] / value[last.i] - 1
            b[#b + 1] = price / last.price - 1
            active[#active + 1] = r[#r] - b[#b]
        end
        last = price and { i = i, price = price } or last
    end
    local rb, bb = 0, 0
    for i in ipairs(r) do
        rb = rb + (r[i] - mean(r)) * (b[i] - mean(b))
        bb = bb + (b[i] - mean(b)) ^ 2
    end
    near("beta", m.benchmark.beta, rb / bb)
    near("alpha", m.benchmark.alpha, 252 * (mean(r) - rb / bb * mean(b)))
    near("tracking_error", m.benchmark.tracking_error, deviation(active) * math.sqrt(252))
    near("information_ratio", m.benchmark.information_ratio, mean(active) / deviation(active) * math.sqrt(252))
end
print(compared .. " compared")
