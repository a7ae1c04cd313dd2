-- budget
local m = { __close = function() while true do end end }
local function nest(n)
    local x <close> = setmetatable({}, m)
    if n > 0 then nest(n - 1) end
    while true do end
end
nest(150)
