-- error "nested too deep"
local t = {}
local inner = t
for _ = 1, 10000 do inner.x = {} inner = inner.x end
ctx:after(60, "nothing", t)
