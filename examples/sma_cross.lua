-- SPDX-License-Identifier: MIT
-- Two averages: invested while the fast one is above the slow one.

local qm = require "qm"

return qm.strategy {
    name = "sma_cross",
    version = 1,
    params = {
        fast = qm.integer { default = 10, min = 2, max = 200, help = "fast average, bars" },
        slow = qm.integer { default = 30, min = 3, max = 400, help = "slow average, bars" },
    },
    universe = { "SPY" },
    timeframe = "1d",
    inputs = function(p)
        return { qm.close, qm.ta.sma(p.fast), qm.ta.sma(p.slow) }
    end,

    on_bar = function(ctx, bar, close, fast, slow) -- luacheck: ignore 212
        ctx:target(bar.symbol, fast > slow and 0.95 or 0)
    end,
}
