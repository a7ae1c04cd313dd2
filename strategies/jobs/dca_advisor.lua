-- SPDX-License-Identifier: MIT
-- DCA advisor: after each close, what the chosen profile would do with each holding. Recommendations only: a job sends
-- no orders. Market cap and sector come from the instruments table (qm data instruments import FILE.csv); without them
-- there is no recommendation, with that reason.

local qm = require "qm"

local BILLION = 1e9
local GROWTH = { Technology = true, ["Communication Services"] = true, ["Consumer Discretionary"] = true }

-- Each rule: which companies (by market cap in dollars and sector), gain in percent below or above, action, share of
-- the position in percent, confidence. The first that fits is taken.
local function over(limit)
    return function(cap)
        return cap > limit
    end
end

local function upto(limit)
    return function(cap)
        return cap <= limit
    end
end

local function all()
    return true
end

local function growth(_, sector)
    return GROWTH[sector] or false
end

local PROFILES = {
    conservative = {
        { who = over(50 * BILLION), below = -15, action = "buy", share = 10, confidence = 0.85 },
        { who = over(50 * BILLION), above = 50, action = "reduce", share = 25, confidence = 0.75 },
        { who = upto(2 * BILLION), above = 100, action = "sell", share = 50, confidence = 0.90 },
        { who = upto(2 * BILLION), hold = true }, -- never averages down
        { who = upto(50 * BILLION), below = -25, action = "buy", share = 5, confidence = 0.70 },
        { who = upto(50 * BILLION), above = 75, action = "reduce", share = 30, confidence = 0.80 },
    },
    standard = {
        { who = over(10 * BILLION), below = -20, action = "buy", share = 15, confidence = 0.80 },
        { who = upto(10 * BILLION), below = -30, action = "buy", share = 10, confidence = 0.70 },
        { who = upto(10 * BILLION), above = 200, action = "reduce", share = 20, confidence = 0.60 },
    },
    aggressive = {
        { who = growth, below = -15, action = "buy", share = 20, confidence = 0.70 },
        { who = growth, above = 300, action = "reduce", share = 30, confidence = 0.70 },
        { who = upto(2 * BILLION), below = -25, action = "buy", share = 15, confidence = 0.75 },
    },
    balanced = {
        { who = all, below = -20, action = "buy", share = 10, confidence = 0.70 },
        { who = all, above = 40, action = "reduce", share = 15, confidence = 0.80 },
    },
}
local NEEDS = { conservative = "cap", standard = "cap", aggressive = "cap and sector", balanced = "nothing" }

local function fitting(profile, gain, cap, sector)
    for _, rule in ipairs(PROFILES[profile]) do
        if rule.who(cap, sector) then
            if rule.hold or (rule.below and gain < rule.below) or (rule.above and gain > rule.above) then
                return rule
            end
        end
    end
end

-- What a recommendation costs: lots, gain by term and tax of a sale; losses that a purchase would wash.
local function consequences(ctx, holding, rule, qty)
    if holding.account_type == "ira" then
        return "no tax in an IRA"
    end
    local side = rule.action == "buy" and "buy" or "sell"
    local ask = { symbol = holding.symbol, account = holding.account, qty = qty, side = side }
    local p, err = ctx.tax.wash_check(ask)
    if not p then
        return "tax not known: " .. err.message
    end
    if rule.action == "buy" then
        local washes = p.washed > qm.decimal "0"
        return washes and ("warning: would defer a loss of %s (wash sale)"):format(p.washed) or "no wash sale"
    end
    local lots = {}
    for _, lot in ipairs(p.lots) do
        lots[#lots + 1] = ("%s x %s"):format(lot.lot, lot.qty)
    end
    return ("lots %s; short-term %s, long-term %s, tax %s"):format(
        table.concat(lots, ", "),
        p.short_term,
        p.long_term,
        p.tax or "no rates"
    )
end

local function advise(ctx, holding)
    local profile = ctx.params.profile
    local info = ctx:instrument(holding.symbol)
    local cap, sector = info.market_cap, info.sector
    if not holding.value or not holding.basis or holding.basis <= qm.decimal "0" then
        return nil, "no price or no basis is known"
    end
    if NEEDS[profile] ~= "nothing" and not cap or NEEDS[profile] == "cap and sector" and not sector then
        return nil, ("%s needs %s from the instruments table"):format(profile, NEEDS[profile])
    end
    local gain = 100 * ((holding.value - holding.basis):number() / holding.basis:number())
    local rule = fitting(profile, gain, cap, sector)
    if not rule or rule.hold then
        return nil, ("%+.1f%%: nothing to do"):format(gain)
    end
    return rule, gain
end

return qm.strategy {
    name = "dca_advisor",
    kind = "job",
    version = 1,
    params = {
        profile = qm.choice { "conservative", "standard", "aggressive", "balanced", default = "conservative" },
    },
    schedule = { advise = qm.after_close(30) },

    advise = function(ctx)
        for _, holding in ipairs(assert(ctx.tax.holdings())) do
            local rule, why = advise(ctx, holding)
            if rule then
                local qty = holding.qty * rule.share / 100
                qty = qty // 1e-6 * 1e-6
                ctx:signal {
                    symbol = holding.symbol,
                    kind = rule.action,
                    strength = rule.confidence,
                    reason = ("%s: %+.1f%%, %s %g%% of the position (%g)"):format(
                        ctx.params.profile,
                        why,
                        rule.action,
                        rule.share,
                        qty
                    ),
                    account = holding.account,
                    consequences = consequences(ctx, holding, rule, qty),
                }
            else
                local profile = ctx.params.profile
                ctx:skip { symbol = holding.symbol, rule = "no_recommendation", value = why, limit = profile }
            end
        end
    end,
}
