-- SPDX-License-Identifier: MIT
-- Scan: the ATR Matrix record over the universe, a signal for each symbol that a screen lets through, the top five in a
-- notification. Reads and signals; trades nothing.

local qm = require "qm"

-- distance from/to (nil: open), aligned (nil: either), least atr_pct, least position20
local SCREENS = {
    entry = { from = 0, to = 4, aligned = true, atr_pct = 3, position20 = 60 },
    breakout = { from = 6, to = 8, atr_pct = 4 },
    value = { to = 0, atr_pct = 2 },
    momentum = { from = 8, aligned = true, atr_pct = 5, position20 = 80 },
}

local function passes(m, screen)
    return m.distance ~= nil
        and (not screen.from or m.distance >= screen.from)
        and (not screen.to or m.distance <= screen.to)
        and (not screen.aligned or m.aligned)
        and m.atr_pct >= screen.atr_pct
        and (not screen.position20 or (m.position20 or 0) >= screen.position20)
end

local function scan(ctx)
    local screen, found = SCREENS[ctx.params.screen], {}
    for _, symbol in ipairs(ctx:universe()) do
        local m, err = ctx.atr.matrix(symbol)
        if not m then
            ctx:skip { symbol = symbol, rule = err.code, value = err.message, limit = "a record" }
        elseif passes(m, screen) then
            found[#found + 1] = { symbol = symbol, m = m }
        end
    end
    table.sort(found, function(a, b)
        if a.m.risk_reward ~= b.m.risk_reward then
            return a.m.risk_reward > b.m.risk_reward
        end
        return a.symbol < b.symbol
    end)
    local lines = {}
    for rank, row in ipairs(found) do
        ctx:signal {
            symbol = row.symbol,
            kind = ctx.params.screen,
            rank = rank,
            price = row.m.entry,
            stop = row.m.matrix_stop,
            targets = row.m.targets,
            reason = ("distance %.2f ATR, risk/reward %.2f"):format(row.m.distance, row.m.risk_reward or 0),
        }
        if rank <= 5 then
            lines[rank] = ("%s %.2f"):format(row.symbol, row.m.distance)
        end
    end
    local text = #lines > 0 and table.concat(lines, ", ") or "nothing"
    ctx:notify { title = ("scan %s: %d of %d"):format(ctx.params.screen, #found, #ctx:universe()), text = text }
end

return qm.strategy {
    name = "scan",
    kind = "job",
    version = 1,
    params = {
        screen = qm.choice { "entry", "breakout", "value", "momentum", default = "entry", help = "which screen" },
    },
    universe = {
        "AAPL", "MSFT", "NVDA", "AMZN", "GOOGL", "META", "AVGO", "JPM", "V", "UNH", "XOM", "COST", "HD", "LLY", "CAT",
    },
    schedule = { morning = qm.at { "10:15" }, afternoon = qm.at { "15:15" } },
    morning = scan,
    afternoon = scan,
}
