-- SPDX-License-Identifier: MIT

package.path = "./tests/lua/?.lua;" .. package.path
local helper = require "helper"

local RATES = helper.write("qm-spec-rates.lua", 'return { tax = { short_term = "0.35", long_term = "0.15" } }\n')
local NO_RATES = helper.write("qm-spec-no-rates.lua", "return {}\n")

-- Two funds, half and half, bought at once; UP moves by `step` a day, FLAT stays at 100.
local function run(config, options, days, up)
    local a = helper.bars(days, up, "qm-spec-up.csv")
    local b = helper.bars(days, function()
        return 100
    end, "qm-spec-flat.csv")
    local command = ("QM_CONFIG=%s %s backtest strategies/dca.lua --bars UP=%s --bars FLAT=%s %s"):format(
        config,
        os.getenv "QM_BIN" or "qm",
        a,
        b,
        options or ""
    )
    local pipe = assert(io.popen(command .. " --set mix=UP:50,FLAT:50 --set initial=lump --fractional 2>&1"))
    local out = pipe:read "a"
    pipe:close()
    return out
end

local function rising(i)
    return 100 + 0.5 * i
end

-- Quantities that were sold.
local function sold(out)
    local sum, count = 0, 0
    for qty in out:gmatch '"symbol":"UP","side":"sell","qty":"([%d.]+)","price"' do
        sum, count = sum + tonumber(qty), count + 1
    end
    return sum, count
end

describe("dca in a taxable account", function()
    it("does not sell at a gain without rates, and says why", function()
        local _, count = sold(run(NO_RATES, "--json", 120, rising))
        assert.equals(0, count)
        local out = run(NO_RATES, "", 120, rising)
        assert.truthy(out:find "tax_unknown +[1-9]", out)
    end)

    it("sells as much as the year's tax for rebalancing allows", function()
        local tight, few = sold(run(RATES, "--json --set rebalance_max_tax=0.05", 120, rising))
        local wide, many = sold(run(RATES, "--json --set rebalance_max_tax=5", 120, rising))
        assert.truthy(many > 0)
        assert.truthy(wide > tight and few <= many, wide .. " " .. tight)
    end)

    it("sells the same in an IRA whatever the rates", function()
        local a = sold(run(RATES, "--json --account-type ira", 120, rising))
        local b = sold(run(NO_RATES, "--json --account-type ira", 120, rising))
        assert.truthy(a > 0)
        assert.equals(a, b)
    end)
end)
