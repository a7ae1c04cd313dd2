-- SPDX-License-Identifier: MIT

package.path = "./tests/lua/?.lua;" .. package.path
local helper = require "helper"

local function config(text)
    return helper.write("qm-spec-tax-config.lua", text)
end

-- The body's errors come back as the output; "reached" is the end of a run that went well.
local function run(body, options, bars, rates)
    local path = config(rates or 'return { tax = { short_term = "0.35", long_term = "0.15" } }\n')
    local strategy = helper.write(
        "qm_spec_tax.lua",
        'local qm = require "qm"\nreturn qm.strategy {\n name = "spec",\n' .. body .. "\n}\n"
    )
    local pipe = assert(
        io.popen(
            ("QM_CONFIG=%s %s backtest %s --bars SPY=%s --no-journal %s 2>&1"):format(
                path,
                os.getenv "QM_BIN" or "qm",
                strategy,
                bars or helper.rising(40),
                options or ""
            )
        )
    )
    local out = pipe:read "a"
    pipe:close()
    return out
end

-- 10 at 104 (the fill at the next open is the close before here), 10 more a day later.
local TWO_LOTS = [[
 on_bar = function(ctx, bar)
   local n = (ctx.state.n or 0) + 1
   ctx.state.n = n
   if n <= 2 then ctx:buy { "SPY", qty = 10 } return end
   if n < 6 then return end
]]

describe("taxes before the trade", function()
    it("are worked out for a sale: lots, gain by term, tax", function()
        local out = run(TWO_LOTS .. [[
   local r = assert(ctx:what_if_sell("SPY", 15))
   local text = ("%s|%s|%s|%s|%d|%s|%s"):format(r.gain, r.short_term, r.long_term, r.tax, #r.lots,
     r.lots[1].lot, r.lots[2].qty)
   error("ANSWER " .. text)
 end]])
        -- bar i closes at 100 + i; orders of bars 1 and 2 fill at the opens of 2 and 3: 102 and 103; now 106
        assert.truthy(out:find("ANSWER 55|55|0|19.25|2|spec#2|5", 1, true), out)
    end)

    it("follow another method when asked", function()
        local out = run(TWO_LOTS .. [[
   local r = assert(ctx:what_if_sell("SPY", 10, "hifo"))
   error("ANSWER " .. r.lots[1].lot .. " " .. tostring(r.gain))
 end]])
        assert.truthy(out:find("ANSWER spec#3 30", 1, true), out)
    end)

    it("have no tax without rates, and say what is wrong", function()
        local out = run(
            TWO_LOTS .. [[
   local r = ctx:what_if_sell("SPY", 10)
   local none, err = ctx:what_if_sell("SPY", 100)
   local ok, raised = pcall(ctx.what_if_sell, ctx, "SPY", 10, "magic")
   error(("ANSWER %s %s %s %s %s"):format(r.tax, none, err.code, ok, raised))
 end]],
            nil,
            nil,
            "return {}\n"
        )
        assert.truthy(out:find("ANSWER nil nil insufficient_lots false", 1, true), out)
        assert.truthy(out:find("no such method", 1, true), out)
    end)

    it("see the wash sale of a purchase, and refuse it when asked to", function()
        local falling = helper.bars(40, function(i)
            return 200 - i
        end)
        local out = run(
            [[
 on_bar = function(ctx, bar)
   local n = (ctx.state.n or 0) + 1
   ctx.state.n = n
   if n == 1 then ctx:buy { "SPY", qty = 10 } end
   if n == 5 then ctx:sell { "SPY", qty = 10 } end
   if n == 8 then
     local r = assert(ctx.tax.wash_check { symbol = "SPY", side = "buy", qty = 4 })
     local order = ctx:buy { "SPY", qty = 4, avoid_wash = true }
     local year = assert(ctx.tax.realized())
     local later = ctx:buy { "SPY", qty = 1 }
     error(("ANSWER %s %s %s %s %s %s"):format(r.washed, order.state, order.rule, order.value_text,
       year.short_term, later.state))
   end
 end]],
            nil,
            falling
        )
        -- bought at 198, sold at 194: a loss of 40, of which 4 of 10 units
        assert.truthy(out:find("ANSWER 16 refused avoid_wash 16.00 -40 pending", 1, true), out)
    end)

    it("bound an order by the tax it adds", function()
        local out = run(TWO_LOTS .. [[
   local high = ctx:sell { "SPY", qty = 10, max_tax = "13.99" }
   local fine = ctx:sell { "SPY", qty = 10, max_tax = "14.00" }
   error(("ANSWER %s %s %s %s %s"):format(high.state, high.rule, high.value_text, high.limit_text, fine.state))
 end]])
        assert.truthy(out:find("ANSWER refused max_tax 14.00 13.99 pending", 1, true), out)
    end)

    it("name the lots whose loss could be taken", function()
        local falling = helper.bars(40, function(i)
            return 200 - i
        end)
        local out = run(
            TWO_LOTS .. [[
   local list = assert(ctx.tax.harvest())
   error(("ANSWER %d %s %s %s %s"):format(#list, list[1].lot, list[1].loss, list[1].deferred, list[1].saved))
 end]],
            nil,
            falling
        )
        -- 198 and 197 against 194; each lot's loss is taken by the other one
        assert.truthy(out:find("ANSWER 2 spec#2 40 40 0", 1, true), out)
    end)

    it("are of the account's method in the sleeve's own lots", function()
        local out = run(
            TWO_LOTS .. [[
   if n == 6 then ctx:sell { "SPY", qty = 10 } end
   if n == 8 then
     local lots = ctx:lots("SPY")
     error("ANSWER " .. #lots .. " " .. tostring(lots[1].basis))
   end
 end]],
            "--lots hifo"
        )
        assert.truthy(out:find("ANSWER 1 1020", 1, true), out)
    end)
end)
