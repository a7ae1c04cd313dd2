-- memory 5000
local t = {}
while true do coroutine.resume(coroutine.create(function() for i = 1, 1e7 do t[#t + 1] = { i } end end)) end
