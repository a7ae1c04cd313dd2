-- SPDX-License-Identifier: MIT
-- What the specs share: a strategy's text becomes a file, the program runs it, its output comes back.

local helper = {}

local bin = os.getenv "QM_BIN" or "qm"
local folder = os.getenv "TMPDIR" or "/tmp"

function helper.write(name, text)
    local path = folder .. "/" .. name
    local file = assert(io.open(path, "w"))
    file:write(text)
    file:close()
    return path
end

-- Output (both streams) and exit code of the program.
function helper.run(arguments)
    local pipe = assert(io.popen(bin .. " " .. arguments .. " 2>&1"))
    local out = pipe:read "a"
    local _, _, code = pipe:close()
    return out, code
end

-- Daily bars from 2024-01-02 on, weekdays; close(i) gives the prices.
function helper.bars(count, close, name)
    local lines, day = { "date,open,high,low,close,volume" }, os.time { year = 2024, month = 1, day = 2, hour = 12 }
    local i = 0
    while i < count do
        local weekday = os.date("*t", day).wday
        if weekday ~= 1 and weekday ~= 7 then
            i = i + 1
            local c = close(i)
            lines[#lines + 1] = ("%s,%.2f,%.2f,%.2f,%.2f,1000"):format(os.date("%Y-%m-%d", day), c, c + 1, c - 1, c)
        end
        day = day + 86400
    end
    return helper.write(name or "qm-spec-bars.csv", table.concat(lines, "\n") .. "\n")
end

function helper.rising(count)
    return helper.bars(count, function(i)
        return 100 + i
    end)
end

-- Runs the body of a strategy's table over bars: a file, or rising ones.
function helper.backtest(body, options, bars)
    local path = helper.write(
        "qm_spec_strategy.lua",
        'local qm = require "qm"\nreturn qm.strategy {\n name = "spec",\n' .. body .. "\n}\n"
    )
    return helper.run(("backtest %s --bars SPY=%s %s"):format(path, bars or helper.rising(40), options or ""))
end

return helper
