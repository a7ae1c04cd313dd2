-- SPDX-License-Identifier: MIT
-- table.sort in Lua: stable, since the standard one takes its pivots from the clock, and within reach of a budget.

local function merge(t, from, middle, last, before, spare)
    local i, j = from, middle + 1
    for k = from, last do
        if i <= middle and (j > last or not before(t[j], t[i])) then
            spare[k] = t[i]
            i = i + 1
        else
            spare[k] = t[j]
            j = j + 1
        end
    end
    for k = from, last do
        t[k] = spare[k]
    end
end

local function less(a, b)
    return a < b
end

-- Bottom-up merge sort: equal elements keep their order.
function table.sort(t, before)
    before = before or less
    local n, spare, width = #t, {}, 1
    while width < n do
        for from = 1, n - width, 2 * width do
            merge(t, from, from + width - 1, math.min(from + 2 * width - 1, n), before, spare)
        end
        width = 2 * width
    end
end

return true
