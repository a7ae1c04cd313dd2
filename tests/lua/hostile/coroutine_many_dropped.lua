-- budget
while true do coroutine.create(print) end
