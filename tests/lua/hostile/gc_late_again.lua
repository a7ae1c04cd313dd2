-- error "__gc is not allowed"
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
setmetatable(t, m)
