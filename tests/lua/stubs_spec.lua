-- SPDX-License-Identifier: MIT
-- The stubs name what the program exports, no more and no less.

package.path = "./tests/lua/?.lua;" .. package.path
local helper = require "helper"

local function sorted(set)
    local list = {}
    for name in pairs(set) do
        list[#list + 1] = name
    end
    table.sort(list)
    return list
end

-- Functions of a table, and the fields of its class.
local function stubbed(name, class)
    local set, inside = {}, false
    for line in io.lines "lua/meta/qm.lua" do
        if line:find "^%-%-%-@class " then
            inside = line == "---@class " .. class
        end
        local field = inside and line:match "^%-%-%-@field ([%w_]+)"
        local func = line:match("^function " .. name .. "[.:]([%w_]+)")
        set[field or func or ""] = true
    end
    set[""] = nil
    return sorted(set)
end

-- Names of the tables qm and ctx in a running strategy.
local function exported()
    local out = helper.backtest [[
 on_bar = function(ctx)
   local a, b = {}, {}
   for k in pairs(qm) do a[#a + 1] = k end
   for k in pairs(ctx) do b[#b + 1] = k end
   for _, k in ipairs { "now", "date", "name", "mode", "account", "cash", "equity", "buying_power", "reserve" } do
     assert(ctx[k] ~= nil)
     b[#b + 1] = k
   end
   error("qm=" .. table.concat(a, ",") .. ";ctx=" .. table.concat(b, ",") .. ";")
 end]]
    local sets = {}
    for name, list in out:gmatch "(%w+)=([%w_,]+);" do
        sets[name] = {}
        for key in list:gmatch "[%w_]+" do
            sets[name][key] = true
        end
    end
    return sets
end

describe("the stubs", function()
    local sets = exported()

    it("name the module qm", function()
        sets.qm.nearest = nil -- of the library itself
        assert.same(sorted(sets.qm), stubbed("qm", "qm"))
    end)

    it("name qm.option", function()
        local out = helper.backtest [[
 on_bar = function()
   local names = {}
   for k in pairs(qm.option) do names[#names + 1] = k end
   table.sort(names)
   error("option=" .. table.concat(names, ",") .. ";")
 end]]
        assert.equals(out:match "option=(.-);", table.concat(stubbed("option", "qm.option"), ","))
    end)

    it("name ctx", function()
        assert.same(sorted(sets.ctx), stubbed("ctx", "qm.ctx"))
    end)
end)
