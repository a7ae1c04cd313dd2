-- budget
local t = {}
for i = 1, 200000 do t[i] = i end
while true do next(t, 1) end
