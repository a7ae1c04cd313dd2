-- budget
while true do load(("("):rep(100000)) end
