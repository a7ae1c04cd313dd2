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

-- Names in a table that a running strategy sees. They come out in an error, whose length is limited: one table a run.
local function exported(expression, more)
    local out = helper.backtest(([[
 on_bar = function(ctx, bar)
   local names = {}
   for k in pairs(%s) do names[#names + 1] = k end
   for k in ("%s"):gmatch "%%S+" do
     assert(ctx[k] ~= nil)
     names[#names + 1] = k
   end
   error("names=" .. table.concat(names, ",") .. ";")
 end]]):format(expression, more or ""))
    local set = {}
    for key in assert(out:match "names=([%w_,]+);", out):gmatch "[%w_]+" do
        set[key] = true
    end
    return set
end

describe("the stubs", function()
    it("name the module qm", function()
        local names = exported "qm"
        names.nearest = nil -- of the library itself
        assert.same(sorted(names), stubbed("qm", "qm"))
    end)

    it("name qm.option", function()
        assert.same(sorted(exported "qm.option"), stubbed("option", "qm.option"))
    end)

    it("name ctx", function()
        local fields = "now date name mode account cash equity buying_power reserve"
        assert.same(sorted(exported("ctx", fields)), stubbed("ctx", "qm.ctx"))
    end)
end)
