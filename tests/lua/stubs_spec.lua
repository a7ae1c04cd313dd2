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

-- Names in the tables qm and ctx of a running strategy.
local function exported(what)
    local out = helper.backtest(([[
 on_bar = function(ctx)
   local names, from = {}, { qm = qm, ctx = ctx }
   for k in pairs(from.%s) do names[#names + 1] = k end
   for _, k in ipairs { "now", "date", "name", "mode", "account", "cash", "equity", "buying_power", "reserve" } do
     assert(ctx[k] ~= nil)
     if "%s" == "ctx" then names[#names + 1] = k end
   end
   error("names=" .. table.concat(names, ",") .. ";")
 end]]):format(what, what))
    local set = {}
    for key in out:match("names=([%w_,]+);"):gmatch "[%w_]+" do
        set[key] = true
    end
    return set
end

describe("the stubs", function()
    it("name the module qm", function()
        local set = exported "qm"
        set.nearest = nil -- of the library itself
        assert.same(sorted(set), stubbed("qm", "qm"))
    end)

    it("name ctx", function()
        assert.same(sorted(exported "ctx"), stubbed("ctx", "qm.ctx"))
    end)
end)
