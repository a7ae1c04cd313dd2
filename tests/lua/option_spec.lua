-- SPDX-License-Identifier: MIT
-- qm.option as a strategy sees it.

package.path = "./tests/lua/?.lua;" .. package.path
local helper = require "helper"

-- Runs the lines on the first bar; they must come to their end.
local function run(lines)
    local out = helper.backtest(([[
 on_bar = function(ctx, bar)
   local o = { spot = 100, strike = 110, days = 90, rate = 0.05, div = 0.01, vol = 0.2, right = "call" }
   local function with(changes)
     local copy = {}
     for k, v in pairs(o) do copy[k] = v end
     for k, v in pairs(changes) do copy[k] = v end
     return copy
   end
   local function near(a, b) assert(math.abs(a - b) < 1e-9, a .. " is not " .. b) end
   %s
   error "reached"
 end]]):format(lines))
    assert.truthy(out:find("reached", 1, true), out)
end

describe("qm.option", function()
    it("prices", function()
        run [[
   local v = qm.option.price(o)
   near(v.price, 1.1151239188039206)
   near(v.delta, 0.20824663214093442)
   near(v.theta_per_day, -0.017936227451321108)
   near(v.vanna, 1.3035977317112859)
   near(qm.option.price(with { spot = qm.decimal "100" }).price, v.price)
   near(qm.option.price(with { right = "put", american = true }).price, 10.403468883253785)]]
    end)

    it("leaves out what has no finite value", function()
        run [[
   local v = qm.option.price(with { strike = 100, days = 0 })
   assert(v.price == 0 and v.gamma == nil and v.vega == 0)
   assert(qm.option.price(with { right = "put", american = true }).vanna == nil)]]
    end)

    it("takes discrete dividends", function()
        run [[
   local paid = { { 30, 2 } }
   local v = qm.option.price(with { dividends = paid })
   near(v.price, qm.option.price(with { spot = 100 - 2 * math.exp(-0.05 * 30 / 365) }).price)
   assert(v.delta and v.rho == nil)
   local early = qm.option.price(with { dividends = { { 30, 20 } }, strike = 60, american = true })
   assert(early.price >= 40 and early.price < 40.5 and early.delta == nil)]]
    end)

    it("solves for the volatility", function()
        run [[
   local terms = with { price = qm.option.price(o).price }
   terms.vol = nil
   near(qm.option.iv(terms), 0.2)
   terms.price = 100
   local none, err = qm.option.iv(terms)
   assert(none == nil and err.code == "no")]]
    end)

    it("returns what is out of range and raises on misuse", function()
        run [[
   local none, err = qm.option.price(with { spot = 0 })
   assert(none == nil and err.code == "out_of_range" and err.message:find "spot is 0")
   local misuse = { { right = "both" }, { spot = "100" }, { sport = 1 }, { price = 1 }, { dividends = { 1 } } }
   for _, wrong in ipairs(misuse) do
     assert(not pcall(qm.option.price, with(wrong)))
   end
   assert(not pcall(qm.option.price, { spot = 100 }))
   assert(not pcall(qm.option.price))]]
    end)

    it("counts days", function()
        run [[
   local open, close = qm.time "2024-01-02T14:30:00Z", qm.time "2024-01-03T21:00:00Z"
   near(qm.option.days(open, close), 1 + 6.5 / 24)
   near(qm.option.days(open, close, "trading"), 2 * 365 / 252)
   near(qm.option.days(close, open), 0)
   local none, err = qm.option.days(open, qm.time "2050-01-01T00:00:00Z", "trading")
   assert(none == nil and err.code == "out_of_range")]]
    end)
end)
