-- fine 10000
local live = {}
for i = 1, 40 do live[i] = ("x"):rep(1 << 20) .. i end
for i = 1, 120 do live[41] = ("y"):rep(1 << 20) .. i end
