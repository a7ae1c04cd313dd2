-- SPDX-License-Identifier: MIT
-- docs.lua PAGE: runs the ```console blocks of a page in one shell and compares what they print with what it shows.
-- A line "..." stands for any lines, "..." inside a line for any characters. ```lua blocks that begin with
-- "-- NAME.lua" are written to that file first.
local page = assert(arg[1])
local text = assert(io.open(page)):read "a"

local steps, script = {}, { "exec 2>&1", "trap 'kill $(jobs -p) 2>/dev/null' EXIT" }

local function add(command)
    local step = { command = command, expected = {} }
    steps[#steps + 1] = step
    local out = ("out.%d"):format(#steps)
    if command:match "&%s*$" then
        command = "exec " .. command:gsub("%s*&%s*$", "")
        script[#script + 1] = ("{ %s\n} >%s 2>&1 </dev/null &"):format(command, out)
    else
        script[#script + 1] = ("{ %s\n} >%s 2>&1 </dev/null"):format(command, out)
    end
    return step
end

local kind, step, file
for line in (text .. "\n"):gmatch "(.-)\n" do
    local fence = line:match "^```(%w*)"
    if fence and kind == nil then
        kind, step, file = fence, nil, nil
    elseif fence then
        if file then
            local handle = assert(io.open(file.name, "w"))
            handle:write(table.concat(file.lines, "\n"), "\n")
            handle:close()
        end
        kind, step, file = nil, nil, nil
    elseif kind == "console" then
        local command = line:match "^%$ (.*)"
        if command then
            step = add(command)
        elseif step then
            step.expected[#step.expected + 1] = line
        end
    elseif kind == "lua" then
        local name = not file and line:match "^%-%- ([%w_]+%.lua)$"
        if name then
            file = { name = name, lines = {} }
        end
        if file then
            file.lines[#file.lines + 1] = line
        end
    end
end

local handle = assert(io.open("page.sh", "w"))
handle:write(table.concat(script, "\n"), "\n")
handle:close()
os.execute "timeout 60 bash page.sh >page.out 2>&1"

-- Whether a shown line fits a printed one.
local function fits(shown, printed)
    local pattern = "^" .. shown:gsub("%p", "%%%0"):gsub("%%%.%%%.%%%.", ".-") .. "$"
    return printed:gsub("%s+$", ""):find(pattern) ~= nil
end

local function compare(expected, printed, i, k)
    while i <= #expected do
        if expected[i] == "..." then
            for at = k, #printed + 1 do
                if compare(expected, printed, i + 1, at) then
                    return true
                end
            end
            return false
        end
        if not printed[k] or not fits(expected[i], printed[k]) then
            return false
        end
        i, k = i + 1, k + 1
    end
    return k > #printed
end

local failed = 0
for n, s in ipairs(steps) do
    local out, printed = io.open(("out.%d"):format(n)), {}
    for line in (out and out:read "a" or ""):gmatch "(.-)\n" do
        printed[#printed + 1] = line
    end
    while printed[#printed] == "" do
        printed[#printed] = nil
    end
    while s.expected[#s.expected] == "" do
        s.expected[#s.expected] = nil
    end
    if not compare(s.expected, printed, 1, 1) then
        failed = failed + 1
        print(("%s: $ %s\n  shows:\n    %s\n  prints:\n    %s"):format(
            page, s.command, table.concat(s.expected, "\n    "), table.concat(printed, "\n    ")))
    end
end
print(("%s: %d commands, %d differ"):format(page:match "[^/]*$", #steps, failed))
os.exit(failed == 0 and 0 or 1)
