-- budget
local m = { __close = function() while true do pcall(function() while true do end end) end end }
while true do
    pcall(function()
        local x <close> = setmetatable({}, m)
        while true do end
    end)
end
