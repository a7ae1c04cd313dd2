-- memory 5000
local t = {}
for i = 1, 10000 do t[i] = ("x"):rep(10000) end
return table.concat(t)
