-- budget
while true do pcall(coroutine.wrap(function() error({}) end)) end
