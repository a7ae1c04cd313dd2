-- SPDX-License-Identifier: MIT
-- ATR Matrix: buys aligned trends close to their 50-day average, measured in ATR, protects them with a resting stop
-- and sells in steps as they stretch away from the average. docs/reference/atr.md has the formulas.

local qm = require "qm"

local TARGETS = { 7, 10, 12 } -- ATR above the 50-day average
local REGIMES = { { 25, "LOW" }, { 75, "MEDIUM" }, { 90, "HIGH" }, { 100, "EXTREME" } }

local function regime_of(percentile)
    for _, row in ipairs(REGIMES) do
        if percentile <= row[1] then
            return row[2]
        end
    end
end

local function stop_for(price, atr, p)
    return math.max(price - p.stop_atr * atr, (1 - p.max_stop) * price)
end

-- The record of docs/reference/atr.md, section matrix, for one symbol of a slice; columns are the declared inputs.
local function read(slice, k, p)
    local close, atr, sma50 = slice.close[k], slice[1][k], slice[4][k]
    local low, high = slice[8][k], slice[9][k]
    local stop = stop_for(close, atr, p)
    return {
        symbol = slice.symbols[k],
        close = close,
        atr = atr,
        sma20 = slice[3][k],
        sma50 = sma50,
        distance = atr > 0 and (close - sma50) / atr or 0,
        atr_pct = 100 * atr / close,
        aligned = slice[2][k] >= slice[3][k]
            and slice[3][k] >= sma50
            and sma50 >= slice[5][k]
            and slice[5][k] >= slice[6][k],
        regime = regime_of(slice[7][k]),
        position20 = high > low and 100 * (close - low) / (high - low) or nil,
        stop = stop,
        risk_reward = (sma50 + TARGETS[1] * atr - close) / (close - stop),
    }
end

local function strength_of(r)
    return 0.35
        + (r.close > r.sma20 and 0.25 or 0)
        + (r.aligned and 0.20 or 0)
        + ((r.position20 or 0) > 50 and 0.10 or 0)
        + (r.atr_pct >= 3 and 0.10 or 0)
end

-- How long a move of this kind tends to be given: a label, not a forecast.
local function horizon_of(distance)
    return distance <= 1 and 18 or distance <= 2.5 and 10 or 5
end

-- The first rule that says no, with value and limit; nil when all say yes.
local function refusal(ctx, r)
    local p, state = ctx.params, ctx.state
    local since = state.exited[r.symbol] and state.sessions - state.exited[r.symbol]
    local rules = {
        { "atr_positive", r.atr > 0, r.atr, 0 },
        { "min_distance", r.distance >= p.min_distance, r.distance, p.min_distance },
        { "max_distance", r.distance <= p.max_distance, r.distance, p.max_distance },
        { "above_sma20", r.close > r.sma20, r.close, r.sma20 },
        { "regime_known", r.regime ~= nil, "unknown", "known" },
        { "min_risk_reward", r.risk_reward >= p.min_risk_reward, r.risk_reward, p.min_risk_reward },
        { "min_strength", strength_of(r) >= p.min_strength - 1e-9, strength_of(r), p.min_strength },
        { "reentry_wait", not since or since > p.reentry_wait, since or 0, p.reentry_wait },
    }
    for _, rule in ipairs(rules) do
        if not rule[2] then
            return { symbol = r.symbol, rule = rule[1], value = rule[3], limit = rule[4] }
        end
    end
end

local function open_risk(state)
    local risk = 0
    for _, held in pairs(state.held) do
        risk = risk + held.qty * math.max(held.entry - held.stop, 0)
    end
    for _, entry in pairs(state.entries) do
        risk = risk + entry.qty * (entry.close - entry.stop)
    end
    return risk
end

local function count(t)
    local n = 0
    for _ in pairs(t) do
        n = n + 1
    end
    return n
end

local function enter(ctx, r)
    local p, state = ctx.params, ctx.state
    local limit = qm.round_to_tick(r.symbol, r.close + p.entry_atr * r.atr, "down")
    local places = count(state.held) + count(state.entries)
    if places >= p.max_positions then
        return ctx:skip { symbol = r.symbol, rule = "max_positions", value = places, limit = p.max_positions }
    end
    local qty, bound = ctx:size {
        risk = p.risk_per_trade,
        entry = limit,
        stop = limit:number() - (r.close - r.stop),
        max_weight = p.max_position,
    }
    if qty < 1 then
        return ctx:skip { symbol = r.symbol, rule = "size_zero", value = bound, limit = 1 }
    end
    local risk, most = open_risk(state) + qty * (r.close - r.stop), p.max_open_risk * ctx.equity:number()
    if risk > most then
        return ctx:skip { symbol = r.symbol, rule = "max_open_risk", value = risk, limit = most }
    end
    ctx:signal {
        symbol = r.symbol,
        kind = "entry",
        strength = r.strength,
        price = r.close,
        stop = r.stop,
        targets = { r.sma50 + 7 * r.atr, r.sma50 + 10 * r.atr, r.sma50 + 12 * r.atr },
        expires = "1 session",
        reason = ("distance %.2f ATR, risk/reward %.2f, horizon %d sessions"):format(
            r.distance,
            r.risk_reward,
            horizon_of(r.distance)
        ),
    }
    local order = ctx:buy { r.symbol, qty = qty, limit = limit, type = "limit", tif = "day", reason = "matrix entry" }
    if order.state ~= "refused" then
        state.entries[r.symbol] = { order = order.id, qty = qty, close = r.close, stop = r.stop, atr = r.atr }
    end
end

-- Shares leave only when the resting stop no longer covers them: the stop is reduced (or cancelled) first, and what
-- is wanted is sold when the broker has confirmed that.
local function sell(ctx, symbol, qty, kind, reason)
    local held = ctx.state.held[symbol]
    held.selling = { qty = qty, kind = kind, reason = reason }
    ctx:signal { symbol = symbol, kind = kind, expires = kind == "scale_out" and "6 h" or "12 h", reason = reason }
    if qty < held.qty then
        ctx:replace(held.stop_order, { qty = held.qty - qty })
    else
        ctx:cancel(held.stop_order)
    end
end

local function manage(ctx, r, held)
    local p = ctx.params
    if held.selling or not held.stop_order then
        return -- an order is on its way
    end
    if r.close < r.sma50 - p.exit_buffer * r.atr then
        return sell(ctx, r.symbol, held.qty, "exit", "close below the 50-day average")
    end
    if r.distance > p.exhaustion then
        return sell(ctx, r.symbol, held.qty, "exit", ("distance %.2f ATR"):format(r.distance))
    end
    local steps = 0
    while held.steps + steps < #p.scale_out and r.distance >= p.scale_out[held.steps + steps + 1] do
        steps = steps + 1
    end
    if steps > 0 then
        held.steps = held.steps + steps
        local each = math.max(1, math.floor(p.scale_out_share * held.original))
        local qty = math.min(steps * each, held.qty)
        sell(ctx, r.symbol, qty, "scale_out", ("distance %.2f ATR, step %d"):format(r.distance, held.steps))
    end
end

local function protect(ctx, symbol, held)
    local stop = qm.round_to_tick(symbol, held.stop, "down")
    if held.stop_order then
        ctx:replace(held.stop_order, { qty = held.qty })
    else
        local request = { symbol, qty = held.qty, type = "stop", stop = stop, tif = "gtc", reason = "stop" }
        held.stop_order = ctx:sell(request).id
    end
end

return qm.strategy {
    name = "atr_matrix",
    version = 1,
    params = {
        atr_period = qm.integer { default = 14, min = 1, max = 200, help = "bars of the ATR" },
        lookback = qm.integer { default = 252, min = 20, max = 2000, help = "bars of the percentile" },
        min_distance = qm.number { default = 0.5, min = -20, max = 20, help = "least (close - SMA50)/ATR to enter" },
        max_distance = qm.number { default = 4, min = -20, max = 20, help = "most (close - SMA50)/ATR to enter" },
        min_risk_reward = qm.number { default = 3, min = 0, max = 50, help = "least (T1 - close)/(close - stop)" },
        min_strength = qm.number { default = 0.75, min = 0, max = 1, help = "least strength to enter" },
        entry_atr = qm.number { default = 0.25, min = 0, max = 5, help = "limit above the close, ATR" },
        stop_atr = qm.number { default = 1.5, min = 0.1, max = 10, help = "stop below the entry, ATR" },
        max_stop = qm.number { default = 0.10, min = 0.01, max = 0.9, help = "stop at most this far below" },
        risk_per_trade = qm.number { default = 0.005, min = 0.0001, max = 0.2, help = "of equity, lost at the stop" },
        max_position = qm.number { default = 0.15, min = 0.001, max = 1, help = "of equity, in one position" },
        max_positions = qm.integer { default = 10, min = 1, max = 500, help = "positions and entries at once" },
        max_open_risk = qm.number { default = 0.04, min = 0.0001, max = 1, help = "share of equity lost at all stops" },
        reentry_wait = qm.integer { default = 5, min = 0, max = 250, help = "sessions to wait after an exit" },
        scale_out = qm.list { default = { 7, 8, 9, 10 }, help = "distances at which a part is sold" },
        scale_out_share = qm.number { default = 0.2, min = 0.01, max = 1, help = "of the first size, at each" },
        exit_buffer = qm.number { default = 0.25, min = 0, max = 10, help = "exit below SMA50 less this many ATR" },
        exhaustion = qm.number { default = 12, min = 1, max = 100, help = "exit above this distance" },
    },
    universe = {
        "AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "META", "AVGO", "JPM", "V", "UNH", "XOM", "COST", "HD", "LLY", "CAT",
    },
    timeframe = "1d",
    inputs = function(p)
        return {
            qm.ta.atr(p.atr_period),
            qm.ta.ema(10),
            qm.ta.sma(20),
            qm.ta.sma(50),
            qm.ta.sma(100),
            qm.ta.sma(200),
            qm.ta.atr_percentile { p.atr_period, lookback = p.lookback },
            qm.ta.lowest { 20, input = "low" },
            qm.ta.highest { 20, input = "high" },
        }
    end,

    init = function(ctx)
        ctx.state.sessions = 0
        ctx.state.entries = {} -- symbol -> the entry order at work
        ctx.state.held = {} -- symbol -> the position
        ctx.state.exited = {} -- symbol -> session of the last exit
    end,

    on_bars = function(ctx, slice)
        local state = ctx.state
        state.sessions = state.sessions + 1
        local candidates = {}
        for k = 1, #slice.symbols do
            local r = read(slice, k, ctx.params)
            local held = state.held[r.symbol]
            if held then
                manage(ctx, r, held)
            elseif not state.entries[r.symbol] then
                local no = refusal(ctx, r)
                if no then
                    ctx:skip(no)
                else
                    r.strength = strength_of(r)
                    candidates[#candidates + 1] = r
                end
            end
        end
        table.sort(candidates, function(a, b)
            if a.strength ~= b.strength then
                return a.strength > b.strength
            end
            if a.risk_reward ~= b.risk_reward then
                return a.risk_reward > b.risk_reward
            end
            return a.symbol < b.symbol
        end)
        for _, r in ipairs(candidates) do
            enter(ctx, r)
        end
    end,

    on_fill = function(ctx, fill)
        local state, p = ctx.state, ctx.params
        local held = state.held[fill.symbol]
        if fill.side == "buy" then
            local entry = state.entries[fill.symbol]
            if not held then
                local price = fill.price:number()
                held = {
                    qty = 0,
                    original = 0,
                    steps = 0,
                    entry = price,
                    stop = stop_for(price, entry.atr, p),
                }
                state.held[fill.symbol] = held
            end
            held.qty = held.qty + fill.qty
            held.original = held.original + fill.qty
            entry.qty = entry.qty - fill.qty
            protect(ctx, fill.symbol, held)
        elseif held then
            held.qty = held.qty - fill.qty
            if held.qty <= 0 then
                state.held[fill.symbol] = nil
                state.exited[fill.symbol] = state.sessions
            end
        end
    end,

    on_order = function(ctx, order)
        local state = ctx.state
        local entry, held = state.entries[order.symbol], state.held[order.symbol]
        if entry and entry.order == order.id and order.done then
            state.entries[order.symbol] = nil
        end
        if not held then
            return
        end
        if order.id == held.stop_order then
            if order.done then
                held.stop_order = nil
            end
            local selling = held.selling
            local left = held.qty - (selling and selling.qty or 0)
            local free = order.state == "cancelled" or (order.state == "working" and order.qty == left)
            if selling and not selling.order and free then
                local request = { order.symbol, qty = selling.qty, type = "market", reason = selling.reason }
                selling.order = ctx:sell(request).id
            end
        elseif held.selling and order.id == held.selling.order and order.done then
            held.selling = nil
        end
    end,

    on_action = function(ctx, action)
        if action.kind ~= "split" then
            return
        end
        -- Shares and prices that this file remembers; orders, lots and inputs are adjusted by the host.
        local held = ctx.state.held[action.symbol]
        if held then
            local ratio = action.num / action.den
            held.qty = ctx:position(action.symbol).qty
            held.original = held.original * ratio
            held.entry, held.stop = held.entry / ratio, held.stop / ratio
        end
    end,
}
