-- SPDX-License-Identifier: MIT
-- Dollar-cost averaging into a fixed mix: new cash goes to what is most underweight, and what stays overweight is sold.
-- In a taxable account a sale may add little tax and make no wash sale; after a loss it is not bought for 31 days.
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
    if #order == 0 then
        return {}
    end
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

-- What may be bought: an asset that was sold at a loss waits until no purchase would take the loss.
local function buyable(ctx, symbols)
    local list = {}
    for _, symbol in ipairs(symbols) do
        local wait = ctx.state.no_buy and ctx.state.no_buy[symbol]
        if wait and ctx.date < wait then
            ctx:skip { symbol = symbol, rule = "loss_was_taken", value = ctx.date, limit = wait }
        else
            list[#list + 1] = symbol
        end
    end
    return list
end

-- Tax that this year's sales for rebalancing have added.
local function spent_this_year(ctx)
    local year = ctx.date:sub(1, 4)
    if ctx.state.tax_year ~= year then
        ctx.state.tax_year, ctx.state.tax_spent = year, qm.decimal "0"
    end
    return ctx.state.tax_spent
end

-- The part of `qty` that may be sold (in eighths), with what it brings; or the rule that forbids even the least.
local function affordable(ctx, symbol, qty, plan_value)
    local budget = qm.decimal(("%.2f"):format(plan_value * ctx.params.rebalance_max_tax / 100)) - spent_this_year(ctx)
    local rule, value, limit
    for eighths = 8, 1, -1 do
        local part = qty * eighths / 8
        part = ctx.account.fractional and part // 1e-6 * 1e-6 or part // 1
        if part <= 0 then
            break
        end
        local sale, err = ctx:what_if_sell(symbol, part)
        local gains = sale and sale.short_term + sale.long_term
        if not sale then
            rule, value, limit = "tax_unknown", err.message, "an answer"
        elseif sale.disallowed > qm.decimal "0" then
            rule, value, limit = "wash_sale", sale.disallowed, "0.00"
        elseif not sale.tax and gains > qm.decimal "0" then
            rule, value, limit = "tax_unknown", "no rates", "rates in the configuration"
        elseif sale.tax and sale.tax > budget then
            rule, value, limit = "rebalance_max_tax", sale.tax, budget
        else
            return part, sale
        end
    end
    return nil, { rule = rule or "min_trade", value = value, limit = limit, symbol = symbol }
end

-- Gains of the year so far. Sales are sent and filled in the first days of a month: always in one year.
local function realized(ctx)
    local year = assert(ctx.tax.realized())
    return year.short_term + year.long_term
end

local function sell_taxable(ctx, symbol, excess, plan_value, reason)
    local qty = excess / ctx:price(symbol):number()
    local part, sale = affordable(ctx, symbol, qty, plan_value)
    if not part then
        return ctx:skip(sale)
    end
    if part * ctx:price(symbol):number() < ctx.params.min_trade then
        return ctx:skip { symbol = symbol, rule = "min_trade", value = part, limit = ctx.params.min_trade }
    end
    ctx.state.realized = realized(ctx)
    local order = ctx:sell { symbol, qty = part, type = "market", avoid_wash = true, reason = reason }
    if order.state ~= "refused" then
        ctx.state.tax_spent = ctx.state.tax_spent + (sale.tax or qm.decimal "0")
    end
end

-- Sells what is above its band after the purchases. Sale proceeds are new cash of the next month.
local function rebalance(ctx, symbols, weights, values, cents)
    local p, total = ctx.params, 0
    for _, symbol in ipairs(symbols) do
        total = total + values[symbol] + (cents[symbol] or 0) / 100
    end
    for _, symbol in ipairs(symbols) do
        local share = (values[symbol] + (cents[symbol] or 0) / 100) / total
        local drift = 100 * (share - weights[symbol])
        local band = math.min(p.drift, 25 * weights[symbol])
        local excess = (share - weights[symbol]) * total
        local reason = ("drift %.2f points"):format(drift)
        if drift > band and excess < p.min_trade then
            ctx:skip { symbol = symbol, rule = "min_trade", value = excess, limit = p.min_trade }
        elseif drift > band and ctx.account.type ~= "ira" then
            sell_taxable(ctx, symbol, excess, total, reason)
        elseif drift > band then
            ctx:sell { symbol, amount = decimal_of_cents(cents_down(excess)), type = "market", reason = reason }
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
        rebalance_max_tax = qm.number { default = 0.25, min = 0, max = 100, help = "% of the plan's value, a year" },
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

    -- A sale at a loss: what would replace it waits.
    on_fill = function(ctx, fill)
        if fill.side == "sell" and ctx.account.type ~= "ira" then
            local before, now = ctx.state.realized, realized(ctx)
            if now < before then
                ctx.state.no_buy = ctx.state.no_buy or {}
                ctx.state.no_buy[fill.symbol] = qm.date_add(fill.date, 31)
            end
            ctx.state.realized = now
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
        local open = buyable(ctx, symbols)
        local cents = water_fill(open, weights, values, math.max(0, cents_down(cash)))
        buy(ctx, open, cents)
        if ctx.params.rebalance == "monthly" and total > 0 then
            rebalance(ctx, symbols, weights, values, cents)
        end
    end,
}
