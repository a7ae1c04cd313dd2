-- SPDX-License-Identifier: MIT
-- Dollar-cost averaging into a fixed mix: new cash goes to what is most underweight, and what stays overweight is sold
-- only where a sale costs no tax.
--
-- The cash of the sleeve is either waiting (capital that later months will contribute) or new: contribution, deposits,
-- dividends and what was left over last month. So new cash = cash - waiting, exact to the cent whatever happened.

local qm = require "qm"

local function cents_down(x)
    return math.floor(x * 100 + 1e-6)
end

-- Symbols of the mix in order of name, with weights that sum to 1.
local function weights_of(mix)
    local symbols, total = {}, 0
    for symbol, weight in pairs(mix) do
        symbols[#symbols + 1] = symbol
        total = total + weight
    end
    local weights = {}
    for _, symbol in ipairs(symbols) do
        weights[symbol] = mix[symbol] / total
    end
    return symbols, weights
end

-- Brings the most underweight up together: the level L with sum(max(0, L * weight - value)) = cash. Returns cents for
-- each symbol that sum to the cash exactly.
local function water_fill(symbols, weights, values, cash_cents)
    local order = { table.unpack(symbols) }
    table.sort(order, function(a, b)
        local x, y = values[a] / weights[a], values[b] / weights[b]
        return x < y or (x == y and a < b)
    end)
    local sum_weight, sum_value, level = 0, 0, 0
    for i, symbol in ipairs(order) do
        sum_weight, sum_value = sum_weight + weights[symbol], sum_value + values[symbol]
        level = (cash_cents / 100 + sum_value) / sum_weight
        local next_symbol = order[i + 1]
        if not next_symbol or level <= values[next_symbol] / weights[next_symbol] then
            break
        end
    end
    local cents, left = {}, cash_cents
    for _, symbol in ipairs(order) do
        cents[symbol] = math.min(left, math.max(0, cents_down(level * weights[symbol] - values[symbol])))
        left = left - cents[symbol]
    end
    cents[order[1]] = cents[order[1]] + left -- what rounding down left over
    return cents
end

local function decimal_of_cents(cents)
    return qm.decimal(("%d.%02d"):format(cents // 100, cents % 100))
end

-- Market values at the last prices; nil and the symbol when one has no price.
local function values_of(ctx, symbols)
    local values, total = {}, 0
    for _, symbol in ipairs(symbols) do
        if not ctx:price(symbol) then
            return nil, symbol
        end
        values[symbol] = ctx:position(symbol).value:number()
        total = total + values[symbol]
    end
    return values, total
end

local function contribution_of(ctx)
    local p, state = ctx.params, ctx.state
    local zero = qm.decimal "0"
    local waiting = state.waiting
    if waiting <= zero then
        return zero
    end
    if p.initial == "lump" then
        return waiting
    end
    local amount = p.contribution or decimal_of_cents(cents_down(state.capital:number() / 10))
    return amount < waiting and amount or waiting
end

local function buy(ctx, symbols, cents)
    for _, symbol in ipairs(symbols) do
        local amount = decimal_of_cents(cents[symbol])
        if cents[symbol] >= 100 * ctx.params.min_trade then
            ctx:buy { symbol, amount = amount, type = "market", reason = "monthly purchase" }
        elseif cents[symbol] > 0 then
            ctx:skip { symbol = symbol, rule = "min_trade", value = amount, limit = ctx.params.min_trade }
        end
    end
end

-- Sells what is above its band after the purchases. Sale proceeds are new cash of the next month.
local function rebalance(ctx, symbols, weights, values, cents)
    local p, total = ctx.params, 0
    for _, symbol in ipairs(symbols) do
        total = total + values[symbol] + cents[symbol] / 100
    end
    for _, symbol in ipairs(symbols) do
        local share = (values[symbol] + cents[symbol] / 100) / total
        local drift = 100 * (share - weights[symbol])
        local band = math.min(p.drift, 25 * weights[symbol])
        if drift > band then
            local excess = (share - weights[symbol]) * total
            if ctx.account.type ~= "ira" then
                ctx:skip { symbol = symbol, rule = "taxable_never_sells", value = drift, limit = band }
            elseif excess < p.min_trade then
                ctx:skip { symbol = symbol, rule = "min_trade", value = excess, limit = p.min_trade }
            else
                local amount = decimal_of_cents(cents_down(excess))
                ctx:sell { symbol, amount = amount, type = "market", reason = ("drift %.2f points"):format(drift) }
            end
        end
    end
end

return qm.strategy {
    name = "dca",
    version = 1,
    params = {
        mix = qm.mix { default = { VTI = 60, VXUS = 30, BND = 10 }, help = "symbols and their parts" },
        drift = qm.number { default = 5, min = 0.1, max = 100, help = "points above target before a sale" },
        contribution = qm.money { optional = true, help = "a month; 10% of the capital when not given" },
        initial = qm.choice { "spread", "lump", default = "spread", help = "capital month by month, or at once" },
        rebalance = qm.choice { "monthly", "never", default = "monthly", help = "whether overweight is looked at" },
        min_trade = qm.number { default = 100, min = 0, max = 1e9, help = "smaller trades wait" },
    },
    presets = {
        dca_conservative = { mix = { VTI = 60, VXUS = 30, BND = 10 }, drift = 5 },
        dca_aggressive = { mix = { QQQ = 50, VTI = 30, VXUS = 20 }, drift = 3 },
    },
    universe = function(ctx)
        return (weights_of(ctx.params.mix))
    end,
    timeframe = "1d",
    schedule = { invest = qm.at { "10:00", on = "month_start" } },

    init = function(ctx)
        ctx.state.capital = ctx.cash
        ctx.state.waiting = ctx.cash
    end,

    start = function(ctx)
        if ctx.account.type ~= "ira" then
            ctx.log.info("account is %s: overweight positions are never sold", ctx.account.type)
        end
    end,

    invest = function(ctx)
        local symbols, weights = weights_of(ctx.params.mix)
        local values, total = values_of(ctx, symbols)
        if not values then
            return ctx:skip { symbol = total, rule = "no_price", value = "none", limit = "a price" }
        end
        ctx.state.waiting = ctx.state.waiting - contribution_of(ctx)
        local cash = (ctx.cash - ctx.state.waiting):number()
        local cents = water_fill(symbols, weights, values, math.max(0, cents_down(cash)))
        buy(ctx, symbols, cents)
        if ctx.params.rebalance == "monthly" and total > 0 then
            rebalance(ctx, symbols, weights, values, cents)
        end
    end,
}
