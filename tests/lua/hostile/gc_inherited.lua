-- fine
local m = setmetatable({}, { __index = { __gc = function() while true do end end } })
setmetatable({}, m)
for _ = 1, 1e4 do local _ = {} end
