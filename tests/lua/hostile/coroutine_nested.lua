-- budget
local function dive(n)
    if n == 0 then while true do end end
    while true do coroutine.resume(coroutine.create(dive), n - 1) end
end
dive(50)
