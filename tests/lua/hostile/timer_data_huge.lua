-- error "more than"
local t = {}
for i = 1, 10000 do t[i] = "a text that takes room" end
ctx:after(60, "nothing", t)
