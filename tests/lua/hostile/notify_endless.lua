-- budget
ctx:notify { text = "x", more = setmetatable({}, { __len = function() return 1 << 50 end, __index = function() return 1 end }) }
