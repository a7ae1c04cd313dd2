-- SPDX-License-Identifier: MIT
-- json.lua FILE EXPRESSION: the value of a Lua expression over the object d in FILE. Busted brings dkjson along.
-- rows(list, fields...) is "a|b c|d"; missing(object, keys...) names the keys that are not there.
local json = require "dkjson"

local file = assert(io.open(arg[1]))
local data, _, problem = json.decode(file:read "a", 1, "null")
file:close()
assert(not problem, problem)

local env = setmetatable({ d = data }, { __index = _G })

function env.rows(list, ...)
    local lines = {}
    for i, item in ipairs(list) do
        local fields = {}
        for k, name in ipairs { ... } do
            fields[k] = tostring(item[name])
        end
        lines[i] = table.concat(fields, "|")
    end
    return table.concat(lines, " ")
end

function env.missing(object, ...)
    local names = {}
    for _, name in ipairs { ... } do
        names[#names + 1] = object[name] == nil and name or nil
    end
    return table.concat(names, " ")
end

print(assert(load("return " .. arg[2], "expression", "t", env))())
