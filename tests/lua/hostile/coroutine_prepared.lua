-- budget
local cos = {}
for i = 1, 100 do cos[i] = coroutine.create(function() while true do pcall(coroutine.yield) end end) end
while true do for i = 1, 100 do coroutine.resume(cos[i]) end end
