-- SPDX-License-Identifier: MIT
-- talib.lua QM FOLDER: each function of FOLDER/index.json over bars.csv against FOLDER/NAME.csv.
local json = require "dkjson"
local qm, folder = arg[1], arg[2]

local function lines(handle)
    local list = {}
    for line in handle:lines() do
        list[#list + 1] = line
    end
    handle:close()
    return list
end

local function cells(line)
    local list = {}
    for cell in (line .. ","):gmatch "([^,]*)," do
        list[#list + 1] = cell
    end
    return list
end

local function differs(got, want, tolerance)
    local a, b = tonumber(got), tonumber(want)
    if not a or not b then
        return got ~= want
    end
    return a ~= b and math.abs(a - b) > tolerance * math.abs(b)
end

local failed, values = 0, 0
local function compare(case)
    local list = table.concat(case.params, ",")
    local command = ("%s ta --as-talib %s '%s' %s/bars.csv"):format(qm, case.name, list, folder)
    local got, want = lines(io.popen(command)), lines(io.open(("%s/%s.csv"):format(folder, case.name)))
    local tolerance = case.name == "HT_TRENDLINE" and 1e-6 or 1e-9
    if #got ~= #want or got[1] ~= want[1] then
        return ("%d lines under %s, expected %d under %s"):format(#got, got[1] or "", #want, want[1])
    end
    for i = 2, #want do
        local a, b = cells(got[i]), cells(want[i])
        for k = 1, math.max(#a, #b) do
            if a[k] ~= b[k] and (k == 1 or differs(a[k], b[k], tolerance)) then
                return ("line %d: %s, expected %s"):format(i, got[i], want[i])
            end
            values = values + (k > 1 and b[k] ~= "" and 1 or 0)
        end
    end
end

local cases = json.decode(table.concat(lines(io.open(folder .. "/index.json")), "\n"))
for _, case in ipairs(cases) do
    local finding = compare(case)
    if finding then
        failed = failed + 1
        print(("FAILED %s: %s"):format(case.name, finding))
    end
end
print(("%d functions, %d values, %d failed"):format(#cases, values, failed))
os.exit(failed == 0 and #cases >= 58 and values > 20000 and 0 or 1)
