-- fine
local m = {}
local t = setmetatable({}, m)
m.__gc = function() while true do end end
t = nil
for _ = 1, 1e4 do local _ = {} end
