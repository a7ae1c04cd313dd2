-- budget
while true do (""):rep(math.maxinteger) end
