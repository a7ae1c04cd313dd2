-- SPDX-License-Identifier: MIT
-- The module `qm`: what a strategy file says about itself. C adds decimals, times and rounding (bind/).

local qm = qm_native -- luacheck: ignore 113

local function parameter(kind)
    return function(definition)
        definition = definition or {}
        definition.kind = kind
        return definition
    end
end

qm.integer = parameter "integer"
qm.number = parameter "number"
qm.string = parameter "string"
qm.boolean = parameter "boolean"
qm.money = parameter "money"
qm.mix = parameter "mix"
qm.list = parameter "list"
qm.choice = parameter "choice"

-- A universe with dates: a CSV of symbol,from,to beside the strategy; an empty `to` is still in.
function qm.universe(file)
    if type(file) ~= "string" then
        error("qm.universe needs the name of a CSV file: symbol,from,to", 2)
    end
    return { universe_file = file }
end

for _, column in ipairs { "open", "high", "low", "close", "volume" } do
    qm[column] = { column = column }
end

-- An input with one output selected by field: qm.ta.macd(12, 26, 9).signal
local input_meta = {}
input_meta.__index = function(input, output)
    if type(output) ~= "string" then
        return nil
    end
    return { ta = rawget(input, "ta"), args = rawget(input, "args"), output = output }
end

qm.ta = setmetatable({}, {
    __index = function(_, name)
        return function(first, ...)
            local args = type(first) == "table" and first or { first, ... }
            return setmetatable({ ta = name, args = args }, input_meta)
        end
    end,
})

local function schedule(kind, minutes, options)
    local s = { schedule = kind, minutes = minutes }
    for key, value in pairs(options or {}) do
        s[key] = value
    end
    return s
end

function qm.at(options)
    return schedule("at", nil, options)
end
function qm.before_close(minutes, options)
    return schedule("before_close", minutes, options)
end
function qm.after_open(minutes, options)
    return schedule("after_open", minutes, options)
end
function qm.after_close(minutes, options)
    return schedule("before_close", -minutes, options)
end
function qm.every(options)
    return schedule("every", options.minutes, options)
end
function qm.cron(text, options)
    local s = schedule("cron", nil, options)
    s.cron = text
    return s
end

function qm.strategy(definition)
    return definition
end

return qm
