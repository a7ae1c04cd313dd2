-- error "more than 1000 coroutines"
local all = {}
for i = 1, 1e6 do all[i] = coroutine.create(print) end
