-- budget
while true do pcall(string.find, ("a"):rep(200), ("a*"):rep(80) .. "b") end
