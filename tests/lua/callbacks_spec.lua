-- SPDX-License-Identifier: MIT

package.path = "./tests/lua/?.lua;" .. package.path
local helper = require "helper"

describe("a strategy", function()
    it("sees bars, inputs and a context that knows the time", function()
        local out, code = helper.backtest [[
 inputs = function() return { qm.close, qm.ta.sma(5) } end,
 on_bar = function(ctx, bar, close, sma)
   assert(bar.close == close and math.abs(close - sma - 2) < 1e-9)
   assert(tostring(ctx.now):sub(1, 10) == ctx.date and bar.date == ctx.date)
   assert(ctx.mode == "backtest" and ctx.name == "spec" and ctx.account.kind == "margin")
   assert(ctx:bars("SPY").close[0] == close and ctx:bars("SPY").close[1] == close - 1)
   assert(ctx.ta.sma("SPY", 5) == sma and #ctx:bars("SPY") >= 5)
   ctx.state.bars = (ctx.state.bars or 0) + 1
   if ctx.state.bars == 36 then error("all seen") end
 end]]
        assert.equals(65, code)
        assert.truthy(out:find("all seen", 1, true), out)
    end)

    it("trades in exact decimals and refuses floats that are off the tick", function()
        local out = helper.backtest [[
 on_bar = function(ctx, bar)
   assert(not pcall(function() return qm.decimal "1.5" + 0.5 end))
   assert(tostring(qm.decimal "1.10" + 2) == "3.1" and (qm.decimal "0"):is_zero())
   local ok, err = pcall(ctx.buy, ctx, { "SPY", qty = 1, limit = 101.237 })
   assert(not ok and err:find "off the tick")
   local order = ctx:buy { "SPY", qty = 1, limit = qm.round_to_tick("SPY", 101.237, "down") }
   assert(order.state == "pending" and tostring(order.limit) == "101.23")
   error "reached"
 end]]
        assert.truthy(out:find("reached", 1, true), out)
    end)

    it("gets orders and fills after the callback that caused them", function()
        local out = helper.backtest [[
 on_bar = function(ctx, bar)
   ctx.state.log = ctx.state.log or {}
   local log = ctx.state.log
   if #log == 0 then
     log[1] = "bar"
     ctx:buy { "SPY", qty = 3 }
     log[2] = "sent"
   elseif #log == 5 then
     error(table.concat(log, " "))
   end
 end,
 on_order = function(ctx, order) local l = ctx.state.log l[#l + 1] = order.state end,
 on_fill = function(ctx, fill) local l = ctx.state.log l[#l + 1] = "fill" .. fill.qty end]]
        assert.truthy(out:find("bar sent working fill3 filled", 1, true), out)
    end)

    it("is refused by risk as a state, not as an error", function()
        local out = helper.backtest [[
 on_bar = function(ctx)
   local order = ctx:sell { "SPY", qty = 1 }
   error(order.state .. " " .. order.rule)
 end]]
        assert.truthy(out:find("refused no_short", 1, true), out)
    end)

    it("cannot close twice what it holds once", function()
        local body = [[
 on_bar = function(ctx)
   ctx.state.bars = (ctx.state.bars or 0) + 1
   if ctx.state.bars == 1 then ctx:buy { "SPY", qty = 100 } end
   if ctx.state.bars < 4 then return end
   local held = tostring(ctx:position("SPY").qty)
   local first = ctx:sell { "SPY", qty = 100, type = "limit", limit = 900, short = true }
   local second = ctx:sell { "SPY", qty = 100, type = "limit", limit = 900, short = true }
   local third = ctx:sell { "SPY", qty = 400, type = "limit", limit = 900, short = true }
   error(("%s: %s, %s %s, %s %s"):format(held, first.state, second.state, second.rule, third.state, third.rule))
 end]]
        local cash = helper.backtest(body, "--account cash --cash 100000")
        assert.truthy(cash:find("100: pending, refused no_short, refused no_short", 1, true), cash)
        -- On margin the second is a short of 90,000 that the equity of 100,000 carries; not the third.
        local margin = helper.backtest(body, "--account margin --cash 100000")
        assert.truthy(margin:find("100: pending, pending", 1, true), margin)
        assert.truthy(margin:find("refused buying_power", 1, true), margin)
    end)

    it("sells by amount no more than it holds, though the price falls before the fill", function()
        local body = [[
 on_bar = function(ctx, bar)
   ctx.state.bars = (ctx.state.bars or 0) + 1
   if ctx.state.bars == 1 then ctx:buy { "SPY", qty = 100 } end
   if ctx.state.bars == 3 then ctx:sell { "SPY", amount = bar.close * 100 } end
   if ctx.state.bars == 5 then error("left: " .. tostring(ctx:position("SPY").qty)) end
 end]]
        local falling = helper.bars(10, function(i)
            return 200 - 10 * i
        end)
        for _, fractional in ipairs { "", "--fractional" } do
            local out = helper.backtest(body, fractional, falling)
            assert.truthy(out:find("left: 0", 1, true), out)
        end
    end)

    it("puts money aside and takes it back, no more than is there", function()
        local out = helper.backtest([[
 on_bar = function(ctx, bar)
   ctx.state.bars = (ctx.state.bars or 0) + 1
   if ctx.state.bars == 1 then
     ctx:buy { "SPY", qty = 10, limit = "200.00" }
     local moved, err = ctx:transfer("9000.00", "reserve")
     assert(not moved and err.code == "insufficient_data", tostring(err))
     assert(ctx:transfer("3000.50", "reserve"))
     assert(not ctx:transfer("-3000.51", "reserve"))
     assert(ctx:transfer("-1000.50", "reserve"))
   elseif ctx.state.bars == 4 then
     error(("cash %s reserve %s equity %s"):format(ctx.cash, ctx.reserve, ctx.equity))
   end
 end]], "--cash 10000 --account cash")
        -- 10 bought at 102, worth 104 on the fourth day
        assert.truthy(out:find("cash 6980 reserve 2000 equity 8020", 1, true), out)
        out = helper.backtest([[ on_bar = function(ctx) ctx:transfer(1, "pocket") end]])
        assert.truthy(out:find('must be "reserve"', 1, true), out)
    end)

    it("is only called for symbols on their days in a dated universe", function()
        local data = os.tmpname() .. ".data"
        local out = helper.run(("data import %s --symbol SPY --data %s"):format(helper.rising(40), data))
        assert.truthy(out:find("40 bars added", 1, true), out)
        helper.write("qm_spec_list.csv", "symbol,from,to\nSPY,2024-01-04,2024-01-08\nSPY,2024-02-05,\n")
        local path = helper.write("qm_spec_strategy.lua", [[
local qm = require "qm"
return qm.strategy {
 name = "dated", universe = qm.universe "qm_spec_list.csv",
 schedule = { late = qm.at { "20:00", on = "trading_day" } },
 on_bar = function(ctx, bar)
   ctx.state.days = (ctx.state.days or "") .. " " .. bar.date:sub(6)
   if bar.date == "2024-01-04" then ctx:buy { "SPY", qty = 10 } end
 end,
 late = function(ctx)
   if ctx.date == "2024-01-11" then
     assert(#ctx:universe() == 0)
     local buy = ctx:buy { "SPY", qty = 1 }
     local sell = ctx:sell { "SPY", qty = 10 }
     ctx.state.orders = ("%s %s %s"):format(buy.state, buy.rule, sell.state)
   elseif ctx.date == "2024-02-07" then error(ctx.state.days .. "; " .. ctx.state.orders) end
 end }]])
        out = helper.run(("backtest %s --data %s --no-journal"):format(path, data))
        assert.truthy(out:find("list with dates", 1, true), out)
        assert.truthy(out:find(" 01-04 01-05 01-08 02-05 02-06; refused not_in_universe pending", 1, true), out)
        for row, says in pairs { ["SPY,x,"] = 'list.csv:2:2: "x" is no date', ["S Y!,2024-01-01,"] = "is no symbol",
            ["SPY,2024-02-01,2024-01-01"] = "lies before from", ["SPY,2024-01-01,\nSPY,2024-03-01,"] = "twice" } do
            helper.write("qm_spec_list.csv", "symbol,from,to\n" .. row .. "\n")
            out = helper.run("check " .. path)
            assert.truthy(out:find(says, 1, true), out)
        end
        os.execute("rm -rf " .. data)
    end)

    it("that is wrong is named with the line of its key", function()
        local head = 'local qm = require "qm"\nreturn qm.strategy {\n name = "wrong",\n universe = { "SPY" },\n'
        for body, says in pairs {
            ["\n on_bar = 3,"] = ":6: on_bar must be a function",
            [" on_baar = function() end,"] = ':5: no callback "on_baar" (did you mean "on_bar"?)',
            [" tmeframe = '1d',"] = ':5: unknown key "tmeframe"',
            [" params = {\n  x = qm.integer { default = 1, min = 2 } },"] = ":6: parameter x = 1: must be at least 2",
            [" schedule = { late = qm.every { minutes = 5 } },"] = ":5: schedule late: the strategy has no function",
        } do
            local out, code = helper.run("check " .. helper.write("qm_spec_wrong.lua", head .. body .. "\n}\n"))
            assert.equal(1, code)
            assert.truthy(out:find("qm_spec_wrong.lua" .. says, 1, true), out)
        end
    end)

    it("that fails is stopped with file and line", function()
        for _, callback in ipairs { "init", "start", "on_bar", "on_bars", "stop" } do
            local out, code = helper.backtest((" %s = function() local x = nil; return x.y end"):format(callback))
            assert.equals(65, code)
            assert.truthy(out:find("qm_spec_strategy.lua:4: attempt to index a nil value", 1, true), out)
        end
    end)

    it("keeps a bar only during its callback", function()
        local out = helper.backtest [[
 on_bar = function(ctx, bar)
   if KEPT then return KEPT.close end
   KEPT = bar
 end,
 on_bars = function(ctx) return KEPT.close end]]
        assert.truthy(out:find("valid during its callback only", 1, true), out)
    end)
end)

describe("the sandbox", function()
    local function says(code, text)
        local body = " budget = { callback_ms = 10000 }, on_bar = function(ctx) %s end" -- sanitizers are slow
        local out = helper.backtest(body:format(code))
        assert.truthy(out:find(text, 1, true), code .. "\n" .. out)
    end

    it("has no way out", function()
        says("error(tostring(io) .. tostring(os) .. tostring(debug) .. tostring(package))", "nilnilnilnil")
        says("error(tostring(dofile) .. tostring(loadfile) .. tostring(collectgarbage))", "nilnilnil")
        says("error(tostring(string.dump))", "nil")
        says('setmetatable({}, { __gc = function() end })', "__gc is not allowed")
        says('setmetatable({}, { __mode = "k" })', "weak tables are not allowed")
        says('error(select(2, load("\\27Lua")))', "attempt to load a binary chunk")
        says('require "../secret"', "is no module name")
    end)

    it("is the same in every run", function()
        says("local t = {} for _, k in ipairs { 3, 'b', true, 'a', 1.5, false } do t[k] = 1 end "
            .. "local s = '' for k in pairs(t) do s = s .. tostring(k) .. ' ' end error(s)", "false true 1.5 3 a b")
        says("error(tostring {} .. tostring(print))", "tablefunction")
        says("error(string.format('%s', {}))", "table")
        says("string.format('%p', {})", "shows addresses")
        says("error(math.random(1000) .. ' ' .. math.random(1000))", " ")
    end)

    it("bounds memory", function()
        says("local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end", "out of memory")
        says("('x'):rep(1 << 30)", "would be longer")
    end)
end)

describe("qm check", function()
    local function check(body, text)
        local start = 'local qm = require "qm"\nreturn qm.strategy {\n'
        local path = helper.write("qm_spec_check.lua", start .. body .. "\n}\n")
        local out, code = helper.run("check " .. path)
        assert.equals(1, code)
        assert.truthy(out:find(text, 1, true), out)
    end

    it("names what is wrong", function()
        check('name = "x", on_bra = function() end', 'no callback "on_bra" (did you mean "on_bar"?)')
        check('name = "x", universe = {}, shedule = {}', 'unknown key "shedule" (did you mean "schedule"?)')
        check('name = "x", on_bar = 3', "on_bar must be a function")
        check('name = "x", params = { a = qm.integer { default = 300, max = 200 } }', "a = 300: must be at most 200")
        check('name = "x", schedule = { go = qm.at { "10:00" } }', "the strategy has no function of this name")
        check('name = "x", schedule = { go = qm.at { "25:00" } }, go = function() end', "no time of day")
        check('name = "x", inputs = { qm.ta.smaa(3) }', 'no indicator "smaa" (did you mean "sma"?)')
        check('name = "x", inputs = { qm.ta.sma(0) }', "period is 0")
        check('name = "x", timeframe = "7d"', "timeframe")
        check('name = "x" x', "qm_spec_check.lua:3:")
        check("", "name must be a word")
    end)
end)
