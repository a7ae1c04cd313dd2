-- error "C stack overflow"
local m = {}
m.__tostring = function(x) return tostring(x) end
tostring(setmetatable({}, m))
